"""The pages of reporting, signed in: quiet, whole and accessible, full and empty; the form by the keyboard.

The rows made here are taken away again, because the database stands for the whole session.
"""

from datetime import date
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from plan.models import Plan
from tests.browser.accessible import axe_violations
from tests.browser.sight import CUT, OVERFLOW
from tests.browser.test_pages import CHINESE, LANGUAGES, RULED, looks, turn
from tests.browser.watch import assert_clean
from tests.factories import make_person
from updates.models import Milestone, StatusUpdate, UpdateStep

pytestmark = pytest.mark.browser
PAGES = {
    "updates": "updates/",
    "update-form": "updates/{draft}/edit/",
    "update-form-new": "items/P-1.3/report/",
    "update": "updates/{submitted}/",
    "update-returned": "updates/{returned}/",
    "updates-bulk": "updates/bulk/?parent=P-1",
    "responsibilities": "responsibilities/?parent=P-1",
    "item-reported": "items/P-1.1/",
    "platform-reported": "platforms/P-1/",
    "overview-reported": "",
}


@pytest.fixture
def reported(db):
    """An analyst who also reviews, an organisation, and reports in every state; their ids by name."""
    plan = Plan.objects.get(slug="sz-sti-14")
    organisation = Organisation.objects.create(code="browser", name="光明科学城开发建设指挥部办公室")
    other = make_person("browser-author", "analyst", password=None, name="王填报")
    person = make_person("browser-analyst", "analyst", "reviewer", password=None, name="李分析")
    plan.items.filter(code="P-1").update(lead=organisation)
    plan.items.filter(code="P-1.1").update(
        weight=2, status="behind", progress="0.625", status_as_of=date(2024, 12, 31)
    )

    def make(code, state, **fields):
        values = {"status_on": date(2024, 12, 31), "status": "on_schedule", "done": "主体结构封顶，设备进场。"}
        row = StatusUpdate.objects.create(
            item=plan.items.get(code=code),
            state=state,
            entered_by=other,
            organisation=organisation,
            **values | fields,
        )
        Milestone.objects.create(update=row, title="通过国家验收", planned_on=date(2025, 6, 30))
        UpdateStep.objects.create(update=row, action="entered", by=other)
        return row

    approval = {"approved_at": timezone.now(), "approved_by": person, "known_on": date(2025, 1, 10)}
    make("P-1.1", "approved", status="behind", progress="62.5", problems="设备交付延迟。", **approval)
    submitted = make("P-1.1", "submitted", progress="90", status_on=date(2025, 12, 31))
    returned = make("P-1.2", "returned", status="done", progress="100")
    UpdateStep.objects.create(update=returned, action="returned", by=person, reason="请补充投资完成额。")
    draft = make("P-1.1-01", "draft", progress="30")
    yield {"person": person, "draft": draft.pk, "submitted": submitted.pk, "returned": returned.pk}
    StatusUpdate.objects.all().delete()
    plan.items.filter(code="P-1").update(lead=None)
    plan.items.filter(code="P-1.1").update(weight=None, status="not_reported", progress=None, status_as_of=None)
    other.delete()
    person.delete()
    organisation.delete()


@pytest.fixture
def work_page(open_page, reported, site):
    """Opens pages signed in, without the sign-in form and its trail."""

    def make(**options) -> Page:
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        person = reported["person"]
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        page = open_page(**options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": site}]
        )
        return page

    return make


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_quiet_whole_and_accessible(work_page, drawn, reported, shoot, language, name):
    page = work_page(language=language)
    answer = page.goto(f"/sz-sti-14/{PAGES[name].format(**reported)}")
    assert answer.status == 200
    drawn(page)
    problems = []
    for look, scheme, width, height in looks(language):
        turn(page, scheme, width, height)
        shoot(page, f"{language}-{look}/{name}", full_page=True)
        found = {"overflow": page.evaluate(OVERFLOW), "cut": page.evaluate(CUT)}
        if (language, look) in RULED:
            found["axe"] = axe_violations(page, RULED[language, look])
        problems += [f"{look} {what}: {line}" for what, lines in found.items() for line in lines]
    if language == "en":
        # The logo, titles of sources, what people typed, and names of organisations in a field's choices.
        allowed = [".brand-mark", "a[rel~=noreferrer]", "textarea", ".field option", ".who button"]
        problems += [f"chinese: {line}" for line in page.evaluate(CHINESE, allowed)]
    assert not problems, "\n" + "\n".join(problems)
    assert_clean(page)


@pytest.mark.breadth
def test_the_form_adds_rows_and_takes_over_what_was_said(work_page, reported):
    StatusUpdate.objects.filter(pk=reported["submitted"]).delete()
    page = work_page()
    page.goto("/sz-sti-14/items/P-1.1/report/")

    page.locator("summary", has_text="上次写的").first.press("Enter")
    page.get_by_role("button", name="沿用").first.press("Enter")
    page.get_by_role("button", name="加一行").press("Enter")
    page.keyboard.type("新的里程碑")

    expect(page.locator("#id_done")).to_have_value("主体结构封顶，设备进场。")
    expect(page.locator("#id_m-3-title")).to_have_value("新的里程碑")
    expect(page.locator("[name=m-TOTAL_FORMS]")).to_have_value("4")
    assert_clean(page)


@pytest.mark.breadth
def test_a_table_is_ticked_as_a_whole_and_by_shift(work_page):
    page = work_page()
    page.goto("/sz-sti-14/responsibilities/?parent=P-1")
    boxes = page.locator("tbody input[type=checkbox]")

    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("tbody input:checked")).to_have_count(4)
    page.locator("thead input[type=checkbox]").check()
    expect(page.locator("tbody input:checked")).to_have_count(boxes.count())
    assert_clean(page)

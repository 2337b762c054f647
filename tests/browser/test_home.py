"""Each role signs in by the form, lands on its own next thing and takes it up."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Organisation
from assessments.models import Assignment, Note, Round
from indicators.models import Component
from plan.params import today
from tests.browser.accessible import axe_violations
from tests.browser.sight import OVERFLOW
from tests.browser.test_pages import CHINESE, CHINESE_ALLOWED
from tests.browser.test_people import sign_in
from tests.browser.watch import assert_clean
from tests.factories import make_observation, make_person

pytestmark = pytest.mark.browser

# Role: the step of its first row, and where that leads.
FIRST = {
    "official": ("查看", r"/sz-sti-14/indicators/I-\d\d/$"),
    "analyst": ("录入", r"/sz-sti-14/data/figures/new/\?component=.*&year=\d{4}$"),
    "reporter": ("填报", r"/sz-sti-14/items/P-1.1/report/$"),
    "evaluator": ("写意见", r"/sz-sti-14/assessments/notes/\d+/edit/$"),
    "reviewer": ("核定", r"/sz-sti-14/review/figure/\d+/$"),
}


@pytest.fixture
def people(own_plan):
    """One person a role, each with something to do; the plan was loaded early enough for figures to be late."""
    own_plan.loaded_on = own_plan.starts_on
    own_plan.save(update_fields=["loaded_on"])
    unit = Organisation.objects.create(code="one", name="牵头单位")
    own_plan.items.filter(code="P-1").update(lead=unit)
    made = {role: make_person(role, role, name="王敏") for role in ("analyst", "evaluator", "reviewer")}
    made["official"] = make_person("official", name="王敏")
    made["reporter"] = make_person("reporter", "reporter", name="王敏", organisation=unit)
    component = Component.objects.get(indicator__code="I-08")
    fields = {"state": "submitted", "entered_by": made["analyst"], "submitted_at": timezone.now()}
    make_observation(component, 2024, "20", **fields)
    round = Round.objects.create(
        plan=own_plan,
        code="r1",
        kind="final",
        name="总结评估",
        name_en="Final evaluation",
        starts_on=date(2021, 1, 1),
        ends_on=date(2025, 12, 31),
        cut_off=today() - timedelta(days=5),
        due_on=today() - timedelta(days=2),
        state=Round.State.OPEN,
    )
    round.steps.create(action="opened", by=made["reviewer"])
    item = own_plan.items.get(code="P-1.1")
    Assignment.objects.create(round=round, item=item, evaluator=made["evaluator"], due_on=round.due_on)
    Note.objects.create(round=round, item=item, author=made["evaluator"], state=Note.State.DRAFT)
    return made


@pytest.mark.parametrize("role", FIRST)
def test_role_lands_on_its_first_thing(people, open_page, shoot, role):
    step, address = FIRST[role]
    page = open_page()

    sign_in(page, role)

    expect(page.locator("h1")).to_have_text("我的工作")
    first = page.locator(".todo-rows .act").first
    expect(first).to_contain_text(step)
    shoot(page, f"home-{role}")
    ways = page.locator(".ways").bounding_box()
    assert ways["y"] + ways["height"] <= 900, "what there is to do fits one screen"
    found = {"axe": axe_violations(page), "overflow": page.evaluate(OVERFLOW)}
    page.set_viewport_size({"width": 390, "height": 844})
    found["phone"] = page.evaluate(OVERFLOW)
    shoot(page, f"home-{role}-phone", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    assert {name: what for name, what in found.items() if what} == {}

    first.click()

    page.wait_for_url(re.compile(address))
    assert_clean(page)


@pytest.mark.breadth
def test_official_s_home_in_english_and_the_dark_has_no_chinese(people, open_page, shoot):
    page = open_page(language="en", scheme="dark")

    sign_in(page, "official")

    expect(page.locator("h1")).to_have_text("My work")
    assert page.evaluate(CHINESE, list(CHINESE_ALLOWED)) == []
    assert axe_violations(page) == []
    shoot(page, "home-official-english-dark")

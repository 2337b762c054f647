"""Forms as they are used: by keyboard, on a phone, in both languages."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from indicators import queries
from plan.models import Plan
from tests.assessments.scene import open_round
from tests.browser.test_pages import OVERFLOW, axe_violations
from tests.factories import make_component, make_item, make_person, make_plan

pytestmark = pytest.mark.browser
ROOT = "/test-plan/"
# Role → the forms it fills in.
FORMS = {
    "analyst": ("data/figures/new/", "data/targets/new/", "updates/bulk/", "evidence/new/"),
    "reporter": ("items/P-1.1/report/",),
    "reviewer": ("assessments/rounds/new/",),
}
WORDS = {"zh": ("错误：", "提交"), "en": ("Error: ", "submits")}


@pytest.fixture
def people(site):
    """The database is emptied afterwards, and filled again by who needs it."""
    plan = make_plan()
    make_component(plan)
    unit = Organisation.objects.create(code="unit", name="市某局")
    make_item(plan, "P-1.1", lead=unit)
    yield {role: make_person(role, role, organisation=unit) for role in ("analyst", "reporter", "reviewer")}
    call_command("flush", verbosity=0, interactive=False)
    queries._cache.clear()
    cache.clear()


def send_empty(page: Page, address: str) -> None:
    """Sends a form without filling anything in, by the keyboard alone."""
    page.goto(f"{ROOT}{address}")
    form = page.locator("main form[data-kept]:has(button[data-primary])")
    expect(form).to_have_count(1)
    # The browser's own bubbles would stop it: the server's answer is asked for.
    form.evaluate("form => { form.noValidate = true }")
    form.locator("textarea, input:not([type=hidden]), select").first.focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#faults")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_is_sent_by_keyboard_and_comes_back_with_its_faults_in_focus(
    people, open_page, sign_in, language
):
    title, keys = WORDS[language]
    for role, addresses in FORMS.items():
        page = sign_in(open_page(width=390, height=844, language=language, touch=True), people[role])
        for address in addresses:
            send_empty(page, address)
            assert page.evaluate("document.activeElement.id") == "faults", address
            assert page.title().startswith(title), address
            expect(page.locator(".save-bar .keys")).to_contain_text(keys)
            first = page.locator("#faults a").first
            first.focus()
            page.keyboard.press("Enter")
            target = first.get_attribute("href").removeprefix("#")
            assert page.evaluate("document.activeElement.id") == target, address
            assert not page.evaluate(OVERFLOW), address
            assert not axe_violations(page), address
            low = page.evaluate(
                """() => [...document.querySelectorAll("main form:has(button[data-primary]) :is(button, select, " +
                  "textarea, input[type=text], input[type=date], input[type=url])")].filter(
                    (field) => field.checkVisibility() && field.getBoundingClientRect().height < 43.5)
                  .map((field) => field.name || field.textContent.trim())"""
            )
            assert not low, (address, low)
            # The filled button stands behind every field: one tabs through them to it.
            assert page.evaluate(
                """() => {
                  const form = document.querySelector("main form:has(button[data-primary])");
                  const button = form.querySelector("button[data-primary]");
                  return [...form.querySelectorAll("input:not([type=hidden]), textarea, select")].every(
                    (field) => field.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING);
                }"""
            ), address


def test_a_note_asks_for_what_its_conclusion_needs(people, open_page, sign_in):
    evaluator = make_person("eva", "evaluator")
    plan = Plan.objects.get(slug="test-plan")
    task = plan.items.get(code="P-1.1")
    open_round(plan, by=people["reviewer"], items=[task], evaluator=evaluator)
    page = sign_in(open_page(), evaluator)
    page.goto(f"{ROOT}assessments/work/")
    page.get_by_role("button", name="开始评估").click()
    page.wait_for_url("**/edit/")

    # A task has no number to forecast, and nothing was reported that one could differ from.
    expect(page.locator("#f-forecast_value")).to_have_count(0)
    expect(page.locator("#f-difference_reason")).to_have_count(0)
    expect(page.locator("#f-adjustment_reason")).to_be_hidden()
    expect(page.locator("#f-problems .must")).to_be_hidden()
    page.locator("[name=conclusion][value=task_behind]").check()
    expect(page.locator("#f-problems .must")).to_be_visible()
    page.locator("[name=adjustment]:not([value=none])").first.check()
    expect(page.locator("#f-adjustment_reason")).to_be_visible()

"""Forms as they are used: by keyboard, on a phone, in both languages."""

import pytest
from django.conf import settings as site_settings
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from accounts.models import Organisation
from plan.models import Plan
from tests import test_forms as every
from tests.assessments.scene import open_round
from tests.breadth import more
from tests.browser.accessible import axe_violations
from tests.browser.sight import OVERFLOW
from tests.factories import make_component, make_item, make_person, make_plan
from tests.states import go_back

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
    """Afterwards the database is as it was."""
    plan = make_plan()
    make_component(plan)
    unit = Organisation.objects.create(code="unit", name="市某局")
    make_item(plan, "P-1.1", lead=unit)
    yield {role: make_person(role, role, organisation=unit) for role in ("analyst", "reporter", "reviewer")}
    go_back()


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
    page.wait_for_load_state()  # the script gives it the focus


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
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


@pytest.mark.breadth
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


# A form on a phone, a line a problem: its fields are walked from above to below, its filled button stands behind
# them and under nothing, and what is longer than a line is kept while it is typed.
WALK = """() => {
  const found = [];
  const name = (field) => field.name || field.id || field.textContent.trim();
  for (const form of document.querySelectorAll("main form[method=post]")) {
    const fields = [...form.elements].filter((field) =>
      field.matches("input:not([type=hidden], .sr), textarea, select") && field.checkVisibility());
    if (!fields.length) continue;
    fields.forEach((field, at) => {
      if (field.tabIndex > 0) found.push(`${name(field)} has a turn of its own`);
      const before = fields[at - 1]?.getBoundingClientRect();
      const here = field.getBoundingClientRect();
      const isAbove = before && here.bottom <= before.top + 1;
      const isBeside = before && here.top < before.bottom && here.bottom > before.top;
      if (isAbove || (isBeside && here.right <= before.left + 1))
        found.push(`${name(field)} comes after ${name(fields[at - 1])}, but stands before it`);
    });
    if (form.dataset.draft !== "off" && form.querySelector("textarea") && !form.dataset.kept)
      found.push(`what is typed into ${name(fields[0])} is not kept`);
    const button = form.querySelector("button[data-primary]") || form.querySelector("button:not(.quiet)");
    if (!button?.checkVisibility()) continue;
    button.scrollIntoView({ block: "center" });
    const { left, top, width, height } = button.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    if (button.disabled || !button.contains(hit))
      found.push(`${name(button)} is not reached, but ${hit?.outerHTML}`);
    if (fields.some((field) => button.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING))
      found.push(`${name(button)} stands before a field`);
  }
  return found;
}"""
# Empties the form that is asked about, writes into it what is wrong, and sends it past the browser's own bubbles.
SEND = """wrong => {
  const isField = (field) => field.matches("input:not([type=hidden]), textarea, select");
  const forms = [...document.querySelectorAll("main form[method=post]")];
  const form = forms.find((one) => one.querySelector("[data-primary]")) ||
    forms.find((one) => [...one.elements].some(isField));
  for (const field of [...form.elements].filter(isField)) {
    if (["radio", "checkbox"].includes(field.type)) field.checked = false;
    else field.value = "";
  }
  for (const field of form.elements) {
    if (!isField(field) || !(field.name in wrong)) continue;
    if (field.options) field.add(new Option(wrong[field.name]));
    field.value = wrong[field.name];
    field.checked = true;
  }
  form.noValidate = true;
  (form.querySelector("[data-primary]") || form.querySelector("button:not(.quiet, [type=button])")).click();
}"""


@pytest.fixture
def clients(own_plan, rows):
    return every.people_at_work(own_plan, rows)


def walks() -> list:
    """Every form of the product: of each part of it the first by day, the others at night (make drills)."""
    by_day = {name.partition(":")[0]: name for name in reversed(every.FORMS)}
    rest = [name for name in every.FORMS if name not in by_day.values()]
    return [list(by_day.values()), pytest.param(rest, marks=pytest.mark.drills)]


def walk(page: Page, name: str, rows: dict) -> list[str]:
    """What is wrong with a form as it opens, and as it comes back refused."""
    page.goto(every.address(name, rows))
    found = page.evaluate(OVERFLOW) + page.evaluate(WALK)
    page.evaluate(SEND, every.FORMS[name][2])
    try:
        page.wait_for_selector("#faults:focus")
    except PlaywrightTimeoutError:
        return [*found, f"sent empty, one does not stand at its faults: {page.url}"]
    return found + [f"sent back, {line}" for line in page.evaluate(OVERFLOW) + page.evaluate(WALK)]


@pytest.mark.breadth
@pytest.mark.parametrize("names", walks(), ids=["day", "night"])
def test_every_form_is_walked_on_a_phone(own_plan, clients, rows, open_page, names):
    pages, problems = {}, []
    for name in names:
        role = every.FORMS[name][0]
        if role not in pages:
            pages[role] = open_page(width=390, height=844, touch=True)
            if key := clients[role].cookies.get(site_settings.SESSION_COOKIE_NAME):
                cookie = {"name": key.key, "value": key.value, "domain": "127.0.0.1", "path": "/"}
                pages[role].context.add_cookies([cookie])
        problems += [f"{name}: {line}" for line in walk(pages[role], name, rows)]
    assert not problems, "\n".join(problems)

"""The data desk as its people use it: from the keyboard, by pasting, without a reload, without JavaScript."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from indicators.figures import workflow
from indicators.models import Observation
from plan.models import Source
from plan.params import today
from tests.browser.accessible import axe_violations, faults_of_looks
from tests.browser.sight import CUT, OVERFLOW
from tests.browser.watch import assert_clean
from tests.factories import make_component, make_observation, make_person, make_plan
from tests.states import go_back

pytestmark = pytest.mark.browser
ROOT = "/test-plan/data/"
PAGES = (
    "",
    "figures/new/?component=I-01&year=2022",
    "figures/{submitted}/",
    "figures/{draft}/",
    "grid/",
    "../review/",
    "targets/",
    "targets/new/?component=I-01",
)


class Desk:
    def __init__(self):
        self.plan = make_plan()
        self.component = make_component(self.plan)
        make_component(self.plan, "I-02")
        make_observation(self.component, 2021, "120")
        self.people = {
            "ana": make_person("ana", "analyst"),
            "rev": make_person("rev", "reviewer"),
            "both": make_person("both", "analyst", "reviewer"),
        }
        self.draft = self.enter(2023, "140", "2024-05-01")
        row = self.enter(2022, "150", "2023-05-01")
        self.submitted = workflow.submit_figure(row, edition=1, by=self.people["ana"])

    def enter(self, year, value, day):
        return workflow.enter_figure(
            component=self.component,
            by=self.people["ana"],
            source=self.plan.source,
            year=year,
            value=Decimal(value),
            value_status="final",
            released_on=date.fromisoformat(day),
        )


@pytest.fixture
def desk(site):
    """An invented plan with its people; afterwards the database is as it was."""
    yield Desk()
    go_back()


@pytest.fixture
def sign_in(desk, site):
    def open_as(page, name):
        client = Client()
        client.force_login(desk.people[name])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        return page

    return open_as


def test_every_page_is_quiet_whole_and_accessible(open_page, desk, sign_in):
    page = sign_in(open_page(), "both")
    problems = []
    for path in PAGES:
        address = ROOT + path.format(submitted=desk.submitted.pk, draft=desk.draft.pk)
        assert page.goto(address, wait_until="load").status == 200
        problems += [f"{path} {line}" for line in faults_of_looks(page)]
    assert not problems, "\n" + "\n".join(problems)
    assert_clean(page)


@pytest.mark.breadth
def test_the_grid_is_filled_from_the_keyboard_alone(page, desk, sign_in):
    sign_in(page, "ana").goto(f"{ROOT}grid/")
    page.get_by_label("I-01 2021", exact=True).focus()
    for text, key in (("121", "ArrowRight"), ("131", "ArrowDown"), ("7", "Shift+Tab"), ("8", "Enter")):
        page.keyboard.type(text)
        page.keyboard.press(key)
    values = {name: page.get_by_label(name, exact=True).input_value() for name in ("I-01 2021", "I-01 2022")}
    assert values == {"I-01 2021": "121", "I-01 2022": "131"}
    assert page.get_by_label("I-02 2022", exact=True).input_value() == "7"
    assert page.get_by_label("I-02 2021", exact=True).input_value() == "8"
    page.get_by_label("公布日期").first.fill("2025-05-01")
    page.locator("select[name=source]").select_option(str(desk.plan.source_id), force=True)
    page.get_by_role("button", name="预览会有什么变化").press("Enter")
    expect(page.locator("h1")).to_have_text("预览：还没有保存")
    page.get_by_role("button", name="存为草稿").press("Enter")
    expect(page.locator(".said")).to_contain_text("已存为草稿 3 条；另有 1 格没有保存：I-02 2021")
    assert Observation.objects.filter(released_on=date(2025, 5, 1), state="draft").count() == 3
    assert_clean(page)


PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_a_block_is_pasted_from_the_focused_cell_and_what_does_not_fit_is_named(page, desk, sign_in):
    sign_in(page, "ana").goto(f"{ROOT}grid/")
    page.get_by_label("I-01 2024", exact=True).evaluate(PASTE, "1\t2\t3\r\n4\t5\r\n")

    assert page.get_by_label("I-01 2025", exact=True).input_value() == "2"
    assert page.get_by_label("I-02 2024", exact=True).input_value() == "4"
    expect(page.locator("[data-filled]")).to_have_text("已填 4 格。1 格超出表格，没有填：3")
    page.get_by_label("I-01 2024", exact=True).evaluate(PASTE, "编码\t2021\nI-02\t9")
    expect(page.locator("#id_pasted")).to_have_value("编码\t2021\nI-02\t9")
    assert_clean(page)


@pytest.mark.breadth
def test_a_typed_value_is_answered_beside_the_form(page, desk, sign_in):
    sign_in(page, "ana").goto(f"{ROOT}figures/new/?component=I-01&year=2022")
    page.get_by_label("数值").fill("9000")

    expect(page.locator(".hints .warning").first).to_contain_text("一年变化超过 50 %")
    assert_clean(page)


def test_an_approval_shows_on_an_open_page_without_a_reload(open_page, desk, sign_in):
    watcher = sign_in(open_page(), "ana")
    watcher.goto("/test-plan/indicators/I-01/")
    expect(watcher.locator(".verdict-row .badge").first).to_contain_text("符合预期")
    watcher.evaluate("window.isTheSame = true")
    reviewer = sign_in(open_page(), "rev")
    reviewer.goto(f"{ROOT}figures/{desk.submitted.pk}/")
    reviewer.locator("textarea[data-key=a]").fill("已核对原文")
    reviewer.locator("[name=looked]").check()
    reviewer.get_by_role("button", name="核定", exact=True).click()
    expect(reviewer.locator(".said")).to_contain_text("已通过")
    reviewer.goto(f"{ROOT}figures/{desk.submitted.pk}/")
    expect(reviewer.locator("#effect")).to_be_visible()

    expect(watcher.locator(".verdict-row .badge").first).to_contain_text("快于预期")
    expect(watcher.locator("figure[data-figure].drawn")).to_have_count(1)
    assert watcher.evaluate("window.isTheSame")
    assert_clean(watcher)
    assert_clean(reviewer)


@pytest.mark.breadth
def test_a_page_somebody_types_in_is_left_alone(open_page, desk, sign_in):
    page = sign_in(open_page(), "rev")
    page.goto("/test-plan/review/")
    page.keyboard.press("r")
    page.keyboard.type("还没写完")
    workflow.submit_figure(desk.draft, edition=1, by=desk.people["ana"])
    page.wait_for_timeout(7000)

    expect(page.locator("#back")).to_have_value("还没写完")
    expect(page.locator("h1")).to_contain_text("1 / 1")
    page.locator("#back").fill("")
    page.locator("h1").click()
    expect(page.locator("input[name=out]")).to_have_count(2)
    assert_clean(page)


@pytest.mark.breadth
def test_the_stored_verdict_is_reported_when_it_is_there(page, desk, sign_in):
    from indicators.services import recompute

    sign_in(page, "rev").goto(f"{ROOT}figures/{desk.submitted.pk}/")
    page.locator("textarea[data-key=a]").fill("已核对")
    page.locator("[name=looked]").check()
    page.get_by_role("button", name="核定", exact=True).click()
    page.locator("#undo + ul a").first.click()
    expect(page.locator("[data-stored]")).to_contain_text("随后由后台写入")
    recompute(desk.plan, as_of=today(), cause="test")
    expect(page.locator("[data-stored]")).to_have_text("判定已重新计算并存档")
    assert_clean(page)


def test_a_figure_is_entered_and_approved_without_javascript(open_page, desk, sign_in):
    page = sign_in(open_page(javascript=False), "ana")
    page.goto(f"{ROOT}figures/new/?component=I-01&year=2024")
    page.get_by_label("数值").fill("1６0")
    page.get_by_label("公布日期").first.fill("2025-05-01")
    page.get_by_role("button", name="核对数值").click()
    expect(page.locator(".hints")).to_contain_text("2021 年为 120")
    page.locator("select[name=source]").select_option(str(desk.plan.source_id))
    page.get_by_role("button", name="保存并提交核定").click()
    pk = int(re.search(r"figures/(\d+)/", page.url)[1])
    sign_in(page, "rev").goto(f"/test-plan/review/figure/{pk}/")
    if page.locator("textarea[data-key=a]").count():
        page.locator("textarea[data-key=a]").fill("已核对")
        page.locator("[name=looked]").check()
    page.get_by_role("button", name="核定", exact=True).click()

    row = Observation.objects.get(pk=pk)
    assert (row.value, row.state) == (160, "approved")


def hand_in(desk, *values):
    """Figures that are quiet: one for each component, on its straight way."""
    rows = []
    for place, value in enumerate(values, 30):
        part = make_component(desk.plan, f"I-{place}")
        row = workflow.enter_figure(
            component=part, by=desk.people["ana"], source=Source.objects.keep(f"公报 {place}"), year=2021,
            value=Decimal(value), value_status="final", released_on=date(2022, 5, 1),
        )  # fmt: skip
        rows.append(workflow.submit_figure(row, edition=1, by=desk.people["ana"]))
    return rows


def states(*rows):
    return [Observation.objects.get(pk=row.pk).state for row in rows]


def test_the_review_desk_is_worked_by_single_keys(page, desk, sign_in):
    one, two, three = hand_in(desk, "120", "121", "122")
    sign_in(page, "rev").goto(f"/test-plan/review/figure/{one.pk}/")
    heading = page.locator("#record")
    expect(page.locator("h1")).to_contain_text("2 / 4")
    assert page.evaluate(OVERFLOW) + page.evaluate(CUT) + axe_violations(page) == []

    page.keyboard.press("j")
    expect(heading).to_contain_text("I-31")
    page.wait_for_load_state()  # what is shown before its script came hears no key
    page.keyboard.press("k")
    expect(heading).to_contain_text("I-30")
    page.wait_for_load_state()
    page.keyboard.press("Control+a")
    page.keyboard.press("x")
    expect(page.locator('.lines [aria-current="true"] input')).to_be_checked()
    page.keyboard.press("a")
    expect(heading).to_contain_text("I-31")
    page.wait_for_load_state()
    assert states(one) == ["approved"]

    # A key typed into a field is a letter.
    page.keyboard.press("r")
    page.keyboard.type("ajar")
    expect(page.locator("#back")).to_have_value("ajar")
    expect(heading).to_contain_text("I-31")
    page.get_by_role("button", name="退回", exact=True).press("Enter")
    expect(heading).to_contain_text("I-32")
    page.wait_for_load_state()
    assert states(two) == ["returned"]
    expect(page.locator("#undo")).to_be_visible()
    page.keyboard.press("u")
    expect(heading).to_contain_text("I-31")
    page.wait_for_load_state()
    assert states(two) == ["submitted"]

    page.keyboard.press("q")
    page.keyboard.type("jq?")
    expect(page.locator("#ask")).to_have_value("jq?")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("details.keys")).to_have_attribute("open", "")
    assert states(one, two, three) == ["approved", "submitted", "submitted"]
    assert_clean(page)


def test_what_is_flagged_is_not_approved_by_a_key(page, desk, sign_in):
    sign_in(page, "rev").goto(f"/test-plan/review/figure/{desk.submitted.pk}/")

    page.keyboard.press("a")

    expect(page.locator("textarea[data-key=a]")).to_be_focused()
    page.keyboard.type("已核对原文")
    page.locator("[name=looked]").check()
    assert states(desk.submitted) == ["submitted"]
    page.get_by_role("button", name="核定", exact=True).click()
    expect(page.locator(".said")).to_contain_text("已通过")
    assert states(desk.submitted) == ["approved"]
    assert_clean(page)


def test_the_review_desk_on_a_phone_and_without_a_script(open_page, desk, sign_in):
    (quiet,) = hand_in(desk, "120")
    page = sign_in(open_page(javascript=False), "rev")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/test-plan/review/figure/{quiet.pk}/")

    assert page.locator(".acts button[name=act]").first.bounding_box()["height"] >= 44
    flagged = page.locator(".lines li", has_text="结论改变")
    assert flagged.locator("input").count() == 0
    page.locator(".lines li", has_text="I-30").locator("input").check()
    page.get_by_role("button", name="核定所选").click()

    expect(page.locator(".said")).to_contain_text("已核定 1 条")
    assert states(quiet, desk.submitted) == ["approved", "submitted"]

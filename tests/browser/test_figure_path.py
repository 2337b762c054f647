"""From the clipboard to the overview: pasted, submitted, sent back, corrected, approved, seen by everybody.

The analyst works from the keyboard alone; an official who has not signed in has the overview open all the time.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from indicators.models import Observation
from plan.params import today
from tests.browser.keyboard import press, tab_to, write
from tests.browser.watch import assert_clean
from tests.factories import make_person

pytestmark = pytest.mark.browser
REASON = "公报为 26800 家，少了一位，请核对。"
HOME = "/sz-sti-14/data/"


@pytest.fixture
def people(own_plan):
    return {
        "analyst": make_person("ana", "analyst", name="李分析"),
        "reviewer": make_person("rev", "reviewer", name="王复核"),
    }


def card(page: Page, code: str) -> Locator:
    return page.locator("tr.line").filter(has=page.locator(f"th[scope=row] > a[href*='/indicators/{code}/']"))


def open_overview(page: Page) -> Page:
    """An overview whose minutes pass when the test says so; the mark tells whether it was loaded again."""
    page.clock.install()
    page.goto("/sz-sti-14/")
    page.evaluate("window.isTheSame = true")
    return page


def paste_submit(page: Page, text: str, shoot) -> None:
    """The analyst: signs in, pastes into the grid from the clipboard, names the source, submits."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/accounts/login/?next={HOME}grid/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type("right-Horse-7")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("表格录入")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    # An empty date counts up from the first of January of this year, whatever order the browser shows it in.
    tab_to(page.get_by_label("公布日期").first)
    for _ in range(3):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Tab")
    press(page.locator("summary", has_text="新来源"))
    write(page.locator("[name=source_title]"), "2025 年深圳高新技术企业发展公报")
    write(page.locator("[name=source_publisher]"), "市科技创新局")
    tab_to(page.get_by_label("I-06 2025", exact=True))
    page.keyboard.press("ControlOrMeta+v")
    expect(page.locator("[data-filled]")).to_have_text("已填 2 格。")
    shoot(page, "figure-path/1-pasted", full_page=True)
    press(page.get_by_role("button", name="预览会有什么变化"))
    expect(page.locator("h1")).to_have_text("预览：还没有保存")
    expect(page.locator("tr", has_text="I-07")).to_contain_text("异常")
    shoot(page, "figure-path/2-preview", full_page=True)
    page.get_by_role("checkbox", name="I-07 2025").check()
    press(page.get_by_role("button", name="提交核定所勾选的"))
    expect(page.locator(".said")).to_contain_text("已提交 2 条")


def send_back(page: Page, shoot) -> None:
    """The reviewer: sends the figure with the missing digit back."""
    page.goto("/sz-sti-14/review/")
    page.get_by_role("article").get_by_role("link", name="I-07").click()
    expect(page.locator("#record")).to_contain_text("I-07")
    # The keys are there once the page's script is.
    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type(REASON)
    shoot(page, "figure-path/3-review", full_page=True)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said")).to_contain_text("退回")


def correct(page: Page, shoot) -> None:
    """The analyst: reads why, corrects, submits again."""
    page.goto(HOME)
    expect(page.locator("main")).to_contain_text(REASON)
    shoot(page, "figure-path/4-returned", full_page=True)
    press(page.locator("section", has=page.locator("#returned")).get_by_role("link"))
    expect(page.locator(".life")).to_contain_text(REASON)
    write(page.locator("form[data-figure-form] [name=value]"), "26800")
    press(page.get_by_role("button", name="保存并提交核定"))
    expect(page.locator(".life .changed, .life li", has_text="2,680 → 26,800")).to_have_count(1)
    shoot(page, "figure-path/5-corrected", full_page=True)


def approve(page: Page, shoot) -> None:
    """The reviewer: approves both together."""
    page.goto("/sz-sti-14/review/")
    for box in page.locator("[name^=looked-]").all():
        box.check()
    for field in page.get_by_label("核对情况").all():
        field.fill("已核对公报原文")
    page.get_by_role("button", name="核定这一发布").click()
    expect(page.locator(".said")).to_contain_text("核定 2 条")
    expect(page.locator("main")).to_contain_text("没有等待您处理的条目")
    shoot(page, "figure-path/6-approved", full_page=True)


def test_a_pasted_figure_reaches_the_overview_after_a_second_look(people, sign_in, open_page, shoot):
    day_before = date(today().year, 1, 1) - timedelta(days=1)
    official, analyst, past = open_overview(open_page()), open_page(), open_page()
    past.goto(f"/sz-sti-14/?as_of={day_before}")
    then = (
        {code: card(past, code).inner_text() for code in ("I-06", "I-07")},
        past.locator(".finals .words").inner_text(),
    )
    reviewer = sign_in(open_page(), people["reviewer"])
    before = {code: card(official, code).inner_text() for code in ("I-06", "I-07")}
    tally = official.locator(".finals .words").inner_text()
    shoot(official, "figure-path/0-overview-before")

    paste_submit(analyst, "1.12\r\n2680\r\n", shoot)
    send_back(reviewer, shoot)
    correct(analyst, shoot)
    official.clock.fast_forward(61_000)
    official.wait_for_timeout(300)
    assert {code: card(official, code).inner_text() for code in before} == before  # nothing is public yet
    approve(reviewer, shoot)
    official.clock.fast_forward(61_000)

    expect(card(official, "I-07").locator(".now b")).to_have_text("26,800")
    expect(card(official, "I-07").locator(".word")).to_contain_text("已达目标")
    expect(card(official, "I-06").locator(".now b")).to_have_text("1.12")
    expect(official.locator(".finals .words")).not_to_have_text(tally)
    expect(official.locator("#live-said")).to_have_text("数据有更新，页面已刷新。")
    assert official.evaluate("window.isTheSame")
    shoot(official, "figure-path/7-overview-after")

    past.reload()
    assert (
        {code: card(past, code).inner_text() for code in before},
        past.locator(".finals .words").inner_text(),
    ) == then
    shoot(past, "figure-path/8-the-day-before")
    official.goto(f"/sz-sti-14/changes/?from={day_before}")
    expect(official.locator(".changed", has_text="I-07")).to_contain_text("26,800")
    shoot(official, "figure-path/9-changes", full_page=True)
    stored = Observation.objects.filter(component__code__in=before, released_on=date(today().year, 1, 1))
    assert sorted(stored.values_list("component__code", "value", "state")) == [
        ("I-06", Decimal("1.12"), "approved"),
        ("I-07", Decimal("26800"), "approved"),
    ]
    for page in (official, past, analyst, reviewer):
        assert_clean(page)

"""Filters and the day take effect without a new page; the address, the back button and the words follow."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.frame import choose_day
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
ITEMS = "/sz-sti-14/items/"


def mark(page: Page) -> None:
    """A page that is loaded anew forgets this."""
    page.evaluate("window.sameDocument = true")


def is_same(page: Page) -> bool:
    return page.evaluate("window.sameDocument === true")


def test_a_filter_changes_the_list_and_the_address(page):
    page.goto(ITEMS)
    mark(page)
    page.get_by_label("类别").focus()
    page.get_by_label("类别").select_option("platform")
    expect(page).to_have_url(re.compile(r"/items/\?kind=platform$"))
    expect(page.locator("main tbody tr")).to_have_count(4)
    expect(page.get_by_label("类别")).to_have_value("platform")
    expect(page.get_by_label("类别")).to_be_focused()
    expect(page.locator("p.sr[role=status]").first).to_have_text("页面已更新。")
    assert is_same(page)
    page.get_by_label("包含").fill("西丽湖")
    page.get_by_label("包含").press("Enter")
    expect(page.locator("main tbody tr")).to_have_count(1)
    assert is_same(page)
    assert_clean(page)


def test_back_and_forward_walk_through_the_filters(page):
    page.goto(ITEMS)
    mark(page)
    page.get_by_label("类别").select_option("platform")
    expect(page.locator("main tbody tr")).to_have_count(4)
    page.get_by_label("类别").select_option("action")
    expect(page.locator("main tbody tr")).to_have_count(10)
    page.go_back()
    expect(page.locator("main tbody tr")).to_have_count(4)
    expect(page.get_by_label("类别")).to_have_value("platform")
    page.go_back()
    expect(page.get_by_label("类别")).to_have_value("")
    page.go_forward()
    expect(page.locator("main tbody tr")).to_have_count(4)
    assert is_same(page)
    assert_clean(page)


@pytest.mark.breadth
def test_the_address_can_be_sent_to_somebody(page, open_page):
    page.goto(ITEMS)
    page.get_by_label("类别").select_option("cluster")
    expect(page.locator("main tbody tr")).to_have_count(11)

    other = open_page()
    other.goto(page.url)

    expect(other.locator("main tbody tr")).to_have_count(11)


@pytest.mark.breadth
def test_the_day_changes_without_a_new_page_and_its_banner_comes_and_goes(page, drawn):
    page.goto("/sz-sti-14/indicators/I-01/")
    drawn(page)
    mark(page)
    choose_day(page, "2023-06-30")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".banner.past")).to_contain_text("2023年6月30日")
    drawn(page)
    expect(page.locator("header .day > summary")).to_contain_text("2023-06-30")
    expect(page.locator("nav.menu a").first).to_have_attribute("href", re.compile(r"as_of=2023-06-30"))
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    page.get_by_role("link", name="回到今天").click()
    expect(page.locator(".banner.past")).to_have_count(0)
    drawn(page)
    assert is_same(page)
    page.go_back()
    expect(page.locator(".banner.past")).to_have_count(1)
    assert is_same(page)
    assert_clean(page)


@pytest.mark.breadth
def test_the_path_of_growth_is_drawn_in_place(page, drawn):
    page.goto("/sz-sti-14/indicators/I-07/")
    drawn(page)
    mark(page)
    page.get_by_role("link", name="等速增长").click()
    expect(page).to_have_url(re.compile(r"path=growth"))
    drawn(page)
    expect(page.locator(".plot")).to_contain_text("等速增长轨迹")
    assert is_same(page)
    assert_clean(page)


@pytest.mark.breadth
def test_the_sorted_table_still_sorts_after_a_filter(page):
    page.goto("/sz-sti-14/indicators/?view=table")
    mark(page)
    page.get_by_label("规划表 1").select_option("yes")
    expect(page.locator("main tbody tr")).to_have_count(9)
    head = page.locator("th[data-sort=lead]")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert is_same(page)
    assert_clean(page)


def test_a_refused_day_ends_in_the_ordinary_page(page):
    page.goto("/sz-sti-14/changes/?from=2024-01-01&to=2024-06-30")
    mark(page)
    page.locator("main form.filters [name=to]").fill("2023-01-01")
    page.locator("main form.filters button").first.click()
    expect(page.locator("main")).to_contain_text("晚于截止日")
    assert not is_same(page)
    assert_clean(page, status=400)


def test_an_answer_that_fails_is_loaded_in_full(page):
    page.goto(ITEMS)
    mark(page)
    tries = []

    def fail_once(route):
        tries.append(route.request.url)
        if len(tries) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/items/?kind=*", fail_once)
    page.get_by_label("类别").select_option("platform")
    expect(page.locator("main tbody tr")).to_have_count(4)
    assert len(tries) == 2
    assert not is_same(page)


def test_the_last_of_two_hasty_choices_wins(page):
    page.goto(ITEMS)
    mark(page)
    page.route("**/items/?kind=action*", lambda route: page.wait_for_timeout(400) or route.continue_())
    page.get_by_label("类别").select_option("action")
    page.get_by_label("类别").select_option("platform")
    expect(page.locator("main tbody tr")).to_have_count(4)
    page.wait_for_timeout(600)
    expect(page.locator("main tbody tr")).to_have_count(4)
    expect(page).to_have_url(re.compile(r"kind=platform"))
    assert is_same(page)


def test_a_slow_answer_says_that_it_is_under_way(page):
    page.goto(ITEMS)
    held = []
    page.route("**/items/?kind=platform*", lambda route: held.append(route))
    page.get_by_label("类别").select_option("platform")
    expect(page.locator("html.loading main[aria-busy=true]")).to_be_visible()
    held.pop().continue_()
    expect(page.locator("main tbody tr")).to_have_count(4)
    expect(page.locator("html.loading")).to_have_count(0)
    expect(page.locator("main[aria-busy]")).to_have_count(0)


def test_without_scripts_the_same_forms_work(open_page):
    page = open_page(javascript=False)
    page.goto(ITEMS)
    page.get_by_label("类别").select_option("platform")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("main tbody tr")).to_have_count(4)
    page.goto("/sz-sti-14/text/")
    page.get_by_label("原文包含").fill("量子")
    page.locator("main form.filters button").click()
    expect(page.locator("main mark").first).to_have_text("量子")
    assert_clean(page)


def test_the_styles_below_the_first_screen_hold_on_when_it_is_exchanged(open_page):
    page = open_page()
    page.goto("/sz-sti-14/")
    page.evaluate("window.stays = true")

    page.locator(".presets.inside a:not([aria-current])").first.click()
    expect(page).to_have_url(re.compile("since="))

    assert page.evaluate("window.stays")
    assert page.locator("head link[rel=stylesheet][href*='site']").count() == 1
    expect(page.locator(".promises").first).to_have_css("display", "grid")

"""Five questions somebody asks before a meeting, answered by what is in sight on the first screen alone."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SLUG

pytestmark = pytest.mark.browser
# What a person sees without scrolling: words within the window, nothing folded, nothing for screen readers alone.
IN_SIGHT = """() => {
  const words = [];
  const walker = document.createTreeWalker(document.getElementById("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement;
    if (!node.data.trim() || !el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { top, bottom, left, right, width } = range.getBoundingClientRect();
    const isSeen = width > 2 && top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth + 1;
    if (isSeen && !el.closest(".sr")) words.push(node.data.trim());
  }
  return words.join(" ").replace(/\\s+/g, " ");
}"""


# What a finger is to hit: fields, buttons, what opens, and switches; links within words have their line's room.
SMALL = """() => [...document.querySelectorAll(
    "main :is(button:not(.modebar-btn), select, summary, .segments a, .tabs a), header :is(summary, button), "
    + "main input:not([type=hidden], [type=checkbox], [type=radio])")]
  .filter((el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .map((el) => [el, el.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height < 43.5)
  .map(([el, box]) => `${el.tagName} ${el.textContent.trim().slice(0, 20)} ${Math.round(box.height)}`)"""


# Links that stand alone, in lists and tables: no words of their line beside them. A row that is a link covers it.
ALONE = """() => [...document.querySelectorAll("main :is(li, td, th, .rows p, .rows span, .crumbs) > a")]
  .filter((el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((el) => ![...el.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((el) => getComputedStyle(el, "::after").position !== "absolute")
  .map((el) => [el, el.getBoundingClientRect()])
  .filter(([, box]) => box.width > 2 && box.height < 40.5)
  .map(([el, box]) => `${el.textContent.trim().slice(0, 20)} ${Math.round(box.height)}`)"""


def small_targets(page: Page) -> list[str]:
    return page.evaluate(SMALL)


def seen(page: Page, address: str) -> str:
    page.goto(f"/{SLUG}/{address}")
    return page.evaluate(IN_SIGHT)


@pytest.mark.breadth
def test_how_many_are_reached_and_which_are_not(open_page):
    words = seen(open_page(), "")

    total, told = re.search(r"(\d+) 项主要指标： ?(.*?) ?。", words).groups()
    bare = re.sub(r"（.*?）", "", told)
    assert sum(int(number) for number in re.findall(r"(\d+) 项", bare)) == int(total) == 8
    assert "3 项已达目标" in words
    for name in ("高价值发明专利", "高新区生产总值", "仪器使用率、开放率", "技术合同成交额", "公民科学素质比例"):
        assert name in words
    assert "还差 9.64 件" in words


def test_what_changed_since_a_day(open_page):
    words = seen(open_page(), "?since=2026-02-01")

    assert re.search(r"2026年2月1日 以来 \d+ 项变化 ?： ?\S+", words)


def test_what_is_overdue_and_by_whom(open_page):
    words = seen(open_page(), "")

    assert re.search(r"2025 年期末数据已公布 \d/8 项", words)
    assert re.search(r"\d 项逾期，最久的应于 2026-04-30 前公布，已逾期 \d+ 天", words)
    # Nobody has been named yet: that is what there is to say.
    assert re.search(r"2025 年数据逾期 \d+ 天，未指定由谁公布", words)


@pytest.mark.breadth
def test_where_a_number_comes_from(open_page):
    page = open_page()

    assert re.search(r"研发投入强度 来源 ?： Shenzhen Daily 6\.67", seen(page, ""))
    assert re.search(r"来源 ?： Shenzhen", seen(page, "indicators/I-07/"))


def test_a_phone_answers_in_its_first_screen(open_page):
    page = open_page(width=390, height=844)

    words = seen(page, "")

    assert "3 项已达目标" in words
    assert "项逾期" in words
    for name in ("研发投入强度", "公民科学素质比例"):
        assert name in words
    rows = page.locator(".cells a").evaluate_all("rows => rows.map((row) => row.getBoundingClientRect().height)")
    assert len(rows) == 8
    assert all(44 <= height < 48 for height in rows)


@pytest.mark.breadth
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_same_is_answered_in_english(open_page, width, height):
    page = open_page(width=width, height=height, language="en", touch=width < 500)

    words = seen(page, "")

    assert "3 have met their targets" in words
    assert "2 are at 91% and 71% of their targets" in words
    assert re.search(r"Final figures for 2025 published for \d of 8, \d overdue, the longest since [\d-]+", words)
    for name in ("R&D intensity", "High-value patents", "Scientific literacy"):
        assert name in words
    if width > 500:
        assert re.search(r"Source: Shenzhen Daily", words)
        assert re.search(
            r"changes? since|Nothing has changed since \d+ \w+ \d{4}; the latest before that: \S+", words
        )


@pytest.mark.breadth
def test_a_row_is_a_link_over_its_whole_length(open_page):
    page = open_page(width=390, height=844, touch=True)
    page.goto(f"/{SLUG}/indicators/")
    row = page.locator("tr.line").first
    box = row.bounding_box()

    assert box["height"] >= 64
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.mouse.click(box["x"] + box["width"] - 30, box["y"] + box["height"] - 12)
    page.wait_for_url(re.compile("/indicators/[IT]-"))
    assert small_targets(page) == []


@pytest.mark.parametrize("address", ["", "indicators/", "indicators/I-07/"])
def test_nothing_is_beside_the_page_at_twice_the_size(open_page, address):
    # 200 % on a screen of 1280 is a window of 640.
    page = open_page(width=640, height=480)
    page.goto(f"/{SLUG}/{address}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640


LISTS = ["changes/?from=2025-12-01", "gaps/", "units/", "items/P-1.1/", "platforms/P-1/", "search/?q=高企"]
LISTS += ["coverage/", "status/"]


@pytest.mark.breadth
@pytest.mark.parametrize("address", LISTS)
def test_links_that_stand_alone_have_room_for_a_finger(open_page, address):
    page = open_page(width=390, height=844, touch=True)
    page.goto(f"/{SLUG}/{address}")

    assert page.evaluate(ALONE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

"""The paper for a meeting on a screen in the room: one sheet at a time, as large as it has room for."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SLUG
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
BRIEF = f"/{SLUG}/brief/?since=2026-01-31&items=I-01,I-04"


def shown(page: Page) -> dict:
    return page.evaluate(
        """() => {
          const here = [...document.querySelectorAll(".sheet")].filter((one) => one.checkVisibility());
          const box = here[0].getBoundingClientRect();
          return {number: here.length, label: here[0].ariaLabel, width: box.width, height: box.height};
        }"""
    )


@pytest.mark.breadth
def test_arrow_keys_turn_the_sheets_and_escape_ends_it(open_page):
    page = open_page(width=1920, height=1080)
    page.goto(BRIEF)
    expect(page.locator(".sheet")).to_have_count(5)

    page.get_by_role("button", name="放映").click()

    first = shown(page)
    assert (first["number"], first["label"]) == (1, "总体情况")
    # Large: it fills the screen one way, and runs over neither.
    assert first["height"] <= 1080
    assert first["width"] <= 1920
    assert first["height"] > 1000 or first["width"] > 1800
    expect(page.locator("header.top")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    assert shown(page)["label"] == "上次会议以来的变化"
    for _turn in range(6):
        page.keyboard.press("ArrowRight")
    assert shown(page)["label"] == "逾期事项和来源"
    page.keyboard.press("ArrowLeft")
    assert shown(page)["number"] == 1
    page.keyboard.press("Home")
    assert shown(page)["label"] == "总体情况"
    page.keyboard.press("Escape")
    expect(page.locator("header.top")).to_be_visible()
    assert shown(page)["number"] == 5
    expect(page.get_by_role("button", name="放映")).to_be_focused()
    assert_clean(page)


@pytest.mark.breadth
def test_a_sheet_has_an_address_to_begin_at(open_page):
    page = open_page(width=1920, height=1080)
    page.goto(f"{BRIEF}#sheet-3")

    assert shown(page)["number"] == 1
    assert shown(page)["label"].startswith("全社会研发投入")


def test_without_scripts_the_paper_is_there_to_read_and_says_no_key(open_page):
    page = open_page(javascript=False)
    page.goto(BRIEF)

    expect(page.locator(".sheet").first).to_be_visible()
    expect(page.get_by_role("button", name="放映")).to_be_hidden()


@pytest.mark.breadth
def test_choosing_days_and_indicators_by_hand_makes_the_address(open_page):
    page = open_page()
    page.goto(f"/{SLUG}/brief/")
    page.get_by_label("上次会议", exact=True).fill("2026-01-31")
    page.get_by_label("国家高新技术企业").check()
    page.get_by_role("button", name="生成材料").click()

    expect(page.locator(".sheet.indicator")).to_have_count(1)
    assert "since=2026-01-31" in page.url
    assert "items=I-07" in page.url
    expect(page.get_by_label("国家高新技术企业")).to_be_checked()

"""The frame: one line on a desk, one bar on a phone, every section within reach of a thumb."""

import pytest
from playwright.sync_api import expect

from tests.browser.frame import choose_day, open_kinds

pytestmark = pytest.mark.browser
ROOT = "/sz-sti-14/"
SECTIONS = ("总览", "指标", "单位", "缺口", "变化", "评估", "原文")
KINDS = ("平台", "支撑", "产业", "行动", "集群区", "保障", "全部条目")
# With one banner at most, of a past day; the sheets of a plan in use have no other.
PAGES = (
    "",
    "indicators/",
    "indicators/I-07/",
    "text/?as_of=2023-06-30",
    "items/P-1.1/",
    "units/",
    "brief/",
    "gaps/",
)


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_desk_it_is_one_line(open_page, language):
    page = open_page(language=language)
    page.goto(ROOT)

    assert page.locator("header.top").bounding_box()["height"] <= 50


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_it_is_one_bar_and_the_title_begins_high(open_page, language):
    page = open_page(width=390, height=844, touch=True, language=language)
    late = []
    for path in PAGES:
        page.goto(ROOT + path)
        bar = page.locator("header.top").bounding_box()["height"]
        title = page.locator("h1").bounding_box()["y"]
        if bar > 50 or title >= 121:
            late.append((path, bar, title))

    assert late == []


@pytest.mark.breadth
def test_on_a_phone_every_section_is_a_target_without_going_sideways(open_page):
    page = open_page(width=390, height=844, touch=True)
    page.goto(f"{ROOT}items/P-1.1/")
    page.locator(".burger > summary").click()
    open_kinds(page)

    for name in (*SECTIONS, *KINDS):
        box = page.locator("nav.menu").get_by_role("link", name=name, exact=True).bounding_box()
        assert box["height"] >= 44, name
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390, name
    for selector in (".burger > summary", ".day > summary", ".seek > summary"):
        assert page.locator(selector).bounding_box()["height"] >= 40


@pytest.mark.breadth
def test_the_section_of_a_commitment_lights_up_and_the_chip_names_the_day(page):
    page.goto(f"{ROOT}platforms/P-1/")
    expect(page.locator(".kinds > summary")).to_have_class("here")
    expect(page.locator(".day > summary")).to_contain_text("今天")
    choose_day(page, "2023-06-30")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".day > summary")).to_contain_text("2023-06-30")
    # It closes once a day is chosen, and by a click elsewhere.
    expect(page.locator("#as_of")).to_be_hidden()
    page.locator(".day > summary").click()
    page.locator("h1").click()
    expect(page.locator("#as_of")).to_be_hidden()

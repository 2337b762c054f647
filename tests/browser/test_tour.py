"""The first look at the overview: offered once, done with the keyboard alone, gone for good."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_pages import RULES
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
OVERVIEW = "/sz-sti-14/"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_newcomer_walks_through_it_once(open_page, shoot, width, scheme):
    page = open_page(newcomer=True, width=width, height=844, scheme=scheme)
    page.goto(OVERVIEW)
    box = page.locator(".tour")
    expect(box).to_contain_text("第一次来？")
    foot_of_offer, top_of_page = (
        page.locator(selector).evaluate(f"(el) => el.getBoundingClientRect().{edge}")
        for selector, edge in ((".tour", "bottom"), ("#main", "top"))
    )
    assert foot_of_offer <= top_of_page  # it covers nothing of what it speaks of
    box.get_by_role("button", name="开始").click()
    for number in range(1, 6):
        expect(box).to_contain_text(f"{number} / 5")
        expect(box).to_be_focused()
        expect(box).to_be_in_viewport(ratio=1)
        shoot(page, f"tour-{width}-{number}")
        assert not Axe().run(page, options=RULES).response["violations"]
        page.keyboard.press("Tab")
        last = box.get_by_role("button").last
        last.focus()
        page.keyboard.press("Enter")
    expect(box).to_have_count(0)
    page.reload()
    expect(page.locator(".tour-open")).to_be_visible()
    expect(box).to_have_count(0)
    assert_clean(page)


def test_it_can_be_declined_for_good(open_page):
    page = open_page(newcomer=True, language="en")
    page.goto(OVERVIEW)
    expect(page.locator(".tour")).to_contain_text("First time here?")
    page.get_by_role("button", name="No, thanks").click()
    page.goto(OVERVIEW)
    expect(page.locator(".tour-open")).to_have_text("Tour of this page")
    expect(page.locator(".tour")).to_have_count(0)


def test_the_foot_leads_to_it_and_escape_leads_back(page):
    page.goto(OVERVIEW)
    way = page.locator(".tour-open")
    way.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tour")).to_contain_text("1 / 5")
    page.keyboard.press("Escape")
    expect(page.locator(".tour")).to_have_count(0)
    expect(way).to_be_focused()
    page.goto("/sz-sti-14/items/")
    page.locator(".tour-open").click()
    expect(page.locator(".tour")).to_contain_text("1 / 5")
    assert_clean(page)


def test_other_pages_offer_nothing(open_page):
    page = open_page(newcomer=True)
    page.goto("/sz-sti-14/items/")
    expect(page.locator(".tour-open")).to_be_visible()
    expect(page.locator(".tour")).to_have_count(0)

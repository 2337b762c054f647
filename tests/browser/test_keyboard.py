"""The site without a mouse."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
MENU = ["总览", "指标", "任务", "单位", "缺口", "变化", "评估", "原文"]
KINDS = ["平台", "支撑", "产业", "行动", "集群区", "保障", "全部条目"]
FOCUSED = """() => {
  const el = document.activeElement, box = el.getBoundingClientRect(), style = getComputedStyle(el);
  return {
    tag: el.tagName, text: (el.innerText || el.value || "").trim(),
    menu: !!el.closest(".menu"), main: !!el.closest("main"), visible: box.width > 1 && box.height > 1,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
  };
}"""


def tab(page: Page) -> dict:
    page.keyboard.press("Tab")
    return page.evaluate(FOCUSED)


@pytest.mark.breadth
def test_the_skip_link_is_first_and_leads_to_the_text(page):
    page.goto("/sz-sti-14/")
    first = tab(page)
    assert first["text"] == "跳到正文"
    assert first["visible"]
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    # The next stop is inside the text, not back in the header.
    assert tab(page)["main"]
    assert_clean(page)


def test_every_menu_entry_is_reached_and_shows_it(page):
    page.goto("/sz-sti-14/indicators/")
    reached, ringed, ringless = [], set(), set()
    for _ in range(40):
        stop = tab(page)
        if stop["main"]:
            break
        (ringed if stop["ring"] else ringless).add(stop["text"] or stop["tag"])
        if stop["menu"]:
            reached.append(stop["text"])
    assert reached == MENU
    # A date field is several stops; the one on its calendar button draws its ring inside the field.
    assert not ringless - ringed
    expect(page.locator(".menu [aria-current=page]")).to_have_text("指标")


@pytest.mark.breadth
def test_enter_opens_a_menu_entry(page):
    page.goto("/sz-sti-14/")
    page.locator("header .kinds > summary").focus()
    page.keyboard.press("Enter")
    assert [tab(page)["text"] for _kind in KINDS] == KINDS
    page.keyboard.press("Escape")
    expect(page.locator("header .kinds > summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(".menu").get_by_role("link", name="产业", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("产业")


@pytest.mark.breadth
def test_wide_tables_scroll_from_the_keyboard(open_page):
    page = open_page(width=900, height=844)
    page.goto("/sz-sti-14/indicators/?years=all")
    region = page.get_by_role("region").first
    region.focus()
    expect(region).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("el => el.scrollLeft > 0", arg=region.element_handle())

"""The wall as people five metres away see it: all of it there, large enough, and still when they want it still."""

import pytest
from playwright.sync_api import Page, expect

from tests.breadth import more
from tests.browser.conftest import SLUG
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
ROOT = f"/{SLUG}/wall/"
# The wall itself, a laptop, the projector of the meeting room, a 4K screen.
SCREENS = ((1366, 768), (1280, 720), (3840, 2160), (1920, 1080))
# What is beyond the screen or cut, and letters smaller than 28 px on 1920 × 1080; in a picture as they are drawn.
WRONG = """() => {
  const found = [], scale = Math.min(innerWidth / 1920, innerHeight / 1080);
  const say = (what, el) => found.push(
    `${innerWidth}: ${what} ${el.tagName}.${el.getAttribute("class")} ${el.textContent.trim().slice(0, 40)}`);
  const size = (el) => parseFloat(getComputedStyle(el).fontSize) * (el.ownerSVGElement ? el.getScreenCTM().a : 1);
  for (const el of [document.body, ...document.body.querySelectorAll("*")]) {
    if (!el.checkVisibility() || !el.getClientRects().length) continue;
    const { left, top, right, bottom } = el.getBoundingClientRect();
    if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) say("beyond", el);
    // A letter may reach out of its line a little; more is cut or lies over what follows.
    const room = parseFloat(getComputedStyle(el).fontSize) * 0.35;
    if (!el.closest("svg") && getComputedStyle(el).display !== "inline"
      && (el.scrollWidth > el.clientWidth + 1 || el.scrollHeight > el.clientHeight + room)) say("cut", el);
    if (getComputedStyle(el).textOverflow === "ellipsis") say("may end in an ellipsis", el);
    const speaks = [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (speaks && size(el) < 28 * scale - 0.05) say(`small (${size(el)})`, el);
  }
  return found;
}"""


def see_every_panel(page: Page, shoot, name: str) -> list[str]:
    """What is wrong with any panel on any screen; keeps a picture of each on the last of them."""
    found = []
    page.goto(f"{ROOT}?turn=600&refresh=3600")
    panels = page.locator(".w-panel").count()
    for number in range(1, panels + 1):
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            expect(page.locator(".w-panel.here")).to_be_visible()
            expect(page.locator(".w-foot a")).to_be_in_viewport(ratio=1)
            found += [f"{name} {number}: {line}" for line in page.evaluate(WRONG)]
        shoot(page, f"wall/{name}-{number}")
        page.keyboard.press("ArrowRight")
    assert panels > 1
    return found


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_every_panel_is_whole_and_read_from_five_metres(open_page, shoot, language):
    page = open_page(width=1920, height=1080, language=language)

    found = see_every_panel(page, shoot, f"plan-{language}")

    assert not found, "\n".join(found)
    assert_clean(page)


def test_a_day_before_all_figures_says_so_calmly(open_page, shoot):
    page = open_page(width=1920, height=1080)
    page.goto(f"{ROOT}?turn=600&as_of=2015-01-01")

    expect(page.locator(".w-past")).to_have_text("截至 2015年1月1日")
    expect(page.locator(".w-panel.here")).to_contain_text("8 项主要指标：8 项从未公布。")
    assert page.evaluate(WRONG) == []
    shoot(page, "wall/no-figures")


@pytest.mark.breadth
def test_space_bar_holds_the_wall_still_and_lets_it_go_on(open_page):
    page = open_page(width=1920, height=1080)
    page.goto(f"{ROOT}?turn=1&refresh=1")
    heading = page.locator(".w-panel.here h2")
    expect(page.locator(".w-paused")).to_be_empty()
    page.keyboard.press("Space")
    expect(page.locator(".w-paused")).to_have_text("已暂停")
    held = heading.inner_text()
    reads = []
    page.on("request", lambda request: reads.append(request.url))
    page.wait_for_timeout(2_200)
    assert heading.inner_text() == held
    assert reads == []

    page.keyboard.press("Space")
    expect(page.locator(".w-paused")).to_be_empty()
    expect(heading).not_to_have_text(held)
    assert_clean(page)


@pytest.mark.breadth
def test_the_button_to_pause_shows_when_somebody_is_there(open_page):
    page = open_page(width=1920, height=1080)
    page.goto(f"{ROOT}?turn=600")
    button = page.locator(".w-pause")
    expect(button).to_have_css("opacity", "0")

    page.mouse.move(300, 300)
    expect(button).to_have_css("opacity", "1")
    button.click()
    expect(button).to_have_text("继续")
    expect(page.locator(".w-paused")).to_have_text("已暂停")
    # With the focus on it the space bar presses it once, not twice.
    page.keyboard.press("Space")
    expect(page.locator(".w-paused")).to_be_empty()
    expect(button).to_have_text("暂停")


def test_panels_fade_in_unless_motion_is_unwanted(open_page):
    page = open_page(width=1920, height=1080)
    page.goto(f"{ROOT}?turn=600")
    panel = page.locator(".w-panel.here")
    expect(panel).to_have_css("animation-name", "none")

    page.emulate_media(reduced_motion="no-preference")
    expect(panel).not_to_have_css("animation-name", "none")

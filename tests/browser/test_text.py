"""The annotated plan worked by hand: chapters, addresses of sentences, states in the margin, filters."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import press, tab_to
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser

TEXT = "/sz-sti-14/text/"
# The paragraph of the second chapter's goals that names the indicators.
GOALS = "创新硬实力大幅跃升"
COLOUR = "element => getComputedStyle(element).backgroundColor"


def goals(page):
    return page.locator(".para", has_text=GOALS).first


@pytest.mark.breadth
def test_a_sentence_s_address_is_reached_with_the_keyboard_alone(page):
    """One stop a paragraph; Enter opens its list; the sentence followed is marked and stands in view."""
    page.goto(TEXT)
    para = goals(page)
    control = para.locator(".cite > summary")
    last = para.locator(".sentence").last

    para.locator(".tracked").last.focus()
    tab_to(control, within=3)
    expect(control).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    link = para.get_by_role("link", name=re.compile(r"^第 \d+ 段的\s*第 \d+ 句\s*的链接")).last
    press(link)

    anchor = last.get_attribute("id")
    expect(page).to_have_url(re.compile(f"#{anchor}$"))
    expect(last).to_be_in_viewport()
    assert last.evaluate(COLOUR) != para.evaluate(COLOUR)
    expect(para.locator(".cite")).not_to_have_attribute("open", "")
    assert_clean(page)


def test_every_sentence_has_an_address(page):
    page.goto(TEXT)
    missing = page.evaluate("""() => [...document.querySelectorAll(".sentence")].map((sentence) => sentence.id)
      .filter((id) => !document.querySelector(`.cite a[href$="#${id}"]`))""")
    assert missing == []


def test_escape_closes_the_list_and_gives_the_focus_back(page):
    page.goto(TEXT)
    control = goals(page).locator(".cite > summary")
    control.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(goals(page).locator(".cite ul")).to_be_hidden()
    expect(control).to_be_focused()


@pytest.mark.breadth
def test_a_sentence_stands_clear_of_the_banner_of_a_past_day(open_page):
    for width, height in ((1440, 900), (390, 844)):
        page = open_page(width=width, height=height)
        page.goto(f"{TEXT}?as_of=2023-06-30")
        anchor = goals(page).locator(".sentence").last.get_attribute("id")
        page.goto(f"{TEXT}?as_of=2023-06-30#{anchor}")
        banner = page.locator(".banner.past").bounding_box()
        sentence = page.locator(f"#{anchor}").bounding_box()
        assert sentence["y"] >= banner["y"] + banner["height"], width


@pytest.mark.breadth
def test_the_chapter_in_view_is_marked(page):
    page.goto(TEXT)
    current = page.locator(".toc [aria-current]")

    page.locator(".toc").get_by_role("link", name="（三）发展目标").click()
    expect(current).to_have_text("（三）发展目标")

    # Far down without a link: by the scroll bar, as it were.
    page.evaluate("document.querySelector('[data-chapter=\"s6.4\"] .para:last-child').scrollIntoView()")
    expect(current).to_have_text(re.compile("科技金融"))
    expect(current).to_be_in_viewport()
    expect(current).to_have_count(1)


def test_on_a_phone_chapters_are_picked_at_the_foot_of_the_screen(open_page):
    page = open_page(width=390, height=844)
    page.goto(TEXT)
    bar = page.locator("nav.chapters")
    expect(page.locator("nav.toc")).to_be_hidden()
    expect(bar).to_be_in_viewport()

    bar.locator("summary").click()
    bar.get_by_role("link", name="（四）加强资金保障").click()
    expect(page.locator("#s8\\.4")).to_be_in_viewport()
    expect(bar.locator(".now")).to_have_text("（四）加强资金保障")
    expect(bar.locator("ol")).to_be_hidden()

    bar.get_by_role("link", name="回到顶部").click()
    expect(page.locator("h1")).to_be_in_viewport()
    assert_clean(page)


@pytest.mark.breadth
def test_indicators_are_picked_by_their_verdict(page):
    page.goto(TEXT)
    page.get_by_label("状态").select_option("state-reached")

    expect(page).to_have_url(re.compile("status=state-reached"))
    wanted = page.locator(".margin li.wanted")
    expect(wanted.first).to_contain_text("已达目标")
    number = int(re.search(r"(\d+) 条", page.locator(".found").inner_text())[1])
    expect(wanted).to_have_count(number)
    # The chapter in view is marked in the shorter text too.
    page.locator(".text .para").last.evaluate("element => element.scrollIntoView()")
    expect(page.locator(".toc [aria-current]")).to_have_count(1)


def test_a_figure_of_coverage_shows_as_many_as_it_says(page):
    page.goto(TEXT)
    figure = page.locator(".coverage a.indicator")
    number = figure.locator("b").inner_text()
    figure.click()

    expect(figure).to_have_attribute("aria-current", "true")
    expect(page.locator(".found")).to_contain_text(f"{number} 条")
    expect(page.locator(".margin li.wanted, .heading .tracked.wanted").first).to_be_visible()


@pytest.mark.breadth
def test_the_unreported_unfold_and_the_words_are_kept_whole(open_page):
    page = open_page(language="en")
    page.goto(TEXT)
    silent = goals(page).locator(".silent")
    expect(silent.locator("li").first).to_be_hidden()
    silent.locator("summary").click()
    for name in silent.locator("a").all_inner_texts():
        assert "…" not in name
    expect(silent.locator("li").first).to_be_visible()


def test_a_line_of_the_text_holds_at_most_38_characters(page):
    page.goto(TEXT)
    width, size = page.evaluate("""() => {
      const p = document.querySelector(".para > p");
      return [p.getBoundingClientRect().width, parseFloat(getComputedStyle(p).fontSize)];
    }""")
    assert width <= 38 * size + 0.5


def test_copied_words_are_the_plan_s_own(page):
    """The signs after phrases are painted, not written."""
    page.goto(f"{TEXT}?coverage=indicator")
    told = page.locator(".para p").filter(has=page.locator("[data-sign]")).first
    assert not re.search("[✔▲●◐▼✕◷○◇]", told.inner_text())


@pytest.mark.breadth
def test_without_scripts_lists_open_and_links_lead(open_page):
    page = open_page(javascript=False)
    page.goto(TEXT)
    para = goals(page)
    para.locator(".cite > summary").click()
    para.locator(".cite a").last.click()
    expect(para.locator(".sentence").last).to_be_in_viewport()
    para.locator(".silent > summary").click()
    expect(para.locator(".silent li").first).to_be_visible()


def test_on_paper_only_the_text_and_its_margin_stand(page):
    page.goto(TEXT)
    page.emulate_media(media="print")
    expect(page.locator(".cite:visible, nav.chapters:visible, nav.toc:visible")).to_have_count(0)
    expect(goals(page).locator("p")).to_be_visible()

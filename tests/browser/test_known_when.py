"""What was known when: a day picked, kept, compared with another; the files and feeds say the same as the page."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from dashboard.feeds import LATEST
from tests.browser.frame import choose_day
from tests.browser.keyboard import press
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
ROOT = "/sz-sti-14/"
DAY, LATER = "2022-07-07", "2025-06-30"
ATOM = "{http://www.w3.org/2005/Atom}"


def pick(page: Page, day: str) -> None:
    choose_day(page, day)
    press(page.locator("form.asof button"))
    expect(page.locator(".banner.past")).to_contain_text("不是今天的")


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_two_days_are_compared_with_the_causes_of_every_change(page, shoot):
    page.goto(ROOT)
    pick(page, LATER)
    expect(page.locator(".banner.past")).to_contain_text("截至 2025年6月30日")
    page.locator(".menu").get_by_role("link", name="变化").click()
    assert query(page)["as_of"] == [LATER]
    page.get_by_label("自", exact=True).fill(DAY)
    page.locator(".filters").get_by_role("button", name="查看").click()
    page.wait_for_url(f"**/changes/?*from={DAY}*")
    assert {name: query(page)[name] for name in ("as_of", "from", "to")} == {
        "as_of": [LATER],
        "from": [DAY],
        "to": [LATER],
    }
    shoot(page, "known-when/1-changes", full_page=True)

    counts = [int(number) for number in page.locator(".counts dd").all_inner_texts()]
    assert counts[0] == sum(counts[1:]) == page.locator(".change").count() > 5
    days = page.locator(".change .d").all_inner_texts()
    assert DAY < min(days) <= max(days) <= LATER
    file = page.request.get(page.locator(".files").get_by_role("link", name="JSON").get_attribute("href")).json()
    assert len(file["results"]) == counts[0]
    page.get_by_label("原因").select_option("new_figure")
    page.locator(".filters").get_by_role("button", name="查看").click()
    expect(page.locator(".change")).to_have_count(counts[1])
    assert set(page.locator(".change .tag").all_inner_texts()) == {"新数据"}
    page.get_by_label("排列").select_option("day")
    page.locator(".filters").get_by_role("button", name="查看").click()
    page.wait_for_url("**/changes/?*group=day*")
    expect(page.locator(".changed.by-day .change")).to_have_count(counts[1])
    shoot(page, "known-when/2-new-figures-by-day", full_page=True)
    assert_clean(page)


def test_the_history_of_an_indicator_ends_at_the_day(page, shoot):
    page.goto(f"{ROOT}items/I-07/history/")
    everything = page.locator(".timeline .entry").count()
    pick(page, LATER)
    days = page.locator(".timeline time").evaluate_all("times => times.map(time => time.dateTime)")
    shoot(page, "known-when/3-history", full_page=True)

    assert 0 < page.locator(".timeline .entry").count() < everything
    assert days == sorted(days, reverse=True)
    assert max(days) <= LATER
    page.locator(".crumbs").get_by_role("link").last.click()
    assert query(page) == {"as_of": [LATER]}
    page.get_by_role("link", name="回到今天").click()
    expect(page.locator(".banner")).to_have_count(0)
    assert_clean(page)


def test_feeds_hold_what_was_known_and_lead_to_pages_of_the_day(page):
    page.goto(f"{ROOT}changes/?as_of={LATER}")
    feeds = page.locator("link[rel=alternate][type]").evaluate_all(
        "links => links.map(link => [link.type, link.href])"
    )
    assert {kind for kind, _ in feeds} == {"application/rss+xml", "application/atom+xml"}
    rss = ElementTree.fromstring(page.request.get(f"{ROOT}changes.rss?as_of={LATER}").body())
    atom = ElementTree.fromstring(page.request.get(f"{ROOT}changes.atom?as_of={LATER}").body())

    titles = [entry.findtext("title") for entry in rss.iter("item")]
    assert titles == [entry.findtext(f"{ATOM}title") for entry in atom.iter(f"{ATOM}entry")]
    assert 5 < len(titles) <= 2 * LATEST
    assert {entry.findtext(f"{ATOM}updated")[:10] <= LATER for entry in atom.iter(f"{ATOM}entry")} == {True}
    page.goto(rss.find(".//item/link").text)
    assert query(page) == {"as_of": [LATER]}
    expect(page.locator(".banner.past")).to_be_visible()
    assert_clean(page)

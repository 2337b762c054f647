"""Another day than today: chosen in the picker, kept by the links, left again."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
DAY = "2023-06-30"
# Pages of the plan that show the state on a day; files say their day too. The language form and anchors aside.
KEEPERS = "main a[href^='/sz-sti-14/'], .menu a, a.brand"


def test_a_past_day_and_back(page, shoot):
    page.goto("/sz-sti-14/")
    expect(page.locator(".banner")).to_have_count(0)
    page.get_by_label("截至").fill(DAY)
    page.get_by_role("button", name="查看").click()
    assert parse_qs(urlsplit(page.url).query) == {"as_of": [DAY]}
    expect(page.locator(".banner")).to_contain_text("2023")
    expect(page.locator(".banner")).to_contain_text("不是今天的")
    card = page.locator(".card").filter(has=page.locator("h3 .code", has_text=re.compile("^I-01$")))
    expect(card.locator(".value")).to_have_text("5.49")
    expect(card.locator(".year")).to_have_text("2021")
    shoot(page, "as-of", full_page=True)

    # Following links stays on the day, also over two pages and the search.
    card.get_by_role("link").click()
    assert parse_qs(urlsplit(page.url).query) == {"as_of": [DAY]}
    expect(page.locator(".panel")).to_contain_text("5.49")
    expect(page.locator(".panel")).not_to_contain_text("6.67")
    page.locator(".menu").get_by_role("link", name="平台").click()
    assert parse_qs(urlsplit(page.url).query) == {"as_of": [DAY]}
    page.get_by_role("searchbox").fill("量子")
    page.get_by_role("button", name="搜索").click()
    assert parse_qs(urlsplit(page.url).query) == {"as_of": [DAY], "q": ["量子"]}

    page.get_by_role("link", name="回到今天").click()
    assert parse_qs(urlsplit(page.url).query) == {"q": ["量子"]}
    expect(page.locator(".banner")).to_have_count(0)
    page.locator("a.brand").click()
    expect(card.locator(".value")).to_have_text("6.67")
    assert_clean(page)


@pytest.mark.parametrize(
    "path",
    ["", "indicators/", "indicators/I-01/", "platforms/", "platforms/P-1/", "industries/", "industries/G-1/", "clusters/C-02/", "items/", "items/P-1.2/", "text/", "search/?q=量子"],
)
def test_every_link_keeps_the_day(page, path):
    page.goto(f"/sz-sti-14/{path}{'&' if '?' in path else '?'}as_of={DAY}")
    forgetful = page.locator(f"{KEEPERS}, footer a[href^='/sz-sti-14/']").evaluate_all(
        "(links, day) => links.map(a => a.getAttribute('href')).filter(href => !href.includes('as_of=' + day))", DAY
    )
    assert not set(forgetful)


def test_the_chart_shows_the_day_too(page, drawn):
    with page.expect_response(lambda answer: "/figure/" in answer.url) as waiting:
        page.goto(f"/sz-sti-14/indicators/I-01/?as_of={DAY}")
    drawn(page)
    assert f"as_of={DAY}" in waiting.value.url
    body = waiting.value.text()
    assert "5.49" in body
    assert "6.67" not in body
    assert_clean(page)

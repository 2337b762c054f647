"""Another day than today: chosen in the picker, kept by the links, left again."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.frame import choose_day, look_for, open_kinds
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
DAY = "2023-06-30"
# Pages and files of the plan show the state on a day.
KEEPERS = "a[href^='/sz-sti-14/']"


def wait_for_query(page, query):
    """The address once it asks for this: with scripts a page is exchanged in place, without a load to wait for."""
    page.wait_for_url(lambda address: parse_qs(urlsplit(address).query) == query)


@pytest.mark.breadth
def test_a_past_day_and_back(page, shoot):
    page.goto("/sz-sti-14/")
    expect(page.locator(".banner")).to_have_count(0)
    choose_day(page, DAY)
    page.get_by_role("button", name="查看").click()
    wait_for_query(page, {"as_of": [DAY]})
    expect(page.locator(".banner")).to_contain_text("2023")
    expect(page.locator(".banner")).to_contain_text("不是今天的")
    row = page.locator("tr.line", has_text="研发投入强度")
    expect(row.locator("b").first).to_have_text("5.49")
    expect(row).to_contain_text("2021")
    shoot(page, "as-of", full_page=True)

    # Following links stays on the day, also over two pages and the search.
    row.get_by_role("link").first.click()
    wait_for_query(page, {"as_of": [DAY]})
    expect(page.locator(".panel[data-methods]")).to_contain_text("5.49")
    expect(page.locator(".panel[data-methods]")).not_to_contain_text("6.67")
    open_kinds(page)
    page.locator(".menu").get_by_role("link", name="平台").click()
    wait_for_query(page, {"as_of": [DAY]})
    look_for(page, "量子")
    wait_for_query(page, {"as_of": [DAY], "q": ["量子"]})

    page.get_by_role("link", name="回到今天").click()
    wait_for_query(page, {"q": ["量子"]})
    expect(page.locator(".banner")).to_have_count(0)
    page.locator("a.brand").click()
    expect(row.locator("b").first).to_have_text("6.67")
    assert_clean(page)


@pytest.mark.breadth
def test_the_banner_stays_in_sight_and_leads_to_what_changed_since(page):
    page.goto(f"/sz-sti-14/indicators/I-01/?as_of={DAY}")
    page.mouse.wheel(0, 1500)
    page.wait_for_function("window.scrollY > 500")
    expect(page.locator(".banner")).to_be_in_viewport()
    page.get_by_role("link", name="与今天相比有何变化").click()
    wait_for_query(page, {"from": [DAY]})
    expect(page.locator(".banner")).to_have_count(0)
    expect(page.locator(".changed").first).to_contain_text("快于预期")
    # The page of one day against another keeps both ends when a cause is picked.
    page.get_by_label("原因").select_option("revised_figure")
    page.locator(".filters").get_by_role("button", name="查看").click()
    expect(page.locator(".change")).to_have_count(1)
    assert parse_qs(urlsplit(page.url).query)["from"] == [DAY]
    assert_clean(page)


PATHS = (
    "",
    "indicators/",
    "indicators/I-01/",
    "platforms/",
    "platforms/P-1/",
    "industries/",
    "industries/G-1/",
    "clusters/C-02/",
    "items/",
    "items/P-1.2/",
    "items/I-07/history/",
    "changes/?from=2022-07-07",
    "text/",
    "search/?q=量子",
)


def forgetful(page, places: str) -> dict[str, list[str]]:
    """Addresses in these places, page by page, that lead back to today."""
    found = {}
    for path in PATHS:
        page.goto(f"/sz-sti-14/{path}{'&' if '?' in path else '?'}as_of={DAY}")
        addresses = page.locator(places).evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert addresses
        if lost := sorted({address for address in addresses if f"as_of={DAY}" not in address}):
            found[path] = lost
    return found


@pytest.mark.breadth
def test_every_link_of_the_text_and_menu_keeps_the_day(page):
    assert not forgetful(page, f"main {KEEPERS}, header {KEEPERS}")


@pytest.mark.breadth
def test_every_link_of_the_footer_keeps_the_day(page):
    assert not forgetful(page, f"footer {KEEPERS}")


@pytest.mark.breadth
def test_the_chart_shows_the_day_too(page, drawn):
    with page.expect_response(lambda answer: "/figure/" in answer.url) as waiting:
        page.goto(f"/sz-sti-14/indicators/I-01/?as_of={DAY}")
    drawn(page)
    assert f"as_of={DAY}" in waiting.value.url
    body = waiting.value.text()
    assert "5.49" in body
    assert "6.67" not in body
    assert_clean(page)

"""Without scripts nothing is lost but the interactive chart."""

import pytest
from playwright.sync_api import expect

from tests.browser.frame import choose_day, look_for
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser


@pytest.mark.breadth
def test_the_indicator_is_whole(open_page, shoot):
    page = open_page(javascript=False)
    page.goto("/sz-sti-14/indicators/I-01/")
    picture = page.locator("figure.trend svg.chart:not(.narrow)")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box["width"] > 300
    assert box["height"] > 120
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    expect(page.locator("figure.trend figcaption")).to_be_visible()
    expect(page.locator(".verdict-row .badge").first).to_contain_text("已达目标")
    for words in ("6.67", "5.5–6", "进度比没有意义"):
        expect(page.locator(".panel[data-methods]")).to_contain_text(words)
    for name in ("公布的数据", "目标版本"):
        expect(page.get_by_role("region", name=name, exact=True).locator("tbody tr").first).to_be_visible()
    shoot(page, "without-javascript", full_page=True)
    assert_clean(page)


@pytest.mark.breadth
def test_search_and_day_work(open_page):
    page = open_page(javascript=False)
    page.goto("/sz-sti-14/")
    look_for(page, "量子")
    expect(page.locator("mark").first).to_have_text("量子")
    choose_day(page, "2023-06-30")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".banner")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("量子")
    assert_clean(page)


def test_a_failing_figure_leaves_the_picture(page):
    """The script is there, its data is not: the static picture stays and the page says so."""
    page.route("**/figure/*.json*", lambda route: route.fulfill(status=500, body=""))
    page.goto("/sz-sti-14/indicators/I-01/")
    expect(page.locator(".plot-failed")).to_contain_text("静态图")
    expect(page.locator("figure.trend svg.chart:not(.narrow)")).to_be_visible()

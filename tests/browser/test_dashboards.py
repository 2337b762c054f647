"""What only a browser shows of the dashboards: pictures over tables, sorting, the wall, paper, size of letters."""

import re
import threading
from http.server import ThreadingHTTPServer
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page, expect

from tests.breadth import more
from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
ROOT = "/sz-sti-14/"


@pytest.mark.breadth
@pytest.mark.parametrize(("path", "layer"), [("matrix/", ".hm")])
def test_picture_is_drawn_over_a_table_that_is_there_before(open_page, drawn, path, layer):
    still = open_page(javascript=False)
    still.goto(ROOT + path)
    expect(still.locator("table.data tbody tr").first).to_be_visible()
    expect(still.locator(".plotted")).to_be_hidden()

    page = open_page()
    page.goto(ROOT + path)
    drawn(page)
    expect(page.locator(f".js-plotly-plot {layer}").first).to_be_visible()
    assert_clean(page)


@pytest.mark.breadth
@pytest.mark.parametrize(("path", "layer"), [("matrix/", ".hm"), ("indicators/I-01/", ".scatterlayer .trace")])
def test_picture_is_drawn_without_the_bundles_of_npm_too(page, drawn, settings, tmp_path, path, layer):
    settings.NODE_MODULES = tmp_path
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))

    page.goto(ROOT + path)
    drawn(page)

    expect(page.locator(f".js-plotly-plot {layer}").first).to_be_visible()
    assert any("/vendor/plotly.min.js" in address for address in loaded)
    assert_clean(page)


@pytest.mark.breadth
def test_cell_of_the_heat_map_leads_to_its_sentences(page, drawn):
    page.goto(ROOT + "matrix/?axes=actions&as_of=2025-12-31")
    drawn(page)
    box = page.locator(".js-plotly-plot .plot .hm, .js-plotly-plot .nsewdrag").first.bounding_box()
    # The first row has its mention in the second of ten columns.
    page.mouse.move(box["x"] + box["width"] * 0.14, box["y"] + box["height"] * 0.04)
    expect(page.locator(".js-plotly-plot .hoverlayer .hovertext")).to_be_visible()
    page.mouse.click(box["x"] + box["width"] * 0.15, box["y"] + box["height"] * 0.05)

    page.wait_for_url(re.compile(r"/matrix/A-01/I-02/\?as_of=2025-12-31$"))
    expect(page.locator("mark")).to_be_visible()


@pytest.mark.breadth
def test_failing_picture_leaves_the_table_and_says_so(page):
    page.route("**/figure.json*", lambda route: route.fulfill(status=500, body=""))
    page.goto(ROOT + "matrix/")

    expect(page.locator(".plot-failed")).to_contain_text("下表内容相同")
    expect(page.locator("table.grid")).to_be_visible()


def order(page: Page) -> list[str]:
    page.wait_for_load_state()
    return page.locator("table.wide tbody td.code").all_inner_texts()


@pytest.mark.breadth
def test_table_is_sorted_by_click_as_by_link(page, open_page):
    page.goto(ROOT + "indicators/?view=table")
    head = page.locator("th[data-sort=completion] a")
    head.click()
    up = order(page)
    head.click()
    down = order(page)
    expect(page.locator("th[data-sort=completion]")).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile("sort=-completion"))

    still = open_page(javascript=False)
    still.goto(ROOT + "indicators/?sort=completion")
    assert order(still) == up
    still.locator("th[data-sort=completion] a").click()
    assert order(still) == down
    assert up != down
    assert_clean(page)


@pytest.mark.breadth
def test_order_chosen_by_click_is_kept_by_filters_and_views(page):
    page.goto(ROOT + "indicators/?view=table")
    for _ in range(2):
        page.locator("th[data-sort='2021'] a").click()
    expect(page.locator("th[data-sort='2021']")).to_have_attribute("aria-sort", "descending")
    sorted_by = page.locator("table.wide tbody tr").evaluate_all("rows => rows.map((row) => row.dataset['2021'])")
    known = [float(value) for value in sorted_by if value]
    assert known == sorted(known, reverse=True)
    assert not any(sorted_by[len(known) :])

    page.get_by_label("规划表 1").select_option("yes")
    expect(page).to_have_url(re.compile("in_table=yes.*sort=-2021"))
    expect(page.locator("th[data-sort='2021']")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    assert_clean(page)


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
@pytest.mark.parametrize("width", [1440, *more(1920)])
def test_whole_table_is_on_the_screen_and_its_heads_stay(open_page, language, width):
    page = open_page(width=width, language=language)
    page.goto(ROOT + "indicators/?view=table")

    box = page.locator(".tall-table")
    assert box.evaluate("el => el.scrollWidth <= el.clientWidth && el.scrollHeight <= el.clientHeight")
    page.evaluate("window.scrollTo(0, 500)")
    assert page.locator("table.wide thead th").first.bounding_box()["y"] == pytest.approx(0, abs=1)
    page.goto(ROOT + "indicators/?view=bullet")
    page.evaluate("window.scrollTo(0, 700)")
    assert page.locator(".bullet-head").bounding_box()["y"] == pytest.approx(0, abs=1)


@pytest.mark.breadth
def test_phone_shows_a_card_a_component_with_its_verdicts_first(open_page):
    page = open_page(width=390, height=844)
    page.goto(ROOT + "indicators/?view=table")

    card = page.locator("table.wide tbody tr").first
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = card.bounding_box()
    for cell in card.locator("td.now, td.goal, td.verdict").all():
        inside = cell.bounding_box()
        assert box["x"] <= inside["x"]
        assert inside["x"] + inside["width"] <= box["x"] + box["width"]
        assert inside["y"] < box["y"] + 220
    years = [cell.bounding_box()["y"] for cell in card.locator("td.year").all()]
    assert len(set(years)) == 1
    page.goto(ROOT + "indicators/?view=bullet")
    sizes = page.locator(".bullet-panel").evaluate(
        """panel => [...panel.querySelectorAll("*")].filter((el) => el.checkVisibility()
          && [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
          .map((el) => parseFloat(getComputedStyle(el).fontSize))"""
    )
    assert min(sizes) >= 12


def test_heads_and_names_of_the_table_stay_in_sight(open_page):
    page = open_page(width=900, height=600)
    page.goto(ROOT + "indicators/?years=all")
    page.locator(".tall-table").evaluate("box => box.scrollTo(600, 300)")

    box = page.locator(".tall-table").bounding_box()
    head = page.locator("table.wide thead th").first.bounding_box()
    name = page.locator("table.wide tbody th").last.bounding_box()
    assert head["y"] == pytest.approx(box["y"], abs=2)
    assert head["x"] == pytest.approx(box["x"], abs=2)
    assert box["x"] < name["x"] < box["x"] + 80


@pytest.mark.breadth
def test_term_opens_on_focus_and_leads_to_its_explanation(page):
    page.goto(ROOT + "indicators/?view=table")
    link = page.locator(".term a").first
    expect(page.locator(".term-tip").first).to_be_hidden()
    link.focus()
    expect(page.locator(".term-tip").first).to_be_visible()

    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/methods/#term-linear_time$"))


@pytest.mark.breadth
def test_size_of_letters_is_chosen_without_a_script_and_nothing_is_lost(open_page):
    page = open_page(javascript=False)
    page.goto(ROOT)
    before = page.locator("h1").bounding_box()["height"]
    page.get_by_role("button", name="特大").click()

    expect(page.locator("html")).to_have_class("text-larger")
    assert page.locator("h1").bounding_box()["height"] > before * 1.2
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "path", ["", "indicators/", "matrix/", "status/", "methods/", "clusters/", "search/?q=量子"]
)
def test_zoom_to_200_per_cent_loses_nothing(open_page, path):
    """A 1280 px screen at 200 % is 640 px wide (WCAG 1.4.4), at 400 % 320 px (1.4.10)."""
    for width in (640, 320):
        page = open_page(width=width, height=512)
        page.goto(ROOT + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.breadth
def test_style_guide_looks_the_same_in_both_themes_but_for_colour(page, shoot):
    page.goto("/styleguide/")
    page.locator(".theme-light").first.wait_for()
    boxes = [page.locator(f".theme-{theme} .badge") for theme in ("light", "dark")]

    sizes = [
        [(round(box["width"]), round(box["height"])) for box in (one.bounding_box() for one in group.all())]
        for group in boxes
    ]
    assert sizes[0] == sizes[1]
    colours = [
        page.locator(f".theme-{theme} .badge.behind").first.evaluate("el => getComputedStyle(el).color")
        for theme in ("light", "dark")
    ]
    assert colours == ["rgb(180, 69, 11)", "rgb(242, 145, 90)"]
    shoot(page, "styleguide", full_page=True)
    assert_clean(page)


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


class Server(ThreadingHTTPServer, WSGIServer):
    daemon_threads = True


def serve(port: int = 0):
    """A server of its own that can be stopped and started again on the same port."""
    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", port, application, server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def stop(server) -> None:
    server.shutdown()
    server.server_close()


@pytest.mark.breadth
def test_wall_turns_survives_a_restart_and_catches_up(browser, db):
    server = serve()
    port = server.server_port
    context = browser.new_context(
        viewport={"width": 1920, "height": 1080}, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}{ROOT}wall/?turn=1&refresh=1")
    first = page.locator(".w-panel.here").inner_text()
    expect(page.locator("#w-att")).to_be_visible()
    assert page.locator(".w-panel.here").inner_text() != first

    stop(server)
    expect(page.locator(".w-lost")).to_contain_text("连接中断，自")
    expect(page.locator(".w-panel.here")).to_have_count(1)
    assert page.locator(".w-panel.here").inner_text()

    server = serve(port)
    expect(page.locator(".w-lost")).to_be_empty()
    expect(page.locator(".w-panel.here")).to_have_count(1)
    stop(server)
    context.close()

"""The way an official goes: overview, an indicator, its words in the plan, its figures as a file."""

import csv
import io
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.watch import assert_clean

pytestmark = pytest.mark.browser
I_01 = "/sz-sti-14/indicators/I-01/"
TRACES = ".js-plotly-plot .scatterlayer .trace path"

# The line of I-01's published figures is the one with seven points.
LINE = ".scatterlayer .trace:has(.lines path):has(.points path:nth-child(7)) .points path"
# Figures that do not count: small crosses.
CROSSES = ".scatterlayer .trace:not(:has(.lines path)) .points path"


def told(page: Page, point: Locator) -> str:
    """What the chart tells when the pointer comes from outside to the middle of a point."""
    hover = page.locator(".js-plotly-plot .hoverlayer .hovertext")
    page.mouse.move(2, 2)
    expect(hover).to_have_count(0)
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 6, y)
    page.wait_for_timeout(80)  # Plotly looks at the pointer no more often than every 50 ms
    page.mouse.move(x, y)
    expect(hover).not_to_have_count(0)
    page.wait_for_timeout(200)
    return " ".join(hover.all_text_contents())


def table_rows(page: Page, caption: str) -> list[list[str]]:
    """Cells of the body of the table with this caption."""
    table = page.get_by_role("region", name=caption, exact=True).locator("table")
    return table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(c => c.innerText.trim()))"
    )


def test_from_the_overview_to_the_file(page, drawn, shoot):
    # The overview shows the indicator with its figure, target and verdict.
    page.goto("/sz-sti-14/")
    card = page.locator("tr.line").filter(has=page.locator("th[scope=row] > a[href*='/indicators/I-01/']"))
    expect(card).to_have_count(1)
    expect(card.locator(".now b")).to_have_text("6.67")
    expect(card.locator(".aim")).to_contain_text("5.5–6")
    expect(card.locator(".badge")).to_contain_text("已达目标")
    card.locator("th").get_by_role("link").first.click()

    # The indicator's page says why.
    expect(page).to_have_url(re.compile(re.escape(I_01) + "$"))
    drawn(page)
    panel = page.locator(".panel[data-methods]")
    for words in ("6.67", "5.5–6", "提前实现", "进度比没有意义"):
        expect(panel).to_contain_text(words)
    expect(page.locator(".verdict-row .badge").first).to_contain_text("已达目标")
    shoot(page, "official-path-indicator", full_page=True)

    # The quoted sentence stands in the annotated text at the anchor the link names.
    quote = page.locator("#words ~ blockquote, [aria-labelledby=words] blockquote").first.inner_text().strip()
    page.get_by_role("link", name="在全文中查看").click()
    expect(page).to_have_url(re.compile(r"/sz-sti-14/text/#p\d+$"))
    anchor = page.locator(f"#{page.url.split('#')[1]}")
    expect(anchor).to_be_in_viewport()
    squeezed = re.sub(r"\s+", "", quote)
    assert squeezed in re.sub(r"\s+", "", anchor.evaluate("el => el.innerText"))
    shoot(page, "official-path-text")

    # Back, and the file says the same as the page.
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(I_01) + "$"))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 CSV").click()
    download = waiting.value
    assert re.fullmatch(r"sz-sti-14_I-01_\d{4}-\d\d-\d\d\.csv", download.suggested_filename)
    data = download.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\xef\xbb\xbf") == 1
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert list(rows[0])[:9] == [
        "规划",
        "指标编码",
        "分项编码",
        "指标名称",
        "单位",
        "年份",
        "数值",
        "数据性质",
        "公布日期",
    ]
    assert {row["指标编码"] for row in rows} == {"I-01"}
    # The table has one figure a year; the file has every judged one, and the rest stand with the releases.
    in_file = {(row["年份"], row["数值"], row["公布日期"], row["来源"]) for row in rows}
    shown = table_rows(page, "公布的数据")
    on_page = {(cells[0], cells[1].split("\n")[0], cells[3], cells[4].split("\n")[0]) for cells in shown}
    assert on_page <= in_file
    assert len(on_page) == len({year for year, *_ in in_file})
    page.locator(".vintages summary").click()
    released = page.get_by_role("region", name="各次发布", exact=True)
    for _, value, day, _ in in_file - on_page:
        expect(released.get_by_role("row").filter(has_text=day).filter(has_text=value)).not_to_have_count(0)
    assert ("2024", "6.67") in {(row["年份"], row["数值"]) for row in rows}
    assert_clean(page)


@pytest.mark.breadth
def test_the_chart_is_drawn_here_and_shares_nothing(page, drawn):
    page.goto(I_01)
    drawn(page)
    expect(page.locator(TRACES).first).to_be_attached()
    assert page.locator(TRACES).count() >= 8
    assert page.locator(".js-plotly-plot .scatterlayer .trace").count() >= 2

    # Neither the logo nor the button that sends the data to Plotly's cloud.
    titles = page.locator(".modebar-btn").evaluate_all(
        "buttons => buttons.map(b => b.getAttribute('data-title') || b.getAttribute('aria-label') || b.title)"
    )
    assert titles == ["下载图片（PNG）"] or all(re.search("[\u4e00-\u9fff]", title) for title in titles), titles
    assert titles
    markup = page.locator(".modebar").first.inner_html().lower()
    for word in ("share", "cloud", "sendto", "plotly.com", "logo"):
        assert word not in markup
    assert_clean(page)


@pytest.mark.breadth
def test_hover_tells_the_figure_in_chinese(page, drawn):
    page.goto(I_01)
    drawn(page)
    text = told(page, page.locator(LINE).last)
    assert re.search("[\u4e00-\u9fff]", text)
    assert not re.search("released|source:", text, re.IGNORECASE)
    assert re.search(r"2024.*6\.67", text), text
    assert re.search("公布于.*来源", text), text
    assert "未采用" not in text
    assert_clean(page)


@pytest.mark.breadth
def test_every_figure_in_force_is_told_first_and_what_it_replaced_below(page, drawn):
    page.goto(I_01)
    drawn(page)
    line = page.locator(LINE)
    values = [cells[1].split("\n")[0] for cells in table_rows(page, "公布的数据")]
    texts = [told(page, line.nth(n)) for n in range(line.count())]

    assert len(texts) == len(values) == 7
    for text, value in zip(texts, values, strict=True):
        assert re.match(rf"\d{{4}} ?{re.escape(value)} · ", text), text
        assert "公布于" in text


def test_a_figure_that_does_not_count_is_told_with_what_became_of_it(page, drawn):
    page.goto(I_01)
    drawn(page)
    cross = page.locator(CROSSES).filter(visible=True)
    texts = [told(page, cross.nth(n)) for n in range(cross.count())]

    assert any("× 5.49" in text and "不采用" in text and "来源" in text for text in texts), texts


@pytest.mark.breadth
def test_a_click_on_a_year_leads_to_its_row(page, drawn):
    page.goto(I_01)
    drawn(page)
    point = page.locator(LINE).last
    told(page, point)
    box = point.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page).to_have_url(re.compile(r"#obs-\d+$"))
    expect(page.locator("tr:target")).to_contain_text("6.67")
    assert_clean(page)


@pytest.mark.breadth
def test_the_picture_button_saves_a_picture(page, drawn):
    page.goto(I_01)
    drawn(page)
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as waiting:
        page.locator(".modebar-btn").first.click()
    assert waiting.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert waiting.value.suggested_filename.endswith(".png")
    assert_clean(page)


def asked_for_plotly(page: Page) -> list[str]:
    """What of plotly.js a page asks for from now on."""
    asked: list[str] = []
    page.on(
        "request", lambda request: "plotly-" in request.url and ".min" in request.url and asked.append(request.url)
    )
    return asked


@pytest.mark.breadth
@pytest.mark.parametrize("sign", ["scroll", "touch"])
def test_on_a_phone_the_picture_stands_until_its_reader_comes_near(open_page, sign):
    phone = open_page(width=390)
    asked = asked_for_plotly(phone)
    phone.goto(I_01)
    phone.wait_for_load_state("networkidle")
    phone.wait_for_timeout(500)
    assert asked == []
    picture = phone.locator("figure.trend svg.chart.narrow").first
    expect(picture).to_be_visible()
    if sign == "touch":
        picture.click()
    else:
        phone.mouse.wheel(0, 300)
    expect(phone.locator("figure.trend.drawn")).to_have_count(1)
    assert len(asked) == 1


def test_on_a_desk_the_chart_is_drawn_at_once(page):
    asked = asked_for_plotly(page)
    page.goto(I_01)
    expect(page.locator("figure.trend.drawn")).to_have_count(1)
    assert len(asked) >= 1


def test_a_chart_speaks_the_language_that_the_address_of_its_page_names(page, drawn, site):
    """Somebody follows a link to the English page who has chosen Chinese for himself."""
    page.context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": site}])
    page.goto(f"{I_01}?lang=en")
    drawn(page)

    assert not re.search(r"[\u4e00-\u9fff]", page.locator(".js-plotly-plot").first.inner_text())
    assert "lang=en" in page.get_by_role("link", name="SVG").get_attribute("href")
    assert_clean(page)

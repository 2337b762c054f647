"""What only a browser shows of commitments' pages: time lines over tables, switches, lists narrowed in place."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from plan.models import Item
from tests.browser.watch import assert_clean
from tests.factories import make_person
from updates.models import Milestone, StatusUpdate

pytestmark = pytest.mark.browser
ROOT = "/sz-sti-14/"


@pytest.fixture
def told(site):
    """A report on P-1.1 with a milestone kept late and one overdue; gone again afterwards, as others read here."""
    item = Item.objects.filter(code="P-1.1")
    person = make_person("rep-items", "reporter")
    item.update(status="on_schedule", status_as_of=date(2025, 6, 30))
    update = StatusUpdate.objects.create(
        item=item.get(),
        status_on=date(2025, 6, 30),
        status="on_schedule",
        done="一",
        state="approved",
        entered_by=person,
        approved_at=timezone.now(),
        known_on=date(2025, 7, 10),
    )
    for title, planned, actual in [("开工", date(2022, 1, 1), date(2022, 6, 1)), ("验收", date(2024, 1, 1), None)]:
        Milestone.objects.create(update=update, title=title, planned_on=planned, actual_on=actual)
    yield
    item.update(status="not_reported", status_as_of=None)
    update.milestones.all().delete()
    update.delete()
    person.delete()


@pytest.mark.breadth
@pytest.mark.parametrize(("width", "language", "scheme"), [(1440, "zh", "light"), (390, "en", "dark")])
def test_time_line_is_drawn_over_a_table_that_is_there_before(open_page, drawn, told, width, language, scheme):
    still = open_page(javascript=False, width=width)
    still.goto(ROOT + "platforms/P-1/")
    expect(still.locator("table.timeline tbody tr")).to_have_count(2)
    expect(still.locator(".plotted")).to_be_hidden()

    page = open_page(width=width, language=language, scheme=scheme)
    page.goto(ROOT + "platforms/P-1/?as_of=2025-12-31")
    drawn(page)

    expect(page.locator(".js-plotly-plot .scatterlayer .points path")).to_have_count(3)
    expect(page.locator(".js-plotly-plot .barlayer .point path")).to_have_count(2)
    expect(page.locator("table.timeline tbody tr")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_clean(page)


@pytest.mark.breadth
def test_mark_of_the_time_line_leads_to_its_task_and_keeps_the_day(open_page, drawn, told):
    page = open_page()
    page.goto(ROOT + "platforms/?as_of=2025-12-31")
    drawn(page)
    page.locator(".js-plotly-plot").scroll_into_view_if_needed()
    box = page.locator(".js-plotly-plot .scatterlayer .points path").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 1, box["y"] + box["height"] / 2)
    page.wait_for_timeout(150)
    expect(page.locator(".js-plotly-plot .hoverlayer")).to_contain_text("开工 · 计划 2022-01-01")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.wait_for_url(re.compile(r"/items/P-1.1/\?as_of=2025-12-31$"))


@pytest.mark.breadth
def test_list_is_narrowed_in_place(open_page, told):
    page = open_page()
    page.goto(ROOT + "platforms/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("状态").select_option("unclosed")

    expect(page).to_have_url(re.compile(r"/platforms/\?state=unclosed$"))
    expect(page.locator("article.tile")).to_have_count(1)
    assert page.evaluate("window.sameDocument === true")
    assert_clean(page)


@pytest.mark.breadth
def test_matrix_shows_its_picture_or_its_table(open_page, drawn):
    page = open_page()
    page.goto(ROOT + "matrix/")
    drawn(page)
    expect(page.locator("table.grid")).to_be_hidden()

    page.get_by_role("navigation", name="图或表").get_by_role("link", name="表").click()
    expect(page.locator("table.grid")).to_be_visible()
    expect(page.locator(".plotted")).to_have_count(0)
    assert_clean(page)


@pytest.mark.breadth
def test_a_square_tells_its_name_on_focus_and_on_the_first_tap(open_page):
    page = open_page(touch=True, width=390, height=844)
    page.goto(ROOT + "status/")
    square = page.locator(".sq").nth(12)
    address = page.url

    square.tap()
    name = square.locator(".sq-name")
    assert name.evaluate("el => getComputedStyle(el).clipPath") == "none"
    box = name.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.url == address

    square.tap()
    page.wait_for_url(lambda url: url != address)
    assert_clean(page)

"""All indicators on one table: columns, filters, order; missing comes last and is never zero."""

import csv
import io
import re

import pytest

from indicators.queries import overview
from indicators.table import SORTS, Choice, filtered, read_table_choice, table_rows, year_span
from plan.params import today
from tests.factories import make_component, make_observation, make_plan

ROOT = "/sz-sti-14/indicators"


@pytest.fixture
def three(db):
    """Ahead, behind, and without any figure, in this order."""
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2022, "160")
    make_observation(make_component(plan, "I-02"), 2023, "110", released="2024-05-01")
    make_component(plan, "I-03")
    return plan


def codes(plan, **choice) -> list[str]:
    return [row.card.indicator.code for row in table_rows(overview(plan, today()), Choice(**choice))]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("plan", ["I-01", "I-02", "I-03"]),
        ("-plan", ["I-03", "I-02", "I-01"]),
        ("lead", ["I-02", "I-01", "I-03"]),
        ("-lead", ["I-01", "I-02", "I-03"]),
        ("linear", ["I-02", "I-01", "I-03"]),
        ("-linear", ["I-01", "I-02", "I-03"]),
        ("year", ["I-01", "I-02", "I-03"]),
        ("-year", ["I-02", "I-01", "I-03"]),
        ("completion", ["I-02", "I-01", "I-03"]),
    ],
)
def test_order_follows_the_address_and_what_is_missing_comes_last(three, sort, order):
    assert codes(three, sort=sort) == order


def test_filters_leave_what_they_name(three):
    three.items.get(code="I-02").indicator.__class__.objects.filter(code="I-02").update(
        in_table=False, nature="binding"
    )

    assert codes(three, status="no_data") == ["I-03"]
    assert codes(three, in_table="no") == ["I-02"]
    assert codes(three, in_table="yes") == ["I-01", "I-03"]
    assert codes(three, nature="binding") == ["I-02"]
    assert codes(three, nature="binding", in_table="yes") == []


def test_years_are_the_plan_s_own_or_all_that_is_known(three):
    make_observation(three.items.get(code="I-01").indicator.components.get(), 2014, "50")
    found = overview(three, today())

    assert list(year_span(found, Choice())) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert year_span(found, Choice(years="all"))[0] == 2014


def test_lower_bound_is_shown_as_one_and_never_judged(three):
    component = three.items.get(code="I-03").indicator.components.get()
    make_observation(component, 2023, "150", precision="lower_bound", published_text="超150")

    (row,) = table_rows(overview(three, today()), Choice(status="no_data"))

    (cell,) = [cell for cell in row.years if cell.text]
    assert (cell.year, cell.text, cell.is_bound) == (2023, "≥ 150", True)
    assert row.keys["lead"] is None


def test_choice_makes_addresses_without_defaults():
    choice = Choice(status="ahead", sort="-lead")

    assert choice.query() == {"status": "ahead", "sort": "-lead"}
    assert choice.query(status="", sort="plan", view="bullet") == {"view": "bullet"}
    assert read_table_choice({"sort": "-final", "view": "bullet"}) == Choice(sort="-final", view="bullet")


@pytest.mark.parametrize(
    "query", ["sort=value", "status=fine", "nature=x", "in_table=1", "view=pie", "years=2020"]
)
def test_unknown_choice_is_refused_by_name(plan, client, query):
    response = client.get(f"{ROOT}/?{query}")

    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


def test_every_sort_is_a_link_that_keeps_filters_and_day(plan, client):
    html = client.get(f"{ROOT}/?status=achieved&sort=lead&as_of=2025-12-31").content.decode()

    links = re.findall(r'<th scope="col" data-sort="(\w+)"[^>]*><a href="([^"]+)"', html)
    assert [key for key, _address in links] == [key for key in SORTS if key != "year"]
    assert all("status=achieved" in address and "as_of=2025-12-31" in address for _key, address in links)
    assert dict(links)["lead"].count("sort=-lead") == 1
    assert 'aria-sort="ascending"' in html


def test_files_hold_the_rows_of_the_filter(plan, client):
    page = client.get(f"{ROOT}/?status=achieved&in_table=yes").content.decode()
    data = client.get(f"{ROOT}.csv?status=achieved&in_table=yes").content.decode("utf-8-sig")

    rows = [row["component"] for row in csv.DictReader(io.StringIO(data))]
    assert rows == re.findall(r'<td class="code">([^<]+)</td>', page) == ["I-01", "I-02", "I-07"]
    assert filtered(overview(plan, today()), Choice(status="missed")).standings == []


def test_bullets_draw_each_row_with_its_sentence(plan, client):
    html = client.get(f"{ROOT}/?view=bullet").content.decode()

    assert html.count('<svg class="chart"') == 11
    assert html.count("<figcaption") == 11
    assert "style=" not in html


def test_nothing_found_is_a_calm_sentence(plan, client):
    assert "没有符合条件的指标" in client.get(f"{ROOT}/?nature=binding").content.decode()


def test_methods_page_works_its_examples_from_the_figures_of_the_day(plan, client):
    now = client.get("/sz-sti-14/methods/").content.decode()
    then = client.get("/sz-sti-14/methods/?as_of=2023-06-30").content.decode()

    assert "最新数据：2024 年为 6.67。" in now
    assert "最新数据：2021 年为 5.49。" in then
    assert "若 2025 年恰为 22,000 家" in now
    assert "恰等于界限：目标要求严格超过，等于不算达到。" in now
    assert 'id="term-linear_time"' in now


def test_methods_and_table_stay_within_their_query_budgets(plan, client, django_assert_max_num_queries):
    for address in ("/sz-sti-14/methods/", f"{ROOT}/", f"{ROOT}/?view=bullet"):
        with django_assert_max_num_queries(6):
            client.get(address)

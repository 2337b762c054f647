"""All indicators on one table: columns, filters, order; missing comes last and is never zero."""

import csv
import io
import re

import pytest

from accounts.models import Organisation
from indicators.queries import overview
from indicators.shown.bullets import bullet, common_axis
from indicators.shown.filters import SORTS, IndicatorFilters, filters, read_table_choice
from indicators.shown.table import filtered, table_rows, year_span
from indicators.shown.tracks import track
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
    return [row.card.indicator.code for row in table_rows(overview(plan, today()), IndicatorFilters(**choice))]


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
        ("latest", ["I-02", "I-01", "I-03"]),
        ("-latest", ["I-01", "I-02", "I-03"]),
        ("-name", ["I-03", "I-02", "I-01"]),
        ("2022", ["I-01", "I-02", "I-03"]),
        ("-2023", ["I-02", "I-01", "I-03"]),
        ("-gap", ["I-02", "I-01", "I-03"]),
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


def test_every_verdict_and_the_organisation_that_answers_filter_the_rows(three):
    bureau = Organisation.objects.create(code="bureau", name="科创局")
    three.items.filter(code="I-02").update(lead=bureau)

    assert codes(three, cagr="insufficient") == ["I-02"]
    assert codes(three, final="pending") == ["I-01", "I-02", "I-03"]
    assert codes(three, final="pending", cagr="not_assessable") == ["I-03"]
    assert codes(three, org="bureau") == ["I-02"]
    (org,) = [
        one for one in filters(overview(three, today()), IndicatorFilters(org="bureau")) if one.name == "org"
    ]
    assert org.word == "科创局"


def test_no_organisation_is_asked_for_where_none_is_named(three):
    assert "org" not in [one.name for one in filters(overview(three, today()), IndicatorFilters())]


def test_names_are_sorted_by_their_pinyin(three):
    for code, name in (("I-01", "中试"), ("I-02", "安全"), ("I-03", "经费")):
        three.items.get(code=code).indicator.__class__.objects.filter(code=code).update(short=name)

    assert codes(three, sort="name") == ["I-02", "I-03", "I-01"]


def test_bullets_begin_with_the_furthest_from_its_target(three):
    assert codes(three, view="bullet") == ["I-02", "I-01", "I-03"]
    assert codes(three, view="bullet", sort="plan") == ["I-01", "I-02", "I-03"]


def test_figures_of_a_row_have_the_same_places_and_keep_the_full_one_beside(db):
    component = make_component(make_plan(), "I-01", base=None, target="1.1")
    for year, value in ((2020, "0.785255"), (2021, "0.9"), (2022, "0.98")):
        make_observation(component, year, value)

    (row,) = table_rows(overview(component.indicator.plan, today()), IndicatorFilters())

    assert [cell.text for cell in row.years if cell.text] == ["0.79", "0.90", "0.98"]
    assert row.years[0].raw == "0.785255 件"
    # The chart says what title and row say.
    assert [point.text for point in track(row.shown.part).points] == ["0.79", "0.9", "0.98"]


def test_rounding_never_makes_a_target_reached(db):
    component = make_component(make_plan(), "I-01", base=None, target="1.1")
    make_observation(component, 2022, "1.0996")

    (row,) = table_rows(overview(component.indicator.plan, today()), IndicatorFilters())

    assert row.latest.text == "1.0996"


def told(component):
    (row,) = table_rows(overview(component.indicator.plan, today()), IndicatorFilters())
    return bullet(row.gauged, common_axis([row.gauged]), label="")


def test_a_bullet_says_what_its_scale_begins_with_and_what_is_missing(db):
    plan = make_plan()
    component = make_component(plan, "I-01", base="100", target="200")
    make_observation(component, 2022, "150")

    words = told(component)

    assert (words.share, words.lack) == ("增量目标完成 50.0 %", "还差 50 件")
    assert (words.start, words.due) == ("0 % = 基期 2020 年 100", "按直线此时应有 140")


def test_a_bullet_without_baseline_is_a_share_of_the_target(db):
    component = make_component(make_plan(), "I-01", base=None, target="200")
    make_observation(component, 2022, "150")

    words = told(component)

    assert (words.share, words.due) == ("目标的 75.0 %", "")
    assert words.start == "0 % = 零（规划没有给出基期值）"


def test_a_running_total_begins_at_nothing_before_the_first_year(db):
    component = make_component(make_plan(), "I-01", base=None, target="1000")
    component.__class__.objects.update(accumulation="cumulative")
    make_observation(component, 2024, "720")

    words = told(component)

    assert words.start == "0 % = 零（累计数从 2020 年末起算）"
    assert words.due == "按直线此时应有 800"


def test_a_baseline_next_to_the_target_makes_no_absurd_share(db):
    component = make_component(make_plan(), "I-01", base="5.46", target="5.5")
    component.targets.update(type="range_floor", value=None, low="5.5", high="6")
    make_observation(component, 2024, "5.92")

    (row,) = table_rows(overview(component.indicator.plan, today()), IndicatorFilters())

    assert told(component).share == row.lead == "已在区间内"
    assert told(component).start == "0 % = 零（基期 2020 年 5.46 已近目标）"


def test_above_a_range_to_stay_inside_it_is_not_missing_but_too_much(db):
    component = make_component(make_plan(), "I-01", base=None, target="5.5")
    component.targets.update(type="range_inside", value=None, low="5.5", high="6")
    make_observation(component, 2024, "6.67")

    (row,) = table_rows(overview(component.indicator.plan, today()), IndicatorFilters())

    assert (told(component).share, told(component).lack) == ("已超过区间", "超出 0.67 件")
    assert row.lead == "—"


def test_years_are_the_plan_s_own_or_all_that_is_known(three):
    make_observation(three.items.get(code="I-01").indicator.components.get(), 2014, "50")
    found = overview(three, today())

    assert list(year_span(found, IndicatorFilters())) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert year_span(found, IndicatorFilters(years="all"))[0] == 2014


def test_lower_bound_is_shown_as_one_and_decides_nothing_where_it_is_open(three):
    component = three.items.get(code="I-03").indicator.components.get()
    make_observation(component, 2023, "150", precision="lower_bound", published_text="超150")

    (row,) = table_rows(overview(three, today()), IndicatorFilters(status="not_assessable"))

    (cell,) = [cell for cell in row.years if cell.text]
    assert (cell.year, cell.text, cell.is_bound) == (2023, "≥ 150", True)
    assert row.keys["lead"] is None


def test_choice_makes_addresses_without_defaults():
    choice = IndicatorFilters(status="ahead", sort="-lead")

    assert choice.query() == {"status": "ahead", "sort": "-lead"}
    assert choice.query(status="", sort="", view="bullet") == {"view": "bullet"}
    assert choice.query(sort="plan", view="bullet") == {"status": "ahead", "sort": "plan", "view": "bullet"}
    assert read_table_choice({"sort": "-final", "view": "bullet"}) == IndicatorFilters(
        sort="-final", view="bullet"
    )
    assert read_table_choice({"sort": "-2021"}, years=[2021]).sort_key == "2021"


@pytest.mark.parametrize(
    "query",
    [
        "sort=value",
        "sort=1999",
        "status=fine",
        "cagr=fine",
        "final=ahead",
        "org=nobody",
        "nature=x",
        "in_table=1",
        "view=pie",
        "years=2020",
    ],
)
def test_unknown_choice_is_refused_by_name(plan, client, query):
    response = client.get(f"{ROOT}/?{query}")

    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


def test_every_sort_is_a_link_that_keeps_filters_and_day(plan, client):
    html = client.get(f"{ROOT}/?status=achieved&sort=lead&as_of=2025-12-31").content.decode()

    links = re.findall(r'<th scope="col" data-sort="(\w+)"[^>]*><a href="([^"]+)"', html)
    own = [key for key in SORTS if key not in ("year", "gap")]
    assert [key for key, _address in links] == [*own, "2020", "2021", "2022", "2023", "2024", "2025"]
    assert html.count('<th scope="col"') == len(links)
    assert all("status=achieved" in address and "as_of=2025-12-31" in address for _key, address in links)
    assert dict(links)["lead"].count("sort=-lead") == 1
    assert 'aria-sort="ascending"' in html


def test_files_hold_the_rows_of_the_filter(plan, client):
    page = client.get(f"{ROOT}/?status=achieved&in_table=yes&view=table").content.decode()
    data = client.get(f"{ROOT}.csv?status=achieved&in_table=yes").content.decode("utf-8-sig")

    rows = [row["component"] for row in csv.DictReader(io.StringIO(data))]
    assert rows == re.findall(r'<td class="code">([^<]+)</td>', page) == ["I-01", "I-02", "I-07"]
    assert filtered(overview(plan, today()), IndicatorFilters(status="missed")).standings == []


def test_chips_name_the_filters_and_take_each_away(plan, client):
    html = client.get(f"{ROOT}/?status=achieved&in_table=yes&sort=lead").content.decode()

    (chips,) = re.findall(r'<ul class="chips chosen".*?</ul>', html, re.S)
    assert re.findall(r'href="[^"]*?/indicators/(\?[^"]*)"', chips) == [
        "?in_table=yes&amp;sort=lead&amp;view=table",
        "?status=achieved&amp;sort=lead&amp;view=table",
        "?sort=lead&amp;view=table",
    ]
    assert "时间进度法：<span>已实现</span>" in chips
    assert "3 / 11" in html
    assert "chosen" not in client.get(f"{ROOT}/?sort=lead").content.decode()


def test_every_number_leads_to_where_it_comes_from(plan, client):
    html = client.get(f"{ROOT}/?as_of=2024-06-30&view=table").content.decode()
    (row,) = re.findall(r'<td class="code">I-07</td>.*?</tr>', html, re.S)

    cells = re.findall(r'<td class="(n[^"]*)"[^>]*>(.*?)</td>', row, re.S)
    numbers = [(kind, cell) for kind, cell in cells if re.search(r">[^<]*\d", re.sub("<span.*", "", cell))]
    assert len(numbers) >= 8
    assert all("<a href=" in cell and "as_of=2024-06-30#" in cell for _kind, cell in numbers)
    assert "/text/?as_of=2024-06-30#p" in dict(numbers)["n goal"]
    assert "/indicators/I-07/?as_of=2024-06-30#obs-" in dict(numbers)["n now"]


def test_bullets_draw_each_row_with_its_sentence(plan, client):
    html = client.get(f"{ROOT}/?view=bullet").content.decode()

    assert html.count('<svg class="chart bullet"') == 11
    assert html.count('<svg class="chart bullet-axis"') == 1
    assert html.count("<figcaption") == 11
    assert "style=" not in html


def test_nothing_found_is_a_calm_sentence(plan, client):
    assert "没有符合条件的指标" in client.get(f"{ROOT}/?nature=binding").content.decode()


def test_methods_page_works_its_examples_from_the_figures_of_the_day(plan, client):
    now = client.get("/sz-sti-14/methods/").content.decode()
    then = client.get("/sz-sti-14/methods/?as_of=2023-06-30").content.decode()

    assert "最新数据：2024 年为 6.67 %。" in now
    assert "最新数据：2021 年为 5.49 %。" in then
    assert "若 2025 年恰为 22,000 家" in now
    assert "恰等于界限：目标要求严格超过，等于不算达到。" in now
    assert 'id="term-linear_time"' in now


def test_methods_and_table_stay_within_their_query_budgets(plan, client, django_assert_max_num_queries):
    for address in ("/sz-sti-14/methods/", f"{ROOT}/", f"{ROOT}/?view=bullet"):
        with django_assert_max_num_queries(6):
            client.get(address)

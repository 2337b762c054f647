"""One row an indicator: against the year before, the way from start to goal, what is missing, worst first."""

from datetime import date
from fractions import Fraction

import pytest

from accounts.models import Organisation
from charts.way import Way, way_svg
from indicators.headline import headline
from indicators.models import Component, Indicator, Target
from indicators.queries import overview
from indicators.shown.derivation import derive
from indicators.shown.filters import IndicatorFilters
from indicators.shown.rows import due_share, gap_words, grouped, indicator_row, lack_words
from indicators.shown.sources import rank_of
from indicators.shown.table import chosen
from indicators.shown.titles import active_title
from indicators.shown.tracks import sources
from plan.models import Source
from tests.factories import make_component, make_observation, make_plan

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)
ROOT = "/test-plan/indicators/"


def row_of(figures, *, day=DAY, **fields):
    """The row of an indicator with (year, value, more of the figure)."""
    component = make_component(make_plan(), **fields)
    for year, value, more in figures:
        make_observation(component, year, value, **{"released": f"{year + 1}-03-01"} | more)
    return indicator_row(overview(component.indicator.plan, day).by_code["I-01"])


BOUND = {"precision": "lower_bound", "exclusive": True}


@pytest.mark.parametrize(
    ("figures", "change"),
    [
        ([(2023, "150", {}), (2024, "160.5", {})], "▲ 10.5 件"),
        ([(2023, "150", {}), (2024, "140", {})], "▼ 10 件"),
        ([(2023, "150", {}), (2024, "150", {})], "持平"),
        # The year before is missing: nothing older stands in for it.
        ([(2022, "150", {}), (2024, "160", {})], ""),
        ([(2024, "160", {})], ""),
        ([], ""),
        # More than 210 is more than 10 more than 200; more than 190 says nothing of the step.
        ([(2023, "200", {}), (2024, "210", BOUND)], "▲ > 10 件"),
        ([(2023, "200", {}), (2024, "190", BOUND)], ""),
    ],
)
def test_the_change_is_against_the_year_before_and_no_other(figures, change):
    assert row_of(figures).parts[0].change == change


@pytest.mark.parametrize(
    ("figures", "lack"),
    [
        ([(2024, "150.5", {})], "还差 49.5 件"),
        ([(2022, "210", {}), (2023, "220", {})], "2022 年起达到"),
        ([(2025, "200", {})], "2025 年起达到"),
        ([(2024, "210", BOUND)], "2024 年起达到"),
        ([(2021, "190", {}), (2022, "210", {}), (2023, "220", {}), (2024, "230", BOUND)], "2022 年起达到"),
        ([], "从未公布"),
        ([(2019, "90", {})], "规划期内未公布"),
        # Rounded to the places beside it; in full where that would say that nothing is missing.
        ([(2024, "199.999", {})], "还差 0.001 件"),
    ],
)
def test_what_is_missing_in_a_dozen_characters(figures, lack):
    assert row_of(figures).parts[0].lack == lack
    assert len(lack.replace(" ", "")) <= 12


def test_beyond_a_range_to_end_within_nothing_is_lacking():
    component = make_component(make_plan())
    component.targets.update(type="range_inside", value=None, low="150", high="160")
    make_observation(component, 2024, "166.7", released="2025-03-01")
    standing = overview(component.indicator.plan, DAY).by_code["I-01"]

    assert lack_words(standing.first) == "超出 6.7 件"
    assert gap_words(standing) == "2024 年 166.7，目标 150–160，超出 6.7 件"
    assert "超出目标区间 6.7件；到 2025 年平均每年需变化 -6.7件。" in " ".join(derive(standing.first).changes)


def test_what_parts_lack_is_said_by_their_names():
    plan = make_plan()
    one = make_component(plan)
    other = Component.objects.create(indicator=one.indicator, code="I-01.2", name="开放率", order=1)
    Target.objects.create(component=other, version=1, type="point", value=90, year=2025, text="90")
    Component.objects.filter(pk=one.pk).update(code="I-01.1", name="使用率")
    make_observation(one, 2025, "210", released="2026-03-01")
    make_observation(other, 2025, "86.4", released="2026-03-01")

    row = indicator_row(overview(plan, DAY).by_code["I-01"])

    assert row.lacks == ["使用率：2025 年起达到", "开放率：还差 3.6 件"]


def test_a_strict_bound_met_exactly_is_not_met():
    assert row_of([(2025, "200", {})], kind="strict").parts[0].lack == "恰等于界限"


@pytest.mark.parametrize(
    ("kind", "figures", "title"),
    [
        ("strict", [(2022, "210", {}), (2023, "220", {})], "2022 年起高于 200 件的目标"),
        ("strict", [(2022, "210", {}), (2023, "230", BOUND)], "2022 年起高于 200 件的目标"),
        ("point", [(2024, "200", {})], "2024 年起达到 ≥ 200 件的目标"),
        ("point", [(2024, "150", {})], "2024 年 150 件，还差 50 件（目标 ≥ 200 件）"),
        ("point", [], "从未公布，目标为 ≥ 200 件"),
    ],
)
def test_a_chart_is_titled_by_what_it_shows(kind, figures, title):
    assert active_title(row_of(figures, kind=kind).parts[0].part) == title


@pytest.mark.parametrize(
    ("kind", "target", "values", "title", "goal"),
    [
        (
            "sum",
            "200",
            [30, 30, 30, 30],
            "截至 2024 年合计 120 件，还差 80 件（目标 合计 ≥ 200 件）",
            "合计 ≥ 200",
        ),
        ("mean", "200", [190, 191], "截至 2022 年年均 190.5 件，还差 9.5 件（目标 年均 ≥ 200 件）", "年均 ≥ 200"),
        # Of a growth a level is held against the level it means, which is no distance in points of per cent.
        ("annual_growth", "6", [104, 121], "2022 年 121 件，还差 13 件（目标 年均增长 ≥ 6 %）", "年均增长 ≥ 6 %"),
        ("growth", "40", [104, 121], "2022 年 121 件，还差 19 件（目标 累计增长 ≥ 40 %）", "累计增长 ≥ 40 %"),
    ],
)
def test_what_years_make_together_and_a_growth_are_told_as_they_are_judged(kind, target, values, title, goal):
    component = make_component(make_plan(), target=target)
    component.accumulation = kind
    component.save()
    for year, value in enumerate(values, 2021):
        make_observation(component, year, str(value), released=f"{year + 1}-03-01")
    found = overview(component.indicator.plan, DAY)

    assert active_title(found.by_code["I-01"].components[0]) == title
    assert headline(found).cells[0].goal == goal


@pytest.mark.parametrize(
    ("publisher", "title", "url", "rank"),
    [
        ("深圳市统计局", "公报", "", "official"),
        ("", "Report", "https://www.sz.gov.cn/x.html", "official"),
        ("深圳特区报", "要闻", "https://example.com", "state_press"),
        ("Shenzhen Daily", "R&D", "http://www.szdaily.com/x", "state_press"),
        ("深圳特区报（转载）", "要闻", "", "repost"),
        ("Tiger Brokers", "News item", "https://www.itiger.com/x", "repost"),
    ],
)
def test_official_sources_come_before_the_press_and_reposts(publisher, title, url, rank):
    assert rank_of(Source(publisher=publisher, title=title, url=url)) == rank
    assert rank_of(Source(publisher=publisher, title=title, url=url, rank="official")) == "official"


def test_sources_are_named_nearest_first():
    component = make_component(make_plan())
    for year, publisher in ((2022, "市统计局"), (2023, "深圳特区报"), (2024, "Tiger Brokers")):
        row = make_observation(component, year, "150", released=f"{year + 1}-03-01")
        Source.objects.filter(pk=row.source_id).update(publisher=publisher)
    part = overview(component.indicator.plan, DAY).by_code["I-01"].first

    assert [(line.name, line.is_repost) for line in sources(part)] == [
        ("市统计局", False),
        ("深圳特区报", False),
        ("Tiger Brokers", True),
    ]


@pytest.mark.parametrize(
    ("day", "share"),
    [("2020-12-31", Fraction(0)), ("2023-06-30", Fraction(181, 366) / 5 + Fraction(2, 5)), (str(DAY), 1)],
)
def test_the_tick_stands_where_the_time_does(day, share):
    component = make_component(make_plan())
    part = overview(component.indicator.plan, date.fromisoformat(day)).by_code["I-01"].first

    assert due_share(part) == share


def test_the_way_is_drawn_from_start_to_goal():
    half = way_svg(Way(Fraction(1, 2), Fraction(3, 4), look="behind"))
    beyond = way_svg(Way(Fraction(2), is_hollow=True))

    assert 'aria-hidden="true"' in half  # the words stand in the same row
    assert 'class="way behind"' in half
    assert 'x2="42%"' in half  # half of the way to the target, which stands at 84
    assert 'class="w-due" x1="63%"' in half
    assert 'class="w-on"' in beyond
    assert "hollow" in beyond
    assert "w-now" not in way_svg(Way(None))


def test_rows_are_grouped_worst_first_with_their_numbers(client):
    plan = make_plan()
    for code, value in (("I-01", "210"), ("I-02", "150"), ("I-03", "140")):
        make_observation(make_component(plan, code), 2025, value, released="2026-03-01")
    make_component(plan, "I-04")

    groups = grouped(overview(plan, DAY).standings)
    html = client.get(ROOT).content.decode()

    assert [(group.badge.word, len(group.rows)) for group in groups] == [
        ("未达目标", 2),
        ("已达目标", 1),
        ("暂无数据", 1),
    ]
    assert html.count('<tr class="line ') == 4
    assert html.index("I-02") < html.index("I-01</a>") < html.index("I-04</a>")


def test_an_indicator_of_two_parts_is_one_row(client):
    plan = make_plan()
    first = make_component(plan)
    second = Component.objects.create(indicator=first.indicator, code="I-01.2", name="二", order=1)
    Target.objects.create(component=second, version=1, type="point", value=50, year=2025, text="50")
    make_observation(first, 2025, "210", released="2026-03-01")

    (group,) = grouped(overview(plan, DAY).standings)
    (row,) = group.rows

    assert row.lacks == ["指标I-01：2025 年起达到", "二：从未公布"]
    assert client.get(ROOT).content.decode().count('<tr class="line ') == 1


def test_two_parts_that_miss_the_same_say_it_once():
    first = make_component(make_plan())
    second = Component.objects.create(indicator=first.indicator, code="I-01.2", name="二", order=1)
    Target.objects.create(component=second, version=1, type="point", value=50, year=2025, text="50")

    (group,) = grouped(overview(first.indicator.plan, DAY).standings)

    assert group.rows[0].lacks == ["从未公布"]


@pytest.mark.parametrize("words", ["I-02", "indicator i-02", "科技创新局", "未达", "局 i-02"])
def test_one_box_finds_by_name_code_unit_or_state(words):
    plan = make_plan()
    for code, value in (("I-01", "210"), ("I-02", "150")):
        make_observation(make_component(plan, code), 2025, value, released="2026-03-01")
    bureau = Organisation.objects.create(code="sti", name="市科技创新局")
    Indicator.objects.filter(code="I-02").update(lead=bureau)

    found = chosen(overview(plan, DAY), IndicatorFilters(q=words))

    assert [standing.indicator.code for standing in found] == ["I-02"]
    assert chosen(overview(plan, DAY), IndicatorFilters(q="无此指标")) == []


def test_a_reader_who_asked_for_all_columns_finds_them_again(client):
    make_component(make_plan())
    wide, lines = '<table class="data wide"', '<table class="lines"'

    assert lines in client.get(ROOT).content.decode()
    assert wide in client.get(f"{ROOT}?view=table").content.decode()
    assert wide in client.get(ROOT).content.decode()
    assert lines in client.get(f"{ROOT}?view=rows").content.decode()
    assert lines in client.get(ROOT).content.decode()


@pytest.mark.parametrize("query", ["sort=lead", "years=all", "sort=-2021"])
def test_an_address_that_sorts_or_asks_for_years_is_the_table_as_before(client, query):
    make_component(make_plan())

    assert '<table class="data wide"' in client.get(f"{ROOT}?{query}").content.decode()


@pytest.mark.parametrize("query", ["status=achieved", "final=achieved", "cagr=achieved", "doubt=some"])
def test_filters_of_the_methods_leave_whole_indicators(client, query):
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2025, "210", released="2026-03-01")
    make_component(plan, "I-02")

    html = client.get(f"{ROOT}?{query}").content.decode()

    assert ("I-01</a>" in html) == (query != "doubt=some")
    assert "I-02</a>" not in html

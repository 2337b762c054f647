"""What the derivation says of a component: every heading has something under it, nothing absurd, nothing wrong."""

import re
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from indicators.queries import read_overview
from indicators.shown.derivation import Places, derive
from indicators.shown.rows import change_words, gap_words
from indicators.shown.tracks import sentence
from indicators.shown.wording import completion_words
from plan.params import today
from tests.factories import make_component, make_observation, make_plan

pytestmark = pytest.mark.django_db


def part_of(component, day=None):
    return read_overview(component.indicator.plan, day or today()).standings[0].components[0]


def told(component, day=None):
    return derive(part_of(component, day))


@pytest.mark.parametrize(
    ("value", "status", "words"),
    [
        (
            "210",
            "preliminary",
            "2025 年的最终核实数若不低于 200件，期末判定将变为已实现；若低于 200件，将变为未实现。",
        ),
        ("190", "preliminary", "2025 年的最终核实数若不低于 200件，期末判定将变为已实现；否则将变为未实现。"),
        ("210", "final", "2025 年的数据若经修订低于 200件，期末判定将变为未实现。"),
        ("190", "final", "只有 2025 年的数据经修订不低于 200件，期末判定才会变为已实现。"),
    ],
)
def test_with_a_figure_of_the_target_year_only_its_revision_changes_the_verdict(value, status, words):
    component = make_component(make_plan())
    make_observation(component, 2025, value, released="2026-03-01", value_status=status)

    changes = told(component).changes

    assert words in changes
    assert not any("曾经达到" in line or "平均每年需" in line for line in changes)


def test_reached_early_is_told_what_would_lose_it():
    component = make_component(make_plan())
    make_observation(component, 2022, "205", released="2023-03-01")

    assert "2025 年的数据若低于 200件，期末判定将为未实现：曾经达到不算数。" in told(component).changes


def test_a_baseline_that_all_but_equals_the_target_is_said_and_no_ratio_given():
    component = make_component(make_plan(), base="199")
    make_observation(component, 2022, "230", released="2023-03-01")

    found = told(component)

    assert "基期几乎等于目标，进度比没有意义，不列出。" in found.steps
    assert not any("%" in line and "进度比 =" in line for line in found.steps)
    # What the rule says of it stays as it is.
    assert (found.linear.key, found.cagr.key) == ("achieved", "achieved")


def test_nothing_is_said_of_what_is_not_below_a_heading(db):
    """On every day on which something became known, the two lists of the panel have something to say."""
    for base in ("100", None):
        component = make_component(make_plan(slug=f"plan-{base}"), base=base)
        make_observation(component, 2021, "110", released="2022-03-01", value_status="preliminary")
        make_observation(component, 2024, "205", released="2025-03-01")
        make_observation(component, 2025, "195", released="2026-03-01", value_status="preliminary")
        for day in (date(2022, 3, 1), date(2025, 3, 1), date(2026, 3, 1)):
            for at in (day - timedelta(days=1), day):
                found = told(component, at)
                assert all((found.steps, found.cagr_steps, found.final_steps, found.changes))


def test_numbers_lead_to_where_they_come_from():
    component = make_component(make_plan())
    row = make_observation(component, 2022, "150", released="2023-03-01")

    steps = derive(part_of(component), Places("/text/#p1", "#base-I-01")).steps

    assert f'<a href="#obs-{row.pk}">150</a>' in steps[1]
    assert '<a href="/text/#p1">≥ 200</a>' in steps[0]
    assert '<a href="#base-I-01">100</a>' in steps[2]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("5.92", "在区间 5.5–6 内（下限的 107.6 %，上限的 98.6 %）"),
        ("6.6", "相当于下限的 120.0 %、上限的 110.0 %"),
    ],
)
def test_completion_of_a_range_names_its_ends(value, words):
    component = make_component(make_plan(), base="5")
    component.targets.update(type="range_floor", value=None, low="5.5", high="6")
    make_observation(component, 2022, value, released="2023-03-01")

    assert completion_words(part_of(component)) == words


def ranged(component, type, low, high):
    component.targets.update(type=type, value=None, low=low, high=high)


def in_unit(component, unit, unit_en, decimals=0):
    component.indicator.unit, component.indicator.unit_en = unit, unit_en
    component.indicator.decimals = decimals
    component.indicator.save()


def pace(component):
    return next(line for line in told(component).changes if "基期以来平均每年变化" in line)


@pytest.mark.parametrize(
    ("kind", "base", "target", "direction", "year", "value", "said"),
    [
        # 375 a year: 22,000 is passed in the course of 2029, so first exceeded at the end of 2030.
        ("strict", "18600", "22000", "up", 2024, "20100", "2030"),
        ("point", "100", "200", "up", 2021, "190", "2022"),
        ("point", "100", "200", "up", 2022, "120", "2030"),
        ("strict", "100", "200", "up", 2022, "120", "2031"),
        ("point", "100", "50", "down", 2022, "90", "2030"),
        ("strict", "100", "50", "down", 2022, "90", "2031"),
        # On the bound that must be passed: a year later, if the pace leads over it.
        ("strict", "100", "200", "up", 2024, "200", "2025"),
    ],
)
def test_the_year_reached_is_the_first_whole_one_that_meets_the_target(
    kind, base, target, direction, year, value, said
):
    component = make_component(make_plan(), base=base, target=target, kind=kind, direction=direction)
    make_observation(component, year, value, released="2025-03-01")

    assert pace(component).endswith(f"；照此速度 {said} 年达到目标。")


def test_no_year_is_said_in_which_the_target_is_not_met_at_this_pace():
    away = make_component(make_plan("away"), base="220", target="200", kind="strict")
    make_observation(away, 2024, "200", released="2025-03-01")
    over = make_component(make_plan("over"), base="100")
    ranged(over, "range_inside", "150", "160")
    make_observation(over, 2021, "140", released="2022-03-01")

    assert pace(away) == "基期以来平均每年变化 -5件；照此速度 2025 年为 195件。"
    assert pace(over) == "基期以来平均每年变化 40件；照此速度 2025 年为 300件。"


@pytest.mark.parametrize(
    ("direction", "base", "target", "value", "kind", "words"),
    [
        ("up", "4", "5.5", "5.49", "point", "还差 0.01 个百分点；到 2025 年平均每年需变化 0.0025 个百分点。"),
        ("down", "6", "5.5", "5.51", "point", "还差 0.01 个百分点；到 2025 年平均每年需变化 -0.0025 个百分点。"),
        ("up", "4", "5.5", "5.4", "strict", "还差 0.1 个百分点；到 2025 年平均每年的变化须大于 0.025 个百分点。"),
        (
            "down",
            "6",
            "5.5",
            "5.6",
            "strict",
            "还差 0.1 个百分点；到 2025 年平均每年的变化须小于 -0.025 个百分点。",
        ),
    ],
)
def test_a_pace_that_is_needed_is_never_rounded_to_one_that_is_not_enough(
    direction, base, target, value, kind, words
):
    component = make_component(make_plan(), base=base, target=target, kind=kind, direction=direction)
    in_unit(component, "%", "%", 1)
    make_observation(component, 2021, value, released="2022-03-01")

    assert f"距目标{words}" in told(component).changes


def test_the_value_of_a_band_is_rounded_to_the_side_on_which_it_is_enough():
    component = make_component(make_plan(), base="1", target="2")
    component.indicator.decimals = 0
    component.indicator.save()
    make_observation(component, 2021, "1", released="2022-03-01")

    # 1 + 0.95 / 5 and 1 + 1.05 / 5, at one place.
    assert "2021 年须达到 1.2件才是符合预期，1.3件才是快于预期。" in [
        line.replace(" 才是", "才是") for line in told(component).changes
    ]


@pytest.mark.parametrize(
    ("value", "word", "lies"),
    [
        ("5.49", "进度偏慢", "最新数据比按直线应有的值落后 0.002 个百分点。"),
        ("5.495", "快于预期", "最新数据比按直线应有的值领先 0.003 个百分点。"),
        ("5.492", "符合预期", "最新数据恰为按直线应有的值。"),
        ("5.3", "低于基期", "最新数据比按直线应有的值落后 0.192 个百分点。"),
    ],
)
def test_on_a_short_road_the_conclusion_rests_on_values_instead_of_a_ratio(value, word, lies):
    component = make_component(make_plan(), base="5.46", target="5.5")
    in_unit(component, "%", "%", 2)
    make_observation(component, 2024, value, released="2025-03-01")

    steps = told(component).steps

    assert steps[-4:] == [
        "基期几乎等于目标，进度比没有意义，不列出。",
        lies,
        "界线换成 2024 年的数值：≥ 5.4936 % 快于预期，≥ 5.4904 % 符合预期，≥ 5.4792 % 进度偏慢，"
        "≥ 5.46 % 进度滞后，否则低于基期。",
        f"结论：{word}。",
    ]
    assert not any("界线：" in line for line in steps)


def test_on_a_short_road_down_the_bands_are_at_most():
    component = make_component(make_plan(), base="100", target="99", direction="down")
    make_observation(component, 2024, "99.5", released="2025-03-01")

    steps = told(component).steps

    assert "最新数据比按直线应有的值落后 0.3件。" in steps
    assert any("≤ 99.16件 快于预期" in line and "≤ 100件 进度滞后" in line for line in steps)


@pytest.mark.parametrize(
    ("year", "value", "said", "word"),
    [
        (2022, "5.47", "实际年均增速 0.0915 %，所需年均增速 0.146 %：达到所需的 0.95 倍为显著进展，", "中等进展"),
        (2022, "5.3", "实际年均增速 -1.48 %，所需年均增速 0.146 %：", "背离目标"),
        (2022, "5.6", "已达到目标，不再看增速。", "已达到目标"),
        (2025, "5.4", "目标年的数据没有达到目标。", "未如期实现"),
    ],
)
def test_on_a_short_road_the_growth_conclusion_has_its_ground_too(year, value, said, word):
    component = make_component(make_plan(), base="5.46", target="5.5")
    make_observation(component, year, value, released="2026-03-01")

    steps = told(component).cagr_steps

    assert steps[0].startswith("基期几乎等于目标")
    assert steps[1].startswith(said)
    assert steps[2:] == [f"结论：{word}。"]


def test_beyond_a_range_to_be_within_is_no_matter_of_bands():
    component = make_component(make_plan(), base="100")
    ranged(component, "range_inside", "150", "160")
    make_observation(component, 2022, "170", released="2023-03-01")

    steps = told(component).steps

    assert steps[-2:] == ["已越过目标区间，而期末须在区间之内。", "结论：超出目标区间。"]


@pytest.mark.parametrize(
    ("direction", "value", "words"), [("up", "250", "高于目标区间上限"), ("down", "50", "小于目标区间下限")]
)
def test_beyond_the_far_end_names_that_end(direction, value, words):
    component = make_component(make_plan(), base="300" if direction == "down" else "10", direction=direction)
    ranged(component, "range_floor", "100", "200")
    make_observation(component, 2022, value, released="2023-03-01")

    assert any(line.startswith(words) for line in told(component).steps)


@pytest.mark.parametrize(
    ("kind", "value", "words", "english"),
    [
        ("point", "1", "2025 年的数据若大于 1天，期末判定将为未实现", "If the figure of 2025 is more than 1 days"),
        (
            "strict",
            "0.5",
            "2025 年的数据若不小于 1天，期末判定将为未实现",
            "If the figure of 2025 is at least 1 days",
        ),
        (
            "point",
            "3",
            "2025 年的数据不大于 1天，期末判定才为已实现。",
            "only if the figure of 2025 is at most 1 days",
        ),
        (
            "strict",
            "3",
            "2025 年的数据小于 1天，期末判定才为已实现。",
            "only if the figure of 2025 is less than 1 days",
        ),
    ],
)
def test_where_less_is_better_the_words_are_those_of_size(kind, value, words, english):
    component = make_component(make_plan(), base="5", target="1", kind=kind, direction="down")
    in_unit(component, "天", "days")
    make_observation(component, 2022, value, released="2023-03-01")

    assert any(line.startswith(words) for line in told(component).changes)
    with override("en"):
        assert any(english in line for line in told(component).changes)


def test_the_gap_of_a_share_is_so_many_points():
    component = make_component(make_plan(), base="4", target="5.5")
    in_unit(component, "%", "%", 2)
    make_observation(component, 2025, "5.36", released="2026-03-01")
    standing = read_overview(component.indicator.plan, today()).standings[0]

    assert gap_words(standing) == "2025 年 5.36，目标 ≥ 5.5，差 0.14 个百分点"
    with override("en"):
        assert gap_words(standing).endswith("0.14 percentage points short")


def test_points_are_set_apart_from_their_number():
    component = make_component(make_plan(), base="4", target="5.5")
    in_unit(component, "%", "%", 2)
    make_observation(component, 2024, "5.3", released="2025-03-01")

    with override("en"):
        told_english = [line for line in told(component).changes if "percentage points" in line]
    assert len(told_english) == 2
    assert all(re.findall(r"\S+percentage", line) == [] for line in told_english)


def test_the_gap_has_the_places_of_the_figures_on_the_page():
    component = make_component(make_plan(), base=None, target="1.1")
    in_unit(component, "万亿元", "trillion yuan", 4)
    make_observation(component, 2020, "0.785255", released="2022-02-22")
    make_observation(component, 2021, "0.9", released="2022-12-01")
    part = read_overview(component.indicator.plan, today()).standings[0].first
    earlier = read_overview(component.indicator.plan, date(2022, 6, 1)).standings[0]

    assert gap_words(earlier) == "2020 年 0.79，目标 ≥ 1.1，差 0.31 万亿元"
    assert change_words(part) == "▲ 0.11 万亿元"
    assert "从 2020 年的 0.79 万亿元到 2021 年的 0.9 万亿元" in sentence(part)


def test_before_the_plan_s_years_the_last_figure_is_named():
    component = make_component(make_plan())
    make_observation(component, 2020, "100", released="2021-03-01")
    make_observation(component, 2022, "140", released="2023-03-01")

    def said(day):
        return " ".join(derive(part_of(component, date.fromisoformat(day))).steps)

    assert "规划期内（2021 年起）尚无数据；最近一次：2020 年 100 件，所以没有判定。" in said("2022-01-01")
    assert "截至所选日期没有公布的数据，所以没有判定。" in said("2020-12-31")
    assert "没有判定" not in said("2023-06-30")


def test_the_sentence_of_a_chart_ends_with_what_was_said_last():
    component = make_component(make_plan())
    make_observation(component, 2024, "150", released="2025-03-01")
    make_observation(component, 2025, "210", released="2026-03-01", precision="lower_bound", exclusive=True)
    part = read_overview(component.indicator.plan, date(2026, 6, 30)).standings[0].first

    assert sentence(part).endswith("目标为 2025 年 ≥ 200 件。此后公布的 2025 年数据为> 210 件。")
    with override("en"):
        assert sentence(part).endswith(". Published since for 2025: > 210 pieces.")

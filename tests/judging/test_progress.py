"""Examples from the plan itself, and the cut-offs at their exact values."""

from decimal import Decimal as D
from fractions import Fraction as F

import pytest

from judging.progress import assess, assess_compound, count_final, cut
from judging.statements import Figure
from judging.terms import Counts, InvalidInput, TargetRule

RD = TargetRule("range_floor", "up", low=D("5.5"), high=D("6"))
ENTERPRISES = TargetRule("strict", "up", value=D(22000))


def judge(target, *figures, base=(2020, "100"), **extra):
    year, value = base
    return assess(
        base_year=year,
        base_value=None if value is None else D(value),
        target_year=2025,
        target=target,
        observations=[Figure(figure[0], D(figure[1]), *figure[2:]) for figure in figures],
        **extra,
    )


def test_research_intensity_of_2024_is_achieved_early_and_above_the_range():
    result = judge(RD, (2021, "5.49"), (2022, "5.81"), (2023, "6.46"), (2024, "6.67"), base=(2020, "5.46"))

    assert (result.linear.status, result.cagr.status, result.final_verdict) == (
        "achieved",
        "achieved",
        "pending",
    )
    assert result.first_attained_year == 2022
    assert result.linear.expected == F("5.492")
    assert result.completion == (F("6.67") / F("5.5") * 100, F("6.67") / 6 * 100)


def test_research_intensity_as_known_in_2022_is_ahead():
    result = judge(RD, (2021, "5.49"), base=(2020, "5.46"))

    assert result.linear.status == "ahead"
    assert result.linear.lead == F(15, 4)


def test_twenty_two_thousand_enterprises_in_2025_are_not_achieved():
    result = judge(ENTERPRISES, (2025, "22000"), base=(2020, "18600"))

    assert (result.final_verdict, result.linear.status, result.cagr.status) == (
        "not_achieved",
        "missed",
        "missed",
    )
    assert result.at_bound
    assert judge(ENTERPRISES, (2025, "22001"), base=(2020, "18600")).final_verdict == "achieved"


def test_indicator_without_baseline_says_so_instead_of_inventing_one():
    patents = TargetRule("point", "up", value=D(108))

    result = judge(patents, (2023, "98.36"), base=(None, None))

    assert (result.linear.status, result.linear.reason) == ("not_assessable", "no_baseline")
    assert result.completion == (F("98.36") / 108 * 100,)


def test_met_without_baseline_is_achieved():
    result = judge(RD, (2021, "7.25", "estimated"), base=(None, None))

    assert (result.linear.status, result.cagr.status, result.provisional) == ("achieved", "achieved", True)


def test_compound_of_use_and_opening_rate_stands_where_the_worse_part_stands():
    use = judge(TargetRule("point", "up", value=D(60)), (2023, "61"), base=(2020, "45"))
    opening = judge(TargetRule("point", "up", value=D(90)), (2023, "82"), base=(2020, "80"))

    assert assess_compound([use, opening]).linear_status == opening.linear.status == "behind"


def test_compound_with_an_unknown_part_is_not_assessable_unless_one_is_lost():
    known = judge(TargetRule("point", "up", value=D(60)), (2023, "61"), base=(2020, "45"))
    lost = judge(TargetRule("point", "up", value=D(60)), (2023, "44"), base=(2020, "45"))
    unknown = judge(TargetRule("point", "up", value=D(90)), base=(2020, "80"))

    assert assess_compound([known, unknown]).linear_status == "not_assessable"
    assert assess_compound([lost, unknown]).linear_status == "regressed"


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("142", "ahead"),
        ("141.999999", "on_schedule"),
        ("138", "on_schedule"),
        ("137.999999", "slightly_behind"),
        ("124", "slightly_behind"),
        ("123.999999", "behind"),
        ("100", "behind"),
        ("99.999999", "regressed"),
    ],
)
def test_linear_cutoffs_are_exact(value, status):
    """100 → 200 in five years: after two years the path stands at 140, so 42 / 38 / 24 % of the way."""
    assert judge(TargetRule("point", "up", value=D(200)), (2022, value)).linear.status == status


def test_of_two_releases_of_a_year_the_later_counts():
    target = TargetRule("point", "up", value=D(200))

    assert judge(target, (2022, "200"), (2022, "120")).latest.value == 120


def test_value_after_the_target_year_changes_nothing_but_a_note():
    target = TargetRule("point", "up", value=D(200))

    result = judge(target, (2025, "190"), (2026, "210"))

    assert (result.final_verdict, result.late_attained_year, result.linear.status) == (
        "not_achieved",
        2026,
        "missed",
    )


def test_running_total_has_no_growth_rate():
    result = judge(
        TargetRule("strict", "up", value=D(1000)), (2022, "420"), base=(2020, "0"), accumulation="cumulative"
    )

    assert (result.linear.status, result.cagr.reason) == ("ahead", "cumulative")


def test_outlook_says_what_is_needed():
    result = judge(TargetRule("point", "up", value=D(200)), (2022, "120")).outlook

    assert (result.gap, result.pace_so_far, result.pace_needed) == (80, 10, F(80, 3))
    assert (result.needed_on_schedule, result.needed_ahead) == (138, 142)
    assert (result.reached_in, result.projected) == (2030, 150)


def test_of_a_range_that_was_overshot_the_way_leads_back_to_its_near_end():
    inside = TargetRule("range_inside", "up", low=D(150), high=D(160))

    over, short = (judge(inside, (2024, value)).outlook for value in ("167", "140"))

    assert (over.gap, over.pace_needed) == (-7, -7)
    assert (short.gap, short.pace_needed) == (10, 10)


def test_a_range_down_to_nothing_is_overshot_below_nothing():
    inside = TargetRule("range_inside", "down", low=D(0), high=D(10))

    assert judge(inside, (2024, "-3")).outlook.gap == 3


def test_the_pace_is_per_year_since_the_base():
    """Four years of which the numbers share bits: 2024 is not 2020 with some of them turned."""
    assert judge(TargetRule("point", "up", value=D(200)), (2024, "140")).outlook.pace_so_far == 10


def test_down_to_nothing_is_away_from_a_target_above():
    """A fall to zero is a growth of minus one, the whole, and not of one."""
    assert judge(TargetRule("point", "up", value=D(200)), (2022, "0")).cagr.status == "away"


def test_a_sum_without_its_first_year_is_incomplete_and_one_without_any_has_none():
    target = TargetRule("point", "up", value=D(1000))

    lacking = judge(target, (2022, "100"), (2023, "100"), accumulation="sum").linear.reason
    none = judge(target, (2019, "100"), accumulation="sum").linear.reason

    assert (lacking, none) == ("incomplete_period", "no_observation_after_base")


def test_counts_give_a_range_while_something_is_undecided():
    counts = count_final(["achieved", "not_achieved", "pending", "provisional_achieved"])

    assert counts == Counts(total=4, achieved=1, undecided=2)
    assert (counts.low, counts.high) == (F(1, 4), F(3, 4))


@pytest.mark.parametrize(
    ("base", "value", "goal", "reason"),
    [
        ("5", "-3", "-2", "non_positive_base_or_target"),
        ("-1", "-3", "-2", "non_positive_base_or_target"),
        ("70", "-1", "60", "negative_value"),
        ("70", "59", "60", "met_at_baseline"),
    ],
)
def test_growth_rate_of_a_base_once_met_names_the_first_reason_that_fits(base, value, goal, reason):
    """Signs come first (docs/methods.md, 1.3): without them no growth could be worked out at all."""
    result = judge(TargetRule("point", "up", value=D(goal)), (2022, value), base=(2020, base))

    assert (result.cagr.status, result.cagr.reason) == ("not_assessable", reason)
    assert (result.linear.status, result.linear.reason) == ("regressed", "met_at_baseline")


@pytest.mark.parametrize(
    ("base", "value", "goal", "linear", "cagr"),
    [
        ("1", "1e200", "2", "achieved", "achieved"),
        ("1e-400", "1e5000", "2e-400", "achieved", "achieved"),
        ("1", "1." + "0" * 150 + "1", "1." + "0" * 150 + "2", "ahead", "significant"),
        ("1", "-1e200", "2", "regressed", "not_assessable"),
    ],
    ids=["large", "larger", "close", "negative"],
)
def test_values_of_any_size_are_judged(base, value, goal, linear, cagr):
    result = judge(TargetRule("point", "up", value=D(goal)), (2021, value), base=(2020, base))

    assert (result.linear.status, result.cagr.status) == (linear, cagr)
    assert result.cagr.ratio is None or result.cagr.ratio.is_finite()


def test_growth_ratio_of_values_that_differ_in_a_late_digit_is_their_linear_ratio():
    close = "1." + "0" * 150

    result = judge(TargetRule("point", "up", value=D(close + "2")), (2021, close + "1"), base=(2020, "1"))

    assert result.cagr.ratio == D("2.5")


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (F("94.96"), "94.9"),
        (95 - F(1, 10**130), "94.9"),
        (F("-0.4"), "-0.4"),
        (F("-0.41"), "-0.5"),
        (95, "95.0"),
        (0, "0.0"),
    ],
)
def test_shares_are_cut_towards_the_worse_side(share, shown):
    assert str(cut(F(share), 1)) == shown


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"type": "point", "value": D(1)}, "target.direction"),
        ({"type": "point", "direction": "up"}, "target.value"),
        ({"type": "range_floor", "direction": "up", "low": D(2), "high": D(1)}, "target.low"),
        ({"type": "range_inside", "low": D(2)}, "target.high"),
        ({"type": "goal", "direction": "up"}, "target.type"),
        ({"type": "strict", "direction": "up", "value": D("NaN")}, "target.value"),
        ({"type": "point", "direction": "up", "value": D(1), "low": D(1)}, "target.low"),
    ],
)
def test_target_refuses_by_name(arguments, field):
    with pytest.raises(InvalidInput) as error:
        TargetRule(**arguments)

    assert error.value.field == field


def test_target_year_before_the_base_is_refused():
    with pytest.raises(InvalidInput, match="target_year"):
        judge(TargetRule("point", "up", value=D(1)), base=(2025, "1"))


@pytest.mark.parametrize(
    ("values", "since"),
    [
        (["5.6", "5.7", "5.8", "5.9", "6.1"], 2021),  # a higher value of the last year takes nothing away
        (["5.4", "5.4", "5.4", "5.4", "5.6"], 2025),
        (["5.6", "5.4", "5.4", "5.4", "5.6"], 2025),  # lost in between
        (["5.4", "5.6", None, "5.6", "5.5"], 2022),  # nothing known of a year loses nothing
        (["5.6", "5.6", "5.6", "5.6", "5.4"], None),
    ],
)
def test_what_was_reached_early_stays_reached_early(values, since):
    figures = [(year, value) for year, value in zip(range(2021, 2026), values, strict=True) if value]

    result = judge(RD, *figures, base=(2020, "5.3"))

    assert result.held_since == since
    assert (result.linear.status == "achieved") == (since is not None)


def test_a_bound_that_decides_keeps_what_was_reached():
    figures = (2023, "22500"), (2024, "23000", "preliminary", "lower_bound", True), (2025, "24000")

    assert judge(ENTERPRISES, *figures, base=(2020, "18600")).held_since == 2023


def test_a_sum_that_was_full_early_and_a_thing_that_was_there_early():
    total = TargetRule("point", "up", value=D(100))
    figures = [(year, "40") for year in range(2021, 2026)]

    assert judge(total, *figures, accumulation="sum").held_since == 2023
    assert judge(total, *figures, accumulation="mean", base=(2020, None)).held_since is None
    done = judge(TargetRule("done", None), (2023, "1"), (2025, "1"), base=(2020, None))
    assert (done.linear.status, done.held_since) == ("achieved", 2023)

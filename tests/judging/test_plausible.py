from decimal import Decimal

import pytest

from judging.plausible import change_of, outside_percent

STEADY = {2018: Decimal(100), 2019: Decimal(110), 2020: Decimal(121), 2021: Decimal(130), 2022: Decimal(141)}


def test_the_change_is_from_the_nearest_earlier_year():
    change = change_of({2020: Decimal(100), 2021: Decimal(110), 2023: Decimal(90)}, 2022, Decimal(121))

    assert (change.year, change.value, change.difference, change.percent) == (2021, 110, 11, 10)


def test_the_first_year_is_seen_from_the_next_one():
    change = change_of({2021: Decimal(110)}, 2020, Decimal(100))

    assert (change.year, change.difference) == (2021, -10)
    change = change_of({2021: Decimal("1627.06"), 2022: Decimal(1800)}, 1990, Decimal(100))
    assert (change.year, change.difference, change.percent) == (2021, Decimal("-1527.06"), Decimal("-93.9"))


def test_a_year_before_the_others_is_usual_by_the_way_the_years_run():
    steady = {2019 + number: Decimal(value) for number, value in enumerate([110, 120, 132, 141, 152, 162])}

    assert change_of(steady, 2018, Decimal(100)).warning == ""
    assert change_of(steady, 2018, Decimal(120)).warning == "unusual"


def test_without_another_year_there_is_no_change():
    assert change_of({2022: Decimal(3)}, 2022, Decimal(5)) is None


@pytest.mark.parametrize(
    ("value", "warning"), [("150", ""), ("300", "large"), ("60", "large"), ("165", "unusual"), ("141", "unusual")]
)
def test_what_is_far_from_the_years_before_is_questioned(value, warning):
    assert change_of(STEADY, 2023, Decimal(value)).warning == warning


def test_what_is_in_force_for_its_year_is_no_question():
    assert change_of(STEADY | {2023: Decimal(300)}, 2023, Decimal(300)).warning == ""
    assert outside_percent(Decimal(120), "%", Decimal(120)) is False


def test_a_gap_of_years_allows_a_larger_change():
    assert change_of({2020: Decimal(100)}, 2022, Decimal(190)).warning == ""
    assert change_of({2020: Decimal(100)}, 2022, Decimal(210)).warning == "large"


def test_over_a_gap_of_years_the_usual_is_by_the_year():
    assert change_of(STEADY, 2025, Decimal(171)).warning == ""
    assert change_of(STEADY, 2025, Decimal(152)).warning == "unusual"


def test_from_zero_there_is_a_difference_but_no_share():
    change = change_of({2020: Decimal(0)}, 2021, Decimal(5))

    assert (change.difference, change.share, change.percent, change.warning) == (5, None, None, "")


@pytest.mark.parametrize(
    ("value", "unit", "outside"),
    [("250", "%", True), ("-0.1", "%", True), ("0", "%", False), ("100", "%", False), ("250", "件", False)],
)
def test_a_percentage_lies_between_0_and_100(value, unit, outside):
    assert outside_percent(Decimal(value), unit) is outside

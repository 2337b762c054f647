from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.ambition import Ambition, compare_targets
from judging.terms import TargetRule

MORE, LESS, SAME, APART = Ambition.MORE, Ambition.LESS, Ambition.SAME, Ambition.NOT_COMPARABLE


def point(value, direction="up"):
    return TargetRule("point", direction, Decimal(value))


def strict(value, direction="up"):
    return TargetRule("strict", direction, Decimal(value))


def floor(low, high, direction="up"):
    return TargetRule("range_floor", direction, None, Decimal(low), Decimal(high))


def inside(low, high):
    return TargetRule("range_inside", None, None, Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (point(100), point(110), MORE),
        (point(100), point(90), LESS),
        (point(100, "down"), point(90, "down"), MORE),
        (point(100, "down"), point(110, "down"), LESS),
        (point(100), point("100.0"), SAME),
        (point(100), strict(100), MORE),
        (strict(22000), point(22000), LESS),
        (strict(22000), strict(22001), MORE),
        (floor("5.5", 6), floor("5.5", 7), SAME),
        (floor("5.5", 6), floor("5.8", 6), MORE),
        (floor(5, 6, "down"), floor(5, 7, "down"), LESS),
        (floor("5.5", 6), point("5.5"), SAME),
        (inside(5, 6), inside("5.2", "5.8"), MORE),
        (inside(5, 6), inside(4, 7), LESS),
        (inside(5, 6), inside("5.5", 7), APART),
        (inside(5, 6), inside(5, 6), SAME),
        (point(5), inside(5, 6), MORE),
        (inside(5, 6), point(5), LESS),
        (inside(5, 6), point(6), APART),
        (point(5), point(5, "down"), APART),
    ],
)
def test_fewer_values_that_reach_it_are_more_ambitious(old, new, word):
    assert compare_targets(old, 2025, new, 2025) == word


@pytest.mark.parametrize(
    ("value", "year", "word"),
    [
        (100, 2024, MORE),
        (100, 2026, LESS),
        (110, 2024, MORE),
        (90, 2026, LESS),
        (110, 2026, APART),
        (90, 2024, APART),
    ],
)
def test_an_earlier_year_asks_for_more(value, year, word):
    assert compare_targets(point(100), 2025, point(value), year) == word


numbers = st.decimals(-50, 50, places=1)
years = st.integers(2024, 2027)
directions = st.sampled_from(["up", "down"])


@st.composite
def targets(draw):
    kind, low, high = (
        draw(st.sampled_from(["point", "strict", "range_floor", "range_inside"])),
        *sorted((draw(numbers), draw(numbers))),
    )
    if kind == "range_inside":
        return TargetRule(kind, None, None, low, high)
    if kind == "range_floor":
        return TargetRule(kind, draw(directions), None, low, high)
    return TargetRule(kind, draw(directions), low)


def mirrored(target):
    turned = {"up": "down", "down": "up", None: None}[target.direction]
    value, low, high = (None if at is None else -at for at in (target.value, target.high, target.low))
    return TargetRule(target.type, turned, value, low, high)


@given(targets(), years)
def test_a_target_is_the_same_as_itself(target, year):
    assert compare_targets(target, year, target, year) == SAME


@given(targets(), years, targets(), years)
def test_the_other_way_round_is_the_opposite(old, old_year, new, new_year):
    opposite = {MORE: LESS, LESS: MORE, SAME: SAME, APART: APART}

    assert compare_targets(new, new_year, old, old_year) == opposite[compare_targets(old, old_year, new, new_year)]


@given(targets(), years, targets(), years)
def test_turning_the_scale_round_changes_nothing(old, old_year, new, new_year):
    assert compare_targets(mirrored(old), old_year, mirrored(new), new_year) == compare_targets(
        old, old_year, new, new_year
    )


@given(targets(), targets(), numbers)
def test_what_reaches_the_more_ambitious_target_reaches_the_other(old, new, value):
    word = compare_targets(old, 2025, new, 2025)

    if word in (MORE, SAME):
        assert old.met(value) or not new.met(value)
    if word in (LESS, SAME):
        assert new.met(value) or not old.met(value)

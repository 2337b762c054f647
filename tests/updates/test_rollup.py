from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.rollup import RollupPart, normalised, per_cent, roll_up

STATUSES = ["not_reported", "not_started", "on_schedule", "behind", "done", "adjusted"]
SHARES = st.none() | st.decimals(min_value=0, max_value=1, places=4)
WEIGHTS = st.decimals(min_value="0.001", max_value=99999, places=3)
PARTS = st.builds(RollupPart, st.sampled_from(STATUSES), SHARES, st.none() | WEIGHTS)


def test_the_sentence_of_the_issue():
    parts = [
        RollupPart("on_schedule", Decimal("0.5"), 2),
        RollupPart("done", None, 1),
        RollupPart("behind", Decimal("0.5"), 1),
        RollupPart("not_reported", None, 1),
    ]

    found = roll_up(parts)

    assert (found.reported, found.total, found.reported_weight) == (3, 4, Fraction(4, 5))
    assert (found.done, found.low, found.high) == (Fraction(5, 8), Fraction(1, 2), Fraction(7, 10))


def test_what_stated_no_share_widens_the_range_only():
    found = roll_up([RollupPart("on_schedule", None), RollupPart("done")])

    assert (found.reported, found.stated, found.done) == (2, Fraction(1, 2), Fraction(1))
    assert (found.low, found.high) == (Fraction(1, 2), Fraction(1))


def test_nothing_reported_has_no_share():
    found = roll_up([RollupPart(), RollupPart()])

    assert (found.reported, found.done, found.low, found.high) == (0, None, 0, 1)
    assert roll_up([]).done is None


def test_a_part_without_weight_counts_as_the_average():
    assert normalised([3, None, 1]) == (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))


@pytest.mark.parametrize(
    ("share", "text", "up"),
    [
        (Fraction(9496, 10000), "94.9", "95"),
        (Fraction(1, 3), "33.3", "33.4"),
        (Fraction(9999, 10000), "99.9", "100"),
        (Fraction(5, 8), "62.5", "62.5"),
        (Fraction(1), "100", "100"),
        (Fraction(0), "0", "0"),
    ],
)
def test_shares_are_cut_towards_the_worse_side(share, text, up):
    assert (per_cent(share), per_cent(share, up=True)) == (text, up)


@pytest.mark.breadth
@given(st.lists(PARTS, min_size=1, max_size=12), st.integers(1, 1000))
def test_only_the_proportions_of_weights_count(parts, factor):
    scaled = [
        RollupPart(part.status, part.share, None if part.weight is None else part.weight * factor)
        for part in parts
    ]

    assert roll_up(scaled) == roll_up(parts)


@pytest.mark.breadth
@given(st.lists(PARTS, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_does_not_count(parts, random):
    shuffled = random.sample(parts, len(parts))

    first, second = roll_up(parts), roll_up(shuffled)

    assert sorted(first.weights) == sorted(second.weights)
    for name in ("total", "reported", "reported_weight", "stated", "done", "low", "high"):
        assert getattr(first, name) == getattr(second, name)


@given(st.lists(PARTS, min_size=1, max_size=12))
def test_missing_is_never_zero(parts):
    found = roll_up(parts)
    known = roll_up([part for part in parts if part.known_share is not None])

    assert sum(found.weights) == 1
    assert 0 <= found.low <= found.high <= 1
    assert found.high - found.low == 1 - found.stated
    if found.done is not None:
        assert found.low <= found.done <= found.high
    if not any(part.weight for part in parts):
        assert found.done == known.done


@pytest.mark.breadth
@given(st.lists(PARTS, min_size=1, max_size=12), SHARES.filter(lambda share: share is not None))
def test_the_range_holds_whatever_the_others_come_to(parts, share):
    before = roll_up(parts)
    after = roll_up(
        [part if part.known_share is not None else RollupPart("on_schedule", share, part.weight) for part in parts]
    )

    assert before.low <= after.low == after.high <= before.high

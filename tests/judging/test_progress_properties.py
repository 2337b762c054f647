"""The invariants of the method (docs/methods.md, section 2), each searched for a counter-example."""

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from judging.progress import assess, assess_compound, count_final
from judging.statements import Figure
from judging.terms import CAGR_ORDER, FINAL_ORDER, LINEAR_ORDER, InvalidInput, TargetRule

B, T = 2020, 2025
values = st.decimals(min_value=-1000, max_value=1000, places=3)
positive = st.decimals(min_value="0.1", max_value=1000, places=3)
years = st.integers(B + 1, T)
directions = st.sampled_from(["up", "down"])
bounds = st.sampled_from(["point", "strict"])
simple_types = st.sampled_from(["point", "strict", "range_floor"])


def make(kind, direction, a, b=None):
    low, high = sorted((a, b if b is not None else a))
    if kind in ("point", "strict"):
        return TargetRule(kind, direction, value=a)
    return TargetRule(kind, None if kind == "range_inside" else direction, low=low, high=high)


@st.composite
def targets(draw, kinds=simple_types, numbers=values):
    return make(draw(kinds), draw(directions), draw(numbers), draw(numbers))


def judge(target, y0, figures, base_year=B, target_year=T):
    return assess(
        base_year=base_year,
        base_value=y0,
        target_year=target_year,
        target=target,
        observations=[Figure(*figure) for figure in figures],
    )


def rank(result):
    status = result.linear.status
    return LINEAR_ORDER.index(status) if status in LINEAR_ORDER else None


def cagr_rank(result):
    status = result.cagr.status
    return CAGR_ORDER.index(status) if status in CAGR_ORDER else None


def shift(target, move):
    moved = {
        name: move(getattr(target, name)) for name in ("value", "low", "high") if getattr(target, name) is not None
    }
    return replace(target, **moved)


every_type = st.sampled_from(["point", "strict", "range_floor", "range_inside"])


@given(targets(every_type), values, years, values)
def test_01_met_is_achieved_in_both_methods(target, y0, t, y):
    result = judge(target, y0, [(t, y)])
    assert target.met(y) == (result.linear.status == "achieved") == (result.cagr.status == "achieved")


@given(targets(), values, years, values, positive)
def test_02_better_value_never_lowers_the_rank(target, y0, t, y, more):
    better = y + more if target.direction == "up" else y - more
    one, two = judge(target, y0, [(t, y)]), judge(target, y0, [(t, better)])
    if rank(one) is not None and rank(two) is not None:
        assert rank(two) >= rank(one)
    if cagr_rank(one) is not None and cagr_rank(two) is not None:
        assert cagr_rank(two) >= cagr_rank(one)


@given(bounds, directions, values, positive, positive, st.integers(B + 1, T - 1))
def test_03_same_unmet_value_a_year_later_never_ranks_higher(kind, direction, y0, done, left, t):
    sign = 1 if direction == "up" else -1
    y, target = y0 + sign * done, make(kind, direction, y0 + sign * (done + left))
    one, two = judge(target, y0, [(t, y)]), judge(target, y0, [(t + 1, y)])
    assert rank(two) <= rank(one)


@given(bounds, directions, values, positive, values, years, values)
def test_04_harder_target_never_ranks_higher(kind, direction, goal, more, y0, t, y):
    assume(y >= y0 if direction == "up" else y <= y0)
    harder = goal + more if direction == "up" else goal - more
    one = judge(make(kind, direction, goal), y0, [(t, y)])
    two = judge(make(kind, direction, harder), y0, [(t, y)])
    assume(not make(kind, direction, goal).met(y0))
    assert rank(two) <= rank(one)


@given(targets(), values, years, values, st.sampled_from([D("0.001"), D(7), D(10000)]))
def test_05_change_of_unit_changes_nothing(target, y0, t, y, k):
    one = judge(target, y0, [(t, y)])
    two = judge(shift(target, lambda v: v * k), y0 * k, [(t, y * k)])
    assert (one.linear.status, one.linear.progress, one.linear.lead) == (
        two.linear.status,
        two.linear.progress,
        two.linear.lead,
    )
    assert one.cagr == two.cagr
    assert one.final_verdict == two.final_verdict


@given(targets(), values, years, values, values)
def test_06_adding_a_constant_leaves_the_linear_method_unchanged(target, y0, t, y, c):
    one = judge(target, y0, [(t, y)])
    two = judge(shift(target, lambda v: v + c), y0 + c, [(t, y + c)])
    assert (one.linear.status, one.linear.lead) == (two.linear.status, two.linear.lead)


@given(targets(), values, years, values, st.integers(-50, 50))
def test_07_shifting_all_years_changes_nothing(target, y0, t, y, s):
    one = judge(target, y0, [(t, y)])
    two = judge(target, y0, [(t + s, y)], B + s, T + s)
    assert (one.linear, one.cagr, one.final_verdict) == (two.linear, two.cagr, two.final_verdict)


@given(targets(), values, years, values)
def test_08_mirror_leaves_the_linear_method_unchanged(target, y0, t, y):
    flipped = "down" if target.direction == "up" else "up"
    low, high = (None, None) if target.low is None else (-target.high, -target.low)
    mirror = TargetRule(target.type, flipped, None if target.value is None else -target.value, low, high)
    one, two = judge(target, y0, [(t, y)]), judge(mirror, -y0, [(t, -y)])
    assert (one.linear.status, one.linear.lead) == (two.linear.status, two.linear.lead)


@given(st.integers(-500, 500), st.integers(1, 100), directions, st.integers(B + 1, T - 1))
def test_09_on_the_path_the_lead_is_exactly_one(y0, step, direction, t):
    way = 5 * step * (1 if direction == "up" else -1)
    result = judge(make("point", direction, D(y0 + way)), D(y0), [(t, D(y0 + way * (t - B) // 5))])
    assert (result.linear.lead, result.linear.status) == (1, "on_schedule")


@given(directions, positive, positive, positive)
def test_10_at_the_end_both_ratios_agree_with_the_target(direction, goal, y0, y):
    target = make("point", direction, goal)
    assume(not target.met(y0))
    result = judge(target, y0, [(T, y)])
    # Growth ratios are rounded to ten decimals: a value nearer than that is not told apart.
    assume(y == goal or abs(result.cagr.ratio - 1) > D("1e-9"))
    assert (result.linear.lead >= 1) == (result.cagr.ratio >= 1) == target.met(y)


@given(directions, positive, positive, st.integers(B + 1, T - 1))
def test_11_no_change_is_behind_and_insufficient(direction, goal, y0, t):
    target = make("point", direction, goal)
    assume(not target.met(y0))
    result = judge(target, y0, [(t, y0)])
    assert (result.linear.status, result.cagr.status) == ("behind", "insufficient")


@given(directions, positive, positive, positive, st.integers(B + 1, T - 1))
def test_12_the_methods_never_disagree_on_the_sign(direction, goal, y0, y, t):
    target = make("point", direction, goal)
    assume(not target.met(y0))
    result = judge(target, y0, [(t, y)])
    lead, ratio = result.linear.lead, result.cagr.ratio
    # A growth of less than 1e-10 is written as zero.
    assume(abs(ratio - 1) > D("1e-9") and (ratio != 0 or lead == 0))
    assert (lead > 0) == (ratio > 0)
    assert (lead < 0) == (ratio < 0)
    if direction == "up" and lead >= 1:
        assert ratio >= 1
    if direction == "down" and ratio >= 1:
        assert lead >= 1


@given(directions, values, values)
def test_13_strict_differs_from_inclusive_at_the_bound_alone(direction, goal, y):
    strict, point = make("strict", direction, goal).met(y), make("point", direction, goal).met(y)
    assert not strict or point
    assert (strict != point) == (y == goal)


@given(directions, values, values, years, values, positive)
def test_14_range_of_one_value_is_a_point_and_a_lower_floor_never_worse(direction, goal, y0, t, y, less):
    point, single = make("point", direction, goal), TargetRule("range_floor", direction, low=goal, high=goal)
    assert judge(point, y0, [(t, y)]).linear == judge(single, y0, [(t, y)]).linear
    wide = judge(TargetRule("range_floor", "up", low=goal - less, high=goal + less), y0, [(t, y)])
    narrow = judge(TargetRule("range_floor", "up", low=goal, high=goal + less), y0, [(t, y)])
    assert rank(wide) >= rank(narrow)
    assert FINAL_ORDER.index(wide.final_verdict) >= FINAL_ORDER.index(narrow.final_verdict)


parts = st.lists(st.tuples(targets(), st.none() | values, years, values), min_size=1, max_size=4)


@given(parts, st.randoms(use_true_random=False))
def test_15_compound_keeps_order_out_and_never_improves(rows, random):
    results = [judge(target, y0, [(t, y)]) for target, y0, t, y in rows]
    whole = assess_compound(results)
    mixed = results[:]
    random.shuffle(mixed)
    assert assess_compound(mixed) == whole
    alone, one = assess_compound(results[:1]), results[0]
    assert (alone.linear_status, alone.cagr_status, alone.final_verdict) == (
        one.linear.status,
        one.cagr.status,
        one.final_verdict,
    )
    for number in range(1, len(results)):
        fewer, more = assess_compound(results[:number]), assess_compound(results[: number + 1])
        assert FINAL_ORDER.index(more.final_verdict) <= FINAL_ORDER.index(fewer.final_verdict)
        for name, order in (("linear_status", LINEAR_ORDER), ("cagr_status", CAGR_ORDER)):
            before, after = getattr(fewer, name), getattr(more, name)
            if before in order and after in order:
                assert order.index(after) <= order.index(before)


@given(targets(), values, values, values, years, values)
def test_16_final_verdict_depends_on_the_target_year_alone(target, y0, other, y, t, earlier):
    one = judge(target, y0, [(t, earlier), (T, y)])
    two = judge(target, other, [(T, y)])
    assert one.final_verdict == two.final_verdict


@given(
    targets(),
    values,
    st.lists(st.tuples(years, values), min_size=1, max_size=5, unique_by=lambda row: row[0]),
)
def test_17_only_the_latest_figure_counts_in_any_order(target, y0, figures):
    one, two = judge(target, y0, figures), judge(target, y0, [max(figures)])
    assert (one.linear, one.cagr) == (two.linear, two.cagr)
    assert judge(target, y0, figures[::-1]) == one


@given(targets(), values, years, values)
def test_18_the_provisional_mark_changes_no_number(target, y0, t, y):
    one, two = judge(target, y0, [(t, y)]), judge(target, y0, [(t, y, "preliminary")])
    assert (one.linear, one.cagr) == (two.linear, two.cagr)
    assert (one.provisional, two.provisional) == (False, True)


huge = st.decimals(allow_nan=False, allow_infinity=False, min_value=D("-1e29"), max_value=D("1e29"))


@given(
    targets(every_type, huge),
    st.none() | huge,
    st.lists(st.tuples(st.integers(2000, 2040), huge), max_size=4),
)
def test_19_every_finite_input_has_a_status_or_a_reason(target, y0, figures):
    result = judge(target, y0, figures)
    assert result.linear.status in LINEAR_ORDER or result.linear.reason
    assert result.cagr.status in CAGR_ORDER or result.cagr.reason
    assert result.final_verdict in FINAL_ORDER
    assert result.cagr.ratio is None or result.cagr.ratio.is_finite()


@given(st.integers(-5, 0))
def test_19_target_year_not_after_the_base_is_refused(early):
    with pytest.raises(InvalidInput):
        judge(make("point", "up", D(1)), D(0), [], B, B + early)


@given(targets(), values, st.lists(st.tuples(years, values), max_size=4))
def test_20_judging_twice_gives_the_same(target, y0, figures):
    assert judge(target, y0, figures) == judge(target, y0, figures)


@given(st.lists(st.sampled_from(FINAL_ORDER)))
def test_21_counts_stay_within_the_total(words):
    counts = count_final(words)
    assert 0 <= counts.achieved <= counts.achieved + counts.undecided <= counts.total
    assert counts.low <= counts.high <= 1


@given(st.integers(1, 400), directions, st.sampled_from([F(3, 5), F(19, 20), F(21, 20)]))
def test_22_linear_method_is_exact_at_its_cutoffs(scale, direction, lead):
    sign = 1 if direction == "up" else -1
    y0, way = D(1000), D(sign * scale * 100)
    y = y0 + way * D(lead.numerator) / D(lead.denominator) * 2 / 5
    just_less = y - sign * D("1e-20")
    target = make("point", direction, y0 + way)
    one, two = judge(target, y0, [(2022, y)]), judge(target, y0, [(2022, just_less)])
    assert one.linear.lead == lead
    assert rank(two) < rank(one)


@given(targets(), values, values, values)
def test_23_attained_and_lost_is_never_achieved(target, y0, good, bad):
    assume(target.met(good) != target.met(bad))
    good, bad = (good, bad) if target.met(good) else (bad, good)
    result = judge(target, y0, [(2023, good), (T, bad)])
    assert (result.final_verdict, result.linear.status, result.first_attained_year) == (
        "not_achieved",
        "missed",
        2023,
    )


@given(targets(), values, st.integers(B + 1, T - 1), values)
def test_24_without_growth_rates_the_linear_method_still_judges(target, y0, t, y):
    assume(target.yardstick(y0) != y0)
    result = judge(target, y0, [(t, y)])
    if result.cagr.status == "not_assessable":
        assert result.linear.status in LINEAR_ORDER

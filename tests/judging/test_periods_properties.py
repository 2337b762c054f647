"""What holds of bounds and of targets about the whole period, each searched for a counter-example."""

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from judging.progress import assess
from judging.statements import Figure
from judging.terms import ACCUMULATIONS, CAGR_ORDER, FINAL_ORDER, LINEAR_ORDER, InvalidInput, TargetRule
from tests.judging.test_progress_properties import B, T, directions, make, positive, targets, values

settings.register_profile("periods", max_examples=150, deadline=None, derandomize=True)
settings.load_profile("periods")

every_type = st.sampled_from(["point", "strict", "range_floor", "range_inside"])
statuses = st.sampled_from(["final", "preliminary", "estimated", "revised"])
precisions = st.sampled_from(["exact", "lower_bound", "upper_bound"])
some_years = st.integers(B - 1, T + 1)
flows = st.lists(values, min_size=T - B, max_size=T - B)


@st.composite
def statements(draw, years=some_years, numbers=values):
    precision = draw(precisions)
    exclusive = precision != "exact" and draw(st.booleans())
    return Figure(draw(years), draw(numbers), draw(statuses), precision, exclusive)


def judge(target, figures, accumulation="level", y0=None, path=None):
    return assess(
        base_year=B,
        base_value=y0,
        target_year=T,
        target=target,
        observations=figures,
        accumulation=accumulation,
        path=path,
    )


def yearly(numbers):
    return [Figure(year, value) for year, value in enumerate(numbers, B + 1)]


def could_be(said, y):
    edge = said.value if said.value is not None else D(0)
    if said.precision == "lower_bound":
        return y > edge if said.exclusive else y >= edge
    return y < edge if said.exclusive else y <= edge


@given(targets(every_type), statements(st.just(T)), values)
def test_what_a_bound_decides_holds_of_every_value_it_leaves_possible(target, said, y):
    assume(said.is_bound and could_be(said, y))
    verdict = judge(target, [said]).final_verdict

    if verdict != "pending":
        exact = judge(target, [Figure(T, y, said.status)])
        assert verdict == exact.final_verdict
        assert judge(target, [said]).linear.status == exact.linear.status


@given(targets(), statements(st.just(T)))
def test_an_open_bound_leaves_room_for_both(target, said):
    """Of a value at such a bound and one far beyond it, one meets the target and the other does not."""
    assume(said.is_bound and judge(target, [said]).final_verdict == "pending")
    far = D(10) ** 6 * (1 if said.precision == "lower_bound" else -1)
    near = said.value + (D("1e-9") if said.precision == "lower_bound" else D("-1e-9")) * said.exclusive

    assert {target.met(near), target.met(far)} == {True, False}


@given(targets(every_type), st.lists(statements(st.just(T)), min_size=2, max_size=4), st.randoms())
def test_bounds_of_a_year_hold_together_in_any_order(target, said, random):
    bounds = [row for row in said if row.is_bound]
    mixed = bounds[:]
    random.shuffle(mixed)

    one, two = judge(target, bounds), judge(target, mixed)
    assert (one.linear, one.final_verdict, one.provisional) == (two.linear, two.final_verdict, two.provisional)


@given(targets(every_type), values, statements(st.just(T)))
def test_an_exact_statement_counts_alone(target, y, said):
    assume(said.is_bound)
    assert (
        judge(target, [said, Figure(T, y)]) == judge(target, [Figure(T, y)]) == judge(target, [Figure(T, y), said])
    )


@given(targets(), flows)
def test_a_sum_is_its_flows_added_up_as_a_running_total_from_nothing(target, numbers):
    totals = [sum(map(F, numbers[: place + 1])) for place in range(len(numbers))]
    found = judge(target, yearly(numbers), "sum")
    running = [Figure(year, D(total.numerator) / D(total.denominator)) for year, total in enumerate(totals, B + 1)]
    as_level = judge(target, running, "cumulative", y0=D(0))

    assert found.compared == totals[-1]
    assert (found.linear, found.final_verdict) == (as_level.linear, as_level.final_verdict)


@given(targets(), values, st.integers(1, T - B))
def test_a_mean_of_equal_years_is_judged_by_that_value_and_never_reached_early(target, value, known):
    found = judge(target, yearly([value] * known), "mean")

    if known == T - B:
        assert (found.linear.status == "achieved") == target.met(value)
    else:
        assert found.linear.status != "achieved"
        assert found.final_verdict == "pending"


@given(targets(), flows, st.randoms())
def test_sum_and_mean_do_not_ask_in_which_year_it_was(target, numbers, random):
    mixed = numbers[:]
    random.shuffle(mixed)

    for kind in ("sum", "mean"):
        one, two = judge(target, yearly(numbers), kind), judge(target, yearly(mixed), kind)
        assert (one.linear, one.final_verdict, one.compared) == (two.linear, two.final_verdict, two.compared)


@given(targets(), flows, st.integers(0, T - B - 1))
def test_needed_each_year_brings_a_sum_and_a_mean_exactly_to_the_target(target, numbers, known):
    assume(known > 0)
    for kind in ("sum", "mean"):
        needed = judge(target, yearly(numbers[:known]), kind).outlook.needed_each_year
        total = sum(map(F, numbers[:known])) + needed * (T - B - known)
        assert (total if kind == "sum" else total / (T - B)) == target.yardstick()


@given(st.sampled_from(["point", "strict"]), directions, positive, st.integers(-90, 200), positive)
def test_growth_is_the_level_it_means(kind, direction, y0, rate, y):
    target, level = make(kind, direction, D(rate)), make(kind, direction, y0 * (100 + rate) / 100)
    found, as_level = judge(target, [Figure(2023, y)], "growth", y0), judge(level, [Figure(2023, y)], y0=y0)

    assert (found.linear, found.cagr, found.final_verdict) == (
        as_level.linear,
        as_level.cagr,
        as_level.final_verdict,
    )


@given(directions, positive, st.integers(-40, 60), st.integers(B + 1, T))
def test_on_the_compound_path_the_lead_is_exactly_one(direction, y0, rate, t):
    assume(rate > 0 if direction == "up" else rate < 0)
    y = y0 * (1 + D(rate) / 100) ** (t - B)
    assume(F(y) == F(y0) * (1 + F(rate, 100)) ** (t - B))
    found = judge(make("point", direction, D(rate)), [Figure(t, y)], "annual_growth", y0)

    assert found.linear.lead == 1
    assert found.linear.status == ("achieved" if t == T else "on_schedule")


@given(targets(every_type), st.lists(values, min_size=1, max_size=5))
def test_one_year_lost_is_lost_for_good(target, numbers):
    found = judge(target, yearly(numbers), "every_year")
    met = [target.met(value) for value in numbers]

    assert (found.linear.status == "missed") == (not all(met)) == (found.final_verdict == "not_achieved")
    assert (found.final_verdict == "achieved") == (all(met) and len(numbers) == T - B)


@given(targets(), values, values, st.integers(B + 1, T))
def test_a_straight_path_is_no_other_path(target, y0, y, t):
    star = target.yardstick(y0)
    assume(not target.met(y0) and star != y0)
    straight = {year: y0 + (star - y0) * (year - B) / (T - B) for year in (2022, 2024)}
    assume(all(F(v) == F(y0) + (F(star) - F(y0)) * F(year - B, T - B) for year, v in straight.items()))

    assert judge(target, [Figure(t, y)], y0=y0, path=straight) == judge(target, [Figure(t, y)], y0=y0)


@given(st.sampled_from(["point", "strict"]), directions, positive, positive, values, values)
def test_on_a_planned_value_the_lead_is_one_or_it_stands_at_the_base(kind, direction, goal, y0, planned, other):
    target = make(kind, direction, goal)
    assume(not target.met(y0) and goal != y0 and not target.met(planned))
    found = judge(target, [Figure(2022, planned)], y0=y0, path={2022: planned, 2024: other})

    assert found.linear.status == "on_schedule"
    assert found.linear.lead in (1, None)
    assert (found.linear.reason == "path_at_baseline") == (found.linear.lead is None)


@given(
    st.sampled_from(ACCUMULATIONS),
    targets(every_type),
    st.none() | values,
    st.lists(statements(), max_size=6),
    st.dictionaries(st.integers(B + 1, T - 1), values, max_size=3),
)
def test_every_input_has_a_status_or_a_reason(kind, target, y0, said, path):
    assume(target.type != "range_inside" or kind in ("level", "cumulative", "every_year"))
    found = judge(target, said, kind, y0, path if kind == "level" else None)

    assert found.linear.status in LINEAR_ORDER or found.linear.reason
    assert found.cagr.status in CAGR_ORDER or found.cagr.reason
    assert found.final_verdict in FINAL_ORDER
    assert found.basis == (None if found.latest is None or found.goal is None else found.basis)
    if found.basis == "bound":
        numbers = (found.linear.progress, found.linear.lead, found.linear.expected, found.cagr.ratio)
        assert numbers == (None,) * 4


@given(st.lists(st.tuples(st.integers(B - 2, T + 1), st.sampled_from([D(0), D(1)]), statuses), max_size=5))
def test_done_once_is_done(rows):
    found = judge(TargetRule("done"), [Figure(*row) for row in rows])
    said = {year: value for year, value, _ in rows if year <= T}

    assert found.final_verdict.endswith("achieved") == (1 in said.values() or T in said)
    assert (found.linear.status == "achieved") == (1 in said.values())


@pytest.mark.parametrize(
    ("target", "kind", "path", "field"),
    [
        (make("range_inside", "up", D(1), D(2)), "sum", None, "target.type"),
        (make("range_inside", "up", D(1), D(2)), "mean", None, "target.type"),
        (make("range_inside", "up", D(1), D(2)), "growth", None, "target.type"),
        (make("range_inside", "up", D(1), D(2)), "annual_growth", None, "target.type"),
        (make("point", "up", D(1)), "mean", {2021: D(1)}, "path"),
        (make("point", "up", D(1)), "level", {B: D(1)}, "path"),
        (make("point", "up", D(1)), "level", {T: D(1)}, "path"),
        (TargetRule("done"), "sum", None, "accumulation"),
        (TargetRule("done"), "level", {2021: D(1)}, "path"),
    ],
)
def test_kinds_that_do_not_go_together_are_refused_by_name(target, kind, path, field):
    with pytest.raises(InvalidInput) as error:
        judge(target, [], kind, path=path)

    assert error.value.field == field


def test_a_base_year_is_asked_for_where_years_are_counted():
    for kind in ("sum", "mean", "every_year"):
        with pytest.raises(InvalidInput) as error:
            assess(
                base_year=None,
                base_value=None,
                target_year=T,
                target=make("point", "up", D(1)),
                observations=[],
                accumulation=kind,
            )
        assert error.value.field == "base_year"


def test_bounds_that_contradict_each_other_say_nothing():
    rows = [Figure(T, D(30), precision="lower_bound"), Figure(T, D(20), precision="upper_bound")]
    found = judge(make("point", "up", D(25)), rows)

    assert (found.final_verdict, found.linear.reason, found.open_years) == ("pending", "bound_open", (T,))
    assert found.known[0].is_contradictory


def test_a_firm_bound_is_not_made_provisional_by_a_preliminary_one():
    firm = Figure(T, D(26000), precision="lower_bound")
    early = replace(firm, status="preliminary")
    target = make("strict", "up", D(22000))

    assert judge(target, [early]).final_verdict == "provisional_achieved"
    assert judge(target, [early, firm]).final_verdict == "achieved"

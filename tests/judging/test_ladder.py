"""The ladder of states: each judgement comes to exactly one, and to the one a reader would expect."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.ladder import FINAL, LINEAR, WORST_FIRST, IndicatorState, is_known, state_of, state_of_all
from judging.progress import assess
from judging.statements import Figure
from judging.terms import ACCUMULATIONS, FINAL_ORDER, LINEAR_ORDER, TargetRule
from tests.judging.test_periods_properties import every_type
from tests.judging.test_progress_properties import B, T, targets

UP = TargetRule("point", "up", value=D(200))


def judged(figures, *, base="100", target=UP, accumulation="level"):
    return assess(
        base_year=B,
        base_value=None if base is None else D(base),
        target_year=T,
        target=target,
        observations=figures,
        accumulation=accumulation,
    )


def figure(year, value, status="final", precision="exact"):
    return Figure(year, D(value), status, precision)


def test_the_ladder_has_a_place_for_every_word_of_the_methods():
    assert set(WORST_FIRST) == set(IndicatorState)
    assert set(FINAL) == set(FINAL_ORDER) - {"pending"}
    assert set(LINEAR) == set(LINEAR_ORDER)


@pytest.mark.parametrize(
    ("figures", "base", "state"),
    [
        ([], "100", IndicatorState.NO_DATA),
        ([(2020, "150")], "100", IndicatorState.NO_DATA),
        ([(2023, "210")], "100", IndicatorState.REACHED),
        ([(2023, "170")], "100", IndicatorState.AHEAD),
        ([(2023, "160")], "100", IndicatorState.ON_SCHEDULE),
        ([(2023, "150")], "100", IndicatorState.SLIGHTLY_BEHIND),
        ([(2023, "120")], "100", IndicatorState.BEHIND),
        ([(2023, "90")], "100", IndicatorState.BEHIND),
        ([(2023, "150")], None, IndicatorState.NOT_YET),
        ([(2023, "210")], None, IndicatorState.REACHED),
        ([(2023, "210"), (2025, "190")], "100", IndicatorState.MISSED),
        ([(2025, "190", "preliminary")], None, IndicatorState.MISSED),
        ([(2025, "200", "estimated")], None, IndicatorState.REACHED),
        # What is published only of a later year says nothing of the target's.
        ([(2026, "300")], "100", IndicatorState.NO_DATA),
        # “At least 150” leaves it open whether 200 was reached; “at least 210” does not.
        ([(2023, "150", "final", "lower_bound")], None, IndicatorState.NO_DATA),
        ([(2023, "210", "final", "lower_bound")], None, IndicatorState.REACHED),
        ([(2025, "190", "final", "upper_bound")], None, IndicatorState.MISSED),
    ],
)
def test_what_was_published_comes_to_a_state(figures, base, state):
    assert state_of(judged([figure(*row) for row in figures], base=base)) == state


def test_the_final_verdict_leads_once_there_is_one():
    early = [figure(2022, "210")]

    assert state_of(judged(early)) == IndicatorState.REACHED
    assert state_of(judged([*early, figure(2025, "150")])) == IndicatorState.MISSED


def test_a_range_that_was_passed_is_not_reached_and_not_late():
    inside = TargetRule("range_inside", low=D(120), high=D(130))

    assert state_of(judged([figure(2023, "140")], target=inside)) == IndicatorState.NOT_YET


def test_a_thing_not_yet_there_is_not_yet_there():
    done = TargetRule("done")

    assert state_of(judged([], base=None, target=done)) == IndicatorState.NO_DATA
    assert state_of(judged([figure(2023, "0")], base=None, target=done)) == IndicatorState.NOT_YET
    assert state_of(judged([figure(2023, "1")], base=None, target=done)) == IndicatorState.REACHED
    assert state_of(judged([figure(2025, "0")], base=None, target=done)) == IndicatorState.MISSED


def test_one_year_lost_is_lost_at_once():
    yearly = [figure(2021, "210"), figure(2022, "190")]

    assert state_of(judged(yearly[:1], accumulation="every_year")) == IndicatorState.ON_SCHEDULE
    assert state_of(judged(yearly, accumulation="every_year")) == IndicatorState.MISSED


def test_a_growth_without_a_base_cannot_be_placed():
    assert state_of(judged([figure(2023, "150")], base=None, accumulation="growth")) == IndicatorState.NO_DATA


def test_an_unknown_part_hides_what_is_not_lost():
    reached, missed, silent = (
        judged([figure(2025, "210")]),
        judged([figure(2025, "190")]),
        judged([]),
    )
    far = judged([figure(2023, "150")], base=None)

    assert state_of_all([reached, silent]) == IndicatorState.NO_DATA
    assert state_of_all([reached, far]) == IndicatorState.NOT_YET
    assert state_of_all([silent, far]) == IndicatorState.NO_DATA
    assert state_of_all([missed, silent]) == IndicatorState.MISSED
    assert state_of_all([reached, reached]) == IndicatorState.REACHED


figures = st.builds(
    Figure,
    st.integers(B - 1, T + 1),
    st.decimals(min_value=-1000, max_value=1000, places=3),
    st.sampled_from(["final", "preliminary", "estimated", "revised"]),
    st.sampled_from(["exact", "lower_bound", "upper_bound"]),
)
bases = st.none() | st.decimals(min_value=-1000, max_value=1000, places=3)


@given(targets(every_type), st.lists(figures, max_size=6), bases, st.sampled_from(ACCUMULATIONS))
def test_every_judgement_has_one_state_and_no_other_figure_no_data(target, said, base, accumulation):
    part = assess(
        base_year=B,
        base_value=base,
        target_year=T,
        target=target,
        observations=said,
        accumulation="level" if target.type == "range_inside" else accumulation,
    )

    state = state_of(part)

    assert state in IndicatorState
    assert state_of_all([part]) == state
    assert state != IndicatorState.NO_DATA or not (is_known(part) and part.linear.status != "not_assessable")
    # Whatever state is said rests on something published of the period.
    assert state == IndicatorState.NO_DATA or part.latest is not None
    # A final verdict is never contradicted.
    assert FINAL.get(part.final_verdict, state) == state


@given(st.lists(st.lists(figures, max_size=3), min_size=1, max_size=4))
def test_more_parts_never_make_an_indicator_better(parts):
    judgements = [judged(said) for said in parts]

    whole = state_of_all(judgements)

    assert whole != IndicatorState.REACHED or all(state_of(part) == IndicatorState.REACHED for part in judgements)
    assert IndicatorState.MISSED not in map(state_of, judgements) or whole == IndicatorState.MISSED

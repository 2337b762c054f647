"""The sentence: every indicator in exactly one clause, whatever the plan; the ladder's words; honest asides."""

import re
from datetime import date
from fractions import Fraction

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from indicators.headline import headline
from indicators.models import Component, Target
from indicators.queries import overview
from indicators.shown.states import FigureMark, Standpoint
from indicators.shown.summary import SAID, Member, sentence, summary
from judging.ladder import IndicatorState
from plan.badges import INDICATOR_WORDS
from tests.factories import make_component, make_observation, make_plan

DAY = date(2026, 11, 28)


@st.composite
def members(draw) -> Member:
    state = draw(st.sampled_from(IndicatorState))
    is_known = state != IndicatorState.NO_DATA
    marks = tuple(draw(st.sets(st.sampled_from(FigureMark)))) if is_known else ()
    reasons = ("no_baseline",) if draw(st.booleans()) else ()
    stand = Standpoint(state, draw(st.integers(2015, 2025)) if is_known else None, False, marks, reasons)
    share = draw(st.none() | st.fractions(0, 200)) if is_known else None
    return Member(stand, share, is_silent=not is_known and draw(st.booleans()))


some = st.one_of(*(st.lists(members(), min_size=n, max_size=n) for n in (0, 1, 3, 8, 20)))


@given(some)
def test_every_indicator_is_in_exactly_one_clause(given):
    told = sentence(given)

    assert sum(clause.number for clause in told.clauses) == told.total == len(given)
    assert len({clause.state for clause in told.clauses}) == len(told.clauses)
    for clause in told.clauses:
        assert clause.number == sum(one.stand.state == clause.state for one in given) > 0


@given(some)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_said_adds_up_as_a_reader_reads_it(language, given):
    with override(language):
        text = str(sentence(given))

    bare = re.sub(r"（[^）]*）| \([^)]*\)", "", text)
    if not given:
        assert not re.search(r"\d", bare)
        return
    total, clauses = re.split("：|: ", bare.rstrip("。."), maxsplit=1)
    # A share is followed by its sign; every other number that begins a clause counts indicators.
    numbers = [int(found) for found in re.findall(r"(?:^|[，,] ?)(\d+)(?= 项| [a-z])", clauses)]
    assert int(re.match(r"\d+", total).group()) == sum(numbers) == len(given)


@given(st.lists(members(), max_size=20))
def test_an_aside_counts_no_more_than_its_clause_holds(given):
    for clause in sentence(given).clauses:
        counted = [int(found) for found in re.findall(r"(\d+) 项", clause.aside)]
        assert all(0 < number < clause.number for number in counted)


@given(st.lists(members(), max_size=20))
def test_the_order_of_indicators_changes_no_number(given):
    assert [(clause.state, clause.number) for clause in sentence(given).clauses] == [
        (clause.state, clause.number) for clause in sentence(given[::-1]).clauses
    ]


@pytest.mark.parametrize("state", IndicatorState)
def test_a_clause_says_the_word_of_the_ladder(state):
    assert SAID[state] % {"n": 2} == f"2 项{INDICATOR_WORDS[state]}"
    (clause,) = sentence([Member(Standpoint(state, 2024))]).clauses
    assert clause.state == state


def stand(state, year=2024, *marks, reasons=()):
    return Standpoint(IndicatorState(state), year, False, tuple(FigureMark(mark) for mark in marks), reasons)


def test_the_sentence_as_it_is_read():
    given = [
        *[Member(stand("reached"))] * 3,
        Member(stand("reached", 2025, "preliminary")),
        Member(stand("not_yet", reasons=("no_baseline",)), Fraction(5000, 70)),
        Member(stand("not_yet", reasons=("no_baseline",)), Fraction(9199, 100)),
        *[Member(Standpoint(IndicatorState.NO_DATA), is_silent=True)] * 2,
    ]

    assert str(sentence(given)) == (
        "8 项主要指标：4 项已达目标（1 项初步），2 项为目标的 91 %、71 %（无基期），2 项从未公布。"
    )
    with override("en"):
        assert str(sentence(given)) == (
            "8 main indicators: 4 have met their targets (1 preliminary), "
            "2 are at 91% and 71% of their targets (no baseline), 2 were never published."
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "规划表中还没有主要指标。"),
        ([Member(stand("missed"))], "1 项主要指标：1 项未达目标。"),
        ([Member(stand("reached", 2021, "estimated", "stale"))], "1 项主要指标：1 项已达目标（按 2021 年推算）。"),
        (
            [
                Member(Standpoint(IndicatorState.NO_DATA), is_silent=True),
                Member(Standpoint(IndicatorState.NO_DATA)),
            ],
            "2 项主要指标：2 项暂无数据（1 项从未公布）。",
        ),
        # Years follow each other, except where the shares they belong to are named.
        (
            [Member(stand("ahead", year, "stale")) for year in (2023, 2021, 2022)],
            "3 项主要指标：3 项快于预期（按 2021、2022、2023 年数据）。",
        ),
        # Where more is not better, a share of the target says nothing.
        ([Member(stand("not_yet"))], "1 项主要指标：1 项尚未达到。"),
        # 99.99 per cent is not all of it; of many the ends are enough.
        ([Member(stand("not_yet"), Fraction(9999, 100))], "1 项主要指标：1 项为目标的 99 %。"),
        (
            [Member(stand("not_yet"), Fraction(share)) for share in (50, 80, 60, 70)],
            "4 项主要指标：4 项为目标的 50–80 %。",
        ),
    ],
)
def test_what_the_sentence_says_of_few_and_of_many(given, said):
    assert str(sentence(given)) == said


@pytest.mark.django_db
def test_an_indicator_of_two_parts_is_counted_once_by_its_worse_part():
    plan = make_plan()
    first = make_component(plan, base=None)
    second = Component.objects.create(indicator=first.indicator, code="I-01.2", name="二", order=1)
    Target.objects.create(component=second, version=1, type="point", value=100, year=2025, text="100")
    make_observation(first, 2024, "180", released="2025-03-01")
    make_observation(second, 2024, "80", released="2025-03-01")

    found = overview(plan, DAY)

    assert str(summary(found.tabled)) == "1 项主要指标：1 项为目标的 80 %（无基期）。"
    (cell,) = headline(found).cells
    assert (cell.value, cell.goal, cell.badge.key, cell.since) == ("180、80", "≥ 200、≥ 100", "not_yet", "2024")


@pytest.mark.django_db
def test_cells_mark_what_is_old_preliminary_or_late():
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2021, "250", released="2022-03-01", value_status="estimated")
    make_observation(make_component(plan, "I-02"), 2025, "250", released="2026-03-01", value_status="preliminary")
    make_component(plan, "I-03")

    told = headline(overview(plan, DAY))

    assert [
        (cell.value, cell.since, cell.is_old, cell.badge.is_hollow, bool(cell.late)) for cell in told.cells
    ] == [
        ("250", "2021 推算", True, True, True),
        ("250", "2025 初", False, True, False),
        ("", "", False, False, True),
    ]
    assert told.second == "2025 年期末数据已公布 1/3 项，2 项应于 2026-06-30 前公布，已逾期 151 天。"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-12-31", "2025 年期末数据已公布 0/2 项，最早的应于 2026-06-30 前公布。"),
        ("2026-12-31", "2025 年期末数据已公布 1/2 项，1 项应于 2026-06-30 前公布，已逾期 184 天。"),
    ],
)
def test_the_second_line_says_when_the_last_figures_are_due(day, said):
    plan = make_plan()
    make_observation(make_component(plan, "I-01"), 2025, "110", released="2026-03-01")
    make_component(plan, "I-02")

    assert headline(overview(plan, date.fromisoformat(day))).second == said


@pytest.mark.django_db
def test_a_plan_without_indicators_has_no_second_line():
    told = headline(overview(make_plan(), DAY))

    assert (str(told.sentence), told.second, told.cells) == ("规划表中还没有主要指标。", "", [])

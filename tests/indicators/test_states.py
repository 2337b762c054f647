"""The one word for how an indicator stands: what it rests on is told with it, marked where it looks too sure."""

from datetime import date

import pytest

from indicators.models import Component, Target
from indicators.queries import overview, read_overview
from indicators.shown.states import FigureMark, standpoint, state_badge
from judging.ladder import IndicatorState
from tests.factories import make_component, make_observation, make_plan

pytestmark = pytest.mark.django_db


def stand(figures, *, day="2026-06-30", base="100", **fields):
    """Where an indicator stands with (year, value, status) figures, each released in the March after."""
    plan = make_plan()
    component = make_component(plan, base=base, **fields)
    for year, value, status in figures:
        make_observation(component, year, value, released=f"{year + 1}-03-01", value_status=status)
    return overview(plan, date.fromisoformat(day)).by_code["I-01"]


def test_the_year_of_the_latest_figure_stands_with_the_word_until_the_last_year_decides():
    early = standpoint(stand([(2024, "210", "final")]))

    assert (early.state, early.year, early.is_final, early.marks) == (IndicatorState.REACHED, 2024, False, ())


def test_once_decided_no_year_is_needed():
    badge = state_badge(stand([(2025, "210", "final")]))

    assert (badge.word, badge.year, badge.marks, badge.is_hollow) == ("已达目标", None, (), False)
    assert badge.why == "按 2025 年数据，期末已定"


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ([(2025, "210", "preliminary")], "已达目标（初）"),
        ([(2025, "190", "preliminary")], "未达目标（初）"),
        ([(2025, "210", "estimated")], "已达目标（推算）"),
        ([(2021, "210", "estimated")], "已达目标（推算，陈旧 2021）"),
        ([(2021, "101", "final")], "滞后（陈旧 2021）"),
        ([(2024, "150", "preliminary")], "偏慢（2024，初）"),
        ([(2024, "180", "final")], "符合预期（2024）"),
        ([(2024, "190", "revised")], "快于预期（2024）"),
        ([], "暂无数据"),
    ],
)
def test_a_figure_less_sure_than_it_looks_is_marked(figures, text):
    found = stand(figures)

    assert state_badge(found).text == text
    assert state_badge(found).is_hollow == any(mark in text for mark in ("初", "推算", "陈旧"))


def test_without_a_base_only_the_distance_is_known_and_the_tip_says_why():
    badge = state_badge(stand([(2024, "150", "final")], base=None))

    assert (badge.text, badge.key) == ("尚未达到（2024）", "not_yet")
    assert badge.why == "按最近公布的 2024 年数据；规划没有给出基期值，不能计算序时进度"


def test_a_bound_is_marked_and_as_sure_as_any_figure():
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2024, "210", released="2025-03-01", precision="lower_bound")
    found = overview(plan, date(2025, 6, 30)).by_code["I-01"]

    assert standpoint(found).marks == (FigureMark.LOWER_BOUND,)
    assert (state_badge(found).text, state_badge(found).is_hollow) == ("已达目标（2024，下限）", False)


def test_an_indicator_of_two_parts_has_the_marks_of_the_part_that_gave_it_its_state():
    plan = make_plan()
    first = make_component(plan)
    second = Component.objects.create(indicator=first.indicator, code="I-01.2", name="二", order=1)
    Target.objects.create(component=second, version=1, type="point", value=50, year=2025, text="50")
    make_observation(first, 2025, "210", released="2026-03-01", value_status="preliminary")

    assert standpoint(read(plan)).state == IndicatorState.NO_DATA
    assert standpoint(read(plan)).marks == ()

    make_observation(second, 2025, "40", released="2026-03-01")

    assert state_badge(read(plan)).text == "未达目标"


def read(plan):
    plan.refresh_from_db()
    return read_overview(plan, date(2026, 6, 30)).by_code["I-01"]

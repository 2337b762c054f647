"""What the derivation says of a component: every heading has something under it, nothing absurd, nothing wrong."""

from datetime import date, timedelta

import pytest

from indicators.derivation import Places, derive
from indicators.queries import read_overview
from indicators.wording import completion_words
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

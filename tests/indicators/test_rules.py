"""The rule in force by the day: what the settings ask for holds from the day it is first seen."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from audit.models import AuditEvent
from indicators.models import RuleInForce, VerdictChange
from indicators.queries import overview, read_overview
from indicators.services import audit_verdicts, recompute
from tests.factories import make_component, make_observation, make_plan

BEFORE, CHANGED, AFTER = date(2023, 6, 30), date(2024, 1, 1), date(2024, 2, 1)
STRICT = {"ahead": Decimal("1.5"), "on_schedule": Decimal("1.2"), "slightly_behind": Decimal("0.60")}


@pytest.fixture
def component(db):
    """100 in 2020, 200 wanted in 2025, 142 in 2022: progress ratio 1.05, just ahead."""
    component = make_component(make_plan())
    make_observation(component, 2022, "142", released="2023-01-01")
    return component


@pytest.fixture
def plan(component):
    return component.indicator.plan


def rows(plan):
    return list(
        RuleInForce.objects.filter(plan=plan).values_list("since", "ahead", "on_schedule", "slightly_behind")
    )


def usual(since):
    return (since, Decimal("1.05"), Decimal("0.95"), Decimal("0.60"))


def test_first_rule_holds_since_the_plan_was_published(plan):
    recompute(plan, as_of=BEFORE, cause="test")

    assert rows(plan) == [usual(plan.published_on)]
    assert recompute(plan, as_of=AFTER, cause="again").written == 0
    assert len(rows(plan)) == 1


def test_changed_cut_offs_hold_from_the_day_they_are_seen(plan, settings):
    recompute(plan, as_of=BEFORE, cause="test")
    settings.PROGRESS_CUTOFFS = STRICT

    recompute(plan, as_of=CHANGED, cause="每日重算")

    assert rows(plan) == [usual(plan.published_on), (CHANGED, Decimal("1.5"), Decimal("1.2"), Decimal("0.60"))]
    assert read_overview(plan, BEFORE).by_code["I-01"].status == "ahead"
    assert read_overview(plan, CHANGED).by_code["I-01"].status == "slightly_behind"
    event = AuditEvent.objects.filter(action="rule.in_force", plan_slug=plan.slug).order_by("id").last()
    assert (event.before["ahead"], event.after["ahead"]) == ("1.05", "1.5")
    assert VerdictChange.objects.order_by("id").last().cause == "每日重算；判定规则变化"
    assert audit_verdicts(plan, as_of=AFTER) == []


def test_cut_offs_wanted_but_not_yet_seen_change_nothing(plan, settings):
    recompute(plan, as_of=BEFORE, cause="test")

    settings.PROGRESS_CUTOFFS = STRICT

    assert read_overview(plan, AFTER).by_code["I-01"].status == "ahead"
    assert audit_verdicts(plan, as_of=AFTER) == []


def test_second_change_of_a_day_replaces_the_first_and_an_earlier_day_changes_nothing(plan, settings):
    recompute(plan, as_of=BEFORE, cause="test")
    settings.PROGRESS_CUTOFFS = STRICT
    recompute(plan, as_of=CHANGED, cause="test")
    settings.PROGRESS_CUTOFFS = STRICT | {"ahead": Decimal("1.3")}

    recompute(plan, as_of=CHANGED, cause="test")
    settings.PROGRESS_CUTOFFS = STRICT
    recompute(plan, as_of=BEFORE, cause="test")

    assert [(since, ahead) for since, ahead, *_ in rows(plan)] == [
        (plan.published_on, Decimal("1.05")),
        (CHANGED, Decimal("1.3")),
    ]


def test_more_places_than_are_stored_are_no_change_every_night(plan, settings):
    settings.PROGRESS_CUTOFFS = STRICT | {"ahead": Decimal("1.234567")}
    recompute(plan, as_of=BEFORE, cause="test")

    recompute(plan, as_of=AFTER, cause="test")

    assert [ahead for _since, ahead, *_ in rows(plan)] == [Decimal("1.2346")]


def test_without_a_stored_rule_the_settings_hold(plan, settings):
    settings.PROGRESS_CUTOFFS = STRICT

    assert overview(plan, AFTER).by_code["I-01"].status == "slightly_behind"


def test_what_is_in_memory_gives_way_to_a_new_rule(plan, settings):
    recompute(plan, as_of=BEFORE, cause="test")
    assert overview(plan, AFTER).by_code["I-01"].status == "ahead"
    settings.PROGRESS_CUTOFFS = STRICT

    recompute(plan, as_of=CHANGED, cause="test")
    plan.refresh_from_db()

    assert overview(plan, AFTER).by_code["I-01"].status == "slightly_behind"
    assert overview(plan, BEFORE).by_code["I-01"].status == "ahead"


def test_pages_print_the_cut_offs_of_their_day(plan, client, settings):
    recompute(plan, as_of=BEFORE, cause="test")
    settings.PROGRESS_CUTOFFS = STRICT | {"slightly_behind": Decimal("0.455")}
    recompute(plan, as_of=CHANGED, cause="test")

    then = client.get(f"/{plan.slug}/indicators/I-01/?as_of={BEFORE}").content.decode()
    later = client.get(f"/{plan.slug}/indicators/I-01/?as_of={AFTER}").content.decode()
    index = client.get(f"/{plan.slug}/indicators/?view=table&as_of={AFTER}").content.decode()

    assert "界线：≥105 % 快于预期，≥95 % 符合预期，≥60 % 进度偏慢" in then
    assert "≥0.95 显著进展，≥0.6 中等进展" in then
    assert "阈值 105/95/60 为本系统设定" in then
    assert "界线：≥150 % 快于预期，≥120 % 符合预期，≥45.5 % 进度偏慢" in later
    assert "≥1.2 显著进展，≥0.455 中等进展" in later
    assert "阈值 150/120/45.5 为本系统设定" in index


@pytest.mark.parametrize("number", [1, 3])
def test_a_quiet_recompute_asks_the_same_queries_for_one_and_three(db, django_assert_num_queries, number):
    plan = make_plan()
    for code in range(number):
        make_observation(make_component(plan, f"I-0{code + 1}"), 2022, "142")
    recompute(plan, as_of=AFTER, cause="test")

    # Savepoint, lock, rules, what is to be judged (PostgreSQL joins it itself), bounds, release.
    with django_assert_num_queries({"sqlite": 9, "postgresql": 7}[connection.vendor]):
        recompute(plan, as_of=AFTER, cause="test")

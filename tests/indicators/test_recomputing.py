"""Recomputing many plans at once: what is stored is what the pages read one by one."""

import json
import random
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from audit.models import AuditEvent
from indicators.models import Component, Target, Verdict, VerdictChange
from indicators.queries import day_status, read_overview
from indicators.services import audit_verdicts
from indicators.verdicts.stored import recompute, recompute_all
from judging.verdict_basis import fingerprint
from plan.models import Item, Plan
from tests.factories import make_component, make_observation, make_plan

DAY = date(2024, 6, 30)
STATES = ("approved", "approved", "approved", "approved", "draft", "submitted", "returned")
PRECISIONS = ("exact", "exact", "rounded", "derived", "lower_bound", "upper_bound", "approximate")
KINDS = ("level", "level", "level", "sum", "mean", "growth", "annual_growth", "every_year")
STATUSES = ("final", "final", "preliminary", "estimated", "revised")


def make_varied_plan(slug, size=40):
    """Components of every kind with all sorts of figures: before the base, after the target, not yet public."""
    plan, chance = make_plan(slug), random.Random(f"{slug} is always the same")
    for number in range(size):
        kind = chance.choice(["point", "strict", "range_floor", "range_inside", "done"])
        up = chance.random() < 0.7
        base = chance.choice([None, "100", "100", "0", "-5", "250.5"])
        target = str(chance.choice([120, 161.051, 60, 100]))
        component = make_component(
            plan, f"I-{number:02d}", base=base, target=target, direction="up" if up else "down"
        )
        if kind != "point":
            ends = {"low": Decimal(target), "high": Decimal(target) + 20} if kind.startswith("range") else {}
            bounds = {} if kind == "strict" else {"value": None} | ends
            Target.objects.filter(component=component).update(type=kind, **bounds)
        if kind != "done" and chance.random() < 0.2:
            Component.objects.filter(pk=component.pk).update(
                accumulation="cumulative", baseline_value=None, baseline_source=None
            )
        elif kind in ("point", "strict", "range_floor"):
            accumulation = chance.choice(KINDS)
            Component.objects.filter(pk=component.pk).update(accumulation=accumulation)
            if accumulation == "level" and chance.random() < 0.4:
                Target.objects.filter(component=component).update(path={"2023": "130", "2021": "101.5"})
        for year in chance.sample(range(2019, 2028), chance.randint(0, 6)):
            add_releases(component, year, chance)
    first, second = plan.items.filter(code__in=["I-00", "I-01"])
    Component.objects.filter(indicator=second).update(indicator=first.pk, order=1)
    second.delete()
    revised = Component.objects.get(indicator__plan=plan, code="I-02")
    act = {"approving_body": "市政府", "document_number": "1 号", "reason": "调整"}
    for version, day in ((2, "2024-01-01"), (3, "2025-01-01")):
        Target.objects.create(
            component=revised, version=version, type="point", value=150 + version, year=2025, text="150",
            effective_on=day, document_date=day, **act,
        )  # fmt: skip
    return plan


def add_releases(component, year, chance):
    base = float(component.baseline_value or 100)
    for release in range(chance.randint(1, 3)):
        make_observation(
            component,
            year,
            chance.choice(
                [str(base), "120", "161.051", "109.5", str(round(base * chance.uniform(0.5, 1.7), 3)), "0"]
            ),
            released=f"{chance.randint(2022, 2025)}-0{release + 1}-15",
            value_status=chance.choice(STATUSES),
            precision=(precision := chance.choice(PRECISIONS)),
            exclusive=precision.endswith("_bound") and chance.random() < 0.5,
            state=(state := chance.choice(STATES)),
            **({} if state == "approved" else {"note": "—"}),
        )


def stored(plan):
    return list(plan.items.order_by("order").values_list("code", "status", "progress", "status_as_of"))


@pytest.mark.parametrize("slug", ["one", "two", "three"])
def test_what_is_stored_is_what_the_pages_read(db, slug):
    plan = make_varied_plan(slug)

    result = recompute(plan, as_of=DAY, cause="test")

    found = read_overview(plan, DAY)
    shown = [(standing.indicator.code, *vars(day_status(standing)).values()) for standing in found.standings]
    assert stored(plan) == shown
    assert audit_verdicts(plan, as_of=DAY) == []
    words = [part.assessment.cagr.status for standing in found.standings for part in standing.components]
    assert result.growth == {word: words.count(word) for word in words}


def test_every_day_gives_its_own_verdicts_and_the_same_ones_again(db):
    plan = make_varied_plan("days")
    days = [date(2022, 2, 1), date(2023, 2, 1), DAY, date(2026, 1, 1)]

    for day in [*days, *days]:
        recompute(plan, as_of=day, cause="test")
        assert audit_verdicts(plan, as_of=day) == []
        assert recompute(plan, as_of=day, cause="test").written == 0

    verdicts = Verdict.objects.filter(component__indicator__plan=plan)
    assert all(fingerprint(row.basis) == row.fingerprint for row in verdicts)
    current = verdicts.filter(is_current=True)
    assert sorted(current.values_list("component_id", flat=True)) == sorted(
        Component.objects.filter(indicator__plan=plan).values_list("pk", flat=True)
    )
    for change in VerdictChange.objects.filter(component__indicator__plan=plan):
        assert change.before.component_id == change.after.component_id == change.component_id


def test_all_plans_are_recomputed_in_batches_and_only_changes_are_written(plan):
    for slug in ("first", "second", "third"):
        make_varied_plan(slug, size=6)

    results = list(recompute_all(as_of=DAY, cause="test", at_a_time=10))
    again = list(recompute_all(as_of=DAY, cause="test", at_a_time=10))

    assert sorted(result.plan for result in results) == ["first", "second", "sz-sti-14", "third"]
    assert sum(result.components for result in results) == 11 + 3 * 6
    assert [result.written for result in again] == [0] * 4
    events = AuditEvent.objects.filter(action="recompute", object_code__in=["first", "second", "third"])
    assert events.count() == 3
    versions = Plan.objects.filter(slug__in=["first", "second", "third"]).values_list("figures_version", flat=True)
    # Once for the first rule of the plan, once for its verdicts.
    assert set(versions) == {2}


@pytest.mark.django_db(transaction=True)
def test_two_threads_share_the_plans():
    VerdictChange.objects.all().delete()
    Item.objects.all().delete()
    Plan.objects.all().delete()
    for slug in ("first", "second", "third"):
        make_varied_plan(slug, size=4)

    results = list(recompute_all(as_of=DAY, cause="test", at_a_time=4))

    assert sorted((result.plan, result.components) for result in results) == [
        ("first", 4),
        ("second", 4),
        ("third", 4),
    ]
    assert [audit_verdicts(plan, as_of=DAY) for plan in Plan.objects.all()] == [[], [], []]


def test_command_prints_the_bands_of_the_ratio_method(plan, capsys):
    call_command("recompute", "--all", "--json")

    line = json.loads(capsys.readouterr().out)
    assert set(line) == {"wall_s", "cpu_s", "counts", "linear"}
    assert set(line["counts"]) >= {"achieved", "significant", "moderate", "insufficient", "away"}
    assert sum(line["counts"].values()) == sum(line["linear"].values()) == 11


def test_text_that_copy_would_misread_arrives_as_it_is(db):
    plan = make_plan("odd")
    component = make_component(plan)
    # As rows stand that came in before one rule held for text.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE indicators_component SET code = %s WHERE id = %s", ["I\t1\\n\\\n2", component.pk])
    make_observation(component, 2022, "142")

    first = recompute(plan, as_of=DAY, cause="a\tb\\N")
    make_observation(component, 2023, "999")
    recompute(plan, as_of=DAY, cause="a\tb\\N")

    assert first.changes == [("I\t1\\n\\\n2", "", "ahead")]
    assert VerdictChange.objects.get(component=component).cause == "a\tb\\N"
    assert Item.objects.get(pk=component.indicator_id).progress == Decimal("8.99")

"""Many people at the same figures at once: whoever is late is told, nothing is lost, nothing locked is changed."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from audit.models import AuditEvent
from indicators.figures import workflow
from indicators.models import Observation, ObservationStep
from plan.models import Plan
from plan.workflow import Overtaken, WrongState
from tests.at_once import at_once
from tests.factories import make_component, make_person, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 3


def writers():
    return 20 if connection.vendor == "postgresql" else 4


def read(pk):
    return Observation.objects.get(pk=pk)


def insist(step, tally):
    """Takes a step again on the row as it stands now for as long as somebody else was quicker."""
    while True:
        try:
            step()
            return True
        except Overtaken:
            tally["overtaken"] += 1
        except WrongState:
            tally["too late"] += 1
            return False


def enter(component, by, year, value="100"):
    return workflow.enter_figure(
        component=component,
        by=by,
        source=component.indicator.plan.source,
        year=year,
        value=Decimal(value),
        value_status="final",
        released_on=date(2026, 1, 1),
    )


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_changes_of_many_writers_add_up():
    component, number = make_component(make_plan()), writers()
    people = [make_person(f"writer{n}", "analyst") for n in range(number)]
    rows = [enter(component, people[0], 2021 + at) for at in range(ROWS)]

    def work(n):
        tally = Counter()
        for row in rows:

            def add_one(pk=row.pk):
                now = read(pk)
                workflow.change_figure(now, edition=now.edition, by=people[n], value=now.value + 1)

            tally["written"] += insist(add_one, tally)
        return tally

    total = sum(at_once(partial(work, one) for one in range(number)), Counter())

    assert total["written"] == number * ROWS
    for row in rows:
        now = read(row.pk)
        # Each added one to what the one before had left: none overwrote another.
        assert (now.value, now.edition) == (100 + number, 1 + number)
        values = list(now.steps.values_list("value", flat=True))
        assert values == [Decimal(100 + at) for at in range(number + 1)]
    assert AuditEvent.objects.filter(action="figure.changed").count() == number * ROWS


def test_a_whole_life_with_many_hands_locks_once_and_keeps_every_step():
    component, number = make_component(make_plan()), writers()
    people = [make_person(f"writer{n}", "analyst") for n in range(number)]
    reviewers = [make_person(f"reviewer{n}", "reviewer") for n in range(number)]
    rows = [enter(component, people[0], 2021 + at) for at in range(ROWS)]
    before = Plan.objects.get(pk=component.indicator.plan_id).figures_version

    def work(n):
        tally = Counter()
        for row in rows:

            def change(pk=row.pk):
                now = read(pk)
                workflow.change_figure(now, edition=now.edition, by=people[n], value=Decimal(200 + n))

            def submit(pk=row.pk):
                now = read(pk)
                workflow.submit_figure(now, edition=now.edition, by=people[n])

            def approve(pk=row.pk):
                now = read(pk)
                workflow.approve_figure(now, edition=now.edition, by=reviewers[n], reason="已核对")

            for name, step in (("changed", change), ("submitted", submit), ("approved", approve)):
                tally[name] += insist(step, tally)
        return tally

    total = sum(at_once(partial(work, one) for one in range(number)), Counter())

    assert (total["submitted"], total["approved"]) == (ROWS, ROWS)
    steps = Counter(ObservationStep.objects.filter(observation__in=rows).values_list("action", flat=True))
    assert steps == {"entered": ROWS, "changed": total["changed"], "submitted": ROWS, "approved": ROWS}
    for row in rows:
        now, actions = read(row.pk), list(row.steps.values_list("action", flat=True))
        assert now.state == "approved"
        assert now.edition == len(actions)
        # Nothing after the lock, and the value locked is the one handed in.
        assert actions[-2:] == ["submitted", "approved"]
        assert set(row.steps.filter(action__in=["submitted", "approved"]).values_list("value", flat=True)) == {
            now.value
        }
    logged = Counter(AuditEvent.objects.filter(object_code="I-01").values_list("action", flat=True))
    assert logged == {f"figure.{action}": count for action, count in steps.items()}
    assert Plan.objects.get(pk=component.indicator.plan_id).figures_version == before + ROWS


def test_the_same_release_entered_by_many_is_stored_once():
    component, number = make_component(make_plan()), writers()
    people = [make_person(f"writer{n}", "analyst") for n in range(number)]

    def work(n):
        try:
            with transaction.atomic():
                enter(component, people[n], 2021, value=str(n))
            return "stored"
        except ValidationError as error:
            return next(iter(error.message_dict))

    outcomes = Counter(at_once(partial(work, one) for one in range(number)))

    assert outcomes == {"stored": 1, "released_on": number - 1}
    assert component.observations.get().steps.count() == 1

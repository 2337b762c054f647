"""What was known on a day, said three ways that agree: a query, SQL of the bulk path, a row's own word."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.db import connection

from indicators.known import (
    by_effect_sql,
    by_statement_sql,
    counting_sql,
    current_sql,
    in_force_sql,
    judged_sql,
    not_counting_sql,
)
from indicators.many.fastcsv import ObservationFile
from indicators.models import Component, Observation, Target
from plan.days import with_knowledge
from plan.models import Source
from tests.factories import make_component, make_observation, make_person, make_plan

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = date(2024, 5, 1)
DAYS = [DAY - timedelta(1), DAY, DAY + timedelta(1)]


def selected(table, alias, condition, *values, order=""):
    order = f" ORDER BY {order}" if order else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {alias}.id FROM {table} {alias} WHERE {condition}{order}", values)
        return [row[0] for row in cursor.fetchall()]


def pks(rows):
    return list(rows.values_list("pk", flat=True))


@pytest.fixture
def component():
    return make_component(make_plan())


PEOPLE = ("ana", "bob")


def noon(day):
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.fixture
def figures(component):
    """A figure of every state and precision, released the day before, on the day and the day after; the approved
    ones learned or taken out on each of these days as well."""
    asked, decided = (make_person(name, "analyst") for name in PEOPLE)
    lives = [
        *((state, None, None) for state in Observation.State.values if state != "approved"),
        *(("approved", day, None) for day in DAYS),
        *(("approved", day, out) for day in DAYS for out in DAYS),
    ]
    for number, ((state, learned, out), precision, day) in enumerate(
        product(lives, Observation.Precision.values, DAYS)
    ):
        row = make_observation(
            component,
            2000 + number // 3 % 20,
            str(number),
            released=day.isoformat(),
            state=state,
            precision=precision,
            note="不采用",
            source=Source.objects.create(title=f"来源{number}"),
            approved_at=noon(learned) if learned else None,
        )
        if out:
            taken = {"taken_out_by": decided, "out_asked_by": asked, "out_reason": "录错"}
            same = Observation.objects.filter(pk=row.pk)
            same.update(state="rejected", taken_out_at=noon(out), out_key=row.pk, **taken)
    return Observation.objects.filter(component=component)


VIEWS = [*DAYS, *(with_knowledge(DAY, learned) for learned in DAYS), with_knowledge(DAYS[0], DAYS[2])]


@pytest.mark.parametrize("view", VIEWS, ids=repr)
def test_what_is_known_and_counts_on_a_day_is_said_alike_by_query_sql_and_row(figures, view):
    known = set(figures.known_on(view))
    assert known == {row for row in figures if row.state in ("approved", "rejected") and row.was_public(view)}

    standing = [row.as_on(view) for row in known]
    for rows, sql, counts in (
        (figures.counting_on(view), counting_sql("o", view), lambda row: row.state == "approved"),
        (figures.judged_on(view), judged_sql("o", view), lambda row: row.is_judged),
        (figures.bounds_on(view), None, lambda row: row.is_bound),
    ):
        assert set(pks(rows)) == {row.pk for row in standing if counts(row)}
        if sql:
            sql = f"o.component_id = {figures[0].component_id} AND {sql}"
            assert sorted(pks(rows)) == sorted(selected("indicators_observation", "o", sql))
    sql = f"o.component_id = {figures[0].component_id} AND {not_counting_sql('o', view)}"
    assert {row.pk for row in standing if row.state == "rejected"} == set(
        selected("indicators_observation", "o", sql)
    )


def test_what_is_judged_is_approved_and_a_number(figures):
    judged = figures.judged()

    assert {(row.state, row.precision) for row in judged} == {
        ("approved", "exact"), ("approved", "rounded"), ("approved", "derived"),
    }  # fmt: skip
    assert {row.pk for row in judged} == {row.pk for row in figures if row.is_judged}


def test_of_a_year_bounds_come_before_exact_releases_where_the_last_one_replaces_them(component):
    source = Source.objects.create(title="快报")
    bound = make_observation(component, 2022, "130", released="2023-03-01", precision="lower_bound", source=source)
    exact = make_observation(component, 2022, "131", released="2023-02-01")
    after = make_observation(component, 2023, "132", released="2023-01-31")

    assert list(Observation.objects.filter(component=component).by_release()) == [exact, bound, after]
    of_it = f"o.component_id = {component.pk}"
    ordered = selected("indicators_observation", "o", of_it, order=by_statement_sql("o"))
    assert ordered == [bound.pk, exact.pk, after.pk]


@pytest.mark.breadth
def test_only_components_that_stand_are_read(component, figures):
    other = make_component(component.indicator.plan, "I-02")
    standing = make_observation(other, 2022, "1")
    Component.objects.filter(pk=component.pk).update(retired_on=DAY, retired_reason="不再列入")

    assert not figures.of_current().exists()
    assert standing in Observation.objects.of_current()
    assert sorted(pks(Component.objects.current())) == sorted(
        selected("indicators_component", "c", current_sql("c"))
    )


@pytest.mark.breadth
def test_the_fast_file_leaves_out_components_that_do_not_stand(component, figures):
    lines = b"".join(ObservationFile(DAY, logins=False)).decode()
    Component.objects.filter(pk=component.pk).update(retired_on=DAY, retired_reason="不再列入")

    fewer = b"".join(ObservationFile(DAY, logins=False)).decode()

    assert lines.count(f"\r\n{component.indicator.plan.slug},") > 0
    assert fewer.count(f"\r\n{component.indicator.plan.slug},") == 0


@pytest.fixture
def targets(component):
    """The plan's own, and a revision of every state, dated and in effect before, on and after the day."""
    act = {"approving_body": "市政府", "document_number": "1号", "reason": "评估"}
    version, decider = 1, make_person("dec", "reviewer")
    for state, dated, effective in product(Target.State.values, DAYS, DAYS):
        if effective < dated:
            continue
        version += state == "approved"
        decided = {"version": version} if state == "approved" else {"decision_reason": "不妥"}
        decided |= {"decided_at": noon(DAYS[version % 3]), "decided_by": decider}
        Target.objects.create(
            component=component, type="point", value=version + 200, year=2025, text="200", state=state,
            document_date=dated, effective_on=effective, **act, **decided,
        )  # fmt: skip
    return component.targets.all()


def test_a_target_is_known_once_its_act_is_dated_and_counts_once_it_takes_effect(targets):
    approved = [row for row in targets if row.state == "approved"]
    known, in_force = set(targets.known_on(DAY)), set(targets.in_force_on(DAY))

    assert known == {row for row in approved if row.version == 1 or row.document_date <= DAY}
    assert in_force == {row for row in approved if row.counts_on(DAY)}
    assert in_force < known < set(approved)


@pytest.mark.parametrize("view", VIEWS, ids=repr)
def test_a_target_in_force_is_said_alike_by_query_sql_and_row(targets, component, view):
    approved = [row for row in targets if row.state == "approved"]
    sql = f"t.component_id = {component.pk} AND {in_force_sql('t', view)}"

    assert set(targets.in_force_on(view)) == {row for row in approved if row.counts_on(view)}
    assert sorted(pks(targets.in_force_on(view))) == sorted(selected("indicators_target", "t", sql))
    assert {row.pk for row in targets.known_on(view)} == {
        row.pk
        for row in approved
        if row.was_learned(view) and (row.version == 1 or row.document_date <= view or row.counts_on(view))
    }


def test_targets_stand_in_the_order_they_took_effect(targets, component):
    rows = list(targets.approved().by_effect())
    condition = f"t.component_id = {component.pk} AND t.state = 'approved'"

    assert rows[0].version == 1
    assert [row.pk for row in rows] == selected("indicators_target", "t", condition, order=by_effect_sql("t"))

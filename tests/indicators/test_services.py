from datetime import date, timedelta

import pytest
from django.db import connection

from audit.models import AuditEvent
from indicators import queries
from indicators.models import Verdict, VerdictChange
from indicators.queries import overview, read_overview
from indicators.services import audit_verdicts, recompute
from plan.models import Item, Plan
from plan.services import touch_plan
from tests.factories import make_component, make_observation, make_plan

DAY = date(2024, 1, 1)


def test_recompute_twice_writes_nothing_the_second_time(db):
    component = make_component(make_plan())
    make_observation(component, 2022, "142")
    plan = component.indicator.plan

    first = recompute(plan, as_of=DAY, cause="test")
    second = recompute(plan, as_of=DAY, cause="test")

    assert (first.changes, second.written) == ([("I-01", "", "ahead")], 0)
    assert Verdict.objects.filter(component=component).count() == 1


def test_same_inputs_give_the_same_row_again(db):
    component = make_component(make_plan())
    make_observation(component, 2021, "110", released="2022-01-01")
    make_observation(component, 2022, "142", released="2023-01-01")
    plan = component.indicator.plan

    for day in (date(2022, 6, 1), date(2023, 6, 1), date(2022, 6, 1)):
        recompute(plan, as_of=day, cause="test")

    assert Verdict.objects.count() == Verdict.objects.exclude(component__indicator__plan=plan).count() + 2
    current = Verdict.objects.get(component=component, is_current=True)
    assert [row["year"] for row in current.inputs["observations"]] == [2021]
    assert current.inputs["rule_version"]
    assert current.inputs["cutoffs"] == {"ahead": "1.05", "on_schedule": "0.95", "slightly_behind": "0.6"}


def test_change_of_status_is_logged_with_its_cause(db):
    component = make_component(make_plan())
    make_observation(component, 2021, "110", released="2022-01-01")
    plan = component.indicator.plan
    recompute(plan, as_of=DAY, cause="first")
    make_observation(component, 2022, "142", released="2023-01-01")

    recompute(plan, as_of=DAY, cause="second")

    # The first verdict is no change: its own row and the audit log tell of it.
    change = VerdictChange.objects.get(component=component)
    words = (change.cause, change.before.linear_status, change.after.linear_status)
    assert words == ("second", "behind", "ahead")
    assert AuditEvent.objects.filter(action="recompute", object_code=plan.slug).count() == 2
    assert Item.objects.get(pk=component.indicator_id).status == "ahead"


@pytest.mark.parametrize("number", [1, 3])
def test_recompute_asks_the_same_number_of_queries_for_one_and_three(db, django_assert_num_queries, number):
    plan = make_plan()
    for code in range(number):
        make_observation(make_component(plan, f"I-0{code + 1}"), 2022, "142")

    # Five of them keep the first rule. PostgreSQL joins what is to be judged itself, and hands out keys.
    with django_assert_num_queries({"sqlite": 18, "postgresql": 17}[connection.vendor]):
        recompute(plan, as_of=DAY, cause="test")


@pytest.mark.parametrize("number", [1, 3])
def test_standing_of_a_plan_takes_five_queries_and_none_when_known(db, django_assert_num_queries, number):
    plan = make_plan()
    for code in range(number):
        make_observation(make_component(plan, f"I-0{code + 1}"), 2022, "142")

    with django_assert_num_queries(5):
        overview(plan, DAY)
    with django_assert_num_queries(0):
        overview(plan, DAY)


def test_what_is_kept_in_memory_does_not_grow_with_writes(db):
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2022, "142")
    for _ in range(5):
        touch_plan(plan)
        overview(plan, DAY)
        overview(plan, date(2023, 1, 1))

    assert len(queries._cache) == 2
    assert {key[1] for key in queries._cache} == {plan.figures_version}


def test_what_is_kept_in_memory_is_bounded_by_its_figures(db, monkeypatch):
    plan = make_plan()
    component = make_component(plan)
    for year in (2021, 2022, 2023):
        make_observation(component, year, "142")
    monkeypatch.setattr(queries, "CACHED_FIGURES", 7)
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(4)]
    for day in days:
        overview(plan, day)

    assert [key[2] for key in queries._cache] == days[-2:]
    monkeypatch.setattr(queries, "CACHED_FIGURES", 1)
    assert overview(plan, DAY) is overview(plan, DAY)


def test_standing_as_of_a_day_knows_only_what_was_public(plan):
    found = read_overview(plan, date(2023, 6, 30)).by_code

    assert (found["I-01"].first.latest.year, str(found["I-01"].first.latest.value.normalize())) == (
        2021,
        "5.49",
    )
    assert found["I-01"].status == "ahead"
    assert found["I-07"].first.latest.value == 21000
    assert found["I-03"].first.latest.year == 2021
    assert not [
        row
        for standing in found.values()
        for part in standing.components
        for row in part.known
        if row.released_on > date(2023, 6, 30)
    ]


def test_standing_today_agrees_with_the_published_figures(plan):
    found = read_overview(plan, date(2026, 11, 1)).by_code

    statuses = {code: standing.status for code, standing in found.items()}
    assert statuses == {
        "I-01": "achieved",
        "I-02": "achieved",
        "I-03": "not_assessable",
        "I-04": "no_data",
        "I-05": "no_data",
        "I-06": "not_assessable",
        "I-07": "achieved",
        "I-08": "no_data",
        "T-01": "no_data",
        "T-02": "achieved",
    }
    finals = {code: standing.whole.final_verdict for code, standing in found.items()}
    # What the report of 2026 says of 2025 decides two of them: "over 26,000" and the first rank.
    assert {code for code, final in finals.items() if final == "provisional_achieved"} == {"I-07", "T-02"}
    assert set(finals.values()) == {"pending", "provisional_achieved"}


def test_audit_finds_nothing_after_a_recompute_and_names_what_was_altered(db):
    component = make_component(make_plan())
    make_observation(component, 2022, "142")
    plan = component.indicator.plan
    recompute(plan, as_of=DAY, cause="test")
    assert audit_verdicts(plan, as_of=DAY) == []

    Verdict.objects.filter(component=component).update(linear_status="achieved")
    assert audit_verdicts(plan, as_of=DAY) == ["I-01: 依据相同而结论不同 / same inputs, other outcome"]

    make_observation(component, 2023, "150", released="2023-12-01")
    assert audit_verdicts(plan, as_of=DAY) == ["I-01: 依据不同 / inputs differ"]


def test_audit_rows_cannot_be_changed_or_deleted(plan):
    event = AuditEvent.objects.first()

    with pytest.raises(TypeError, match="cannot be changed"):
        event.save()
    with pytest.raises(TypeError, match="cannot be deleted"):
        event.delete()


def test_recompute_of_one_plan_leaves_another_alone(plan):
    other = make_component(make_plan("other"))
    make_observation(other, 2022, "142")

    recompute(Plan.objects.get(slug="other"), as_of=DAY, cause="test")

    assert Verdict.objects.filter(component__indicator__plan=plan, is_current=True).count() == 11

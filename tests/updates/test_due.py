from datetime import date

import pytest

from accounts.models import Organisation
from plan.models import Item
from tests.approving import approve_update
from tests.factories import make_item, make_plan
from tests.updates.people import make_person
from updates import services
from updates.due import DueUpdate, add_months, periods, reports_due

NOW = date(2023, 8, 15)


@pytest.fixture
def item(db):
    plan = make_plan()
    platform = make_item(plan, "P-1", "platform", lead=Organisation.objects.create(code="sti", name="科技局"))
    return make_item(plan, "P-1.1", parent=platform)


def filed(item, day, *, status="on_schedule", then=()):
    author = make_person(f"a{day}", "analyst")
    row = services.file_update(item=item, by=author, status_on=day, status=status, done="x")
    for step in then:
        by = author if step is services.submit_update else make_person(f"r{day}", "reviewer")
        options = {"reason": "不清楚"} if step is services.return_update else {}
        row = step(row, edition=row.edition, by=by, **options)
    return row


def test_a_plan_is_cut_into_half_years_and_the_last_ends_with_it():
    found = periods(date(2021, 1, 1), date(2022, 10, 31), 6)

    assert [(row.start, row.end) for row in found] == [
        (date(2021, 1, 1), date(2021, 6, 30)),
        (date(2021, 7, 1), date(2021, 12, 31)),
        (date(2022, 1, 1), date(2022, 6, 30)),
        (date(2022, 7, 1), date(2022, 10, 31)),
    ]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2021, 8, 31), 6, date(2022, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2021, 12, 1), 1, date(2022, 1, 1)),
    ],
)
def test_months_end_where_they_end(day, months, then):
    assert add_months(day, months) == then


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2021, 6, 30), None),
        (date(2021, 7, 1), (date(2021, 6, 30), date(2021, 7, 30), "due_soon")),
        (date(2021, 7, 30), (date(2021, 6, 30), date(2021, 7, 30), "due_soon")),
        (date(2021, 7, 31), (date(2021, 6, 30), date(2021, 7, 30), "overdue")),
        (date(2026, 11, 1), (date(2025, 12, 31), date(2026, 1, 30), "overdue")),
    ],
)
def test_a_report_is_due_after_its_period(item, today, expected):
    found = reports_due(item.plan, today=today)

    assert [(row.period_end, row.due_on, row.state) for row in found] == ([expected] if expected else [])


def test_the_organisation_is_that_of_the_item_or_of_the_one_above(item):
    (row,) = reports_due(item.plan, today=NOW)

    assert row == DueUpdate(item, item.parent.lead, date(2023, 6, 30), date(2023, 7, 30), "overdue", None)


def test_the_period_and_the_grace_are_settings(item, settings):
    settings.UPDATE_PERIOD_MONTHS, settings.UPDATE_GRACE_DAYS = 3, 100

    (row,) = reports_due(item.plan, today=NOW)

    assert (row.period_end, row.due_on, row.state) == (date(2023, 6, 30), date(2023, 10, 8), "due_soon")


def test_handing_in_answers_and_a_draft_or_a_return_does_not(item):
    draft = filed(item, date(2023, 6, 30))
    assert reports_due(item.plan, today=NOW)[0].update == draft
    returned = filed(item, date(2023, 6, 29), then=[services.submit_update, services.return_update])
    assert reports_due(item.plan, today=NOW)[0].update == returned

    filed(item, date(2023, 5, 31), then=[services.submit_update])

    assert reports_due(item.plan, today=NOW) == []
    assert len(reports_due(item.plan, today=date(2024, 1, 1))) == 1


def test_a_report_on_an_earlier_period_does_not_answer(item):
    filed(item, date(2022, 12, 31), then=[services.submit_update, approve_update])

    assert len(reports_due(item.plan, today=NOW)) == 1


def test_what_is_done_is_asked_no_more(item):
    filed(item, date(2022, 6, 30), status="done", then=[services.submit_update, approve_update])

    assert reports_due(item.plan, today=NOW) == []


@pytest.mark.parametrize("kind", ["indicator", "platform", "point", "goal", "safeguard"])
def test_other_kinds_are_not_due(item, kind):
    Item.objects.filter(pk=item.pk).update(kind=kind)

    assert reports_due(item.plan, today=NOW) == []


@pytest.mark.parametrize("number", [1, 3])
def test_due_reports_cost_three_queries_for_one_and_three(item, django_assert_num_queries, number):
    for index in range(2, number + 1):
        make_item(item.plan, f"P-1.{index}", parent=item.parent)

    with django_assert_num_queries(3):
        assert len(reports_due(item.plan, today=NOW)) == number


@pytest.mark.parametrize(
    ("loaded_on", "is_demo", "state"),
    [
        (date(2023, 7, 31), False, "backlog"),
        (date(2023, 7, 30), False, "overdue"),
        (None, False, "overdue"),
        (date(2023, 7, 31), True, "overdue"),
    ],
)
def test_what_was_due_before_the_plan_was_loaded_is_nobodys_delay(item, loaded_on, is_demo, state):
    type(item.plan).objects.filter(pk=item.plan_id).update(loaded_on=loaded_on, is_demo=is_demo)
    item.plan.refresh_from_db()

    assert [row.state for row in reports_due(item.plan, today=date(2023, 9, 1))] == [state]
    # Before its day it is simply due.
    assert [row.state for row in reports_due(item.plan, today=date(2023, 7, 30))] == ["due_soon"]

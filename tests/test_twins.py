"""The same thing made by two people, or by a double click, in one moment: one is there, the other is told."""

from datetime import date
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Organisation
from accounts.services import create_organisation, person_from_provider
from audit.models import AuditEvent
from indicators.figures.no_figure import answer_due
from indicators.models import NoFigure
from plan.workflow import Overtaken
from reports.definition import Definition
from reports.models import SavedReport
from reports.services import save_report
from tests.at_once import at_once
from tests.factories import make_component, make_item, make_person, make_plan
from updates.bulk import BulkChange, file_bulk, plan_bulk, seen_of
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db(transaction=True)


def twice(work):
    """What each of two was told, of whom one is told that it is there already."""
    came_to = at_once([work, work], told=(ValidationError,))
    return [error for error in came_to if isinstance(error, ValidationError)]


def test_an_organisation():
    work = partial(create_organisation, code="ORG-1", name="演示单位", by=make_person("sys", "system_admin"))

    [told] = twice(work)

    assert "code" in told.message_dict
    assert Organisation.objects.filter(code="ORG-1").count() == 1
    assert AuditEvent.objects.filter(action="organisation.created").count() == 1


def test_an_account_of_the_identity_provider():
    [told] = twice(partial(person_from_provider, username="zhang", name="张三", email=""))

    assert "username" in told.message_dict


def test_a_saved_report():
    plan, ana = make_plan(), make_person("ana", "analyst")
    wanted, day = Definition(dataset="observations"), date(2026, 11, 1)
    work = partial(
        save_report, plan=plan, name="每月", definition=wanted, is_shared=False, schedule="none", by=ana, today=day
    )

    [told] = twice(work)

    assert "name" in told.message_dict
    assert SavedReport.objects.count() == 1


def test_why_there_is_no_figure():
    """Said twice it is said anew; neither is refused."""
    component, ana = make_component(make_plan()), make_person("ana", "analyst")
    work = partial(answer_due, component, 2022, kind="not_collected", reason="三年一次普查", by=ana)

    assert twice(work) == []
    assert NoFigure.objects.count() == 1
    assert AuditEvent.objects.filter(action="figure.none").count() == 2


def test_one_status_for_many():
    """The same preview sent twice: filed once, and the second is shown what holds now."""
    plan, ana, codes = make_plan(), make_person("ana", "analyst"), ["P-1.1", "P-1.2"]
    for code in codes:
        make_item(plan, code)
    change = BulkChange(date(2023, 6, 30), "已封顶", "on_schedule")
    seen = seen_of(plan_bulk(plan, codes, change, by=ana))
    work = partial(file_bulk, plan, codes, change, by=ana, seen=seen)

    came_to = at_once([work, work], told=(Overtaken,))

    assert sum(isinstance(one, Overtaken) for one in came_to) == 1
    assert StatusUpdate.objects.count() == len(codes)

"""Several people at the same report at the same time: nobody's change is lost, one approval counts."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client

from plan.workflow import Overtaken, WrongState
from tests.approving import approve_update
from tests.threads import together
from updates import services
from updates.answering import address_of, send_link
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8 if connection.vendor == "postgresql" else 4


def test_writers_who_try_again_lose_nothing(small, report):
    row = report(small.task)

    def write(index):
        for _ in range(200):
            now = StatusUpdate.objects.get(pk=row.pk)
            try:
                text = f"{now.done}\n{index}"
                services.change_update(now, edition=now.edition, by=small.analyst, done=text)
            except Overtaken:
                continue
            return True
        return False

    written = together(write, WRITERS)

    row.refresh_from_db()
    assert written == [True] * WRITERS
    assert sorted(row.done.splitlines()[1:]) == sorted(str(index) for index in range(WRITERS))
    assert (row.edition, row.steps.count()) == (WRITERS + 1, WRITERS + 1)


def test_one_of_several_decisions_counts(small, report):
    row = report(small.task, "submitted")

    def decide(index):
        try:
            if index % 2:
                services.return_update(row, edition=row.edition, by=small.reviewer, reason="不清楚")
            else:
                approve_update(row, edition=row.edition, by=small.reviewer)
        except (Overtaken, WrongState):
            return 0
        return 1

    decided = together(decide, 4)

    row.refresh_from_db()
    small.task.refresh_from_db()
    assert sum(decided) == 1
    assert row.steps.filter(action__in=["approved", "returned"]).count() == 1
    assert (small.task.status == "on_schedule") == (row.state == "approved")


def test_two_reports_of_one_item_approved_at_once_leave_the_newest(small, report):
    older = report(small.task, "submitted", status_on=date(2023, 6, 30))
    newer = report(small.task, "submitted", status_on=date(2024, 6, 30), status="done")

    together(
        lambda index: approve_update(
            (older, newer)[index], edition=(older, newer)[index].edition, by=small.reviewer
        ),
        2,
    )

    small.task.refresh_from_db()
    assert (small.task.status, small.task.status_as_of) == ("done", date(2024, 6, 30))


def test_a_link_used_twice_at_once_answers_once_and_the_other_is_told(small, report):
    report(small.task, "approved", status_on=date(2022, 6, 30), known_on=date(2022, 7, 1), progress=40)
    link = send_link(small.plan, small.reporter)
    said = {f"a{small.tasks[0].pk}": "same"}

    answers = together(lambda index: Client().post(address_of(link), said), 2)

    assert sorted(answer.status_code for answer in answers) == [200, 410]
    refused = next(answer for answer in answers if answer.status_code == 410)
    assert "这个链接已用过" in refused.content.decode()
    assert StatusUpdate.objects.filter(state="submitted").count() == 1

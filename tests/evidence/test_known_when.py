"""The two clocks of a published statement: the day it was public, and the day it was approved here."""

from datetime import date, timedelta

import pytest

from evidence.changes import of_evidence
from evidence.models import PublicEvidence
from evidence.queries import of_item, states_on
from plan.days import with_knowledge
from plan.params import today
from tests.evidence.scene import people, published
from tests.factories import make_item, make_plan

LONG_AGO, MEETING = date(2023, 11, 22), date(2023, 12, 31)


@pytest.fixture
def row(db):
    item = make_item(make_plan(), "P-1", "platform")
    return published(item, *people(), published_on=LONG_AGO)


def test_what_was_approved_later_is_not_known_yet(row):
    plan, then = row.item.plan, with_knowledge(MEETING, MEETING)
    now = with_knowledge(MEETING, today())

    for day, known in ((MEETING, [row]), (now, [row]), (then, [])):
        assert list(PublicEvidence.objects.of(plan).known_on(day)) == known
        assert [told.row for told in of_item(plan, row.item, day)] == known
        assert bool(states_on(plan, day)) == bool(known)
        assert row.was_known(day) == bool(known)


@pytest.mark.parametrize("whole", [True, False])
def test_a_change_is_dated_by_the_clock_that_is_asked_for(row, whole):
    item = None if whole else row.item

    def told(since, until, clock):
        return [change.day for change in of_evidence(row.item.plan, since, until, item, clock)]

    yesterday = today() - timedelta(1)
    assert told(LONG_AGO - timedelta(1), today(), "") == [LONG_AGO]
    assert told(yesterday, today(), "") == []
    assert told(yesterday, today(), "known") == [today()]
    assert told(LONG_AGO - timedelta(1), MEETING, "known") == []


def test_a_page_of_then_is_printed_again_as_it_was(plan, client):
    page = client.get("/sz-sti-14/evidence/?as_of=2023-12-31&known_by=2023-12-31").content.decode()
    assert "医学科学院" not in page
    assert "医学科学院" in client.get("/sz-sti-14/evidence/?as_of=2023-12-31").content.decode()

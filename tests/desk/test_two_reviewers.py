"""Two reviewers at one row in the same moment: one decision counts, the other is told, nothing is stored twice."""

import pytest

from audit.models import AuditEvent
from indicators.models import Observation
from plan.models import Source
from plan.workflow import Overtaken, WrongState
from review.decisions import decide, decide_release
from review.kinds import BY_KEY
from tests.at_once import at_once
from tests.factories import make_component, make_person

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = (Overtaken, WrongState)


def test_one_approves_and_the_other_returns(people, enter):
    cal, row = make_person("cal", "reviewer"), enter(value="120", year=2021, submit=True)
    kind = BY_KEY["figure"]

    done = at_once(
        [
            lambda: decide(kind, row, "approve", edition=row.edition, by=people["rev"], said=""),
            lambda: decide(kind, row, "return", edition=row.edition, by=cal, said="请核对"),
        ],
        told=TOLD,
    )

    assert sum(isinstance(one, TOLD) for one in done) == 1
    decided = row.steps.filter(action__in=("approved", "returned"))
    assert decided.count() == 1
    assert Observation.objects.get(pk=row.pk).state == decided.get().action
    assert AuditEvent.objects.filter(action__in=("figure.approved", "figure.returned")).count() == 1


def test_both_approve_one_release(plan, people, enter):
    cal, source = make_person("cal", "reviewer"), Source.objects.keep("2023年统计公报")
    parts = [make_component(plan, f"I-{number}") for number in (31, 32, 33)]
    rows = [enter(part=part, value="120", year=2021, source=source, submit=True) for part in parts]
    picked = {row.pk: row.edition for row in rows}

    done = at_once(
        [
            lambda by=by: decide_release(plan, picked, left_out=set(), by=by, reason="", reasons={})
            for by in (people["rev"], cal)
        ],
        told=TOLD,
    )

    assert sorted(isinstance(one, TOLD) for one in done) == [False, True]
    assert {row.steps.filter(action="approved").count() for row in rows} == {1}
    assert AuditEvent.objects.filter(action="figure.approved").count() == 1

"""The life of a published statement, and from which day it is known."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from audit.refusals import Overtaken, WrongState
from evidence.models import PublicEvidence
from evidence.services import (
    change_evidence,
    discard_evidence,
    enter_evidence,
    return_evidence,
    submit_evidence,
    withdraw_evidence,
)
from plan.models import Plan
from plan.params import today
from tests.approving import approve_evidence
from tests.evidence.scene import fields, people, published
from tests.factories import make_person


@pytest.fixture
def item(plan):
    return plan.items.get(code="P-1.1-06")


def test_a_statement_is_known_from_the_day_it_was_published_not_from_its_approval(item):
    row = published(item, *people(), published_on=date(2023, 11, 22))

    known = PublicEvidence.objects.filter(item=item, key="")
    assert not known.known_on(date(2023, 11, 21)).exists()
    assert list(known.known_on(date(2023, 11, 22))) == [row]
    assert row.was_known(date(2023, 11, 22))
    assert not row.was_known(date(2023, 11, 21))


def test_only_a_second_person_approves_and_every_step_is_kept(item):
    analyst, reviewer = people()
    both = make_person("both", "analyst")
    both.is_reviewer = True
    both.save()
    row = enter_evidence(by=both, **fields(item))
    row = submit_evidence(row, edition=row.edition, by=both)
    with pytest.raises(PermissionDenied):
        approve_evidence(row, edition=row.edition, by=both)
    row = return_evidence(row, edition=row.edition, by=reviewer, reason="请补文号")
    row = change_evidence(row, edition=row.edition, by=analyst, fact="机构于当日成立")
    row = submit_evidence(row, edition=row.edition, by=analyst)
    version = Plan.objects.get(pk=item.plan_id).figures_version
    row = approve_evidence(row, edition=row.edition, by=reviewer)

    assert [step.action for step in row.steps.all()] == [
        "entered", "submitted", "returned", "changed", "submitted", "approved",
    ]  # fmt: skip
    assert Plan.objects.get(pk=item.plan_id).figures_version > version
    assert AuditEvent.objects.filter(action="evidence.approved", object_code=item.code).count() == 1
    with pytest.raises(WrongState):
        change_evidence(row, edition=row.edition, by=analyst, fact="别的")


def test_who_hands_in_what_the_files_brought_may_not_approve_it(plan):
    row = PublicEvidence.objects.filter(item__plan=plan, state="draft").exclude(published_on=None).first()
    both = make_person("both", "analyst")
    both.is_reviewer = True
    both.save()
    row = submit_evidence(row, edition=row.edition, by=both)

    assert not row.is_from_files
    with pytest.raises(PermissionDenied):
        approve_evidence(row, edition=row.edition, by=both)
    with pytest.raises(PermissionDenied):
        withdraw_evidence(row, edition=row.edition, by=make_person("reporter", "reporter"))
    assert withdraw_evidence(row, edition=row.edition, by=both).state == "draft"


def test_readers_and_reporters_enter_nothing(item):
    for role in ("viewer", "reporter", "reviewer"):
        with pytest.raises(PermissionDenied):
            enter_evidence(by=make_person(role, role), **fields(item))


def test_an_older_edition_is_refused(item):
    analyst, _reviewer = people()
    row = enter_evidence(by=analyst, **fields(item))
    change_evidence(row, edition=row.edition, by=analyst, fact="新的写法")
    with pytest.raises(Overtaken):
        change_evidence(row, edition=row.edition, by=analyst, fact="旧的写法")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"published_on": today() + timedelta(1)}, "published_on"),
        ({"took_place_on": date(2023, 12, 1)}, "took_place_on"),
        ({"says": "number"}, "number"),
        ({"says": "number", "number": Decimal(3)}, "number"),
        ({"number": Decimal(3), "unit": "家"}, "number"),
        ({"fact": ""}, "fact"),
        ({"phrase": "字" * 21}, "phrase"),
        ({"says": "finished"}, "says"),
    ],
)
def test_what_a_statement_may_not_say_is_refused_by_its_field(item, wrong, field):
    analyst, _reviewer = people()
    before = PublicEvidence.objects.count()
    with pytest.raises(ValidationError) as refused:
        enter_evidence(by=analyst, **fields(item, **wrong))
    assert field in refused.value.message_dict
    assert PublicEvidence.objects.count() == before


def test_without_a_day_of_publication_it_stays_a_draft(item):
    analyst, _reviewer = people()
    row = enter_evidence(by=analyst, **fields(item, published_on=None))
    with pytest.raises(ValidationError):
        submit_evidence(row, edition=row.edition, by=analyst)


def test_it_contradicts_only_another_on_the_same_commitment(item, plan):
    analyst, reviewer = people()
    other = published(plan.items.get(code="P-1.1-05"), analyst, reviewer)
    with pytest.raises(ValidationError):
        enter_evidence(by=analyst, **fields(item, contradicts=other))
    own = published(item, analyst, reviewer)
    assert enter_evidence(by=analyst, **fields(item, contradicts=own)).contradicts == own


def test_a_draft_is_deleted_with_a_trace_and_one_of_the_files_is_not(item, plan):
    analyst, _reviewer = people()
    row = enter_evidence(by=analyst, **fields(item))
    discard_evidence(row, edition=row.edition, by=analyst)
    assert AuditEvent.objects.get(action="evidence.discarded").before["fact"] == "机构已成立"
    draft = PublicEvidence.objects.filter(item__plan=plan, state="draft").first()
    with pytest.raises(WrongState):
        discard_evidence(draft, edition=draft.edition, by=analyst)


@pytest.mark.parametrize("wrong", [{"state": "approved"}, {"says": "number"}, {"fact": ""}])
def test_the_database_holds_the_rules_by_itself(item, wrong):
    analyst, _reviewer = people()
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicEvidence.objects.create(entered_by=analyst, **(fields(item) | wrong))

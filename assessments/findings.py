"""Follow-up actions: asked of an organisation by a note, answered, accepted or returned, closed."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Organisation, User
from accounts.permissions import Permission, people_who_may, require
from assessments.models import Finding, FindingStep, Note
from audit.services import record_audit
from notices.models import Kind
from notices.phrases import Said, say
from notices.services import notify
from plan.params import today
from plan.services import touch_plan
from plan.workflow import demand_edition, demand_state

State = Finding.State
Action = FindingStep.Action


def raise_finding(
    *, note: Note, title: str, request: str, organisation: Organisation, due_on: date, by
) -> Finding:
    """A follow-up action from a published note; by its author or a reviewer. Raises ValidationError by field."""
    if by.pk != note.author_id:
        require(by, Permission.REVIEW_NOTES)
    with transaction.atomic():
        held = Note.objects.select_for_update(of=("self",)).select_related("item", "round__plan").get(pk=note.pk)
        demand_state(held, Note.State.PUBLISHED)
        number = (held.findings.aggregate(last=Max("number"))["last"] or 0) + 1
        row = Finding(
            note=held,
            number=number,
            title=title.strip(),
            request=request.strip(),
            organisation=organisation,
            due_on=due_on,
            created_by=by,
        )
        row.full_clean(exclude=["created_by"])
        if due_on < today():
            raise ValidationError({"due_on": _("整改期限不能早于今天")})
        row.save()
        _log(row, Action.CREATED, by=by, text=row.request)
        due = row.due_on.isoformat()
        title = say(gettext_noop("整改事项：%(title)s（%(day)s 前反馈）"), title=row.title, day=due)
        _tell(row, _answerers(row), Kind.DUE, title)
        touch_plan(held.round.plan)
    return row


def respond(finding: Finding, *, edition: int, by, text: str) -> FindingStep:
    """The responsible organisation's answer; evidence is added to the step returned."""
    require(by, Permission.ANSWER_FINDINGS)
    if not text.strip():
        raise ValidationError({"text": _("请写明整改情况")})
    with transaction.atomic():
        row = _locked(finding, edition)
        if by.organisation_id != row.organisation_id:
            raise PermissionDenied(_("只有责任单位可以反馈"))
        demand_state(row, State.OPEN, State.RETURNED, State.RESPONDED)
        step = _move(row, State.RESPONDED, Action.RESPONDED, by=by, text=text.strip())
        people = people_who_may(Permission.REVIEW_NOTES) | User.objects.filter(pk=row.note.author_id)
        _tell(row, people, Kind.SUBMITTED, say(gettext_noop("整改反馈：%(title)s"), title=row.title))
    return step


def accept(finding: Finding, *, edition: int, by, text: str = "") -> FindingStep:
    require(by, Permission.REVIEW_NOTES)
    with transaction.atomic():
        row = _locked(finding, edition)
        demand_state(row, State.RESPONDED)
        step = _move(row, State.ACCEPTED, Action.ACCEPTED, by=by, text=text.strip())
        title = say(gettext_noop("整改反馈已采纳：%(title)s"), title=row.title)
        _tell(row, _answerers(row), Kind.APPROVED, title)
    return step


def send_back(finding: Finding, *, edition: int, by, text: str) -> FindingStep:
    """Returns an answer with a reason."""
    require(by, Permission.REVIEW_NOTES)
    if not text.strip():
        raise ValidationError({"text": _("退回须写明理由")})
    with transaction.atomic():
        row = _locked(finding, edition)
        demand_state(row, State.RESPONDED)
        step = _move(row, State.RETURNED, Action.RETURNED, by=by, text=text.strip())
        title = say(gettext_noop("整改反馈已退回：%(title)s"), title=row.title)
        _tell(row, _answerers(row), Kind.RETURNED, title, body=text.strip())
    return step


def close(finding: Finding, *, edition: int, by, text: str = "") -> FindingStep:
    require(by, Permission.REVIEW_NOTES)
    with transaction.atomic():
        row = _locked(finding, edition)
        demand_state(row, State.ACCEPTED)
        row.closed_on = today()
        return _move(row, State.CLOSED, Action.CLOSED, by=by, text=text.strip())


def _answerers(row: Finding):
    return people_who_may(Permission.ANSWER_FINDINGS).filter(organisation=row.organisation)


def _locked(finding: Finding, edition: int) -> Finding:
    rows = Finding.objects.select_for_update(of=("self",)).select_related(
        "note__item", "note__round__plan", "organisation"
    )
    row = rows.get(pk=finding.pk)
    demand_edition(row, edition)
    return row


def _move(row: Finding, state: str, action: str, *, by, text: str) -> FindingStep:
    before = row.state
    row.state = state
    row.edition += 1
    row.save()
    touch_plan(row.note.round.plan)
    return _log(row, action, by=by, text=text, before={"state": before})


def _log(row: Finding, action: str, *, by, text: str, before: Any = None) -> FindingStep:
    step = FindingStep.objects.create(finding=row, action=action, by=by, text=text)
    note = row.note
    record_audit(
        action=f"finding.{action}",
        by=by,
        before=before,
        after={"state": row.state, "text": text, "due_on": row.due_on.isoformat()},
        plan_slug=note.round.plan.slug,
        object_code=note.item.code,
        object_label=row.title,
    )
    return step


def _tell(row: Finding, people, kind: Kind, title: Said, *, body: str = "") -> None:
    notify(
        people,
        kind=kind,
        key=f"finding:{row.pk}:{kind}:{row.edition}",
        title=title,
        body=body,
        url=f"/{row.note.round.plan.slug}/assessments/findings/{row.pk}/",
    )

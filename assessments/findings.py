"""Follow-up actions: asked of an organisation by a note, answered, accepted or returned, closed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Organisation, User
from accounts.permissions import Permission, people_who_may, require
from accounts.substitutes import principals, units
from assessments.models import Finding, FindingStep, Note
from notices.models import NoticeKind
from notices.phrases import Said
from plan.models import Plan
from plan.params import today
from plan.workflow import ActRule, QuestionedLife, Tells, demand_reason, demand_state

State = Finding.State
Action = FindingStep.Action


class Findings(QuestionedLife):
    """What is said in an act is the matter itself: a request, an answer, why it does not do."""

    name, steps, link, said, logged_as = "finding", FindingStep, "finding", "text", "text"
    Action, WAITS = Action, State.RESPONDED
    entering = Permission.ANSWER_FINDINGS

    def __init__(self) -> None:
        reviews = {"permission": Permission.REVIEW_NOTES, "touches": True}
        answers = {**reviews, "person": self.is_other}
        self.rules = {
            Action.CREATED: ActRule(
                touches=True,
                tells=Tells(NoticeKind.DUE, gettext_noop("整改事项：%(title)s（%(day)s 前反馈）"), self.answerers),
            ),
            Action.RESPONDED: ActRule(
                (State.OPEN, State.RETURNED, State.RESPONDED),
                to=State.RESPONDED,
                permission=Permission.ANSWER_FINDINGS,
                person=self.is_responsible,
                why=gettext_lazy("请写明整改情况"),
                touches=True,
                tells=Tells(NoticeKind.SUBMITTED, gettext_noop("整改反馈：%(title)s"), self.askers),
            ),
            Action.ACCEPTED: ActRule(
                (State.RESPONDED,),
                to=State.ACCEPTED,
                tells=Tells(NoticeKind.APPROVED, gettext_noop("整改反馈已采纳：%(title)s"), self.answerers),
                **answers,
            ),
            Action.RETURNED: ActRule(
                (State.RESPONDED,),
                to=State.RETURNED,
                why=gettext_lazy("退回须写明理由"),
                tells=Tells(
                    NoticeKind.RETURNED, gettext_noop("整改反馈已退回：%(title)s"), self.answerers, says_why=True
                ),
                **answers,
            ),
            Action.CLOSED: ActRule((State.ACCEPTED,), to=State.CLOSED, **reviews),
            **self.questions(
                State.RESPONDED,
                asks={"permission": Permission.REVIEW_NOTES, "person": self.is_other},
                answers={"permission": self.entering, "person": self.is_responsible},
            ),
        }

    def rows(self):
        return Finding.objects.select_related("note__item__plan", "note__round__plan", "organisation")

    def plan(self, row: Finding) -> Plan:
        return row.note.round.plan

    def writer(self, row: Finding) -> Any | None:
        """Who gave the answer that waits."""
        step = row.steps.filter(action=Action.RESPONDED).select_related("by").order_by("-id").first()
        return step.by if step else None

    def is_responsible(self, rows: Sequence[Finding], by) -> None:
        if {row.organisation_id for row in rows} - units(by):
            raise PermissionDenied(_("只有责任单位可以反馈"))

    def principal(self, row: Finding, action: str, by):
        if action != Action.RESPONDED or row.organisation_id == by.organisation_id:
            return super().principal(row, action, by)
        return next((one for one in principals(by) if one.organisation_id == row.organisation_id), None)

    def answered_by(self, person, rows: Sequence[Finding]) -> bool:
        """Whether a person answered in one of these: then it is not his to accept the answer or to return it."""
        return FindingStep.objects.filter(finding__in=rows, action=Action.RESPONDED, by=person).exists()

    def is_other(self, rows: Sequence[Finding], by) -> None:
        if self.answered_by(by, rows):
            raise PermissionDenied(_("反馈人不能审核自己的反馈"))

    def answerers(self, row: Finding, by):
        return people_who_may(Permission.ANSWER_FINDINGS, self.plan(row).slug).filter(
            organisation=row.organisation
        )

    def askers(self, row: Finding, by):
        return people_who_may(Permission.REVIEW_NOTES, self.plan(row).slug) | User.objects.filter(
            pk=row.note.author_id
        )

    def thing(self, row: Finding) -> dict[str, str]:
        note = row.note
        return {"plan_slug": note.round.plan.slug, "object_code": note.item.code, "object_label": row.title}

    def before(self, row: Finding, action: str) -> Any:
        return {"state": row.state}

    def after(self, row: Finding, action: str) -> Any:
        return {"state": row.state, "text": "", "due_on": row.due_on.isoformat()}

    def names(self, row: Finding, action: str) -> dict[str, Said]:
        if action in (Action.ASKED, Action.ANSWERED):
            return {"what": row.title}
        day = {"day": row.due_on.isoformat()} if action == Action.CREATED else {}
        return {"title": row.title} | day

    def address(self, row: Finding) -> str:
        return reverse("assessments:finding", args=[row.note.round.plan.slug, row.pk])


FINDINGS = Findings()


def raise_finding(
    *, note: Note, title: str, request: str, organisation: Organisation, due_on: date, by
) -> Finding:
    """A follow-up action from a published note; by its author or a reviewer. Raises ValidationError by field."""
    if by.pk != note.author_id:
        require(by, Permission.REVIEW_NOTES)
    request = demand_reason(request, "", "request")
    with transaction.atomic():
        held = (
            Note.objects.select_for_update(of=("self",))
            .select_related("item__plan", "round__plan")
            .get(pk=note.pk)
        )
        demand_state(held, Note.State.PUBLISHED)
        number = (held.findings.aggregate(last=Max("number"))["last"] or 0) + 1
        row = Finding(
            note=held,
            number=number,
            title=title.strip(),
            request=request,
            organisation=organisation,
            due_on=due_on,
            created_by=by,
        )
        row.full_clean(exclude=["created_by"])
        if due_on < today():
            raise ValidationError({"due_on": _("整改期限不能早于今天")})
        return FINDINGS.begin(row, Action.CREATED, by=by, reason=request).row


def respond(finding: Finding, *, edition: int, by, text: str) -> FindingStep:
    """The responsible organisation's answer; evidence is added to the step returned."""
    return FINDINGS.step(finding, Action.RESPONDED, edition=edition, by=by, reason=text).step


def accept(finding: Finding, *, edition: int, by, text: str = "") -> FindingStep:
    return FINDINGS.step(finding, Action.ACCEPTED, edition=edition, by=by, reason=text).step


def send_back(finding: Finding, *, edition: int, by, text: str) -> FindingStep:
    """Returns an answer with a reason."""
    return FINDINGS.step(finding, Action.RETURNED, edition=edition, by=by, reason=text).step


def close(finding: Finding, *, edition: int, by, text: str = "") -> FindingStep:
    return FINDINGS.step(finding, Action.CLOSED, edition=edition, by=by, reason=text, closed_on=today()).step

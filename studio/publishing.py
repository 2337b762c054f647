"""From a draft to a plan that everybody sees, by the loader of folders: one way, one transaction, two people."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.permissions import Permission, people_who_may, require
from audit.refusals import WrongState
from indicators.elsewhere import FILE, file_of
from indicators.services import load_indicators, recompute
from judging.decimals import plain
from notices.models import NoticeKind
from notices.phrases import say
from notices.services import notify
from plan.digests import digest_of
from plan.fixtures import BrokenFixtures, PlanRows, read_plan
from plan.models import Plan
from plan.params import today
from plan.services import load_plan, touch_plan
from plan.workflow import demand_handing, demand_reason
from studio import services
from studio.checking import faults_of, not_yet
from studio.differing import differences
from studio.folder import STANDARD, files_of, held_of, write
from studio.held import DraftContent, codes
from studio.models import DraftStep, PlanDraft, Publication
from studio.published import rows_of

Action = DraftStep.Action


def files(draft: PlanDraft) -> dict[str, str]:
    """The draft as the files of a plan's folder, with what the published plan has besides.

    That is, weights that people gave items since, and figures of other places.
    """
    held, given = draft.held, given_weights(draft)
    for row in held.items.values():
        row.weight = row.weight or given.get(row.code, "")
    elsewhere = file_of(draft.plan) if draft.plan else ""
    return files_of(held) | ({FILE: elsewhere} if elsewhere else {})


def given_weights(draft: PlanDraft) -> dict[str, str]:
    """By code, the weights that items of the published plan have."""
    if draft.plan is None:
        return {}
    rows = draft.plan.items.exclude(weight=None).values_list("code", "weight")
    return {code: plain(weight) for code, weight in rows}


def folder_faults(held: DraftContent) -> list[str]:
    """What the loader would refuse, without touching the database."""
    with tempfile.TemporaryDirectory() as place:
        try:
            read_plan(write(files_of(held), Path(place) / "plan"))
        except BrokenFixtures as error:
            return error.faults
    return []


@transaction.atomic
def take_up(plan: Plan, *, by) -> PlanDraft:
    """A draft of what is published, for correcting it."""
    require(by, Permission.EDIT_PLAN)
    held = without_weights(held_of(rows_of(plan)))
    draft = PlanDraft.objects.create(
        slug=plan.slug, title=plan.title, plan=plan, template=STANDARD, raw=held.text, content=held.as_json(),
        started_by=by, keeper=by,
    )  # fmt: skip
    services.note(draft, Action.STARTED, by, plan.title)
    return draft


def without_weights(held: DraftContent) -> DraftContent:
    """A weight that people gave an item is theirs: the studio says one only where somebody set it here."""
    for row in held.items.values():
        row.weight = ""
    return held


@transaction.atomic
def submit(draft: PlanDraft, *, reason: str, by) -> PlanDraft:
    """Hands the draft to a second person. What is published already is changed for a reason only."""
    require(by, Permission.EDIT_PLAN)
    draft = services.locked(draft.pk)
    if not draft.is_open:
        raise WrongState(_("已经提交，等待另一人发布"))
    if draft.plan_id and not reason.strip():
        raise ValidationError(_("已发布的规划改动须写明理由"))
    if services.reading(draft) is not None:
        raise ValidationError(_("文本较长，建议还在生成；完成后再提交"))
    if found := [fault.words for fault in faults_of(draft.held, draft.template) if fault.stops]:
        raise ValidationError(found)
    draft.state, draft.reason, draft.submitted_by = PlanDraft.State.SUBMITTED, reason.strip(), by
    draft.save(update_fields=["state", "reason", "submitted_by", "updated_at"])
    step = services.note(draft, Action.SUBMITTED, by, reason)
    _tell(step, publishers(draft), NoticeKind.SUBMITTED, gettext_noop("待发布：%(what)s"))
    return draft


@transaction.atomic
def take_back(draft: PlanDraft, *, by, reason: str = "") -> PlanDraft:
    """Opens a submitted draft again: its submitter withdraws it, a second person returns it with a reason."""
    draft = services.locked(draft.pk)
    if draft.is_open:
        raise WrongState(_("这份编制稿没有提交"))
    own = by.pk in (draft.submitted_by_id, draft.keeper_id)
    require(by, Permission.EDIT_PLAN if own else Permission.PUBLISH_PLAN)
    if not own and not reason.strip():
        raise ValidationError(_("退回须写明理由"))
    draft.state = PlanDraft.State.OPEN
    draft.save(update_fields=["state", "updated_at"])
    step = services.note(draft, Action.WITHDRAWN if own else Action.RETURNED, by, reason)
    if not own:
        _tell(step, [draft.submitted_by, draft.keeper], NoticeKind.RETURNED, gettext_noop("已退回：%(what)s"))
    return draft


def _tell(step: DraftStep, people: Iterable[User | None], kind: NoticeKind, title: str) -> None:
    """The notices of a step, with the reason that was given for it."""
    draft = step.draft
    notify(
        people, kind=kind, key=f"draft:{draft.pk}:{step.pk}:{kind}", title=say(title, what=draft.title),
        body=step.told,
        url=reverse("studio:draft", args=[draft.slug]),
    )  # fmt: skip


def editors(draft: PlanDraft) -> set[int]:
    """Who changed the draft since it was last published, and whose work it is: none of them may publish it.

    Who returned it or put it into another's hand changed nothing.
    """
    last = draft.steps.filter(action=Action.PUBLISHED).first()
    steps = draft.steps.filter(pk__gt=last.pk if last else 0)
    steps = steps.exclude(action__in=(Action.RETURNED, Action.HANDED))
    return {*steps.values_list("by_id", flat=True)} | ({draft.keeper_id} - {None})


def publishers(draft: PlanDraft) -> QuerySet[User]:
    """Who may publish a draft as it stands."""
    return people_who_may(Permission.PUBLISH_PLAN, draft.slug).exclude(pk__in=editors(draft))


def awaiting(user) -> list[PlanDraft]:
    """Submitted drafts that somebody else made and that wait for a second person, the one handed in first at the
    top, each with the time it was (`submitted_at`). The rule is that of `editors`, asked for all at once."""
    steps = DraftStep.objects.filter(draft=OuterRef("pk")).order_by("-id")
    last = steps.filter(action=Action.PUBLISHED).values("pk")[:1]
    own = steps.filter(by=user, pk__gt=Coalesce(OuterRef("last"), 0))
    rows = PlanDraft.objects.filter(state=PlanDraft.State.SUBMITTED).exclude(keeper=user)
    rows = rows.annotate(
        last=Subquery(last), submitted_at=Subquery(steps.filter(action=Action.SUBMITTED).values("at")[:1])
    )
    rows = rows.exclude(Exists(own.exclude(action__in=(Action.RETURNED, Action.HANDED))))
    return list(rows.defer("raw", "content").select_related("submitted_by").order_by("submitted_at", "pk"))


def unfinished() -> QuerySet[PlanDraft]:
    """Drafts that wait for somebody: never published, or with a step since."""
    last = DraftStep.objects.filter(draft=OuterRef("pk")).order_by("-id").values("action")[:1]
    rows = PlanDraft.objects.alias(last=Subquery(last)).exclude(last=Action.PUBLISHED)
    return rows.select_related("plan", "keeper").order_by("pk")


@transaction.atomic
def hand_over(draft: PlanDraft, *, to, by, reason: str) -> PlanDraft:
    """Puts an unfinished draft into another planner's hand; what was done to it stays with who did it.

    Raises ValidationError, PermissionDenied (the taker, whoever hands), WrongState.
    """
    reason = demand_reason(reason, _("移交须写明事由"))
    former = draft.keeper_id
    draft = services.locked(draft.pk)
    if draft.keeper_id != former or not unfinished().filter(pk=draft.pk).exists():
        raise WrongState(_("这份编制稿刚刚已移交或发布"))
    demand_handing(draft.keeper, to, by, draft.slug)
    require(to, Permission.EDIT_PLAN)
    told = f"{draft.keeper or '—'} → {to}：{reason}"
    draft.keeper = to
    draft.save(update_fields=["keeper"])
    services.note(draft, Action.HANDED, by, told)
    return draft


@transaction.atomic
def publish(draft: PlanDraft, *, edition: int, by) -> Publication:
    """Makes the draft visible, or corrects what is, in one transaction. Raises ValidationError with every fault.

    Whoever changed or submitted it may not; of two who press at once one is told that it is done.
    """
    require(by, Permission.PUBLISH_PLAN)
    draft = services.locked(draft.pk)
    if draft.is_open:
        raise WrongState(_("这份编制稿没有提交，或刚刚已由他人发布"))
    if edition != draft.edition:
        raise WrongState(_("这份编制稿在您打开之后又有改动，请再看一遍"))
    if by.pk in editors(draft):
        raise ValidationError(_("参与编制的人不能发布；请由另一人发布"))
    if not_yet(draft.held, today()):
        told = _("公开日期（%(day)s）晚于今天，还不能发布；请到那天再发布，或退回改正公开日期")
        raise ValidationError(told % {"day": draft.held.frame["published_on"]})
    held, before = draft.held, rows_of(draft.plan) if draft.plan else None
    with tempfile.TemporaryDirectory() as place:
        folder = write(files_of(held), Path(place) / draft.slug)
        try:
            loaded = load_plan(folder, day=today(), by=by)
            load_indicators(loaded, day=today())
        except BrokenFixtures as error:
            raise ValidationError(error.faults) from error
    recompute(loaded.plan, as_of=today(), cause="规划发布")
    return _published(draft, held, loaded, before, by=by)


def _published(draft: PlanDraft, held: DraftContent, loaded, before: PlanRows | None, *, by) -> Publication:
    for key, code in codes(held).items():
        held.items[key].code = code
    without_weights(held)
    plan, after = loaded.plan, rows_of(loaded.plan)
    # Of a plan's first publication every item is new, and none a change.
    told = differences(before, after) if before else {}
    is_correction = any(told.values())
    row = Publication.objects.create(
        plan=plan, draft=draft, day=today(), by=by, submitted_by=draft.submitted_by, reason=draft.reason,
        changes=told, is_correction=is_correction, digest=digest_of(after),
    )  # fmt: skip
    if is_correction:
        plan.corrected_on = row.day
        plan.save(update_fields=["corrected_on"])
        touch_plan(plan)
    draft.plan, draft.state, draft.content, draft.reason = plan, PlanDraft.State.OPEN, held.as_json(), ""
    draft.edition += 1
    draft.save()
    step = services.note(draft, Action.PUBLISHED, by, row.reason)
    _tell(step, [draft.submitted_by, draft.keeper], NoticeKind.APPROVED, gettext_noop("已发布：%(what)s"))
    return row

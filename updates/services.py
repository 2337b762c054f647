"""The life of a status update: draft → submitted → approved (locked), or returned with a reason.

Each function locks the row, checks who and in which state, writes the row, its step and the audit row in one
transaction. An approved update is never changed: the next one replaces what it said. What is stored for later
readers (notices) is Chinese whatever the language of the request; errors speak the request's.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, people_who_may, require
from audit.services import record_audit
from notices.models import Kind
from notices.phrases import Said, both, counted_noop, listed, say
from notices.services import notify
from plan.models import Item, Plan
from plan.params import today
from plan.queries import answerable
from plan.services import touch_plan
from plan.uploads import RefusedFile, Stored, remove_stored, store_upload
from plan.workflow import WrongState, demand_edition, demand_reason, demand_state
from updates.checks import MilestoneWords, check_milestones, check_update
from updates.models import Attachment, Milestone, StatusUpdate, UpdateStep
from updates.queries import LATEST_LAST, OPEN_STATES, may_report, share_of, writers

State = StatusUpdate.State
Action = UpdateStep.Action
FOLDER = "updates"
EDITABLE = ("status_on", "status", "progress", "done", "problems", "next_steps")
FILES_MAX = 10


def file_update(
    *, item: Item, by, milestones: Sequence[MilestoneWords] = (), uploads: Iterable[Any] = (), **fields: Any
) -> StatusUpdate:
    """Stores a draft. Fields: status_on, status, done; optional progress (0 to 100), problems, next_steps and
    organisation (else the person's own, or the one that answers for the item).

    Raises PermissionDenied for another organisation's item, ValidationError (by field) for what the columns
    or the plan do not take; nothing is stored then, no file either.
    """
    _may_report(item, by)
    row = StatusUpdate(item=item, entered_by=by, state=State.DRAFT, **fields)
    if "organisation" not in fields:
        own = by.organisation if by.is_reporter else None
        row.organisation = own or answerable(item.plan)[item.pk]
    check_update(row)
    check_milestones(row, milestones)
    with _kept(uploads) as stored, transaction.atomic():
        row.save()
        _write_parts(row, milestones, stored, by)
        _log(row, Action.ENTERED, by=by, after=_words(row))
    return row


def change_update(
    update: StatusUpdate,
    *,
    edition: int,
    by,
    milestones: Sequence[MilestoneWords] | None = None,
    uploads: Iterable[Any] = (),
    remove: Iterable[int] = (),
    **fields: Any,
) -> StatusUpdate:
    """Changes a draft or returned update (fields of EDITABLE) as long as nobody changed it since `edition`.

    `milestones` replaces all of them when given; `remove` names files by their ids.
    Raises Overtaken, WrongState, PermissionDenied, ValidationError.
    """
    with _kept(uploads) as stored, transaction.atomic():
        row = _locked(update, edition)
        _may_change(row, by)
        before = _words(row)
        for name in EDITABLE:
            if name in fields:
                setattr(row, name, fields[name])
        check_update(row)
        if milestones is not None:
            check_milestones(row, milestones)
        gone = list(row.attachments.filter(pk__in=list(remove)))
        if row.attachments.count() - len(gone) + len(stored) > FILES_MAX:
            raise ValidationError({"attachments": _("附件最多 %(number)s 个") % {"number": FILES_MAX}})
        _write_parts(row, milestones, stored, by)
        _remove_files(gone)
        if before == _words(row):
            return row
        row.edition += 1
        row.save()
        _log(row, Action.CHANGED, by=by, before=before, after=_words(row))
    return row


def submit_update(update: StatusUpdate, *, edition: int, by) -> StatusUpdate:
    """Hands a draft or returned update in for approval and tells those who may approve."""
    with transaction.atomic():
        row = _locked(update, edition)
        _may_change(row, by)
        check_update(row)
        _submit(row, by)
        _tell(row, _reviewers(row), Kind.SUBMITTED, say(gettext_noop("待核定：%(what)s"), what=_title(row)))
    return row


def withdraw_update(update: StatusUpdate, *, edition: int, by) -> StatusUpdate:
    """Takes a submitted update back to draft; only who entered it may."""
    with transaction.atomic():
        row = _locked(update, edition)
        if row.entered_by_id != by.pk:
            raise PermissionDenied(_("只有填报人可以撤回"))
        demand_state(row, State.SUBMITTED)
        row.state, row.submitted_at = State.DRAFT, None
        row.edition += 1
        row.save()
        _log(row, Action.WITHDRAWN, by=by)
    return row


def discard_update(update: StatusUpdate, *, edition: int, by) -> None:
    """Deletes a draft that was never returned, with its files; the audit row keeps what it said."""
    with transaction.atomic():
        row = _locked(update, edition)
        _may_change(row, by)
        demand_state(row, State.DRAFT)
        if row.steps.filter(action=Action.RETURNED).exists():
            raise WrongState(_("这条填报曾被退回，退回记录须保留，不能删除；可以修改后重新提交"))
        record_audit(action="update.discarded", by=by, before=_words(row), **_object(row))
        _remove_files(list(row.attachments.all()))
        row.delete()


def return_update(update: StatusUpdate, *, edition: int, by, reason: str) -> StatusUpdate:
    """Sends a submitted update back with a reason, which stays for ever."""
    require(by, Permission.APPROVE_STATUS)
    reason = demand_reason(reason, _("退回须写明理由"))
    with transaction.atomic():
        row = _locked(update, edition)
        demand_state(row, State.SUBMITTED)
        row.state = State.RETURNED
        row.edition += 1
        row.save()
        _log(row, Action.RETURNED, by=by, reason=reason)
        title = say(gettext_noop("已退回：%(what)s"), what=_title(row))
        _tell(row, [row.entered_by], Kind.RETURNED, title, body=reason)
    return row


def approve_update(update: StatusUpdate, *, edition: int, by) -> StatusUpdate:
    """Approves and locks a submitted update; the item shows its status from now on."""
    return approve_updates(update.item.plan, [(update.pk, edition)], by=by)[0]


def approve_updates(plan: Plan, wanted: Sequence[tuple[int, int]], *, by) -> list[StatusUpdate]:
    """Approves submitted updates of one plan together, all or none; `wanted` are ids with the editions read.

    Raises Overtaken, WrongState or PermissionDenied for the first that may not be approved by this person.
    """
    require(by, Permission.APPROVE_STATUS)
    editions, now = dict(wanted), timezone.now()
    with transaction.atomic():
        rows = list(_lockable().filter(pk__in=editions, item__plan=plan).order_by("pk").prefetch_related("steps"))
        if len(rows) != len(editions):
            raise ValidationError(_("所选的填报有的已不存在，请刷新后重试"))
        for row in rows:
            demand_edition(row, editions[row.pk])
            demand_state(row, State.SUBMITTED)
            if by.pk in writers(row):
                raise PermissionDenied(_("填报人不能核定自己填报的内容：%(code)s") % {"code": row.item.code})
            row.state, row.approved_at, row.approved_by, row.known_on = State.APPROVED, now, by, today()
            row.edition += 1
            row.save()
            _log(row, Action.APPROVED, by=by, before={"state": State.SUBMITTED}, after=_words(row))
            title = say(gettext_noop("已核定：%(what)s"), what=_title(row))
            _tell(row, [row.entered_by], Kind.APPROVED, title)
        show_latest(plan, {row.item_id for row in rows})
    return rows


def show_latest(plan: Plan, items: Iterable[int]) -> None:
    """Gives items the status of the approved update that counts; call it in the transaction that approved one."""
    for item in Item.objects.select_for_update(of=("self",)).filter(plan=plan, pk__in=items).order_by("pk"):
        latest = StatusUpdate.objects.filter(item=item, state=State.APPROVED).order_by(*LATEST_LAST).last()
        if latest is not None:
            item.status, item.progress, item.status_as_of = latest.status, share_of(latest), latest.status_on
            item.save(update_fields=["status", "progress", "status_as_of", "updated_at"])
    touch_plan(plan)


def file_together(plan: Plan, filed: Sequence[dict[str, Any]], *, by) -> list[StatusUpdate]:
    """Files and hands in one update an item, all or none, with one notice for the lot; a second person approves.

    Each of `filed` holds the arguments of `file_update`.
    """
    with transaction.atomic():
        rows = [file_update(by=by, **fields) for fields in filed]
        for row in rows:
            _submit(row, by)
        if rows:
            people = people_who_may(Permission.APPROVE_STATUS).exclude(pk=by.pk)
            notify(
                people,
                kind=Kind.SUBMITTED,
                key=f"update:{rows[0].pk}-{rows[-1].pk}:submitted",
                title=say(counted_noop("待核定：批量填报 %(count)s 项"), count=len(rows)),
                body=listed(row.item.code for row in rows[:30]),
                url=f"/{plan.slug}/updates/",
            )
    return rows


class _kept:
    """Keeps uploads for the length of a transaction: files of one that fails are removed again."""

    def __init__(self, uploads: Iterable[Any]):
        self.uploads, self.stored = list(uploads), []

    def __enter__(self) -> list[Stored]:
        faults = []
        if len(self.uploads) > FILES_MAX:
            faults.append(_("附件最多 %(number)s 个") % {"number": FILES_MAX})
        for upload in [] if faults else self.uploads:
            try:
                self.stored.append(store_upload(upload, folder=FOLDER))
            except RefusedFile as error:
                faults.append(str(error))
        if faults:
            self._forget()
            raise ValidationError({"attachments": faults})
        return self.stored

    def __exit__(self, kind, error, trace) -> None:
        if kind is not None:
            self._forget()

    def _forget(self) -> None:
        remove_stored([file.stored_as for file in self.stored], folder=FOLDER)


def _write_parts(row: StatusUpdate, milestones: Sequence[MilestoneWords] | None, stored: list[Stored], by) -> None:
    if milestones is not None:
        row.milestones.all().delete()
        Milestone.objects.bulk_create(
            [
                Milestone(update=row, title=one.title, planned_on=one.planned_on, actual_on=one.actual_on)
                for one in milestones
            ]
        )
    Attachment.objects.bulk_create([Attachment(update=row, uploaded_by=by, **vars(file)) for file in stored])


def _remove_files(rows: list[Attachment]) -> None:
    """Rows now, files once that is committed: a transaction rolled back still has them."""
    names = [row.stored_as for row in rows]
    for row in rows:
        row.delete()
    transaction.on_commit(lambda: remove_stored(names, folder=FOLDER))


def _may_report(item: Item, by) -> None:
    require(by, Permission.REPORT_STATUS)
    if not may_report(item, by):
        raise PermissionDenied(_("这一条目不由本单位填报"))


def _may_change(row: StatusUpdate, by) -> None:
    _may_report(row.item, by)
    demand_state(row, *OPEN_STATES)


def _lockable():
    return StatusUpdate.objects.select_for_update(of=("self",)).select_related(
        "item__plan", "organisation", "entered_by"
    )


def _locked(update: StatusUpdate, edition: int) -> StatusUpdate:
    row = _lockable().get(pk=update.pk)
    demand_edition(row, edition)
    return row


def _submit(row: StatusUpdate, by) -> None:
    row.state, row.submitted_at = State.SUBMITTED, timezone.now()
    row.edition += 1
    row.save()
    _log(row, Action.SUBMITTED, by=by, after=_words(row))


def _reviewers(row: StatusUpdate):
    return people_who_may(Permission.APPROVE_STATUS).exclude(pk__in=writers(row))


def _words(row: StatusUpdate) -> dict[str, Any]:
    return {
        "item": row.item.code,
        "organisation": row.organisation.name if row.organisation else None,
        "status_on": row.status_on.isoformat(),
        "status": row.status,
        "progress": None if row.progress is None else f"{row.progress.normalize():f}",
        "done": row.done,
        "problems": row.problems,
        "next_steps": row.next_steps,
        "milestones": [
            [one.title, one.planned_on.isoformat(), one.actual_on.isoformat() if one.actual_on else None]
            for one in row.milestones.all()
        ],
        "attachments": [[file.name, file.sha256] for file in row.attachments.all()],
        "state": row.state,
    }


def _object(row: StatusUpdate) -> dict[str, str]:
    return {"plan_slug": row.item.plan.slug, "object_code": row.item.code, "object_label": row.item.title}


def _title(row: StatusUpdate) -> Said:
    item, day = row.item, row.status_on.isoformat()
    title = both(item.title, item.title_en)
    return say(gettext_noop("%(code)s %(title)s（%(day)s）"), code=item.code, title=title, day=day)


def _log(row: StatusUpdate, action: str, *, by, reason: str = "", before=None, after=None) -> None:
    UpdateStep.objects.create(update=row, action=action, by=by, reason=reason)
    after = after if not reason else (after or {}) | {"reason": reason}
    record_audit(action=f"update.{action}", by=by, before=before, after=after, **_object(row))


def _tell(row: StatusUpdate, people, kind: Kind, title: Said, *, body: str = "") -> None:
    slug = row.item.plan.slug
    url = f"/{slug}/updates/{row.pk}/"
    notify(people, kind=kind, key=f"update:{row.pk}:{kind}:{row.edition}", title=title, body=body, url=url)

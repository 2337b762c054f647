"""The life of a status update: draft → submitted → approved (locked), or returned with a reason.

The engine and the rules are those of everything entered (plan.workflow.EntryLife). An approved update is never
changed: the next one replaces what it said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.permissions import Permission, people_who_may, require
from notices.models import NoticeKind
from notices.phrases import Said, both, counted_noop, listed, say
from notices.services import notify
from plan.models import Item, Plan
from plan.params import today
from plan.queries import answerable, stood_in_for
from plan.services import touch_plan
from plan.uploads import RefusedFile, Stored, remove_stored, store_upload
from plan.workflow import EntryLife, Overtaken, WrongState
from updates.checks import MilestoneWords, check_milestones, check_update
from updates.models import Attachment, Milestone, StatusUpdate, UpdateStep
from updates.queries import last_approved, may_report, open_update, share_of
from webhooks.models import Event
from webhooks.services import Announcement, announce

State = StatusUpdate.State
Action = UpdateStep.Action
FOLDER = "updates"
EDITABLE = ("status_on", "status", "progress", *StatusUpdate.TEXTS)
FILES_MAX = 10


class Updates(EntryLife):
    name, steps, link = "update", UpdateStep, "update"
    entering, approving = Permission.REPORT_STATUS, Permission.APPROVE_STATUS
    not_theirs = gettext_lazy("只有填报人可以撤回")
    their_own = gettext_lazy("填报人不能核定自己填报的内容：%(code)s")
    was_returned = gettext_lazy("这条填报曾被退回，退回记录须保留，不能删除；可以修改后重新提交")

    def rows(self):
        return StatusUpdate.objects.select_related("item__plan", "organisation", "entered_by")

    def plan(self, row: StatusUpdate) -> Plan:
        return row.item.plan

    def is_entrusted(self, rows: Sequence[StatusUpdate], by) -> None:
        if not all(may_report(row.item, by) for row in rows):
            raise PermissionDenied(_("这一条目不由本单位填报"))

    def stood_in_for(self, row: StatusUpdate, by):
        return stood_in_for(row.item, by)

    def words(self, row: StatusUpdate) -> dict[str, Any]:
        return {
            "item": row.item.code,
            "organisation": row.organisation.name if row.organisation else None,
            "status_on": row.status_on.isoformat(),
            "status": row.status,
            "progress": None if row.progress is None else f"{row.progress.normalize():f}",
            **{name: getattr(row, name) for name in row.TEXTS},
            "milestones": [
                [one.title, one.planned_on.isoformat(), one.actual_on.isoformat() if one.actual_on else None]
                for one in row.milestones.all()
            ],
            "attachments": [
                [file.name, file.sha256, "internal" if file.is_internal else "public"]
                for file in row.attachments.all()
            ],
            "state": row.state,
        }

    def thing(self, row: StatusUpdate) -> dict[str, str]:
        return {"plan_slug": row.item.plan.slug, "object_code": row.item.code, "object_label": row.item.title}

    def names(self, row: StatusUpdate, action: str) -> dict[str, Said]:
        return {"what": _title(row)}

    def address(self, row: StatusUpdate) -> str:
        return reverse("updates:detail", args=[row.item.plan.slug, row.pk])

    def gone(self, row: StatusUpdate) -> None:
        _remove_files(list(row.attachments.all()))

    def unapprove(self, row: StatusUpdate) -> None:
        super().unapprove(row)
        row.known_on = None

    def follow(self, row: StatusUpdate, action: str) -> None:
        """Those approved together show their items once (show_latest), which touches the plan."""
        if action == Action.UNDONE:
            show_latest(self.plan(row), [row.item_id])


UPDATES = Updates()


def file_update(
    *,
    item: Item,
    by,
    milestones: Sequence[MilestoneWords] = (),
    uploads: Iterable[Any] = (),
    is_internal: bool = True,
    is_submitted: bool = False,
    **fields: Any,
) -> StatusUpdate:
    """Stores a draft, handed in where `is_submitted`; its files stay internal unless said otherwise.

    Fields: status_on, status, done; optional progress (0 to 100), problems, next_steps and organisation (else the
    person's own, or the one that answers for the item).

    Raises PermissionDenied for another organisation's item, ValidationError (by field) for what the columns
    or the plan do not take; nothing is stored then, no file either.
    """
    require(by, Permission.REPORT_STATUS)
    row = StatusUpdate(item=item, entered_by=by, state=State.DRAFT, **fields)
    UPDATES.demand([row], Action.ENTERED, by)
    if "organisation" not in fields:
        whose = UPDATES.stood_in_for(row, by) or by
        own = whose.organisation if whose.is_reporter else None
        row.organisation = own or answerable(item.plan)[item.pk]
    check_update(row)
    check_milestones(row, milestones)
    with _kept(uploads) as stored, transaction.atomic():
        row = UPDATES.begin(
            row,
            Action.ENTERED,
            by=by,
            then=lambda kept: _write_parts(kept, milestones, stored, by, is_internal=is_internal),
        ).row
        return submit_update(row, edition=row.edition, by=by) if is_submitted else row


def change_update(
    update: StatusUpdate,
    *,
    edition: int,
    by,
    milestones: Sequence[MilestoneWords] | None = None,
    uploads: Iterable[Any] = (),
    is_internal: bool = True,
    remove: Iterable[int] = (),
    public: Iterable[int] | None = None,
    is_submitted: bool = False,
    **fields: Any,
) -> StatusUpdate:
    """Changes a draft or returned update (fields of EDITABLE) as long as nobody changed it since `edition`; where
    `is_submitted` it is handed in as well, or neither.

    `milestones` replaces all of them when given; `remove` names files by their ids, and `public`, when given,
    those of the kept ones that everybody will see.
    Raises Overtaken, WrongState, PermissionDenied, ValidationError.
    """
    with _kept(uploads) as stored, transaction.atomic():

        def edit(row: StatusUpdate) -> None:
            for name in EDITABLE:
                if name in fields:
                    setattr(row, name, fields[name])
            check_update(row)
            if milestones is not None:
                check_milestones(row, milestones)
            gone = list(row.attachments.filter(pk__in=list(remove)))
            if row.attachments.count() - len(gone) + len(stored) > FILES_MAX:
                raise ValidationError({"attachments": _("附件最多 %(number)s 个") % {"number": FILES_MAX}})
            if public is not None:
                shown = set(public)
                row.attachments.filter(pk__in=shown).update(is_internal=False)
                row.attachments.exclude(pk__in=shown).update(is_internal=True)
            _write_parts(row, milestones, stored, by, is_internal=is_internal)
            _remove_files(gone)

        row = UPDATES.step(update, Action.CHANGED, edition=edition, by=by, edit=edit).row
        return submit_update(row, edition=row.edition, by=by) if is_submitted else row


def submit_update(update: StatusUpdate, *, edition: int, by) -> StatusUpdate:
    """Hands a draft or returned update in for approval and tells those who may approve."""
    return UPDATES.submit(update, edition=edition, by=by, edit=check_update)


def withdraw_update(update: StatusUpdate, *, edition: int, by) -> StatusUpdate:
    """Takes a submitted update back to draft; only who entered it may."""
    return UPDATES.withdraw(update, edition=edition, by=by)


def discard_update(update: StatusUpdate, *, edition: int, by) -> None:
    """Deletes a draft that was never returned, with its files; the audit row keeps what it said."""
    UPDATES.discard(update, edition=edition, by=by)


def return_update(update: StatusUpdate, *, edition: int, by, reason: str) -> StatusUpdate:
    """Sends a submitted update back with a reason, which stays for ever."""
    return UPDATES.send_back(update, edition=edition, by=by, reason=reason)


def approve_updates(plan: Plan, wanted: Sequence[tuple[int, int]], *, by) -> list[StatusUpdate]:
    """Approves and locks submitted updates of one plan together, all or none; their items show what they say.

    `wanted` are ids with the editions read.
    Raises Overtaken, WrongState or PermissionDenied for the first that may not be approved by this person.
    """
    require(by, Permission.APPROVE_STATUS)
    with transaction.atomic():
        rows = UPDATES.locked_all(UPDATES.rows().filter(item__plan=plan), dict(wanted))
        now = {"approved_at": timezone.now(), "approved_by": by, "known_on": today()}
        UPDATES.take_all(rows, Action.APPROVED, by=by, **now)
        for row in rows:
            UPDATES.tell(row, Action.APPROVED, by)
        show_latest(plan, {row.item_id for row in rows})
        announce([_told(plan, rows)])
    return rows


def _told(plan: Plan, rows: Sequence[StatusUpdate]) -> Announcement:
    """What other programs are told of reports that were approved together; nothing of internal files."""
    listed = [
        {
            "item": row.item.code,
            "status_on": row.status_on.isoformat(),
            "status": row.status,
            "done": row.done[:300],
            "text": f"{row.item.code} {row.item.title}：{row.get_status_display()}",
        }
        for row in rows
    ]
    title = f"{plan.short}：核定 {len(rows)} 项进展填报"
    return Announcement(plan, Event.UPDATES, title, listed, reverse("status", args=[plan.slug]))


def show_latest(plan: Plan, items: Iterable[int]) -> None:
    """Gives items the status of the approved update that counts; call it in the transaction that approved one."""
    for item in Item.objects.select_for_update(of=("self",)).filter(plan=plan, pk__in=items).order_by("pk"):
        latest = StatusUpdate.objects.filter(item=item).approved().latest_last().last()
        if latest is not None:
            item.status, item.progress, item.status_as_of = latest.status, share_of(latest), latest.status_on
        else:
            item.status, item.progress, item.status_as_of = Item.Status.NOT_REPORTED, None, None
        item.save(update_fields=["status", "progress", "status_as_of", "updated_at"])
    touch_plan(plan)


def file_together(plan: Plan, filed: Sequence[dict[str, Any]], *, by) -> list[StatusUpdate]:
    """Files and hands in one update an item, all or none, with one notice for the lot; a second person approves.

    Each of `filed` holds the arguments of `file_update`.
    """
    with transaction.atomic():
        rows = [file_update(by=by, **fields) for fields in filed]
        UPDATES.take_all(rows, Action.SUBMITTED, by=by, submitted_at=timezone.now())
        _tell_of_lot(plan, rows, by)
    return rows


def _tell_of_lot(plan: Plan, rows: Sequence[StatusUpdate], by) -> None:
    """One notice for what was handed in together."""
    if not rows:
        return
    notify(
        people_who_may(Permission.APPROVE_STATUS, plan.slug).exclude(pk=by.pk),
        kind=NoticeKind.SUBMITTED,
        key=f"update:{rows[0].pk}.{rows[0].edition}-{rows[-1].pk}.{rows[-1].edition}:submitted",
        title=say(counted_noop("待核定：批量填报 %(count)s 项"), count=len(rows)),
        body=listed(row.item.code for row in rows[:30]),
        url=reverse("updates:index", args=[plan.slug]),
    )


@dataclass(frozen=True)
class TableRow:
    """What a table says of one item: of a report begun already, `update` in the `edition` it was shown, or a new
    one; `fields` may be empty where it goes in as it stands."""

    item: Item
    update: StatusUpdate | None
    edition: int
    fields: dict[str, Any]


def file_table(
    plan: Plan, rows: Sequence[TableRow], *, by, is_submitted: bool
) -> tuple[list[StatusUpdate], dict[int, Exception]]:
    """Files the rows of a table, each by itself: those taken, and by item why another was not.

    A new report goes on with the milestones approved last, as the form does.
    """
    done: list[StatusUpdate] = []
    faults: dict[int, Exception] = {}
    with transaction.atomic():
        for row in rows:
            try:
                with transaction.atomic():
                    done.append(_file_row(row, by, is_submitted=is_submitted))
            except (ValidationError, PermissionDenied, WrongState, Overtaken) as error:
                faults[row.item.pk] = error
        if is_submitted:
            _tell_of_lot(plan, done, by)
    return done, faults


def _file_row(row: TableRow, by, *, is_submitted: bool) -> StatusUpdate:
    update = row.update
    if update is not None and row.fields:
        update = change_update(update, edition=row.edition, by=by, **row.fields)
    elif update is None:
        begun = open_update(row.item, by)
        if begun is not None:
            raise Overtaken(begun)
        update = file_update(
            item=row.item, by=by, **({"milestones": _milestones_of(last_approved(row.item))} | row.fields)
        )
    if is_submitted:
        edition = update.edition if row.fields else row.edition
        held = UPDATES.locked(update, edition)
        check_update(held)
        update = UPDATES.take_all([held], Action.SUBMITTED, by=by, submitted_at=timezone.now())[0].row
    return update


def begin_or_change(row: TableRow, *, by) -> StatusUpdate:
    """Files the draft of one row, or changes the one it names; Overtaken where another stands begun already."""
    return _file_row(row, by, is_submitted=False)


def submit_together(plan: Plan, rows: Sequence[StatusUpdate], *, by) -> None:
    """Hands drafts in together, all or none, with one notice; call it in a transaction that locked them."""
    for row in rows:
        check_update(row)
    UPDATES.take_all(rows, Action.SUBMITTED, by=by, submitted_at=timezone.now())
    if len(rows) == 1:
        UPDATES.tell(rows[0], Action.SUBMITTED, by)
    else:
        _tell_of_lot(plan, rows, by)


def _milestones_of(update: StatusUpdate | None) -> list[MilestoneWords]:
    rows = update.milestones.all() if update else ()
    return [MilestoneWords(one.title, one.planned_on, one.actual_on) for one in rows]


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


def _write_parts(
    row: StatusUpdate,
    milestones: Sequence[MilestoneWords] | None,
    stored: list[Stored],
    by,
    *,
    is_internal: bool,
) -> None:
    if milestones is not None:
        row.milestones.all().delete()
        Milestone.objects.bulk_create(
            [
                Milestone(update=row, title=one.title, planned_on=one.planned_on, actual_on=one.actual_on)
                for one in milestones
            ]
        )
    Attachment.objects.bulk_create(
        [Attachment(update=row, uploaded_by=by, is_internal=is_internal, **vars(file)) for file in stored]
    )


def _remove_files(rows: list[Attachment]) -> None:
    """Rows now, files once that is committed: a transaction rolled back still has them."""
    names = [row.stored_as for row in rows]
    for row in rows:
        row.delete()
    transaction.on_commit(lambda: remove_stored(names, folder=FOLDER))


def _title(row: StatusUpdate) -> Said:
    item, day = row.item, row.status_on.isoformat()
    title = both(item.title, item.title_en)
    return say(gettext_noop("%(code)s %(title)s（%(day)s）"), code=item.code, title=title, day=day)

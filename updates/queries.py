"""Reads of status updates that pages, files, the API and the roll-ups share."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import Permission, may
from accounts.substitutes import units
from plan.models import Item, Plan
from plan.params import today
from plan.queries import DayStatus, entrusted
from plan.workflow import EntryLife
from updates.models import StatusUpdate, UpdateStep

State = StatusUpdate.State
OPEN_STATES = EntryLife.OPEN
NOT_REPORTED = DayStatus(Item.Status.NOT_REPORTED, None, None)


def share_of(update: StatusUpdate) -> Decimal | None:
    """The share done as items keep it, 0 to 1."""
    return None if update.progress is None else update.progress / 100


def day_statuses(plan: Plan, day: date) -> dict[str, DayStatus]:
    """By code, the status known on a day of every item that has an approved update by now; one query.

    Today is as the items' own rows say, so nothing is asked for it.
    """
    if day >= today():
        return {}
    rows = StatusUpdate.objects.filter(item__in=plan.items).approved().latest_last()
    names = ("status", "progress", "status_on", "known_on", "item", "item__code")
    known: dict[str, DayStatus] = {}
    for row in rows.select_related("item").only(*names):
        known.setdefault(row.item.code, NOT_REPORTED)
        if row.was_known(day):
            known[row.item.code] = DayStatus(row.status, share_of(row), row.status_on)
    return known


def statuses_of(plan: Plan, day: date) -> dict[str, DayStatus]:
    """By code, what has been reported by now of how items stood on a day; one query."""
    rows = StatusUpdate.objects.filter(item__in=plan.items).of_state_on(day).latest_last()
    names = ("status", "progress", "status_on", "known_on", "item", "item__code")
    found = rows.select_related("item").only(*names)
    return {row.item.code: DayStatus(row.status, share_of(row), row.status_on) for row in found}


def with_all(rows: QuerySet[StatusUpdate]) -> QuerySet[StatusUpdate]:
    """With what a page shows of an update: people, milestones and files; three queries however many rows."""
    people = ("organisation", "entered_by", "approved_by", "item__plan")
    return rows.select_related(*people).prefetch_related("milestones", "attachments")


def approved_on(plan: Plan, day: date) -> QuerySet[StatusUpdate]:
    """The approved updates known on a day, in the plan's order and that of their days."""
    rows = StatusUpdate.objects.filter(item__in=plan.items).known_on(day)
    return rows.order_by("item__order", *StatusUpdate.LATEST_LAST)


def history_of(item: Item, day: date) -> list[StatusUpdate]:
    """The approved updates of an item known on a day, the one that counts first."""
    return list(reversed(with_all(approved_on(item.plan, day).filter(item=item))))


def latest_by_item(updates: Iterable[StatusUpdate]) -> dict[int, StatusUpdate]:
    """The approved update that counts, by item, of rows in any order."""
    latest: dict[int, StatusUpdate] = {}
    approved = [row for row in updates if row.state == State.APPROVED]
    for row in sorted(approved, key=lambda row: (row.status_on, row.known_on, row.pk)):
        latest[row.item_id] = row
    return latest


def last_approved(item: Item, *, before: StatusUpdate | None = None) -> StatusUpdate | None:
    """The approved update that counts now; `before` an update: the one that had counted when it was approved."""
    rows = StatusUpdate.objects.filter(item=item).approved()
    if before is not None:
        rows = rows.exclude(pk=before.pk).filter(status_on__lte=before.status_on)
        if before.known_on:
            rows = rows.known_on(before.known_on)
    return rows.prefetch_related("milestones").latest_last().last()


def reported_kinds(plan: Plan) -> tuple[str, ...]:
    """The kinds whose status is what units report."""
    return plan.kinds.reported


def may_report(item: Item, user) -> bool:
    """Whether a person may report on an item: one it is entrusted with, of a kind that is reported on."""
    if item.kind not in item.plan.kinds.reported or not may(user, Permission.REPORT_STATUS):
        return False
    return entrusted(item.plan, user).filter(pk=item.pk).exists()


def may_see(update: StatusUpdate, user, day: date) -> bool:
    """Approved ones are everybody's once known; others those who wrote, answer for or review them."""
    if update.was_known(day):
        return True
    if not may(user, Permission.USE_DESK):
        return False
    if update.entered_by_id == user.pk or Role.ANALYST in user.roles:
        return True
    if update.state != State.DRAFT and may(user, Permission.APPROVE_STATUS):
        return True
    return may_report(update.item, user)


def may_see_internal(update: StatusUpdate, user) -> bool:
    """Whether internal files are somebody's to see: its unit's, whoever enters, evaluates and reviews."""
    if not user.is_authenticated:
        return False
    if user.roles & {Role.ANALYST, Role.REVIEWER, Role.EVALUATOR} or update.entered_by_id == user.pk:
        return True
    return may_report(update.item, user)


def get_update(plan: Plan, pk: int) -> StatusUpdate:
    rows = with_all(StatusUpdate.objects.filter(item__plan=plan))
    update = rows.select_related("item__plan", "item__parent").filter(pk=pk).first()
    if update is None:
        raise Http404(_("没有编号为 %(number)s 的填报") % {"number": pk})
    return update


def steps_of(update: StatusUpdate) -> QuerySet[UpdateStep]:
    return update.steps.select_related("by", "for_person")


def open_update(item: Item, user) -> StatusUpdate | None:
    """The draft or returned update of an item that a person would go on with, the newest."""
    rows = StatusUpdate.objects.filter(item=item, state__in=OPEN_STATES)
    if Role.ANALYST not in user.roles:
        rows = rows.filter(Q(organisation__in=units(user)) | Q(entered_by=user))
    return rows.order_by("-id").first()


def waiting(plan: Plan) -> QuerySet[StatusUpdate]:
    """The review queue: handed in first comes first."""
    rows = StatusUpdate.objects.filter(item__plan=plan, state=State.SUBMITTED)
    return (
        rows.select_related("item__plan", "organisation", "entered_by")
        .annotate(files=Count("attachments"))
        .prefetch_related(Prefetch("steps", UpdateStep.objects.select_related("by")))
        .order_by("submitted_at", "id")
    )

"""One change for many items: previewed, then filed as one update each, for a second person to approve."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from plan.models import Item, Plan
from plan.queries import answerable
from plan.workflow import Overtaken
from updates.checks import MilestoneWords, check_milestones, check_update
from updates.models import StatusUpdate
from updates.queries import latest_by_item
from updates.services import file_together

Status = Item.Status


@dataclass(frozen=True)
class BulkChange:
    """What to say of each chosen item; an empty status keeps the one approved last, `shift` moves planned days."""

    status_on: date
    done: str
    status: str = ""
    progress: Decimal | None = None
    problems: str = ""
    shift: int = 0


@dataclass(frozen=True)
class BulkRow:
    """One item: what counts now, and the update that would be filed; `reason` says why none can be."""

    item: Item
    before: StatusUpdate | None
    fields: dict[str, Any] = field(default_factory=dict)
    moved: list[tuple[str, date, date]] = field(default_factory=list)
    reason: str = ""

    @property
    def status_word(self) -> str:
        return str(dict(Status.choices)[self.fields["status"]]) if self.fields else ""

    @property
    def progress(self) -> Decimal | None:
        return self.fields.get("progress")


def plan_bulk(plan: Plan, codes: Iterable[str], change: BulkChange, *, by) -> list[BulkRow]:
    """What the change would file for each chosen item, in the plan's order; stores nothing. Five queries."""
    items = list(plan.items.filter(code__in=list(codes)).in_plan_order())
    updates = StatusUpdate.objects.filter(item__in=items).prefetch_related("milestones")
    updates = list(updates.select_related("item__plan"))
    latest, leads = latest_by_item(updates), answerable(plan)
    unfinished = {row.item_id for row in updates if row.state != StatusUpdate.State.APPROVED}
    rows = []
    for item in items:
        item.plan = plan
        rows.append(_row(item, latest.get(item.pk), item.pk in unfinished, change, leads[item.pk], by))
    return rows


def file_bulk(plan: Plan, codes: Iterable[str], change: BulkChange, *, by, seen: str) -> list[StatusUpdate]:
    """Files what the preview `seen` showed, all or nothing.

    Raises Overtaken with the preview that holds now where somebody changed what it was computed from.
    """
    codes = list(codes)
    with transaction.atomic():
        # Who files the same at the same time waits here, and then sees these.
        list(plan.items.select_for_update(of=("self",)).filter(code__in=codes).order_by("pk").values_list("pk"))
        rows = plan_bulk(plan, codes, change, by=by)
        if seen_of(rows) != seen:
            raise Overtaken(rows, _("预览之后有人改动了这些条目，请核对新的预览后再提交"))
        return file_together(plan, [row.fields for row in rows if row.fields], by=by)


def seen_of(rows: Iterable[BulkRow]) -> str:
    """Fingerprint of a preview: what counted before and what would be filed."""
    told = [
        [row.item.code, row.before.pk if row.before else None, row.status_word, str(row.progress), row.reason]
        for row in rows
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _row(
    item: Item,
    last: StatusUpdate | None,
    unfinished: bool,
    change: BulkChange,
    organisation: Organisation | None,
    by,
) -> BulkRow:
    if item.kind not in item.kinds.reported:
        return BulkRow(item, last, reason=_("这一类条目不填报进展"))
    if unfinished:
        return BulkRow(item, last, reason=_("有尚未核定的填报，请先处理"))
    if not change.status and last is None:
        return BulkRow(item, last, reason=_("从未填报，没有可沿用的状态"))
    milestones, moved = _moved(last, change.shift)
    if change.shift and not moved and not change.status and change.progress is None:
        return BulkRow(item, last, reason=_("没有未完成的里程碑"))
    # What is done has no problems and no next steps; else what was said last still holds.
    kept = last if change.status != Status.DONE else None
    carried = {name: getattr(kept, name, "") for name in StatusUpdate.TEXTS}
    fields = carried | {
        "status_on": change.status_on,
        "status": change.status or last.status,
        "progress": _progress(last, change),
        "done": change.done,
        "problems": change.problems or carried["problems"],
        "organisation": organisation,
    }
    try:
        draft = StatusUpdate(item=item, entered_by=by, **fields)
        check_update(draft)
        check_milestones(draft, milestones)
    except ValidationError as error:
        return BulkRow(item, last, reason="；".join(error.messages))
    return BulkRow(
        item, last, fields | {"item": item, "progress": draft.progress, "milestones": milestones}, moved
    )


def _progress(last: StatusUpdate | None, change: BulkChange) -> Decimal | None:
    """The share said, or what the status carries with it; a kept status keeps its share."""
    if change.progress is not None:
        return change.progress
    if change.status in (Status.DONE, Status.NOT_STARTED):
        return None  # check_update completes it: 100 or 0
    if last is None or (change.status and last.status in (Status.DONE, Status.NOT_STARTED)):
        return None  # of a 100 or 0 that no longer holds nothing is known
    return last.progress


def _moved(last: StatusUpdate | None, days: int) -> tuple[list[MilestoneWords], list[tuple[str, date, date]]]:
    milestones, moved = [], []
    for one in last.milestones.all() if last else ():
        planned = one.planned_on
        if days and one.actual_on is None:
            planned = one.planned_on + timedelta(days=days)
            moved.append((one.title, one.planned_on, planned))
        milestones.append(MilestoneWords(one.title, planned, one.actual_on))
    return milestones, moved

"""The demo's status updates: a few years of approved ones for most tasks, and single ones in every state."""

import hashlib
import secrets
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from notices.models import NoticeKind
from notices.phrases import both, say
from notices.services import notify
from plan.folders import keep
from plan.models import Item
from training.stage import Stage, date_notices, moment, untold
from updates.models import Attachment, Milestone, StatusUpdate, UpdateStep

State = StatusUpdate.State
Action = UpdateStep.Action
STEPS = {
    State.DRAFT: (Action.ENTERED,),
    State.SUBMITTED: (Action.ENTERED, Action.SUBMITTED),
    State.RETURNED: (Action.ENTERED, Action.SUBMITTED, Action.RETURNED),
    State.APPROVED: (Action.ENTERED, Action.SUBMITTED, Action.APPROVED),
}
# Days from the day a report speaks of to each of its steps.
AFTER = {Action.ENTERED: 10, Action.SUBMITTED: 12, Action.RETURNED: 16}


def demo_updates(stage: Stage) -> dict[str, int]:
    """Writes the reports with their steps, milestones and files, and gives items their latest approved status."""
    rows = _regular(stage) + _single(stage)
    for row, told in rows:
        row.save()
        _date_and_log(stage, row, told)
    _show_latest(stage.plan.items.filter(pk__in={row.item_id for row, _ in rows}))
    return {"updates": len(rows)}


def _regular(stage: Stage) -> list[tuple[StatusUpdate, dict]]:
    told = stage.story["reports"]
    single = {row["item"] for row in stage.story["report"]}
    rows = []
    items = [
        item for item in stage.plan.items.filter(kind__in=told["kinds"]).in_plan_order() if item.code not in single
    ]
    for place, item in enumerate(items):
        for on, status, progress in told["patterns"][place % len(told["patterns"])]:
            row = {"item": item.code, "on": on, "status": status, "progress": progress, "state": State.APPROVED}
            if not untold(stage, [_known_on(stage, row)]):
                rows.append((_update(stage, row), row))
    return rows


def _single(stage: Stage) -> list[tuple[StatusUpdate, dict]]:
    rows = [row for row in stage.story["report"] if not untold(stage, [_known_on(stage, row)])]
    return [(_update(stage, row), row) for row in rows]


def _known_on(stage: Stage, row: dict) -> date:
    return date.fromisoformat(row["on"]) + timedelta(days=stage.story["reports"]["known_after_days"])


def _update(stage: Stage, row: dict) -> StatusUpdate:
    """The row as it ends, not saved; reports of units without an account were entered by the analyst."""
    item, words, status = stage.items[row["item"]], stage.story["reports"], row["status"]
    approved = row["state"] == State.APPROVED
    return StatusUpdate(
        item=item,
        organisation=_answerable(stage, item),
        status_on=date.fromisoformat(row["on"]),
        status=status,
        progress=Decimal(row["progress"]) if row["progress"] else None,
        done=words["words"][status],
        problems=words["problems"].get(status, ""),
        next_steps=words["next"].get(status, ""),
        state=row["state"],
        entered_by=stage.people[row.get("by", "demo-analyst")],
        submitted_at=None if row["state"] == State.DRAFT else _at(row, Action.SUBMITTED),
        approved_by=stage.reviewer if approved else None,
        approved_at=moment(_known_on(stage, row)) if approved else None,
        known_on=_known_on(stage, row) if approved else None,
        edition=len(STEPS[row["state"]]),
    )


def _answerable(stage: Stage, item: Item):
    """The lead of the item or of the nearest item above it that has one."""
    by_pk = {row.pk: row for row in stage.items.values()}
    while item.lead_id is None and item.parent_id:
        item = by_pk[item.parent_id]
    return item.lead


def _at(row: dict, action: str):
    return moment(date.fromisoformat(row["on"]) + timedelta(days=AFTER[action]))


def _date_and_log(stage: Stage, update: StatusUpdate, row: dict) -> None:
    StatusUpdate.objects.filter(pk=update.pk).update(entered_at=_at(row, Action.ENTERED))
    for action in STEPS[row["state"]]:
        own = action in (Action.ENTERED, Action.SUBMITTED)
        step = UpdateStep.objects.create(
            update=update,
            action=action,
            by=update.entered_by if own else stage.reviewer,
            reason=row["reason"] if action == Action.RETURNED else "",
        )
        at = moment(_known_on(stage, row)) if action == Action.APPROVED else _at(row, action)
        UpdateStep.objects.filter(pk=step.pk).update(at=at)
    for title, planned, actual in row.get("milestones", []):
        Milestone.objects.create(
            update=update,
            title=title,
            planned_on=date.fromisoformat(planned),
            actual_on=date.fromisoformat(actual) if actual else None,
        )
    if "attachment" in row:
        _attach(update, row["attachment"])
    if "by" in row:
        _tell(stage, update, row)


def _attach(update: StatusUpdate, name: str) -> None:
    """A small text file that says what it is, kept where the files of reports are kept."""
    data = f"演示数据：{update.item.code} {update.item.title} 的虚构佐证材料，仅供培训。\n".encode()
    stored_as = secrets.token_hex(16)
    keep("attachments/updates", stored_as, data)
    Attachment.objects.create(
        update=update,
        name=name,
        content_type="text/plain",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        stored_as=stored_as,
        uploaded_by=update.entered_by,
    )


def _tell(stage: Stage, update: StatusUpdate, row: dict) -> None:
    words = {
        State.SUBMITTED: (
            stage.reviewer,
            NoticeKind.SUBMITTED,
            gettext_noop("待核定：%(what)s"),
            _at(row, Action.SUBMITTED),
        ),
        State.RETURNED: (
            update.entered_by,
            NoticeKind.RETURNED,
            gettext_noop("已退回：%(what)s"),
            _at(row, Action.RETURNED),
        ),
        State.APPROVED: (
            update.entered_by,
            NoticeKind.APPROVED,
            gettext_noop("已核定：%(what)s"),
            update.approved_at,
        ),
    }
    if row["state"] not in words:
        return
    person, kind, sentence, at = words[row["state"]]
    item, day = update.item, update.status_on.isoformat()
    title = both(item.title, item.title_en)
    what = say(gettext_noop("%(code)s %(title)s（%(day)s）"), code=item.code, title=title, day=day)
    notify(
        [person],
        kind=kind,
        key=f"update:{update.pk}:{kind}:{update.edition}",
        title=say(sentence, what=what),
        body=row.get("reason", ""),
        url=update.item.path(stage.plan.slug),
    )
    date_notices(stage, f"update:{update.pk}:", {kind: at.date()})


def _show_latest(items: QuerySet[Item]) -> None:
    """The state an item shows is that of its latest approved report."""
    approved = StatusUpdate.objects.filter(item__in=items).approved()
    latest = {row.item_id: row for row in approved.order_by("status_on", "id")}
    changed = []
    for item in items.filter(pk__in=latest):
        row = latest[item.pk]
        item.status, item.status_as_of = row.status, row.status_on
        item.progress = None if row.progress is None else row.progress / 100
        changed.append(item)
    Item.objects.bulk_update(changed, ["status", "progress", "status_as_of"])

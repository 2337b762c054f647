"""Reads of notes and rounds that several pages share."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from assessments import pins
from assessments.models import Finding, Note, NoteStep
from indicators.queries import overview
from plan.models import Item, Plan
from plan.params import today
from updates.models import StatusUpdate


def pin_of(item: Item, day: date) -> pins.Pin:
    """What is known of an item on a day, whole (assessments.pins)."""
    plan = Plan.objects.get(pk=item.plan_id)
    if item.kind == Item.Kind.INDICATOR:
        return pins.pin_indicator(overview(plan, day), item.code)
    return pins.pin_task(item, _update_known(item, day), day)


def changes_since(note: Note) -> list[dict[str, Any]]:
    """What has changed since in what a handed-in note spoke of (assessments.pins); empty for a draft."""
    if note.pinned is None:
        return []
    plan = Plan.objects.get(pk=note.round.plan_id)
    if note.item.kind == Item.Kind.INDICATOR:
        return pins.indicator_changes(note.pinned, overview(plan, today()), note.item.code)
    return pins.task_changes(note.pinned, _corrected(note))


def known_notes(plan: Plan, day: date, item: Item | None = None) -> list[NoteStep]:
    """The notes that stood published at the end of a day, each as the step that published its text."""
    steps = NoteStep.objects.filter(
        note__round__plan=plan,
        at__date__lte=day,
        action__in=[NoteStep.Action.PUBLISHED, NoteStep.Action.AMENDED, NoteStep.Action.REVOKED],
    )
    if item is not None:
        steps = steps.filter(note__item=item)
    latest: dict[int, NoteStep] = {}
    for step in steps.select_related("note__item", "note__round", "note__author").order_by("id"):
        latest[step.note_id] = step
    standing = [step for step in latest.values() if step.action == NoteStep.Action.PUBLISHED]
    return sorted(standing, key=lambda step: (step.note.item.order, step.note.round.cut_off))


def noted_codes(plan: Plan, day: date) -> set[str]:
    """The codes of the commitments that a published note speaks of at the end of a day; one query."""
    return {step.note.item.code for step in known_notes(plan, day)}


def commitments(plan: Plan, kind: str, below: tuple[str, ...]) -> list[tuple[Item, list[Item]]]:
    """The items of a kind in the plan's order, each with those of the kinds below it; two queries."""
    parts: dict[int, list[Item]] = {}
    for row in plan.items.filter(kind__in=below).in_plan_order():
        parts.setdefault(row.parent_id, []).append(row)
    return [(item, parts.get(item.pk, [])) for item in plan.items.filter(kind=kind).in_plan_order()]


def open_findings(plan: Plan) -> QuerySet[Finding]:
    return (
        Finding.objects.filter(note__round__plan=plan)
        .exclude(state=Finding.State.CLOSED)
        .select_related("note__item", "note__round", "organisation")
    )


def overdue_findings(plan: Plan, day: date) -> QuerySet[Finding]:
    """Follow-up actions past their day and not closed."""
    return open_findings(plan).filter(due_on__lt=day).filter(~Q(state=Finding.State.ACCEPTED))


def _update_known(item: Item, day: date) -> StatusUpdate | None:
    rows = StatusUpdate.objects.filter(
        item=item, state=StatusUpdate.State.APPROVED, known_on__lte=day, status_on__lte=day
    )
    return rows.prefetch_related("milestones").order_by("status_on", "known_on", "id").last()


def _corrected(note: Note) -> StatusUpdate | None:
    said = note.pinned.get("update") if note.pinned else None
    if not said:
        return None
    rows = StatusUpdate.objects.filter(
        item=note.item, state=StatusUpdate.State.APPROVED, status_on=said["status_on"]
    )
    return rows.order_by("known_on", "id").last()

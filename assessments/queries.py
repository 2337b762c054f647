"""Reads of notes and rounds that several pages share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from accounts.substitutes import stands_in, units
from assessments import snapshots
from assessments.models import Evidence, Finding, FindingStep, Note, NoteStep, Round, RoundStep
from indicators.queries import overview, overview_with
from plan.models import Item, Plan
from plan.params import today
from updates.models import StatusUpdate

# The steps after which a note's text stands published, or does no longer.
TURNS = (NoteStep.Action.PUBLISHED, NoteStep.Action.AMENDED, NoteStep.Action.REVOKED)


def pin_of(item: Item, day: date) -> snapshots.Pin:
    """What is known of an item on a day, whole (assessments.snapshots)."""
    plan = Plan.objects.get(pk=item.plan_id)
    if item.kind == Item.Kind.INDICATOR:
        return snapshots.pin_indicator(overview_with(plan, day, item.code), item.code)
    return snapshots.pin_task(item, _update_known(item, day), day)


def changes_since(note: Note) -> list[dict[str, Any]]:
    """What has changed since in what a handed-in note spoke of (snapshots); empty for a draft.

    What differed already when it was handed in, as in a round on a past day, its author could see.
    """
    if note.pinned is None:
        return []
    known = note.pinned.get("known_then", [])
    return [change for change in _differences(note) if change not in known]


def pin_for(note: Note) -> snapshots.Pin:
    """What a note that is handed in speaks of, with what is known by then to have changed since the cut-off."""
    note.pinned = pin_of(note.item, note.round.cut_off)
    return note.pinned | {"known_then": _differences(note)}


def _differences(note: Note) -> list[dict[str, Any]]:
    """In what the present differs from what a note is pinned to."""
    plan = Plan.objects.get(pk=note.round.plan_id)
    if note.item.kind == Item.Kind.INDICATOR:
        return snapshots.indicator_changes(note.pinned, overview(plan, today()), note.item.code)
    return snapshots.task_changes(note.pinned, _corrected(note))


def get_round(plan: Plan, code: str, user) -> Round:
    """A round by its code, as it is now; one that is still planned is known only to those who take part."""
    return _known_round(plan, plan.rounds.filter(code=code).first(), code, user)


def round_on(plan: Plan, code: str, user, day: date) -> Round:
    """A round by its code, as it stood on a day: then too, a planned one was known to few."""
    row = rounds_on(plan, day).filter(code=code).first()
    return _known_round(plan, round_as_it_stood(row) if row else None, code, user)


def _known_round(plan: Plan, row: Round | None, code: str, user) -> Round:
    if row is None or (row.state == Round.State.PLANNED and not may(user, Permission.SEE_ROUNDS)):
        raise Http404(_("没有评估轮次“%(code)s”") % {"code": code})
    row.plan = plan
    return row


# What a round has come to after a step that moves it.
ROUND_AFTER = {
    RoundStep.Action.CREATED: Round.State.PLANNED,
    RoundStep.Action.OPENED: Round.State.OPEN,
    RoundStep.Action.CLOSED: Round.State.CLOSED,
    RoundStep.Action.REOPENED: Round.State.OPEN,
    RoundStep.Action.PUBLISHED: Round.State.PUBLISHED,
}


def rounds_on(plan: Plan, day: date) -> QuerySet[Round]:
    """Rounds there were by a day, with `state_then`, what it had come to on it, and `moved_at`: since when."""
    moves = RoundStep.objects.filter(round=OuterRef("pk"), action__in=ROUND_AFTER).until(day).order_by("-id")
    came_to = [When(last_move=action, then=Value(state)) for action, state in ROUND_AFTER.items()]
    return (
        plan.rounds.annotate(last_move=Subquery(moves.values("action")[:1]))
        .exclude(last_move=None)
        .annotate(moved_at=Subquery(moves.values("at")[:1]))
        .annotate(state_then=Case(*came_to, output_field=CharField()))
    )


def round_as_it_stood(row: Round) -> Round:
    """A row of `rounds_on`, to be read and never saved."""
    row.state = row.state_then
    is_published = row.state == Round.State.PUBLISHED
    row.published_on = timezone.localdate(row.moved_at) if is_published else None
    return row


def has_moved_since(row: Round, day: date) -> bool:
    """Whether a round came to something else after a day, though it may have come back."""
    return row.steps.filter(action__in=ROUND_AFTER).after(day).exists()


def rounds_of(plan: Plan, user, day: date) -> list[Round]:
    """Every round a visitor may know of, as it stood on a day, with how many commitments are given out in it."""
    rows = [round_as_it_stood(row) for row in rounds_on(plan, day).annotate(given=Count("assignments"))]
    takes_part = may(user, Permission.SEE_ROUNDS)
    return [row for row in rows if takes_part or row.state != Round.State.PLANNED]


def get_note(plan: Plan, pk: int) -> Note:
    rows = Note.objects.select_related(
        "item__parent", "item__section", "round", "author", "organisation", "reviewer"
    )
    note = rows.filter(round__plan=plan, pk=pk).first()
    if note is None:
        raise Http404(_("没有这份评估意见"))
    note.item.plan = note.round.plan = plan
    return note


def may_see(note: Note, user) -> bool:
    """Whether somebody may see a note whatever its state: its author and reviewers; a published one, everybody."""
    if note.state == Note.State.PUBLISHED:
        return True
    return is_author(note, user) or may(user, Permission.REVIEW_NOTES)


def is_author(note: Note, user) -> bool:
    """Whether it is a person's to write a note: its author, or who stands in for him today."""
    return writes_for(note.author, user)


def writes_for(author, user) -> bool:
    """Whether somebody writes an evaluator's notes: himself, or who stands in for him today."""
    if not may(user, Permission.EVALUATE):
        return False
    return author.pk == user.pk or stands_in(user, author.pk)


def author_at(note: Note, step: NoteStep) -> Any:
    """Who answered for a note when it took a step: it may have been handed over since."""
    handed = note.steps.filter(action=NoteStep.Action.HANDED, pk__gt=step.pk).select_related("for_person")
    later = handed.order_by("id").first()
    return later.for_person if later else note.author


def known_step(note: Note, day: date) -> NoteStep | None:
    """The step whose text stood published at the end of a day."""
    last = note.steps.filter(action__in=TURNS).until(day).select_related("by").order_by("id").last()
    return last if last is not None and last.action == NoteStep.Action.PUBLISHED else None


def was_public(step: NoteStep) -> bool:
    """Whether a past text stood published once: such a page can be opened again for ever."""
    return step.action in (NoteStep.Action.PUBLISHED, NoteStep.Action.CONFIRMED)


def waiting_notes(plan: Plan) -> QuerySet[Note]:
    """What reviewers have to read, the longest waiting first."""
    waiting = [Note.State.SUBMITTED, Note.State.UNDER_REVIEW]
    rows = Note.objects.filter(round__plan=plan, round__state=Round.State.OPEN, state__in=waiting)
    return rows.select_related("item__plan", "round", "author", "reviewer").order_by("submitted_at", "id")


def asked(plan: Plan, person) -> list[Note]:
    """A person's published notes whose grounds have changed and that were not answered yet."""
    rows = Note.objects.filter(round__plan=plan, author=person, state=Note.State.PUBLISHED).exclude(asked_about="")
    rows = rows.select_related("item__plan", "round").order_by("item__order")
    return [row for row in rows if row.asked_about != row.answered_about]


def previous_note(note: Note, day: date) -> NoteStep | None:
    """The text on the same commitment in the round before that stood published on a day."""
    steps = known_notes(note.round.plan, day, note.item)
    earlier = [step for step in steps if step.note.round.cut_off < note.round.cut_off]
    return earlier[-1] if earlier else None


@dataclass(frozen=True)
class NoteEvent:
    """A note that was published or taken back on a day; `conclusion` is its word, `url` the page of that text."""

    day: date
    item: Item
    round: Round
    action: str
    conclusion: str
    url: str
    step: NoteStep


def note_events(plan: Plan, from_day: date, to_day: date, item: Item | None = None) -> list[NoteEvent]:
    """What was published or revoked after `from_day`, up to and on `to_day`, oldest first; one query.

    `action` is published or revoked. Of an item: its own notes and those on what stands below it.
    """
    shown = (NoteStep.Action.PUBLISHED, NoteStep.Action.REVOKED)
    steps = NoteStep.objects.filter(note__round__plan=plan, action__in=shown).after(from_day).until(to_day)
    if item is not None:
        chain = ("item", "item__parent", "item__parent__parent", "item__parent__parent__parent")
        steps = steps.filter(Q(*((f"note__{step}", item.pk) for step in chain), _connector=Q.OR))
    labels = dict(Note.Conclusion.choices)
    return [
        NoteEvent(
            day=timezone.localdate(step.at),
            item=step.note.item,
            round=step.note.round,
            action=step.action,
            conclusion=str(labels.get(step.body.get("conclusion", ""), "")),
            url=reverse("assessments:past", args=[plan.slug, step.note_id, step.pk]),
            step=step,
        )
        for step in steps.select_related("note__item__plan", "note__round").order_by("id")
    ]


def known_notes(plan: Plan, day: date, item: Item | None = None, *, with_evidence: bool = False) -> list[NoteStep]:
    """The notes that stood published at the end of a day, each as the step that published its text; one query,
    or two with what each rests on."""
    steps = NoteStep.objects.filter(note__round__plan=plan, action__in=TURNS).until(day)
    if item is not None:
        steps = steps.filter(note__item=item)
    if with_evidence:
        steps = steps.prefetch_related("note__evidence")
    latest: dict[int, NoteStep] = {}
    people = ("note__item__plan", "note__round", "note__author", "note__organisation")
    for step in steps.select_related(*people).order_by("id"):
        latest[step.note_id] = step
    standing = [step for step in latest.values() if step.action == NoteStep.Action.PUBLISHED]
    return sorted(standing, key=lambda step: (step.note.item.order, step.note.round.cut_off))


def standing_steps(plan: Plan, day: date) -> QuerySet[NoteStep]:
    """The steps whose texts stood published at the end of a day, as known_notes gives them."""
    turns = NoteStep.objects.filter(note=OuterRef("note"), action__in=TURNS).until(day)
    last = Subquery(turns.order_by("-id").values("pk")[:1])
    return NoteStep.objects.filter(note__round__plan=plan, action=NoteStep.Action.PUBLISHED, pk=last)


def noted_codes(plan: Plan, day: date) -> set[str]:
    """The codes of the commitments that a published note speaks of at the end of a day; one query."""
    return {step.note.item.code for step in known_notes(plan, day)}


def commitments(plan: Plan, kind: str, below: tuple[str, ...]) -> list[tuple[Item, list[Item]]]:
    """The items of a kind in the plan's order, each with those of the kinds below it; two queries."""
    parts: dict[int, list[Item]] = {}
    for row in plan.items.filter(kind__in=below).in_plan_order():
        parts.setdefault(row.parent_id, []).append(row)
    return [(item, parts.get(item.pk, [])) for item in plan.items.filter(kind=kind).in_plan_order()]


# What a follow-up action has come to after its last step.
STATE_AFTER = {
    FindingStep.Action.CREATED: Finding.State.OPEN,
    FindingStep.Action.RESPONDED: Finding.State.RESPONDED,
    FindingStep.Action.ACCEPTED: Finding.State.ACCEPTED,
    FindingStep.Action.RETURNED: Finding.State.RETURNED,
    FindingStep.Action.CLOSED: Finding.State.CLOSED,
}


def findings_on(plan: Plan, day: date) -> QuerySet[Finding]:
    """Follow-up actions that had been asked for by a day, each with `state_then`, what it had come to on it."""
    steps = FindingStep.objects.filter(finding=OuterRef("pk"), action__in=STATE_AFTER)
    last = steps.until(day).order_by("-id").values("action")
    came_to = [When(last_step=action, then=Value(state)) for action, state in STATE_AFTER.items()]
    closed = Case(When(state_then=Finding.State.CLOSED, then=F("closed_on")))
    return (
        findings_of(plan)
        .known_on(day)
        .annotate(last_step=Subquery(last[:1]))
        .annotate(state_then=Case(*came_to, default=Value(Finding.State.OPEN), output_field=CharField()))
        .annotate(closed_then=closed)
        .order_by(F("closed_then").asc(nulls_first=True), "due_on", "id")
    )


def as_it_stood(row: Finding) -> Finding:
    """A row of `findings_on`, to be read and never saved."""
    row.state, row.closed_on = row.state_then, row.closed_then
    return row


def finding_on(plan: Plan, pk: int, day: date) -> Finding:
    """A follow-up action as it stood on a day."""
    row = findings_on(plan, day).select_related(*OF_FINDING).filter(pk=pk).first()
    if row is None:
        get_finding(plan, pk)
        raise Http404(_("这项整改在所选的日期还没有提出"))
    row.note.round.plan = row.note.item.plan = plan
    return as_it_stood(row)


def open_findings(plan: Plan, day: date) -> QuerySet[Finding]:
    """Follow-up actions asked for by a day and not closed on it."""
    return findings_on(plan, day).exclude(state_then=Finding.State.CLOSED)


def unanswered_findings(plan: Plan, day: date) -> QuerySet[Finding]:
    """Follow-up actions whose organisation was still waited for on a day."""
    return findings_on(plan, day).filter(state_then__in=Finding.UNANSWERED)


def overdue_findings(plan: Plan, day: date) -> QuerySet[Finding]:
    """Follow-up actions that were late on a day, as `Finding.is_late_on` says of one."""
    return unanswered_findings(plan, day).filter(due_on__lt=day)


def due_findings(plan: Plan, day: date) -> QuerySet[Finding]:
    """Follow-up actions whose organisation was waited for on a day and had still time."""
    return unanswered_findings(plan, day).filter(due_on__gte=day)


def shown_evidence(note: Note, body: dict[str, Any], *, is_all: bool = False) -> list[Evidence]:
    """The rows of what a text was published with; of internal ones a reader learns nothing."""
    named = {one["pk"] for one in body.get("evidence", [])}
    return [one for one in note.evidence.all() if one.pk in named and (is_all or not one.is_internal)]


OF_FINDING = ("note__item", "note__round", "note__author", "organisation", "created_by")


def get_finding(plan: Plan, pk: int) -> Finding:
    """A follow-up action as it is now."""
    row = Finding.objects.select_related(*OF_FINDING).filter(note__round__plan=plan, pk=pk).first()
    if row is None:
        raise Http404(_("没有这项整改事项"))
    row.note.round.plan = row.note.item.plan = plan
    return row


def findings_of(plan: Plan, items: Iterable[Item] | None = None) -> QuerySet[Finding]:
    """Follow-up actions with what a list shows of them, those not closed and soonest due first."""
    rows = Finding.objects.filter(note__round__plan=plan)
    if items is not None:
        rows = rows.filter(note__item__in=items)
    return rows.select_related("note__item__plan", "note__round", "organisation").order_by(
        F("closed_on").asc(nulls_first=True), "due_on", "id"
    )


def answers_for(finding: Finding, user) -> bool:
    """Whether somebody reports for the organisation a follow-up action was asked of."""
    return may(user, Permission.ANSWER_FINDINGS) and finding.organisation_id in units(user)


def follows(finding: Finding, user) -> bool:
    """Whether somebody may read what was said in a follow-up action: its organisation, author and reviewers."""
    return answers_for(finding, user) or is_author(finding.note, user) or may(user, Permission.REVIEW_NOTES)


def _update_known(item: Item, day: date) -> StatusUpdate | None:
    rows = StatusUpdate.objects.filter(item=item, status_on__lte=day).known_on(day)
    return rows.prefetch_related("milestones").latest_last().last()


def _corrected(note: Note) -> StatusUpdate | None:
    said = note.pinned.get("update") if note.pinned else None
    if not said:
        return None
    rows = StatusUpdate.objects.filter(item=note.item, status_on=said["status_on"]).approved()
    return rows.order_by("known_on", "id").last()

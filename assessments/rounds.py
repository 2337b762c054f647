"""The life of a round: planned → open → closed → published; and who evaluates what in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission, may, require
from assessments.models import Assignment, Note, Round, RoundStep
from audit.services import record_audit
from notices.models import NoticeKind
from notices.phrases import both, counted_noop, day_of, say
from notices.services import notify
from plan.models import Item, Plan
from plan.params import today
from plan.workflow import ActRule, Life, demand_handing, demand_reason, demand_state

State = Round.State
Action = RoundStep.Action
FIELDS = ("kind", "name", "name_en", "starts_on", "ends_on", "cut_off", "due_on")


class Rounds(Life):
    name, steps, link = "round", RoundStep, "round"

    def __init__(self) -> None:
        manages = {"permission": Permission.MANAGE_ROUNDS}
        moves = {**manages, "touches": True}
        self.rules = {
            Action.CREATED: ActRule(to=State.PLANNED, **manages),
            Action.CHANGED: ActRule((State.PLANNED, State.OPEN), edits=True, **moves),
            Action.OPENED: ActRule((State.PLANNED,), to=State.OPEN, **moves),
            Action.CLOSED: ActRule((State.OPEN,), to=State.CLOSED, **moves),
            Action.REOPENED: ActRule(
                (State.CLOSED, State.PUBLISHED), to=State.OPEN, why=gettext_lazy("重新打开须写明理由"), **moves
            ),
            Action.PUBLISHED: ActRule((State.CLOSED,), to=State.PUBLISHED, **moves),
        }

    def rows(self):
        return Round.objects.select_related("plan")

    def plan(self, row: Round) -> Plan:
        return row.plan

    def words(self, row: Round) -> dict[str, Any]:
        return {name: str(getattr(row, name)) for name in FIELDS} | {"state": row.state}

    def before(self, row: Round, action: str) -> Any:
        return self.words(row) if action == Action.CHANGED else {"state": row.state}

    def after(self, row: Round, action: str) -> Any:
        return self.words(row) if action in (Action.CREATED, Action.CHANGED) else {"state": row.state}

    def thing(self, row: Round) -> dict[str, str]:
        return {"plan_slug": row.plan.slug, "object_code": row.code, "object_label": row.name}


ROUNDS = Rounds()


def create_round(*, plan: Plan, code: str, by, **fields: Any) -> Round:
    """A planned round. Raises ValidationError by field (a cut-off after today, a code in use)."""
    row = Round(plan=plan, code=code, created_by=by, **fields)
    return ROUNDS.begin(row, Action.CREATED, by=by, edit=_check).row


def change_round(round: Round, *, edition: int, by, **fields: Any) -> Round:
    """Changes a planned or open round; the cut-off only while nothing was handed in that rests on it."""

    def edit(row: Round) -> None:
        cut_off = row.cut_off
        for name in FIELDS:
            if name in fields:
                setattr(row, name, fields[name])
        if cut_off != row.cut_off and row.notes.exclude(pinned=None).exists():
            raise ValidationError({"cut_off": _("已有提交的评估意见，数据截止日不能再改")})
        _check(row)

    return ROUNDS.step(round, Action.CHANGED, edition=edition, by=by, edit=edit).row


def open_round(round: Round, *, edition: int, by) -> Round:
    return ROUNDS.step(round, Action.OPENED, edition=edition, by=by, published_on=None).row


def close_round(round: Round, *, edition: int, by) -> Round:
    """Ends a round: its days, tasks and notes stay as they are; its report is written on until published."""
    return ROUNDS.step(round, Action.CLOSED, edition=edition, by=by, published_on=None).row


def reopen_round(round: Round, *, edition: int, by, reason: str) -> Round:
    """Opens a closed or published round again: an audited act with a reason."""
    return ROUNDS.step(round, Action.REOPENED, edition=edition, by=by, reason=reason, published_on=None).row


def publish_round(round: Round, *, edition: int, by) -> Round:
    return ROUNDS.step(round, Action.PUBLISHED, edition=edition, by=by, published_on=today()).row


@dataclass(frozen=True)
class GivenOut:
    """How many commitments changed hands, and those that could not, each with its reason."""

    number: int
    refused: list[tuple[Item, str]]


def assign(*, round: Round, items: Iterable[Item], evaluator, due_on: date | None, by) -> GivenOut:
    """Gives items to an evaluator, taking them from whoever had them.

    A note that was begun stays its author's until it is handed over (assessments.handing).
    """
    require(by, Permission.MANAGE_ROUNDS)
    if not may(evaluator, Permission.EVALUATE):
        raise ValidationError({"evaluator": _("%(name)s 没有评估角色") % {"name": evaluator}})
    with transaction.atomic():
        row = ROUNDS.locked(round)
        demand_state(row, State.PLANNED, State.OPEN)
        items = list(items)
        notes = Note.objects.filter(round=row, item__in=items).exclude(author=evaluator).select_related("author")
        begun = {note.item_id: note for note in notes}
        refused = [(item, _begun_words(begun[item.pk])) for item in items if item.pk in begun]
        items = [item for item in items if item.pk not in begun]
        day = due_on or row.due_on
        existing = {one.item_id: one for one in row.assignments.filter(item__in=items)}
        new, moved = [], []
        for item in items:
            old = existing.get(item.pk)
            if old is None:
                new.append(Assignment(round=row, item=item, evaluator=evaluator, due_on=day))
            elif (old.evaluator_id, old.due_on) != (evaluator.pk, day):
                old.evaluator, old.due_on = evaluator, day
                moved.append(old)
        Assignment.objects.bulk_create(new)
        Assignment.objects.bulk_update(moved, ["evaluator", "due_on"])
        if changed := len(new) + len(moved):
            codes = [item.code for item in items]
            after = {"evaluator": evaluator.get_username(), "due_on": day.isoformat(), "items": codes}
            record_audit(action="round.assigned", by=by, after=after, **ROUNDS.thing(row))
            notify(
                [evaluator],
                kind=NoticeKind.DUE,
                key=f"round:{row.pk}:assigned:{row.assignments.count()}:{day}",
                title=say(
                    counted_noop("%(round)s：分给您 %(count)s 项，%(day)s前提交"),
                    round=both(row.name, row.name_en),
                    count=changed,
                    day=day_of(day),
                ),
                url=f"{row.get_absolute_url()}?mine=1",
            )
    return GivenOut(changed, refused)


def _begun_words(note: Note) -> str:
    words = {"name": note.author, "state": note.get_state_display()}
    return _("%(name)s 已开始写（%(state)s），须由本人或轮次管理人移交") % words


def hand_assignments(round: Round, items: Iterable[Item], *, of, to, by, reason: str) -> int:
    """Puts commitments nobody began to write on into another evaluator's hand; their day stays. How many."""
    require(to, Permission.EVALUATE)
    reason = demand_reason(reason, _("移交须写明事由"))
    demand_handing(of, to, by, round.plan.slug)
    with transaction.atomic():
        row = ROUNDS.locked(round)
        demand_state(row, State.PLANNED, State.OPEN)
        rows = row.assignments.filter(item__in=items, evaluator=of)
        codes = list(rows.order_by("item__order").values_list("item__code", flat=True))
        if codes:
            rows.update(evaluator=to)
            after = {"evaluator": to.get_username(), "items": codes, "reason": reason}
            before = {"evaluator": of.get_username()}
            record_audit(action="round.handed", by=by, before=before, after=after, **ROUNDS.thing(row))
    return len(codes)


def unassign(*, round: Round, items: Iterable[Item], by) -> int:
    """Takes items from their evaluators where no note was begun; returns how many."""
    require(by, Permission.MANAGE_ROUNDS)
    with transaction.atomic():
        row = ROUNDS.locked(round)
        demand_state(row, State.PLANNED, State.OPEN)
        begun = Note.objects.filter(round=row).values("item")
        rows = row.assignments.filter(item__in=items).exclude(item__in=begun)
        codes = list(rows.order_by("item__order").values_list("item__code", flat=True))
        rows.delete()
        if codes:
            record_audit(action="round.unassigned", by=by, before={"items": codes}, **ROUNDS.thing(row))
    return len(codes)


def _check(row: Round) -> None:
    if isinstance(row.cut_off, date) and row.cut_off > today():
        raise ValidationError({"cut_off": _("数据截止日不能晚于今天")})
    row.full_clean(exclude=["created_by"])

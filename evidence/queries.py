"""Reads of published statements that pages, files and the API share."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from types import MappingProxyType
from typing import TypeVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from evidence.models import PublicEvidence
from evidence.states import above, comes_to
from plan.models import Item, Plan
from plan.public import PublicState
from plan.workflow import EntryLife

State = PublicEvidence.State
Kept = TypeVar("Kept")
# What was read stays true until the plan is touched: every approval and every load does that.
KEPT = 4
_kept: OrderedDict[tuple[int, int], list[PublicEvidence]] = OrderedDict()
_kept_states: OrderedDict[tuple, Mapping[str, PublicState]] = OrderedDict()
_lock = Lock()


def _kept_in(memory: OrderedDict[tuple, Kept], key: tuple, read: Callable[[], Kept]) -> Kept:
    """What a memory has under a key, else what is read now, which it keeps; the oldest goes."""
    with _lock:
        if key in memory:
            return memory[key]
    found = read()
    with _lock:
        memory[key] = found
        while len(memory) > KEPT:
            memory.popitem(last=False)
    return found


def approved_rows(plan: Plan) -> list[PublicEvidence]:
    """Every approved statement on a plan, with item and source, the newest last; one query a state of the plan."""
    return _kept_in(_kept, (plan.pk, plan.figures_version), lambda: _approved_rows(plan))


def _approved_rows(plan: Plan) -> list[PublicEvidence]:
    rows = PublicEvidence.objects.of(plan).approved().newest_last()
    return list(rows.select_related("item__parent__parent__parent", "source"))


def states_on(plan: Plan, day: date) -> Mapping[str, PublicState]:
    """By code, what the statements public on a day come to; made once for each state of the plan."""
    key = (plan.pk, plan.figures_version, day, get_language())
    return _kept_in(_kept_states, key, lambda: MappingProxyType(_states_on(plan, day)))


def _states_on(plan: Plan, day: date) -> dict[str, PublicState]:
    by_code: dict[str, list[PublicEvidence]] = {}
    for row in approved_rows(plan):
        if row.was_known(day):
            by_code.setdefault(row.item.code, []).append(row)
    told = {"kinds": plan.kinds, "starts_on": plan.starts_on, "ends_on": plan.ends_on}
    return {code: comes_to(found, **told) for code, found in by_code.items()}


def forget() -> None:
    """For tests: a plan rolled back hands its key to another."""
    with _lock:
        _kept.clear()
        _kept_states.clear()


def known(plan: Plan, day: date) -> QuerySet[PublicEvidence]:
    """Everything public on a day, of each commitment the newest last."""
    return PublicEvidence.objects.of(plan).known_on(day).newest_last()


@dataclass(frozen=True)
class ToldEvidence:
    """A statement beside those known of the same commitment that disagree with it."""

    row: PublicEvidence
    against: list[PublicEvidence]


def _kept_of(item: Item) -> list[PublicEvidence]:
    """Every approved statement on an item that is in no list any more, the newest last."""
    rows = PublicEvidence.objects.filter(item=item).approved().newest_last()
    return list(rows.select_related("item__parent__parent__parent", "source"))


def of_item(plan: Plan, item: Item, day: date, *, with_parts: bool = False) -> list[ToldEvidence]:
    """What was public of an item on a day, the newest first; `with_parts`: and of everything below it."""
    rows = [row for row in (_kept_of(item) if item.is_retired else approved_rows(plan)) if row.was_known(day)]
    if with_parts:
        rows = [row for row in rows if item.code in (row.item.code, *above(row.item))]
    else:
        rows = [row for row in rows if row.item_id == item.pk]
    return [
        ToldEvidence(row, [one for one in rows if one.contradicts_id == row.pk or row.contradicts_id == one.pk])
        for row in reversed(rows)
    ]


def waiting(plan: Plan) -> QuerySet[PublicEvidence]:
    """The review queue: handed in first comes first."""
    rows = PublicEvidence.objects.filter(item__plan=plan, state=State.SUBMITTED)
    return (
        rows.select_related("item__plan", "source", "entered_by")
        .prefetch_related("steps")
        .order_by("submitted_at", "id")
    )


def open_ones(plan: Plan) -> QuerySet[PublicEvidence]:
    """Drafts and what came back, in the plan's order."""
    rows = PublicEvidence.objects.filter(item__plan=plan, state__in=EntryLife.OPEN)
    return rows.select_related("item__plan", "source", "entered_by").order_by("item__order", "id")


def get_evidence(plan: Plan, pk: int) -> PublicEvidence:
    rows = PublicEvidence.objects.filter(item__plan=plan)
    row = (
        rows.select_related("item__plan", "item__parent", "source", "entered_by", "contradicts")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise Http404(_("没有编号为 %(number)s 的公开信息") % {"number": pk})
    return row


def may_see(row: PublicEvidence, user, day: date) -> bool:
    """Approved ones are everybody's once public; others those who enter or review."""
    enters = may(user, Permission.ENTER_EVIDENCE) or may(user, Permission.APPROVE_EVIDENCE)
    return row.was_known(day) or enters


def writers(row: PublicEvidence) -> set[int | None]:
    """Everybody whose words stand in a statement or who vouched for it by handing it in."""
    wrote = {step.by_id for step in row.steps.all() if step.action in ("entered", "changed", "submitted")}
    return {row.entered_by_id} | wrote


def marked(rows: Iterable[PublicEvidence], user) -> list[dict]:
    """Rows of the review queue, each with whether it is the reader's own."""
    return [{"evidence": row, "own": user.pk in writers(row)} for row in rows]

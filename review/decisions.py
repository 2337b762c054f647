"""The acts of the review desk, by the services of each life; and what of them can still be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk import releases
from desk.imports.reviewing import mark_decided
from plan.models import Plan
from plan.workflow import EntryStep, WrongState, may_be_undone
from review.kinds import BY_KEY, KINDS, Reviewed

DECISIONS = (EntryStep.Action.APPROVED, EntryStep.Action.RETURNED)
# As many of one's last acts as the desk offers to take back, and as many rows as it looks at for them.
OFFERED, LOOKED_AT = 5, 200
# Rows returned with the same words within this time were returned in one act: nobody types them twice as quickly.
ONE_ACT = timedelta(seconds=1)


@dataclass(frozen=True)
class Decided:
    """An act that its reviewer can still take back, with all its rows."""

    kind: Reviewed
    rows: Sequence[Any]
    step: Any
    code: str

    @property
    def address(self) -> str:
        """The page of its first row, which shows what came of it."""
        return self.kind.life.address(self.rows[0])

    @property
    def keys(self) -> list[str]:
        return [f"{row.pk}:{row.edition}" for row in self.rows]


def find(plan: Plan, kind: Reviewed, pk: int) -> Any | None:
    """A row of a plan in whatever state it is by now; None where there is none."""
    row = kind.life.rows().filter(pk=pk).first()
    if row is None or kind.key == "release":
        return row
    return row if kind.life.plan(row).pk == plan.pk else None


def decide(kind: Reviewed, row: Any, act: str, *, edition: int, by, said: str) -> None:
    """Approves, returns or asks. Raises what the life's own service raises."""
    if act == "approve":
        kind.approve(row, edition=edition, by=by, said=said)
    elif act == "return":
        kind.send_back(row, edition=edition, by=by, said=said)
    elif act == "ask" and kind.ask is not None:
        kind.ask(row, edition=edition, by=by, reason=said)
    else:
        raise WrongState(_("这一类不能这样操作"))


@transaction.atomic
def decide_release(
    plan: Plan, picked: Mapping[int, int], *, left_out: set[int], by, reason: str, reasons: Mapping[int, str]
) -> tuple[int, int]:
    """One decision on a publication's waiting figures, as desk.releases takes it; imports hear of it."""
    done = releases.decide(plan, picked, left_out=left_out, by=by, reason=reason, reasons=reasons)
    mark_decided(picked)
    return done


@transaction.atomic
def approve_chosen(plan: Plan, chosen: list[tuple[str, int, int]], *, by) -> int:
    """Approves the chosen rows (kind, key, edition), all or none; what asks for a look of its own is refused.

    Returns how many rows: one that was ticked twice is one.
    """
    if not chosen:
        raise WrongState(_("请先勾选要处理的条目"))
    by_kind: dict[str, dict[int, int]] = {}
    for key, pk, edition in chosen:
        by_kind.setdefault(key, {})[pk] = edition
    for key, picked in by_kind.items():
        approve = BY_KEY[key].approve_many
        if approve is None:
            raise PermissionDenied(_("这一类须逐条处理"))
        approve(plan, picked, by=by)
    return sum(map(len, by_kind.values()))


@transaction.atomic
def return_chosen(plan: Plan, chosen: list[tuple[str, int, int]], *, by, reason: str) -> int:
    """Sends the chosen rows back with one reason, all or none."""
    if not chosen:
        raise WrongState(_("请先勾选要处理的条目"))
    rows = {(key, pk): edition for key, pk, edition in chosen}
    for (key, pk), edition in rows.items():
        kind = BY_KEY[key]
        row = find(plan, kind, pk)
        if row is None:
            raise WrongState(_("所选条目中有的已不存在，请刷新后重选"))
        kind.send_back(row, edition=edition, by=by, said=reason)
    return len(rows)


@transaction.atomic
def undo(plan: Plan, kind: Reviewed, editions: Mapping[int, int], *, by) -> int:
    """Takes an act back with all its rows (key → edition as seen), or none of them.

    Raises what `EntryLife.undo` raises for the first that cannot be, and WrongState where there is none.
    """
    if kind.steps is None or not editions:
        raise WrongState(_("没有可以撤销的决定"))
    for pk, edition in editions.items():
        row = find(plan, kind, pk)
        if row is None:
            raise WrongState(_("没有可以撤销的决定"))
        kind.life.undo(row, edition=edition, by=by)
    return len(editions)


def can_be_undone(plan: Plan, user) -> list[Decided]:
    """One's own acts of the last minutes that nothing followed yet, the latest first; two queries a kind."""
    found = [act for kind in KINDS if kind.steps is not None for act in _acts(plan, user, kind)]
    found.sort(key=lambda one: one.step.at, reverse=True)
    return found[:OFFERED]


def _acts(plan: Plan, user, kind: Reviewed) -> list[Decided]:
    link, since = kind.life.link, timezone.now() - timedelta(minutes=settings.UNDO_MINUTES)
    steps = kind.steps.objects.filter(by=user, at__gte=since, action__in=DECISIONS).order_by("-id")[:LOOKED_AT]
    steps = [step for step in steps if may_be_undone(step.at)]
    if not steps:
        return []
    keys = {getattr(step, f"{link}_id") for step in steps}
    rows = {row.pk: row for row in kind.life.rows().filter(pk__in=keys) if kind.life.plan(row).pk == plan.pk}
    taken = kind.steps.objects.filter(**{f"{link}__in": keys}).order_by("id")
    latest = dict(taken.values_list(f"{link}_id", "pk"))
    acts: list[list[tuple[Any, Any]]] = []
    for step in steps:
        row = rows.get(getattr(step, f"{link}_id"))
        if row is None or latest[row.pk] != step.pk:
            continue
        if acts and _is_one_act(acts[-1][-1], (step, row)):
            acts[-1].append((step, row))
        else:
            acts.append([(step, row)])
    return [_decided(kind, act) for act in acts]


def _is_one_act(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    """Whether two rows were decided on in one act: approved at one moment, or returned with the same words."""
    (step, row), (earlier, before) = one, other
    if step.action != earlier.action:
        return False
    if step.action == EntryStep.Action.APPROVED:
        return row.approved_at == before.approved_at
    return step.reason == earlier.reason and step.at - earlier.at < ONE_ACT


def _decided(kind: Reviewed, act: list[tuple[Any, Any]]) -> Decided:
    codes = [kind.life.thing(row)["object_code"] for _step, row in act]
    told = {"code": codes[-1], "number": len(codes)}
    code = codes[0] if len(codes) == 1 else _("%(code)s 等 %(number)s 条") % told
    return Decided(kind, [row for _step, row in act], act[0][0], code)

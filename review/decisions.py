"""The acts of the review desk, by the services of each life; and what of them can still be taken back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plan.models import Plan
from plan.workflow import EntryStep, WrongState, may_be_undone
from review.kinds import BY_KEY, KINDS, Reviewed

DECISIONS = (EntryStep.Action.APPROVED, EntryStep.Action.RETURNED)
# As many of one's last decisions as the desk offers to take back.
OFFERED = 5


@dataclass(frozen=True)
class Decided:
    """A decision that its reviewer can still take back."""

    kind: Reviewed
    row: Any
    step: Any
    code: str


def find(plan: Plan, kind: Reviewed, pk: int) -> Any | None:
    """A row of a plan in whatever state it is by now; None where there is none."""
    row = kind.life.rows().filter(pk=pk).first()
    return row if row is not None and kind.life.plan(row).pk == plan.pk else None


def decide(kind: Reviewed, row: Any, act: str, *, edition: int, by, said: str) -> None:
    """Approves, returns, asks or takes back. Raises what the life's own service raises."""
    if act == "approve":
        kind.approve(row, edition=edition, by=by, said=said)
    elif act == "return":
        kind.send_back(row, edition=edition, by=by, said=said)
    elif act == "ask" and kind.ask is not None:
        kind.ask(row, edition=edition, by=by, reason=said)
    elif act == "undo" and kind.steps is not None:
        kind.life.undo(row, edition=edition, by=by)
    else:
        raise WrongState(_("这一类不能这样操作"))


@transaction.atomic
def approve_chosen(plan: Plan, chosen: list[tuple[str, int, int]], *, by) -> int:
    """Approves the chosen rows (kind, key, edition), all or none; what asks for a look of its own is refused."""
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
    return len(chosen)


def can_be_undone(plan: Plan, user) -> list[Decided]:
    """One's own decisions of the last minutes that nothing followed yet, the latest first."""
    since = timezone.now() - timedelta(minutes=settings.UNDO_MINUTES)
    found = []
    for kind in KINDS:
        if kind.steps is None:
            continue
        link = kind.life.link
        steps = kind.steps.objects.filter(by=user, at__gte=since, action__in=DECISIONS).select_related(link)
        for step in steps.order_by("-id")[:OFFERED]:
            row = getattr(step, link)
            if row.state in (kind.life.APPROVED, kind.life.RETURNED) and may_be_undone(step.at):
                found.append((step.at, kind, row.pk, step))
    found.sort(key=lambda one: one[0], reverse=True)
    decided = []
    for _at, kind, pk, step in found[:OFFERED]:
        row = find(plan, kind, pk)
        if row is not None and row.steps.order_by("-id").values_list("pk", flat=True).first() == step.pk:
            decided.append(Decided(kind, row, step, kind.life.thing(row)["object_code"]))
    return decided

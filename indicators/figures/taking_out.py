"""Taking an approved figure out (不采用): asked for by one person with a reason, decided by another.

The row stays where everybody can read it. It counts on pages of earlier days, as they were read then, and no more
from the day it was taken out (`Observation.as_on`, indicators/known.py).
"""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.figures.workflow import FIGURES
from indicators.models import Observation, ObservationStep
from plan.models import Plan
from plan.workflow import WrongState

Action = ObservationStep.Action


def asked_out(plan: Plan) -> QuerySet[Observation]:
    """The approved figures of a plan that somebody asks to take out and nobody has decided on."""
    rows = Observation.objects.approved().filter(out_asked_by__isnull=False, component__indicator__plan=plan)
    return rows.select_related("component__indicator", "out_asked_by").order_by("id")


def ask_out(observation: Observation, *, edition: int, by, reason: str) -> Observation:
    """Asks that an approved figure count no more; it counts until somebody else has decided.

    Raises WrongState where it was asked for already, Overtaken, PermissionDenied, ValidationError (no reason).
    """

    def edit(row: Observation) -> None:
        if row.out_asked_by_id is not None:
            raise WrongState(_("已有人建议不采用这条数据，正待决定"))
        row.out_asked_by, row.out_reason = by, reason.strip()

    return FIGURES.step(observation, Action.OUT_ASKED, edition=edition, by=by, reason=reason, edit=edit).row


def take_out(observation: Observation, *, edition: int, by) -> Observation:
    """Decides so: the figure counts no more from today; the plan's verdicts are recomputed after the commit."""

    def edit(row: Observation) -> None:
        _demand_asked(row)
        row.taken_out_by, row.taken_out_at, row.out_key = by, timezone.now(), row.pk

    return FIGURES.step(observation, Action.TAKEN_OUT, edition=edition, by=by, edit=edit).row


def keep_in(observation: Observation, *, edition: int, by, reason: str) -> Observation:
    """Decides against it, with a reason; the figure goes on counting, and may be asked out again."""

    def edit(row: Observation) -> None:
        _demand_asked(row)
        row.asked = row.out_asked_by
        row.out_asked_by, row.out_reason = None, ""

    return FIGURES.step(observation, Action.OUT_REFUSED, edition=edition, by=by, reason=reason, edit=edit).row


def _demand_asked(row: Observation) -> None:
    if row.out_asked_by_id is None:
        raise WrongState(_("没有人建议不采用这条数据"))

"""Verdicts of indicators for pages of the spine (plan.readers)."""

from datetime import date

from indicators.queries import overview
from indicators.shown.wording import FINAL, LINEAR_STATUSES, final_badge, linear_badge
from plan.badges import Badge
from plan.changes import Method
from plan.models import Plan
from plan.readers import StatusScale


def verdicts_by_code(plan: Plan, day: date) -> dict[str, Badge]:
    """By code, the time method's word for each indicator on a day."""
    return {standing.indicator.code: linear_badge(standing) for standing in overview(plan, day).standings}


def finals_by_code(plan: Plan, day: date) -> dict[str, Badge]:
    """By code, whether each indicator's target was reached, as far as it can be said on a day."""
    standings = overview(plan, day).standings
    return {standing.indicator.code: final_badge(standing.whole.final_verdict) for standing in standings}


SCALES = (
    StatusScale("linear", Method.LINEAR.label, LINEAR_STATUSES, verdicts_by_code),
    StatusScale("final", Method.FINAL.label, FINAL, finals_by_code),
)

"""Verdicts of indicators for pages of the spine (plan.marks)."""

from datetime import date

from indicators.queries import overview
from indicators.wording import linear_badge
from plan.changes import Shown
from plan.models import Plan


def verdicts_by_code(plan: Plan, day: date) -> dict[str, Shown]:
    """By code, the time method's word for each indicator on a day."""
    return {standing.indicator.code: linear_badge(standing) for standing in overview(plan, day).standings}

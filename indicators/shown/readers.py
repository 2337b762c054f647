"""How indicators stand, for pages of the spine (plan.readers)."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _

from indicators.queries import Standing, overview
from indicators.shown.states import state_badge
from indicators.shown.wording import FINAL, LINEAR_STATUSES, final_badge, linear_badge
from judging.ladder import WORST_FIRST
from plan.badges import INDICATOR_WORDS, Badge
from plan.changes import Method
from plan.models import Plan
from plan.readers import StatusScale


def states_by_code(plan: Plan, day: date) -> dict[str, Badge]:
    """By code, the one word that pages have for each indicator on a day."""
    return {standing.indicator.code: state_badge(standing) for standing in overview(plan, day).standings}


def _by_code(badge: Callable[[Standing], Badge]) -> Callable[[Plan, date], dict[str, Badge]]:
    return lambda plan, day: {one.indicator.code: badge(one) for one in overview(plan, day).standings}


# What pages show, and what files and addresses of earlier days call a status by.
SCALES = (
    StatusScale(
        Method.STATE,
        _("指标，按最近公布的数据"),
        {state: INDICATOR_WORDS[state] for state in WORST_FIRST},
        states_by_code,
    ),
    StatusScale(Method.LINEAR, Method.LINEAR.label, LINEAR_STATUSES, _by_code(linear_badge), is_shown=False),
    StatusScale(
        Method.FINAL,
        Method.FINAL.label,
        FINAL,
        _by_code(lambda standing: final_badge(standing.whole.final_verdict)),
        is_shown=False,
    ),
)

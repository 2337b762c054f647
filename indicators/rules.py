"""The rule in force, kept by the day: what the settings ask for holds from the day it was first seen."""

from datetime import date
from decimal import Decimal
from typing import Any

from audit.services import record_audit
from indicators.assess_body import plain
from indicators.models import RuleInForce
from indicators.progress import RULE_VERSION
from indicators.queries import cutoffs
from plan.models import Plan
from plan.services import touch_plan

NAMES = ("ahead", "on_schedule", "slightly_behind")
# As many places as the columns hold: more would differ from what is stored for ever.
STEP = Decimal("0.0001")


def keep_rule(plan: Plan, *, today: date, by=None) -> bool:
    """Stores the settings' rule as in force from `today` where it differs from the newest one of the plan.

    The first of a plan holds since the plan was published. A second change on one day replaces the first, and
    a day before the newest rule changes nothing: what held then stays. Call it with the plan locked. Returns
    whether an earlier rule was replaced.
    """
    newest = RuleInForce.objects.filter(plan=plan).order_by("-since").first()
    wanted = {name: getattr(cutoffs(), name).quantize(STEP) for name in NAMES} | {"rule_version": RULE_VERSION}
    if newest is not None and (newest.since > today or all(getattr(newest, n) == v for n, v in wanted.items())):
        return False
    since = plan.published_on if newest is None else today
    row = RuleInForce(plan=plan, since=since, **wanted)
    if newest is not None and newest.since == since:
        row.pk = newest.pk
    row.save()
    record_audit(
        action="rule.in_force",
        by=by,
        plan_slug=plan.slug,
        object_code=plan.slug,
        object_label=plan.title,
        before=_words(newest) if newest else None,
        after=_words(row),
    )
    touch_plan(plan)
    return newest is not None


def _words(row: RuleInForce) -> dict[str, Any]:
    cut_offs = {name: plain(getattr(row, name)) for name in NAMES}
    return {"since": row.since.isoformat(), "rule_version": row.rule_version} | cut_offs

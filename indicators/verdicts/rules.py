"""The rule in force, kept by the day: what the settings ask for holds from the day it was first seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from audit.services import record_audit
from indicators.models import RuleInForce
from indicators.queries import JudgingRule, cutoffs, rule_of, rule_on
from judging.decimals import plain
from judging.terms import RULE_VERSION
from plan.models import Plan
from plan.services import touch_plan

NAMES = ("ahead", "on_schedule", "slightly_behind")
# As many places as the columns hold: more would differ from what is stored for ever.
STEP = Decimal("0.0001")


@dataclass(frozen=True)
class KeptRule:
    """The rule of a plan on the day asked for, and whether it has just taken the place of another."""

    rule: JudgingRule
    replaced: bool


def keep_rules(plans: Sequence[Plan], *, today: date, by=None) -> dict[int, KeptRule]:
    """Stores the settings' rule as in force from `today` where it differs from the newest one of a plan.

    The first of a plan holds since the plan was published. A second change on one day replaces the first, and
    a day before the newest rule changes nothing: what held then stays. Call it with the plans locked; one query
    where nothing changes.
    """
    rows: dict[int, list[RuleInForce]] = {plan.pk: [] for plan in plans}
    for row in RuleInForce.objects.filter(plan__in=plans).order_by("since"):
        rows[row.plan_id].append(row)
    kept = {}
    for plan in plans:
        replaced = _keep(plan, rows[plan.pk], today, by)
        kept[plan.pk] = KeptRule(rule_on([rule_of(row) for row in rows[plan.pk]], today), replaced)
    return kept


def _keep(plan: Plan, known: list[RuleInForce], today: date, by) -> bool:
    """Brings the stored rules of a plan, oldest first, up to the settings; says whether one was replaced."""
    newest = known[-1] if known else None
    wanted = {name: getattr(cutoffs(), name).quantize(STEP) for name in NAMES} | {"rule_version": RULE_VERSION}
    if newest is not None and (newest.since > today or all(getattr(newest, n) == v for n, v in wanted.items())):
        return False
    row = RuleInForce(plan=plan, since=plan.published_on if newest is None else today, **wanted)
    if newest is not None and newest.since == row.since:
        row.pk = newest.pk
        known.pop()
    row.save()
    known.append(row)
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

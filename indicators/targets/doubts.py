"""What a person looks at again before a target is approved, and writes down what was found.

A doubt is a question, never a bar.
"""

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators.figures.grades import Grade, standings_of
from indicators.models import Component, Target
from indicators.queries import ComponentStanding, baseline, goal, judge_rows
from indicators.shown.states import assessment_badge
from indicators.shown.wording import number
from judging.ladder import IndicatorState
from judging.terms import InvalidInput
from plan.badges import Badge
from plan.params import today
from tables.numbers import POWERS, unit_parts

State = Target.State
NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(万亿|亿|万)?", re.ASCII)


# By key, why a proposal asks for a look of its own, each in words; nothing of a quiet one.
Doubts = dict[int, dict[Grade, str]]


def doubts_about_target(target: Target) -> list[str]:
    """In words: what its number lies beside, and what else of it is doubted while it waits."""
    return list(doubts_of([target])[target.pk].values())


def doubts_of(rows: Sequence[Target]) -> Doubts:
    """Why each of these targets of one plan asks for a look of its own; a fixed number of queries for any number.

    What waits beside another, or turns the word of its component, is asked of proposals alone.
    """
    found: Doubts = {row.pk: _beside_number(row) for row in rows}
    waiting = [row for row in rows if row.state == State.PROPOSED]
    if not waiting:
        return found
    parts = {row.component_id for row in waiting}
    plan = waiting[0].component.indicator.plan
    standings = standings_of(plan, parts, today())
    proposals = Counter(
        Target.objects.filter(component__in=parts, state=State.PROPOSED).values_list("component", flat=True)
    )
    for row in waiting:
        if others := proposals[row.component_id] - 1:
            words = ngettext(
                "这一分项另有 %(number)s 条待核定的提议，请先比较",
                "这一分项另有 %(number)s 条待核定的提议，请先比较",
                others,
            )
            found[row.pk][Grade.TWICE] = words % {"number": others}
        if (part := standings.get(row.component_id)) and (turn := turn_of(part, row)):
            told = {"before": turn[0].text, "after": turn[1].text}
            found[row.pk][Grade.FLIP] = _("生效后结论由“%(before)s”变为“%(after)s”，请核对") % told
    return found


def turn_of(part: ComponentStanding, target: Target) -> tuple[Badge, Badge] | None:
    """The word before and after a target is put in place of the one in force, where it turns; else None."""
    before = assessment_badge(part.assessment, part.target.year)
    try:
        judged = judge_rows(part.component, target, part.stated, part.rule.cutoffs)
    except InvalidInput:
        return None  # approving it is refused, with the reason
    after = assessment_badge(judged, target.year)
    return None if before.key in (after.key, IndicatorState.NO_DATA) else (before, after)


def _beside_number(target: Target) -> dict[Grade, str]:
    said = {Grade.WORDING: _beside_wording(target), Grade.BASE: _beside_base(target)}
    return {grade: words for grade, words in said.items() if words}


def _beside_base(target: Target) -> str:
    component = target.component
    base = baseline(component.indicator.plan, component)[1]
    if target.type == Target.Type.DONE or component.accumulation in (*Component.BY_YEARS, "cumulative"):
        return ""
    if component.accumulation in Component.IN_PER_CENT:
        base = Decimal(0)  # a growth of nothing
    if base is None or not goal(component.indicator, target).met(base):
        return ""
    if base in (target.value, target.low, target.high):
        return _("基期值 %(base)s 恰在目标上：一开始就已达到，请核对") % {"base": number(base)}
    return _("基期值 %(base)s 已好于目标：一开始就已达到，请核对") % {"base": number(base)}


def _beside_wording(target: Target) -> str:
    # "达到 1560 亿元" of a component in 亿元, "突破 2.2 万家" of one in 家.
    in_unit, _base = unit_parts(target.component.indicator.unit)
    found = NUMBER.findall(target.text.replace(",", "").replace("，", ""))
    said = {Decimal(digits).scaleb(POWERS.get(power, 0) - own) for digits, power in found for own in {0, in_unit}}
    wanted = [end for end in (target.value, target.low, target.high) if end is not None]
    missing = [end for end in wanted if abs(end) not in said]
    if not missing or not said:
        return ""
    numbers = _("、").join(number(end) for end in missing)
    words = {"numbers": numbers, "text": target.text}
    return _("目标值 %(numbers)s 与文件中的写法“%(text)s”不一致，请核对") % words

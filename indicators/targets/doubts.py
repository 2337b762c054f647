"""What a person should look at again before a target is approved; a doubt is a question, never a bar."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.models import Component, Target
from indicators.queries import baseline, goal
from indicators.shown.wording import number
from tables.numbers import POWERS, unit_parts

NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(万亿|亿|万)?", re.ASCII)


def doubts_about_target(target: Target) -> list[str]:
    """In words: a target that the base meets already, or whose number is not in its wording."""
    return [*_beside_base(target), *_beside_wording(target)]


def _beside_base(target: Target) -> list[str]:
    component = target.component
    base = baseline(component.indicator.plan, component)[1]
    if target.type == Target.Type.DONE or component.accumulation in (*Component.BY_YEARS, "cumulative"):
        return []
    if component.accumulation in Component.IN_PER_CENT:
        base = Decimal(0)  # a growth of nothing
    if base is None or not goal(component.indicator, target).met(base):
        return []
    if base in (target.value, target.low, target.high):
        return [_("基期值 %(base)s 恰在目标上：一开始就已达到，请核对") % {"base": number(base)}]
    return [_("基期值 %(base)s 已好于目标：一开始就已达到，请核对") % {"base": number(base)}]


def _beside_wording(target: Target) -> list[str]:
    # "达到 1560 亿元" of a component in 亿元, "突破 2.2 万家" of one in 家.
    in_unit, _base = unit_parts(target.component.indicator.unit)
    found = NUMBER.findall(target.text.replace(",", "").replace("，", ""))
    said = {Decimal(digits).scaleb(POWERS.get(power, 0) - own) for digits, power in found for own in {0, in_unit}}
    wanted = [end for end in (target.value, target.low, target.high) if end is not None]
    missing = [end for end in wanted if abs(end) not in said]
    if not missing or not said:
        return []
    numbers = _("、").join(number(end) for end in missing)
    words = {"numbers": numbers, "text": target.text}
    return [_("目标值 %(numbers)s 与文件中的写法“%(text)s”不一致，请核对") % words]

"""The verdict of a target about the whole period told step by step: sums, means, every year, done or not."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import gettext as _

from indicators.models import Component, Target
from indicators.queries import ComponentStanding
from indicators.shown.sentences import band_words, fill, open_bounds, silence_words, statements_of
from indicators.shown.wording import REASONS, number
from plan.wording import as_place

Steps = tuple[list[str], list[str], list[str]]


def is_of_period(part: ComponentStanding) -> bool:
    """Whether several years together, or a yes, are held against the target instead of one year's value."""
    return part.target.type == Target.Type.DONE or part.component.accumulation in Component.BY_YEARS


def period_steps(part: ComponentStanding, n: Mapping[str, object]) -> Steps:
    """Why the linear word, why the final one, and what would change them."""
    n = {**n, **_numbers(part)}
    first = fill(_("目标：%(T)s 年 %(target)s%(goal_unit)s。"), n)
    if part.heard is None:
        steps = [first, _("%(why)s，所以没有判定。") % {"why": silence_words(part)}]
        return steps, [fill(_("目标年尚未公布数据。"), n)], [fill(_("公布任一年的数据，即可开始判定。"), n)]
    told = {
        Component.Accumulation.SUM: _sum,
        Component.Accumulation.MEAN: _mean,
        Component.Accumulation.EVERY_YEAR: _every_year,
    }
    tell = _done if part.target.type == Target.Type.DONE else told[part.component.accumulation]
    steps, final, changes = tell(part, n)
    return [first, *open_bounds(part, n), *steps], final, changes


def _numbers(part: ComponentStanding) -> dict[str, object]:
    assessment, base = part.assessment, part.inputs["base_year"]
    indicator = part.component.indicator
    places, unit = indicator.decimals + 1, indicator.unit_label
    return {
        "first": None if base is None else base + 1,
        "compared": as_place(number(assessment.compared, places), unit),
        "each": as_place(_enough(assessment.outlook.needed_each_year, places, indicator.direction), unit),
        "left": part.target.year - assessment.latest.year if assessment.latest else None,
        "next": assessment.latest.year + 1 if assessment.latest else base and base + 1,
    }


def _enough(value: Fraction | None, places: int, direction: str) -> str:
    """What each year left must bring, rounded so that it suffices."""
    if value is None:
        return "—"
    step = 10**places
    return number(Fraction((ceil if direction == "up" else floor)(value * step), step), places)


def _incomplete(n: Mapping[str, object]) -> Steps:
    missing = fill(_("%(first)s 年没有准确数，各年不能相加或平均，所以没有判定。"), n)
    return [missing], [fill(_("%(first)s–%(T)s 年逐年有准确数，才有期末判定。"), n)], [missing]


def _final_of_run(part: ComponentStanding, n: Mapping[str, object]) -> list[str]:
    if part.assessment.final_verdict == "pending":
        return [fill(_("要 %(first)s–%(T)s 年逐年有准确数；准确数到 %(t)s 年为止，尚不能作期末判定。"), n)]
    steps = [fill(_("%(first)s–%(T)s 年逐年有准确数，不设容差：%(compared)s%(unit)s。"), n)]
    if part.assessment.at_bound:
        steps.append(_("恰等于界限：目标要求严格超过，等于不算达到。"))
    return steps


def _alone(n: Mapping[str, object]) -> str:
    """Of the first year alone there is nothing to add up or to average yet."""
    return _("目前只有 %(t)s 一年的准确数：%(compared)s%(unit)s。") if str(n["first"]) == str(n["t"]) else ""


def _sum(part: ComponentStanding, n: Mapping[str, object]) -> Steps:
    linear = part.assessment.linear
    if part.latest is None:
        return _incomplete(n)
    steps = [fill(_alone(n) or _("%(first)s–%(t)s 年各年相加为 %(compared)s%(unit)s。"), n)]
    if linear.expected is not None:
        steps.append(fill(_("从零起算，到 %(t)s 年时间过去 %(tau)s，按直线应为 %(E)s%(unit)s。"), n))
        steps.append(fill(_("增量目标已完成 %(p)s；进度比 = %(p)s ÷ %(tau)s = %(L)s。"), n))
    if linear.status == "achieved":
        steps.append(fill(_("合计%(reach)s：达到目标即为实现，不再看进度比。"), n))
    elif linear.status == "missed":
        steps.append(fill(_("规划期满，合计%(fall_short)s。"), n))
    elif linear.lead is not None:
        steps.append(band_words(part))
    return steps, _final_of_run(part, n), _needed(part, n)


def _mean(part: ComponentStanding, n: Mapping[str, object]) -> Steps:
    linear = part.assessment.linear
    if part.latest is None:
        return _incomplete(n)
    steps = [fill(_alone(n) or _("%(first)s–%(t)s 年的年均值为 %(compared)s%(unit)s。"), n)]
    if linear.status == "achieved":
        steps.append(fill(_("规划期满，年均值%(reach)s。"), n))
    elif linear.status == "missed":
        steps.append(fill(_("规划期满，年均值%(fall_short)s。"), n))
    elif linear.lead is None:
        steps.append(_("%(reason)s。") % {"reason": REASONS["non_positive_base_or_target"]})
    else:
        up = part.component.indicator.direction == "up"
        ratio = _("进度比 = 年均值 ÷ 目标 = %(L)s。") if up else _("进度比 = 目标 ÷ 年均值 = %(L)s。")
        steps += [fill(ratio, n), band_words(part), _("年均值到期满才算实现，之前不作“提前实现”。")]
    return steps, _final_of_run(part, n), _needed(part, n)


def _needed(part: ComponentStanding, n: Mapping[str, object]) -> list[str]:
    """The mean of the years left that brings the whole period exactly to its target."""
    assessment = part.assessment
    if part.latest is not None and part.latest.year == part.target.year:
        if assessment.final_verdict.endswith("not_achieved"):
            return [fill(_("只有各年的数据经修订、全期%(reach)s，判定才会改变。"), n)]
        return [fill(_("各年的数据若经修订、全期%(fall_short)s，判定将改变。"), n)]
    up = part.component.indicator.direction == "up"
    if up:
        words = _("余下 %(left)s 年（%(next)s–%(T)s）平均每年不低于 %(each)s%(unit)s，全期才能达到目标。")
    else:
        words = _("余下 %(left)s 年（%(next)s–%(T)s）平均每年不高于 %(each)s%(unit)s，全期才能达到目标。")
    return [fill(words, n)]


def _every_year(part: ComponentStanding, n: Mapping[str, object]) -> Steps:
    goal = part.assessment.goal.reached() if part.assessment.goal else None
    known = {said.year: said for said in part.assessment.known if said.year <= part.target.year}
    met = {year: said.meets(goal) if goal else None for year, said in known.items()}
    kept = [str(year) for year in met if met[year]]
    lost = [year for year in met if met[year] is False]
    missing = [str(year) for year in range(int(str(n["first"])), part.target.year + 1) if year not in known]
    comma = _("、")
    steps = []
    if kept:
        steps.append(fill(_("守住的年份：%(years)s。"), {"years": comma.join(kept)}))
    for year in lost:
        row = part.in_force().get(year)
        value = f"{number(row.value)}{n['unit']}" if row else statements_of(part, year, n["unit"])
        said = {**n, "year": year, "value": value}
        steps.append(fill(_("%(year)s 年为 %(value)s，%(fall_short)s：没有守住。"), said))
    if missing:
        steps.append(fill(_("还没有数据的年份：%(years)s。"), {"years": comma.join(missing)}))
    if lost:
        final = [fill(_("每一年都须%(reach)s；有年份没有守住，以后各年再好也不能补回。"), n)]
        return steps, final, [_("只有没有守住的那一年经修订达到，判定才会改变。")]
    final = [fill(_("%(first)s–%(T)s 年每一年都须%(reach)s，不设容差。"), n)]
    return steps, final, [fill(_("任何一年%(fall_short)s，即为未如期实现，不能补回。"), n)]


def _done(part: ComponentStanding, n: Mapping[str, object]) -> Steps:
    done = part.assessment.first_attained_year
    if done:
        steps = [fill(_("%(year)s 年公布为已完成。"), {"year": done})]
        final = [fill(_("%(year)s 年公布为已完成，期末即为实现。"), {"year": done})]
        return steps, final, [_("公布的“已完成”若被更正，判定将改变。")]
    steps = [fill(_("最新数据：%(t)s 年公布为未完成。"), n), _("只问是否完成，没有中间进度。")]
    if part.assessment.linear.status == "missed":
        return steps, [fill(_("%(T)s 年公布为未完成。"), n)], [_("公布的“未完成”若被更正，判定将改变。")]
    pending = fill(_("到 %(T)s 年底前公布为已完成，即为实现；%(T)s 年公布为未完成，即为未实现。"), n)
    return steps, [pending], [pending]

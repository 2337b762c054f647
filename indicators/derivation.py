"""The verdict of one component told step by step with its real numbers, and what would change it."""

from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.assess_body import plain
from indicators.queries import ComponentStanding
from indicators.wording import (
    REASONS,
    Badge,
    beyond_range,
    cagr_badge,
    final_badge,
    linear_badge,
    number,
    share,
    target_words,
)


@dataclass
class Derivation:
    part: ComponentStanding
    linear: Badge
    cagr: Badge
    final: Badge
    steps: list[str] = field(default_factory=list)
    cagr_steps: list[str] = field(default_factory=list)
    final_steps: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


def derive(part: ComponentStanding) -> Derivation:
    """Everything the derivation panel says of a component."""
    assessment = part.assessment
    told = Derivation(
        part,
        linear_badge(part),
        cagr_badge(assessment.cagr.status, assessment.cagr.reason),
        final_badge(assessment.final_verdict),
    )
    told.steps = _linear_steps(part, told.linear)
    told.cagr_steps = _cagr_steps(part, told.cagr)
    told.final_steps = _final_steps(part)
    told.changes = _changes(part)
    return told


def _numbers(part: ComponentStanding) -> dict[str, object]:
    latest, linear, outlook = part.assessment.latest, part.assessment.linear, part.assessment.outlook
    unit, base = part.component.indicator.unit_label, part.component.baseline_value
    # Chinese sets a unit close to its number; English leaves a space.
    space = " " if (get_language() or "").startswith("en") else ""
    places = part.component.indicator.decimals + 1
    return {
        "unit": "" if unit == "%" else f"{space}{unit}",
        "target": target_words(part.target, part.component.indicator.direction),
        "T": part.target.year,
        "t": latest.year if latest else None,
        "y": number(latest.value) if latest else None,
        "b": part.inputs["base_year"],
        "y0": number(base) if base is not None else part.inputs["base_value"],
        "tau": share(linear.tau),
        "E": number(linear.expected, places),
        "p": share(linear.progress),
        "L": share(linear.lead),
        "gap": number(abs(outlook.gap), places) if outlook.gap is not None else "—",
        "pace": number(outlook.pace_so_far, places),
        "needed": number(outlook.pace_needed, places),
        "on_schedule": number(outlook.needed_on_schedule, places),
        "ahead": number(outlook.needed_ahead, places),
        "projected": number(outlook.projected, places),
        "reached": number(outlook.reached_in, 1).replace(",", ""),
    }


def _linear_steps(part: ComponentStanding, badge: Badge) -> list[str]:
    n, linear, latest = _numbers(part), part.assessment.linear, part.assessment.latest
    steps = [_("目标：%(T)s 年 %(target)s%(unit)s。") % n]
    if latest is None:
        return [*steps, _("截至所选日期没有公布的数据，所以没有判定。")]
    steps.append(_("最新数据：%(t)s 年为 %(y)s%(unit)s。") % n)
    if linear.expected is not None:
        steps += [
            _("基期 %(b)s 年为 %(y0)s%(unit)s；到 %(t)s 年时间过去 %(tau)s，按直线应为 %(E)s%(unit)s。") % n,
            _("实际完成全部路程的 %(p)s；进度比 = %(p)s ÷ %(tau)s = %(L)s。") % n,
        ]
    elif linear.reason or part.inputs["base_value"] is None:
        steps.append(_("%(reason)s。") % {"reason": REASONS[linear.reason or "no_baseline"]})
    if linear.status == "achieved":
        steps.append(_("%(y)s%(unit)s 达到 %(target)s%(unit)s：达到目标即为实现，不再看进度比。") % n)
        if beyond_range(part):
            steps.append(_("高于目标区间上限（已达成），不算未完成。"))
    elif linear.status == "missed":
        steps.append(_("目标年的数据没有达到目标。"))
    elif linear.lead is not None:
        steps.append(_band(part))
    return [*steps, _("结论：%(word)s。") % {"word": badge.word}]


def _band(part: ComponentStanding) -> str:
    return (
        _(
            "界线：≥%(ahead)s %% 快于预期，≥%(on_schedule)s %% 符合预期，"
            "≥%(slightly_behind)s %% 进度偏慢，≥0 进度滞后，负数低于基期。"
        )
        % part.rule.percentages
    )


def _cagr_steps(part: ComponentStanding, badge: Badge) -> list[str]:
    cagr = part.assessment.cagr
    steps = []
    if cagr.ratio is not None:
        steps.append(
            _(
                "实际年均增速 ÷ 所需年均增速 = %(ratio)s"
                "（≥%(on_schedule)s 显著进展，≥%(slightly_behind)s 中等进展，≥0 进展不足，负数背离目标）。"
            )
            % {
                "ratio": number(cagr.ratio, 3),
                "on_schedule": plain(part.rule.cutoffs.on_schedule),
                "slightly_behind": plain(part.rule.cutoffs.slightly_behind),
            }
        )
    elif badge.why:
        steps.append(_("%(reason)s。") % {"reason": badge.why})
    elif part.inputs["base_value"] is None and part.assessment.latest:
        steps.append(_("没有基期值，算不出增速；只看是否达到目标。"))
    return [*steps, _("结论：%(word)s。") % {"word": badge.word}]


def _final_steps(part: ComponentStanding) -> list[str]:
    assessment, year = part.assessment, part.target.year
    steps = []
    if assessment.final_verdict == "pending":
        steps.append(_("只看 %(year)s 年的数据，不设容差；%(year)s 年的数据尚未公布。") % {"year": year})
    if assessment.at_bound:
        steps.append(_("恰等于界限：目标要求严格超过，等于不算达到。"))
    if assessment.first_attained_year and assessment.final_verdict != "achieved":
        steps.append(_("曾于 %(year)s 年达到。") % {"year": assessment.first_attained_year})
    if assessment.late_attained_year:
        steps.append(_("逾期于 %(year)s 年达到。") % {"year": assessment.late_attained_year})
    return steps


def _changes(part: ComponentStanding) -> list[str]:
    """What would change the verdict: the value needed, the pace needed, the year reached at this pace."""
    n, assessment, outlook = _numbers(part), part.assessment, part.assessment.outlook
    if assessment.latest is None:
        return [_("公布任一年的数据，即可与目标比较。")]
    changes = []
    met = assessment.linear.status == "achieved"
    if met:
        changes.append(_("%(T)s 年的数据若低于目标，期末判定仍为未实现：曾经达到不算数。") % n)
        if part.component.indicator.direction == "down":
            changes = [_("%(T)s 年的数据若高于目标，期末判定仍为未实现：曾经达到不算数。") % n]
    elif outlook.pace_needed is not None:
        changes.append(_("距目标还差 %(gap)s%(unit)s；到 %(T)s 年平均每年需变化 %(needed)s%(unit)s。") % n)
    if outlook.needed_on_schedule is not None and not met:
        changes.append(
            _("%(t)s 年须达到 %(on_schedule)s%(unit)s 才是符合预期，%(ahead)s%(unit)s 才是快于预期。") % n
        )
    if outlook.pace_so_far is not None:
        text = _("基期以来平均每年变化 %(pace)s%(unit)s") % n
        if outlook.reached_in is not None:
            text += _("；照此速度 %(reached)s 年达到目标") % n
        elif outlook.projected is not None:
            text += _("；照此速度 %(T)s 年为 %(projected)s%(unit)s") % n
        changes.append(text + _("。"))
    if assessment.linear.reason == "no_baseline":
        changes.append(_("规划或批准机关给出基期值后，才能计算序时进度。"))
    return changes

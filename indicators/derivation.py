"""The verdict of one component told step by step with its real numbers, and what would change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from indicators.assess_body import plain
from indicators.models import Observation
from indicators.queries import ComponentStanding
from indicators.wording import (
    REASONS,
    Badge,
    beyond_range,
    cagr_badge,
    fall_short_words,
    final_badge,
    has_short_road,
    linear_badge,
    number,
    reach_words,
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


@dataclass(frozen=True)
class Places:
    """Where the numbers of a derivation come from: addresses on the page of the indicator or beside it."""

    target: str
    base: str

    @staticmethod
    def figure(row: Observation) -> str:
        return f"#obs-{row.pk}"


def derive(part: ComponentStanding, places: Places | None = None) -> Derivation:
    """Everything the derivation panel says of a component; with places, its numbers lead to their sources."""
    assessment = part.assessment
    told = Derivation(
        part,
        linear_badge(part),
        cagr_badge(assessment.cagr.status, assessment.cagr.reason),
        final_badge(assessment.final_verdict),
    )
    n = _numbers(part, places)
    told.steps = _linear_steps(part, told.linear, n)
    told.cagr_steps = _cagr_steps(part, told.cagr)
    told.final_steps = _final_steps(part, places)
    told.changes = _changes(part, n)
    return told


def _say(words: str, n: Mapping[str, object]) -> str:
    """A sentence with its numbers, some of which are links; everything else is escaped."""
    return mark_safe(escape(words) % {name: conditional_escape(value) for name, value in n.items()})


def _leading_to(place: str, words: str) -> str:
    return format_html('<a href="{}">{}</a>', place, words) if place else words


def _numbers(part: ComponentStanding, places: Places | None) -> dict[str, object]:
    latest, linear, outlook = part.assessment.latest, part.assessment.linear, part.assessment.outlook
    unit, base = part.component.indicator.unit_label, part.component.baseline_value
    # Chinese sets a unit close to its number; English leaves a space, and so does a per cent sign.
    space = " " if unit == "%" or (get_language() or "").startswith("en") else ""
    places_shown = part.component.indicator.decimals + 1
    row, direction = part.latest, part.component.indicator.direction
    target = _leading_to(places.target if places else "", target_words(part.target, direction))
    start = number(base) if base is not None else part.inputs["base_value"]
    return {
        "unit": f"{space}{unit}",
        # A difference of two shares is told in points.
        "points": _(" 个百分点") if unit == "%" else f"{space}{unit}",
        "target": target,
        "reach": reach_words(part.target, direction, f"{space}{unit}"),
        "fall_short": fall_short_words(part.target, direction, f"{space}{unit}"),
        "T": part.target.year,
        "t": latest.year if latest else None,
        "y": _leading_to(places.figure(row) if places and row else "", number(latest.value)) if latest else None,
        "b": part.inputs["base_year"],
        "y0": _leading_to(places.base if places and base is not None else "", start or ""),
        "tau": share(linear.tau),
        "E": number(linear.expected, places_shown),
        "p": share(linear.progress),
        "L": share(linear.lead),
        "gap": number(abs(outlook.gap), places_shown) if outlook.gap is not None else "—",
        "pace": number(outlook.pace_so_far, places_shown),
        "needed": number(outlook.pace_needed, places_shown),
        "on_schedule": number(outlook.needed_on_schedule, places_shown),
        "ahead": number(outlook.needed_ahead, places_shown),
        "projected": number(outlook.projected, places_shown),
        "reached": number(outlook.reached_in, 1).replace(",", ""),
    }


def _linear_steps(part: ComponentStanding, badge: Badge, n: dict[str, object]) -> list[str]:
    linear, latest = part.assessment.linear, part.assessment.latest
    steps = [_say(_("目标：%(T)s 年 %(target)s%(unit)s。"), n)]
    if latest is None:
        return [*steps, _("截至所选日期没有公布的数据，所以没有判定。")]
    steps.append(_say(_("最新数据：%(t)s 年为 %(y)s%(unit)s。"), n))
    if linear.expected is not None:
        path = _("基期 %(b)s 年为 %(y0)s%(unit)s；到 %(t)s 年时间过去 %(tau)s，按直线应为 %(E)s%(unit)s。")
        steps.append(_say(path, n))
        if has_short_road(part):
            steps.append(_("基期几乎等于目标，进度比没有意义，不列出。"))
        else:
            steps.append(_say(_("实际完成全部路程的 %(p)s；进度比 = %(p)s ÷ %(tau)s = %(L)s。"), n))
    elif linear.reason or part.inputs["base_value"] is None:
        steps.append(_("%(reason)s。") % {"reason": REASONS[linear.reason or "no_baseline"]})
    if linear.status == "achieved":
        steps.append(_say(_("%(y)s%(unit)s %(reach)s：达到目标即为实现，不再看进度比。"), n))
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
    if cagr.ratio is not None and has_short_road(part):
        steps.append(_("基期几乎等于目标，所需增速近于零，增速之比没有意义，不列出。"))
    elif cagr.ratio is not None:
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


def _final_steps(part: ComponentStanding, places: Places | None) -> list[str]:
    assessment, year = part.assessment, part.target.year
    steps = []
    if assessment.final_verdict == "pending":
        steps.append(_("只看 %(year)s 年的数据，不设容差；%(year)s 年的数据尚未公布。") % {"year": year})
    elif row := part.in_force().get(year):
        value = _leading_to(places.figure(row) if places else "", number(row.value))
        n = {"year": year, "value": value, "status": row.get_value_status_display()}
        steps.append(_say(_("只看 %(year)s 年的数据，不设容差：%(value)s（%(status)s）。"), n))
    if assessment.at_bound:
        steps.append(_("恰等于界限：目标要求严格超过，等于不算达到。"))
    first = assessment.first_attained_year
    if first and first != year and assessment.final_verdict != "achieved":
        steps.append(_("曾于 %(year)s 年达到。") % {"year": first})
    if assessment.late_attained_year:
        steps.append(_("逾期于 %(year)s 年达到。") % {"year": assessment.late_attained_year})
    return steps


# What a figure of the target year that is there already, or a later one for it, would make of the verdict.
FINAL_CHANGES = {
    "achieved": gettext_lazy("%(T)s 年的数据若经修订%(fall_short)s，期末判定将变为未实现。"),
    "not_achieved": gettext_lazy("只有 %(T)s 年的数据经修订%(reach)s，期末判定才会变为已实现。"),
    "provisional_achieved": gettext_lazy(
        "%(T)s 年的最终核实数若%(reach)s，期末判定将变为已实现；若%(fall_short)s，将变为未实现。"
    ),
    "provisional_not_achieved": gettext_lazy(
        "%(T)s 年的最终核实数若%(reach)s，期末判定将变为已实现；否则将变为未实现。"
    ),
}


def _changes(part: ComponentStanding, n: dict[str, object]) -> list[str]:
    """What would change the verdict: the value needed, the pace needed, the year reached at this pace."""
    assessment, outlook = part.assessment, part.assessment.outlook
    if assessment.latest is None:
        return [_say(_("公布任一年的数据，即可与目标比较；期末判定要 %(T)s 年的数据%(reach)s。"), n)]
    changes = []
    is_met = assessment.linear.status == "achieved"
    if not is_met and outlook.gap:
        if outlook.pace_needed is not None:
            text = _("距目标还差 %(gap)s%(points)s；到 %(T)s 年平均每年需变化 %(needed)s%(points)s。")
        else:
            text = _("距目标还差 %(gap)s%(points)s。")
        changes.append(_say(text, n))
    if assessment.final_verdict in FINAL_CHANGES:
        changes.append(_say(str(FINAL_CHANGES[assessment.final_verdict]), n))
    elif is_met:
        text = _("%(T)s 年的数据若%(fall_short)s，期末判定将为未实现：曾经达到不算数。")
        changes.append(_say(text, n))
    else:
        changes.append(_say(_("%(T)s 年的数据%(reach)s，期末判定才为已实现。"), n))
    is_short = has_short_road(part)
    if (
        outlook.needed_on_schedule is not None
        and assessment.final_verdict == "pending"
        and not (is_met or is_short)
    ):
        text = _("%(t)s 年须达到 %(on_schedule)s%(unit)s 才是符合预期，%(ahead)s%(unit)s 才是快于预期。")
        changes.append(_say(text, n))
    if outlook.pace_so_far is not None:
        text = _("基期以来平均每年变化 %(pace)s%(points)s")
        if outlook.reached_in is not None:
            text += _("；照此速度 %(reached)s 年达到目标")
        elif outlook.projected is not None:
            text += _("；照此速度 %(T)s 年为 %(projected)s%(unit)s")
        changes.append(_say(text + _("。"), n))
    if assessment.linear.reason == "no_baseline":
        changes.append(_("规划或批准机关给出基期值后，才能计算序时进度。"))
    return changes

"""The verdict of one component told step by step with its real numbers, and what would change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil, floor

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from indicators.models import Observation, Target
from indicators.queries import ComponentStanding, goal
from indicators.shown.wording import (
    REASONS,
    Badge,
    beyond_range,
    cagr_badge,
    difference_unit,
    fall_short_words,
    final_badge,
    has_short_road,
    linear_badge,
    number,
    reach_words,
    share,
    target_words,
)
from judging.decimals import plain


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
    places_shown = _places_shown(part)
    row, direction = part.latest, part.component.indicator.direction
    target = _leading_to(places.target if places else "", target_words(part.target, direction))
    start = number(base) if base is not None else part.inputs["base_value"]
    return {
        "unit": f"{space}{unit}",
        "points": f"{space}{difference_unit(unit)}",
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
        "gap": _enough(abs(outlook.gap), places_shown) if outlook.gap is not None else "—",
        "pace": number(outlook.pace_so_far, _two_digits(outlook.pace_so_far, places_shown)),
        "needed": _enough(outlook.pace_needed, places_shown),
        "projected": number(outlook.projected, places_shown),
        "reached": _year_reached(part),
    } | _bounds_of_year(part)


def _places_shown(part: ComponentStanding) -> int:
    """One place more than the indicator's own; on a short road enough to tell its parts from each other."""
    places = part.component.indicator.decimals + 1
    expected = part.assessment.linear.expected
    if expected is None or not has_short_road(part):
        return places
    return _two_digits((expected - Fraction(part.inputs["base_value"])) / 10, places)


def _two_digits(value: Fraction | None, places: int) -> int:
    """As many places as are wanted, or as show two significant digits of what is small: 0.0025 at one place."""
    while value and abs(value) * 10**places < 10:
        places += 1
    return places


def _enough(value: Fraction | None, places: int) -> str:
    """What is needed, rounded away from zero: who does as much as is written has done enough."""
    return "—" if value is None else _beyond(value, _two_digits(value, places), up=value > 0)


def _beyond(value: Fraction, places: int, *, up: bool) -> str:
    """A number rounded up or down as asked, whatever its sign."""
    step = 10**places
    return number(Fraction((ceil if up else floor)(value * step), step), places)


def _bounds_of_year(part: ComponentStanding) -> dict[str, str]:
    """The bands as values of the latest year, each rounded to the side on which it is in the band."""
    expected = part.assessment.linear.expected
    if expected is None:
        return {}
    base, cutoffs, places = Fraction(part.inputs["base_value"]), part.rule.cutoffs, _places_shown(part)
    way = expected - base
    names = ("ahead", "on_schedule", "slightly_behind")
    values = {name: base + Fraction(getattr(cutoffs, name)) * way for name in names}
    return {name: _beyond(value, places, up=way > 0) for name, value in values.items()}


def _year_reached(part: ComponentStanding) -> int | None:
    """The first whole year after the latest figure's at whose end the present pace has met the target."""
    latest, outlook = part.assessment.latest, part.assessment.outlook
    if latest is None or latest.value is None or outlook.reached_in is None or outlook.pace_so_far is None:
        return None
    # On the bound of a strict target it is not met yet.
    is_strict = part.target.type == Target.Type.STRICT
    year = floor(outlook.reached_in) + 1 if is_strict else ceil(outlook.reached_in)
    then = Fraction(latest.value) + outlook.pace_so_far * (year - latest.year)
    # A pace may lead away from the bound it stands on, or step over a range.
    return year if goal(part.component.indicator, part.target).met(then) else None


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
            is_up = part.component.indicator.direction == "up"
            above, below = (
                _("高于目标区间上限（已达成），不算未完成。"),
                _("小于目标区间下限（已达成），不算未完成。"),
            )
            steps.append(above if is_up else below)
    elif linear.status == "missed":
        steps.append(_("目标年的数据没有达到目标。"))
    elif linear.status == "overshoot":
        steps.append(_("已越过目标区间，而期末须在区间之内。"))
    elif linear.lead is not None:
        steps += _bands_in_values(part, n) if has_short_road(part) else [_band(part)]
    return [*steps, _("结论：%(word)s。") % {"word": badge.word}]


def _band(part: ComponentStanding) -> str:
    return (
        _(
            "界线：≥%(ahead)s %% 快于预期，≥%(on_schedule)s %% 符合预期，"
            "≥%(slightly_behind)s %% 进度偏慢，≥0 进度滞后，负数低于基期。"
        )
        % part.rule.percentages
    )


def _bands_in_values(part: ComponentStanding, n: dict[str, object]) -> list[str]:
    """What the word rests on where a ratio would mislead: the distance to the path, and the bands as values."""
    linear, latest = part.assessment.linear, part.assessment.latest
    assert linear.expected is not None
    assert latest is not None
    assert latest.value is not None
    is_up = linear.expected > Fraction(part.inputs["base_value"])
    off = (Fraction(latest.value) - linear.expected) * (1 if is_up else -1)
    places = _two_digits(off, _places_shown(part))
    said = n | {"off": number(abs(off), places), "sign": "≥" if is_up else "≤"}
    if off:
        ahead = _("最新数据比按直线应有的值领先 %(off)s%(points)s。")
        behind = _("最新数据比按直线应有的值落后 %(off)s%(points)s。")
        lies = ahead if off > 0 else behind
    else:
        lies = _("最新数据恰为按直线应有的值。")
    bands = _(
        "界线换成 %(t)s 年的数值：%(sign)s %(ahead)s%(unit)s 快于预期，%(sign)s %(on_schedule)s%(unit)s 符合预期，"
        "%(sign)s %(slightly_behind)s%(unit)s 进度偏慢，%(sign)s %(y0)s%(unit)s 进度滞后，否则低于基期。"
    )
    return [_say(lies, said), _say(bands, said)]


def _cagr_steps(part: ComponentStanding, badge: Badge) -> list[str]:
    cagr = part.assessment.cagr
    steps = []
    if cagr.ratio is not None and has_short_road(part):
        steps.append(_("基期几乎等于目标，所需增速近于零，增速之比没有意义，不列出。"))
        steps.append(_growth_words(part))
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


def _growth_words(part: ComponentStanding) -> str:
    """What method B's word rests on where its ratio would mislead."""
    status, cutoffs = part.assessment.cagr.status, part.rule.cutoffs
    if status == "achieved":
        return _("已达到目标，不再看增速。")
    if status == "missed":
        return _("目标年的数据没有达到目标。")
    if status == "overshoot":
        return _("已越过目标区间，而期末须在区间之内。")
    actual, required = _growth_rates(part)
    return _(
        "实际年均增速 %(actual)s，所需年均增速 %(required)s：达到所需的 %(on_schedule)s 倍为显著进展，"
        "%(slightly_behind)s 倍为中等进展，方向相同而更慢为进展不足，方向相反为背离目标。"
    ) % {
        "actual": _rate(actual),
        "required": _rate(required),
        "on_schedule": plain(cutoffs.on_schedule),
        "slightly_behind": plain(cutoffs.slightly_behind),
    }


def _growth_rates(part: ComponentStanding) -> tuple[Fraction, Fraction]:
    """Actual and required yearly growth as shares, of a component that has a ratio of them."""
    latest, target, base = part.assessment.latest, part.target, Decimal(part.inputs["base_value"])
    end = goal(part.component.indicator, target).yardstick(base)
    year = part.inputs["base_year"]
    assert latest is not None
    assert latest.value is not None
    assert end is not None
    # Roots are not rational: to fifty digits, of which few are shown.
    with localcontext(prec=50):
        actual = (latest.value / base) ** (1 / Decimal(latest.year - year)) - 1
        required = (end / base) ** (1 / Decimal(target.year - year)) - 1
    return Fraction(actual), Fraction(required)


def _rate(value: Fraction) -> str:
    """A growth rate as per cent, to three digits where it is next to nothing."""
    return f"{number(value * 100, _two_digits(value * 10, 2))} %"


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
        if outlook.pace_needed is not None and part.target.type == Target.Type.STRICT:
            # As much as leads to the very bound would not do.
            more = _("距目标还差 %(gap)s%(points)s；到 %(T)s 年平均每年的变化须大于 %(needed)s%(points)s。")
            less = _("距目标还差 %(gap)s%(points)s；到 %(T)s 年平均每年的变化须小于 %(needed)s%(points)s。")
            text = more if outlook.gap > 0 else less
        elif outlook.pace_needed is not None:
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
        if n["reached"] is not None:
            text += _("；照此速度 %(reached)s 年达到目标")
        elif outlook.projected is not None:
            text += _("；照此速度 %(T)s 年为 %(projected)s%(unit)s")
        changes.append(_say(text + _("。"), n))
    if assessment.linear.reason == "no_baseline":
        changes.append(_("规划或批准机关给出基期值后，才能计算序时进度。"))
    return changes

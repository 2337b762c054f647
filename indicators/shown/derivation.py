"""The verdict of one component told step by step with its real numbers, and what would change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil, floor

from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from charts.track import projected_text
from indicators.models import Component, Observation, Target
from indicators.queries import ComponentStanding
from indicators.shown.decimals import difference_text
from indicators.shown.period_steps import is_of_period, period_steps
from indicators.shown.sentences import band_words, conclusion, fill, open_bounds, silence_words, statements_of
from indicators.shown.tracks import track
from indicators.shown.wording import (
    REASONS,
    Badge,
    beyond_range,
    cagr_badge,
    difference_unit,
    fall_short_words,
    final_badge,
    goal_unit,
    has_short_road,
    linear_badge,
    number,
    overshot,
    reach_words,
    share,
    target_words,
    with_doubts,
)
from judging.decimals import plain
from plan.wording import as_place, percent


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
        with_doubts(linear_badge(part), part),
        cagr_badge(assessment.cagr.status, assessment.cagr.reason),
        final_badge(assessment.final_verdict),
    )
    n = _numbers(part, places)
    if is_of_period(part):
        told.steps, told.final_steps, told.changes = period_steps(part, n)
        told.steps += [*_base_revised(part), conclusion(told.linear)]
        told.cagr_steps = _cagr_steps(part, told.cagr)
        return told
    told.steps = _linear_steps(part, told.linear, n)
    told.cagr_steps = _cagr_steps(part, told.cagr)
    told.final_steps = _final_steps(part, places)
    told.changes = _changes(part, n)
    return told


def _leading_to(place: str, words: str) -> str:
    return format_html('<a href="{}">{}</a>', place, words) if place else words


def _numbers(part: ComponentStanding, places: Places | None) -> dict[str, object]:
    latest, linear, outlook = part.assessment.latest, part.assessment.linear, part.assessment.outlook
    unit, base = part.component.indicator.unit_label, part.component.baseline_value
    # Chinese sets a unit close to its number and a per cent sign apart; English the other way round. Points are
    # set apart in both.
    space = " " if (unit == "%") != (get_language() or "").startswith("en") else ""
    places_shown = _places_shown(part)
    row, direction = part.latest, part.component.indicator.direction
    target = _leading_to(places.target if places else "", target_words(part.target, direction))
    goal, goal_space = part.assessment.goal or part.target, space if goal_unit(part.target, unit) else ""
    start = as_place(number(base), unit) if base is not None else part.inputs["base_value"]
    is_rank = part.component.indicator.is_rank
    after = unit if is_rank else f"{space}{unit}"
    latest_words = as_place(number(latest.value), unit) if latest else None
    return {
        "unit": "" if is_rank else after,
        "points": f"{' ' if unit == '%' else space}{difference_unit(unit)}",
        "target": target,
        "goal_unit": f"{goal_space}{goal_unit(part.target, unit)}",
        "reach": reach_words(goal, direction, after),
        "fall_short": fall_short_words(goal, direction, after),
        "T": part.target.year,
        "t": latest.year if latest else None,
        "y": latest_words and _leading_to(places.figure(row) if places and row else "", latest_words),
        "b": part.inputs["base_year"],
        "y0": _leading_to(places.base if places and base is not None else "", start or ""),
        "tau": share(linear.tau),
        "E": as_place(number(linear.expected, places_shown), unit),
        "p": share(linear.progress),
        "L": share(linear.lead),
        "gap": _enough(abs(outlook.gap), places_shown) if outlook.gap is not None else "—",
        "pace": "—" if outlook.pace_so_far is None else difference_text(part, outlook.pace_so_far),
        "needed": _enough(outlook.pace_needed, places_shown),
        "projected": as_place(projected_text(track(part)) or number(outlook.projected, places_shown), unit),
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
    if expected is None or is_of_period(part):
        return {}
    base, cutoffs, places = Fraction(part.inputs["base_value"]), part.rule.cutoffs, _places_shown(part)
    unit = part.component.indicator.unit_label
    way = expected - base
    names = ("ahead", "on_schedule", "slightly_behind")
    values = {name: base + Fraction(getattr(cutoffs, name)) * way for name in names}
    return {name: as_place(_beyond(value, places, up=way > 0), unit) for name, value in values.items()}


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
    goal = part.assessment.goal
    return year if goal and goal.met(then) else None


def _linear_steps(part: ComponentStanding, badge: Badge, n: dict[str, object]) -> list[str]:
    linear, latest = part.assessment.linear, part.assessment.latest
    steps = [fill(_("目标：%(T)s 年 %(target)s%(goal_unit)s。"), n), *_level_meant(part, n)]
    if latest is None and part.heard is None:
        return [*steps, *_base_revised(part), _("%(why)s，所以没有判定。") % {"why": silence_words(part)}]
    steps += open_bounds(part, n)
    if latest is None:
        return [*steps, *_base_revised(part), conclusion(badge)]
    if latest.is_bound:
        return [*steps, *_by_bound(part, n), *_base_revised(part), conclusion(badge)]
    steps += _beside_path(part, n)
    if linear.status == "achieved":
        steps.append(fill(_("%(y)s%(unit)s %(reach)s：达到目标即为实现，不再看进度比。"), n))
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
        steps += _bands_in_values(part, n) if has_short_road(part) else [band_words(part)]
    return [*steps, conclusion(badge)]


def _beside_path(part: ComponentStanding, n: dict[str, object]) -> list[str]:
    """The latest figure, and where it lies on the way from the base to the target."""
    linear = part.assessment.linear
    steps = [fill(_("最新数据：%(t)s 年为 %(y)s%(unit)s。"), n), *_base_revised(part)]
    if linear.expected is not None:
        steps.append(fill(_path_words(part), n))
        if has_short_road(part):
            steps.append(_("基期几乎等于目标，进度比没有意义，不列出。"))
        elif linear.reason == "path_at_baseline":
            steps.append(_("%(reason)s。") % {"reason": REASONS["path_at_baseline"]})
        elif is_straight(part):
            steps.append(fill(_("增量目标已完成 %(p)s；进度比 = %(p)s ÷ %(tau)s = %(L)s。"), n))
        else:
            words = _("增量目标已完成 %(p)s；进度比 =（%(y)s − %(y0)s）÷（%(E)s − %(y0)s）= %(L)s。")
            steps.append(fill(words, n))
    elif linear.reason or part.inputs["base_value"] is None:
        steps.append(_("%(reason)s。") % {"reason": REASONS[linear.reason or "no_baseline"]})
    return steps


def is_straight(part: ComponentStanding) -> bool:
    """Whether the way from base to target is the straight line."""
    return not part.target.path and part.component.accumulation != Component.Accumulation.ANNUAL_GROWTH


def _path_words(part: ComponentStanding) -> str:
    if part.target.path:
        return _("基期 %(b)s 年为 %(y0)s%(unit)s；按年度目标，%(t)s 年应为 %(E)s%(unit)s。")
    if not is_straight(part):
        return _("基期 %(b)s 年为 %(y0)s%(unit)s；按所定年均增速，%(t)s 年应为 %(E)s%(unit)s。")
    return _("基期 %(b)s 年为 %(y0)s%(unit)s；到 %(t)s 年时间过去 %(tau)s，按直线应为 %(E)s%(unit)s。")


def _level_meant(part: ComponentStanding, n: Mapping[str, object]) -> list[str]:
    """Of a growth in per cent: the level it comes to, which is what figures are held against."""
    if part.component.accumulation not in Component.IN_PER_CENT or part.assessment.goal is None:
        return []
    return [fill(_("从基期 %(b)s 年的 %(y0)s%(unit)s 算起，%(T)s 年的数据须%(reach)s。"), n)]


def _base_revised(part: ComponentStanding) -> list[str]:
    """A later published value of the base year beside the plan's own, by which judging goes on."""
    base, year = part.component.baseline_value, part.component.baseline_year
    row = part.in_force().get(year) if year and base is not None else None
    if row is None or row.value == base:
        return []
    told = {"value": number(row.value), "day": row.released_on.isoformat(), "base": number(base)}
    return [_("基期年另有修订值 %(value)s（%(day)s），判定仍用 %(base)s。") % told]


def _by_bound(part: ComponentStanding, n: Mapping[str, object]) -> list[str]:
    """A verdict that follows from a bound alone: what was said, and that nothing it leaves open matters."""
    row = part.latest
    assert row is not None
    said = {"said": statements_of(part, row.year, n["unit"]), "status": row.get_value_status_display()}
    steps = [fill(_("最新数据：%(t)s 年公布%(said)s（%(status)s）。"), n | said)]
    if part.assessment.linear.status == "achieved":
        steps.append(fill(_("所说的范围都%(reach)s，不待准确数即可判定：达到目标。"), n))
    else:
        steps.append(fill(_("所说的范围都%(fall_short)s，不待准确数即可判定：没有达到目标。"), n))
    return [*steps, _("据范围判定，没有完成份额、进度比和应有值。")]


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
    return [fill(lies, said), fill(bands, said)]


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
    elif part.assessment.basis == "bound":
        steps.append(_("据范围判定，不算增速。"))
    elif badge.why:
        steps.append(_("%(reason)s。") % {"reason": badge.why})
    elif part.inputs["base_value"] is None and part.assessment.latest:
        steps.append(_("没有基期值，算不出增速；只看是否达到目标。"))
    return [*steps, conclusion(badge)]


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
    end = part.assessment.goal.yardstick(base) if part.assessment.goal else None
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
    return percent(number(value * 100, _two_digits(value * 10, 2)))


def _final_steps(part: ComponentStanding, places: Places | None) -> list[str]:
    assessment, year = part.assessment, part.target.year
    steps = []
    unit = part.component.indicator.unit_label
    said = statements_of(part, year, "" if part.component.indicator.is_rank else f" {unit}")
    n = {"year": year, "said": said}
    if assessment.final_verdict == "pending" and said:
        steps.append(fill(_("只看 %(year)s 年的数据，不设容差；已公布%(said)s，不足以判定，待准确数。"), n))
    elif year not in part.in_force() and assessment.final_verdict != "pending":
        status = next(row for row in reversed(part.bounds) if row.year == year).get_value_status_display()
        n["status"] = status
        steps.append(fill(_("只看 %(year)s 年的数据，不设容差：已公布%(said)s（%(status)s），足以判定。"), n))
    elif assessment.final_verdict == "pending":
        steps.append(_("只看 %(year)s 年的数据，不设容差；%(year)s 年的数据尚未公布。") % {"year": year})
        if not part.component.comes_out(year):
            n = {"year": year, "n": part.component.every_years}
            steps.append(_("这一指标每 %(n)s 年公布一次，%(year)s 年不在其中：须待主管部门说明以哪一年为准。") % n)
    elif row := part.in_force().get(year):
        value = _leading_to(places.figure(row) if places else "", as_place(number(row.value), unit))
        n |= {"value": value, "status": row.get_value_status_display()}
        steps.append(fill(_("只看 %(year)s 年的数据，不设容差：%(value)s（%(status)s）。"), n))
    if assessment.at_bound:
        steps.append(_("恰等于界限：目标要求严格超过，等于不算达到。"))
    first = assessment.first_attained_year
    if first and first != year and assessment.final_verdict != "achieved":
        steps.append(_("最早于 %(year)s 年达到。") % {"year": first})
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


def _way_left(part: ComponentStanding, n: dict[str, object]) -> list[str]:
    """How far it is to the target, and at what pace it would be reached."""
    outlook = part.assessment.outlook
    if not outlook.gap:
        return []
    if overshot(part):
        text = _("超出目标区间 %(gap)s%(points)s。")
        if outlook.pace_needed is not None:
            text = _("超出目标区间 %(gap)s%(points)s；到 %(T)s 年平均每年需变化 %(needed)s%(points)s。")
    elif outlook.pace_needed is not None and part.target.type == Target.Type.STRICT:
        # As much as leads to the very bound would not do.
        more = _("距目标还差 %(gap)s%(points)s；到 %(T)s 年平均每年的变化须大于 %(needed)s%(points)s。")
        less = _("距目标还差 %(gap)s%(points)s；到 %(T)s 年平均每年的变化须小于 %(needed)s%(points)s。")
        text = more if outlook.gap > 0 else less
    elif outlook.pace_needed is not None:
        text = _("距目标还差 %(gap)s%(points)s；到 %(T)s 年平均每年需变化 %(needed)s%(points)s。")
    else:
        text = _("距目标还差 %(gap)s%(points)s。")
    return [fill(text, n)]


def _changes(part: ComponentStanding, n: dict[str, object]) -> list[str]:
    """What would change the verdict: the value needed, the pace needed, the year reached at this pace."""
    assessment, outlook = part.assessment, part.assessment.outlook
    if assessment.latest is not None and assessment.latest.is_bound:
        return [fill(_("%(t)s 年若公布准确数，改按准确数判定；若%(fall_short)s，判定随之改变。"), n)]
    if assessment.latest is None and assessment.heard is not None:
        return [fill(_("公布准确数，或足以判定的范围，才能判定；期末判定要 %(T)s 年的数据%(reach)s。"), n)]
    if assessment.latest is None:
        return [fill(_("公布任一年的数据，即可与目标比较；期末判定要 %(T)s 年的数据%(reach)s。"), n)]
    is_met = assessment.linear.status == "achieved"
    changes = [] if is_met else _way_left(part, n)
    if assessment.final_verdict in FINAL_CHANGES:
        changes.append(fill(str(FINAL_CHANGES[assessment.final_verdict]), n))
    elif is_met:
        text = _("%(T)s 年的数据若%(fall_short)s，期末判定将为未实现：曾经达到不算数。")
        changes.append(fill(text, n))
    else:
        changes.append(fill(_("%(T)s 年的数据%(reach)s，期末判定才为已实现。"), n))
    is_short = has_short_road(part)
    if (
        outlook.needed_on_schedule is not None
        and assessment.final_verdict == "pending"
        and not (is_met or is_short)
    ):
        text = _("%(t)s 年须达到 %(on_schedule)s%(unit)s 才是符合预期，%(ahead)s%(unit)s 才是快于预期。")
        changes.append(fill(text, n))
    if outlook.pace_so_far is not None:
        text = _("基期以来平均每年变化 %(pace)s%(points)s")
        if n["reached"] is not None:
            text += _("；照此速度 %(reached)s 年达到目标")
        elif outlook.projected is not None:
            text += _("；照此速度 %(T)s 年为 %(projected)s%(unit)s")
        changes.append(fill(text + _("。"), n))
    if assessment.linear.reason == "no_baseline":
        changes.append(_("规划或批准机关给出基期值后，才能计算序时进度。"))
    return changes

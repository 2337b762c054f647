"""The words a verdict is shown with: word, sign and colour class, in that order of importance."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from indicators.models import Component, Indicator, Observation, Target
from indicators.queries import ComponentStanding, Standing
from judging.progress import cut
from judging.terms import FINAL_ORDER, Assessment, TargetRule
from plan.badges import VERDICT, Badge
from plan.wording import RankUnit, measured, percent

LINEAR = {
    "achieved": gettext_lazy("提前实现"),
    "ahead": gettext_lazy("快于预期"),
    "on_schedule": gettext_lazy("符合预期"),
    "slightly_behind": gettext_lazy("进度偏慢"),
    "behind": gettext_lazy("进度滞后"),
    "regressed": gettext_lazy("低于基期"),
    "overshoot": gettext_lazy("超出目标区间"),
    "missed": gettext_lazy("未如期实现"),
    "not_assessable": gettext_lazy("无法评价"),
    "no_data": gettext_lazy("暂无数据"),
}
CAGR = {
    "achieved": gettext_lazy("已达到目标"),
    "significant": gettext_lazy("显著进展"),
    "moderate": gettext_lazy("中等进展"),
    "insufficient": gettext_lazy("进展不足"),
    "away": gettext_lazy("背离目标"),
    "overshoot": gettext_lazy("超出目标区间"),
    "missed": gettext_lazy("未如期实现"),
    "not_assessable": gettext_lazy("无法评价"),
}
FINAL = {
    "achieved": gettext_lazy("已实现"),
    "not_achieved": gettext_lazy("未实现"),
    "provisional_achieved": gettext_lazy("初步判定已实现"),
    "provisional_not_achieved": gettext_lazy("初步判定未实现"),
    "pending": gettext_lazy("待期末数据"),
}
# What a status is chosen, counted and listed by: 提前 and 如期实现 are one.
LINEAR_STATUSES = LINEAR | {"achieved": FINAL["achieved"]}
REASONS = {
    "no_baseline": gettext_lazy("规划没有给出基期值，不能计算序时进度"),
    "no_observation_after_base": gettext_lazy("基期之后还没有公布数据"),
    "met_at_baseline": gettext_lazy("基期已达到目标"),
    "baseline_equals_bound": gettext_lazy("基期值恰等于目标界限"),
    "non_positive_base_or_target": gettext_lazy("基期值或目标值不为正数，不能计算增长率"),
    "negative_value": gettext_lazy("数值为负，不能计算增长率"),
    "cumulative": gettext_lazy("累计型指标不适用增长率"),
    "sum": gettext_lazy("逐年相加的指标不适用增长率"),
    "mean": gettext_lazy("年均值指标不适用增长率"),
    "every_year": gettext_lazy("每年保持的指标不适用增长率"),
    "not_kept": gettext_lazy("有年份没有保持住，以后各年再好也不能补回"),
    "incomplete_period": gettext_lazy("规划期前面的年份还缺准确数，不能相加或平均"),
    "bound_open": gettext_lazy("已公布的是范围，不足以判定"),
    "done_or_not": gettext_lazy("只问是否完成，没有中间进度"),
    "path_at_baseline": gettext_lazy("年度目标这一年不要求比基期前进，只看是否守住"),
}
# In a file, where the derivation has sentences of its own.
FILE_REASONS = REASONS | {
    "short_road": gettext_lazy("基期几乎等于目标，比值没有意义"),
    "by_bound": gettext_lazy("据范围判定，没有份额和比值"),
}
# A road so short, as a share of the target, that the share done of it says nothing: 3,025 % of 0.04.
SHORT_ROAD = Fraction(2, 100)
VALUE_MARKS = {
    Observation.ValueStatus.PRELIMINARY: gettext_lazy("初"),
    Observation.ValueStatus.ESTIMATED: gettext_lazy("推算"),
    Observation.ValueStatus.REVISED: gettext_lazy("修订"),
}


def linear_badge(standing: Standing | ComponentStanding) -> Badge:
    """Method A's word for an indicator or one of its components."""
    if isinstance(standing, ComponentStanding):
        return linear_badge_of(standing.assessment, standing.target.year)
    return linear_word(
        standing.status,
        {part.assessment.linear.reason for part in standing.components},
        in_end_year=any(in_end_year(part.assessment, part.target.year) for part in standing.components),
    )


def linear_badge_of(assessment: Assessment, target_year: int) -> Badge:
    """Method A's word for a bare judgement, which says so where nothing was published."""
    if assessment.latest is None and assessment.heard is None:
        return linear_word("no_data")
    late = in_end_year(assessment, target_year)
    return linear_word(assessment.linear.status, {assessment.linear.reason}, in_end_year=late)


def linear_word(status: str, reasons: Collection[str | None] = (), *, in_end_year: bool = False) -> Badge:
    """Method A's word for a status: 提前 if reached before the end year, 如期 if in it; or what is missing."""
    word = LINEAR[status]
    if status == "achieved" and in_end_year:
        word = gettext_lazy("如期实现")
    if status == "not_assessable" and "no_baseline" in reasons:
        word = gettext_lazy("无基期，仅比目标")
    # Where nothing was published, no other reason counts.
    told = () if status == "no_data" else sorted(filter(None, reasons))
    return VERDICT[status].badge(word, why="；".join(str(REASONS[reason]) for reason in told), key=status)


def with_doubts(badge: Badge, told: Standing | ComponentStanding) -> Badge:
    """A badge that says where its verdict is old, or rests on an estimate of ours (docs/methods.md 1.13)."""
    doubts = [_("陈旧")] if told.is_stale else []
    doubts += [_("推算")] if told.is_estimated else []
    return replace(badge, doubts=tuple(doubts)) if doubts else badge


def linear_status(status: str) -> Badge:
    """Method A's word for a status whoever has it, as counts, choices and lists show it."""
    return VERDICT[status].badge(LINEAR_STATUSES[status], key=status)


def in_end_year(assessment: Assessment, target_year: int) -> bool:
    """Whether it was reached only in the end year: met before and never lost since, it was reached early."""
    reached = assessment.held_since or (assessment.latest.year if assessment.latest else None)
    return reached == target_year


def cagr_badge(status: str, reason: str | None = None) -> Badge:
    return VERDICT[status].badge(CAGR[status], why=REASONS.get(reason or "", ""), key=status)


def final_badge(status: str) -> Badge:
    return VERDICT[status].badge(FINAL[status], key=status)


def final_counts(verdicts: Iterable[str]) -> list[tuple[Badge, int]]:
    """Every final verdict that was said with how often, best first, so that the numbers add up to all."""
    said = Counter(verdicts)
    return [(final_badge(key), said[key]) for key in reversed(FINAL_ORDER) if said[key]]


def number(value: Decimal | Fraction | None, places: int = 6) -> str:
    """A number for people: thousands grouped, no trailing zeros, cut at `places`."""
    if value is None:
        return "—"
    shown = cut(value, places)
    text = f"{shown:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(value: Decimal) -> str:
    """A difference for people: +1.5."""
    return f"{'+' if value > 0 else ''}{number(value)}"


def share(value: Fraction | None, places: int = 1) -> str:
    """A share as per cent, cut towards the worse side."""
    return "—" if value is None else percent(f"{cut(value * 100, places):,f}")


def difference_unit(unit: str) -> str:
    """The unit of a difference: two shares are so many points apart, not so many per cent; two ranks, places."""
    if isinstance(unit, RankUnit):
        return pgettext("between two ranks", "位")
    return _("个百分点") if unit == "%" else unit


# What is held against the target where it is not the value of a year.
COMPARED = {
    Component.Accumulation.SUM: gettext_lazy("合计 %(goal)s"),
    Component.Accumulation.MEAN: gettext_lazy("年均 %(goal)s"),
    Component.Accumulation.GROWTH: gettext_lazy("累计增长 %(goal)s %%"),
    Component.Accumulation.ANNUAL_GROWTH: gettext_lazy("年均增长 %(goal)s %%"),
    Component.Accumulation.EVERY_YEAR: gettext_lazy("每年 %(goal)s"),
}


def target_words(target: Target, direction: str) -> str:
    """The target in words: ≥ 108, > 22,000, 5.5–6, of ranks 前 3 位.

    With what is held against it: 年均 ≥ 5, 累计增长 ≥ 15 %.
    """
    is_rank = target.component.indicator.is_rank
    words = _limit_of_ranks(target) if is_rank else limit_words(target, direction)
    said = COMPARED.get(target.component.accumulation)
    return str(said) % {"goal": words} if said else words


def limit_words(target: Target | TargetRule, direction: str) -> str:
    """The bound itself: ≥ 108, > 22,000, 5.5–6."""
    if target.type == Target.Type.DONE:
        return _("完成")
    if target.type == Target.Type.POINT:
        return f"{'≥' if direction == 'up' else '≤'} {number(target.value)}"
    if target.type == Target.Type.STRICT:
        return f"{'>' if direction == 'up' else '<'} {number(target.value)}"
    return f"{number(target.low)}–{number(target.high)}"


def _limit_of_ranks(target: Target | TargetRule) -> str:
    """The worst place that will do: 第 1 位, 前 3 位."""
    if target.type == Target.Type.DONE:
        return _("完成")
    if target.type in (Target.Type.RANGE_FLOOR, Target.Type.RANGE_INSIDE):
        return measured(f"{number(target.low)}–{number(target.high)}", RankUnit())
    if target.type == Target.Type.STRICT:
        return pgettext("of a rank", "高于%(end)s") % {"end": measured(number(target.value), RankUnit())}
    if target.value == 1:
        return measured("1", RankUnit())
    return _("前 %(number)s 位") % {"number": number(target.value)}


def goal_unit(target: Target, unit: str) -> str:
    """The unit of the number in `target_words`: growth and ranks have theirs already, and done has none."""
    bare = target.type == Target.Type.DONE or target.component.accumulation in Component.IN_PER_CENT
    return "" if bare or isinstance(unit, RankUnit) else unit


def goal_text(target: Target, indicator: Indicator) -> str:
    """The target in words with its unit: ≥ 108 件, > 22,000 家, 5.5–6 %, 第 1 位."""
    words, unit = target_words(target, indicator.direction), goal_unit(target, indicator.unit_label)
    return measured(words, unit) if unit else words


def reach_words(target: Target | TargetRule, direction: str, unit: str) -> str:
    """What a value must be to meet the target: not below 108, above 22,000, within 5.5–6.

    Where less is better the words are those of size, but of ranks, of which the smaller is the higher.
    """
    if isinstance(unit, RankUnit) and target.type != Target.Type.DONE:
        return _rank_met(target)
    up, words = direction == "up", {"ends": f"{limit_words(target, direction)}{unit}"}
    if target.type == Target.Type.DONE:
        return _("为已完成")
    if target.type == Target.Type.RANGE_INSIDE:
        return _("在 %(ends)s 之内") % words
    words["end"] = f"{number(_bound(target, up))}{unit}"
    if target.type == Target.Type.STRICT:
        return (_("高于 %(end)s") if up else _("小于 %(end)s")) % words
    return (_("不低于 %(end)s") if up else _("不大于 %(end)s")) % words


def fall_short_words(target: Target | TargetRule, direction: str, unit: str) -> str:
    """The contrary of reach_words."""
    if isinstance(unit, RankUnit) and target.type != Target.Type.DONE:
        return _rank_missed(target)
    up, words = direction == "up", {"ends": f"{limit_words(target, direction)}{unit}"}
    if target.type == Target.Type.DONE:
        return _("为未完成")
    if target.type == Target.Type.RANGE_INSIDE:
        return _("不在 %(ends)s 之内") % words
    words["end"] = f"{number(_bound(target, up))}{unit}"
    if target.type == Target.Type.STRICT:
        return (_("不高于 %(end)s") if up else _("不小于 %(end)s")) % words
    return (_("低于 %(end)s") if up else _("大于 %(end)s")) % words


def _rank_met(target: Target | TargetRule) -> str:
    strict, plain = pgettext("of a rank", "高于%(end)s"), pgettext("of a rank", "不低于%(end)s")
    return _of_rank(target, _("在 %(ends)s 之内"), strict, plain)


def _rank_missed(target: Target | TargetRule) -> str:
    strict, plain = pgettext("of a rank", "不高于%(end)s"), pgettext("of a rank", "低于%(end)s")
    return _of_rank(target, _("不在 %(ends)s 之内"), strict, plain)


def _of_rank(target: Target | TargetRule, inside: str, strict: str, plain: str) -> str:
    """The words for a target of its type, with its end or ends."""
    if target.type == Target.Type.RANGE_INSIDE:
        return inside % {"ends": _limit_of_ranks(target)}
    end = {"end": measured(number(_bound(target, up=False)), RankUnit())}
    return (strict if target.type == Target.Type.STRICT else plain) % end


def _bound(target: Target | TargetRule, up: bool) -> Decimal | None:
    """The value that must be reached or passed; of a range, its near end."""
    if target.type == Target.Type.RANGE_FLOOR:
        return target.low if up else target.high
    return target.value


def bound_words(row: Observation, unit: str) -> str:
    """A statement that bounds a value, in its own words and in a sign: “总量突破2.6万家”（> 26,000 家）."""
    value = f"{limit_of(row)}{unit}"
    if not row.published_text:
        return value
    return _("“%(said)s”（%(value)s）") % {"said": row.published_text, "value": value}


def limit_of(row: Observation) -> str:
    """What a bound says, in a sign: > 26,000."""
    return f"{row.limit_sign} {number(row.value)}"


def lack_of_figures(part: ComponentStanding) -> str:
    """Why nothing is there to be judged: nobody published a figure, none can be used, or none is of the period."""
    if not part.known:
        return _("从未公布")
    return _("规划期内未公布") if part.in_use else _("公布过的数没有采用")


def stated(row: Observation) -> str:
    """What is known of a year: 24,700, or > 26,000 where only a bound was published."""
    return limit_of(row) if row.is_bound else number(row.value)


def has_short_road(part: ComponentStanding) -> bool:
    """Whether the baseline all but equals the target, so that a ratio to schedule would mislead.

    Only what is shown changes: the verdict keeps to the rule.
    """
    base, target = part.inputs["base_value"], part.assessment.goal
    if base is None or target is None or part.component.accumulation in Component.BY_YEARS:
        return False
    ends: list[Decimal | None] = [target.value, target.low, target.high]
    if target.type == Target.Type.RANGE_FLOOR:
        ends = [_bound(target, part.component.indicator.direction == "up")]
    roads = [(abs(Fraction(end) - Fraction(base)), abs(Fraction(end))) for end in ends if end is not None]
    return any(0 < road < SHORT_ROAD * goal for road, goal in roads)


def completion_words(part: ComponentStanding) -> str:
    """D: how much of the target the latest value is; against both ends for a range; never coloured."""
    shares = [percent(f"{cut(value, 1):,f}") for value in part.assessment.completion]
    target = part.assessment.goal
    if not shares or target is None:
        return ""
    if len(shares) == 2:
        words = {
            "low": shares[0],
            "high": shares[1],
            "ends": limit_words(target, part.component.indicator.direction),
        }
        value = part.assessment.compared
        if value is not None and target.low <= value <= target.high:
            return _("在区间 %(ends)s 内（下限的 %(low)s，上限的 %(high)s）") % words
        return _("相当于下限的 %(low)s、上限的 %(high)s") % words
    if part.component.indicator.direction == "down":
        return _("相当于目标值的 %(share)s（低于 100 %% 为好）") % {"share": shares[0]}
    return _("相当于目标值的 %(share)s") % {"share": shares[0]}


def beyond_range(part: ComponentStanding) -> bool:
    """Past the far end of a range whose near end counts: reached, and said so, never a failure."""
    return _is_past(part, Target.Type.RANGE_FLOOR)


def overshot(part: ComponentStanding) -> bool:
    """Past the far end of a range to end within: not met, and nothing is lacking either."""
    return _is_past(part, Target.Type.RANGE_INSIDE)


def _is_past(part: ComponentStanding, kind: str) -> bool:
    value, target = part.assessment.compared, part.assessment.goal
    if value is None or target is None or target.type != kind:
        return False
    return value < target.low if part.component.indicator.direction == "down" else value > target.high


def short_of(part: ComponentStanding) -> Fraction | None:
    """How far what was compared is from the nearest value that meets the target; None where it meets it."""
    compared, target = part.assessment.compared, part.assessment.goal
    if compared is None or target is None or target.met(compared):
        return None
    ends = [end for end in (target.value, target.low, target.high) if end is not None]
    return min((abs(Fraction(end) - compared) for end in ends), default=None)

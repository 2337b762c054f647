"""One row an indicator: now, against the year before, the goal, the way to it, the word, what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charts.way import Way, way_svg
from indicators.models import Component, Indicator, Observation
from indicators.queries import ComponentStanding, Standing, goal
from indicators.shown.bullets import gauged
from indicators.shown.cards import value_words
from indicators.shown.decimals import difference_text
from indicators.shown.states import state_badge
from indicators.shown.wording import (
    VALUE_MARKS,
    difference_unit,
    goal_unit,
    lack_of_figures,
    overshot,
    short_of,
    target_words,
)
from judging.ladder import WORST_FIRST, IndicatorState, state_of
from plan.badges import Badge, indicator_badge
from plan.wording import as_place, publisher_of


@dataclass(frozen=True)
class RowPart:
    """A component in a row; empty words where there is nothing to say.

    `change` is against the figure of the year before, `lack` what is missing to the target, in a dozen characters.
    """

    part: ComponentStanding
    label: str
    value: str
    unit: str
    year: int | None
    mark: str
    change: str
    goal: str
    goal_unit: str
    lack: str
    svg: str


@dataclass(frozen=True)
class IndicatorRow:
    standing: Standing
    badge: Badge
    parts: tuple[RowPart, ...]

    @property
    def indicator(self) -> Indicator:
        return self.standing.indicator

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Who published the figures, each once, with the release's place on the indicator's page."""
        rows = [row for part in self.standing.components if (row := part.heard)]
        named = {publisher_of(row.source): f"obs-{row.pk}" for row in reversed(rows)}
        return list(reversed(named.items()))

    @property
    def lacks(self) -> list[str]:
        """What is missing, of each part."""
        return by_part((part.label, part.lack) for part in self.parts)


def by_part(said: Iterable[tuple[str, str]]) -> list[str]:
    """What is said of each part, by its name; what is the same of all of them is said once, without a name."""
    told = list(said)
    if len({words for _name, words in told}) == 1:
        return [told[0][1]]
    return [f"{name}{_('：')}{words}" for name, words in told if words]


@dataclass(frozen=True)
class RowGroup:
    """The rows of one state."""

    badge: Badge
    rows: list[IndicatorRow]


def grouped(standings: Iterable[Standing]) -> list[RowGroup]:
    """Worst first, in the plan's order within a state."""
    found: dict[str, list[IndicatorRow]] = {}
    for standing in standings:
        shown = indicator_row(standing)
        found.setdefault(shown.badge.key, []).append(shown)
    return [RowGroup(indicator_badge(state), found[state]) for state in WORST_FIRST if state in found]


def indicator_row(standing: Standing) -> IndicatorRow:
    return IndicatorRow(
        standing, state_badge(standing), tuple(_part(part, standing) for part in standing.components)
    )


def _part(part: ComponentStanding, standing: Standing) -> RowPart:
    row, indicator, badge = part.heard, part.component.indicator, state_badge(part)
    lack = lack_words(part)
    return RowPart(
        part,
        part.component.label if standing.is_compound else "",
        value_words(part, row),
        indicator.unit_label,
        row.year if row else None,
        str(VALUE_MARKS.get(row.value_status, "")) if row else "",
        change_words(part),
        target_words(part.target, indicator.direction),
        goal_unit(part.target, indicator.unit_label),
        lack,
        way_svg(_way(part, badge)) if row else "",
    )


def change_words(part: ComponentStanding) -> str:
    """The latest figure against that of the year before: ▲ 0.21 个百分点; of at least so much, at least the rest.

    Empty where either is missing, or a bound says nothing of the step.
    """
    row = part.heard
    before = part.in_force().get(row.year - 1) if row else None
    if row is None or before is None:
        return ""
    step = row.value - before.value
    words = {
        "step": difference_text(part, abs(step)),
        "unit": difference_unit(part.component.indicator.unit_label),
    }
    if row.is_bound:
        is_lower = row.precision == Observation.Precision.LOWER_BOUND
        if not step or (step > 0) != is_lower:
            return ""
        words["step"] = f"{'>' if row.exclusive else '≥'} {words['step']}"
    if not step:
        return _("持平")
    if part.component.indicator.is_rank:
        return (_("上升 %(step)s 位") if step < 0 else _("下降 %(step)s 位")) % words
    return ("▲ " if step > 0 else "▼ ") + _("%(step)s %(unit)s") % words


def lack_words(part: ComponentStanding) -> str:
    """What is missing: 还差 1,900 家, or since when nothing is, or that nobody knows."""
    found = part.assessment
    if part.heard is None:
        return lack_of_figures(part)
    since = met_since(part)
    if since is not None:
        return _("%(year)s 年起达到") % {"year": since}
    if found.basis == "bound":
        return _("没有达到目标")
    if found.goal is None or found.compared is None:
        return _("不足以判定")
    if found.goal.met(found.compared):
        return _("已达目标")
    gap = short_of(part)
    if not gap:
        return _("恰等于界限")
    # Of a growth as well a level is compared with the level it means: both have the figures' unit.
    words = {"gap": difference_text(part, gap), "unit": difference_unit(part.component.indicator.unit_label)}
    if part.component.indicator.is_rank:
        return ngettext("还差 %(gap)s 位", "还差 %(gap)s 位", int(gap)) % words
    return (_("超出 %(gap)s %(unit)s") if overshot(part) else _("还差 %(gap)s %(unit)s")) % words


def gap_words(standing: Standing) -> str:
    """The latest figure, the target and what is between them, of every component that does not meet it."""
    said = []
    for part in standing.components:
        latest, indicator = part.latest, part.component.indicator
        gap = short_of(part)
        if latest is None or gap is None:
            continue
        unit = difference_unit(indicator.unit_label)
        value = as_place(value_words(part, latest), indicator.unit_label)
        words = {"year": latest.year, "value": value, "unit": unit}
        words |= {"goal": target_words(part.target, indicator.direction), "gap": difference_text(part, gap)}
        short = _("%(year)s 年 %(value)s，目标 %(goal)s，差 %(gap)s %(unit)s")
        over = _("%(year)s 年 %(value)s，目标 %(goal)s，超出 %(gap)s %(unit)s")
        told = (over if overshot(part) else short) % words
        said.append(f"{part.component.label}{_('：')}{told}" if standing.is_compound else told)
    return _("；").join(said)


def met_since(part: ComponentStanding) -> int | None:
    """The first year from which every figure met the target up to the latest, be that a bound; None where it is
    not met."""
    found = part.assessment
    if part.heard is None or state_of(found) != IndicatorState.REACHED:
        return None
    if found.basis != "bound":
        return found.held_since
    since, meets = part.heard.year, goal(part.component.indicator, part.target).met
    if part.component.accumulation != Component.Accumulation.LEVEL:
        return since
    for year, row in sorted(part.in_force().items(), reverse=True):
        if year < since and not meets(row.value):
            break
        since = min(since, year)
    return since


def _way(part: ComponentStanding, badge: Badge) -> Way:
    row = gauged(part)
    aim, scale = row.track.goal, row.scale
    bound = part.heard if part.heard and part.heard.is_bound else None
    done = scale.share(bound.value) if scale and bound else row.share
    ends = [scale.share(end) for end in aim.ends] if scale and aim.is_range else []
    is_from_base = scale is not None and scale.is_from_baseline
    return Way(
        done,
        due_share(part) if is_from_base else None,
        max(ends, default=None),
        badge.look,
        badge.is_hollow,
        bound is not None,
    )


def due_share(part: ComponentStanding) -> Fraction | None:
    """How much of the time from the base to the target year has passed on the day; figures are of a year's end."""
    base = part.inputs["base_year"]
    if base is None or base >= part.target.year:
        return None
    day = part.as_of
    passed = day.year - 1 - base + Fraction(day.timetuple().tm_yday, 366)
    return min(Fraction(1), max(Fraction(0), passed / (part.target.year - base)))

"""Figures in a unit that the page's language counts by: 1,560 亿元 are 156 billion yuan.

What is told to readers is a copy that nobody saves; files, the API and what is entered keep the plan's own unit.
Shares and verdicts are the same in any unit.
"""

from copy import copy
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy

from indicators.models import Component, Indicator, Observation, ReferenceFigure, Target
from indicators.queries import ComponentStanding, Overview, Standing, part_of_rows, standing_of_parts

# By the plan's unit: what one of it is in the unit of a language that counts by thousands, and that one's name.
MONEY = {
    "万元": (Decimal("0.01"), gettext_lazy("百万元")),
    "亿元": (Decimal("0.1"), gettext_lazy("十亿元")),
    "万亿元": (Decimal(1), gettext_lazy("万亿元")),
    "万美元": (Decimal("0.01"), gettext_lazy("百万美元")),
    "亿美元": (Decimal("0.1"), gettext_lazy("十亿美元")),
}


def factor_of(indicator: Indicator) -> Decimal | None:
    """What a figure is multiplied by for the page's language; None where it is told as it was published."""
    if (get_language() or "").startswith("zh") or getattr(indicator, "is_for_reader", False):
        return None
    return MONEY[indicator.unit][0] if indicator.unit in MONEY else None


def for_reader(found: Overview) -> Overview:
    """All that stands on a day, as a page tells it; the same overview where nothing is told otherwise."""
    if not any(factor_of(standing.indicator) for standing in found.standings):
        return found
    return replace(found, standings=[standing_for_reader(standing) for standing in found.standings])


def standing_for_reader(standing: Standing) -> Standing:
    factor = factor_of(standing.indicator)
    if factor is None:
        return standing
    indicator = indicator_for_reader(standing.indicator)
    return standing_of_parts(indicator, [_part(part, indicator, factor) for part in standing.components])


def indicator_for_reader(indicator: Indicator) -> Indicator:
    """An indicator that names the unit its figures are told in."""
    if factor_of(indicator) is None:
        return indicator
    told = copy(indicator)
    told.unit_en, told.is_for_reader = str(MONEY[indicator.unit][1]), True
    return told


def figure_beside(row: ReferenceFigure, component: Component) -> ReferenceFigure:
    """A figure of another place in the unit that its component is told in."""
    if not getattr(component.indicator, "is_for_reader", False):
        return row
    told = copy(row)
    told.value = row.value * MONEY[component.indicator.unit][0]
    return told


def row_for_reader(row: Observation, component: Component) -> Observation:
    """A figure of a component by itself."""
    factor = factor_of(component.indicator)
    return row if factor is None else _row(row, _component(component, indicator_for_reader(component.indicator)))


def target_for_reader(target: Target, component: Component) -> Target:
    factor = factor_of(component.indicator)
    return target if factor is None else _target(target, component, factor)


def _part(part: ComponentStanding, indicator: Indicator, factor: Decimal) -> ComponentStanding:
    component = _component(part.component, indicator)
    targets = [_target(row, component, factor) for row in (*part.targets, *part.scheduled)]
    return part_of_rows(part, component, targets, [_row(row, component) for row in part.known])


def _component(component: Component, indicator: Indicator) -> Component:
    told, factor = copy(component), factor_of(component.indicator)
    told.indicator = indicator
    if factor is not None and component.baseline_value is not None:
        told.baseline_value = component.baseline_value * factor
    return told


def _row(row: Observation, component: Component) -> Observation:
    told = copy(row)
    told.component, told.value = component, row.value * MONEY[component.indicator.unit][0]
    return told


def _target(target: Target, component: Component, factor: Decimal) -> Target:
    """A target on the scale of the figures; a growth is so many per cent in any unit."""
    told = copy(target)
    told.component = component
    if component.accumulation in Component.IN_PER_CENT:
        return told
    for name in ("value", "low", "high"):
        if (end := getattr(target, name)) is not None:
            setattr(told, name, end * factor)
    told.path = {year: str(Decimal(value) * factor) for year, value in target.path.items()}
    return told

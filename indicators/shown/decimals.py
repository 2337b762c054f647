"""Figures beside each other: one number of places for a component, unless rounding would tell another story."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from indicators.models import Component
from indicators.queries import ComponentStanding, goal
from indicators.shown.wording import number

# 0.785255 beside 0.98 is 0.79; what the target distinguishes is kept in any case.
MOST_PLACES = 2


def places_of(part: ComponentStanding) -> int:
    """As many places as the published figures have, two at most, or one more than the target's own."""
    target, base = part.target, part.component.baseline_value
    ends = [end for end in (target.value, target.low, target.high) if end is not None]
    told = [row.value for row in part.in_force().values()] + ([base] if base is not None else [])
    most = max(MOST_PLACES, max(map(_places, ends), default=0) + 1)
    return min(most, max(map(_places, told), default=0))


def figure_text(part: ComponentStanding, value: Decimal) -> str:
    """A figure as the component's row shows it; in full where rounded it would meet the target, or cease to."""
    rounded = value.quantize(Decimal(1).scaleb(-places_of(part)), ROUND_HALF_UP)
    met = (part.assessment.goal or goal(part.component.indicator, part.target)).met
    return f"{rounded:,f}" if met(rounded) == met(value) else number(value, 8)


def lone_figure(part: ComponentStanding, value: Decimal) -> str:
    """The same with no others in line below it: zeros that were never published would claim precision."""
    text = figure_text(part, value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def difference_text(part: ComponentStanding, size: Decimal | Fraction) -> str:
    """What lies between two figures, with their places; in full where so few would say that nothing does."""
    shown = round(size, _difference_places(part))
    return number(shown if shown else size)


def together_text(part: ComponentStanding, compared: Fraction) -> str:
    """A sum or mean with the places of what it lacks; in full where rounded it would not be judged so."""
    rounded = round(compared, _difference_places(part))
    met = (part.assessment.goal or goal(part.component.indicator, part.target)).met
    return number(rounded) if met(rounded) == met(compared) else number(compared, 8)


def _difference_places(part: ComponentStanding) -> int:
    """Those of the figures; of a mean one more, or 190.5 and the 9.5 to 200 would read 191 and 10."""
    return places_of(part) + (part.component.accumulation == Component.Accumulation.MEAN)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

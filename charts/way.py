"""The way from the start to the target in one line of a list: how much of it is done, and how much should be.

Exact until a place is printed; places are per cent of the width, so that it stretches to any room.
"""

from dataclasses import dataclass
from fractions import Fraction

HEIGHT, MIDDLE = 18, 9
# Where the target stands, so that what is beyond it has room; and how far a line may reach.
GOAL, MOST = Fraction(84), Fraction(98)


@dataclass(frozen=True, slots=True)
class Way:
    """Shares of the way: `done` where the latest figure is, `due` where it should be today, `beyond` the far end
    of a range; None where nothing can be said. `look` is the class that carries the colour of the state.
    """

    done: Fraction | None
    due: Fraction | None = None
    beyond: Fraction | None = None
    look: str = ""
    is_hollow: bool = False
    is_bound: bool = False


def way_svg(way: Way) -> str:
    """The line as an inline SVG; nothing for a screen reader, to which the same row says it in words."""
    body = f'<path class="w-all" d="M0 {MIDDLE}H600"/>' + _done(way) + _goal(way) + _due(way)
    kind = f"way {way.look}{' hollow' if way.is_hollow else ''}"
    return f'<svg class="{kind}" height="{HEIGHT}" aria-hidden="true">{body}</svg>'


def _at(share: Fraction) -> Fraction:
    return min(MOST, max(Fraction(1), share * GOAL))


def _done(way: Way) -> str:
    if way.done is None:
        return ""
    x = _x(_at(way.done))
    line = f'<line class="w-done" y1="{MIDDLE}" x2="{x}%" y2="{MIDDLE}"/>'
    if way.is_bound or way.done * GOAL > MOST:
        # It goes on from here.
        return line + f'<svg x="{x}%" overflow="visible"><path class="w-on" d="M-4 4l5 5-5 5"/></svg>'
    return line + f'<circle class="w-now" cx="{x}%" cy="{MIDDLE}" r="4"/>'


def _goal(way: Way) -> str:
    ends = [Fraction(1)] + ([way.beyond] if way.beyond is not None and way.beyond > 1 else [])
    return "".join(f'<line class="w-goal" x1="{x}%" y1="2" x2="{x}%" y2="16"/>' for x in map(_x, map(_at, ends)))


def _due(way: Way) -> str:
    if way.due is None:
        return ""
    x = _x(_at(min(way.due, Fraction(1))))
    return f'<line class="w-due" x1="{x}%" y1="12" x2="{x}%" y2="{HEIGHT}"/>'


def _x(place: Fraction) -> str:
    return f"{float(place):.1f}".removesuffix(".0")

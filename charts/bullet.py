"""Bullet bars on one scale (after Stephen Few): how far each component has come on its way to the target.

What all rows share is per cent: 0 is the baseline and 100 the target; without a baseline 0 is zero. Exact until a
place is printed. Places are per cent of the picture's width and its height is in pixels, so that it stretches to
any room and no letter is stretched with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from html import escape

from charts.track import Bound, Track, expected

# What lies further out is an arrow at the edge; below zero there is room only where some row needs it.
MOST, LEAST = Fraction(3, 2), Fraction(-1, 4)
TICKS = (0, 50, 100, 150)
HEIGHT, BAR, BRACKET = 32, 12, 6
MIDDLE = HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Gauge:
    """The values that stand at 0 and at 100 per cent of a row."""

    zero: Fraction
    whole: Fraction
    is_from_baseline: bool

    def share(self, value: Decimal | Fraction) -> Fraction:
        return (Fraction(value) - self.zero) / (self.whole - self.zero)


@dataclass(frozen=True, slots=True)
class Axis:
    """What all rows are drawn on."""

    low: Fraction
    high: Fraction = MOST

    def at(self, share: Fraction) -> Fraction:
        """The place of a share, in per cent of the width; at an end where it lies beyond."""
        inside = min(self.high, max(self.low, share))
        return (inside - self.low) / (self.high - self.low) * 100


def axis_for(shares: Iterable[Fraction | None]) -> Axis:
    """From zero on, or with some room to its left where a value fell behind its baseline."""
    return Axis(LEAST if any(share is not None and share < 0 for share in shares) else Fraction(0))


def gauge(track: Track, *, from_baseline: bool = True) -> Gauge | None:
    """The scale of a row: from the baseline where there is a way to go from it, else from zero.

    None where neither makes sense: no baseline, and a target that is not above zero.
    """
    if from_baseline and track.baseline:
        start = Fraction(track.baseline[1])
        aim = Fraction(track.goal.aim(track.baseline[1]))
        is_upwards = track.goal.direction == "up"
        if aim != start and (track.goal.type == "range_inside" or (aim > start) == is_upwards):
            return Gauge(start, aim, is_from_baseline=True)
    aim = Fraction(track.goal.yardstick)
    return Gauge(Fraction(0), aim, is_from_baseline=False) if aim > 0 else None


def reached(track: Track, scale: Gauge | None) -> Fraction | None:
    """The share of the row's scale that the latest figure stands at."""
    return scale.share(track.observed[-1].value) if scale and track.observed else None


def missing(track: Track) -> Fraction | None:
    """What the latest figure still lacks, in the indicator's unit; below zero where it is more than enough."""
    if not track.observed:
        return None
    value, goal = Fraction(track.observed[-1].value), track.goal
    if goal.type == "range_inside":
        return max(Fraction(goal.ends[0]) - value, value - Fraction(goal.ends[-1]))
    lack = Fraction(goal.yardstick) - value
    return lack if goal.direction == "up" else -lack


def gap(track: Track, scale: Gauge | None) -> Fraction | None:
    """The same as a share of the row's scale, by which unlike indicators are put in order."""
    lack = missing(track)
    return lack / abs(scale.whole - scale.zero) if scale and lack is not None else None


def due(track: Track) -> tuple[int, Fraction] | None:
    """The value of the straight path in the year of the latest figure; None without a path or a figure."""
    points = track.observed
    return next((spot for spot in expected(track) if points and spot[0] == points[-1].year), None)


def later_bounds(track: Track) -> tuple[Bound, ...]:
    """What bounds the latest year, where no figure is as new."""
    points, last = track.observed, max((bound.year for bound in track.bounds), default=0)
    return tuple(bound for bound in track.bounds if bound.year == last and (not points or last > points[-1].year))


def bullet_svg(track: Track, scale: Gauge | None, axis: Axis, *, label: str) -> str:
    """One row as an inline SVG; `label` is what a screen reader says."""
    body = _grid(axis)
    if scale:
        body += _band(track, scale, axis) + _bar(track, scale, axis) + _due(track, scale, axis)
        body += _base(track, scale, axis) + _goal(track, scale, axis) + _bounds(track, scale, axis)
    size = f'width="100%" height="{HEIGHT}"'
    return f'<svg class="chart bullet" {size} role="img" aria-label="{escape(label)}">{body}</svg>'


def axis_svg(axis: Axis, *, start: str, target: str) -> str:
    """The scale that stands once above all rows; hidden from screen readers, each row says its numbers."""
    words = {0: start, 100: target}
    body = ""
    for tick in TICKS:
        x = _x(axis.at(Fraction(tick, 100)))
        kind = "c-goal" if tick == 100 else "c-tick"
        body += f'<text class="{kind}" x="{x}" y="34" text-anchor="middle">{tick} %</text>'
        if word := words.get(tick):
            # At the edge a longer word begins with its mark instead of reaching out over it.
            anchor = "middle" if tick else "start"
            body += f'<text class="{kind}" x="{x}" y="16" text-anchor="{anchor}">{escape(word)}</text>'
    return f'<svg class="chart bullet-axis" width="100%" height="40" aria-hidden="true">{body}</svg>'


def _grid(axis: Axis) -> str:
    places = [_x(axis.at(Fraction(tick, 100))) for tick in TICKS]
    return "".join(_line("c-grid", x, 0, HEIGHT) for x in places)


def _band(track: Track, scale: Gauge, axis: Axis) -> str:
    """A range as a pale band between its ends."""
    if not track.goal.is_range:
        return ""
    left, right = sorted(axis.at(scale.share(end)) for end in (track.goal.ends[0], track.goal.ends[-1]))
    return f'<rect class="c-band" x="{_x(left)}" y="2" width="{_x(right - left)}" height="{HEIGHT - 4}"/>'


def _bar(track: Track, scale: Gauge, axis: Axis) -> str:
    """From 0 to the latest figure, hollow where it is preliminary; an arrow where it goes on beyond the edge."""
    share = reached(track, scale)
    if share is None:
        return ""
    left, right = sorted((axis.at(Fraction(0)), axis.at(share)))
    kind = "b-bar hollow" if track.observed[-1].provisional else "b-bar"
    size = f'width="{_x(right - left)}" height="{BAR}"'
    marks = f'<rect class="{kind}" x="{_x(left)}" y="{MIDDLE - BAR // 2}" {size}/>'
    if share > axis.high:
        marks += _at("100%", '<path class="b-beyond" d="M3 -7l9 7l-9 7z"/>')
    elif share < axis.low:
        marks += _at("0%", '<path class="b-beyond" d="M-3 -7l-9 7l9 7z"/>')
    return marks


def _due(track: Track, scale: Gauge, axis: Axis) -> str:
    """What the straight path asks for by the year of the latest figure."""
    spot = due(track)
    if spot is None or not scale.is_from_baseline:
        return ""
    x = _x(axis.at(scale.share(spot[1])))
    return _line("b-due-rim", x, 5, HEIGHT - 5) + _line("b-due", x, 5, HEIGHT - 5)


def _base(track: Track, scale: Gauge, axis: Axis) -> str:
    """The baseline where the scale does not begin with it."""
    if scale.is_from_baseline or track.baseline is None:
        return ""
    return _line("c-base", _x(axis.at(scale.share(track.baseline[1]))), 7, HEIGHT - 7)


def _goal(track: Track, scale: Gauge, axis: Axis) -> str:
    """The bound that must be reached, or both of a range to stay inside; open where it is not enough itself."""
    goal = track.goal
    ends = (goal.ends[0], goal.ends[-1]) if goal.type == "range_inside" else (goal.yardstick,)
    places = [_x(axis.at(scale.share(end))) for end in ends]
    marks = "".join(_line("b-goal", x, 2, HEIGHT - 2) for x in places)
    if goal.type == "strict":
        marks += f'<circle class="c-open" cx="{places[0]}" cy="{MIDDLE}" r="4.5"/>'
    return marks


def _bounds(track: Track, scale: Gauge, axis: Axis) -> str:
    """Statements of at least or at most: brackets open to the side of what is possible, as in the large chart."""
    marks = ""
    for bound in later_bounds(track):
        is_onwards = bound.is_upper != (scale.whole > scale.zero)
        reach = BRACKET if is_onwards else -BRACKET
        path = f"M{reach} {-BAR // 2 - 1}h{-reach}v{BAR + 2}h{reach}"
        marks += _at(_x(axis.at(scale.share(bound.value))), f'<path class="c-bound" d="{path}"/>')
    return marks


def _line(kind: str, x: str, top: int, bottom: int) -> str:
    return f'<line class="{kind}" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'


def _at(x: str, mark: str) -> str:
    """A mark in pixels at a place in per cent."""
    return f'<svg x="{x}" y="{MIDDLE}" overflow="visible">{mark}</svg>'


def _x(percent: Fraction) -> str:
    return f"{float(percent):.2f}".rstrip("0").rstrip(".") + "%"

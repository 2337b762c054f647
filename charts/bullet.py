"""One component on one line: where it started, where it is, where it should be by now, where it is to go.

Each line has a scale of its own, in the indicator's unit; it does not begin at zero, so nothing is read from
a length but the way from the baseline to the latest value.
"""

from dataclasses import dataclass
from fractions import Fraction

from charts.marks import label as text
from charts.marks import n, picture
from charts.scale import spread, text_width
from charts.track import Bound, Track, Words, expected, plain

SIZE = 12
BAR = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A linear scale along `width` px at the height `y`, with room at both ends."""

    low: float
    high: float
    width: float
    y: float
    pad: float = 14.0

    def x(self, value: float | Fraction) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return round(self.pad + min(1.0, max(0.0, share)) * (self.width - 2 * self.pad), 1)


def later_bounds(track: Track) -> tuple[Bound, ...]:
    """The last statement of at least so much, where no figure is as new."""
    points = track.observed
    return tuple(bound for bound in track.bounds[-1:] if not points or bound.year > points[-1].year)


def due(track: Track) -> tuple[int, Fraction] | None:
    """The value of the straight path in the year of the latest figure; None without a path or a figure."""
    points = track.observed
    return next((spot for spot in expected(track) if points and spot[0] == points[-1].year), None)


def bullet_svg(track: Track, *, label: str, words: Words, width: int = 560, height: int = 66) -> str:
    """The line as an inline SVG; `label` is what a screen reader says."""
    line = _line(track, width, height)
    body = f'<path class="c-axis" d="M0 {n(line.y)}H{width}"/>'
    body += _band(track, line) + _way(track, line) + _due(track, line) + _goal(track, line) + _latest(track, line)
    body += _above(track, line, words) + _below(track, line, words)
    return picture(body, width=width, height=height, label=label)


def _line(track: Track, width: float, height: float) -> Line:
    numbers = [float(end) for end in track.goal.ends]
    numbers += [float(point.value) for point in track.observed[-1:]]
    numbers += [float(bound.value) for bound in later_bounds(track)]
    numbers += [float(track.baseline[1])] if track.baseline else []
    low, high = min(numbers), max(numbers)
    air = (high - low) / 6 or abs(high) / 6 or 1.0
    return Line(low - air, high + air, width, height / 2)


def _band(track: Track, line: Line) -> str:
    """A range as a band between its ends."""
    if not track.goal.is_range:
        return ""
    left, right = (line.x(end) for end in map(Fraction, track.goal.ends))
    size = f'width="{n(max(1.0, right - left))}" height="{BAR * 3}"'
    return f'<rect class="c-band" x="{n(left)}" y="{n(line.y - BAR * 1.5)}" {size}/>'


def _way(track: Track, line: Line) -> str:
    """From the baseline to the latest value; the baseline itself is a tick."""
    if track.baseline is None:
        return ""
    start = line.x(Fraction(track.baseline[1]))
    marks = f'<path class="c-base" d="M{n(start)} {n(line.y - BAR)}v{2 * BAR}"/>'
    if track.observed:
        end = line.x(Fraction(track.observed[-1].value))
        size = f'width="{n(abs(end - start))}" height="{BAR}"'
        marks += f'<rect class="b-way" x="{n(min(start, end))}" y="{n(line.y - BAR / 2)}" {size}/>'
    return marks


def _due(track: Track, line: Line) -> str:
    spot = due(track)
    if spot is None:
        return ""
    return f'<path class="c-expected" d="M{n(line.x(spot[1]))} {n(line.y - BAR * 1.25)}v{n(BAR * 2.5)}"/>'


def _goal(track: Track, line: Line) -> str:
    """The bound that must be reached; an open end where the bound itself is not enough."""
    goal = track.goal
    ends = goal.ends if goal.type == "range_inside" else (goal.yardstick,)
    top, tall = n(line.y - BAR * 1.5), BAR * 3
    marks = "".join(f'<path class="c-target" d="M{n(line.x(Fraction(end)))} {top}v{tall}"/>' for end in ends)
    if goal.type == "strict":
        marks += f'<circle class="c-open" cx="{n(line.x(Fraction(goal.yardstick)))}" cy="{n(line.y)}" r="4.5"/>'
    return marks


def _latest(track: Track, line: Line) -> str:
    """The latest figure: hollow where preliminary; a statement of at least so much is a triangle."""
    marks = ""
    for bound in later_bounds(track):
        x = line.x(Fraction(bound.value))
        marks += f'<path class="c-bound" d="M{n(x - 4)} {n(line.y - 5)}l8 5l-8 5z"/>'
    for point in track.observed[-1:]:
        kind = "c-hollow" if point.provisional else "c-dot"
        marks += f'<circle class="{kind}" cx="{n(line.x(Fraction(point.value)))}" cy="{n(line.y)}" r="6"/>'
    return marks


def _above(track: Track, line: Line, words: Words) -> str:
    """Latest value and target, moved apart where they would touch."""
    ends = [line.x(Fraction(end)) for end in track.goal.ends]
    said = [("c-goal", sum(ends) / len(ends), f"{words.target} {track.goal.text}")]
    if track.observed:
        point = track.observed[-1]
        said.append(("c-value", line.x(Fraction(point.value)), f"{point.year}: {point.text}"))
    return _texts(said, line, line.y - BAR * 1.5 - 6)


def _below(track: Track, line: Line, words: Words) -> str:
    """Baseline and what the straight path asks for by now; a calm word where there are no figures."""
    said = []
    if track.baseline:
        year, value = track.baseline
        said.append(("c-word", line.x(Fraction(value)), f"{words.baseline} {year}: {plain(value)}"))
    if spot := due(track):
        said.append(("c-word", line.x(spot[1]), f"{words.expected} {float(spot[1]):,.6g}"))
    for bound in later_bounds(track):
        said.append(("c-word", line.x(Fraction(bound.value)), f"{bound.year}: ≥ {plain(bound.value)}"))
    if not track.observed and not track.bounds:
        said.append(("c-word", line.width, words.no_data))
    return _texts(said, line, line.y + BAR * 1.5 + SIZE + 2)


def _texts(said: list[tuple[str, float, str]], line: Line, y: float) -> str:
    gaps = [text_width(words, SIZE) + 10 for _kind, _x, words in said]
    placed = spread([x for _kind, x, _words in said], gaps, 0, line.width)
    return "".join(text(x, y, words, kind, "middle") for (kind, _x, words), x in zip(said, placed, strict=True))

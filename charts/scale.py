"""From years and values to coordinates, for every picture; the only floats of this package."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from unicodedata import east_asian_width

from charts.track import ElsewhereLine, Track, projected


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale into a box of `width` × `height` with the given margins (px)."""

    years: tuple[int, int]
    values: tuple[float, float]
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    # How far the axis reaches out to the left of the first year.
    pad: float = 0.0
    # How far it reaches out to the right of the last.
    beyond: float = 0.0

    @property
    def start(self) -> float:
        """The left edge of the plot."""
        return self.left - self.pad

    @property
    def end(self) -> float:
        """Where the last year stands."""
        return self.width - self.right

    @property
    def edge(self) -> float:
        """Where the axis ends, beyond the last year."""
        return self.end + self.beyond

    @property
    def floor(self) -> float:
        """The lower edge of the plot."""
        return self.height - self.bottom

    def year(self, x: float) -> float:
        """The contrary of `x`."""
        first, last = self.years
        return first + (x - self.left) / (self.end - self.left) * (last - first)

    def x(self, year: float) -> float:
        first, last = self.years
        span = (last - first) or 1
        return round(self.left + (year - first) / span * (self.end - self.left), 1)

    def y(self, value: float) -> float:
        low, high = self.values
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return round(self.floor - share * (self.floor - self.top), 1)


def year_span(track: Track) -> tuple[int, int]:
    """First and last year of the axis: the plan's own, wider where a mark lies outside."""
    years = [track.first_year, track.last_year, track.goal.year]
    years += [point.year for point in (*track.points, *track.other_releases)]
    years += [bound.year for bound in track.bounds]
    if track.baseline:
        years.append(track.baseline[0])
    return min(years), max(max(years), min(years) + 1)


def value_span(track: Track, *, full: bool) -> tuple[float, float]:
    """Lowest and highest value with an eighth of air on either side; zero is not forced.

    `full` makes room for what only the large pictures show: other releases, the projection, other places.
    """
    numbers = _numbers(track, full=full)
    if full:
        numbers += [float(value) for line in drawn_elsewhere(track) for _year, value in line.points]
    low, high = min(numbers), max(numbers)
    # Three equal readings still get a readable axis.
    air = (high - low) / 8 or abs(high) / 8 or 1.0
    return low - air, high + air


def drawn_elsewhere(track: Track) -> list[ElsewhereLine]:
    """Of other places what has room: years of the axis, and no more than twice the height of what is judged.

    What lies further off would press the plan's own line flat; words and table say it.
    """
    numbers, (first, last) = _numbers(track, full=True), year_span(track)
    low, high = min(numbers), max(numbers)
    found = []
    for line in track.elsewhere:
        points = tuple((year, value) for year, value in line.points if first <= year <= last)
        ends = [float(value) for _year, value in points]
        if points and max(high, *ends) - min(low, *ends) <= 2 * (high - low):
            found.append(replace(line, points=points))
    return found


def _numbers(track: Track, *, full: bool) -> list[float]:
    numbers = [float(point.value) for point in track.observed]
    numbers += [float(bound.value) for bound in track.bounds]
    numbers += [float(end) for end in track.goal.ends]
    if track.baseline:
        numbers.append(float(track.baseline[1]))
    if full:
        numbers += [float(point.value) for point in track.others]
        numbers += [float(end) for earlier in track.earlier_goals for end in earlier.goal.ends]
        ahead = projected(track)
        numbers += [float(ahead[2])] if ahead else []
    return numbers


def is_cut(track: Track) -> bool:
    """Whether the axis of a large picture begins above zero, so that heights are no shares of each other."""
    return value_span(track, full=True)[0] > 0


def scale_for(
    track: Track,
    *,
    width: float,
    height: float,
    left: float,
    right: float,
    top: float,
    bottom: float,
    pad: float = 0.0,
    full: bool = False,
) -> Scale:
    """A scale into the box that holds every mark of the track."""
    values = value_span(track, full=full)
    return Scale(year_span(track), values, width, height, left, right, top, bottom, pad)


def nice_ticks(low: float, high: float, wanted: int = 5, *, whole: bool = False) -> list[float]:
    """Round values between two ends: at most `wanted` steps of 1, 2 or 5 times a power of ten.

    `whole`: whole numbers only, for ranks and counts.
    """
    span = high - low
    if span <= 0:
        return [low]
    power = 10.0 ** floor(log10(span))
    step = next(power * f for f in (0.1, 0.2, 0.5, 1, 2, 5, 10) if span / (power * f) <= wanted)
    step = max(step, 1.0) if whole else step
    return [n * step for n in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def tick_texts(ticks: Sequence[float]) -> list[str]:
    """Labels with just the places their step needs: 5.0 and 5.5, 18,000 and 20,000."""
    step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else abs(ticks[0]) if ticks and ticks[0] else 1.0
    places = max(0, -floor(log10(step) + 1e-9))
    if places > 6 or step >= 1e9:
        return [f"{tick:.3g}" for tick in ticks]
    return [f"{tick + 0.0:,.{places}f}" for tick in ticks]


def year_ticks(scale: Scale, room: float) -> list[int]:
    """Whole years at least `room` px apart, the last year always among them."""
    first, last = scale.years
    step = max(1, ceil(room * (last - first) / (scale.end - scale.left)))
    return sorted(range(last, first - 1, -step))


def units(text: str) -> int:
    """Half-widths a text takes: two for a Chinese character, one for a digit."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def text_width(text: str, size: float) -> float:
    """About how wide a text is drawn (px)."""
    return units(text) * size * 0.56


def spread(wanted: Sequence[float], gaps: Sequence[float], low: float, high: float) -> list[float]:
    """Moves label centres apart until each has its own room, inside the ends, order kept."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    placed = [0.0] * len(wanted)
    edge = low
    for n in order:
        placed[n] = max(wanted[n], edge + gaps[n] / 2)
        edge = placed[n] + gaps[n] / 2
    edge = high
    for n in reversed(order):
        placed[n] = round(min(placed[n], edge - gaps[n] / 2), 1)
        edge = placed[n] - gaps[n] / 2
    return placed

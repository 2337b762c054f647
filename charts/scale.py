"""From years and values to coordinates, for every picture drawn on the server."""

from dataclasses import dataclass
from math import floor, log10

from charts.track import Track


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

    def x(self, year: float) -> float:
        first, last = self.years
        span = (last - first) or 1
        return round(self.left + (year - first) / span * (self.width - self.left - self.right), 1)

    def y(self, value: float) -> float:
        low, high = self.values
        share = (value - low) / (high - low)
        share = min(1.0, max(0.0, share))
        return round(self.height - self.bottom - share * (self.height - self.top - self.bottom), 1)


def scale_for(
    track: Track, *, width: float, height: float, left: float, right: float, top: float, bottom: float
) -> Scale:
    """A scale that holds every value with an eighth of air above and below; zero is not forced."""
    numbers = track.values
    low, high = min(numbers), max(numbers)
    air = (high - low) / 8 or abs(high) / 8 or 1.0
    return Scale(
        (track.first_year, max(track.last_year, track.first_year + 1)),
        (low - air, high + air),
        width,
        height,
        left,
        right,
        top,
        bottom,
    )


def nice_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round values between two ends: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if span <= 0:
        return [low]
    power = 10.0 ** floor(log10(span))
    step = power
    for factor in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10):
        step = power * factor
        if span / step <= wanted:
            break
    first = -(-low // step) * step
    ticks = []
    while first <= high + step * 1e-9:
        ticks.append(round(first, 10))
        first += step
    return ticks

"""Where direct labels stand, the same for both large pictures."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from charts.scale import Scale
from charts.track import Track, Words, expected, projected, projected_text


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Two lines beside the value they name."""

    kind: str
    value: float
    lines: tuple[str, str]


def end_labels(track: Track, words: Words) -> list[EndLabel]:
    """The target (a range at its middle) and, where there is one, the projected value."""
    ends = [float(end) for end in track.goal.ends]
    labels = [EndLabel("c-goal", sum(ends) / len(ends), (words.target, track.goal.text))]
    ahead = projected(track)
    if ahead:
        labels.append(EndLabel("c-ahead", float(ahead[2]), (words.projection, projected_text(track))))
    return labels


def path_name(track: Track) -> tuple[int, Fraction, bool]:
    """Where the expected path is named: past its middle, below it unless the figures run there."""
    path = expected(track)
    year, value = path[len(path) // 2 + len(path) % 2]
    later = [Fraction(point.value) for point in track.observed if point.year >= path[0][0]]
    return year, value, not later or sum(later) / len(later) >= value


def base_place(track: Track, scale: Scale) -> tuple[str, str]:
    """Above or below the baseline, and the side its name extends to: where the figures do not run."""
    assert track.baseline is not None
    year, value = track.baseline
    points = track.observed
    for back, on in pairwise(points):
        if back.year < year < on.year:
            rise = (Fraction(on.value) - Fraction(back.value)) / (on.year - back.year)
            if Fraction(back.value) + rise * (year - back.year) < value:
                return "above", "left" if rise >= 0 else "right"
    height = "below" if scale.y(float(value)) + 26 < scale.floor else "above"
    climbs = year == scale.years[0] or track.goal.aim(value) >= value
    return height, "right" if climbs else "left"


def value_places(track: Track, scale: Scale) -> list[tuple[str, str]]:
    """Per figure in order of years: above or below it, and left, centre or right of it.

    Away from the line that leads on, from a target that would run through the words, and from the axis.
    """
    points, ahead = track.observed, projected(track)
    values = [Fraction(point.value) for point in points]
    # After the latest figure the line goes on as the projection, before the first it comes from nowhere.
    onward = [*values[1:], ahead[2] if ahead else values[-1]] if values else []
    before = [*values[:1], *values[:-1]]
    lines = [scale.y(float(end)) for end in track.goal.ends]
    places = []
    for point, value, back, on in zip(points, values, before, onward, strict=True):
        y = scale.y(float(value))
        is_valley = value < min(back, on)
        is_crossed = any(y - 24 < line < y - 5 for line in lines)
        is_named = track.baseline is not None and track.baseline[0] == point.year
        has_room = not is_named and y + 26 < scale.floor and not any(y + 8 < line < y + 30 for line in lines)
        is_below = (is_valley or is_crossed) and has_room
        rises = on > value
        if point.year == scale.years[0]:
            side = "right" if value >= on else "center"
        else:
            side = "center" if is_valley or not rises else "right" if is_below else "left"
        places.append(("below" if is_below else "above", side))
    return places

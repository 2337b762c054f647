"""Direct labels, the same for both large pictures: target and projection at the edge, the expected path."""

from dataclasses import dataclass
from fractions import Fraction

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

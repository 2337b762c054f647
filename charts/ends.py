"""Direct labels at the right edge, the same for both large pictures: target and projection."""

from dataclasses import dataclass

from charts.track import Track, Words, projected, projected_text


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

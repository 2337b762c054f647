"""Free places for labels: boxes that touch no other label and, where there is room, no line and no mark."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from charts.scale import text_width

# Lines of a label are this many letter sizes apart.
LINE = 1.25
# Labels keep this far from each other (px).
GAP = 3.0
# What it costs to lie on a line or a mark, beside which the order of the places hardly counts.
ON_LINE, ON_MARK = 100.0, 30.0


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box", gap: float = 0.0) -> bool:
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece of something drawn."""

    x1: float
    y1: float
    x2: float
    y2: float

    def crosses(self, box: Box) -> bool:
        """Whether any of it lies inside the box (Liang and Barsky)."""
        dx, dy = self.x2 - self.x1, self.y2 - self.y1
        enter, leave = 0.0, 1.0
        sides = (
            (-dx, self.x1 - box.left),
            (dx, box.right - self.x1),
            (-dy, self.y1 - box.top),
            (dy, box.bottom - self.y1),
        )
        for step, room in sides:
            if step == 0:
                if room <= 0:
                    return False
            elif step < 0:
                enter = max(enter, room / step)
            else:
                leave = min(leave, room / step)
        return enter < leave


@dataclass(frozen=True, slots=True)
class LabelSpot:
    """A place a label may have: a point and the side of the label that lies there (start, middle, end)."""

    x: float
    y: float
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Label:
    """Words that look for a place: the spots they would take, best first (x by anchor, y the middle).

    What must be said takes the least bad spot; anything else is left out rather than laid on a line.
    """

    kind: str
    lines: tuple[str, ...]
    spots: tuple[LabelSpot, ...]
    size: float
    must: bool = False

    def box(self, spot: LabelSpot) -> Box:
        width = max(text_width(line, self.size) for line in self.lines)
        height = self.size * (1.0 + LINE * (len(self.lines) - 1))
        left = spot.x - {"start": 0.0, "middle": width / 2, "end": width}[spot.anchor]
        return Box(left, spot.y - height / 2, left + width, spot.y + height / 2)


@dataclass(frozen=True, slots=True)
class Placed:
    label: Label
    spot: LabelSpot

    @property
    def box(self) -> Box:
        return self.label.box(self.spot)


def place(
    labels: Iterable[Label],
    *,
    inside: Box,
    lines: Sequence[Segment],
    marks: Sequence[Box],
    taken: Sequence[Box] = (),
) -> list[Placed]:
    """Each label in turn takes the best of its spots; one without any is left out."""
    placed: list[Placed] = []
    boxes = list(taken)
    for label in labels:
        best, least = None, float("inf")
        for number, spot in enumerate(label.spots):
            box = label.box(spot)
            if not inside.holds(box) or any(box.meets(other, GAP) for other in boxes):
                continue
            burden = ON_LINE * sum(line.crosses(box) for line in lines)
            burden += ON_MARK * sum(box.meets(mark) for mark in marks)
            if (burden == 0 or label.must) and burden + number < least:
                best, least = spot, burden + number
        if best is not None:
            placed.append(Placed(label, best))
            boxes.append(label.box(best))
    return placed


def around(x: float, y: float, size: float, *, first: str = "above") -> tuple[LabelSpot, ...]:
    """Spots about a mark: above and below, then to the sides, then further off."""
    spots = []
    for away in (size * 1.05, size * 1.7, size * 2.5):
        aside = size * 0.6
        beside = [LabelSpot(x + away, y, "start"), LabelSpot(x - away, y, "end")]
        # A little to either side, so that the end of the label stays near its mark.
        over = [LabelSpot(x, y - away), LabelSpot(x - size, y - away)]
        over += [LabelSpot(x - aside, y - away, "end"), LabelSpot(x + aside, y - away, "start")]
        under = [LabelSpot(x, y + away), LabelSpot(x + size, y + away)]
        under += [LabelSpot(x + aside, y + away, "start"), LabelSpot(x - aside, y + away, "end")]
        spots += [*over, *beside, *under] if first == "above" else [*under, *beside, *over]
    return tuple(spots)

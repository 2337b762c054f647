"""The words on a large picture and where they stand, the same for the drawn one and the interactive one."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from charts.places import Box, Label, LabelSpot, Placed, Segment, around, place
from charts.scale import Scale, drawn_elsewhere, text_width
from charts.track import Track, Words, expected, plain, projected, projected_text, projection_words

# From this width on (px) target and projection are named in a column beside the plot, else inside it.
WIDE = 560
COLUMN = 12
# So many of the spots about a mark are close to it: further off its label might be taken for another's.
NEAR = 10


def is_wide(width: float) -> bool:
    return width >= WIDE


def column_width(track: Track, words: Words, size: float) -> float:
    """How wide the column beside the plot must be for the names of target and projection."""
    return max(text_width(line, size) for lines in _ends(track, words).values() for line in lines)


def labels(track: Track, scale: Scale, words: Words, *, size: float, taken: tuple[Box, ...] = ()) -> list[Placed]:
    """Every label that finds a place. What matters most chooses first: the target, the latest figure, its outlook.

    `taken` is what else is written on the picture: no label may touch it.
    """
    inside = Box(scale.start + 2, 2, scale.width - 2, scale.floor - 3)
    wanted = [*_end_labels(track, scale, words, size), *_figures(track, scale, words, size)]
    wanted.sort(key=lambda label: ORDER.index(label.kind))
    return place(wanted, inside=inside, lines=list(_lines(track, scale)), marks=_marks(track, scale), taken=taken)


def small_goal(track: Track, scale: Scale, *, size: float) -> LabelSpot:
    """Where a small picture names its target inside: at an end of its line, else in the room above the plot."""
    on_line = min(scale.y(float(end)) for end in track.goal.ends) - size * 0.7
    spots = (
        LabelSpot(scale.end, on_line, "end"),
        LabelSpot(scale.left, on_line, "start"),
        LabelSpot(scale.end, size / 2, "end"),
    )
    wanted = Label("goal", (track.goal.text,), spots, size, must=True)
    inside = Box(0, 0, scale.width, scale.floor)
    found = place([wanted], inside=inside, lines=list(_lines(track, scale)), marks=_marks(track, scale))
    return found[0].spot if found else spots[0]


ORDER = ("goal", "latest", "ahead", "base", "value", "changed", "earlier", "path", "bound", "elsewhere")


def _ends(track: Track, words: Words) -> dict[str, tuple[str, str]]:
    ends = {"goal": (words.target, track.goal.text)}
    if projected(track):
        ends["ahead"] = (projection_words(track, words), projected_text(track))
    return ends


def _end_labels(track: Track, scale: Scale, words: Words, size: float) -> Iterator[Label]:
    """Target and projection: two lines in the column beside the plot, or one line inside it."""
    goals = [scale.y(float(end)) for end in track.goal.ends]
    ahead = projected(track)
    at = {"goal": sum(goals) / len(goals), "ahead": scale.y(float(ahead[2])) if ahead else 0.0}
    for kind, lines in _ends(track, words).items():
        y = at[kind]
        if is_wide(scale.width):
            steps = sorted(range(-240, 241, 6), key=abs)
            spots = [LabelSpot(scale.edge + COLUMN, y + step, "start") for step in steps]
            yield Label(kind, lines, tuple(spots), size, must=True)
            continue
        # Above the upper end or below the lower one; the target's name may move along its line to the left.
        top, bottom = (min(goals), max(goals)) if kind == "goal" else (y, y)
        # The projection's stays near its end while it can.
        near = ((0.0, 0.12, 0.25, 0.4, 0.55, 0.7),) if kind == "goal" else ((0.0, 0.06), (0.2, 0.35, 0.5))
        rows = [row for step in (1.0, 1.6, 2.4, 3.4, 4.4) for row in (top - size * step, bottom + size * step)]
        xs = [[scale.edge - share * (scale.edge - scale.start) for share in shares] for shares in near]
        spots = [LabelSpot(x, row, "end") for group in xs for row in rows for x in group]
        spots += [LabelSpot(scale.start + 6, row, "start") for row in rows[:2]]
        said = " ".join(lines)
        # A long name takes two lines, so that it finds room near its own.
        fits = text_width(said, size) < (scale.edge - scale.start) * 0.5
        yield Label(kind, (said,) if fits else lines, tuple(spots), size, must=True)


def _figures(track: Track, scale: Scale, words: Words, size: float) -> Iterator[Label]:
    """Values, baseline, path, earlier targets, lower bounds: each beside its own mark."""
    points = track.observed
    for number, point in enumerate(reversed(points)):
        x, y = scale.x(point.year), scale.y(float(point.value))
        kind = "latest" if number == 0 else "value"
        said = point.text
        # The latest says what it is; of the others the shape of the mark does, and the key.
        if number == 0 and (point.provisional or point.revised):
            said = f"{said} {point.status_text}"
        first = "below" if _is_valley(track, len(points) - 1 - number) else "above"
        is_latest = number == 0
        spots = around(x, y, size, first=first)
        yield Label(kind, (said,), spots if is_latest else spots[:NEAR], size, must=is_latest)
    if track.baseline:
        year, value = track.baseline
        x, y = scale.x(year), scale.y(float(value))
        seen = any(point.year == year and point.value == value for point in points)
        said = words.baseline if seen else f"{words.baseline} {plain(value)}"
        yield Label("base", (said,), around(x, y, size, first="below"), size)
    for earlier in track.earlier_goals:
        x = min(scale.edge, scale.x(earlier.until_x))
        rows = [10 + size * step for step in (0, 1.3, 2.6)] + [scale.floor - size * step for step in (0.9, 2.2)]
        upright = [
            LabelSpot(x + side * 5, y, anchor) for y in rows for side, anchor in ((-1, "end"), (1, "start"))
        ]
        yield Label("changed", (earlier.plan or f"{earlier.until} {words.changed}",), tuple(upright), size)
        ends = [scale.y(float(end)) for end in earlier.goal.ends]
        xs = [scale.start + 6 + share * (x - scale.start) for share in (0.0, 0.2, 0.4, 0.6)]
        along = [LabelSpot(at, y, "start") for y in (max(ends) + size, min(ends) - size) for at in xs]
        yield Label("earlier", (f"{earlier.name(words)} {earlier.goal.text}",), tuple(along), size)
    path = [(float(year), float(value)) for year, value in expected(track)]
    if path:
        beside: list[LabelSpot] = []
        for away in (size * 1.1, size * 1.9, size * 2.8):
            for share in (0.62, 0.5, 0.75, 0.38, 0.88, 0.25):
                x, y = _along(path, share)
                beside += [LabelSpot(scale.x(x), scale.y(y) + away), LabelSpot(scale.x(x), scale.y(y) - away)]
        yield Label("path", (words.expected,), tuple(beside), size)
    for bound in track.bounds:
        x, y = scale.x(bound.year), scale.y(float(bound.value)) - 4
        yield Label("bound", (bound.limit,), around(x, y, size)[:NEAR], size)
    for line in drawn_elsewhere(track):
        year, value = line.points[-1]
        spots = around(scale.x(year), scale.y(float(value)), size)[:NEAR]
        yield Label("elsewhere", (f"{line.name} {plain(value)}",), spots, size)


def _along(path: list[tuple[float, float]], share: float) -> tuple[float, float]:
    """The point of a path of equal steps after a share of its way."""
    at = share * (len(path) - 1)
    (x1, y1), (x2, y2) = path[int(at)], path[min(int(at) + 1, len(path) - 1)]
    return x1 + (x2 - x1) * (at - int(at)), y1 + (y2 - y1) * (at - int(at))


def _is_valley(track: Track, number: int) -> bool:
    """Whether the line goes up on both sides of a figure; after the latest it goes on as the projection."""
    values = [Fraction(point.value) for point in track.observed]
    ahead = projected(track)
    onward = values[number + 1] if number + 1 < len(values) else ahead[2] if ahead else values[number]
    back = values[number - 1] if number else onward
    return values[number] < min(back, onward) or (back > values[number] >= onward)


def _lines(track: Track, scale: Scale) -> Iterator[Segment]:
    """All that is drawn as a line in the plot."""
    ways = [[(point.year, float(point.value)) for point in track.observed]]
    ways.append([(year, float(value)) for year, value in expected(track)])
    ways += [[(year, float(value)) for year, value in line.points] for line in drawn_elsewhere(track)]
    if ahead := projected(track):
        ways.append([(ahead[0], float(ahead[1])), (track.goal.year, float(ahead[2]))])
    for way in ways:
        for (x1, y1), (x2, y2) in pairwise(way):
            yield Segment(scale.x(x1), scale.y(y1), scale.x(x2), scale.y(y2))
    goal = track.goal
    # The far end of a range above its floor only informs.
    for end in goal.ends if goal.type == "range_inside" else (goal.yardstick,):
        y = scale.y(float(end))
        yield Segment(scale.start, y, scale.edge, y)
    for earlier in track.earlier_goals:
        x = min(scale.edge, scale.x(earlier.until_x))
        yield Segment(x, scale.top, x, scale.floor)
        for end in earlier.binding:
            yield Segment(scale.start, scale.y(float(end)), x, scale.y(float(end)))


def _marks(track: Track, scale: Scale) -> list[Box]:
    spots = [(point.year, float(point.value), 5.0) for point in (*track.observed, *track.others)]
    # The latest figure is drawn larger.
    spots += [(point.year, float(point.value), 8.0) for point in track.observed[-1:]]
    spots += [(bound.year, float(bound.value), 6.0) for bound in track.bounds]
    spots += [(year, float(value), 3.0) for line in drawn_elsewhere(track) for year, value in line.points]
    if track.baseline:
        spots.append((track.baseline[0], float(track.baseline[1]), 4.0))
    if track.goal.type == "strict":
        spots.append((track.goal.year, float(track.goal.yardstick), 6.0))
    return [
        Box(scale.x(year) - half, scale.y(value) - half, scale.x(year) + half, scale.y(value) + half)
        for year, value, half in spots
    ]

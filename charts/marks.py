"""The pieces both server-drawn pictures are made of. Colours come from classes in static/css/site/pictures.css."""

from html import escape
from itertools import pairwise

from charts.scale import Scale, drawn_elsewhere
from charts.track import Point, Track, expected, runs


def axis_mark(scale: Scale) -> str:
    return f'<path class="c-axis" d="M{n(scale.start)} {n(scale.floor)}H{n(scale.end)}"/>'


def goal_marks(track: Track, scale: Scale) -> str:
    """The target: a line; a band for a range; an open circle at the target year for a strict bound."""
    goal, left, end = track.goal, n(scale.start), n(scale.end)
    marks = ""
    lines = {"c-target": goal.yardstick}
    if goal.is_range:
        top, bottom = scale.y(float(goal.ends[-1])), scale.y(float(goal.ends[0]))
        size = f'width="{n(scale.end - scale.start)}" height="{n(max(1.0, bottom - top))}"'
        marks = f'<rect class="c-band" x="{left}" y="{n(top)}" {size}/>'
        # A range to stay inside has two ends that bind; above a floor the far end only informs.
        far = "c-target c-both" if goal.type == "range_inside" else "c-far"
        lines[far] = goal.ends[0] if goal.direction == "down" else goal.ends[-1]
    for kind, value in lines.items():
        marks += f'<path class="{kind}" d="M{left} {n(scale.y(float(value)))}H{end}"/>'
    return marks


def earlier_marks(track: Track, scale: Scale) -> str:
    """Targets that were replaced, faint and only up to the day; there a line across the plot."""
    marks = ""
    for earlier in track.earlier_goals:
        x = min(scale.end, scale.x(earlier.until_x))
        for end in earlier.binding:
            marks += f'<path class="c-earlier" d="M{n(scale.start)} {n(scale.y(float(end)))}H{n(x)}"/>'
        marks += f'<path class="c-changed" d="M{n(x)} {n(scale.top)}V{n(scale.floor)}"/>'
    return marks


def open_mark(track: Track, scale: Scale, radius: float) -> str:
    """The open circle of a strict bound: this value itself is not enough. Drawn over the other marks."""
    if track.goal.type != "strict":
        return ""
    x, y = scale.x(track.goal.year), scale.y(float(track.goal.yardstick))
    return f'<circle class="c-open" cx="{n(x)}" cy="{n(y)}" r="{n(radius)}"/>'


def path_marks(track: Track, scale: Scale) -> str:
    """The straight path from the baseline to the target, and the baseline itself."""
    if track.baseline is None:
        return ""
    x, y = scale.x(track.baseline[0]), scale.y(float(track.baseline[1]))
    marks = f'<path class="c-base" d="M{n(x)} {n(y - 4)}v8"/>'
    path = expected(track)
    if not path:
        return marks
    # A straight path needs its ends alone; yearly targets are steps.
    places = path[1:] if track.is_growth or track.path else path[-1:]
    spots = [(n(scale.x(year)), n(scale.y(float(value)))) for year, value in places]
    way = "".join(f"H{x}V{y}" if track.path else f"L{x} {y}" for x, y in spots)
    return f'<path class="c-expected" d="M{n(x)} {n(y)}{way}"/>{marks}'


def mean_marks(track: Track, scale: Scale) -> str:
    """The mean of the years so far, year by year."""
    if not track.means:
        return ""
    way = "L".join(f"{n(scale.x(year))} {n(scale.y(float(value)))}" for year, value in track.means)
    return f'<path class="c-mean" d="M{way}{"h0" if len(track.means) == 1 else ""}"/>'


def elsewhere_marks(track: Track, scale: Scale) -> str:
    """Other places: a thin line with small dots, broken where years are missing."""
    marks = ""
    for line in drawn_elsewhere(track):
        spots = [(year, scale.x(year), scale.y(float(value))) for year, value in line.points]
        way = "".join(
            f"M{n(x1)} {n(y1)}L{n(x2)} {n(y2)}" for (a, x1, y1), (b, x2, y2) in pairwise(spots) if b == a + 1
        )
        marks += f'<path class="c-elsewhere" d="{way}"/>' if way else ""
        marks += "".join(f'<circle class="c-there" cx="{n(x)}" cy="{n(y)}" r="2.5"/>' for _year, x, y in spots)
    return marks


def figure_marks(track: Track, scale: Scale, radius: float) -> str:
    """Published figures: a solid line with dots, hollow where preliminary, diamonds where revised."""
    spots = [(scale.x(point.year), scale.y(float(point.value)), point) for point in track.observed]
    if not spots:
        return ""
    # Broken where years are missing; a line of no length keeps the class of a picture that has something to show.
    line = "".join(_run(run, scale) for run in runs(track.observed))
    marks = f'<path class="trace" d="{line}"/>'
    for number, (x, y, point) in enumerate(spots, 1):
        is_last = number == len(spots)
        last = " c-last" if is_last else ""
        size = radius * 1.6 if is_last else radius
        if point.revised:
            half = n(size * 1.3)
            way = f"M{n(x)} {n(y - size * 1.3)}l{half} {half}l-{half} {half}l-{half} -{half}z"
            marks += f'<path class="c-revised{last}" d="{way}"/>'
            continue
        kind = ("c-hollow" if point.provisional else "c-dot") + last
        marks += f'<circle class="{kind}" cx="{n(x)}" cy="{n(y)}" r="{n(size)}"/>'
    return marks


def _run(run: list[Point], scale: Scale) -> str:
    line = "L".join(f"{n(scale.x(point.year))} {n(scale.y(float(point.value)))}" for point in run)
    return f"M{line}{'h0' if len(run) == 1 else ''}"


def bound_marks(track: Track, scale: Scale, size: float) -> str:
    """Statements of at least or at most: brackets open to the side of what is possible, on no line."""
    marks = ""
    for bound in track.bounds:
        x, y = scale.x(bound.year), scale.y(float(bound.value))
        reach = n((1.6 if bound.is_upper else -1.6) * size)
        path = f"M{n(x - size)} {n(y)}v{reach}M{n(x - size)} {n(y)}h{n(2 * size)}v{reach}"
        marks += f'<path class="c-bound" d="{path}"/>'
    return marks


def label(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text class="{kind}" x="{n(x)}" y="{n(y)}"{at}>{escape(text)}</text>'


def picture(body: str, *, width: float, height: float, label: str, kind: str = "") -> str:
    box = f'viewBox="0 0 {n(width)} {n(height)}"'
    names = f"chart {kind}".strip()
    return f'<svg class="{names}" {box} role="img" aria-label="{escape(label)}">{body}</svg>'


def n(number: float) -> str:
    """A coordinate: one place at most, no trailing zero."""
    return f"{round(number, 1) + 0.0:.1f}".removesuffix(".0")

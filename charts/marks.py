"""The pieces both server-drawn pictures are made of. Colours come from classes in static/css/charts.css."""

from html import escape

from charts.scale import Scale
from charts.track import Track


def goal_marks(track: Track, scale: Scale) -> str:
    """The target: a line, a band for a range, an open circle at the end for a strict bound."""
    goal, right = track.goal, scale.width - scale.right
    if goal.low is not None and goal.high is not None:
        top, bottom = scale.y(float(goal.high)), scale.y(float(goal.low))
        marks = (
            f'<rect class="c-band" x="{scale.left}" y="{top}" width="{right - scale.left}"'
            f' height="{max(1.0, round(bottom - top, 1))}"/>'
        )
    else:
        marks = ""
    y = scale.y(float(goal.yardstick))
    marks += f'<path class="c-target" d="M{scale.left} {y}H{right}"/>'
    if goal.type == "strict":
        marks += f'<circle class="c-open" cx="{scale.x(goal.year)}" cy="{y}" r="3.5"/>'
    return marks


def path_marks(track: Track, scale: Scale) -> str:
    """The straight path from the baseline to the target, and the baseline itself."""
    if track.baseline is None:
        return ""
    year, value = track.baseline
    x, y = scale.x(year), scale.y(float(value))
    end = f"L{scale.x(track.goal.year)} {scale.y(float(track.goal.yardstick))}"
    return f'<path class="c-expected" d="M{x} {y}{end}"/><path class="c-base" d="M{x} {y - 4}V{y + 4}"/>'


def figure_marks(track: Track, scale: Scale, radius: float) -> str:
    """Published figures: a solid line with dots, hollow where preliminary; lower bounds as triangles."""
    points = sorted(track.points, key=lambda point: point.year)
    if not points and not track.bounds:
        return ""
    spots = [(scale.x(point.year), scale.y(float(point.value)), point) for point in points]
    line = "L".join(f"{x} {y}" for x, y, _ in spots)
    marks = f'<path class="trace c-line" d="M{line}{"h0" if len(spots) == 1 else ""}"/>' if spots else ""
    for number, (x, y, point) in enumerate(spots, 1):
        last = " c-last" if number == len(spots) else ""
        kind = "c-hollow" if point.provisional else "c-dot"
        marks += f'<circle class="{kind}{last}" cx="{x}" cy="{y}" r="{radius + (1 if last else 0)}"/>'
    for bound in track.bounds:
        x, y = scale.x(bound.year), scale.y(float(bound.value))
        marks += f'<path class="c-bound" d="M{x - 3} {y}L{x} {y - 5}L{x + 3} {y}Z"/>'
    return marks


def label(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def picture(body: str, *, width: float, height: float, label: str, kind: str) -> str:
    return (
        f'<svg class="chart {kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{body}</svg>"
    )

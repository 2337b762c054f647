"""The large picture of a component, complete without any script: what print and no-JavaScript readers see."""

from charts.marks import figure_marks, goal_marks, label, path_marks, picture
from charts.scale import Scale, nice_ticks, scale_for
from charts.track import Track, Words


def trend_svg(track: Track, *, label: str, words: Words, width: int = 720, height: int = 340) -> str:
    """Axes, target, expected path, figures with their values, projection set apart."""
    scale = scale_for(track, width=width, height=height, left=56, right=24, top=28, bottom=32)
    body = _axes(track, scale) + goal_marks(track, scale) + path_marks(track, scale)
    if track.projection and track.goal.year != track.projection[0]:
        year, value, projected = track.projection
        start = f"M{scale.x(year)} {scale.y(float(value))}"
        end = f"L{scale.x(track.goal.year)} {scale.y(float(projected))}"  # type: ignore[arg-type]
        body += f'<path class="c-projection" d="{start}{end}"/>'
    body += figure_marks(track, scale, 3.5) + _values(track, scale)
    y = scale.y(float(track.goal.yardstick))
    body += _text(scale.left + 4, y - 6, f"{words.target} {track.goal.text}", "c-goal-text")
    if track.baseline:
        x = scale.x(track.baseline[0])
        body += _text(x, scale.y(float(track.baseline[1])) + 18, words.baseline, "c-year", "middle")
    if not track.points and not track.bounds:
        body += _text(width / 2, height / 2 + 40, words.no_data, "c-empty", "middle")
    return picture(body, width=width, height=height, label=label, kind="large")


def _axes(track: Track, scale: Scale) -> str:
    right = scale.width - scale.right
    body = ""
    for tick in nice_ticks(*scale.values):
        y = scale.y(tick)
        body += f'<path class="c-grid" d="M{scale.left} {y}H{right}"/>'
        body += _text(scale.left - 8, y + 4, f"{tick:,.10g}", "c-year", "end")
    step = max(1, (scale.years[1] - scale.years[0]) // 11)
    for year in range(scale.years[0], scale.years[1] + 1, step):
        body += _text(scale.x(year), scale.height - 10, str(year), "c-year", "middle")
    return body + _text(8, 14, track.unit, "c-year")


def _values(track: Track, scale: Scale) -> str:
    """The value at each figure; every other one where they would touch."""
    points = sorted(track.points, key=lambda point: point.year)
    shown = points if len(points) <= 8 else points[len(points) % 2 :: 2] + points[-1:]
    return "".join(
        _text(scale.x(point.year), scale.y(float(point.value)) - 10, point.text, "c-value", "middle")
        for point in dict.fromkeys(shown)
    )


_text = label

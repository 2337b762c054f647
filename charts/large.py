"""The large picture of a component, complete without any script: what print and no-JavaScript readers see."""

from charts.ends import EndLabel, base_place, end_labels, path_name, value_places
from charts.marks import (
    axis_mark,
    bound_marks,
    figure_marks,
    goal_marks,
    n,
    open_mark,
    path_marks,
    picture,
)
from charts.marks import label as text
from charts.scale import (
    Scale,
    nice_ticks,
    scale_for,
    spread,
    text_width,
    tick_texts,
    value_span,
    year_ticks,
)
from charts.track import Track, Words, expected, plain, projected

SIZE = 14
# Its letters are larger where a phone shrinks the picture: the margins hold those.
WIDEST = 17
PAD = 14.0
LINE = 17


def trend_svg(track: Track, *, label: str, words: Words, width: int = 720, height: int = 320) -> str:
    """Axes, target, expected path, every figure with its value, projection set apart; labels, no legend."""
    values, ends = value_span(track, full=True), end_labels(track, words)
    ticks = nice_ticks(*values)
    left = max(text_width(tick, WIDEST) for tick in tick_texts(ticks) or [""]) + 10 + PAD
    right = max(text_width(line, WIDEST) for end in ends for line in end.lines) + 14
    left, right = round(min(left, 200.0), 1), round(min(right, 260.0), 1)
    box = {"width": width, "height": height, "left": left, "right": right, "top": 30, "bottom": 32}
    scale = scale_for(track, **box, pad=PAD, full=True)
    body = _axes(track, scale, ticks) + goal_marks(track, scale) + path_marks(track, scale)
    body += _projection(track, scale) + _others(track, scale) + bound_marks(track, scale, 5)
    body += figure_marks(track, scale, 3.5) + open_mark(track, scale, 5)
    body += _words(track, scale, words) + _values(track, scale) + _ends(ends, scale)
    if not track.observed and not track.bounds:
        goal = scale.y(float(track.goal.yardstick))
        middle = (scale.left + scale.end) / 2
        body += text(middle, (goal + scale.floor) / 2 + 5, words.no_data, "c-empty", "middle")
    return picture(body, width=width, height=height, label=label)


def _axes(track: Track, scale: Scale, ticks: list[float]) -> str:
    body = text(4, 16, track.unit, "c-year")
    for tick, said in zip(ticks, tick_texts(ticks), strict=True):
        y = scale.y(tick)
        body += f'<path class="c-grid" d="M{n(scale.start)} {n(y)}H{n(scale.end)}"/>'
        body += text(scale.start - 8, y + 5, said, "c-year", "end")
    for year in year_ticks(scale, 44):
        body += text(scale.x(year), scale.height - 10, str(year), "c-year", "middle")
    return body + axis_mark(scale)


def _projection(track: Track, scale: Scale) -> str:
    ahead = projected(track)
    if ahead is None:
        return ""
    start = f"M{n(scale.x(ahead[0]))} {n(scale.y(float(ahead[1])))}"
    end = f"L{n(scale.x(track.goal.year))} {n(scale.y(float(ahead[2])))}"
    return f'<path class="c-projection" d="{start}{end}"/>'


def _others(track: Track, scale: Scale) -> str:
    """Replaced and rejected releases: small grey crosses."""
    return "".join(
        f'<path class="c-other" d="M{n(scale.x(p.year) - 3)} {n(scale.y(float(p.value)) - 3)}l6 6m0-6l-6 6"/>'
        for p in track.others
    )


def _words(track: Track, scale: Scale, words: Words) -> str:
    """Names beside the marks: baseline, expected path, lower bounds."""
    body = ""
    if track.baseline:
        year, value = track.baseline
        x, y = scale.x(year), scale.y(float(value))
        seen = any(point.year == year and point.value == value for point in track.observed)
        said = words.baseline if seen else f"{words.baseline} {plain(value)}"
        height, side = base_place(track, scale)
        shift, anchor = (-4, "start") if side == "right" else (4, "end")
        body += text(x + shift, y + 22 if height == "below" else y - 12, said, "c-word", anchor)
    if expected(track):
        at, value_at, is_below = path_name(track)
        y = scale.y(float(value_at)) + (24 if is_below else -14)
        body += text(scale.x(at), y, words.expected, "c-word", "middle")
    for bound in track.bounds:
        y = scale.y(float(bound.value)) + 18
        body += text(scale.x(bound.year), y, f"≥ {plain(bound.value)}", "c-word", "middle")
    return body


def _values(track: Track, scale: Scale) -> str:
    """The value at each figure, from the latest backwards; left out where two would touch."""
    body, edges = "", {"above": float("inf"), "below": float("inf")}
    for point, (height, side) in reversed([*zip(track.observed, value_places(track, scale), strict=True)]):
        half = text_width(point.text, SIZE) / 2
        x = scale.x(point.year) + {"left": -9, "center": 0, "right": 9}[side]
        # Kept off the axis on the left.
        x = max(x, scale.start + half + 4)
        if x + half > edges[height]:
            continue
        edges[height] = x - half - 6
        above, below = scale.y(float(point.value)) - 12, scale.y(float(point.value)) + 24
        body += text(x, above if height == "above" else below, point.text, "c-value", "middle")
        if point.provisional:
            body += text(x, below if height == "above" else above, point.status_text, "c-word", "middle")
    return body


def _ends(ends: list[EndLabel], scale: Scale) -> str:
    wanted = [scale.y(end.value) for end in ends]
    body = ""
    for end, y in zip(ends, spread(wanted, [2 * LINE + 4.0] * len(ends), 0, scale.floor + 8), strict=True):
        for number, line in enumerate(end.lines):
            body += text(scale.end + 12, y - 2 + number * LINE, line, end.kind)
    return body

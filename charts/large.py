"""The large picture of a component, complete without any script: what print and no-JavaScript readers see."""

from charts.key import HEIGHT as MARK_HEIGHT
from charts.key import WIDTH as MARK_WIDTH
from charts.key import drawn, key
from charts.labels import column_width, is_wide, labels
from charts.marks import (
    axis_mark,
    bound_marks,
    earlier_marks,
    elsewhere_marks,
    figure_marks,
    goal_marks,
    mean_marks,
    n,
    open_mark,
    path_marks,
    picture,
)
from charts.marks import label as text
from charts.places import LINE, Box, Placed
from charts.scale import Scale, nice_ticks, scale_for, text_width, tick_texts, value_span, year_ticks
from charts.track import Track, Words, projected

SIZE = 14
PAD = 14.0
# The classes of the labels by what they name.
KINDS = {
    "goal": "c-goal",
    "earlier": "c-goal c-faint",
    "changed": "c-goal c-faint",
    "ahead": "c-ahead",
    "latest": "c-value",
    "value": "c-value",
}
ROW = 22


def trend_svg(
    track: Track,
    *,
    label: str,
    words: Words,
    width: int = 720,
    height: int = 360,
    kind: str = "",
    keyed: bool = False,
) -> str:
    """Axes, target, expected path, every figure that counts, projection set apart, with direct labels.

    `keyed` writes below it what the marks mean, where no page does: in files and reports.
    """
    values = value_span(track, full=True)
    ticks = nice_ticks(*values, whole=track.is_whole)
    left = max(text_width(tick, SIZE) for tick in tick_texts(ticks) or [""]) + 10 + PAD
    right = column_width(track, words, SIZE) + 18 if is_wide(width) else 14
    left, right = round(min(left, 200.0), 1), round(min(right, 260.0), 1)
    box = {"width": width, "height": height, "left": left, "right": right, "top": 30, "bottom": 32}
    scale = scale_for(track, **box, pad=PAD, full=True)
    body = _axes(track, scale, ticks) + goal_marks(track, scale) + earlier_marks(track, scale)
    body += path_marks(track, scale) + _projection(track, scale) + _others(track, scale)
    body += elsewhere_marks(track, scale) + mean_marks(track, scale) + bound_marks(track, scale, 5)
    body += figure_marks(track, scale, 3.5) + open_mark(track, scale, 5)
    unit = Box(0, 0, text_width(track.unit, SIZE) + 8, 22)
    body += "".join(map(_label, labels(track, scale, words, size=SIZE, taken=(unit,))))
    if not track.observed and not track.bounds:
        goal = scale.y(float(track.goal.yardstick))
        middle = (scale.left + scale.end) / 2
        body += text(middle, (goal + scale.floor) / 2 + 5, words.no_data, "c-empty", "middle")
    if keyed:
        rows, height = _key(track, words, width, height)
        body += rows
    return picture(body, width=width, height=height, label=label, kind=kind)


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


def _label(placed: Placed) -> str:
    label, spot = placed.label, placed.spot
    kind = KINDS.get(label.kind, "c-word")
    # The first line's foot; letters reach about a third of their size below the middle.
    y = spot.y - (len(label.lines) - 1) * LINE * label.size / 2 + label.size * 0.35
    return "".join(
        text(spot.x, y + number * LINE * label.size, line, kind, spot.anchor)
        for number, line in enumerate(label.lines)
    )


def _key(track: Track, words: Words, width: int, height: int) -> tuple[str, int]:
    """The marks that occur and their words in rows under the picture; its height with them."""
    body, x, y = "", 4.0, float(height)
    for entry in key(track, words):
        room = MARK_WIDTH + 6 + text_width(entry.text, SIZE) + 18
        if x > 4 and x + room > width:
            x, y = 4.0, y + ROW
        body += drawn(entry.kind, x, y)
        body += text(x + MARK_WIDTH + 6, y + MARK_HEIGHT - 2, entry.text, "c-year")
        x += room
    return body, round(y) + ROW

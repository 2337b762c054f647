"""The interactive trend as a Plotly figure: plain dicts, trace type scatter alone, no template.

Colours are those of the light theme; static/js/plotly-setup.js exchanges them for the page's own, light or dark.
"""

from html import escape
from typing import Any

from charts.ends import base_place, end_labels, path_name, value_places
from charts.scale import (
    Scale,
    nice_ticks,
    spread,
    text_width,
    tick_texts,
    units,
    value_span,
    year_span,
)
from charts.track import Point, Track, Words, expected, plain, projected, projected_text

SERIES, TARGET = "#0b5cad", "#c0352b"
INK, MUTED, FAINT, PAPER = "#16202b", "#55606d", "#d8dee4", "#ffffff"
SIZE = 13
# The script may draw lower than this on a phone, never lower than the second.
HEIGHT, LOWEST = 360, 300
TOP, BOTTOM = 40, 36


def figure(track: Track, *, words: Words) -> dict[str, Any]:
    """Data and layout of one component's trend; numbers as JSON floats, labels as text."""
    data = [*_expected(track, words), *_projection(track, words), *_others(track, words)]
    data += [*_baseline(track, words), *_bounds(track, words), *_open_circle(track, words)]
    # The figures in force last: on top for the eye and for the pointer.
    data += _observed(track, words)
    for trace in data:
        trace["name"] = escape(trace["name"], quote=False)
    return {"data": data or [_nowhere(track)], "layout": _layout(track, words)}


def _nowhere(track: Track) -> dict[str, Any]:
    """Nothing to see: plotly.js draws no axes, so no target either, without a trace."""
    marker = {"symbol": "circle", "size": 1, "opacity": 0}
    trace = _markers([track.goal.year], [float(track.goal.yardstick)], marker, [""])
    return trace | {"hoverinfo": "skip"}


def _markers(x: list[int], y: list[float], marker: dict[str, Any], told: list[str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": marker,
        "hovertext": told,
        "hoverinfo": "text",
        "showlegend": False,
        "cliponaxis": False,
    }


def _line(x: list[int], y: list[float], line: dict[str, Any], told: list[str]) -> dict[str, Any]:
    trace = _markers(x, y, {}, told)
    del trace["marker"]
    return trace | {"mode": "lines", "line": line}


def _with_text(trace: dict[str, Any], text: list[str], where: list[str], color: str) -> dict[str, Any]:
    """The same marks with a direct label; the script leaves out what would touch on a phone."""
    return trace | {
        "mode": f"{trace['mode']}+text",
        "text": [escape(said, quote=False) for said in text],
        "textposition": where,
        "textfont": {"color": color, "size": SIZE},
    }


def _observed(track: Track, words: Words) -> list[dict[str, Any]]:
    points = track.observed
    if not points:
        return []
    last = len(points) - 1
    marker = {
        "symbol": "circle",
        "size": [11 if number == last else 8 for number in range(len(points))],
        "color": [PAPER if point.provisional else SERIES for point in points],
        "opacity": 1,
        "line": {"color": SERIES, "width": 2},
    }
    years, values = [point.year for point in points], [float(point.value) for point in points]
    trace = _markers(years, values, marker, [_hover(point, words) for point in points])
    trace |= {"mode": "lines+markers", "name": words.observed, "line": {"color": SERIES, "width": 2.5}}
    return [_with_text(trace, [point.text for point in points], _text_places(track), INK)]


def _text_places(track: Track) -> list[str]:
    words = {"above": "top", "below": "bottom"}
    return [f"{words[height]} {side}" for height, side in value_places(track, _lowest(track))]


def _lowest(track: Track) -> Scale:
    """The scale of the picture at its lowest, where labels are nearest to each other."""
    return Scale(year_span(track), value_span(track, full=True), 1, LOWEST, 0, 0, TOP, BOTTOM)


def _expected(track: Track, words: Words) -> list[dict[str, Any]]:
    path = expected(track)
    if not path:
        return []
    name = escape(words.expected, quote=False)
    told = [f"{year}: {name} {float(value):,.6g}" for year, value in path]
    line = {"dash": "dash", "width": 1.25, "color": MUTED}
    trace = _line([year for year, _ in path], [float(value) for _, value in path], line, told)
    return [trace | {"name": words.expected}]


def _projection(track: Track, words: Words) -> list[dict[str, Any]]:
    ahead = projected(track)
    if ahead is None:
        return []
    told = ["", escape(f"{track.goal.year}: {words.projection} {projected_text(track)}", quote=False)]
    line = {"dash": "dot", "width": 2, "color": SERIES}
    trace = _line([ahead[0], track.goal.year], [float(ahead[1]), float(ahead[2])], line, told)
    # Its end is labelled; a pointer near the latest figure is to meet the figure.
    return [trace | {"name": words.projection, "opacity": 0.7, "hoverinfo": "skip"}]


def _bounds(track: Track, words: Words) -> list[dict[str, Any]]:
    bounds = track.bounds
    if not bounds:
        return []
    marker = {"symbol": "triangle-up-open", "size": 11, "color": MUTED, "line": {"width": 1.5}}
    said = [f"≥ {plain(bound.value)}" for bound in bounds]
    told = [
        f"{bound.year}: {text} · {escape(words.bound)}<br>{_wrapped(bound.text)}"
        for bound, text in zip(bounds, said, strict=True)
    ]
    years, values = [bound.year for bound in bounds], [float(bound.value) for bound in bounds]
    trace = _markers(years, values, marker, told) | {"name": words.bound}
    # Told by the pointer and the table: a label here would lie on the line or on another's.
    return [trace]


def _others(track: Track, words: Words) -> list[dict[str, Any]]:
    rows = track.others
    if not rows:
        return []
    marker = {"symbol": "x-thin-open", "size": 7, "color": MUTED, "line": {"width": 1.25}}
    told = [f"{_hover(point, words)}<br>{escape(words.superseded)}" for point in rows]
    trace = _markers([point.year for point in rows], [float(point.value) for point in rows], marker, told)
    # Often a few pixels from a figure in force, whose hover they must not take; the table tells them.
    return [trace | {"name": words.superseded, "hoverinfo": "skip"}]


def _baseline(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.baseline is None:
        return []
    year, value = track.baseline
    marker = {"symbol": "line-ns-open", "size": 9, "color": MUTED, "line": {"width": 2}}
    told = escape(f"{year}: {words.baseline} {plain(value)}", quote=False)
    return [_markers([year], [float(value)], marker, [told]) | {"name": words.baseline}]


def _open_circle(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.goal.type != "strict":
        return []
    goal = track.goal
    marker = {"symbol": "circle-open", "size": 12, "color": TARGET, "line": {"width": 2}}
    told = escape(f"{goal.year}: {words.target} {goal.text}", quote=False)
    return [_markers([goal.year], [float(goal.yardstick)], marker, [told]) | {"name": words.target}]


def _hover(point: Point, words: Words) -> str:
    head = f"{point.year}: {escape(point.text)} · {escape(point.status_text)}"
    released = escape(f"{words.released} {point.released_on}")
    return f"{head}<br>{released}<br>{_wrapped(f'{words.source}: {point.source}')}"


def _wrapped(text: str, width: int = 40, lines: int = 4) -> str:
    """Broken into lines that fit a phone; a Chinese character counts two."""
    rows, row = [], ""
    for letter in text:
        if units(row + letter) > width:
            # Latin words stay whole where they can.
            cut = row.rfind(" ") + 1 if letter.isascii() and letter.isalnum() else 0
            cut = cut if cut > len(row) // 2 else len(row)
            rows.append(row[:cut])
            row = row[cut:]
        row += letter
    rows.append(row)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], f"{rows[lines - 1][:-1]}…"]
    return "<br>".join(escape(row.strip(), quote=False) for row in rows)


def _layout(track: Track, words: Words) -> dict[str, Any]:
    values = value_span(track, full=True)
    ticks = nice_ticks(*values)
    texts = tick_texts(ticks)
    left = round(max(text_width(text, SIZE) for text in texts or [""])) + 16
    right = max(text_width(line, SIZE) for end in end_labels(track, words) for line in end.lines)
    return {
        "height": HEIGHT,
        "margin": {
            "l": left,
            "r": round(right) + 12,
            "t": TOP,
            "b": BOTTOM,
        },
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": MUTED,
            "align": "left",
            "namelength": -1,
            "font": {"color": INK, "size": SIZE},
        },
        "dragmode": False,
        "showlegend": False,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED, "activecolor": SERIES},
        # Not transparent: a picture saved from the dark page must be readable on any other.
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"size": SIZE, "color": MUTED},
        "xaxis": {
            "dtick": 1,
            "tick0": year_span(track)[1],
            "tickformat": "d",
            "tickangle": 0,
            "range": list(_year_range(track)),
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": FAINT,
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": FAINT,
            "fixedrange": True,
        },
        "yaxis": {
            "range": list(values),
            "tickvals": ticks,
            "ticktext": texts,
            "gridcolor": FAINT,
            "zeroline": False,
            "ticks": "",
            "fixedrange": True,
        },
        "shapes": _target_shapes(track),
        "annotations": [_unit(track, left), *_end_labels(track, words), *_names(track, words)],
    }


def _year_range(track: Track) -> tuple[float, float]:
    first, last = year_span(track)
    return first - 0.35, last + 0.15


def _target_shapes(track: Track) -> list[dict[str, Any]]:
    """The target as a line; a range as a band, its end that must be reached as the line."""
    goal = track.goal
    left, right = _year_range(track)
    # In years, not in shares of the width: only so does plotly.js put a shape between grid and figures.
    across: dict[str, Any] = {"xref": "x", "x0": left, "x1": right}
    binding = [float(goal.yardstick)]
    shapes: list[dict[str, Any]] = []
    if goal.is_range:
        ends = sorted(float(end) for end in goal.ends)
        # Both ends bind where a range must not be left.
        binding = ends if goal.type == "range_inside" else binding
        band = {"fillcolor": TARGET, "opacity": 0.1, "line": {"width": 0}}
        shapes.append({"type": "rect", "y0": ends[0], "y1": ends[1], "layer": "below", **band, **across})
    line = {"color": TARGET, "width": 1.75}
    # Over the grid, so that a target on a round number keeps its colour; under the figures.
    across["layer"] = "between"
    return shapes + [{"type": "line", "y0": y, "y1": y, "line": line, **across} for y in binding]


def _note(text: str, color: str = MUTED, **place: Any) -> dict[str, Any]:
    """A word on the picture, beside what it names."""
    font = {"color": color, "size": SIZE}
    return {"text": escape(text, quote=False), "showarrow": False, "font": font, **place}


def _unit(track: Track, left: int) -> dict[str, Any]:
    corner: dict[str, Any] = {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
    }
    return _note(track.unit, yshift=10, **corner)


def _end_labels(track: Track, words: Words) -> list[dict[str, Any]]:
    """Direct labels beside the right edge, moved apart where they would touch at the lowest height."""
    scale = _lowest(track)
    ends = end_labels(track, words)
    wanted = [scale.y(end.value) for end in ends]
    placed = spread(wanted, [2.9 * SIZE] * len(ends), TOP - 14, LOWEST - BOTTOM + 8)
    beside: dict[str, Any] = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "align": "left"}
    notes = []
    for end, y, at in zip(ends, wanted, placed, strict=True):
        color = TARGET if end.kind == "c-goal" else SERIES
        note = _note("", color, **beside, y=end.value, yanchor="middle", yshift=round(y - at, 1))
        note["text"] = "<br>".join(escape(line, quote=False) for line in end.lines)
        notes.append(note)
    return notes


def _names(track: Track, words: Words) -> list[dict[str, Any]]:
    """The names of the baseline and of the expected path; a calm word where there are no figures."""
    notes = []
    if track.baseline:
        year, value = track.baseline
        seen = any(point.year == year and point.value == value for point in track.observed)
        height, side = base_place(track, _lowest(track))
        yshift = -18 if height == "below" else 18
        place: dict[str, Any] = {"x": year, "y": float(value), "yanchor": "middle", "yshift": yshift}
        place |= {"xanchor": "left", "xshift": -4} if side == "right" else {"xanchor": "right", "xshift": 4}
        notes.append(_note(words.baseline if seen else f"{words.baseline} {plain(value)}", **place))
    if expected(track):
        at, value_at, is_below = path_name(track)
        notes.append(
            # The script leaves this name out on a phone.
            _note(
                words.expected,
                name="aside",
                x=at,
                y=float(value_at),
                yanchor="middle",
                yshift=-16 if is_below else 16,
            )
        )
    if not track.observed and not track.bounds:
        notes.append(_note(words.no_data, xref="paper", yref="paper", x=0.5, y=0.2))
    return notes

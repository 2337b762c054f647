"""The interactive trend as a Plotly figure: plain dicts, trace type scatter alone, no template.

Colours are written as `var(--token)`; static/js/trend.js puts the page's own in their place, light or dark.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from charts.ends import end_labels
from charts.scale import Scale, nice_ticks, spread, text_width, tick_texts, units, value_span, year_span
from charts.track import Point, Track, Words, expected, plain, projected, projected_text

SERIES, TARGET = "var(--series)", "var(--accent)"
INK, MUTED, LINE, PAPER = "var(--ink)", "var(--muted)", "var(--line)", "var(--paper)"
SIZE = 13
# The script may draw lower than this on a phone, never lower than the second.
HEIGHT, LOWEST = 360, 300
TOP, BOTTOM = 40, 36


def figure(track: Track, *, words: Words) -> dict[str, Any]:
    """Data and layout of one component's trend; numbers as JSON floats, labels as text."""
    data = [*_expected(track, words), *_projection(track, words), *_others(track, words)]
    data += [*_baseline(track, words), *_bounds(track, words), *_observed(track, words)]
    data += _open_circle(track, words)
    # An axis of years is drawn only where something stands on it.
    if not data:
        data = [_markers([track.goal.year], [float(track.goal.yardstick)], {"size": 1, "opacity": 0}, [""])]
        data[0]["hoverinfo"] = "skip"
    return {"data": data, "layout": _layout(track, words)}


def _markers(x: Sequence[int], y: Sequence[float], marker: dict[str, Any], told: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(x),
        "y": list(y),
        "marker": marker,
        "hovertext": list(told),
        "hoverinfo": "text",
        "showlegend": False,
        "cliponaxis": False,
    }


def _line(x: Sequence[int], y: Sequence[float], line: dict[str, Any], told: Sequence[str]) -> dict[str, Any]:
    marks = _markers(x, y, {}, told)
    del marks["marker"]
    return marks | {"mode": "lines", "line": line}


def _with_text(trace: dict[str, Any], text: Sequence[str], where: str | list[str], color: str) -> dict[str, Any]:
    """The same marks with a direct label."""
    font = {"color": color, "size": SIZE}
    return trace | {
        "mode": f"{trace['mode']}+text",
        "text": [escape(said, quote=False) for said in text],
        "textposition": where,
        "textfont": font,
    }


def _observed(track: Track, words: Words) -> list[dict[str, Any]]:
    points = track.observed
    if not points:
        return []
    last = len(points) - 1
    marker = {
        "size": [11 if number == last else 8 for number in range(len(points))],
        "color": [PAPER if point.provisional else SERIES for point in points],
        "opacity": 1,
        "line": {"color": SERIES, "width": 2},
    }
    trace = _markers(
        [point.year for point in points],
        [float(point.value) for point in points],
        marker,
        [_hover(point, words) for point in points],
    )
    trace |= {"mode": "lines+markers", "name": words.observed, "line": {"color": SERIES, "width": 2.5}}
    return [_with_text(trace, [point.text for point in points], "top center", INK)]


def _expected(track: Track, words: Words) -> list[dict[str, Any]]:
    path = expected(track)
    if not path:
        return []
    years, values = [year for year, _ in path], [float(value) for _, value in path]
    told = [f"{year}: {words.expected} {value:,.6g}" for year, value in zip(years, values, strict=True)]
    trace = _line(years, values, {"dash": "5px,4px", "width": 1.25, "color": MUTED}, told)
    trace["name"] = words.expected
    # Named once, past its middle, on the side where the figures are not.
    at = len(path) // 2 + len(path) % 2
    later = [float(p.value) for p in track.observed if p.year >= years[0]]
    is_below = not later or sum(later) / len(later) >= values[at]
    text = [words.expected if number == at else "" for number in range(len(path))]
    return [_with_text(trace, text, "bottom center" if is_below else "top center", MUTED)]


def _projection(track: Track, words: Words) -> list[dict[str, Any]]:
    ahead = projected(track)
    if ahead is None:
        return []
    told = ["", f"{track.goal.year}: {words.projection} {projected_text(track)}"]
    line = {"dash": "2px,5px", "width": 2, "color": SERIES}
    trace = _line([ahead[0], track.goal.year], [float(ahead[1]), float(ahead[2])], line, told)
    return [trace | {"name": words.projection, "opacity": 0.75}]


def _bounds(track: Track, words: Words) -> list[dict[str, Any]]:
    if not track.bounds:
        return []
    marker = {"symbol": "triangle-up-open", "size": 11, "color": MUTED, "line": {"width": 1.5}}
    told = [
        f"<b>{bound.year}: ≥ {plain(bound.value)}</b> {escape(words.bound)}<br>{_wrapped(bound.text)}"
        for bound in track.bounds
    ]
    trace = _markers(
        [bound.year for bound in track.bounds], [float(bound.value) for bound in track.bounds], marker, told
    )
    trace["name"] = words.bound
    return [_with_text(trace, [f"≥ {plain(bound.value)}" for bound in track.bounds], "top center", MUTED)]


def _others(track: Track, words: Words) -> list[dict[str, Any]]:
    rows = track.others
    if not rows:
        return []
    marker = {"symbol": "x-thin-open", "size": 7, "color": MUTED, "line": {"width": 1.25}}
    told = [f"{_hover(point, words)}<br>{escape(words.superseded)}" for point in rows]
    trace = _markers([point.year for point in rows], [float(point.value) for point in rows], marker, told)
    return [trace | {"name": words.superseded}]


def _baseline(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.baseline is None:
        return []
    year, value = track.baseline
    marker = {"symbol": "line-ns-open", "size": 14, "color": MUTED, "line": {"width": 2}}
    told = f"{year}: {words.baseline} {plain(value)}"
    trace = _markers([year], [float(value)], marker, [told]) | {"name": words.baseline}
    seen = any(point.year == year and point.value == value for point in track.observed)
    said = words.baseline if seen else f"{words.baseline} {plain(value)}"
    return [_with_text(trace, [said], "bottom center", MUTED)]


def _open_circle(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.goal.type != "strict":
        return []
    goal = track.goal
    marker = {
        "symbol": "circle",
        "size": 11,
        "color": PAPER,
        "opacity": 1,
        "line": {"width": 2, "color": TARGET},
    }
    told = escape(f"{goal.year}: {words.target} {goal.text}", quote=False)
    return [_markers([goal.year], [float(goal.yardstick)], marker, [told]) | {"name": words.target}]


def _hover(point: Point, words: Words) -> str:
    head = f"<b>{point.year}: {escape(point.text)}</b> {escape(point.status_text)}"
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
    first, last = year_span(track)
    values = value_span(track, full=True)
    ticks = nice_ticks(*values)
    texts = tick_texts(ticks)
    right = max(text_width(line, SIZE) for end in end_labels(track, words) for line in end.lines)
    return {
        "height": HEIGHT,
        "margin": {
            "l": round(max(text_width(text, SIZE) for text in texts or [""])) + 16,
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
            "tick0": last,
            "tickformat": "d",
            "tickangle": 0,
            "range": [first - 0.35, last + 0.15],
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": MUTED,
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": LINE,
            "fixedrange": True,
        },
        "yaxis": {
            "range": list(values),
            "tickvals": ticks,
            "ticktext": texts,
            "gridcolor": LINE,
            "zeroline": False,
            "ticks": "",
            "fixedrange": True,
        },
        "shapes": _target_shapes(track),
        "annotations": [_unit(track), *_end_annotations(track, words), *_nothing(track, words)],
    }


def _target_shapes(track: Track) -> list[dict[str, Any]]:
    """The target as a line; a range as a band with the end that must be reached drawn strongest."""
    goal = track.goal
    across = {"xref": "paper", "x0": 0, "x1": 1, "layer": "below"}

    def line(value: float, width: float, opacity: float) -> dict[str, Any]:
        style = {"color": TARGET, "width": width}
        return {"type": "line", "y0": value, "y1": value, "line": style, "opacity": opacity, **across}

    shapes = [line(float(goal.yardstick), 1.75, 1)]
    if goal.is_range:
        low, high = float(goal.ends[0]), float(goal.ends[-1])
        far = low if goal.direction == "down" else high
        shapes.append(line(far, 1.75, 1) if goal.type == "range_inside" else line(far, 1, 0.45))
        band = {"fillcolor": TARGET, "opacity": 0.1, "line": {"width": 0}}
        shapes.insert(0, {"type": "rect", "y0": low, "y1": high, **band, **across})
    return shapes


def _end_annotations(track: Track, words: Words) -> list[dict[str, Any]]:
    """Direct labels beside the right edge, moved apart where they would touch at the lowest height."""
    values = value_span(track, full=True)
    scale = Scale((0, 1), values, 1, LOWEST, 0, 0, TOP, BOTTOM)
    ends = end_labels(track, words)
    wanted = [scale.y(end.value) for end in ends]
    placed = spread(wanted, [2.9 * SIZE] * len(ends), TOP - 14, LOWEST - BOTTOM + 8)
    return [
        {
            "xref": "paper",
            "x": 1,
            "xanchor": "left",
            "xshift": 8,
            "y": end.value,
            "yanchor": "middle",
            "yshift": round(want - y, 1),
            "align": "left",
            "text": "<br>".join(escape(line, quote=False) for line in end.lines),
            "showarrow": False,
            "font": {"color": TARGET if end.kind == "c-goal" else SERIES, "size": SIZE},
        }
        for end, want, y in zip(ends, wanted, placed, strict=True)
    ]


def _unit(track: Track) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 12,
        "text": escape(track.unit, quote=False),
        "showarrow": False,
        "font": {"color": MUTED, "size": SIZE},
    }


def _nothing(track: Track, words: Words) -> list[dict[str, Any]]:
    """A calm word in place of a line that is not there."""
    if track.observed or track.bounds:
        return []
    middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.25, "showarrow": False}
    return [{**middle, "text": escape(words.no_data, quote=False), "font": {"color": MUTED, "size": 15}}]

"""The interactive trend as a Plotly figure: plain dicts, trace type scatter alone, no template.

Colours are those of the light theme; static/js/plotly-setup.js exchanges them for the page's own, light or dark.
"""

from collections.abc import Sequence
from html import escape
from itertools import accumulate
from math import ceil
from typing import Any

from charts.labels import column_width, is_wide, labels
from charts.places import Box, Placed
from charts.scale import Scale, drawn_elsewhere, nice_ticks, text_width, tick_texts, units, value_span, year_span
from charts.track import Point, Track, Words, expected, plain, projected, projected_text, projection_words, runs

SERIES, TARGET = "#0b5cad", "#c0352b"
INK, MUTED, FAINT, PAPER = "#16202b", "#55606d", "#d8dee4", "#ffffff"
SIZE = 13
TOP, BOTTOM = 36, 34
# What the axis of years reaches beyond the first and the last (years).
BEFORE, AFTER = 0.35, 0.15
# The button that saves the picture.
BUTTONS = 40
COLOURS = {"goal": TARGET, "earlier": TARGET, "changed": TARGET, "ahead": SERIES, "latest": INK, "value": INK}
# Statements of a year that the pointer tells; the table tells all.
TOLD = 4


def height_for(width: int) -> int:
    """As tall as sensible: half its width, a phone's a little more."""
    return min(max(round(width * 0.5), 320), 440)


def figure(track: Track, *, words: Words, width: int = 720) -> dict[str, Any]:
    """Data and layout of one component's trend for a width (px); numbers as JSON floats, labels as text."""
    data = [*_expected(track, words), *_projection(track, words), *_earlier(track, words)]
    data += [
        *_elsewhere(track),
        *_others(track, words),
        *_baseline(track, words),
        *_bounds(track, words),
        *_means(track, words),
    ]
    data += [*_open_circle(track, words), *_observed(track, words), *_told(track, words)]
    for trace in data:
        trace["name"] = escape(trace["name"], quote=False)
    return {"data": data or [_nowhere(track)], "layout": _layout(track, words, width)}


def _nowhere(track: Track) -> dict[str, Any]:
    """Nothing to see: plotly.js draws no axes, so no target either, without a trace."""
    marker = {"symbol": "circle", "size": 1, "opacity": 0}
    return _markers([track.goal.year], [float(track.goal.yardstick)], marker)


def _markers(x: list[int], y: Sequence[float | None], marker: dict[str, Any]) -> dict[str, Any]:
    """Marks that say nothing themselves: what is known of a year is told together (_told)."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": marker,
        "hoverinfo": "skip",
        "showlegend": False,
        "cliponaxis": False,
    }


def _line(x: list[Any], y: list[float], line: dict[str, Any]) -> dict[str, Any]:
    trace = _markers(x, y, {})
    del trace["marker"]
    return trace | {"mode": "lines", "line": line}


def _observed(track: Track, words: Words) -> list[dict[str, Any]]:
    points = track.observed
    if not points:
        return []
    last = len(points) - 1
    marker = {
        "symbol": ["diamond" if point.revised else "circle" for point in points],
        "size": [11 if number == last else 10 if point.revised else 8 for number, point in enumerate(points)],
        "color": [PAPER if point.provisional else SERIES for point in points],
        "opacity": 1,
        "line": {"color": SERIES, "width": 2},
    }
    years, values = [point.year for point in points], [float(point.value) for point in points]
    trace = _with_gaps(_markers(years, values, marker), [len(run) for run in runs(points)])
    return [trace | {"mode": "lines+markers", "name": words.observed, "line": {"color": SERIES, "width": 2.5}}]


def _with_gaps(trace: dict[str, Any], lengths: list[int]) -> dict[str, Any]:
    """An empty place between two runs of years, across which no line is drawn; marks keep their own."""
    at = list(accumulate(lengths))[:-1]
    for values in (
        trace["x"],
        trace["y"],
        *(value for value in trace["marker"].values() if isinstance(value, list)),
    ):
        for place in reversed(at):
            # The years stay in order; what has no value is not drawn.
            values.insert(place, values[place - 1] if values is not trace["y"] else None)
    return trace | {"connectgaps": False}


def _expected(track: Track, words: Words) -> list[dict[str, Any]]:
    path = expected(track)
    if not path:
        return []
    line = {"dash": "dash", "width": 1.25, "color": MUTED}
    # Yearly targets hold from year to year: steps.
    line |= {"shape": "hv"} if track.path else {}
    trace = _line([year for year, _ in path], [float(value) for _, value in path], line)
    return [trace | {"name": words.expected}]


def _means(track: Track, words: Words) -> list[dict[str, Any]]:
    """The mean of the years so far, which is what is held against the target."""
    if not track.means:
        return []
    line = {"dash": "solid", "width": 2, "color": MUTED}
    trace = _line([year for year, _ in track.means], [float(value) for _, value in track.means], line)
    return [trace | {"name": words.mean}]


def _projection(track: Track, words: Words) -> list[dict[str, Any]]:
    ahead = projected(track)
    if ahead is None:
        return []
    line = {"dash": "dot", "width": 2, "color": SERIES}
    trace = _line([ahead[0], track.goal.year], [float(ahead[1]), float(ahead[2])], line)
    return [trace | {"name": projection_words(track, words), "opacity": 0.7}]


def _earlier(track: Track, words: Words) -> list[dict[str, Any]]:
    """Targets that were replaced: faint, up to the day they were."""
    start, end = _year_range(track)
    line = {"dash": "longdash", "width": 1.5, "color": TARGET}
    return [
        _line([start, min(earlier.until_x, end)], [float(value)] * 2, line)
        | {"name": earlier.name(words), "opacity": 0.5, "cliponaxis": True}
        for earlier in track.earlier_goals
        for value in earlier.binding
    ]


def _bounds(track: Track, words: Words) -> list[dict[str, Any]]:
    bounds = track.bounds
    if not bounds:
        return []
    # The shapes draw the brackets; a mark nobody sees keeps the values in the picture's data.
    marker = {"symbol": "line-ew-open", "size": 14, "color": MUTED, "line": {"width": 2}}
    years, values = [bound.year for bound in bounds], [float(bound.value) for bound in bounds]
    return [_markers(years, values, marker) | {"name": words.bound}]


def _brackets(track: Track) -> list[dict[str, Any]]:
    """Ends of the marks of `_bounds`, which make them brackets open to the side of what is possible."""
    line = {"color": MUTED, "width": 2}
    place = {"xref": "x", "yref": "y", "xsizemode": "pixel", "ysizemode": "pixel"}
    return [
        {"type": "line", "xanchor": bound.year, "yanchor": float(bound.value), "x0": side, "x1": side, "y0": 0,
         "y1": -9 if bound.is_upper else 9, "line": line, "layer": "above", **place}
        for bound in track.bounds
        for side in (-7, 7)
    ]  # fmt: skip


def _elsewhere(track: Track) -> list[dict[str, Any]]:
    """Other places: thin, in grey, no line across a missing year."""
    found = []
    for line in drawn_elsewhere(track):
        years: list[int] = []
        values: list[float | None] = []
        for year, value in line.points:
            if years and year != years[-1] + 1:
                years.append(years[-1])
                values.append(None)
            years.append(year)
            values.append(float(value))
        trace = _markers(years, values, {"symbol": "circle", "size": 5, "color": MUTED})
        found.append(
            trace
            | {
                "mode": "lines+markers",
                "line": {"color": MUTED, "width": 1},
                "name": line.name,
                "connectgaps": False,
            }
        )
    return found


def _others(track: Track, words: Words) -> list[dict[str, Any]]:
    rows = track.others
    if not rows:
        return []
    marker = {"symbol": "x-thin-open", "size": 7, "color": MUTED, "line": {"width": 1.25}}
    trace = _markers([point.year for point in rows], [float(point.value) for point in rows], marker)
    return [trace | {"name": words.superseded}]


def _baseline(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.baseline is None:
        return []
    year, value = track.baseline
    marker = {"symbol": "line-ns-open", "size": 9, "color": MUTED, "line": {"width": 2}}
    return [_markers([year], [float(value)], marker) | {"name": words.baseline}]


def _open_circle(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.goal.type != "strict":
        return []
    goal = track.goal
    marker = {"symbol": "circle-open", "size": 12, "color": TARGET, "line": {"width": 2}}
    return [_markers([goal.year], [float(goal.yardstick)], marker) | {"name": words.target}]


def _told(track: Track, words: Words) -> list[dict[str, Any]]:
    """What the pointer tells anywhere above a year: the figure in force, then everything else said of it.

    One trace that nobody sees, so that no mark hides what lies under or beside it.
    """
    at: dict[int, float] = {track.goal.year: float(track.goal.yardstick)}
    if track.baseline:
        at[track.baseline[0]] = float(track.baseline[1])
    at |= {year: float(value) for line in drawn_elsewhere(track) for year, value in line.points}
    at |= {bound.year: float(bound.value) for bound in track.bounds}
    at |= {point.year: float(point.value) for point in (*track.others, *track.observed)}
    if not (track.observed or track.bounds or track.others or track.baseline):
        return []
    years = sorted(at)
    marker = {"symbol": "circle", "size": 8, "opacity": 0, "color": PAPER}
    trace = _markers(years, [at[year] for year in years], marker)
    places = {point.year: point.place for point in track.observed}
    return [
        trace
        | {
            "name": words.observed,
            "hoverinfo": "text",
            "hovertext": [_year_told(track, year, words) for year in years],
            "customdata": [places.get(year, "") for year in years],
        }
    ]


def _year_told(track: Track, year: int, words: Words) -> str:
    counted = [point for point in track.observed if point.year == year]
    rest = [point for point in track.others if point.year == year]
    said = [_hover(point, words) for point in counted]
    for bound in track.bounds:
        if bound.year == year:
            said.append(f"{'⊓' if bound.is_upper else '⊔'} {escape(bound.text)} · {escape(words.bound)}")
    said += [f"× {_hover(point, words, lines=1)}" for point in rest[:TOLD]]
    if len(rest) > TOLD:
        said.append(escape(words.more))
    if track.baseline and track.baseline[0] == year:
        said.append(escape(f"{words.baseline} {plain(track.baseline[1])}", quote=False))
    path = dict(expected(track))
    if year in path and not (track.baseline and track.baseline[0] == year):
        said.append(f"{escape(words.expected)} {float(path[year]):,.6g}")
    for line in track.elsewhere:
        said += [escape(f"{line.name} {plain(value)}", quote=False) for told, value in line.points if told == year]
    if year == track.goal.year:
        if projected(track):
            said.append(escape(f"{projection_words(track, words)} {projected_text(track)}", quote=False))
        said.append(escape(f"{words.target} {track.goal.text}", quote=False))
    # No bold type: plotly.js would write a style into the page, which its policy forbids.
    return "<br>".join([str(year), *said])


def _hover(point: Point, words: Words, *, lines: int = 3) -> str:
    fate = escape(f" · {point.fate}") if point.fate else ""
    head = f"{escape(point.text)} · {escape(point.status_text)}{fate}"
    released = escape(f"{words.released} {point.released_on}")
    return f"{head}<br>{released}<br>{_wrapped(f'{words.source}: {point.source}', lines=lines)}"


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


def _layout(track: Track, words: Words, width: int) -> dict[str, Any]:
    values = value_span(track, full=True)
    ticks = nice_ticks(*values, whole=track.is_whole)
    texts = tick_texts(ticks)
    height = height_for(width)
    left = round(max(text_width(text, SIZE) for text in texts or [""])) + 12
    right = ceil(column_width(track, words, SIZE)) + 18 if is_wide(width) else 18
    scale = _scale(track, width, height, left, right)
    first, last = _year_range(track)
    room = (width - left - right) / (last - first)
    taken = (Box(0, 0, text_width(track.unit, SIZE) + 8, 24), Box(width - BUTTONS, 0, width, 28))
    placed = labels(track, scale, words, size=SIZE, taken=taken)
    return {
        "height": height,
        "margin": {"l": left, "r": right, "t": TOP, "b": BOTTOM},
        # Above a year everything known of it is told, wherever the pointer is.
        "hovermode": "x",
        "hoverdistance": -1,
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
            "dtick": max(1, ceil(40 / room)),
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
            "showspikes": True,
            "spikemode": "across",
            "spikesnap": "hovered data",
            "spikedash": "solid",
            "spikethickness": 1,
            "spikecolor": FAINT,
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
        "annotations": [_unit(track), *(_annotation(one, scale) for one in placed), *_nothing(track, words)],
    }


def _scale(track: Track, width: int, height: int, left: int, right: int) -> Scale:
    """Where plotly.js puts a year and a value, so that labels can be placed here."""
    first, last = year_span(track)
    room = (width - left - right) / (last - first + BEFORE + AFTER)
    edges = {"left": left + BEFORE * room, "right": right + AFTER * room, "top": TOP, "bottom": BOTTOM}
    values = value_span(track, full=True)
    return Scale((first, last), values, width, height, **edges, pad=BEFORE * room, beyond=AFTER * room)


def _year_range(track: Track) -> tuple[float, float]:
    first, last = year_span(track)
    return first - BEFORE, last + AFTER


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
    shapes += [{"type": "line", "y0": y, "y1": y, "line": line, **across} for y in binding]
    for earlier in track.earlier_goals:
        day = min(earlier.until_x, right)
        thin = {"color": TARGET, "width": 1, "dash": "dot"}
        upright = {"xref": "x", "x0": day, "x1": day, "yref": "paper", "y0": 0, "y1": 1}
        shapes.append({"type": "line", "line": thin, "opacity": 0.5, "layer": "below", **upright})
    return [*shapes, *_brackets(track)]


def _note(text: str, color: str = MUTED, **place: Any) -> dict[str, Any]:
    """A word on the picture, beside what it names."""
    font = {"color": color, "size": SIZE}
    return {"text": escape(text, quote=False), "showarrow": False, "font": font, **place}


def _unit(track: Track) -> dict[str, Any]:
    corner: dict[str, Any] = {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
    }
    return _note(track.unit, yshift=12, **corner)


def _annotation(placed: Placed, scale: Scale) -> dict[str, Any]:
    """A placed label, held by the paper's own corner: it stands where the server found room for it."""
    label, spot = placed.label, placed.spot
    anchor = {"start": "left", "middle": "center", "end": "right"}[spot.anchor]
    # Upright in pixels, since the height is known; across in years, so that a small change of width moves all.
    place: dict[str, Any] = {"yref": "paper", "y": 1, "yshift": round(scale.top - spot.y, 1), "align": anchor}
    place |= {"xanchor": anchor, "yanchor": "middle", "borderpad": 0}
    if spot.x > scale.edge:
        place |= {"xref": "paper", "x": 1, "xshift": round(spot.x - scale.edge, 1)}
    else:
        place |= {"xref": "x", "x": round(scale.year(spot.x), 4)}
    note = _note("", COLOURS.get(label.kind, MUTED), name=label.kind, **place)
    note["text"] = "<br>".join(escape(line, quote=False) for line in label.lines)
    return note


def _nothing(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.observed or track.bounds:
        return []
    return [_note(words.no_data, xref="paper", yref="paper", x=0.5, y=0.2)]

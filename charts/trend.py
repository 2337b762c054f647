"""The interactive trend as a Plotly figure: plain dicts, trace type scatter alone, no template."""

from typing import Any

from charts.track import Point, Track, Words

# Named colours that static/js/trend.js exchanges for the page's own, light or dark.
SERIES, TARGET, MUTED, PAPER, FAINT = "#0b5cad", "#c0352b", "#55606d", "#ffffff", "#d8dee4"


def figure(track: Track, *, words: Words) -> dict[str, Any]:
    """Data and layout of one component's trend; numbers as JSON floats, labels as text."""
    data = [*_expected(track, words), *_projection(track, words), *_others(track, words)]
    if track.baseline:
        year, value = track.baseline
        marker = {"symbol": "line-ns-open", "size": 12, "color": MUTED, "line": {"width": 2, "color": MUTED}}
        data.append(_markers([year], [float(value)], marker, f"{words.baseline} {year}: {float(value):,g}"))
    # The figures in force last: on top for the eye and for the pointer.
    data += [*_bounds(track, words), *_open_circle(track, words), *_observed(track, words)]
    return {"data": data, "layout": _layout(track, words)}


def _markers(x: list[int], y: list[float], marker: dict[str, Any], text: str | list[str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": marker,
        "hovertext": text,
        "hoverinfo": "text",
        "showlegend": False,
    }


def _line(x: list[int], y: list[float], dash: str, width: float, text: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"dash": dash, "width": width, "color": MUTED},
        "hovertext": text,
        "hoverinfo": "text",
        "showlegend": False,
    }


def _hover(point: Point, words: Words) -> str:
    return (
        f"<b>{point.year}: {point.text}</b> {point.status_text}<br>"
        f"{words.released} {point.released_on}<br>{words.source}: {_short(point.source)}"
    )


def _short(text: str) -> str:
    plain = text.replace("<", "‹").replace(">", "›")
    return plain if len(plain) <= 46 else f"{plain[:45]}…"


def _observed(track: Track, words: Words) -> list[dict[str, Any]]:
    points = sorted(track.points, key=lambda point: point.year)
    if not points:
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": words.observed,
            "x": [point.year for point in points],
            "y": [float(point.value) for point in points],
            "line": {"color": SERIES, "width": 2.5},
            "marker": {
                "size": 9,
                "color": [PAPER if point.provisional else SERIES for point in points],
                "line": {"color": SERIES, "width": 2},
            },
            "hovertext": [_hover(point, words) for point in points],
            "hoverinfo": "text",
            "showlegend": False,
        }
    ]


def _expected(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.baseline is None:
        return []
    year, value = track.baseline
    years, values = [year, track.goal.year], [float(value), float(track.goal.yardstick)]
    return [_line(years, values, "dash", 1.2, words.expected)]


def _projection(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.projection is None or track.projection[0] >= track.goal.year:
        return []
    year, value, projected = track.projection
    end = float(projected)  # type: ignore[arg-type]
    return [_line([year, track.goal.year], [float(value), end], "dot", 2, f"{words.projection}: {end:,.4g}")]


def _bounds(track: Track, words: Words) -> list[dict[str, Any]]:
    if not track.bounds:
        return []
    marker = {"symbol": "triangle-up-open", "size": 10, "color": MUTED}
    text = [f"{bound.year}: {bound.text}（{words.bound}）" for bound in track.bounds]
    years, values = [bound.year for bound in track.bounds], [float(bound.value) for bound in track.bounds]
    return [_markers(years, values, marker, text)]


def _others(track: Track, words: Words) -> list[dict[str, Any]]:
    if not track.other_releases:
        return []
    marker = {"symbol": "x-thin-open", "size": 7, "color": MUTED}
    rows = track.other_releases
    text = [f"{_hover(point, words)}<br>{words.superseded}" for point in rows]
    return [_markers([point.year for point in rows], [float(point.value) for point in rows], marker, text)]


def _open_circle(track: Track, words: Words) -> list[dict[str, Any]]:
    if track.goal.type != "strict":
        return []
    marker = {"symbol": "circle-open", "size": 13, "color": TARGET, "line": {"width": 2, "color": TARGET}}
    goal = track.goal
    return [_markers([goal.year], [float(goal.yardstick)], marker, f"{words.target} {goal.text}")]


def _layout(track: Track, words: Words) -> dict[str, Any]:
    goal = track.goal
    line = {"color": TARGET, "width": 1.5}
    y = float(goal.yardstick)
    across = {"xref": "paper", "x0": 0, "x1": 1, "layer": "below"}
    shapes: list[dict[str, Any]] = [{"type": "line", "y0": y, "y1": y, "line": line, **across}]
    if goal.low is not None and goal.high is not None:
        band = {"fillcolor": TARGET, "opacity": 0.1, "line": {"width": 0}}
        shapes.insert(0, {"type": "rect", "y0": float(goal.low), "y1": float(goal.high), **band, **across})
    first, last = track.first_year, max(track.last_year, track.first_year + 1)
    return {
        "height": 380,
        "margin": {"l": 64, "r": 24, "t": 36, "b": 40},
        "hovermode": "closest",
        "showlegend": False,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED, "activecolor": SERIES},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 13, "color": MUTED},
        "xaxis": {
            "dtick": 1 if last - first <= 12 else 2,
            "tickformat": "d",
            "range": [first - 0.5, last + 0.5],
            "showgrid": False,
            "zeroline": False,
            "linecolor": FAINT,
            "fixedrange": True,
        },
        "yaxis": {
            "tickformat": ",",
            "gridcolor": FAINT,
            "zeroline": False,
            "fixedrange": True,
        },
        "shapes": shapes,
        "annotations": [
            {
                "xref": "paper",
                "x": 0,
                "y": y,
                "xanchor": "left",
                "yanchor": "bottom",
                "text": f"{words.target} {goal.year}: {goal.text}".replace("<", "‹").replace(">", "＞"),
                "showarrow": False,
                "font": {"color": TARGET, "size": 13},
            },
            {
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 1,
                "xanchor": "right",
                "yanchor": "bottom",
                "text": track.unit,
                "showarrow": False,
                "font": {"size": 13},
            },
        ],
    }

"""A matrix as a Plotly heat map: plain dicts, no template. Depth says how firmly a row names a column.

Colours are those of the light theme; static/js/plotly-setup.js exchanges them for the page's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from charts.scale import units

PAPER, SERIES, INK, MUTED, LINE = "#ffffff", "#0b5cad", "#16202b", "#55606d", "#d8dee4"
ROW, HEAD = 30, 150


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell: `depth` 0 to 1 (None: nothing ties the two), what stands in it, what it tells, where it leads."""

    depth: float | None
    text: str
    told: str
    address: str


@dataclass(frozen=True, slots=True)
class Heat:
    """Labels of rows and columns, short; cells row by row; where the columns' groups begin."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    spots: tuple[tuple[Spot, ...], ...]
    breaks: tuple[int, ...] = ()


def figure(heat: Heat) -> dict[str, Any]:
    """Data and layout; rows from the top, an empty cell is missing and never zero."""
    trace = {
        "type": "heatmap",
        "z": [[spot.depth for spot in row] for row in heat.spots],
        "text": [[spot.text for spot in row] for row in heat.spots],
        "texttemplate": "%{text}",
        "textfont": {"color": INK, "size": 13},
        "customdata": [[spot.address for spot in row] for row in heat.spots],
        "hovertext": [[escape(spot.told, quote=False) for spot in row] for row in heat.spots],
        "hoverinfo": "text",
        "hoverongaps": True,
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, PAPER], [1, SERIES]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    return {"data": [trace], "layout": _layout(heat)}


def _layout(heat: Heat) -> dict[str, Any]:
    widest = max((units(label) for label in heat.rows), default=0)
    tallest = max((units(label) for label in heat.columns), default=0)
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    return {
        "height": HEAD + ROW * len(heat.rows),
        "margin": {"l": min(260, round(widest * 7.2) + 12), "r": 40, "t": min(HEAD, tallest * 7 + 16), "b": 8},
        "font": {"size": 12, "color": MUTED},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": MUTED,
            "align": "left",
            "namelength": -1,
            "font": {"color": INK, "size": 13},
        },
        "dragmode": False,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED, "activecolor": SERIES},
        "xaxis": axis
        | {
            "side": "top",
            "tickangle": -90,
            "tickvals": list(range(len(heat.columns))),
            "ticktext": [escape(label, quote=False) for label in heat.columns],
        },
        "yaxis": axis
        | {
            "autorange": "reversed",
            "tickvals": list(range(len(heat.rows))),
            "ticktext": [escape(label, quote=False) for label in heat.rows],
        },
        "shapes": [
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": at - 0.5,
                "x1": at - 0.5,
                "y0": 0,
                "y1": 1,
                "line": {"color": LINE, "width": 1},
            }
            for at in heat.breaks
        ],
    }


def shorten(text: str, width: int) -> str:
    """At most `width` half-widths, the rest an ellipsis."""
    if units(text) <= width:
        return text
    shown = ""
    for letter in text:
        if units(shown + letter) > width - 1:
            break
        shown += letter
    return f"{shown.rstrip()}…"


def parts(labels: Sequence[str]) -> tuple[int, ...]:
    """Where a run of equal labels ends and another begins."""
    return tuple(at for at in range(1, len(labels)) if labels[at] != labels[at - 1])

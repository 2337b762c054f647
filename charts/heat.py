"""A matrix as a Plotly heat map: plain dicts, no template. Depth says how firmly a row names a column.

Colours are those of the light theme; static/js/plotly-setup.js exchanges them for the page's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from charts.scale import units

PAPER, SERIES, INK, MUTED, LINE = "#ffffff", "#0b5cad", "#16202b", "#55606d", "#d8dee4"
ROW, HEAD = 34, 190
# What keeps a label from the picture, in pixels.
GAP = 12


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell: `depth` 0 to 1 (None: nothing ties the two), what stands in it, what it tells, where it leads."""

    depth: float | None
    text: str
    told: str
    address: str


@dataclass(frozen=True, slots=True)
class Heat:
    """Labels of rows and columns, each in its lines; cells row by row; where the columns' groups begin.

    Rows and columns without any cell are tinted, so that a gap is seen as one.
    """

    rows: tuple[tuple[str, ...], ...]
    columns: tuple[tuple[str, ...], ...]
    spots: tuple[tuple[HeatCell, ...], ...]
    breaks: tuple[int, ...] = ()

    @property
    def empty_rows(self) -> list[int]:
        return [at for at, row in enumerate(self.spots) if all(spot.depth is None for spot in row)]

    @property
    def empty_columns(self) -> list[int]:
        columns = range(len(self.columns))
        return [at for at in columns if all(row[at].depth is None for row in self.spots)]


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
    widest = max((units(line) for lines in heat.rows for line in lines), default=0)
    tallest = max((units(line) for lines in heat.columns for line in lines), default=0)
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    return {
        "height": HEAD + ROW * len(heat.rows),
        "margin": {"l": round(widest * 6.8) + GAP, "r": 40, "t": min(HEAD, tallest * 7 + GAP), "b": 8},
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
            "ticktext": [_text(lines) for lines in heat.columns],
        },
        "yaxis": axis
        | {
            "autorange": "reversed",
            "tickvals": list(range(len(heat.rows))),
            "ticktext": [_text(lines) for lines in heat.rows],
        },
        "shapes": [
            *_tints(heat),
            *(
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
            ),
        ],
    }


def _text(lines: Sequence[str]) -> str:
    return "<br>".join(escape(line, quote=False) for line in lines)


def _tints(heat: Heat) -> list[dict[str, Any]]:
    """Behind every row and column that nothing ties to anything."""
    tint = {"type": "rect", "fillcolor": LINE, "opacity": 0.55, "line": {"width": 0}, "layer": "below"}
    rows = [
        tint | {"xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": at - 0.5, "y1": at + 0.5}
        for at in heat.empty_rows
    ]
    columns = [
        tint | {"xref": "x", "x0": at - 0.5, "x1": at + 0.5, "yref": "paper", "y0": 0, "y1": 1}
        for at in heat.empty_columns
    ]
    return rows + columns


def wrap(text: str, width: int) -> tuple[str, ...]:
    """A label in two lines at most, each of at most `width` half-widths: broken between words where it has any,
    else where a Chinese character ends; what two lines do not hold ends in an ellipsis."""
    if units(text) <= width:
        return (text,)
    head = ""
    for piece in re.findall(r"[\u3000-\u9fff\uff00-\uffef]|[^\u3000-\u9fff\uff00-\uffef\s]+\s*|\s+", text):
        if head and units((head + piece).rstrip()) > width:
            break
        head += piece
    rest = text[len(head) :].strip()
    return (head.strip(), shorten(rest, width)) if rest else (head.strip(),)


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

"""Milestones against the plan's period as a Plotly figure: plain dicts, no template.

A row a commitment: a hollow diamond where something was planned, a full dot where it was done, a bar over the
days it was or is late. Only bars and scatters, so that the smallest bundle draws it. Colours are those of the
light theme; static/js/plotly-setup.js exchanges them for the page's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from typing import Any

from charts.heat import shorten
from charts.scale import units

PAPER, SHEET, SERIES, INK, MUTED, LINE = "#ffffff", "#f6f8fa", "#0b5cad", "#16202b", "#55606d", "#d8dee4"
LATE = "#b4450b"
# Pixels: a row beside its name, a row below its name where there is no room beside it, head and foot.
ROW, TALL, HEAD, FOOT = 25, 48, 64, 12
DAY = 86_400_000
# The longest name beside a row and above one, in half-widths.
BESIDE, ABOVE = 40, 42


@dataclass(frozen=True, slots=True)
class GanttMark:
    """One milestone; `told` is what pointing at it says."""

    planned: date
    actual: date | None
    told: str


@dataclass(frozen=True, slots=True)
class GanttRow:
    """A commitment by its name; `silent` says in words why it has no marks."""

    label: str
    address: str
    marks: tuple[GanttMark, ...] = ()
    silent: str = ""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Rows from the top, the plan's period and the day of the page, with the words of these two."""

    rows: tuple[GanttRow, ...]
    starts_on: date
    ends_on: date
    day: date
    period: str
    today: str
    # Names of the marks, for who reads the picture by its parts: planned, done, late.
    words: Sequence[str] = field(default=("计划", "实际", "逾期"))

    @property
    def span(self) -> tuple[date, date]:
        """From the first day to be seen to the last, with room for a mark at either end."""
        days = [day for row in self.rows for mark in row.marks for day in (mark.planned, mark.actual) if day]
        edge = timedelta(days=45)
        return min(self.starts_on, *days, self.day) - edge, max(self.ends_on, *days, self.day) + edge


def height(rows: int, *, tall: bool = False) -> int:
    """Of the picture in pixels, so that its place can be kept."""
    return HEAD + (TALL if tall else ROW) * rows + FOOT


def figure(line: TimeLine) -> dict[str, Any]:
    """Data and layout, and under `narrow` what is other where a name stands above its row."""
    marks = [(at, row, mark) for at, row in enumerate(line.rows) for mark in row.marks]
    done = [found for found in marks if found[2].actual]
    late = [found for found in marks if _end(found[2], line.day) > found[2].planned]
    planned_word, done_word, late_word = line.words
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": late_word,
            "base": [mark.planned.isoformat() for _at, _row, mark in late],
            "x": [(_end(mark, line.day) - mark.planned).days * DAY for _at, _row, mark in late],
            "width": 0.2,
            "marker": {"color": LATE},
            **_told(late),
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": planned_word,
            "x": [mark.planned.isoformat() for _at, _row, mark in marks],
            "marker": {"symbol": "diamond", "size": 12, "color": PAPER, "line": {"color": INK, "width": 1.5}},
            **_told(marks),
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": done_word,
            "x": [mark.actual.isoformat() for _at, _row, mark in done if mark.actual],
            "marker": {"symbol": "circle", "size": 11, "color": SERIES},
            **_told(done),
        },
    ]
    silent = [(at, row) for at, row in enumerate(line.rows) if not row.marks]
    if silent:
        data.append(
            {
                "type": "scatter",
                "mode": "text",
                "x": [line.starts_on.isoformat() for _row in silent],
                "y": [at for at, _row in silent],
                "text": [escape(f" {row.silent}", quote=False) for _at, row in silent],
                "textposition": "middle right",
                "textfont": {"color": MUTED, "size": 12},
                "customdata": [row.address for _at, row in silent],
                "hoverinfo": "skip",
            }
        )
    return {"data": data, "layout": _layout(line), "narrow": _narrow(line)}


def _end(mark: GanttMark, day: date) -> date:
    """When it was done, or the day of the page."""
    return mark.actual or day


def _told(marks: list[tuple[int, GanttRow, GanttMark]]) -> dict[str, Any]:
    return {
        "y": [at for at, _row, _mark in marks],
        "hovertext": [escape(mark.told, quote=False) for _at, _row, mark in marks],
        "hoverinfo": "text",
        "customdata": [row.address for _at, row, _mark in marks],
    }


def _layout(line: TimeLine) -> dict[str, Any]:
    first, last = line.span
    labels = [shorten(row.label, BESIDE) for row in line.rows]
    widest = max((units(label) for label in labels), default=0)
    number = len(line.rows)
    return {
        "height": height(number),
        "margin": {"l": round(widest * 6.6) + 16, "r": 12, "t": HEAD, "b": FOOT},
        "font": {"size": 12, "color": MUTED},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": MUTED,
            "align": "left",
            "namelength": -1,
            "font": {"color": INK, "size": 13},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED, "activecolor": SERIES},
        "barmode": "overlay",
        "xaxis": {
            "type": "date",
            "side": "top",
            "range": [first.isoformat(), last.isoformat()],
            "tickformat": "%Y",
            "dtick": "M12" if (last - first).days < 12 * 366 else "M60",
            "tick0": f"{line.starts_on.year}-01-01",
            "ticklabelmode": "period",
            "gridcolor": LINE,
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis": {
            "range": [number - 0.5, -0.5],
            "tickvals": list(range(number)),
            "ticktext": [escape(label, quote=False) for label in labels],
            "tickfont": {"color": INK, "size": 13},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        "shapes": [_band(line), *_guides(line), _day(line)],
        "annotations": _words(line),
    }


def _narrow(line: TimeLine) -> dict[str, Any]:
    """The axis without names, each name above its row."""
    names = [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": at - 0.18,
            "yanchor": "bottom",
            "showarrow": False,
            "text": escape(shorten(row.label, ABOVE), quote=False),
            "font": {"color": INK, "size": 13},
        }
        for at, row in enumerate(line.rows)
    ]
    number = len(line.rows)
    return {
        "height": height(number, tall=True),
        "margin": {"l": 4, "r": 4, "t": HEAD, "b": FOOT},
        "yaxis": {
            "range": [number - 0.6, -0.7],
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        "annotations": [*_words(line), *names],
    }


def _band(line: TimeLine) -> dict[str, Any]:
    period = {"x0": line.starts_on.isoformat(), "x1": line.ends_on.isoformat()}
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        **period,
        "y0": 0,
        "y1": 1,
        "fillcolor": SHEET,
        "line": {"color": LINE, "width": 1},
        "layer": "below",
    }


def _guides(line: TimeLine) -> list[dict[str, Any]]:
    """A thin line through every row that has marks."""
    style = {"color": LINE, "width": 1}
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "line": style, "layer": "below"}
    return [across | {"y0": at, "y1": at} for at, row in enumerate(line.rows) if row.marks]


def _day(line: TimeLine) -> dict[str, Any]:
    at = line.day.isoformat()
    style = {"color": MUTED, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": style}


def _words(line: TimeLine) -> list[dict[str, Any]]:
    """The period at its beginning and the day at its line, above the years."""
    first, last = line.span
    is_right = (line.day - first) * 2 > last - first
    above = {"yref": "paper", "y": 1, "yshift": 22, "yanchor": "bottom", "showarrow": False}
    font = {"color": MUTED, "size": 12}
    return [
        {"x": line.starts_on.isoformat(), "xanchor": "left", "text": escape(line.period, quote=False)}
        | above
        | {"font": font},
        {
            "x": line.day.isoformat(),
            "xanchor": "right" if is_right else "left",
            "text": escape(line.today, quote=False),
        }
        | above
        | {"font": font | {"color": INK}},
    ]

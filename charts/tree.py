"""A plan as a treemap by state: plain dicts, no template. What nobody reported is hatched, never coloured.

Colours are those of the light theme; static/js/plotly-setup.js exchanges them for the page's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

PAPER, SHEET, INK, MUTED, LINE = "#ffffff", "#f6f8fa", "#16202b", "#55606d", "#d8dee4"
# By look (the CSS class of a state): its colour. Anything else has not been said and is hatched.
LOOKS = {
    "achieved": "#0b6b4a",
    "ahead": "#1f7a3a",
    "on_schedule": "#0b63a8",
    "slightly_behind": "#8a5a00",
    "overshoot": "#8a5a00",
    "behind": "#b4450b",
    "regressed": "#a11d33",
    "missed": "#7d1030",
    "pending": "#5a4bb0",
    "not_assessable": "#5c6672",
}
UNSAID = "no_data"
# Leaves from which on the picture is the higher one.
MANY = 200


@dataclass(frozen=True, slots=True)
class TreePart:
    """One rectangle: a leaf has a look and its sign as label; a branch has its name and the number below it."""

    key: str
    parent: str
    label: str
    told: str
    address: str
    look: str = ""


def figure(parts: Iterable[TreePart]) -> dict[str, Any]:
    """Data and layout; every leaf has the same area, so that an area is a number of commitments.

    Headings keep their size and leaves carry their sign alone: what it is called is told on pointing at it. So
    the picture can be read without colours, and no text is shrunk or left out to fit.
    """
    parts = list(parts)
    looks = [part.look for part in parts]
    leaves = sum(bool(look) for look in looks)
    trace = {
        "type": "treemap",
        "ids": [part.key for part in parts],
        "parents": [part.parent for part in parts],
        "labels": [escape(part.label, quote=False) for part in parts],
        "values": [1 if part.look else 0 for part in parts],
        "customdata": [part.address for part in parts],
        "hovertext": [escape(part.told, quote=False) for part in parts],
        "hoverinfo": "text",
        "textinfo": "label",
        "branchvalues": "remainder",
        "maxdepth": 4,
        "sort": False,
        "tiling": {"packing": "squarify", "pad": 1},
        "pathbar": {"visible": False},
        "marker": {
            "colors": [LOOKS.get(look, SHEET) for look in looks],
            "line": {"color": PAPER, "width": 1},
            "pattern": {
                "shape": ["/" if look == UNSAID else "" for look in looks],
                "fgcolor": LINE,
                "bgcolor": SHEET,
                "size": 6,
                "solidity": 0.4,
            },
            "pad": {"t": 22, "l": 3, "r": 3, "b": 3},
        },
        "textposition": "middle center",
        "textfont": {"color": [PAPER if look in LOOKS else INK for look in looks], "size": 13},
    }
    layout = {
        "height": 640 if leaves > MANY else 460,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "font": {"size": 12, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": MUTED,
            "align": "left",
            "namelength": -1,
            "font": {"color": INK, "size": 13},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED, "activecolor": INK},
    }
    return {"data": [trace], "layout": layout}

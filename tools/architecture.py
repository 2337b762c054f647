"""Draws the rooms and who knows whom: `make picture` writes docs/architecture.svg.

Floors are the layers of the import contract in pyproject.toml; an arrow is wider the more modules import. What the
picture shows is therefore what `lint-imports` holds.
"""

import sys
import tomllib
from collections import Counter
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "architecture.svg"
WIDTH, FLOOR, ROOM, HEIGHT = 1080, 76, 132, 34
INK, LINE, PAPER = "#1d2a3a", "#8a97a8", "#f6f8fb"


def floors() -> list[list[str]]:
    """The rooms of each floor, the highest first."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(row for row in config["tool"]["importlinter"]["contracts"] if row["type"] == "layers")
    return [[room.strip() for room in layer.split("|")] for layer in contract["layers"]]


def imports(rooms: list[str]) -> Counter[tuple[str, str]]:
    """How many modules of one room import one of another."""
    graph = grimp.build_graph(*rooms)
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        room = module.split(".")[0]
        for other in graph.find_modules_directly_imported_by(module):
            if other.split(".")[0] != room:
                found[room, other.split(".")[0]] += 1
    return found


def places(rows: list[list[str]]) -> dict[str, tuple[float, float]]:
    """The middle of each room."""
    found = {}
    for floor, row in enumerate(rows):
        for at, room in enumerate(row):
            found[room] = (WIDTH * (at + 1) / (len(row) + 1), 40 + floor * FLOOR)
    return found


def arrow(start: tuple[float, float], end: tuple[float, float], number: int) -> str:
    """From the foot of one room to the head of another, bent so that those between are seen."""
    (x1, y1), (x2, y2) = start, end
    y1, y2 = y1 + HEIGHT / 2, y2 - HEIGHT / 2
    bend = (y2 - y1) / 2
    width = 0.4 + min(number, 60) / 24
    return (
        f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}" '
        f'fill="none" stroke="{LINE}" stroke-width="{width:.1f}" opacity="0.55"/>'
    )


def draw() -> str:
    rows = floors()
    at = places(rows)
    counted = imports([room for row in rows for room in row])
    height = 40 + len(rows) * FLOOR
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="15">',
        "<title>Rooms on their floors; imports go down only</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        *(arrow(at[room], at[other], number) for (room, other), number in sorted(counted.items())),
    ]
    for room, (x, y) in at.items():
        parts.append(
            f'<rect x="{x - ROOM / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{ROOM}" height="{HEIGHT}" rx="5" '
            f'fill="{PAPER}" stroke="{INK}"/>'
            f'<text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="middle" fill="{INK}">{escape(room)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    TARGET.write_text(draw(), encoding="utf-8")

"""Rows of a file of text whatever its separator; a quote left open and a wrong byte name their row."""

import csv
import io
import re
from collections.abc import Iterator

from tables.cells import BLOCK, MAX_ROWS, Line
from tables.faults import broken

FIRST_LINES = 30


def csv_lines(text: io.TextIOBase) -> Iterator[Line]:
    separator, skipped = _separator(text)
    number = 0
    rows = csv.reader(text, delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(rows, 1):
            if number > MAX_ROWS:
                raise broken("too_many_rows", limit=MAX_ROWS)
            if number > skipped:
                yield number, cells
    except csv.Error as error:
        if "field limit" in str(error):
            raise broken("long_cell", row=number + 1, limit=csv.field_size_limit()) from error
        raise broken("quotes", row=number + 1) from error


def _separator(text: io.TextIOBase) -> tuple[str, int]:
    """What stands between the cells: the mark that most of the first lines have, quoted ones aside, and most often
    in the first of them; and how many lines are no rows: Excel's own `sep=;`."""
    start = text.read(BLOCK // 4)
    text.seek(0)
    lines = start.splitlines()
    if lines and (said := re.fullmatch(r'\ufeff?"?sep=(.)"?[,;\t]*', lines[0], re.IGNORECASE)):
        return said[1], 1
    return _mark_between(lines[:FIRST_LINES]), 0


def _mark_between(lines: list[str]) -> str:
    """A title above a table of tabs may hold a comma; a bar or a Chinese comma stands for want of others only."""
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    for marks in (",;\t", "|，"):
        found = [line for line in bare if any(mark in line for mark in marks)]
        if found:
            return max(marks, key=lambda mark: (sum(mark in line for line in found), found[0].count(mark)))
    return ","


def last_lines(start: str, end: str, number: int) -> list[Line]:
    """The last rows of a file of which only the `end` is looked at, each by itself: nobody knows which quotes are
    open there. `start` says how its cells are separated; the rows have no numbers."""
    separator, _skipped = _separator(io.StringIO(start))
    lines = [line for line in end.splitlines() if line.strip()]
    return [(0, next(csv.reader([line], delimiter=separator))) for line in lines[-number:]]


def pasted_lines(text: str) -> list[Line]:
    """A block as Excel and WPS copy it: tabs between the cells, quotes around one that holds a line break.

    Where there is no tab, they are parted as in a file of text."""
    mark = "\t" if "\t" in text else _mark_between(text.splitlines()[:FIRST_LINES])
    rows = csv.reader(io.StringIO(text.replace("\r\n", "\n"), newline=""), delimiter=mark)
    try:
        return [(number, cells) for number, cells in enumerate(rows, 1) if any(cell.strip() for cell in cells)]
    except csv.Error:
        lines = enumerate(text.splitlines(), 1)
        return [(number, line.split(mark)) for number, line in lines if line.strip()]

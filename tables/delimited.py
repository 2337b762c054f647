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
    """Comma, semicolon or tab: whichever the first row with any of them has most of, quoted ones aside; and how
    many lines are no rows: Excel's own `sep=;`."""
    start = text.read(BLOCK // 4)
    text.seek(0)
    lines = start.splitlines()
    if lines and (said := re.fullmatch(r'\ufeff?"?sep=(.)"?[,;\t]*', lines[0], re.IGNORECASE)):
        return said[1], 1
    for line in lines[:FIRST_LINES]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts = {mark: bare.count(mark) for mark in ",;\t"}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark]), 0
    return ",", 0


def last_lines(start: str, end: str, number: int) -> list[Line]:
    """The last rows of a file of which only the `end` is looked at, each by itself: nobody knows which quotes are
    open there. `start` says how its cells are separated; the rows have no numbers."""
    separator, _skipped = _separator(io.StringIO(start))
    lines = [line for line in end.splitlines() if line.strip()]
    return [(0, next(csv.reader([line], delimiter=separator))) for line in lines[-number:]]


def pasted_lines(text: str) -> list[Line]:
    """A block as Excel and WPS copy it: tabs between the cells, quotes around one that holds a line break."""
    rows = csv.reader(io.StringIO(text.replace("\r\n", "\n"), newline=""), delimiter="\t")
    try:
        return [(number, cells) for number, cells in enumerate(rows, 1) if any(cell.strip() for cell in cells)]
    except csv.Error:
        lines = enumerate(text.splitlines(), 1)
        return [(number, line.split("\t")) for number, line in lines if line.strip()]

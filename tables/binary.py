"""Old and binary workbooks (.xls, .xlsb), read by calamine in a process of its own (`tables.calamine_reader`).

How the cells of an .xls look says xlrd beside it. An .xlsb, and an .xls whose look cannot be read, come without: a
number held as text may hold a footnote mark set as superscript, so it is marked as unsure.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from judging.decimals import plain
from tables.calamine_reader import NO_MEMORY
from tables.cells import (
    FILLED,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    MAX_FILLED,
    MAX_ROWS,
    RAISED,
    SPREAD,
    STRUCK,
    UNSURE_LOOK,
    Cell,
    DayCell,
    Line,
    NumberCell,
    is_blank,
    marked,
)
from tables.faults import BrokenFile, broken
from tables.formats import is_percent, part_of_day_shown, shown
from tables.zipped import broken_workbooks

MAX_BYTES = 100_000_000
# How far from its end a sheet is looked at for its last rows.
LAST_SEEN = 1000
UNSURE = frozenset({UNSURE_LOOK})
NO_MARKS: tuple[tuple[str, ...], str] = ((), "")
HOLDS_NUMBER = re.compile(r"^\s*[-+]?[\d.,]*\d")
PROGRAM = Path(__file__).with_name("calamine_reader.py")


@dataclass
class OtherSheet:
    file: BinaryIO
    name: str
    index: int
    hidden: bool
    format: str
    _rows: int = 1

    @cached_property
    def look(self) -> "SheetLook | None":
        """How its cells look; None where that cannot be seen."""
        if self.format != "xls":
            return None
        try:
            return SheetLook(next(_read(self.file, "look", self.name)))
        except (BrokenFile, StopIteration):
            return None

    @property
    def is_look_unseen(self) -> bool:
        return self.look is None

    def progress(self, row: int) -> float:
        return row / max(1, self._rows)

    def lines(self, width: int, *, first: int = 0) -> Iterator[Line]:
        """`first`: the row to begin with, counting from 0."""
        with broken_workbooks():
            said = _read(self.file, str(self.index), str(first))
            about = next(said)
            self._rows = about["rows"]
            if self._rows > MAX_ROWS:
                raise broken("too_many_rows", limit=MAX_ROWS)
            merged = _Merged(about["merged"], self._rows, width)
            for number, row in enumerate(said, first + 1):
                texts = [_text(value, self.look, number - 1, column) for column, value in enumerate(row[:width])]
                cells = merged.filled(number, texts)
                if not is_blank(cells):
                    yield number, cells

    def last(self, width: int, number: int) -> list[Line]:
        """The last rows with anything in them, for whoever has read some."""
        return list(deque(self.lines(width, first=max(0, self._rows - LAST_SEEN)), number))


class SheetLook:
    """How the cells of a sheet look, by row and column counting from 0."""

    def __init__(self, said: dict[str, Any]):
        self.hidden_rows, self.hidden_columns = set(said["hidden_rows"]), set(said["hidden_columns"])
        self.formats, self.patterns, self.rows = said["formats"], said["patterns"], said["rows"]
        self.marked = said["marked"]

    def of(self, row: int, column: int) -> tuple[str, frozenset[str], str]:
        """The format of a cell's number, its marks, and its text without what is struck out or raised."""
        pattern = self.patterns[self.rows[row]] if row < len(self.rows) else ()
        code = self.formats[pattern[column]] if column < len(pattern) else "General"
        marks, bare = self.marked[str(row)].get(str(column), NO_MARKS) if str(row) in self.marked else NO_MARKS
        if not marks and row not in self.hidden_rows and column not in self.hidden_columns:
            return code, frozenset(), ""
        hidden = {HIDDEN_ROW} if row in self.hidden_rows else set()
        hidden |= {HIDDEN_COLUMN} if column in self.hidden_columns else set()
        return code, frozenset(marks) | hidden, bare


def open_binary(file: BinaryIO, format: str) -> list[OtherSheet]:
    """The worksheets of a workbook calamine can read; raises BrokenFile."""
    with broken_workbooks():
        sheets = next(_read(file, "sheets"))
    return [OtherSheet(file, name, index, hidden, format) for index, name, hidden in sheets]


def _read(file: BinaryIO, *what: str) -> Iterator[Any]:
    """What the reading process says, line by line; raises BrokenFile where it ends otherwise than well."""
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        command = [sys.executable, "-I", str(PROGRAM), *what]
        places = {"stdin": copy, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **places) as process:
            try:
                for line in process.stdout:
                    yield json.loads(line)
            except GeneratorExit:
                process.kill()
                raise
        if process.returncode:
            raise broken(why_ended(process.returncode))


def why_ended(code: int) -> str:
    """Why the reading process did not come to its end: out of time or memory, or a file it cannot read."""
    return "too_much_work" if code in (-signal.SIGXCPU, NO_MEMORY) else "broken_workbook"


class _Merged:
    """Merged cells, filled as their rows come by."""

    def __init__(self, ranges: list, rows: int, width: int):
        self.width, area = width, 0
        self.starting: dict[int, list] = {}
        for (top, left), (bottom, right) in ranges:
            if left < width:
                self.starting.setdefault(top + 1, []).append([left, min(right, width - 1), bottom + 1, ""])
                area += (min(bottom, rows) - top + 1) * (min(right, width - 1) - left + 1)
        if area > MAX_FILLED:
            raise broken("too_many_merged", limit=MAX_FILLED)
        self.open: list[list] = []

    def filled(self, row: int, cells: list[str]) -> list[str]:
        self.open = [area for area in self.open if area[2] >= row]
        for area in self.starting.get(row, []):
            area[3] = cells[area[0]] if area[0] < len(cells) else ""
            if area[3].strip():
                cells[area[0]] = marked(area[3], SPREAD)
                area[3] = marked(area[3], FILLED)
                self.open.append(area)
        for left, right, _bottom, text in self.open:
            cells += [""] * (right + 1 - len(cells))
            for column in range(left, right + 1):
                if not cells[column].strip():
                    cells[column] = text
        return cells


def _text(value: Any, look: SheetLook | None, row: int, column: int) -> str:
    if value is None:
        return ""
    if look is None:
        return _unsure(value)
    code, marks, bare = look.of(row, column)
    cell = value if isinstance(value, str) else _typed(*value, code)
    if not marks:
        return cell
    kind = type(cell) if isinstance(cell, Cell) else Cell
    is_marked = marks & {RAISED, STRUCK}
    return kind(cell, marks=marks, bare=bare if is_marked else None, shown=getattr(cell, "shown", None))


def _unsure(value: Any) -> str:
    if isinstance(value, str):
        return Cell(value, marks=UNSURE) if len(value) < 40 and HOLDS_NUMBER.search(value) else value
    return _typed(*value, "General")


def _typed(kind: str, text: str, code: str) -> Cell:
    """A day or a number; `code`: its format."""
    if kind == "day":
        return DayCell(text, shown={"year": text[:4], "month": text[:7]}.get(part_of_day_shown(code)))
    # Fifteen digits are what Excel itself keeps.
    number = Decimal(f"{float(text):.15g}")
    look = None if code == "General" else shown(number, code)
    return NumberCell(f"{plain(number * 100)}%" if is_percent(code) else plain(number), shown=look)

"""Old and binary workbooks (.xls, .xlsb), read by calamine. They come whole into memory, and without the look of
their cells: a number held as text may hold a footnote mark set as superscript, so it is marked as unsure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

from judging.decimals import plain
from tables.cells import FILLED, MAX_ROWS, SPREAD, UNSURE_LOOK, Cell, DayCell, Line, NumberCell, is_blank, marked
from tables.faults import broken
from tables.zipped import broken_workbooks

MAX_BYTES = 100_000_000
UNSURE = frozenset({UNSURE_LOOK})
HOLDS_NUMBER = re.compile(r"^\s*[-+]?[\d.,]*\d")


@dataclass
class OtherSheet:
    book: Any
    name: str
    index: int
    hidden: bool
    _rows: int = 1

    def progress(self, row: int) -> float:
        return row / max(1, self._rows)

    def lines(self, width: int) -> Iterator[Line]:
        with broken_workbooks():
            sheet = self.book.get_sheet_by_index(self.index)
            self._rows = sheet.total_height
            if self._rows > MAX_ROWS:
                raise broken("too_many_rows", limit=MAX_ROWS)
            merged = _merged(sheet, width)
            for number, row in enumerate(sheet.iter_rows(), 1):
                cells = [_text(value) for value in row[:width]]
                for column, (kind, text) in merged.get(number, {}).items():
                    cells += [""] * (column + 1 - len(cells))
                    if kind == SPREAD or not cells[column].strip():
                        cells[column] = marked(cells[column] if kind == SPREAD else text, kind)
                if not is_blank(cells):
                    yield number, cells


def open_binary(file: BinaryIO) -> list[OtherSheet]:
    """The worksheets of a workbook calamine can read; raises BrokenFile."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with broken_workbooks():
        book = CalamineWorkbook.from_filelike(file)
        return [
            OtherSheet(book, found.name, index, found.visible != SheetVisibleEnum.Visible)
            for index, found in enumerate(book.sheets_metadata)
            if found.typ == SheetTypeEnum.WorkSheet
        ]


def _merged(sheet: Any, width: int) -> dict[int, dict[int, tuple[str, str]]]:
    """Row → column → what a merged cell is there, and the text of its first."""
    ranges = sheet.merged_cell_ranges or []
    found: dict[int, dict[int, tuple[str, str]]] = {}
    if not ranges:
        return found
    rows = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in ranges[:100_000]:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        text = _text(rows[top][left])
        if not text.strip():
            continue
        for row in range(top, min(bottom, len(rows) - 1) + 1):
            for column in range(left, min(right, width - 1) + 1):
                kind = SPREAD if (row, column) == (top, left) else FILLED
                found.setdefault(row + 1, {})[column] = (kind, text)
    return found


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return Cell(value, marks=UNSURE) if HOLDS_NUMBER.search(value) and len(value) < 40 else value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return NumberCell(str(value))
    if isinstance(value, float):
        return NumberCell(plain(Decimal(f"{value:.15g}")))
    if isinstance(value, datetime):
        return DayCell(value.date().isoformat() if value.time() == time() else value.isoformat(" "))
    if isinstance(value, date | time):
        return DayCell(value.isoformat())
    if isinstance(value, timedelta):
        return DayCell(str(value))
    return str(value)

"""The first visible sheet of an XLSX, streamed; a workbook is a zip from a stranger and is looked at first."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from indicators.files.faults import BrokenFile, broken
from indicators.files.lines import BLOCK, MAX_ROWS, FormulaCell, Line, NumberCell
from judging.decimals import plain

# XML packs ten to one, rarely thirty to one; a bomb packs a thousand to one.
MAX_RATIO = 100
MAX_UNPACKED = 1_000_000_000
# The one part that is held in memory: every text the cells share.
MAX_SHARED_STRINGS = 100_000_000
CONTENTS = "[Content_Types].xml"
# How a workbook writes what XML cannot hold, a carriage return most of all; _x005F_ is the underscore itself.
WRITTEN = re.compile("_x([0-9A-Fa-f]{4})_")
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


class Sheet:
    """One sheet, readable more than once."""

    def __init__(self, values: Any, formulas: Any | None):
        self._values, self._formulas = values, formulas
        self._rows = values.max_row or MAX_ROWS
        # Where days count from 1904 a bare number is not taken for one (cells.read_day).
        self._number = NumberCell if values.parent.epoch.year < 1904 else str
        for sheet in filter(None, (values, formulas)):
            # What a file says of its own extent is not believed.
            sheet.reset_dimensions()

    def progress(self, row: int) -> float:
        return row / self._rows

    def lines(self, width: int) -> Iterator[Line]:
        rows = self._values.iter_rows(max_col=width)
        formulas = self._formulas.iter_rows(max_col=width) if self._formulas else None
        with broken_workbooks():
            for number, row in enumerate(rows, 1):
                if number > MAX_ROWS:
                    raise broken("too_many_rows", limit=MAX_ROWS)
                cells = [_text(cell, self._number) for cell in row]
                if formulas is not None:
                    cells = [_result(*pair) for pair in zip(cells, next(formulas), strict=False)]
                yield number, cells


@contextmanager
def open_workbook(file: BinaryIO) -> Iterator[Sheet]:
    """The first visible sheet; raises BrokenFile for macros, bombs and what is no workbook."""
    has_formulas = _inspect(file)
    import openpyxl

    books = []
    try:
        with broken_workbooks():
            for data_only in (True, False) if has_formulas else (True,):
                books.append(openpyxl.load_workbook(file, read_only=True, data_only=data_only, keep_links=False))
            sheets = [
                next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
                for book in books
            ]
        if sheets[0] is None:
            raise broken("no_sheet")
        yield Sheet(sheets[0], sheets[1] if has_formulas else None)
    finally:
        for book in books:
            # The archive shares the caller's file, which closing leaves open.
            book.close()


@contextmanager
def broken_workbooks() -> Iterator[None]:
    """zipfile and openpyxl raise whatever they stumbled over raises (zlib.error, struct.error, KeyError …): a
    damaged file has no type of its own."""
    try:
        yield
    except (BrokenFile, MemoryError):
        raise
    except Exception as error:
        raise broken("broken_workbook") from error


def _inspect(file: BinaryIO) -> bool:
    """Looks at the archive before anything is unpacked; whether any sheet holds a formula."""
    with broken_workbooks(), zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        names = {part.filename.lower() for part in parts}
        unpacked = sum(part.file_size for part in parts)
        packed = max(10_000, sum(part.compress_size for part in parts))
        if unpacked > min(MAX_UNPACKED, MAX_RATIO * packed):
            raise broken("bomb")
        if any(part.file_size > MAX_SHARED_STRINGS for part in _shared_strings(archive, parts)):
            raise broken("bomb")
        if any(name.endswith("vbaproject.bin") for name in names):
            raise broken("macros")
        if "xl/workbook.xml" not in names:
            raise broken("not_workbook")
        sheets = [part for part in parts if part.filename.lower().startswith("xl/worksheets/")]
        return any(_holds_formula(archive, part) for part in sheets)


def _shared_strings(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The part that is read into memory, by whatever name the table of contents gives it."""
    contents = next((part for part in parts if part.filename == CONTENTS), None)
    if contents is None or contents.file_size > BLOCK:
        raise broken("not_workbook")
    named = {
        match[1].decode("utf-8", "replace").lstrip("/")
        for entry in re.findall(rb"<[^>]*sharedStrings\+xml[^>]*>", archive.read(contents))
        if (match := re.search(rb"PartName\s*=\s*[\"']([^\"']+)", entry))
    }
    return [
        part for part in parts if part.filename in named or part.filename.lower().endswith("sharedstrings.xml")
    ]


def _holds_formula(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            if FORMULA.search(tail + block):
                return True
            tail = block[-32:]
    return False


def _result(text: str, formula: Any) -> str:
    """A cell's text, or the formula itself where no result of it was kept."""
    if not text and formula.data_type == "f" and formula.value is not None:
        return FormulaCell(formula.value)
    return text


def _text(cell: Any, number_cell: type[str]) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return WRITTEN.sub(lambda found: chr(int(found[1], 16)), value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        # Fifteen digits are what Excel itself keeps: 0.1 + 0.2 is 0.3 there.
        number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
        if _is_percent(cell.number_format):
            return number_cell(f"{plain(number * 100)}%")
        return number_cell(plain(number))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@lru_cache(maxsize=256)
def _is_percent(number_format: str) -> bool:
    """Whether a number format shows per cent: 0.00%, but not 0.00"%"."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", number_format)

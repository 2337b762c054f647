"""A table somebody hands in, read row by row from disk: CSV as Excel and WPS write it, or XLSX.

What a file is says its content, never its name. Rows are numbered as a spreadsheet counts. What the cells
mean is for `indicators.files.importing`; here they are text, with two kinds marked (NumberCell, FormulaCell).
"""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

from indicators.files.faults import broken
from indicators.files.lines import BLOCK, MAX_ROWS, Line
from indicators.files.workbook import open_workbook
from texts.cleaning import kept_text

MAX_COLUMNS = 200
# A template's hidden first row: `id:component`, so that its headings may be translated or moved.
ID_MARK = "id:"
TITLE_ROWS = 10


@dataclass
class TableFile:
    """An open file. `lines` yields (row number, cells) below the headings, blank rows left out."""

    format: str
    encoding: str
    headings: list[str]
    ids: list[str]
    lines: Iterator[Line]
    strict_width: bool
    _progress: Callable[[int], float] = field(repr=False)

    def progress(self, row: int) -> float:
        """Share read so far, 0 to 1; an estimate."""
        return min(1.0, self._progress(row))


@contextmanager
def open_table(
    file: BinaryIO, *, is_heading: Callable[[list[str]], bool], max_bytes: int | None = None
) -> Iterator[TableFile]:
    """Opens a seekable file and finds its headings; raises BrokenFile for what is no table.

    `is_heading` knows a heading row when it sees one, so that a title above it is passed over.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if max_bytes and size > max_bytes:
        raise broken("too_large", size=-(-size // 1_000_000), limit=max_bytes // 1_000_000)
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise broken("old_excel")
    if start.startswith(b"PK"):
        with open_workbook(file) as sheet:
            head, lines = _below_headings(sheet.lines(MAX_COLUMNS + 1), is_heading)
            _check_width(head.headings)
            # Read again from the top, now that the width is known: cells beyond it are nobody's.
            lines = _after(sheet.lines(max(1, len(head.headings))), head.row)
            yield TableFile("xlsx", "", head.headings, head.ids, lines, False, sheet.progress)
        return
    encoding = _encoding(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        head, lines = _below_headings(_csv_lines(text, encoding), is_heading)
        _check_width(head.headings)
        yield TableFile(
            "csv", encoding, head.headings, head.ids, lines, True, lambda row: file.tell() / max(1, size)
        )
    finally:
        text.detach()


@dataclass
class _Head:
    row: int
    headings: list[str]
    ids: list[str]


def _below_headings(
    lines: Iterator[Line], is_heading: Callable[[list[str]], bool]
) -> tuple[_Head, Iterator[Line]]:
    """The heading row and what follows it: a hidden row of ids, or the first row that looks like headings."""
    lines = (line for line in lines if any(cell.strip() for cell in line[1]))
    first: list[Line] = []
    for number, cells in lines:
        if any(cell.startswith(ID_MARK) for cell in cells):
            row, headings = next(lines, (number, []))
            ids = [cell.removeprefix(ID_MARK).strip() if cell.startswith(ID_MARK) else "" for cell in cells]
            width = max(len(_trimmed(ids)), len(_trimmed(headings)))
            return _Head(row, _cleaned(_padded(headings, width)), _cleaned(_padded(ids, width))), lines
        first.append((number, cells))
        if is_heading(cells) or len(first) == TITLE_ROWS:
            break
    if not first:
        raise broken("empty_file")
    place = next((i for i, (_, cells) in enumerate(first) if is_heading(cells)), 0)
    row, headings = first[place]
    return _Head(row, _cleaned(_trimmed(headings)), []), chain(first[place + 1 :], lines)


def _after(lines: Iterator[Line], row: int) -> Iterator[Line]:
    return (line for line in lines if line[0] > row and any(cell.strip() for cell in line[1]))


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    width = max((i for i, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:width]


def _padded(cells: list[str], width: int) -> list[str]:
    return (cells + [""] * width)[:width]


def _cleaned(headings: list[str]) -> list[str]:
    """A heading is looked up and shown, and is no text of ours: nothing in it is a reason to refuse a file."""
    return [kept_text(heading, lines=False) for heading in headings]


def _check_width(headings: list[str]) -> None:
    if len(headings) > MAX_COLUMNS:
        raise broken("too_many_columns", limit=MAX_COLUMNS)


def _csv_lines(text: io.TextIOWrapper, encoding: str) -> Iterator[Line]:
    """Rows of a CSV whatever its separator; a quote left open and a wrong byte name their row."""
    separator = _separator(text)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=separator, strict=True), 1):
            if number > MAX_ROWS:
                raise broken("too_many_rows", limit=MAX_ROWS)
            yield number, cells
    except csv.Error as error:
        if "field limit" in str(error):
            raise broken("long_cell", row=number + 1, limit=csv.field_size_limit()) from error
        raise broken("quotes", row=number + 1) from error


def _separator(text: io.TextIOWrapper) -> str:
    """Comma, semicolon or tab: whichever the first row with any of them has most of, quoted ones aside."""
    start = text.read(BLOCK // 4)
    text.seek(0)
    for line in start.splitlines()[:TITLE_ROWS]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts = {mark: bare.count(mark) for mark in ",;\t"}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return ","


def _encoding(file: BinaryIO) -> str:
    """UTF-8 with or without a mark, else GB18030; the whole file is held to it before a row is read.

    Once the file has shown a character that only UTF-8 writes so, a wrong byte is a fault and not a reason to
    take the rest for GB18030, which decodes almost anything.
    """
    start = file.read(len(BOM_UTF8))
    file.seek(0)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise broken("utf16")
    sure, line = _decodes(file, "utf-8")
    if line is None:
        return "utf-8-sig"
    if sure:
        raise broken("wrong_byte", row=line, line=line, encoding="UTF-8")
    sure, line = _decodes(file, "gb18030")
    if line is None:
        return "gb18030"
    if sure:
        raise broken("wrong_byte", row=line, line=line, encoding="GB18030")
    raise broken("encoding")


def _decodes(file: BinaryIO, encoding: str) -> tuple[bool, int | None]:
    """Whether a character beyond ASCII came out right, and the line of the first wrong byte or None."""
    decoder = getincrementaldecoder(encoding)()
    sure, line, ended = False, 1, False
    file.seek(0)
    try:
        while not ended:
            block = file.read(BLOCK)
            if b"\0" in block:
                raise broken("not_text", value="NUL")
            ended = not block
            try:
                text = decoder.decode(block, final=ended)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                return sure or not good.isascii(), line + good.count(b"\n")
            sure = sure or not text.isascii()
            line += text.count("\n")
    finally:
        file.seek(0)
    return sure, None

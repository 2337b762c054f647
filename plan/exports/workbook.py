"""Reports as Excel workbooks: typed cells, a frozen heading, a sheet that says what the numbers are.

The same rows give the same bytes: nothing in the file speaks of the moment it was made.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain, islice
from typing import IO, Any
from unicodedata import east_asian_width

from judging.decimals import plain
from plan.columns import NUMBERS, Columns, Type
from texts.xml import xml_safe

# Excel's own limit, the heading included.
MOST_ROWS = 1_048_575
# One moment for every file: the earliest that a zip can hold.
STAMP = (1980, 1, 1, 0, 0, 0)
CREATED = datetime(1980, 1, 1)
# Widths in characters, a Chinese one counting two: a column is as wide as its heading and first rows ask, within
# these; what is longer is wrapped. A page of A4 on its side holds so many at a size one can read.
NARROWEST, WIDEST, MEASURED, PAGE_WIDTH = 8, 44, 200, 220
ROOM, A4 = 2, 9
# In a workbook _x000B_ stands for a character; a text that reads so is written with its own underscore escaped.
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
SIXTY_FOUR_K = 1 << 16


def workbook(
    columns: Columns, rows: Iterable[dict[str, Any]], notes: Iterable[tuple[str, str]], *, title: str, header: str
) -> IO[bytes]:
    """The workbook as an open file at its beginning; rows are written as they come, never held together.

    `notes` are read when the rows are over, so that they may count them. Raises ValueError beyond MOST_ROWS.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "规划跟踪"
    book.properties.title = xml_safe(title)
    book.properties.created = CREATED
    data = book.create_sheet("数据")
    data.freeze_panes = "A2"
    rows = iter(rows)
    first = list(islice(rows, MEASURED))
    widths = {name: _width(column.heading(header), first, name) for name, column in columns.items()}
    for number, width in enumerate(widths.values(), start=1):
        data.column_dimensions[_letter(number)].width = width
    _set_up_print(data, sum(widths.values()))
    long = {name for name, width in widths.items() if width == WIDEST}
    data.append(_headings(data, [column.heading(header) for column in columns.values()]))
    number = 0
    for number, row in enumerate(chain(first, rows), start=1):
        if number > MOST_ROWS:
            raise ValueError(f"more than {MOST_ROWS} rows")
        cells = {name: _cell(data, column.type, row[name]) for name, column in columns.items()}
        for name in long:
            _wrap(cells[name])
        data.append(list(cells.values()))
    data.auto_filter.ref = f"A1:{_letter(len(columns))}{number + 1}"
    told = book.create_sheet("说明")
    _set_up_print(told, 0, head="")
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 18, 90
    for label, text in notes:
        told.append([_text(told, label), _wrap(_text(told, text))])
    raw = tempfile.TemporaryFile()  # noqa: SIM115 - handed on, closed there
    book.save(raw)
    return without_moments(raw)


def _width(heading: str, rows: list[dict[str, Any]], name: str) -> int:
    """As wide as half the heading, which may take two lines, and as the longest line of what stands below it."""
    needed = [(_characters(heading) + 1) // 2, *(_characters(_shown(row[name])) for row in rows)]
    return min(WIDEST, max(NARROWEST, *needed) + ROOM)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else plain(value) if isinstance(value, Decimal) else str(value)


def _characters(text: str) -> int:
    """The characters of the longest line, wide ones as two."""
    lines = text.splitlines() or [""]
    return max(sum(2 if east_asian_width(char) in "WF" else 1 for char in line) for line in lines)


def _set_up_print(sheet, width: int, head: str = "1:1") -> None:
    """A4 on its side, as few pages wide as can be read, with the heading, and where there are several the first
    column, on each, and their number below."""
    from openpyxl.worksheet.properties import PageSetupProperties

    across = max(1, -(-width // PAGE_WIDTH))
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = across, 0
    if head:
        sheet.print_title_rows = head
    if across > 1:
        sheet.print_title_cols = "A:A"
    sheet.oddFooter.center.text = "&P / &N"


def _wrap(cell):
    from openpyxl.styles import Alignment

    if cell is not None:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(number)


def _headings(sheet, words: Iterable[str]) -> list:
    from openpyxl.styles import Alignment, Font, PatternFill

    cells = [_text(sheet, word) for word in words]
    for cell in cells:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFE8EDF2")
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cells


def sheet_text(text: str) -> str:
    """A text as a cell can hold it."""
    return ESCAPE.sub("_x005F_", xml_safe(text))[:32_767]


def _text(sheet, text: str):
    """A cell that holds text whatever it begins with: never a formula."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=sheet_text(text))
    cell.data_type = "s"
    if text.startswith("'"):
        # As Excel marks what is literal text: this apostrophe is the text's own, not that of a guarded CSV.
        cell.quotePrefix = True
    return cell


def _cell(sheet, type: Type, value: Any):
    """A number as a number, a day as a day, everything else as text; what is missing stays empty."""
    from openpyxl.cell import WriteOnlyCell

    if value is None or value == "":
        return None
    if isinstance(value, list):
        return _text(sheet, "、".join(value))
    if type in NUMBERS and (number := _number(value)) is not None:
        cell = WriteOnlyCell(sheet, value=number)
        cell.number_format = "0" if type is Type.YEAR else "General"
        return cell
    if type is Type.DAY and (day := _day(value)) is not None:
        cell = WriteOnlyCell(sheet, value=day)
        cell.number_format = "yyyy-mm-dd"
        return cell
    return _text(sheet, str(value))


def _number(value: Any) -> int | Decimal | None:
    if isinstance(value, int):
        return value
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number.normalize() if number.is_finite() else None


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def without_moments(raw: IO[bytes]) -> IO[bytes]:
    """The same zip with one moment throughout."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with raw, zipfile.ZipFile(raw) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            entry.file_size = made.getinfo(name).file_size  # tells whether the entry needs a large one's form
            with made.open(name) as source, fixed.open(entry, "w") as target:
                for block in _blocks(source, name):
                    target.write(block)
    out.seek(0)
    return out


def _blocks(source: IO[bytes], name: str) -> Iterator[bytes]:
    if name == "docProps/core.xml":
        moment = CREATED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        yield MODIFIED.sub(rb"\g<1>" + moment, source.read())
        return
    while block := source.read(SIXTY_FOUR_K):
        yield block

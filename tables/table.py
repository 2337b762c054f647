"""A table with its headings: the sheet that holds one, what stands above it, and its rows one by one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from tables.binary import OtherSheet
from tables.cells import Line, is_blank
from tables.faults import broken
from tables.opening import AnySheet, Book, first_rows, last_rows, open_book, progress_of
from texts.cleaning import kept_text

MAX_COLUMNS = 200
# A template's hidden first row: `id:component`, so that its headings may be translated or moved.
ID_MARK = "id:"
# Titles, notes and units stand above the headings, rarely more than a few.
TITLE_ROWS = 20
# As notes and sources stand below a table.
FOOT_ROWS = 20
# A workbook may open with a page of instructions; the table is on one of its first sheets.
SHEETS_TRIED = 30

# May have a second opinion, `perhaps`, which is asked where no row is a heading for certain.
IsHeading = Callable[[list[str]], bool]


@dataclass
class TableFile:
    """An open file. `lines` yields (row number, cells) below the headings, blank rows left out.

    `head` is the heading row as found, `above` the rows over it, `others` the visible sheets that are not read and
    `hidden` those that nobody sees;
    `outside` what whoever opened it knows of it that does not stand in it.
    """

    format: str
    encoding: str
    headings: list[str]
    ids: list[str]
    lines: Iterator[Line]
    strict_width: bool
    _progress: Callable[[int], float] = field(repr=False)
    sheet: str = ""
    head: Line = (0, [])
    above: list[Line] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    foot: Callable[[], list[Line]] = field(default=list, repr=False)  # its last rows, some without their numbers
    outside: list[Any] = field(default_factory=list)
    is_look_unseen: bool = False  # a file that does not say how it shows its cells

    def progress(self, row: int) -> float:
        """Share read so far, 0 to 1; an estimate."""
        return self._progress(row)


@contextmanager
def open_table(
    file: BinaryIO, *, is_heading: IsHeading, max_bytes: int | None = None, encoding: str = "", sheet: str = ""
) -> Iterator[TableFile]:
    """Opens a seekable file and finds its headings; raises BrokenFile for what is no table.

    `is_heading` knows a heading row when it sees one, so that a title above it is passed over and the right sheet
    is found; `sheet` and `encoding` are what a person chose where the file leaves them open.
    """
    with open_book(file, max_bytes=max_bytes, encoding=encoding) as book:
        chosen, head = _choose(book, is_heading, sheet)
        _check_width(head.headings)
        # Read again from the top; what stands beside the headings is seen, what stands far away is not.
        lines = _after(chosen.lines(MAX_COLUMNS + 1), head.row)
        others = [other.name for other in book.visible if other is not chosen]
        yield TableFile(
            book.format,
            book.encoding,
            head.headings,
            head.ids,
            lines,
            book.strict_width,
            progress_of(chosen),
            sheet=chosen.name,
            head=(head.row, head.cells),
            above=head.above,
            others=others,
            hidden=[sheet.name for sheet in book.sheets if sheet.hidden and book.format != "html"],
            foot=lambda: last_rows(chosen, MAX_COLUMNS + 1, FOOT_ROWS),
            is_look_unseen=isinstance(chosen, OtherSheet) and chosen.is_look_unseen,
        )


def table_of(lines: list[Line], *, is_heading: IsHeading) -> TableFile | None:
    """A table that was pasted and is no file; None where no row of it heads one."""
    head = _head_of(lines[:TITLE_ROWS], is_heading)
    if head is None or not head.sure:
        return None
    below = iter([line for line in lines if line[0] > head.row])
    place = (head.row, head.cells)
    return TableFile(
        "pasted",
        "",
        head.headings,
        head.ids,
        below,
        False,
        lambda row: 1.0,
        head=place,
        above=head.above,
        foot=lambda: lines[-FOOT_ROWS:],
    )


@dataclass
class _Head:
    row: int
    cells: list[str]
    headings: list[str]
    ids: list[str]
    above: list[Line]
    sure: bool


def _choose(book: Book, is_heading: IsHeading, name: str) -> tuple[AnySheet, _Head]:
    """The sheet a person named, else the first visible one with headings, else the first with anything in it.

    Raises BrokenFile where there is none of that name: another in its place is not what was asked for.
    """
    found: tuple[AnySheet, _Head] | None = None
    sheets = [sheet for sheet in book.visible if _is_called(sheet, name)] if name else book.visible[:SHEETS_TRIED]
    if name and not sheets:
        listed = "、".join(sheet.name for sheet in book.visible[:SHEETS_TRIED] if sheet.name) or "—"
        raise broken("no_such_sheet", value=name[:100], sheet=name[:100], names=listed)
    for sheet in sheets:
        head = _head_of(first_rows(sheet, MAX_COLUMNS + 1, TITLE_ROWS), is_heading)
        if head and head.sure:
            return sheet, head
        found = found or (head and (sheet, head))
    if found is None:
        raise broken("empty_file")
    return found


def _is_called(sheet: AnySheet, name: str) -> bool:
    """Whether a sheet has a name, as it stands in the file or as it was kept."""
    return sheet.name == name or kept_text(sheet.name, lines=False).strip() == name.strip()


def _head_of(first: list[Line], is_heading: IsHeading) -> _Head | None:
    """The heading row: below a hidden row of ids, or the first row that looks like headings."""
    for place, (_number, cells) in enumerate(first):
        if any(cell.startswith(ID_MARK) for cell in cells):
            row, headings = first[place + 1] if place + 1 < len(first) else (first[place][0], [])
            ids = [cell.removeprefix(ID_MARK).strip() if cell.startswith(ID_MARK) else "" for cell in cells]
            width = max(len(_trimmed(ids)), len(_trimmed(headings)))
            cells = _padded(headings, width)
            return _Head(row, cells, _cleaned(cells), _cleaned(_padded(ids, width)), first[:place], True)
        if is_heading(cells):
            break
    if not first:
        return None
    finders = (is_heading, getattr(is_heading, "perhaps", None))
    found = (i for finder in finders if finder for i, (_, cells) in enumerate(first) if finder(cells))
    place = next(found, -1)
    row, cells = first[max(0, place)]
    cells = _trimmed(cells)
    return _Head(row, cells, _cleaned(cells), [], first[: max(0, place)], place >= 0)


def _after(lines: Iterator[Line], row: int) -> Iterator[Line]:
    return (line for line in lines if line[0] > row and not is_blank(line[1]))


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

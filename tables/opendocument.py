"""The sheets of an .ods, streamed row by row: it keeps what a cell shows beside what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from judging.decimals import plain
from tables.cells import (
    FILLED,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    MAX_FILLED,
    MAX_ROWS,
    RAISED,
    SPREAD,
    STRUCK,
    Cell,
    DayCell,
    EmptyResult,
    FormulaCell,
    Line,
    NumberCell,
    marked,
    marks_of,
    narrow,
)
from tables.faults import broken
from tables.formats import SIZE_WORDS
from tables.zipped import Archive, broken_workbooks, local, parser
from texts.numbers import whole_number

CONTENT, STYLES = "content.xml", "styles.xml"
NUMBERS = ("float", "percentage", "currency")
HIDDEN = ("collapse", "filter")


@dataclass
class OdsSheet:
    book: "OdsBook"
    name: str
    hidden: bool
    index: int

    def progress(self, row: int) -> float:
        return min(1.0, row / MAX_ROWS)

    def lines(self, width: int) -> Iterator[Line]:
        with broken_workbooks():
            yield from _TableRows(self.book, self.index, width).rows()


class OdsBook:
    """An opened .ods: its tables in their order, and which styles strike out, raise or hide."""

    def __init__(self, archive: Archive):
        self.archive = archive
        archive.check()
        self.raised: set[str] = set()
        self.struck: set[str] = set()
        hidden_tables: set[str] = set()
        self.sheets: list[OdsSheet] = []
        self.style = ""
        depth = [0]

        def start(tag, attributes):
            named = {local(name): value for name, value in attributes.items()}
            self._read_style(tag, named)
            if tag == "table-properties" and named.get("display") == "false":
                hidden_tables.add(self.style)
            elif tag == "table":
                if not depth[0]:
                    hidden = named.get("style-name", "") in hidden_tables
                    self.sheets.append(OdsSheet(self, named.get("name", ""), hidden, len(self.sheets)))
                depth[0] += 1

        def end(tag):
            if tag == "table":
                depth[0] -= 1

        # Styles with a name of their own are kept apart from those of single cells, which may build on them.
        for part in (STYLES, CONTENT):
            if part in archive:
                made = parser(start, end)
                for block in archive.blocks(part):
                    made.Parse(block)
                made.Parse(b"", True)

    def _read_style(self, tag: str, named: dict[str, str]) -> None:
        """Which styles raise or strike out; one that builds on another does what that one does."""
        if tag in ("style", "default-style"):
            self.style = named.get("name", "")
            for styles in (self.raised, self.struck):
                if named.get("parent-style-name", "") in styles:
                    styles.add(self.style)
        elif tag == "text-properties":
            if named.get("text-position", "0%").split()[0] not in ("0%", "0"):
                self.raised.add(self.style)
            lines = (named.get("text-line-through-style", "none"), named.get("text-line-through-type", "none"))
            if lines != ("none", "none"):
                self.struck.add(self.style)


@dataclass
class _OdsCell:
    """A cell that is coming by."""

    attributes: dict[str, str]
    covered: bool = False
    pieces: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)

    def look(self, book: OdsBook) -> set[str]:
        """What the style of the whole cell does to its text."""
        style = self.attributes.get("style-name", "")
        return {mark for mark, styles in ((RAISED, book.raised), (STRUCK, book.struck)) if style in styles}

    def number(self, name: str) -> int:
        return whole_number(self.attributes.get(name, "1"), low=1) or 1


class _TableRows:
    def __init__(self, book: OdsBook, index: int, width: int):
        self.book, self.index, self.width = book, index, width
        self.table = -1
        self.depth = self.row = 0
        self.repeated = 1
        self.row_hidden = False
        self.cells: list[str] = []
        self.cell: _OdsCell | None = None
        self.spans: list[set[str]] = []
        self.hidden_columns: set[int] = set()
        self.column = 0
        self.silent = 0
        self.over: dict[int, tuple[int, str]] = {}  # column → (last row, text) of a merged cell above
        self.filled = 0  # cells that are there by merging
        self.done: list[tuple[int, list[str], int]] = []  # row, cells, how many times

    def rows(self) -> Iterator[Line]:
        made = parser(self.start, self.end, self.text)
        for block in self.book.archive.blocks(CONTENT):
            made.Parse(block)
            yield from self._said()
            if self.table > self.index:
                return
        made.Parse(b"", True)
        yield from self._said()

    def _said(self) -> Iterator[Line]:
        """A row that is there many times is written once, and comes as often as it is there."""
        for row, cells, times in self.done:
            for number in range(row, row + times):
                if number > MAX_ROWS:
                    raise broken("too_many_rows", limit=MAX_ROWS)
                yield number, list(cells)
        self.done.clear()

    def start(self, tag, attributes):
        if tag == "table":
            self.depth += 1
            self.table += self.depth == 1
            return
        if self.depth != 1 or self.table != self.index:
            return
        named = {local(name): value for name, value in attributes.items()}
        if tag == "table-column":
            number = whole_number(named.get("number-columns-repeated", "1"), low=1) or 1
            if named.get("visibility") in HIDDEN:
                self.hidden_columns |= set(range(self.column, min(self.width, self.column + number)))
            self.column += number
        elif tag == "table-row":
            self.row += 1
            self.repeated = whole_number(named.get("number-rows-repeated", "1"), low=1) or 1
            self.row_hidden, self.cells = named.get("visibility") in HIDDEN, []
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell, self.spans = _OdsCell(named, tag == "covered-table-cell"), []
        elif self.cell is not None:
            self._inside(tag, named)

    def _inside(self, tag, named):
        if tag == "annotation":
            self.silent += 1
        elif tag == "p" and self.cell.pieces:
            self._say("\n")
        elif tag == "span":
            style = named.get("style-name", "")
            raised, struck = style in self.book.raised, style in self.book.struck
            self.spans.append({mark for mark, holds in ((RAISED, raised), (STRUCK, struck)) if holds})
        elif tag in ("s", "tab", "line-break"):
            self._say("\n" if tag == "line-break" else " ")

    def end(self, tag):
        if tag == "table":
            self.depth -= 1
        elif self.depth != 1 or self.table != self.index:
            return
        elif tag == "annotation":
            self.silent -= 1
        elif tag == "span" and self.spans:
            self.spans.pop()
        elif tag in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._take(self.cell)
            self.cell = None
        elif tag == "table-row":
            self._end_row()

    def text(self, data):
        if self.cell is not None and not self.silent:
            self._say(data)

    def _say(self, data: str) -> None:
        found = set().union(*self.spans)
        self.cell.pieces.append(data)
        if found:
            self.cell.marks |= found
        else:
            self.cell.bare.append(data)

    def _take(self, cell: _OdsCell) -> None:
        place = len(self.cells)
        if place >= self.width:
            return
        text = self._made(cell)
        if text and (look := cell.look(self.book)):
            kind = type(text) if isinstance(text, Cell) else Cell
            text = kind(text, marks=marks_of(text) | look, bare="", shown=getattr(text, "shown", None))
        last, above = self.over.get(place, (0, ""))
        if cell.covered and not text and last >= self.row:
            text = marked(above, FILLED)
            self._count_filled(1)
        across, down = cell.number("number-columns-spanned"), cell.number("number-rows-spanned")
        if text and not cell.covered and (across > 1 or down > 1):
            for column in range(place, min(self.width, place + across)):
                self.over[column] = (self.row + down - 1, text)
            text = marked(text, SPREAD)
        repeated = min(cell.number("number-columns-repeated"), self.width - place)
        self.cells += [text] * repeated
        if cell.covered and repeated > 1:
            for column in range(place, place + repeated):
                last, above = self.over.get(column, (0, ""))
                self.cells[column] = marked(above, FILLED) if last >= self.row else text
            self._count_filled(repeated)

    def _count_filled(self, cells: int) -> None:
        self.filled += cells * self.repeated
        if self.filled > MAX_FILLED:
            raise broken("too_many_merged", limit=MAX_FILLED)

    def _made(self, cell: _OdsCell) -> str:
        kind, shown = cell.attributes.get("value-type", ""), "".join(cell.pieces).strip()
        if kind in NUMBERS:
            return _numeric(cell.attributes.get("value", ""), shown, kind)
        if kind == "date":
            day = cell.attributes.get("date-value", "")
            return DayCell(day.replace("T", " "), shown=shown if len(narrow(shown).rstrip("年")) == 4 else None)
        if kind in ("time", "boolean"):
            return DayCell(shown) if kind == "time" else shown
        if cell.attributes.get("formula") and not shown:
            return EmptyResult("") if kind == "string" else FormulaCell(cell.attributes["formula"])
        if cell.marks:
            return Cell(shown, marks=frozenset(cell.marks), bare="".join(cell.bare).strip())
        return shown

    def _end_row(self) -> None:
        cells = list(self.cells)
        for column, cell in enumerate(cells):
            if cell and self.row_hidden:
                cells[column] = cell = marked(cell, HIDDEN_ROW)
            if cell and column in self.hidden_columns:
                cells[column] = marked(cell, HIDDEN_COLUMN)
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            self.done.append((self.row, cells, self.repeated))
        self.row += self.repeated - 1


def _numeric(value: str, shown: str, kind: str) -> str:
    """A number as held, per cent where it is shown so; `shown` where a reader of the sheet sees another one."""
    number = Decimal(f"{float(value):.15g}")
    text = f"{plain(number * 100)}%" if kind == "percentage" else plain(number)
    digits = narrow(shown).replace(",", "").replace(" ", "").rstrip("%")
    while digits and digits[-1] not in "0123456789.":
        digits = digits[:-1]
    try:
        same = Decimal(digits.lstrip("¥$￥€£")) == Decimal(text.rstrip("%"))
    except InvalidOperation:
        same = "E" in shown.upper() or "/" in shown
    words = "".join(char for char in shown if char not in "0123456789.,- %")
    return NumberCell(text) if same and not SIZE_WORDS.search(words) else NumberCell(text, shown=shown)

"""The tables of a web page: statistics sites and office systems hand them out under names that end in .xls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tables.cells import FILLED, HIDDEN_ROW, MAX_ROWS, RAISED, SPREAD, STRUCK, Cell, Line, NumberCell, marked
from tables.faults import broken
from texts.numbers import whole_number

MAX_BYTES = 10_000_000
MAX_SPAN = 1000
# Cells beyond belong to no table anybody reads, however far a cell says it reaches.
WIDEST = 256
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class WebTable:
    name: str
    found: list[Line]
    hidden: bool = False

    def progress(self, row: int) -> float:
        return row / max(1, len(self.found))

    def lines(self, width: int) -> Iterator[Line]:
        for number, cells in self.found:
            yield number, cells[:width]


@dataclass
class _Open:
    """A table whose rows are coming by. `over`: column → (rows still to fill, text)."""

    rows: list[list[str]] = field(default_factory=list)
    over: dict[int, tuple[int, str]] = field(default_factory=dict)
    cells: list[str] | None = None
    hidden: bool = False


class _PageReader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tables: list[_Open] = []
        self.done: list[_Open] = []
        self.cell: dict | None = None
        self.look: list[tuple[str, str]] = []  # tag and mark, of the open tags within a cell
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self.silent += 1
        elif tag == "table":
            self.tables.append(_Open())
            self.cell = None
        elif not self.tables:
            return
        elif tag == "tr":
            self._end_row()
            table = self.tables[-1]
            table.cells, table.hidden = [], _is_hidden(attributes)
            self._fill()
        elif tag in ("td", "th"):
            self._end_cell()
            if self.tables[-1].cells is None:
                self.tables[-1].cells = []
                self._fill()
            self.cell, self.look = {"all": [], "bare": [], "marks": set(), "attributes": attributes}, []
        elif self.cell is not None:
            if tag == "br":
                self._say("\n")
            elif tag not in VOID:
                self.look.append((tag, _mark(tag, attributes)))

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.silent = max(0, self.silent - 1)
        elif tag == "table" and self.tables:
            self._end_row()
            self.done.append(self.tables.pop())
            self.cell = None
        elif tag == "tr":
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
        elif self.cell is not None:
            for place in range(len(self.look) - 1, -1, -1):
                if self.look[place][0] == tag:
                    del self.look[place:]
                    break

    def handle_data(self, data):
        if self.cell is not None and not self.silent:
            self._say(" ".join(data.split()) if data.strip() else " ")

    def _say(self, data: str) -> None:
        self.cell["all"].append(data)
        found = {mark for _tag, mark in self.look if mark}
        if not found:
            self.cell["bare"].append(data)
        elif data.strip():
            self.cell["marks"] |= found

    def _fill(self) -> None:
        """Cells that an earlier row holds in this one."""
        table = self.tables[-1]
        while (place := len(table.cells)) in table.over:
            left, text = table.over[place]
            table.cells.append(marked(text, FILLED) if text else "")
            if left > 1:
                table.over[place] = (left - 1, text)
            else:
                del table.over[place]

    def _end_cell(self) -> None:
        if self.cell is None or not self.tables or self.tables[-1].cells is None:
            return
        found, self.cell = self.cell, None
        table, attributes = self.tables[-1], found["attributes"]
        text: str = "".join(found["all"]).strip()
        if found["marks"]:
            text = Cell(text, marks=frozenset(found["marks"]), bare="".join(found["bare"]).strip())
        elif (number := attributes.get("x:num", "").strip()) and number != text:
            # What the program that wrote the page held, beside what it showed.
            text = NumberCell(number, shown=text)
        across, down = _span(attributes, "colspan"), _span(attributes, "rowspan")
        if (across > 1 or down > 1) and text:
            text = marked(text, SPREAD)
        for column in range(min(across, WIDEST - len(table.cells))):
            place = len(table.cells)
            table.cells.append(text if not column else marked(text, FILLED) if text else "")
            if down > 1:
                table.over[place] = (down - 1, text)
            if column == across - 1:
                self._fill()

    def _end_row(self) -> None:
        self._end_cell()
        if self.tables and self.tables[-1].cells is not None:
            table = self.tables[-1]
            cells = (
                [marked(cell, HIDDEN_ROW) if cell else cell for cell in table.cells]
                if table.hidden
                else table.cells
            )
            table.rows.append(cells)
            table.cells = None
            if len(table.rows) > MAX_ROWS:
                raise broken("too_many_rows", limit=MAX_ROWS)


def _span(attributes: dict[str, str], name: str) -> int:
    return min(MAX_SPAN, whole_number(attributes.get(name, "1").strip(), low=1) or 1)


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "display:none" in attributes.get("style", "").replace(" ", "").lower()


def _mark(tag: str, attributes: dict[str, str]) -> str:
    style = attributes.get("style", "").replace(" ", "").lower()
    if tag in ("sup", "sub") or "vertical-align:super" in style or "vertical-align:sub" in style:
        return RAISED
    if tag in ("s", "strike", "del") or "line-through" in style:
        return STRUCK
    return ""


def sheets_of(text: str) -> list[WebTable]:
    """The tables of a page in their order, those that only hold other tables left out. Raises BrokenFile."""
    reader = _PageReader()
    reader.feed(text)
    reader.close()
    while reader.tables:  # a page broken off
        reader.handle_endtag("table")
    found = []
    for table in reader.done:
        rows = [
            (number, cells) for number, cells in enumerate(table.rows, 1) if any(cell.strip() for cell in cells)
        ]
        if rows:
            found.append(WebTable(f"{len(found) + 1}", rows))
    if not found:
        raise broken("no_web_table")
    return found

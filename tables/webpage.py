"""The tables of a web page: statistics sites and office systems hand them out under names that end in .xls."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

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
    Line,
    NumberCell,
    marked,
    narrow,
)
from tables.faults import broken
from texts.numbers import whole_number

MAX_BYTES = 10_000_000
MAX_SPAN = 1000
# Cells beyond belong to no table anybody reads, however far a cell says it reaches.
WIDEST = 256
# Of the text that a page has around a table.
MOST_ABOVE, LONGEST_LINE = 2000, 300
BLOCKS = {
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "br",
    "hr",
    "caption",
    "title",
    "section",
    "center",
}
OF_THE_PAGE = {"title", "h1"}
NOTES = ("注", "备注", "说明", "资料来源", "数据来源", "note", "source")
# What a style sheet says of a look that is asked about; the rest of it, and of a long sheet, is not kept.
LOOKS = ("display:none", "visibility:hidden", "vertical-align:super", "vertical-align:sub", "line-through")
LONGEST_CSS, MOST_CLASSES = 300_000, 40
LAST_CLASS = re.compile(r"\.([\w-]+)(?:,|$)")
LAST_TAG = re.compile(r"(?:^|[\s>+~,])([a-z][a-z0-9]*)(?:,|$)")
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
    """A table whose rows are coming by. `over`: column → (rows still to fill, text); `above` and `below`: lines of
    text that the page has there."""

    rows: list[list[str]] = field(default_factory=list)
    over: dict[int, tuple[int, str]] = field(default_factory=dict)
    cells: list[str] | None = None
    hidden: bool = False
    all_hidden: bool = False
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


class _PageReader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tables: list[_Open] = []
        self.done: list[_Open] = []
        self.cell: dict | None = None
        self.look: list[tuple[str, str]] = []  # tag and mark, of the open tags within a cell
        self.silent = 0
        self.css: list[str] = []
        self.classes: dict[str, str] = {}
        self.tags: dict[str, str] = {}  # of tags within others: td.s span
        self.loose: list[str] = []  # text outside of cells, up to the end of its line
        self.line_of = ""  # the tag whose text it is, where that matters
        self.before: list[str] = []  # lines since the last table
        self.filled = 0  # cells that are there by merging
        self.page: list[str] = []  # lines that go with every table

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        attributes["style"] = self._style(tag, attributes)
        if tag in BLOCKS and self.cell is None:
            self._end_line()
            self.line_of = tag if tag in OF_THE_PAGE or tag == "caption" else self.line_of
        if tag in ("script", "style"):
            self.silent += 1
            self.css = [] if tag == "style" else self.css
        elif tag == "table":
            if self.cell is not None:
                self.loose.append("".join(self.cell["all"]))
            self._end_line()
            above = list(dict.fromkeys([*self.page, *self.before]))
            self.tables.append(_Open(above=above, all_hidden=_is_hidden(attributes)))
            self.cell, self.before = None, []
        elif not self.tables:
            return
        elif tag == "tr":
            self._end_row()
            table = self.tables[-1]
            table.cells, table.hidden = [], table.all_hidden or _is_hidden(attributes)
            self._fill()
        elif tag in ("td", "th"):
            self._end_cell()
            if self.tables[-1].cells is None:
                self.tables[-1].cells = []
                self._fill()
            self.cell = {"all": [], "bare": [], "seen": [], "marks": set(), "attributes": attributes}
            self.look = [(tag, _mark(tag, attributes))]
        elif self.cell is not None:
            if tag == "br":
                self._say("\n")
            elif tag not in VOID:
                self.look.append((tag, _mark(tag, attributes)))

    def handle_endtag(self, tag):
        if tag in BLOCKS and self.cell is None:
            self._end_line()
        if tag in ("script", "style"):
            self.silent = max(0, self.silent - 1)
            if tag == "style":
                self._take_classes("".join(self.css))
        elif tag == "table" and self.tables:
            self._end_line()
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
        if self.silent:
            self.css.append(data)
        elif self.cell is not None:
            self._say(" ".join(data.split()) if data.strip() else " ")
        else:
            self.loose.append(data)

    def _end_line(self) -> None:
        """Text outside of cells goes with the table it is a caption of, the one before or the next."""
        text = " ".join("".join(self.loose).split())[:LONGEST_LINE]
        of, self.loose, self.line_of = self.line_of, [], ""
        if not text:
            self.line_of = of
        elif of == "caption" and self.tables:
            self.tables[-1].above.append(text)
        elif of in OF_THE_PAGE:
            self.page.append(text)
        elif not self.before and not self.tables and self.done and narrow(text).lower().startswith(NOTES):
            self.done[-1].below.append(text)
        else:
            self.before.append(text)

    def _take_classes(self, css: str) -> None:
        for rule in css[:LONGEST_CSS].split("}"):
            selectors, _brace, body = rule.rpartition("{")
            plain = "".join(body.split()).lower()
            if not (said := [look for look in LOOKS if look in plain]):
                continue
            words = re.sub(r"\s*,\s*", ",", " ".join(selectors.split()))
            for kept, names in ((self.classes, LAST_CLASS.findall(words)), (self.tags, LAST_TAG.findall(words))):
                for name in names:
                    kept[name] = ";".join(dict.fromkeys([*kept.get(name, "").split(";"), *said]))

    def _style(self, tag: str, attributes: dict[str, str]) -> str:
        """What a tag's own style, those of its classes and of its like say of its look."""
        classes = list(dict.fromkeys(attributes.get("class", "")[:2000].split()))[:MOST_CLASSES]
        named = [self.classes.get(name, "") for name in classes]
        return ";".join([*named, self.tags.get(tag, ""), attributes.get("style", "")])

    def _say(self, data: str) -> None:
        self.cell["all"].append(data)
        found = {mark for _tag, mark in self.look if mark}
        if HIDDEN_COLUMN not in found:
            self.cell["seen"].append(data)
        if not found:
            self.cell["bare"].append(data)
        elif data.strip():
            self.cell["marks"] |= found

    def _fill(self) -> None:
        """Cells that an earlier row holds in this one."""
        table = self.tables[-1]
        while (place := len(table.cells)) in table.over:
            left, text = table.over[place]
            table.cells.append(text)
            self._count_filled(text)
            if left > 1:
                table.over[place] = (left - 1, text)
            else:
                del table.over[place]

    def _count_filled(self, text: str) -> None:
        self.filled += bool(text)
        if self.filled > MAX_FILLED:
            raise broken("too_many_merged", limit=MAX_FILLED)

    def _end_cell(self) -> None:
        if self.cell is None or not self.tables or self.tables[-1].cells is None:
            return
        found, self.cell = self.cell, None
        table, attributes = self.tables[-1], found["attributes"]
        text: str = "".join(found["all"]).strip()
        seen = "".join(found["seen"]).strip()
        if text and HIDDEN_COLUMN in found["marks"]:
            # Part of it, or all of it, is not to be seen.
            text = Cell(text, shown=seen) if seen else marked(text, HIDDEN_COLUMN)
        elif found["marks"]:
            text = Cell(text, marks=frozenset(found["marks"]), bare="".join(found["bare"]).strip())
        elif (number := attributes.get("x:num", "").strip()) and number != text:
            # What the program that wrote the page held, beside what it showed.
            text = NumberCell(number, shown=text)
        across, down = _span(attributes, "colspan"), _span(attributes, "rowspan")
        if (across > 1 or down > 1) and text:
            text = marked(text, SPREAD)
        filler = marked(text, FILLED) if text and (across > 1 or down > 1) else ""
        for column in range(min(across, WIDEST - len(table.cells))):
            place = len(table.cells)
            table.cells.append(filler if column else text)
            self._count_filled(filler if column else "")
            if down > 1:
                table.over[place] = (down - 1, filler)
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
    style = attributes.get("style", "").replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style


def _mark(tag: str, attributes: dict[str, str]) -> str:
    style = attributes.get("style", "").replace(" ", "").lower()
    if _is_hidden(attributes):
        return HIDDEN_COLUMN
    if tag in ("sup", "sub") or "vertical-align:super" in style or "vertical-align:sub" in style:
        return RAISED
    if tag in ("s", "strike", "del") or "line-through" in style:
        return STRUCK
    return ""


def _titles(lines: list[str]) -> list[Line]:
    """The text above a table as one row before its first; of a long text what is nearest to the table."""
    return [(0, ["  ".join(lines)[-MOST_ABOVE:]])] if lines else []


def sheets_of(text: str) -> list[WebTable]:
    """The tables of a page in their order, those that only hold other tables left out. Raises BrokenFile."""
    reader = _PageReader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError as error:  # of html.parser, for a declaration that is none
        raise broken("no_web_table") from error
    while reader.tables:  # a page broken off
        reader.handle_endtag("table")
    reader._end_line()
    if reader.done:
        reader.done[-1].below += reader.before
    found = []
    for table in reader.done:
        rows = [
            (number, cells) for number, cells in enumerate(table.rows, 1) if any(cell.strip() for cell in cells)
        ]
        if rows:
            end = rows[-1][0]
            below = [(end + number, [text]) for number, text in enumerate(table.below, 1)]
            found.append(WebTable(f"{len(found) + 1}", [*_titles(table.above), *rows, *below]))
    if not found:
        raise broken("no_web_table")
    return found

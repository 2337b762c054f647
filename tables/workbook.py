"""The sheets of an XLSX, streamed row by row: each cell's text, and where its look says something else.

Read from the XML itself, because the look is what other readers throw away (docs/decisions, "Cells keep what they
show"): runs set as superscript or struck out, number formats that scale or round, hidden rows, merged cells. The
Strict form of the standard differs in names of spaces alone, which are not looked at.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal

from judging.decimals import plain
from tables.cells import (
    FILLED,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    LITERAL,
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
)
from tables.faults import broken
from tables.formats import BUILT_IN, BUILT_IN_DAYS, is_day, is_percent, part_of_day_shown, shown
from tables.zipped import MAX_SHARED_STRINGS, Archive, broken_workbooks, local, parser

# How a workbook writes what XML cannot hold, a carriage return most of all; _x005F_ is the underscore itself.
WRITTEN = re.compile("_x([0-9A-Fa-f]{4})_")
PLAIN_NUMBER = re.compile(r"-?\d{1,15}|-?(?=[\d.]{3,16}$)\d+\.\d+", re.ASCII)
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)", re.IGNORECASE)
MAX_MERGED = 200_000
CELL_ENDS = (b"/v>", b"/t>", b":v>", b":t>")
END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData>")
ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
FALSE = ("0", "false", "off", "none")


def unwritten(text: str) -> str:
    return WRITTEN.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def column_number(letters: str) -> int:
    """A → 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@dataclass(frozen=True)
class Style:
    code: str = "General"
    is_day: bool = False
    marks: frozenset[str] = frozenset()


@dataclass
class XlsxSheet:
    """One sheet, readable more than once. `hidden`: nobody sees it in the spreadsheet."""

    book: "XlsxBook"
    name: str
    part: str
    hidden: bool
    _merged: list[tuple[int, int, int, int]] | None = field(default=None, repr=False)
    _rows: int = 0
    _end: bytes = field(default=b"", repr=False)  # of its part, where the last rows with anything in them are

    def progress(self, row: int) -> float:
        return row / max(self._rows, row, 1)

    def lines(self, width: int) -> Iterator[Line]:
        with broken_workbooks():
            if self._merged is None:
                self._merged = self._look_ahead()
            _check_area(self._merged, self._rows, width)
            yield from _filled(_SheetReader(self, width).rows(), self._merged, width)

    def last(self, width: int, number: int) -> list[Line]:
        """The last rows with anything in them, from the end of the part that was kept when it was looked ahead."""
        rows = END_OF_ROWS.split(self._end, 1)[0]
        last = max(map(rows.rfind, CELL_ENDS))
        starts = [match.start() for match in ROW.finditer(rows)]
        first = [start for start in starts if start < last][-number:]
        behind = next((start for start in starts if start > last), len(rows))
        if not first:
            return []
        with broken_workbooks():
            # What follows the rows, a prefix and all, is cut off.
            rows = rows[first[0] : behind].rpartition(b"row>")[0]
            return _SheetReader(self, width).parsed(b"<a>" + rows + b"row></a>")

    def _look_ahead(self) -> list[tuple[int, int, int, int]]:
        """Merged cells are listed below the rows they are needed for; the number of rows is seen on the way."""
        found, tail, before, is_open = [], b"", b"", False
        for block in self.book.archive.blocks(self.part):
            text = tail + block
            if b"sheetData>" not in self._end or not END_OF_ROWS.search(self._end):
                has_text = any(end in block for end in CELL_ENDS)
                # A row may reach into the next block.
                self._end = before + block if has_text else self._end + block * is_open
                before, is_open = block, has_text
            for first, top, last, bottom in MERGED.findall(text):
                found.append(
                    (
                        int(top),
                        column_number(first.decode().upper()),
                        int(bottom),
                        column_number(last.decode().upper()),
                    )
                )
            self._rows += block.count(b"<row") or block.count(b":row ")
            tail = text[text.rfind(b"<") :] if b"<" in text[-200:] else b""
            if len(found) > MAX_MERGED:
                raise broken("bomb")
        return sorted(dict.fromkeys(found))


class XlsxBook:
    """An opened workbook: its sheets in their order, those that are charts aside."""

    format = "xlsx"

    def __init__(self, archive: Archive):
        self.archive = archive
        archive.check()
        main = archive.main_part
        if not main or main not in archive:
            raise broken("not_workbook")
        relations = archive.relations(main)
        elements = archive.elements(main)
        if not any(tag == "workbook" for tag, _attributes in elements[:1]):
            raise broken("not_workbook")
        self.from_1904 = any(
            tag == "workbookPr" and attributes.get("date1904", "0") not in FALSE for tag, attributes in elements
        )
        self.sheets = []
        for tag, attributes in elements:
            named = {local(name): value for name, value in attributes.items()}
            kind, part = relations.get(named.get("id", ""), ("", "")) if tag == "sheet" else ("", "")
            if kind == "worksheet" and part in archive:
                hidden = attributes.get("state", "visible") != "visible"
                self.sheets.append(XlsxSheet(self, attributes.get("name", ""), part, hidden))
        parts = dict(relations.values())
        if any(archive.size(part) > MAX_SHARED_STRINGS for part in archive.of_type("sharedStrings+xml")):
            raise broken("bomb")
        self.styles = _styles(archive, parts.get("styles", ""))
        self.shared = _shared(archive, parts.get("sharedStrings", ""))
        self.epoch = datetime(1904, 1, 1) if self.from_1904 else datetime(1899, 12, 30)


def _styles(archive: Archive, part: str) -> list[Style]:
    """Of every cell format: its number format, and whether its letters are struck out or raised."""
    if not part or part not in archive:
        return []
    codes, fonts, found, inside = dict(BUILT_IN), [], [], ""
    for tag, attributes in archive.elements(part):
        if tag in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            inside = tag
        elif tag == "numFmt" and inside != "dxfs":
            codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "General")
        elif tag == "font" and inside == "fonts":
            fonts.append(set())
        elif inside == "fonts" and fonts and (mark := _run_mark(tag, attributes)):
            fonts[-1].add(mark)
        elif tag == "xf" and inside == "cellXfs":
            number, font = int(attributes.get("numFmtId", 0)), int(attributes.get("fontId", 0))
            code = codes.get(number, "General")
            day = number in BUILT_IN_DAYS and number not in codes or is_day(code)
            marks = set(fonts[font]) if font < len(fonts) else set()
            if attributes.get("quotePrefix", "0") not in FALSE:
                marks.add(LITERAL)
            found.append(Style(code, day, frozenset(marks)))
    return found


def _run_mark(tag: str, attributes: dict[str, str]) -> str:
    value = next((value for name, value in attributes.items() if local(name) == "val"), "")
    if tag == "vertAlign" and value in ("superscript", "subscript"):
        return RAISED
    if tag in ("strike", "dstrike") and value not in FALSE:
        return STRUCK
    return ""


class _Text:
    """Gathers the runs of a text: what all of them say, and what those say that are neither raised nor struck."""

    def __init__(self):
        self.all, self.bare, self.marks, self.run, self.phonetic = [], [], set(), set(), 0
        self.taking = False

    def start(self, tag, attributes):
        if tag == "t":
            self.taking = not self.phonetic
        elif tag == "rPh":
            self.phonetic += 1
        elif tag == "r":
            self.run = set()
        elif mark := _run_mark(tag, attributes):
            self.run.add(mark)

    def end(self, tag):
        if tag == "t":
            self.taking = False
        elif tag == "rPh":
            self.phonetic -= 1
        elif tag == "r":
            self.run = set()

    def text(self, data):
        if self.taking:
            self.all.append(data)
            if self.run:
                self.marks |= self.run
            else:
                self.bare.append(data)

    def made(self) -> str:
        text = unwritten("".join(self.all))
        if not self.marks or not text.strip():
            return text
        return Cell(text, marks=frozenset(self.marks), bare=unwritten("".join(self.bare)))


def _shared(archive: Archive, part: str) -> list[str]:
    """Every text the cells share: the one part that is held in memory."""
    if not part or part not in archive:
        return []
    found: list[str] = []
    gathered = [_Text()]

    def start(tag, attributes):
        if tag == "si":
            gathered[0] = _Text()
        else:
            gathered[0].start(tag, attributes)

    def end(tag):
        if tag == "si":
            found.append(gathered[0].made())
        else:
            gathered[0].end(tag)

    made = parser(start, end, lambda data: gathered[0].text(data))
    for block in archive.blocks(part):
        made.Parse(block)
    made.Parse(b"", True)
    return found


class _SheetReader:
    """The rows of one sheet as they come by."""

    def __init__(self, sheet: XlsxSheet, width: int):
        self.sheet, self.book, self.width = sheet, sheet.book, width
        self.done: list[Line] = []
        self.row = self.column = 0
        self.cells: list[str] = []
        self.hidden = False
        self.hidden_columns: list[tuple[int, int]] = []
        self.kind = self.style = ""
        self.value: list[str] = []
        self.taking, self.has_formula, self.formula = "", False, ""
        self.inline: _Text | None = None
        self.said: _Text | None = None
        self.number = NumberCell if not self.book.from_1904 else Cell

    def rows(self) -> Iterator[Line]:
        made = parser(self.start, self.end, self.text)
        for block in self.book.archive.blocks(self.sheet.part):
            made.Parse(block)
            yield from self.done
            self.done.clear()
        made.Parse(b"", True)
        yield from self.done

    def parsed(self, text: bytes) -> list[Line]:
        """The rows of a piece of the sheet."""
        parser(self.start, self.end, self.text).Parse(text, True)
        return self.done

    def start(self, tag, attributes):
        if self.inline is not None:
            self.inline.start(tag, attributes)
        elif tag == "c":
            place = attributes.get("r")
            if place:
                self.column = column_number(place.rstrip("0123456789").upper())
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.has_formula, self.formula, self.is_array = False, "", False
            self.value.clear()
        elif tag == "v":
            self.taking = "v"
        elif tag == "f":
            self.taking, self.has_formula = "f", True
            self.is_array = attributes.get("t") == "array"
        elif tag == "is":
            self.inline = _Text()
        elif tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            if self.row > MAX_ROWS:
                raise broken("too_many_rows", limit=MAX_ROWS)
            self.column, self.cells = 0, []
            self.hidden = attributes.get("hidden", "0") not in FALSE or _is_zero(attributes.get("ht"))
        elif tag == "col" and (attributes.get("hidden", "0") not in FALSE or _is_zero(attributes.get("width"))):
            self.hidden_columns.append((int(attributes.get("min", 0)) - 1, int(attributes.get("max", 0)) - 1))

    def text(self, data):
        if self.inline is not None:
            self.inline.text(data)
        elif self.taking == "v":
            self.value.append(data)
        elif self.taking == "f":
            self.formula += data

    def end(self, tag):
        if tag == "is":
            self.said, self.inline = self.inline, None
        elif self.inline is not None:
            self.inline.end(tag)
        elif tag == "c":
            self.take()
        elif tag in ("v", "f"):
            self.taking = ""
        elif tag == "row" and self.cells:
            self.done.append((self.row, self.cells))

    def take(self):
        column, self.column = self.column, self.column + 1
        if column >= self.width:
            self.said = None
            return
        text = self.made()
        self.said = None
        if not text and type(text) is str:
            return
        if self.hidden:
            text = marked(text, HIDDEN_ROW)
        if self.hidden_columns and any(first <= column <= last for first, last in self.hidden_columns):
            text = marked(text, HIDDEN_COLUMN)
        missing = column - len(self.cells)
        if missing >= 0:
            self.cells += [""] * missing
            self.cells.append(text)
        else:
            self.cells[column] = text

    def made(self) -> str:
        style = self.look()
        if self.said is not None:
            found = self.said.made()
        else:
            value = "".join(self.value)
            if not value:
                if not self.has_formula:
                    return ""
                # Calculated to nothing, or never calculated.
                if self.kind == "str":
                    return EmptyResult("")
                # As Excel shows the formula of an array.
                return FormulaCell(f"{{={self.formula}}}" if self.is_array else f"={self.formula}")
            found = self.typed(value, style)
        if style.marks and found:
            kind = type(found) if isinstance(found, Cell) else Cell
            held = (found.bare if isinstance(found, Cell) else None) if style.marks == {LITERAL} else ""
            return kind(found, marks=style.marks | marks_of(found), bare=held, shown=getattr(found, "shown", None))
        return found

    def look(self) -> Style:
        styles = self.book.styles
        place = int(self.style) if self.style else 0
        return styles[place] if place < len(styles) else PLAIN

    def typed(self, value: str, style: Style) -> str:
        if self.kind == "s":
            return self.book.shared[int(value)]
        if self.kind == "n":
            return self.numeric(value, style)
        if self.kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if self.kind == "d":
            return DayCell(_moment(datetime.fromisoformat(value.strip().removesuffix("Z"))))
        return unwritten(value)

    def numeric(self, value: str, style: Style) -> str:
        if style.is_day:
            return self.day(float(value), style.code)
        value = value.strip()
        if PLAIN_NUMBER.fullmatch(value):
            text = value.rstrip("0").rstrip(".") if "." in value else value
            number = None
        else:
            # Fifteen digits are what Excel itself keeps: 0.1 + 0.2 is 0.3 there.
            number = Decimal(f"{float(value):.15g}")
            text = plain(number)
        if style.code == "General":
            return self.number(text)
        number = number if number is not None else Decimal(text)
        look = shown(number, style.code)
        return self.number(f"{plain(number * 100)}%" if is_percent(style.code) else text, shown=look)

    def day(self, serial: float, code: str) -> str:
        whole, part = divmod(serial, 1)
        # To the millisecond: a day's last moment written with too few digits is the next day.
        moment = self.book.epoch + timedelta(days=whole, milliseconds=round(part * 86_400_000))
        if serial < 1:
            return DayCell(moment.time().isoformat("seconds"))
        parts = {"year": f"{moment:%Y}", "month": f"{moment:%Y-%m}"}
        return DayCell(_moment(moment), shown=parts.get(part_of_day_shown(code)))


def _is_zero(size: str | None) -> bool:
    """Whether a row's height or a column's width leaves nothing of it to see."""
    return size is not None and not size.strip(" 0.")


PLAIN = Style()


def _moment(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")


def _check_area(merged: list[tuple[int, int, int, int]], rows: int, width: int) -> None:
    """Raises BrokenFile for merged cells over more of a sheet than anybody reads."""
    area = sum(
        min(bottom - top + 1, rows) * (min(right, width - 1) - left + 1)
        for top, left, bottom, right in merged
        if left < width
    )
    if area > MAX_FILLED:
        raise broken("too_many_merged", limit=MAX_FILLED)


def _filled(lines: Iterator[Line], merged: list[tuple[int, int, int, int]], width: int) -> Iterator[Line]:
    """The rows with every merged cell holding the text of the first, and marked."""
    if not merged:
        yield from lines
        return
    tops = [top for top, *_rest in merged]
    open_ranges: list[list] = []
    taken = 0
    for row, cells in lines:
        open_ranges = [area for area in open_ranges if area[0][2] >= row]
        upto = bisect_right(tops, row)
        for area in merged[taken:upto]:
            if area[2] >= row and area[1] < width and (area[2] > area[0] or area[3] > area[1]):
                open_ranges.append([area, None, ""])
        taken = upto
        for entry in open_ranges:
            (top, left, _bottom, right), text, filler = entry
            if row == top:
                text = entry[1] = cells[left] if left < len(cells) else ""
                filler = entry[2] = marked(text, FILLED)
            if not text or not text.strip():
                continue
            last = min(right, width - 1)
            if len(cells) <= last:
                cells += [""] * (last + 1 - len(cells))
            for column in range(left, last + 1):
                if row == top and column == left:
                    cells[column] = marked(text, SPREAD)
                elif not cells[column].strip():
                    cells[column] = filler
        yield row, cells

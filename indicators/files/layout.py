"""How a table is laid out: one figure a row, indicators down and years across, or the other way round.

A layout turns the rows of a table into the cells of single figures, each a dict by the machine names of columns,
so that one reader of rows reads them all; and lists every row and column that it passes over, with the reason.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from indicators.files.below import Below, Doubt, below_of, note_in
from indicators.files.captions import (
    UNIT_HEADING,
    Caption,
    caption_below,
    caption_of,
    clash,
    is_caption,
    unit_of,
)
from indicators.files.columns import SPELLS
from indicators.files.naming import Named, Names, is_unit, split_unit
from indicators.files.sections import (
    NO_SECTION,
    NOT_ITSELF,
    OWN_PLACE,
    PASSED_KINDS,
    RowsHeading,
    is_apart,
    is_elsewhere,
    place_in,
    section_below,
    status_of,
    sub_kind,
)
from indicators.files.spells import PART, UNCLEAR, WHOLE, kind_of, one_dash, read_spell, spoken_of
from indicators.files.years import (
    GROWTH,
    YearLabel,
    is_day,
    is_label,
    read_label,
    relative_year,
    speaks_of_a_year,
    year_of_titles,
)
from tables.badcell import BadCell
from tables.cells import FILLED, Line, bare, marks_of, narrow
from tables.faults import Fault
from tables.numbers import NUMBER, is_number
from tables.table import MAX_COLUMNS, TableFile

TIME_WORDS = ("时间", "年别", "年", "年月", "日期", "统计日期", "统计时间", "date", "time", "指标", "项目", "")
# Columns of the file of figures that a wide table may have beside its years, one value a row.
ROW_COLUMNS = frozenset(
    ("value_status", "released_on", "source_title", "source_url", "source_publisher", "note", "precision")
    + ("exclusive", "release_precision", "plan")
)
NAME_COLUMNS = ("component", "code", "indicator")

# Headings of columns that name what a row is of, beside those the file of figures knows; and of offices.
NAME_HEADING = re.compile(r"指标|项目|名称|内容|类别|分类|领域|门类|indicator|item|name|category", re.IGNORECASE)
OFFICE = re.compile(r"(?<!计量)(?<!计算)单位|部门|机构|处室|科室|联系|电话|责任|牵头|负责|填报|制表|审核|经办|人$")


ColumnOf = Callable[[str], str]
# Formats that are read without the look of their cells.
UNSEEN_LOOK = ("xls", "xlsb")
# 2021年指数（上年=100） heads a column, and is no number with words behind it.
YEARLY_WORDS = re.compile(r"(?:19|20)\d{2} ?年")
# How many rows below a heading may be part of it: 2024年 over 全年 over 总量.
HEADING_ROWS = 3
# How many rows are looked at to tell what a column holds; and for what stands below a table.
PEEKED_ROWS = 12
# How many rows above a second table may be its title, its unit and words about it.
BETWEEN_ROWS = 20


@dataclass
class TableFigure:
    """One cell of a wide table with what belongs to it; or, with `passed`, what is passed over and why.

    `place` is the column counting from 1, or 0 where the whole row is meant. `doubts`: why it is asked about;
    `dated`: its year as written, where that is a day.
    """

    row: int
    place: int
    cells: dict[str, str] = field(default_factory=dict)
    passed: Fault | None = None
    component: Any = None
    sure: bool = True
    name: str = ""
    unit: str = ""
    status: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    dated: str = ""


def passed_over(row: int, place: int, value: str, code: str, **params: Any) -> TableFigure:
    dated = value[:40] if code == "sub_annual" and is_day(value) else ""
    return TableFigure(row, place, passed=Fault(row, "—", value[:100], code, params), dated=dated)


@dataclass
class YearColumn:
    place: int
    label: YearLabel
    unit: str = ""
    doubts: list[Doubt] = field(default_factory=list)


@dataclass
class PartColumn:
    place: int
    name: str
    component: Any
    sure: bool
    unit: str
    status: str = ""
    whole: bool = False
    doubts: list[Doubt] = field(default_factory=list)


@dataclass
class Sheet:
    """What the tables of one sheet have in common, one below the other."""

    table: TableFile
    names: Names
    column_of: ColumnOf
    last: int


@dataclass(kw_only=True)
class Layout:
    """A table in the making. `between`: the rows since its last figure, which may be the next table's title;
    `following`: the table that begins where this one ends."""

    sheet: Sheet
    names: Names
    caption: Caption
    lines: Iterator[Line]
    headed: set[int]
    passed: list[TableFigure]
    columns: dict[str, int]
    below: Below
    title: list[Doubt] = field(default_factory=list)
    apart: list[tuple[int, str]] = field(default_factory=list)
    section: RowsHeading = NO_SECTION
    between: list[Line] = field(default_factory=list)
    following: "Across | Down | None" = None
    is_over: bool = False  # what stands below is another table, which is not read
    has_unit: bool = False  # said above it, and of nothing else

    def __post_init__(self):
        self.has_unit = self.caption.sure and bool(self.caption.text)

    def figures(self) -> Iterator[TableFigure]:
        """The cells of this table and of those below it."""
        layout: Layout | None = self
        while layout is not None:
            yield from layout.passed
            yield from layout.own_figures()
            layout = layout.following

    def own_figures(self) -> Iterator[TableFigure]:
        while line := next(self.lines, None):
            row, cells = line
            own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
            if not own:
                continue
            if self._next_table(row, cells, own):
                yield passed_over(row, 0, own[0], "heading_row")
                if self.following:
                    return
            elif self.is_over:
                yield passed_over(row, 0, own[0], "table_below")
            else:
                is_text = not is_number(own[-1])
                self.between = [*self.between[1 - BETWEEN_ROWS :], line] if is_text else []
                yield from self.row_figures(row, cells, own)

    def row_figures(self, row: int, cells: list[str], own: list[str]) -> Iterator[TableFigure]:
        raise NotImplementedError

    def _next_table(self, row: int, cells: list[str], own: list[str]) -> bool:
        """Whether another table begins here, below its own heading, whatever its layout."""
        sheet = self.sheet
        first = [cell for cell in (cells[0], *own[:2]) if not is_number(cell)]
        if not any(sheet.column_of(cell) or is_time_word(cell) for cell in first):
            return False
        if any(_is_figure(cell, sheet.last) for cell in own):
            return False
        if not heading_finder(self.names, sheet.column_of, sheet.last)(cells):
            return False
        table = replace(sheet.table, head=(row, cells), above=self.between, lines=self.lines, ids=[], others=[])
        made = lay_out(table, self.names, sheet.column_of, last=sheet.last)
        self.lines = table.lines
        if made is None:
            known = {sheet.column_of(cell) for cell in own}
            self.is_over = self.is_over or {"year", "value"} <= known
            return self.is_over
        # Its titles were told of as rows of this table; what holds for all of the sheet holds for it too.
        made.passed = [one for one in made.passed if one.row >= row and one.passed.code != "unseen_look"]
        made.title += [doubt for doubt in self.title if doubt not in made.title]
        made.section = made.section if made.section.text else RowsHeading(self.section.text)
        if not made.caption.text:
            made.caption = self.caption
        elif not self.has_unit and made.caption == caption_of(
            [one for _row, one in table.above], (), made.names.bases
        ):
            # A unit between two tables, the first of which has none above, may be said of either.
            made.caption = replace(made.caption, sure=False)
        self.following = made
        return True

    def _head_those_below(self, texts: list[str]) -> None:
        self.section = section_below(texts, self.section, self.names.title)


@dataclass(kw_only=True)
class Across(Layout):
    """Indicators down, years across."""

    name_places: list[int]
    unit_places: list[int]
    years: list[YearColumn]
    kind = "across"
    above = ""  # the name of the row that those below it are parts of

    def row_figures(self, row: int, cells: list[str], own: list[str]) -> Iterator[TableFigure]:
        name = " ".join(dict.fromkeys(narrow(bare(text)) for text in self._texts(cells))).strip()
        if note := note_in(own):
            yield passed_over(row, 0, note, "note_row")
            return
        filled = [column for column in self.years if column.place < len(cells) and cells[column.place].strip()]
        if not filled or not any(FILLED not in marks_of(cells[column.place]) for column in filled):
            yield passed_over(row, 0, name or own[0], "no_figures")
            self.above = name or self.above
            self.caption = caption_below(own, self.caption, self.names.bases)
            self._head_unless_named([name] if name else own)
            return
        if (part := self._part_of_year(cells)) is not None:
            yield passed_over(row, part + 1, cells[part], "sub_annual")
            return
        yield from self._row(row, cells, name, filled, self.above)
        yield from unheaded(row, cells, self.headed | self._named_by(cells))
        if not name.startswith(("其中", "#", "＃")):
            self.above = name

    def _head_unless_named(self, texts: list[str]) -> None:
        """Takes a row without figures as the heading of those below it, unless it names an indicator."""
        if not any((found := self.names.find(text)) and found.sure for text in texts):
            self._head_those_below(texts)

    def _texts(self, cells: list[str]) -> list[str]:
        """What names a row; the number of a row is no part of its name."""
        texts = [cells[place] for place in self.name_places if place < len(cells) and cells[place].strip()]
        return [text for text in texts if not is_number(text)] or texts

    def _beside(self, cells: list[str]) -> list[str]:
        """What stands before the figures in columns that nobody reads."""
        read = {*self.name_places, *self.unit_places, *self.columns.values(), *dict(self.apart)}
        first = min((column.place for column in self.years), default=0)
        return [cells[place] for place in range(min(first, len(cells))) if place not in read]

    def _named_by(self, cells: list[str]) -> set[int]:
        return {place for place in self.name_places if place < len(cells) and not is_number(cells[place])}

    def _part_of_year(self, cells: list[str]) -> int | None:
        """The place of a cell beside the figures that says that they are of a part of the year."""
        figures = {column.place for column in self.years}
        return part_of_year(cells, self.columns, figures)

    def _row(
        self, row: int, cells: list[str], name: str, filled: list[YearColumn], above: str
    ) -> Iterator[TableFigure]:
        units = [unit_of(cells[place]) for place in self.unit_places if place < len(cells)]
        units = [*filter(None, [*units, split_unit(name, self.names.bases)[1]])]
        unit = units[0] if units else ""
        found = self._component(cells, name, unit, above)
        if found is None:
            code = "not_ours" if name else "no_name"
            words = [cells[column.place] for column in filled]
            yield passed_over(row, 0, name or " ".join(words), code, name=name[:60])
            if not name and not any(map(is_number, words)):
                self._head_unless_named(words)
            return
        if self.section.passed:
            yield passed_over(row, 0, name, self.section.passed, text=self.section.text[:40])
            return
        if code := why_not_itself(name, found):
            yield passed_over(row, 0, name, code)
            return
        doubts = spell_doubts(cells, self.columns) + apart_doubts(cells, self.apart, self.names.title)
        doubts += note_doubts(cells, self.columns) + self.section.doubts
        doubts += elsewhere_doubts(self._texts(cells) + self._beside(cells), self.names.title)
        common = {
            column: cells[place]
            for column, place in self.columns.items()
            if column in ROW_COLUMNS and place < len(cells) and cells[place].strip()
        }
        all_unit, unsure = ("", []) if unit else self.caption.of(found.component)
        if unit:
            doubts += clash(units)
        for column in filled:
            unsure_here = clash([*units, column.unit]) if column.unit else unsure
            yield TableFigure(
                row,
                column.place + 1,
                common
                | {
                    "component": found.component.code,
                    "year": str(column.label.year),
                    "value": cells[column.place],
                },
                component=found.component,
                sure=found.sure,
                name=name,
                unit=unit or column.unit or all_unit,
                status=self.below.kind(column.label, common.get("note", "")),
                doubts=[
                    *said_of(column.label, self.title),
                    *doubts,
                    *column.doubts,
                    *(doubt for doubt in unsure_here if doubt not in doubts),
                ],
                dated=column.label.day,
            )

    def _component(self, cells: list[str], name: str, unit: str, above: str):
        for column in ("component", "code"):
            place = self.columns.get(column)
            if place is not None and place < len(cells) and (found := self.names.code(cells[place])):
                return self.names.find(found.code)
        texts = [bare(text) for text in self._texts(cells)]
        tries = [*dict.fromkeys([name.replace(" ", ""), *reversed(texts)])]
        proposals = [found for text in tries if (found := self.names.find(text, unit=unit, above=above))]
        return next((found for found in proposals if found.sure), proposals[0] if proposals else None)


@dataclass(kw_only=True)
class Down(Layout):
    """Years down, indicators across."""

    year_place: int
    parts: list[PartColumn]
    unit_place: int | None = None
    kind = "down"

    def row_figures(self, row: int, cells: list[str], own: list[str]) -> Iterator[TableFigure]:
        text = cells[self.year_place] if self.year_place < len(cells) else ""
        try:
            label = read_label(text, last=self.sheet.last)
        except BadCell as bad:
            if note := note_in(own):
                yield passed_over(row, 0, note, "note_row")
            else:
                code = "no_year_row" if bad.code == "year" else bad.code
                code = "sub_annual" if bad.code == "year" and kind_of(text) == PART else code
                yield passed_over(row, 0, text or own[0], code, **bad.params)
                self.caption = caption_below(own, self.caption, self.names.bases)
                if not any(is_number(cell) for cell in own if cell is not text):
                    self._head_those_below(own)
            return
        taken = {self.year_place, *(part.place for part in self.parts)}
        if (part := part_of_year(cells, self.columns, taken)) is not None:
            yield passed_over(row, part + 1, cells[part], "sub_annual")
            return
        doubts = [*said_of(label, self.title), *label_doubts(label)]
        doubts += spell_doubts(cells, self.columns)
        doubts += apart_doubts(cells, self.apart, self.names.title)
        doubts += note_doubts(cells, self.columns) + self.section.doubts
        read = taken | {*self.columns.values(), *dict(self.apart)}
        beside = [cell for place, cell in enumerate(cells) if place not in read]
        doubts += elsewhere_doubts(beside, self.names.title)
        if self.section.passed:
            yield passed_over(row, 0, text, self.section.passed, text=self.section.text[:40])
            return
        common = {
            column: cells[place]
            for column, place in self.columns.items()
            if column in ROW_COLUMNS and place < len(cells) and cells[place].strip()
        }
        for part in self.parts:
            if part.place >= len(cells) or not cells[part.place].strip():
                continue
            all_unit, unsure = self._unit(cells, part)
            yield TableFigure(
                row,
                part.place + 1,
                common | {"component": part.component.code, "year": str(label.year), "value": cells[part.place]},
                component=part.component,
                sure=part.sure,
                name=part.name,
                unit=all_unit,
                status=part.status or self.below.kind(label, common.get("note", "")),
                doubts=[
                    *(doubt for doubt in doubts if not (part.whole and doubt[0] == "part_in_title")),
                    *part.doubts,
                    *unsure,
                ],
                dated=label.day,
            )
        yield from unheaded(row, cells, self.headed)

    def _unit(self, cells: list[str], part: PartColumn) -> tuple[str, list[Doubt]]:
        """The unit of one cell: its column's, its row's, else the table's; and what is asked about it."""
        place = self.unit_place
        own = part.unit or (unit_of(cells[place]) if place is not None and place < len(cells) else "")
        return (own, []) if own else self.caption.of(part.component)


def part_of_year(cells: list[str], columns: Mapping[str, int], figures: Iterable[int]) -> int | None:
    """The place of a cell that says that its row is of a part of the year: 上半年, 一季度, 6 below 月份."""
    spells = {columns[name] for name in SPELLS if name in columns}
    figures = {*figures, *(place for name, place in columns.items() if name in ROW_COLUMNS)}
    for place, cell in enumerate(cells):
        if place in spells and cell.strip():
            try:
                read_spell(cell)
            except BadCell:
                return place
        elif place not in figures and cell.strip() and kind_of(cell) == PART:
            return place
    return None


def spell_doubts(cells: list[str], columns: Mapping[str, int]) -> list[Doubt]:
    """What is asked of a row whose 季度 or 频率 leaves it open whether all of its year is meant."""
    places = [(name, columns[name]) for name in SPELLS if name in columns]
    asked = [spell_doubt(name, cells[place] if place < len(cells) else "") for name, place in places]
    return [doubt for doubt in asked if doubt]


def spell_doubt(name: str, text: str) -> Doubt | None:
    """What is asked of one cell of such a column; raises BadCell(sub_annual)."""
    if not text.strip():
        return "no_part_in_column", {"spell": name}
    return None if read_spell(text) else ("part_in_column", {"spell": name, "text": narrow(text)[:40]})


def note_doubts(cells: list[str], columns: Mapping[str, int]) -> list[Doubt]:
    """What is asked of a row whose note speaks of a part of the year."""
    place = columns.get("note")
    return note_doubt(cells[place]) if place is not None and place < len(cells) else []


def note_doubt(note: str) -> list[Doubt]:
    if not note.strip():
        return []
    said = narrow(note) if kind_of(note) in (PART, UNCLEAR) else spoken_of(note)
    if re.search(rf"{re.escape(said)}(?:起|开始|以来|以后)", one_dash(narrow(note))):
        return []  # since when something holds
    return [("part_in_column", {"spell": "note", "text": said[:40]})] if said else []


def said_of(label: YearLabel, title: list[Doubt]) -> list[Doubt]:
    """What a table's title leaves to ask of a year: one that says 全年 is no part of it, be it of what it may."""
    return title and [doubt for doubt in title if not (label.whole and doubt[0] == "part_in_title")]


def label_doubts(label: YearLabel) -> list[Doubt]:
    """What is asked where a number in brackets stands behind a year: a footnote's, or a month's."""
    return [("label_mark", {"mark": label.mark, "year": label.year})] if label.mark else []


def title_doubts(titles: Iterable[str], headings: Iterable[str] = (), *, plan_title: str = "") -> list[Doubt]:
    """What is asked of every figure of a table for what its title says, and headings of names and values."""
    titles = list(titles)
    said = next((said for text in (*titles, *headings) if (said := spoken_of(text))), "")
    found: list[Doubt] = [("part_in_title", {"text": said[:40]})] if said else []
    places = [("section", {"text": place}) for text in titles if (place := place_in(text, plan_title))]
    found += places[:1]
    other = next((match[0] for text in titles if (match := NOT_ITSELF.search(narrow(bare(text))))), "")
    return found + ([("other_in_title", {"text": other})] if other else [])


def apart_doubts(cells: list[str], columns: Iterable[tuple[int, str]], title: str) -> list[Doubt]:
    """What is asked of a row that names a region, an industry, a scope; not of what the plan's title names."""
    found: list[Doubt] = []
    for place, heading in columns:
        text = narrow(cells[place]) if place < len(cells) else ""
        if text and kind_of(text) != WHOLE and text not in OWN_PLACE and text.removesuffix("市") not in title:
            found.append(("apart", {"column": heading[:20], "text": text[:40]}))
    return found


def elsewhere_doubts(texts: Iterable[str], title: str) -> list[Doubt]:
    """What is asked of a row beside whose name another place stands, whatever the heading over it."""
    return [("section", {"text": narrow(text)[:40]}) for text in texts if is_elsewhere(text, title)]


def apart_columns(head: list[str]) -> list[tuple[int, str]]:
    """The places and headings of columns by which rows are figures of several things."""
    return [(place, narrow(bare(cell)).lower()) for place, cell in enumerate(head) if is_apart(cell)]


def why_not_itself(name: str, found: Named) -> str:
    """Why a name that is merely like an indicator's is not asked about: it is of growth or a part of a year."""
    if found.sure:
        return ""
    if spoken_of(name):
        return "sub_annual"
    return "growth" if GROWTH.search(name) and not GROWTH.search(found.component.indicator.title) else ""


def unheaded(row: int, cells: list[str], headed: set[int]) -> Iterator[TableFigure]:
    """Cells in columns that have no heading."""
    for place, cell in enumerate(cells):
        if place not in headed and cell.strip() and FILLED not in marks_of(cell):
            yield passed_over(row, place + 1, cell, "no_heading")


def heading_finder(names: Names, column_of: ColumnOf, last: int) -> Callable[[list[str]], bool]:
    """What `open_table` asks of a row: whether it is the heading of a table of figures, whatever its layout."""

    def is_heading(cells: list[str]) -> bool:
        known = {column_of(cell) for cell in cells} - {""}
        if len(known) >= 2:
            return True
        own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
        labels = sum(_speaks(cell, last) or _relative(cell) is not None for cell in own)
        if any(_is_figure(cell, last) for cell in own):
            return False
        if labels >= 2 or (labels == 1 and known & set(NAME_COLUMNS) and len(own) >= 2):
            return True
        if known & set(NAME_COLUMNS) and _heads_parts(own, column_of):
            return True
        return _year_place(cells, names, column_of) is not None

    return is_heading


def _heads_parts(own: list[str], column_of: ColumnOf) -> bool:
    """Whether a row has names and nothing else but parts of a year: 指标 | 上半年 | 全年, below their year."""
    kinds = [sub_kind(cell) for cell in own if not column_of(cell)]
    return all(kinds) and bool({WHOLE, PART} & set(kinds))


def _speaks(cell: str, last: int) -> bool:
    """Whether a heading speaks of a year: 2021年（万元） as well as 2021年."""
    return speaks_of_a_year(cell, last=last) or speaks_of_a_year(_without_unit(cell), last=last)


def _relative(cell: str) -> int | None:
    return relative_year(_without_unit(cell))


def _is_label(cell: str, last: int) -> bool:
    return is_label(cell, last=last) or is_label(_without_unit(cell), last=last)


def _without_unit(cell: str) -> str:
    return split_unit(narrow(bare(cell)))[0]


def _is_figure(cell: str, last: int) -> bool:
    """Whether a cell holds a number that is no year: such a row is no heading."""
    plain = narrow(bare(cell))
    is_year = speaks_of_a_year(cell, last=last) or YEARLY_WORDS.match(plain) is not None
    return NUMBER.fullmatch(plain) is not None and not is_year


def _year_place(cells: list[str], names: Names, column_of: ColumnOf) -> int | None:
    """Where a table with indicators across has its years: the column that says so, else the first."""
    place = next((place for place, cell in enumerate(cells) if column_of(cell) == "year"), None)
    if place is None:
        first = cells[0] if cells else ""
        if first.strip() and column_of(first) not in ("indicator", *SPELLS) and not is_time_word(first):
            return None
        place = 0
    others = [cell for at, cell in enumerate(cells) if at != place and cell.strip()]
    return place if any((found := names.find(cell)) and found.sure for cell in others) else None


def is_time_word(text: str) -> bool:
    return narrow(bare(text)).lower() in TIME_WORDS


def lay_out(table: TableFile, names: Names, column_of: ColumnOf, *, last: int) -> Across | Down | None:
    """The layout of an open table; None for one figure a row. Takes the table's own rows along."""
    if any(table.ids):
        return None
    row, head = table.head
    meant = _relative_years(table, last)
    head = [meant.get(place, cell) for place, cell in enumerate(head)]
    known = {name: place for place, cell in enumerate(head) if (name := column_of(cell))}
    if "year" in known and "value" in known:
        return None
    under = below_of(table)
    first = list(_some(table.lines, PEEKED_ROWS))
    labelled = [place for place, cell in enumerate(head) if cell.strip() and _speaks(cell, last)]
    below = first[0] if first else (0, [])
    over = _over(table)
    years_down = _year_place(head, names, column_of)
    # 2008.1 亿元 and 2011 家 below names look like years, and are figures.
    if not labelled and years_down is None and _is_row_of_years(below[1], column_of, last):
        # 指标 | 单位 | 年份 above 2021 | 2022 | 2023
        over, row = [*over, head], below[0]
        head = _joined(head, below[1], last)
        known = {name: place for place, cell in enumerate(head) if (name := column_of(cell))}
        known.pop("year", None)
        labelled = [place for place, cell in enumerate(head) if cell.strip() and _is_label(cell, last)]
        first = first[1:]
    if not labelled and (year := _year_of_parts(table, column_of, last)):
        subs = [(row, [cell if not column_of(cell) else "" for cell in head])]
        head = [cell if column_of(cell) or not cell.strip() else year for cell in head]
        return _across(
            table, names, column_of, head, row, known, _kept(table, first), last, subs, [], first, under
        )
    if labelled:
        subs = _subheadings(first[:HEADING_ROWS], labelled)
        first = first[len(subs) :]
        rest = _kept(table, first)
        made = _across(table, names, column_of, head, row, known, rest, last, subs, over, first, under)
        for column in made.years:
            if column.place in meant:
                said = {"text": narrow(bare(table.head[1][column.place]))[:40], "year": column.label.year}
                column.doubts.append(("relative_year", said))
        return made
    if "value" not in known and years_down is not None:
        return _down(table, names, column_of, head, known, first, last, years_down, under)
    _kept(table, first)
    return None


def _relative_years(table: TableFile, last: int) -> dict[int, str]:
    """Place → year, of columns headed 本年 and 上年, where the title names a year and no other."""
    said = {place: years for place, cell in enumerate(table.head[1]) if (years := _relative(cell)) is not None}
    year = year_of_titles(_titles(table), last=last) if said else None
    if year is None:
        return {}
    units = {place: split_unit(narrow(bare(table.head[1][place])))[1] for place in said}
    return {place: f"{year + said[place]}年" + (f"（{units[place]}）" if units[place] else "") for place in said}


def _year_of_parts(table: TableFile, column_of: ColumnOf, last: int) -> str:
    """The one year that stands above a heading of parts of it, or ""."""
    own = [cell for cell in table.head[1] if cell.strip()]
    if not _heads_parts(own, column_of):
        return ""
    cells = [cell for _row, above in table.above for cell in above if cell.strip()]
    years = {cell for cell in cells if _is_label(cell, last)}
    return years.pop() if len(years) == 1 else ""


def _kept(table: TableFile, first: list[Line]) -> Iterator[Line]:
    """The table's rows with those that were looked at already, for whoever reads on."""
    table.lines = chain(first, table.lines)
    return table.lines


def _some(lines: Iterator[Line], number: int) -> Iterator[Line]:
    for _count in range(number):
        line = next(lines, None)
        if line is None:
            return
        yield line


def _is_row_of_years(cells: list[str], column_of: ColumnOf, last: int) -> bool:
    """Whether a row holds years and nothing but headings besides."""
    own = [cell for cell in cells if cell.strip()]
    years = [cell for cell in own if _is_label(cell, last)]
    others = [cell for cell in own if cell not in years and FILLED not in marks_of(cell)]
    return bool(years) and all(column_of(cell) or _speaks(cell, last) for cell in others)


def _joined(upper: list[str], lower: list[str], last: int) -> list[str]:
    """Two heading rows as one: years from the lower, names of columns from the upper."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    return [low if low.strip() else up for up, low in zip(upper, lower, strict=True)]


def _over(table: TableFile) -> list[list[str]]:
    """The row right above the heading, where it groups columns: 上半年 and 全年 over the same years.

    A caption such as 单位：亿元 stands there over the last column, and is said of them all.
    """
    if not table.above or table.above[-1][0] != table.head[0] - 1:
        return []
    return [_without_captions(table.above[-1][1])]


def _without_captions(cells: list[str]) -> list[str]:
    return ["" if is_caption(cell) else cell for cell in cells]


def _subheadings(lines: list[Line], labelled: list[int]) -> list[Line]:
    """The rows below years or names that say what each column holds: 数值, 增速（%）, 上半年, a unit, a kind."""
    found = []
    for line in lines:
        under = [line[1][place] for place in labelled if place < len(line[1]) and line[1][place].strip()]
        if not under or not all(sub_kind(cell) for cell in under):
            break
        found.append(line)
    return found


def _spread(cells: list[str], first: int, width: int) -> list[str]:
    """A row of groups over columns: each word holds until the next one, from the column `first` on.

    A title that a sheet spreads over all of its columns groups nothing.
    """
    title = {cell for cell in cells[:first] if cell.strip()}
    found, word = [""] * width, ""
    for place in range(first, min(len(cells), width)):
        cell = cells[place]
        word = cell if cell.strip() else word
        found[place] = "" if word in title else word
    return found


def _across(table, names, column_of, head, head_row, known, lines, last, subs, over, rows, below) -> Across:
    passed = _above(table)
    years: list[YearColumn] = []
    first_year = min((place for place, cell in enumerate(head) if cell.strip() and _speaks(cell, last)), default=0)
    unit_places = _unit_places(head, first_year, column_of, rows, names.bases)
    apart = apart_columns(head)
    read = {*unit_places, *dict(apart)}
    name_places = _name_places(head, [place for place in range(first_year) if place not in read], column_of, rows)
    second = _second_table(head, first_year, column_of) if name_places or not first_year else None
    if not name_places:
        # 2021 | 2022 | 指标: the names stand last.
        places = range(first_year, len(head))
        name_places = [place for place in places if column_of(head[place]) in NAME_COLUMNS and place not in read]
    read |= {*name_places}
    width = max(map(len, [head, *(cells for _row, cells in subs)]))
    groups = [_spread(cells, first_year, width) for cells in over]
    unknown = _unknown_groups(groups, names.title)
    text = ""
    for place in range(width):
        cell = head[place] if place < len(head) else ""
        under = [cells[place] for _row, cells in subs if place < len(cells) and cells[place].strip()]
        text = cell if cell.strip() else (text if under and place > first_year else "")
        if place in read or not text.strip():
            continue
        if second is not None and place >= second:
            passed.append(passed_over(head_row, place + 1, text, "table_beside"))
            continue
        if column_of(text) in (*ROW_COLUMNS, *SPELLS):
            continue
        more = [group[place] for group in groups if sub_kind(group[place])] + under
        years_or_passed = _year_column(place, text, more, head_row, last, names.bases)
        if isinstance(years_or_passed, YearColumn):
            words = [group[place] for group in groups if group[place] in unknown]
            years_or_passed.doubts += [("section", {"text": narrow(word)[:40]}) for word in words]
            years.append(years_or_passed)
        else:
            passed.append(years_or_passed)
    passed += [_heading_row(line) for line in subs]
    headed = {
        place
        for cells in (head, *(cells for _row, cells in subs))
        for place, cell in enumerate(cells)
        if cell.strip()
    }
    headed |= {column.place for column in years}
    named = [head[place] for place in name_places if place < len(head)]
    title = title_doubts(_titles(table), named, plan_title=names.title) + below.doubts
    named += [head[place] for place in unit_places]
    caption = caption_of(
        [cells for _row, cells in table.above], named, names.bases, below.captions + _lone_units(head, names)
    )
    return Across(
        sheet=Sheet(table, names, column_of, last),
        names=names,
        columns=known,
        name_places=name_places,
        unit_places=unit_places,
        years=years,
        caption=caption,
        passed=passed,
        lines=lines,
        headed=headed,
        title=title,
        apart=apart,
        below=below,
    )


def _lone_units(head: list[str], names: Names) -> list[list[str]]:
    """（万元） at the end of a heading, over no column of its own."""
    return [[f"单位:{unit_of(cell)}"] for cell in head if is_unit(cell, names.bases)]


def _unit_places(
    head: list[str], first_year: int, column_of: ColumnOf, rows: list[Line], bases: frozenset[str]
) -> list[int]:
    """The columns of units: by their headings, else one before the years that holds nothing but units."""
    if said := [place for place, cell in enumerate(head) if _is_unit_heading(cell) or column_of(cell) == "unit"]:
        return said
    for place in range(first_year):
        held = [cells[place] for _row, cells in rows if place < len(cells) and cells[place].strip()]
        if held and not column_of(head[place]) and all(is_unit(unit_of(cell), bases) for cell in held):
            return [place]
    return []


def _unknown_groups(groups: list[list[str]], title: str) -> set[str]:
    """Words over columns that make figures of other things of them: another place, or one of several words."""
    words = {word for group in groups for word in group if word.strip() and not sub_kind(word)}
    several = {word for word in words if not re.search(r"时期|[一二三]五|规划期|年", word)}
    return several if len(several) > 1 else {word for word in words if is_elsewhere(word, title)}


def _name_places(head: list[str], places: list[int], column_of: ColumnOf, rows: list[Line]) -> list[int]:
    """Which of the columns before the years name the rows: not the number of a row, an office, or growth."""
    named = [place for place in places if column_of(head[place]) in NAME_COLUMNS]
    unknown = [place for place in places if not column_of(head[place]) and not OFFICE.search(narrow(head[place]))]
    blank = [place for place in unknown if not head[place].strip()]
    words = [place for place in unknown if NAME_HEADING.search(narrow(head[place]))]
    if not named and not words:
        # Nothing says which: whatever holds words, below 年份 before the years as well.
        unknown += [place for place in places if column_of(head[place]) == "year"]
        words = [place for place in unknown if _holds_words(head[place], place, rows)]
    return sorted({*named, *blank, *words})


def _holds_words(heading: str, place: int, rows: list[Line]) -> bool:
    if is_number(heading) or is_day(heading) or sub_kind(heading) or GROWTH.search(narrow(heading)):
        return False
    held = [cells[place] for _row, cells in rows if place < len(cells) and cells[place].strip()]
    return not held or sum(map(is_number, held)) * 2 < len(held)


def _second_table(head: list[str], first: int, column_of: ColumnOf) -> int | None:
    """Where another table begins on the right, with names of its own: it is listed and not read."""
    return next((place for place in range(first + 1, len(head)) if column_of(head[place]) in NAME_COLUMNS), None)


def _heading_row(line: Line) -> TableFigure:
    own = [cell.strip() for cell in line[1] if cell.strip() and FILLED not in marks_of(cell)]
    return passed_over(line[0], 0, " ".join(own)[:60], "heading_row")


def _year_column(place: int, text: str, more: list[str], row: int, last: int, bases) -> YearColumn | TableFigure:
    """The column of one year, or why it is none. `more`: what stands above and below its year."""
    name, unit = split_unit(narrow(bare(text)), bases)
    kinds = [(sub_kind(one), one) for one in more if one.strip()]
    heading = " ".join(dict.fromkeys([narrow(text), *(narrow(one) for one in more)])).strip()
    label_text = text if not unit else type(text)(name)
    for kind, one in kinds:
        if kind in PASSED_KINDS:
            return passed_over(row, place + 1, heading, PASSED_KINDS[kind], text=narrow(one)[:40])
    try:
        label = read_label(label_text, last=last)
    except BadCell as bad:
        code = bad.code
        if code == "year":
            code = PASSED_KINDS.get(sub_kind(name), "growth" if GROWTH.search(heading) else "column_passed")
        return passed_over(row, place + 1, heading, code, **bad.params)
    for kind, one in kinds:
        if kind == "status":
            label = replace(label, status=status_of(one))
        elif kind == WHOLE:
            label = replace(label, whole=True)
        unit = unit or (unit_of(one) if kind == "unit" else split_unit(narrow(one), bases)[1])
    return YearColumn(place, label, unit, label_doubts(label))


def _is_unit_heading(cell: str) -> bool:
    return UNIT_HEADING.fullmatch(narrow(bare(cell)).replace(" ", "").strip("*:").lower()) is not None


def _down(table, names, column_of, head, known, first, last, year_place, below) -> Down:
    passed = _above(table)
    captions = below.captions + _lone_units(head, names)
    caption = caption_of([cells for _row, cells in table.above], [head[year_place]], names.bases, captions)
    row = table.head[0]
    units: list[str] = []
    if first and _is_unit_row(first[0][1]):
        units = first[0][1]
        passed.append(passed_over(first[0][0], 0, " ".join(filter(None, map(str.strip, units)))[:60], "unit_row"))
        first = first[1:]
    subs = _subheadings(
        [line for line in first[:HEADING_ROWS] if not _has_a_year(line[1], year_place, last)],
        [place for place in range(MAX_COLUMNS) if place != year_place],
    )
    passed += [_heading_row(line) for line in subs]
    group = _without_captions(table.above[-1][1]) if table.above and _is_group(table.above[-1][1]) else []
    parts, text = [], ""
    unit_place = next(
        (at for at, cell in enumerate(head) if _is_unit_heading(cell) or column_of(cell) == "unit"), None
    )
    # Another table beside this one has years of its own.
    second = next((at for at in range(year_place + 1, len(head)) if column_of(head[at]) == "year"), None)
    apart = apart_columns(head)
    width = max(map(len, [head, *(cells for _row, cells in subs)]))
    spread = [word for cells in _over(table) for word in _spread(cells, 0, width)] or [""] * width
    place_over = [word if is_elsewhere(word, names.title) else "" for word in spread]
    for place in range(max(map(len, [head, *(cells for _row, cells in subs)]))):
        if place in (year_place, unit_place) or place in dict(apart):
            continue
        cell = head[place] if place < len(head) else ""
        under = [cells[place] for _row, cells in subs if place < len(cells) and cells[place].strip()]
        text = cell if cell.strip() else (text if under else "")
        if not text.strip():
            continue
        if second is not None and place >= second:
            passed.append(passed_over(row, place + 1, text, "table_beside"))
            continue
        over = narrow(bare(group[place])) if place < len(group) else ""
        unit = unit_of(units[place]) if place < len(units) and is_unit(units[place], names.bases) else ""
        found = _part_column(place, text, [over, *under] if sub_kind(over) else under, names, over, unit, row)
        if isinstance(found, PartColumn):
            found.doubts = [("section", {"text": place_over[place][:40]})] if place_over[place] else []
            parts.append(found)
        elif column_of(text) not in (*ROW_COLUMNS, *SPELLS):
            passed.append(found)
    lines = _kept(table, first[len(subs) :])
    headed = {
        place
        for cells in (head, *(cells for _row, cells in subs))
        for place, cell in enumerate(cells)
        if cell.strip()
    }
    headed |= {year_place}
    title = title_doubts(_titles(table), [head[year_place]], plan_title=names.title) + below.doubts
    known = {name: at for name, at in known.items() if at != year_place}
    return Down(
        sheet=Sheet(table, names, column_of, last),
        names=names,
        columns=known,
        year_place=year_place,
        parts=parts,
        unit_place=unit_place,
        caption=caption,
        passed=passed,
        lines=lines,
        headed=headed,
        title=title,
        apart=apart,
        below=below,
    )


def _has_a_year(cells: list[str], place: int, last: int) -> bool:
    return place < len(cells) and speaks_of_a_year(cells[place], last=last)


def _part_column(
    place: int, text: str, more: list[str], names: Names, over: str, unit: str, row: int
) -> PartColumn | TableFigure:
    """The column of one component, or why it is none. `more`: what stands above and below its name."""
    name = narrow(bare(text))
    unit = split_unit(name, names.bases)[1] or unit
    found = names.find(name, unit=unit, above=over) or (over and names.find(f"{over}{name}", unit=unit))
    if not found:
        return passed_over(row, place + 1, name, "not_ours", name=name[:60])
    kinds = [(sub_kind(one), one) for one in more]
    code = next((PASSED_KINDS[kind] for kind, _one in kinds if kind in PASSED_KINDS), why_not_itself(name, found))
    if code:
        heading = " ".join([name, *(narrow(one) for one in more)])
        return passed_over(row, place + 1, heading, code, text=heading[:40])
    status = next((status_of(one) for kind, one in kinds if kind == "status"), "")
    unit = unit or next((unit_of(one) for kind, one in kinds if kind == "unit"), "")
    whole = any(kind == WHOLE for kind, _one in kinds)
    return PartColumn(place, name, found.component, found.sure, unit, status, whole)


def _is_unit_row(cells: list[str]) -> bool:
    own = [cell for cell in cells if cell.strip() and not _is_unit_heading(cell)]
    return bool(own) and all(is_unit(cell) for cell in own)


def _is_group(cells: list[str]) -> bool:
    return any(FILLED in marks_of(cell) for cell in cells) and len(set(cells)) > 2


def _above(table: TableFile) -> list[TableFigure]:
    found = [passed_over(row, 0, next(filter(str.strip, cells)), "title_row") for row, cells in table.above]
    if table.format in UNSEEN_LOOK:
        found.append(passed_over(table.head[0], 0, f".{table.format}", "unseen_look", format=table.format))
    return found + [
        TableFigure(0, 0, passed=Fault(0, "—", name, "other_sheet", {"sheet": name})) for name in table.others
    ]


def _titles(table: TableFile) -> list[str]:
    """What a table is called: the lines above it, and its sheet."""
    return [cell for _row, cells in table.above for cell in cells if FILLED not in marks_of(cell)] + [table.sheet]


def doubts_of(table: TableFile, places: Mapping[str, int], plan_title: str) -> list[Doubt]:
    """What is asked of every figure of a table of one figure a row, for what its title or a heading says."""
    said = {places[name] for name in ("year", "value", *NAME_COLUMNS) if name in places}
    headings = [heading for place, heading in enumerate(table.headings) if place in said]
    return title_doubts(_titles(table), headings, plan_title=plan_title)


def titles_of(table: TableFile) -> list[TableFigure]:
    """What a table of one figure a row has above it and beside it."""
    return _above(table)

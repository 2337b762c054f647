"""The rows of a table once its layout is known: each figure with what belongs to it, whatever the layout.

Rows become the cells of single figures, each a dict by the machine names of columns, so that one reader of rows
reads them all; every row and column that is passed over is listed with its reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from indicators.files.below import Below, Doubt, note_in
from indicators.files.captions import (
    Caption,
    caption_below,
    caption_of,
    clash,
    unit_of,
)
from indicators.files.columns import SPELLS
from indicators.files.doubts import (
    apart_doubts,
    elsewhere_doubts,
    label_doubts,
    note_doubts,
    said_of,
    spell_doubts,
    why_not_itself,
)
from indicators.files.heads import ColumnOf, heading_finder, is_figure, is_time_word
from indicators.files.naming import Named, Names, split_unit
from indicators.files.sections import (
    NO_SECTION,
    RowsHeading,
    is_apart,
    section_below,
)
from indicators.files.spells import PART, kind_of, read_spell
from indicators.files.titled import Title, Titled, place_word
from indicators.files.years import ThisYear, YearLabel, is_day, read_label, relative_year, why_no_year
from tables.badcell import BadCell
from tables.cells import FILLED, Line, bare, marks_of, narrow
from tables.faults import Fault
from tables.numbers import is_number
from tables.table import TableFile

# Columns of the file of figures that a wide table may have beside its years, one value a row.
ROW_COLUMNS = frozenset(
    ("value_status", "released_on", "source_title", "source_url", "source_publisher", "note", "precision")
    + ("exclusive", "release_precision", "plan")
)
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
    said: Title | None = None  # the indicator that a heading over it names, where rows are places


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
    lay_out: "Callable[..., Across | Down | None]"  # of a table further down (indicators.files.layout)


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
        if not any(sheet.column_of(cell) or is_time_word(cell) or is_apart(cell) for cell in first):
            return False
        if any(is_figure(cell, sheet.last) for cell in own):
            return False
        if not heading_finder(self.names, sheet.column_of, sheet.last)(cells):
            return False
        table = replace(sheet.table, head=(row, cells), above=self.between, lines=self.lines, ids=[], others=[])
        made = sheet.lay_out(table, self.names, sheet.column_of, last=sheet.last)
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
    titled: Titled | None = None  # where rows are places and the title names the indicator
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
        if self.titled and not (found and found.sure):
            yield from self._of_place(row, cells, name, filled, units)
            return
        if found is None:
            code = "not_ours" if name else "no_name"
            words = [cells[column.place] for column in filled]
            yield passed_over(row, 0, name or " ".join(words), code, name=name[:60])
            if not name and not any(map(is_number, words)):
                self._head_unless_named(words)
            return
        yield from self._figures(row, cells, name, found, filled, units)

    def _of_place(
        self, row: int, cells: list[str], name: str, filled: list[YearColumn], units: list[str]
    ) -> Iterator[TableFigure]:
        """The figures of a row that names a place: of what the title, or a heading over its columns, names."""
        assert self.titled is not None
        place = place_word(name)
        for said, columns in groupby(filled, lambda column: column.said or self.titled.said):
            if place not in self.titled.own or said.found is None:
                code, params = self.titled.why_passed(place)
                yield passed_over(row, 0, name, code, **params)
                return
            own_units = units or [unit for unit in [said.unit] if unit]
            of_place = self.titled.doubts(place)
            yield from self._figures(row, cells, said.name, said.found, [*columns], own_units, of_place)

    def _figures(
        self,
        row: int,
        cells: list[str],
        name: str,
        found: Named,
        filled: list[YearColumn],
        units: list[str],
        of_place: Iterable[Doubt] = (),
    ) -> Iterator[TableFigure]:
        unit = units[0] if units else ""
        if self.section.passed:
            yield passed_over(row, 0, name, self.section.passed, text=self.section.text[:40])
            return
        if code := why_not_itself(name, found):
            yield passed_over(row, 0, name, code)
            return
        doubts = spell_doubts(cells, self.columns) + apart_doubts(cells, self.apart, self.names.title)
        doubts += note_doubts(cells, self.columns, self.names.title) + self.section.doubts
        doubts += elsewhere_doubts(self._texts(cells) + self._beside(cells), self.names)
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
                    *of_place,
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

    year_place: int | None  # none where the title says the year of every row
    parts: list[PartColumn]
    of_year: ThisYear | None = None
    unit_place: int | None = None
    this_year: ThisYear | None = None
    titled: Titled | None = None  # where rows name places, in a column of their own, and the title the indicator
    place_column: int = 0
    kind = "down"

    def row_figures(self, row: int, cells: list[str], own: list[str]) -> Iterator[TableFigure]:
        at = self.year_place
        text = cells[at] if at is not None and at < len(cells) else ""
        try:
            label, asked = self._label(text)
        except BadCell as bad:
            if note := note_in(own):
                yield passed_over(row, 0, note, "note_row")
            else:
                code = why_no_year(text, bad.code)
                code = "no_year_row" if code == "year" else code
                yield passed_over(row, 0, text or own[0], code, **bad.params)
                self.caption = caption_below(own, self.caption, self.names.bases)
                if not any(is_number(cell) for cell in own if cell is not text):
                    self._head_those_below(own)
            return
        place = place_word(cells[self.place_column]) if self.titled and self.place_column < len(cells) else ""
        if self.titled and place not in self.titled.own:
            code, params = self.titled.why_passed(place)
            yield passed_over(row, 0, place or own[0], code, **params)
            return
        taken = {at, self.place_column if self.titled else at, *(part.place for part in self.parts)}
        if (part := part_of_year(cells, self.columns, taken)) is not None:
            yield passed_over(row, part + 1, cells[part], "sub_annual")
            return
        doubts = [*asked, *said_of(label, self.title), *label_doubts(label)]
        doubts += spell_doubts(cells, self.columns)
        doubts += apart_doubts(cells, self.apart, self.names.title)
        doubts += note_doubts(cells, self.columns, self.names.title) + self.section.doubts
        read = taken | {*self.columns.values(), *dict(self.apart)}
        doubts += elsewhere_doubts([cell for at, cell in enumerate(cells) if at not in read], self.names)
        doubts += self.titled.doubts(place) if self.titled else []
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
            own = {"component": part.component.code, "year": str(label.year or text), "value": cells[part.place]}
            yield TableFigure(
                row,
                part.place + 1,
                common | own,
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

    def _label(self, text: str) -> tuple[YearLabel, list[Doubt]]:
        """The year of a row and what is asked about it; year 0 for 本年 of a year nobody knows, which is refused
        where its figures are read. Raises BadCell."""
        if self.year_place is None and self.of_year:
            return YearLabel(self.of_year.year), []
        try:
            return read_label(text, last=self.sheet.last), []
        except BadCell:
            if relative_year(text) is None:
                raise
        meant = self.this_year and self.this_year.label(text)
        return meant or (YearLabel(0), [])

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


def unheaded(row: int, cells: list[str], headed: set[int]) -> Iterator[TableFigure]:
    """Cells in columns that have no heading."""
    for place, cell in enumerate(cells):
        if place not in headed and cell.strip() and FILLED not in marks_of(cell):
            yield passed_over(row, place + 1, cell, "no_heading")

"""How a table is laid out: one figure a row, indicators down and years across, or the other way round.

A layout turns the rows of a table into the cells of single figures, each a dict by the machine names of columns,
so that one reader of rows reads them all; and lists every row and column that it passes over, with the reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from indicators.files.badcell import BadCell
from indicators.files.cells import NUMBER
from indicators.files.naming import Names, is_unit, split_unit
from indicators.files.years import GROWTH, YearLabel, is_label, read_label, speaks_of_a_year
from tables.cells import FILLED, Line, bare, is_blank, marks_of, narrow
from tables.faults import Fault
from tables.table import TableFile

VALUE_WORDS = {
    "数值",
    "总量",
    "绝对数",
    "绝对值",
    "绝对额",
    "实绩",
    "实际",
    "实际值",
    "实际数",
    "完成值",
    "数",
    "值",
    "全年",
    "value",
}
NOTE_STARTS = ("注", "备注", "说明", "资料来源", "数据来源", "来源", "资料", "*", "note", "source")
UNIT_WORDS = ("单位", "计量单位", "unit")
# Columns of the file of figures that a wide table may have beside its years, one value a row.
ROW_COLUMNS = frozenset(
    ("value_status", "released_on", "source_title", "source_url", "source_publisher", "note", "precision")
    + ("exclusive", "release_precision", "plan")
)
NAME_COLUMNS = ("component", "code", "indicator")

ColumnOf = Callable[[str], str]


@dataclass
class TableFigure:
    """One cell of a wide table with what belongs to it; or, with `passed`, what is passed over and why.

    `place` is the column counting from 1, or 0 where the whole row is meant.
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


def passed_over(row: int, place: int, value: str, code: str, **params: Any) -> TableFigure:
    return TableFigure(row, place, passed=Fault(row, "—", value[:100], code, params))


@dataclass
class YearColumn:
    place: int
    label: YearLabel
    unit: str = ""


@dataclass
class PartColumn:
    place: int
    name: str
    component: Any
    sure: bool
    unit: str


@dataclass
class Across:
    """Indicators down, years across."""

    names: Names
    columns: dict[str, int]
    name_places: list[int]
    unit_place: int | None
    years: list[YearColumn]
    unit: str
    passed: list[TableFigure]
    lines: Iterator[Line]
    headed: set[int]
    column_of: ColumnOf
    last: int
    kind: str = "across"

    def figures(self) -> Iterator[TableFigure]:
        yield from self.passed
        above = ""
        for row, cells in self.lines:
            own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
            texts = [cells[place] for place in self.name_places if place < len(cells) and cells[place].strip()]
            name = " ".join(dict.fromkeys(narrow(bare(text)) for text in texts)).strip()
            if not own:
                continue
            if note := _note(own):
                yield passed_over(row, 0, note, "note_row")
                continue
            if self.head_again(row, cells):
                yield passed_over(row, 0, name or own[0], "heading_row")
                continue
            filled = [column for column in self.years if column.place < len(cells) and cells[column.place].strip()]
            if not filled or not any(FILLED not in marks_of(cells[column.place]) for column in filled):
                yield passed_over(row, 0, name or own[0], "no_figures")
                above = name or above
                continue
            yield from self._row(row, cells, name, filled, above)
            yield from _unheaded(row, cells, self.headed)
            if not name.startswith(("其中", "#", "＃")):
                above = name

    def head_again(self, row: int, cells: list[str]) -> bool:
        """Whether a second table begins here, below its own heading; its years hold from here on."""
        first = next((cell for cell in cells if cell.strip()), "")
        if self.column_of(first) not in (*NAME_COLUMNS, "unit", "year") or not _is_row_of_years(
            cells, self.column_of, self.last
        ):
            return False
        self.years = []
        for place, cell in enumerate(cells):
            column = _year_column(place, cell, "", row, self.last, self.names.bases) if cell.strip() else None
            if isinstance(column, YearColumn):
                self.years.append(column)
                self.headed.add(place)
        return True

    def _row(
        self, row: int, cells: list[str], name: str, filled: list[YearColumn], above: str
    ) -> Iterator[TableFigure]:
        unit = (
            narrow(cells[self.unit_place]) if self.unit_place is not None and self.unit_place < len(cells) else ""
        )
        unit = unit or split_unit(name, self.names.bases)[1]
        found = self._component(cells, name, unit, above)
        if found is None:
            code = "not_ours" if name else "no_name"
            yield passed_over(row, 0, name or cells[filled[0].place], code, name=name[:60])
            return
        common = {
            column: cells[place]
            for column, place in self.columns.items()
            if column in ROW_COLUMNS and place < len(cells) and cells[place].strip()
        }
        for column in filled:
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
                unit=unit or column.unit or self.unit,
                status=column.label.status,
            )

    def _component(self, cells: list[str], name: str, unit: str, above: str):
        for column in ("component", "code"):
            place = self.columns.get(column)
            if place is not None and place < len(cells) and (found := self.names.code(cells[place])):
                return self.names.find(found.code)
        texts = [bare(cells[place]) for place in self.name_places if place < len(cells) and cells[place].strip()]
        tries = [*dict.fromkeys([name.replace(" ", ""), *reversed(texts)])]
        proposals = [found for text in tries if (found := self.names.find(text, unit=unit, above=above))]
        return next((found for found in proposals if found.sure), proposals[0] if proposals else None)


@dataclass
class Down:
    """Years down, indicators across."""

    names: Names
    year_place: int
    parts: list[PartColumn]
    columns: dict[str, int]
    unit: str
    last: int
    passed: list[TableFigure]
    lines: Iterator[Line]
    headed: set[int]
    kind: str = "down"

    def figures(self) -> Iterator[TableFigure]:
        yield from self.passed
        for row, cells in self.lines:
            own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
            if not own:
                continue
            text = cells[self.year_place] if self.year_place < len(cells) else ""
            try:
                label = read_label(text, last=self.last)
            except BadCell as bad:
                if note := _note(own):
                    yield passed_over(row, 0, note, "note_row")
                elif bad.code == "year" and self.head_again(cells):
                    yield passed_over(row, 0, text or own[0], "heading_row")
                else:
                    code = "no_year_row" if bad.code == "year" else bad.code
                    yield passed_over(row, 0, text or own[0], code, **bad.params)
                continue
            common = {
                column: cells[place]
                for column, place in self.columns.items()
                if column in ROW_COLUMNS and place < len(cells) and cells[place].strip()
            }
            for part in self.parts:
                if part.place >= len(cells) or not cells[part.place].strip():
                    continue
                yield TableFigure(
                    row,
                    part.place + 1,
                    common
                    | {"component": part.component.code, "year": str(label.year), "value": cells[part.place]},
                    component=part.component,
                    sure=part.sure,
                    name=part.name,
                    unit=part.unit or self.unit,
                    status=label.status,
                )
            yield from _unheaded(row, cells, self.headed)

    def head_again(self, cells: list[str]) -> bool:
        """Whether a second table begins here, below its own heading; its indicators hold from here on."""
        parts = _parts_of(cells, self.names)
        if not any(part.sure for part in parts):
            return False
        self.parts = parts
        self.headed |= {part.place for part in parts}
        return True


def _parts_of(cells: list[str], names: Names) -> list[PartColumn]:
    found = []
    for place, cell in enumerate(cells[1:], 1):
        name = narrow(bare(cell))
        unit = split_unit(name, names.bases)[1]
        if cell.strip() and (named := names.find(name, unit=unit)):
            found.append(PartColumn(place, name, named.component, named.sure, unit))
    return found


def _unheaded(row: int, cells: list[str], headed: set[int]) -> Iterator[TableFigure]:
    """Cells in columns that have no heading."""
    for place, cell in enumerate(cells):
        if place not in headed and cell.strip() and FILLED not in marks_of(cell):
            yield passed_over(row, place + 1, cell, "no_heading")


def _note(own: list[str]) -> str:
    """The text of a row that says something about the table."""
    first = narrow(own[0])
    return own[0] if first.lower().startswith(NOTE_STARTS) and len(own) <= 2 else ""


def heading_finder(names: Names, column_of: ColumnOf, last: int) -> Callable[[list[str]], bool]:
    """What `open_table` asks of a row: whether it is the heading of a table of figures, whatever its layout."""

    def is_heading(cells: list[str]) -> bool:
        known = {column_of(cell) for cell in cells} - {""}
        if len(known) >= 2:
            return True
        own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
        labels = sum(speaks_of_a_year(cell, last=last) for cell in own)
        if any(_is_figure(cell, last) for cell in own):
            return False
        if labels >= 2 or (labels == 1 and known & set(NAME_COLUMNS) and len(own) >= 2):
            return True
        return _years_down(cells, names, column_of)

    return is_heading


def _is_figure(cell: str, last: int) -> bool:
    """Whether a cell holds a number that is no year: such a row is no heading."""
    plain = narrow(bare(cell))
    return NUMBER.fullmatch(plain) is not None and not speaks_of_a_year(cell, last=last)


def _years_down(cells: list[str], names: Names, column_of: ColumnOf) -> bool:
    first = cells[0] if cells else ""
    if first.strip() and column_of(first) not in ("year", "indicator") and not is_time_word(first):
        return False
    return any(cell.strip() and (found := names.find(cell)) and found.sure for cell in cells[1:])


def is_time_word(text: str) -> bool:
    return narrow(bare(text)) in ("时间", "年别", "时期", "年", "指标", "项目", "")


def lay_out(table: TableFile, names: Names, column_of: ColumnOf, *, last: int) -> Across | Down | None:
    """The layout of an open table; None for one figure a row. Takes the table's own rows along."""
    if any(table.ids):
        return None
    row, head = table.head
    known = {name: place for place, cell in enumerate(head) if (name := column_of(cell))}
    if "year" in known and "value" in known:
        return None
    first = list(_some(table.lines, 2))
    labelled = [place for place, cell in enumerate(head) if cell.strip() and speaks_of_a_year(cell, last=last)]
    below = first[0] if first else (0, [])
    if not labelled and _is_row_of_years(below[1], column_of, last):
        # 指标 | 单位 | 年份 above 2021 | 2022 | 2023
        head = _joined(head, below[1], last)
        known = {name: place for place, cell in enumerate(head) if (name := column_of(cell))}
        known.pop("year", None)
        return _across(table, names, column_of, head, below[0], known, _kept(table, first[1:]), last, [])
    if labelled:
        subs = below[1] if _is_subheading(below[1], labelled, last) else []
        rest = _kept(table, first[1:] if subs else first)
        return _across(table, names, column_of, head, row, known, rest, last, subs)
    if "value" not in known and _years_down(head, names, column_of):
        return _down(table, names, column_of, head, known, first, last)
    _kept(table, first)
    return None


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
    years = [cell for cell in own if is_label(cell, last=last)]
    others = [cell for cell in own if cell not in years and FILLED not in marks_of(cell)]
    return bool(years) and all(column_of(cell) or speaks_of_a_year(cell, last=last) for cell in others)


def _joined(upper: list[str], lower: list[str], last: int) -> list[str]:
    """Two heading rows as one: years from the lower, names of columns from the upper."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    return [low if low.strip() else up for up, low in zip(upper, lower, strict=True)]


def _is_subheading(cells: list[str], labelled: list[int], last: int) -> bool:
    """Whether the row below the years says what each of their columns holds: 数值, 增速（%）, a unit, a kind."""
    under = [cells[place] for place in labelled if place < len(cells) and cells[place].strip()]
    return bool(under) and all(_sub_kind(cell) for cell in under)


def _sub_kind(cell: str) -> str:
    """value, growth, unit, status or ""."""
    name, _unit = split_unit(narrow(bare(cell)))
    plain = name.replace(" ", "").lower()
    if plain in VALUE_WORDS:
        return "value"
    if GROWTH.search(plain) or plain in ("占比", "比重", "排名", "位次", "增减", "完成率"):
        return "growth"
    if is_unit(cell):
        return "unit"
    try:
        return "status" if read_label(f"2000{plain}", last=9999).status else ""
    except BadCell:
        return ""


def _across(table, names, column_of, head, head_row, known, lines, last, subs) -> Across:
    passed = _above(table)
    caption = _caption(table)
    years: list[YearColumn] = []
    first_year = min(
        (place for place, cell in enumerate(head) if cell.strip() and speaks_of_a_year(cell, last=last)), default=0
    )
    unit_place = next((place for place, cell in enumerate(head) if _is_unit_heading(cell)), None)
    name_places = [
        place
        for place in range(first_year)
        if place != unit_place and (column_of(head[place]) in ("", *NAME_COLUMNS))
    ]
    text = ""
    for place in range(max(len(head), len(subs))):
        cell = head[place] if place < len(head) else ""
        sub = subs[place] if place < len(subs) else ""
        text = cell if cell.strip() else (text if sub.strip() and place > first_year else "")
        if place < first_year or place == unit_place or not text.strip():
            continue
        if (name := column_of(text)) in ROW_COLUMNS:
            continue
        years_or_passed = _year_column(place, text, sub, head_row, last, names.bases)
        if isinstance(years_or_passed, YearColumn):
            years.append(years_or_passed)
        elif not (
            name in known and name in ("entered_by", "approved_at", "state", "indicator", "code", "component")
        ):
            passed.append(years_or_passed)
    if subs:
        own = [cell.strip() for cell in subs if cell.strip() and FILLED not in marks_of(cell)]
        passed.append(passed_over(head_row + 1, 0, " ".join(own)[:60], "heading_row"))
    headed = {place for cells in (head, subs) for place, cell in enumerate(cells) if cell.strip()}
    headed |= {*name_places, *(column.place for column in years)}
    return Across(names, known, name_places, unit_place, years, caption, passed, lines, headed, column_of, last)


def _year_column(place: int, text: str, sub: str, row: int, last: int, bases) -> YearColumn | TableFigure:
    name, unit = split_unit(narrow(bare(text)), bases)
    kind = _sub_kind(sub) if sub.strip() else "value"
    heading = f"{narrow(text)} {narrow(sub)}".strip()
    if kind == "growth":
        return passed_over(row, place + 1, heading, "growth")
    label_text = text if not unit else type(text)(name)
    try:
        label = read_label(label_text, last=last)
        if kind == "status":
            label = YearLabel(label.year, read_label(f"2000{narrow(bare(sub))}", last=9999).status)
    except BadCell as bad:
        code = bad.code
        if code == "year":
            code = "growth" if GROWTH.search(heading) else "column_passed"
        return passed_over(row, place + 1, heading, code, **bad.params)
    sub_unit = narrow(sub) if kind == "unit" else split_unit(narrow(sub), bases)[1]
    return YearColumn(place, label, unit or sub_unit)


def _is_unit_heading(cell: str) -> bool:
    return narrow(bare(cell)).replace(" ", "").lower() in UNIT_WORDS


def _down(table, names, column_of, head, known, first, last) -> Down:
    passed, caption = _above(table), _caption(table)
    row = table.head[0]
    units: list[str] = []
    if first and _is_unit_row(first[0][1]):
        units = first[0][1]
        passed.append(passed_over(first[0][0], 0, " ".join(filter(None, map(str.strip, units)))[:60], "unit_row"))
        first = first[1:]
    group = table.above[-1][1] if table.above and _is_group(table.above[-1][1]) else []
    parts = []
    for place, cell in enumerate(head):
        if place == 0 or not cell.strip():
            continue
        unit = split_unit(narrow(bare(cell)), names.bases)[1]
        unit = unit or (narrow(units[place]) if place < len(units) and is_unit(units[place], names.bases) else "")
        over = narrow(bare(group[place])) if place < len(group) else ""
        name = narrow(bare(cell))
        found = names.find(name, unit=unit, above=over) or (over and names.find(f"{over}{name}", unit=unit))
        if found:
            parts.append(PartColumn(place, name, found.component, found.sure, unit))
        elif column_of(cell) not in ROW_COLUMNS:
            passed.append(passed_over(row, place + 1, name, "not_ours", name=name[:60]))
    lines = _kept(table, first)
    headed = {place for place, cell in enumerate(head) if cell.strip()} | {0}
    return Down(names, 0, parts, known, caption, last, passed, lines, headed)


def _is_unit_row(cells: list[str]) -> bool:
    own = [cell for cell in cells if cell.strip() and not _is_unit_heading(cell)]
    return bool(own) and all(is_unit(cell) for cell in own)


def _is_group(cells: list[str]) -> bool:
    return any(FILLED in marks_of(cell) for cell in cells) and len(set(cells)) > 2


def _above(table: TableFile) -> list[TableFigure]:
    found = [passed_over(row, 0, next(filter(str.strip, cells)), "title_row") for row, cells in table.above]
    return found + [
        TableFigure(0, 0, passed=Fault(0, "—", name, "other_sheet", {"sheet": name})) for name in table.others
    ]


def _caption(table: TableFile) -> str:
    """The unit a line above the table gives for all of it: 单位：亿元."""
    for _row, cells in table.above:
        for cell in cells:
            text = narrow(bare(cell))
            for piece in text.replace("（", "(").replace("）", ")").replace("(", " ").replace(")", " ").split():
                if piece.startswith(("单位", "计量单位")) and (unit := piece.split("位", 1)[1].strip(":：")):
                    return unit if is_unit(unit) else ""
    return ""


def titles_of(table: TableFile) -> list[TableFigure]:
    """What a table of one figure a row has above it and beside it."""
    return _above(table)


def note_of(cells: list[str]) -> str:
    """The text of a footnote below a table, or ""."""
    own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
    return "" if is_blank(cells) or len(own) > 1 else _note(own)

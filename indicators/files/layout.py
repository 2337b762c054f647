"""How a table is laid out: one figure a row, indicators down and years across, or the other way round."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, takewhile

from indicators.files.below import Doubt, below_of, rows_ahead
from indicators.files.captions import (
    UNIT_HEADING,
    caption_of,
    unit_of,
)
from indicators.files.columns import SPELLS
from indicators.files.doubts import (
    apart_columns,
    label_doubts,
    title_doubts,
    why_not_itself,
)
from indicators.files.heads import (
    NAME_COLUMNS,
    ColumnOf,
    groups_over,
    heading_finder,
    heads_parts,
    is_row_of_years,
    joined_heads,
    labels_a_year,
    place_of_years,
    relative,
    speaks,
    spread_groups,
    subheadings,
    without_captions,
    words_below,
)
from indicators.files.naming import Names, is_unit, split_unit
from indicators.files.places import OWN_PLACE, is_elsewhere
from indicators.files.sections import (
    PASSED_KINDS,
    status_of,
    sub_kind,
)
from indicators.files.spells import WHOLE
from indicators.files.table_rows import (
    ROW_COLUMNS,
    Across,
    Down,
    PartColumn,
    Sheet,
    TableFigure,
    YearColumn,
    passed_over,
)
from indicators.files.titled import Titled, is_of_places, place_word, title_of, titled
from indicators.files.years import (
    GROWTH,
    ThisYear,
    is_day,
    read_label,
    speaks_of_a_year,
    this_year,
    why_no_year,
    year_doubt,
)
from tables.badcell import BadCell
from tables.cells import FILLED, Line, bare, marks_of, narrow
from tables.faults import Fault
from tables.numbers import is_number
from tables.table import MAX_COLUMNS, TableFile

# Headings of columns that name what a row is of, beside those the file of figures knows; and of offices.
NAME_HEADING = re.compile(r"指标|项目|名称|内容|类别|分类|领域|门类|indicator|item|name|category", re.IGNORECASE)
OFFICE = re.compile(r"(?<!计量)(?<!计算)单位|部门|机构|处室|科室|联系|电话|责任|牵头|负责|填报|制表|审核|经办|人$")
# How many rows below a heading may be part of it: 2024年 over 全年 over 总量.
HEADING_ROWS = 3
# How many rows are looked at to tell what a column holds; and for what stands below a table.
PEEKED_ROWS = 12


def lay_out(table: TableFile, names: Names, column_of: ColumnOf, *, last: int) -> Across | Down | None:
    """The layout of an open table; None for one figure a row. Takes the table's own rows along."""
    if any(table.ids):
        return None
    row, head = table.head
    this = this_year_of(table, last)
    meant = _relative_years(table, this, column_of)
    head = [meant.get(place, cell) for place, cell in enumerate(head)]
    known = {name: place for place, cell in enumerate(head) if (name := column_of(cell))}
    if "year" in known and "value" in known:
        return _long_by_place(table, names, column_of, head, known, last)
    under = below_of(table, names.title)
    first = list(_some(table.lines, PEEKED_ROWS))
    labelled = [place for place, cell in enumerate(head) if cell.strip() and speaks(cell, last)]
    below = first[0] if first else (0, [])
    over = groups_over(table)
    years_down = place_of_years(head, names, column_of)
    # 2008.1 亿元 and 2011 家 below names look like years, and are figures.
    # 2024年 below 指标 is no heading either, but of the rows under it.
    names_a_year = any(
        column_of(cell) in NAME_COLUMNS and labels_a_year(low, last)
        for cell, low in zip(head, below[1], strict=False)
        if low.strip()
    )
    is_second = not names_a_year and is_row_of_years(below[1], column_of, last)
    if not labelled and years_down is None and is_second:
        # 指标 | 单位 | 年份 above 2021 | 2022 | 2023
        over, row = [*over, head], below[0]
        head = joined_heads(head, below[1], last)
        known = {name: place for place, cell in enumerate(head) if (name := column_of(cell))}
        known.pop("year", None)
        labelled = [place for place, cell in enumerate(head) if cell.strip() and labels_a_year(cell, last)]
        first = first[1:]
    if not labelled and (year := _year_of_parts(table, column_of, last)):
        subs = [(row, [cell if not column_of(cell) else "" for cell in head])]
        head = [cell if column_of(cell) or not cell.strip() else year for cell in head]
        _kept(table, first)
        return _across(table, names, column_of, head, row, known, last, subs, [], first, under)
    if labelled:
        subs = subheadings(first[:HEADING_ROWS], labelled) or words_below(first[:1], labelled[0])
        first = first[len(subs) :]
        _kept(table, first)
        made = _across(table, names, column_of, head, row, known, last, subs, over, first, under)
        for column in made.years:
            if this and column.place in meant:
                column.doubts += this.asked(table.head[1][column.place], column.label.year)
        return made
    if "value" not in known and years_down is not None:
        return _down(table, names, column_of, head, known, first, last, years_down, under)
    _kept(table, first)
    return _places_down(table, names, column_of, head, known, last, under)


def this_year_of(table: TableFile, last: int) -> ThisYear | None:
    """The year that 本年 may mean in a table."""
    return this_year(_titles(table), table.outside, last=last)


def year_said(table: TableFile, last: int) -> ThisYear | None:
    """The one year of a table that names none in its columns and rows: that of its title or sheet, else of its
    file's name."""
    by_name = [one for one in table.outside if one.code == "relative_by_file"]
    return this_year(_titles(table), by_name, last=last)


def _relative_years(table: TableFile, this: ThisYear | None, column_of: ColumnOf) -> dict[int, str]:
    """Place → year, of columns headed 本年 and 上年; beside one of years 报告期 says what part of it is meant."""
    head = table.head[1]
    if this is None or any(column_of(cell) == "year" for cell in head):
        return {}
    said = {place: years for place, cell in enumerate(head) if (years := relative(cell)) is not None}
    units = {place: split_unit(narrow(bare(table.head[1][place])))[1] for place in said}
    return {
        place: f"{this.year + years}年" + (f"（{units[place]}）" if units[place] else "")
        for place, years in said.items()
    }


def _year_of_parts(table: TableFile, column_of: ColumnOf, last: int) -> str:
    """The one year that stands above a heading of parts of it, or ""."""
    own = [cell for cell in table.head[1] if cell.strip()]
    if not heads_parts(own, column_of):
        return ""
    cells = [cell for _row, above in table.above for cell in above if cell.strip()]
    years = {cell for cell in cells if labels_a_year(cell, last)}
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


def _across(table, names, column_of, head, head_row, known, last, subs, over, rows, below) -> Across:
    passed = _above(table)
    years: list[YearColumn] = []
    first_year = min((place for place, cell in enumerate(head) if cell.strip() and speaks(cell, last)), default=0)
    unit_places = _unit_places(head, first_year, column_of, rows, names.bases)
    apart = apart_columns(head)
    read = {*unit_places, *dict(apart)}
    name_places = _name_places(head, [place for place in range(first_year) if place not in read], column_of, rows)
    second = _second_table(head, first_year, column_of) if name_places or not first_year else None
    if not name_places:
        # 2021 | 2022 | 指标: the names stand last.
        places = range(first_year, len(head))
        name_places = [place for place in places if column_of(head[place]) in NAME_COLUMNS and place not in read]
    by_place = _by_place(table, names, column_of, head, name_places, apart, last)
    if by_place:
        name_places, of_places = by_place
        apart = [one for one in apart if one[0] not in name_places]
    read |= {*name_places}
    width = max(map(len, [head, *(cells for _row, cells in subs)]))
    groups = [spread_groups(cells, first_year, width) for cells in over]
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
            over_it = [title_of(group[place], names) for group in groups if by_place]
            years_or_passed.said = next((one for one in over_it if one and one.found), None)
            words = [group[place] for group in groups if group[place] in unknown and not years_or_passed.said]
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
    if by_place:
        title = of_places.title_doubts(title)
        caption = caption if caption.sure or not of_places.said.unit else replace(caption, sure=True)
        if not of_places.own:
            passed.append(passed_over(head_row, 0, of_places.said.name or head[name_places[0]], "no_own_row"))
    return Across(
        sheet=Sheet(table, names, column_of, last, lay_out),
        names=names,
        columns=known,
        name_places=name_places,
        unit_places=unit_places,
        years=years,
        caption=caption,
        passed=passed,
        lines=table.lines,
        headed=headed,
        title=title,
        apart=apart,
        below=below,
        titled=of_places if by_place else None,
    )


def _by_place(table, names, column_of, head, name_places, apart, last) -> tuple[list[int], Titled] | None:
    """The column that names nothing but places, and what the title says of their rows; None of other tables."""
    if len(name_places) > 1 or (not name_places and len(apart) != 1):
        return None
    (place,) = name_places or [apart[0][0]]
    is_heading = heading_finder(names, column_of, last)
    own = takewhile(lambda line: not is_heading(line[1]), rows_ahead(table))
    texts = [cells[place] for _row, cells in own if place < len(cells) and any(map(is_number, cells[place + 1 :]))]
    if name_places and not is_of_places(texts, names):
        return None
    return [place], _titled(table, texts, names)


def _titled(table: TableFile, texts: list[str], names: Names) -> Titled:
    return titled([cells for _row, cells in reversed(table.above)], table.sheet, texts, names)


def _long_by_place(table, names, column_of, head, known, last) -> Down | None:
    """地区 | 年份 | 数值 below a title that names the indicator; None for any other table of one figure a row."""
    apart, value = apart_columns(head), known["value"]
    if not known.keys().isdisjoint(NAME_COLUMNS) or len(apart) != 1:
        return None
    place = apart[0][0]
    of_places = _titled(table, [cells[place] for _row, cells in rows_ahead(table) if place < len(cells)], names)
    said = of_places.said
    if said.found is None:
        return None
    below, row = below_of(table, names.title), table.head[0]
    read = {place, *known.values()}
    others = [(at, cell) for at, cell in enumerate(head) if cell.strip() and at not in read]
    passed = [passed_over(row, at + 1, cell, "not_ours", name=cell[:60]) for at, cell in others]
    passed += [] if of_places.own else [passed_over(row, 0, said.name, "no_own_row")]
    title = title_doubts(_titles(table), [], plan_title=names.title) + below.doubts
    unit = split_unit(narrow(bare(head[value])), names.bases)[1] or said.unit
    return Down(
        sheet=Sheet(table, names, column_of, last, lay_out),
        names=names,
        columns={name: at for name, at in known.items() if name not in ("year", "value")},
        year_place=known["year"],
        this_year=this_year_of(table, last),
        parts=[PartColumn(value, said.name, said.found.component, said.found.sure, unit)],
        unit_place=known.get("unit"),
        caption=caption_of([cells for _row, cells in table.above], [], names.bases, below.captions),
        passed=_above(table) + passed,
        lines=table.lines,
        headed={at for at, cell in enumerate(head) if cell.strip()},
        title=of_places.title_doubts(title),
        apart=[],
        below=below,
        titled=of_places,
        place_column=place,
    )


def _places_down(table, names, column_of, head, known, last, below) -> Down | None:
    """地区 | 技术合同成交额 | 企业数 below a title that names the year; None for any other table."""
    said, apart = year_said(table, last), apart_columns(head)
    if said is None or len(apart) != 1 or not known.keys().isdisjoint({"year", "value", *NAME_COLUMNS}):
        return None
    place, row = apart[0][0], table.head[0]
    texts = [cells[place] for _row, cells in rows_ahead(table) if place < len(cells)]
    of_places = _titled(table, texts, names)
    unit_place = known.get("unit")
    parts, passed = [], _above(table)
    for at, cell in enumerate(head):
        if at in (place, unit_place) or not cell.strip():
            continue
        found = _part_column(at, cell, [], names, "", "", row)
        if isinstance(found, PartColumn):
            parts.append(found)
        elif column_of(cell) not in (*ROW_COLUMNS, *SPELLS):
            passed.append(found)
    if not parts:
        return None
    passed += [] if of_places.own else [passed_over(row, 0, parts[0].name, "no_own_row")]
    title = title_doubts(_titles(table), [], plan_title=names.title) + below.doubts
    return Down(
        sheet=Sheet(table, names, column_of, last, lay_out),
        names=names,
        columns=known,
        year_place=None,
        of_year=said,
        parts=parts,
        unit_place=unit_place,
        caption=caption_of([cells for _row, cells in table.above], [], names.bases, below.captions),
        passed=passed,
        lines=table.lines,
        headed={at for at, cell in enumerate(head) if cell.strip()},
        title=[year_doubt(said), *of_places.title_doubts(title)],
        apart=[],
        below=below,
        titled=of_places,
        place_column=place,
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
        code = why_no_year(name, bad.code)
        if code == "year":
            code = PASSED_KINDS.get(sub_kind(name), "growth" if GROWTH.search(heading) else "column_passed")
        return passed_over(row, place + 1, heading, code, **bad.params)
    for kind, one in kinds:
        if kind == "status":
            label = replace(label, status=status_of(one))
        elif kind == WHOLE:
            label = replace(label, whole=True)
        unit = unit or (unit_of(one) if kind == "unit" else split_unit(narrow(one), bases)[1])
    others = [one for kind, one in kinds if not kind and narrow(one) not in OWN_PLACE]
    doubts = [("section", {"text": narrow(one)[:40]}) for one in others]
    return YearColumn(place, label, unit, label_doubts(label) + doubts)


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
    subs = subheadings(
        [line for line in first[:HEADING_ROWS] if not _has_a_year(line[1], year_place, last)],
        [place for place in range(MAX_COLUMNS) if place != year_place],
    )
    passed += [_heading_row(line) for line in subs]
    group = without_captions(table.above[-1][1]) if table.above and _is_group(table.above[-1][1]) else []
    parts, text = [], ""
    unit_place = next(
        (at for at, cell in enumerate(head) if _is_unit_heading(cell) or column_of(cell) == "unit"), None
    )
    # Another table beside this one has years of its own.
    second = next((at for at in range(year_place + 1, len(head)) if column_of(head[at]) == "year"), None)
    apart = apart_columns(head)
    width = max(map(len, [head, *(cells for _row, cells in subs)]))
    spread = [word for cells in groups_over(table) for word in spread_groups(cells, 0, width)] or [""] * width
    of_places = _places_across(table, names, head, year_place)
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
        if of_places:
            found = _column_of_place(place, text, of_places, row)
            parts += [found] if isinstance(found, PartColumn) else []
            passed += [found] if isinstance(found, TableFigure) else []
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
    title = of_places.title_doubts(title) if of_places else title
    known = {name: at for name, at in known.items() if at != year_place}
    return Down(
        sheet=Sheet(table, names, column_of, last, lay_out),
        names=names,
        columns=known,
        year_place=year_place,
        this_year=this_year_of(table, last),
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


def _places_across(table: TableFile, names: Names, head: list[str], year_place: int) -> Titled | None:
    """What the title says of columns that are places alone: 年份 | 深圳 | 广州; None of other tables."""
    places = [cell for place, cell in enumerate(head) if place != year_place and cell.strip()]
    return _titled(table, places, names) if is_of_places(places, names) else None


def _column_of_place(place: int, text: str, of_places: Titled, row: int) -> PartColumn | TableFigure:
    word, said = place_word(text), of_places.said
    if word not in of_places.own or said.found is None:
        code, params = of_places.why_passed(word)
        return passed_over(row, place + 1, text, code, **params)
    doubts = of_places.doubts(word)
    return PartColumn(place, said.name, said.found.component, said.found.sure, said.unit, doubts=doubts)


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
    if table.is_look_unseen:
        found.append(passed_over(table.head[0], 0, f".{table.format}", "unseen_look", format=table.format))
    sheets = [("other_sheet", name) for name in table.others] + [("hidden_sheet", name) for name in table.hidden]
    return found + [TableFigure(0, 0, passed=Fault(0, "—", name, code, {"sheet": name})) for code, name in sheets]


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

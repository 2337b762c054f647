"""What the heading rows of a table say: which row is one, which of its columns are years, what groups them."""

import re
from collections.abc import Callable

from indicators.files.captions import (
    is_caption,
)
from indicators.files.columns import SPELLS
from indicators.files.naming import Names, split_unit
from indicators.files.sections import is_apart, sub_kind
from indicators.files.spells import PART, WHOLE
from indicators.files.titled import is_of_places
from indicators.files.years import (
    is_label,
    relative_year,
    speaks_of_a_year,
)
from tables.cells import FILLED, Line, bare, marks_of, narrow
from tables.numbers import NUMBER, is_no_number, is_number
from tables.table import TableFile

TIME_WORDS = ("时间", "年别", "年", "年月", "日期", "统计日期", "统计时间", "date", "time", "指标", "项目", "")
NAME_COLUMNS = ("component", "code", "indicator")
ColumnOf = Callable[[str], str]
# 2021年指数（上年=100） heads a column, and is no number with words behind it.
YEARLY_WORDS = re.compile(r"(?:19|20)\d{2} ?年")
SHORT_YEAR = re.compile(r"\d{2} ?年$")


def heading_finder(names: Names, column_of: ColumnOf, last: int) -> Callable[[list[str]], bool]:
    """What `open_table` asks of a row: whether it is the heading of a table of figures, whatever its layout."""

    def is_heading(cells: list[str]) -> bool:
        known = {column_of(cell) for cell in cells} - {""}
        if len(known) >= 2:
            return True
        own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
        labels = sum(speaks(cell, last) or relative(cell) is not None for cell in own)
        if any(is_figure(cell, last) for cell in own):
            return False
        is_named = known & set(NAME_COLUMNS) or any(map(is_apart, own))
        if labels >= 2 or (labels == 1 and is_named and len(own) >= 2):
            return True
        if known & set(NAME_COLUMNS) and heads_parts(own, column_of):
            return True
        return place_of_years(cells, names, column_of) is not None

    # Only where no other row is one: 地区 | 技术合同成交额 may stand over a row of years as well.
    is_heading.perhaps = lambda cells: heads_places([cell for cell in cells if cell.strip()], names)
    return is_heading


def heads_places(own: list[str], names: Names) -> bool:
    """Whether a row heads places over indicators, their year being said elsewhere: 地区 | 技术合同成交额."""
    others = [cell for cell in own if not is_apart(cell)]
    return len(own) - len(others) == 1 and any((found := names.find(cell)) and found.sure for cell in others)


def heads_parts(own: list[str], column_of: ColumnOf) -> bool:
    """Whether a row has names and nothing else but parts of a year: 指标 | 上半年 | 全年, below their year."""
    kinds = [sub_kind(cell) for cell in own if not column_of(cell)]
    return all(kinds) and bool({WHOLE, PART} & set(kinds))


def speaks(cell: str, last: int) -> bool:
    """Whether a heading speaks of a year: 2021年（万元） as well as 2021年."""
    return speaks_of_a_year(cell, last=last) or speaks_of_a_year(_without_unit(cell), last=last)


def relative(cell: str) -> int | None:
    """How many years from the table's own one a heading means: 0 of 本年, -1 of 上年（亿元）; None of others."""
    return relative_year(_without_unit(cell))


def labels_a_year(cell: str, last: int) -> bool:
    """Whether a heading is a year and no more, apart from its unit."""
    return is_label(cell, last=last) or is_label(_without_unit(cell), last=last)


def _without_unit(cell: str) -> str:
    return split_unit(narrow(bare(cell)))[0]


def is_figure(cell: str, last: int) -> bool:
    """Whether a cell holds a number that is no year: such a row is no heading."""
    plain = narrow(bare(cell))
    is_year = speaks_of_a_year(cell, last=last) or any(
        pattern.match(plain) for pattern in (YEARLY_WORDS, SHORT_YEAR)
    )
    return NUMBER.fullmatch(plain) is not None and not is_year


def place_of_years(cells: list[str], names: Names, column_of: ColumnOf) -> int | None:
    """Where a table with indicators across has its years: the column that says so, else the first."""
    place = next((place for place, cell in enumerate(cells) if column_of(cell) == "year"), None)
    if place is None:
        first = cells[0] if cells else ""
        if first.strip() and column_of(first) not in ("indicator", *SPELLS) and not is_time_word(first):
            return None
        place = 0
    others = [cell for at, cell in enumerate(cells) if at != place and cell.strip()]
    if any((found := names.find(cell)) and found.sure for cell in others):
        return place
    is_of_years = column_of(cells[place]) == "year" or (cells[place].strip() and not column_of(cells[place]))
    return place if place == 0 and is_of_years and others and is_of_places(others, names) else None


def is_time_word(text: str) -> bool:
    return narrow(bare(text)).lower() in TIME_WORDS


def is_row_of_years(cells: list[str], column_of: ColumnOf, last: int) -> bool:
    """Whether a row holds years and nothing but headings besides."""
    own = [cell for cell in cells if cell.strip()]
    years = [cell for cell in own if labels_a_year(cell, last)]
    others = [cell for cell in own if cell not in years and FILLED not in marks_of(cell)]
    return bool(years) and all(column_of(cell) or speaks(cell, last) for cell in others)


def joined_heads(upper: list[str], lower: list[str], last: int) -> list[str]:
    """Two heading rows as one: years from the lower, names of columns from the upper."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    return [low if low.strip() else up for up, low in zip(upper, lower, strict=True)]


def groups_over(table: TableFile) -> list[list[str]]:
    """The row right above the heading, where it groups columns: 上半年 and 全年 over the same years.

    A caption such as 单位：亿元 stands there over the last column, and is said of them all.
    """
    if not table.above or table.above[-1][0] != table.head[0] - 1:
        return []
    return [without_captions(table.above[-1][1])]


def without_captions(cells: list[str]) -> list[str]:
    return ["" if is_caption(cell) else cell for cell in cells]


def subheadings(lines: list[Line], labelled: list[int]) -> list[Line]:
    """The rows below years or names that say what each column holds: 数值, 增速（%）, 上半年, a unit, a kind."""
    found = []
    for line in lines:
        under = [line[1][place] for place in labelled if place < len(line[1]) and line[1][place].strip()]
        if not under or not all(sub_kind(cell) for cell in under):
            break
        found.append(line)
    return found


def words_below(lines: list[Line], first: int) -> list[Line]:
    """The row below years that parts each of them by words nobody knows: 2024年 over 企业数 | 营业收入.

    Names of rows stand before the years; one word over all columns heads the rows below it."""
    for _row, cells in lines:
        own = {cell for cell in cells[first:] if cell.strip() and FILLED not in marks_of(cell)}
        is_named = any(cell.strip() and FILLED not in marks_of(cell) for cell in cells[:first])
        if len(own) > 1 and not is_named and not any(is_number(cell) or is_no_number(cell) for cell in own):
            return lines
    return []


def spread_groups(cells: list[str], first: int, width: int) -> list[str]:
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

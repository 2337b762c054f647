"""What the label of a row or a column says of its year: 2023, 2023 年, 2022（初步）, 2023p, 2025E, 2022①, a day.

A label that speaks of less than a year, of several years, of growth or of a plan is no year's figure, and says so.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from indicators.files.badcell import BadCell
from tables.cells import DayCell, FormulaCell, bare, narrow

FIRST_YEAR = 1949
NOTES = re.compile(r"(?:[①-⑳⑴-⒇⒈-⒛❶-❿*†‡#¹²³⁰⁴-⁹]|\[注?\d+\]|[(（]注\d*[)）])+$")
LABEL = re.compile(
    r"(?:FY|截至|截止|至|到)?\s*(\d{4})(?:\.0)?\s*(?:财年|年度|年末|年底|年)?\s*(.*)", re.IGNORECASE | re.DOTALL
)
PART_OF_YEAR = re.compile(
    r"\d\s*月|月份?$|季度?|上半年|下半年|半年|旬|周|Q\s*[1-4]|H\s*[12]|S[12]$|^M?\d{1,2}$|^[-/.]\s*\d{1,2}$"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|quarter|month|half",
    re.IGNORECASE,
)
WHOLE_YEAR = re.compile(r"1\s*[-—–~至到]\s*12\s*月份?")
SPAN = re.compile(r"^[-—–~～至到/]\s*(?:\d{4}|\d{2})\s*年?|五年|年均|累计|合计|平均|total|average", re.IGNORECASE)
GROWTH = re.compile(r"增速|增长|增幅|同比|环比|较上年|比上年|±|growth|change", re.IGNORECASE)
PLANNED = re.compile(r"计划|目标|规划|任务|预算|预测|展望|plan|target|forecast", re.IGNORECASE)
STATUSES = (
    ("preliminary", re.compile(r"p|初步?(?:统计|核算|核实)?数?|快报数?|prelim(?:inary)?", re.IGNORECASE)),
    ("revised", re.compile(r"r|修订数?|修正数?|调整数?|revised", re.IGNORECASE)),
    ("estimated", re.compile(r"e|est|预计|预计数|估计|估计数|估算|估算数|推算|推算数|estimated?", re.IGNORECASE)),
    ("final", re.compile(r"终|最终|最终核实数?|核实数?|年报数?|定案|final", re.IGNORECASE)),
)  # fmt: skip
PLAIN = re.compile(
    r"数|值|数值|数据|实际|实际值|实际数|实绩|绝对数|绝对值|绝对额|总量|总额|全年|a|actual|完成值?|年",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class YearLabel:
    """`status`: what the label says of its figures, a value of Observation.ValueStatus, or ""."""

    year: int
    status: str = ""


def read_label(text: str, *, last: int) -> YearLabel:
    """The year of a label, from 1949 to `last`; raises BadCell: year, year_range, sub_annual, year_span, growth,
    planned."""
    if type(text) is str:
        return _label_of_text(text, last)
    if isinstance(text, FormulaCell):
        raise BadCell("formula")
    return _label_of(text, last)


@lru_cache(maxsize=4096)
def _label_of_text(text: str, last: int) -> YearLabel:
    """Files of a hundred thousand rows say the same few years again and again."""
    return _label_of(text, last)


def _label_of(text: str, last: int) -> YearLabel:
    plain = NOTES.sub("", narrow(bare(text)).strip("*: \n")).strip()
    found = _day_label(plain, text) or _word_label(plain)
    if not FIRST_YEAR <= found.year <= last:
        raise BadCell("year_range", last=last)
    return found


def is_label(text: str, *, last: int) -> bool:
    try:
        read_label(text, last=last)
    except BadCell:
        return False
    return True


def speaks_of_a_year(text: str, *, last: int) -> bool:
    """Whether a label names a year at all, be it one of growth or a part of it; a day within one does not."""
    if re.fullmatch(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*", narrow(text)) and not is_label(text, last=last):
        return False
    try:
        read_label(text, last=last)
    except BadCell as bad:
        return bad.code in ("sub_annual", "year_span", "growth", "planned")
    return True


def _day_label(plain: str, text: str) -> YearLabel | None:
    """The year of a workbook's day that shows only its year, or that is the first or last day of one."""
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", plain, re.ASCII)
    if match is None:
        return None
    shows_year = isinstance(text, DayCell) and text.shown
    if shows_year or (int(match[2]), int(match[3])) in ((1, 1), (12, 31)):
        return YearLabel(int(match[1]))
    raise BadCell("sub_annual")


def _word_label(plain: str) -> YearLabel:
    match = LABEL.fullmatch(plain)
    if match is None:
        raise BadCell("year")
    year, rest = int(match[1]), match[2].strip()
    if rest and not FIRST_YEAR <= year <= 2100:
        raise BadCell("year")  # 1400.5 is a number
    word = re.sub(r"[\s()（）\[\]【】:：,，、_]", "", rest)
    if not word or PLAIN.fullmatch(word) or WHOLE_YEAR.fullmatch(word):
        return YearLabel(year)
    for status, pattern in STATUSES:
        if pattern.fullmatch(word):
            return YearLabel(year, status)
    for code, pattern in (
        ("year_span", SPAN),
        ("growth", GROWTH),
        ("planned", PLANNED),
        ("sub_annual", PART_OF_YEAR),
    ):
        if pattern.search(rest):
            raise BadCell(code)
    raise BadCell("year")

"""What the label of a row or a column says of its year: 2023, 2023 年, 2022（初步）, 2023p, 2025E, 2022①, a day.

A label that speaks of less than a year, of several years, of growth or of a plan is no year's figure, and says so;
one that leaves it open is not read as a year either (indicators.files.spells has the words).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from indicators.files.spells import PART, UNCLEAR, WHOLE, kind_of, one_dash, squeezed, whole_at
from tables.badcell import BadCell
from tables.cells import LONGEST_WORDS, DayCell, FormulaCell, bare, narrow

FIRST_YEAR = 1949
NOTES = re.compile(r"(?:[①-⑳⑴-⒇⒈-⒛❶-❿*★☆※†‡#§¶¹²³⁰⁴-⁹ªºᵃ-ᶿ]|\[(?:注?\d+|注)\]|[(（]注\d*[)）])+$")
BRACKET_MARK = re.compile(r"(?<=[\d年度末底)])\s*(\(\d{1,2}\))$")
LABEL = re.compile(
    r"(?:FY|CY|Y|截至|截止|至|到)?\s*(\d{4})(?:\.0)?\s*((?:财年|年度|年)?)\s*(.*)", re.IGNORECASE | re.DOTALL
)
# Q1/2024, 1H2024, Jun 2024, 1-9月2024年: what part of the year stands first.
YEAR_LAST = re.compile(r"(.+?)[\s\-/.,']*((?:19|20)\d{2})\s*年?", re.DOTALL)
# Jun-24, 24H1, 24年上半年: a year of two digits beside a part of it.
SHORT_YEAR = re.compile(r"(?:FY|['’‘])?\s*\d{2}\s*年(?:度)?|(?:FY|['’‘])\s*\d{2}", re.IGNORECASE)
SHORT_FIRST, SHORT_LAST = re.compile(r"['’‘]?\d{2}\s*[-/.年]?\s*(.+)"), re.compile(r"(.+?)[\s\-/.'’‘]*\d{2}\s*年?")
CHINESE_YEAR = re.compile(r"([一二][九〇零○Oo]?[〇零○一二三四五六七八九]{2,3})(?=\s*年|$)")
SPACED_YEAR = re.compile(r"(?<!\d)([12]) (\d) (\d) (\d)(?!\d)")
CHINESE_DIGITS = str.maketrans("〇零○Oo一二三四五六七八九", "00000123456789")
SPAN = re.compile(
    r"^-\s*(?:\d{4}|\d{2})\s*年?(?!\d|\s*月)|^/\s*(?:\d{4}|\d{2})|[三五十]年|年均|total|average", re.IGNORECASE
)
DAY = re.compile(r"(?:截至|截止|至|到)?(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:[ T].*)?", re.ASCII)
COMPACT_DAY = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)", re.ASCII)
MONTH_OR_YEARS = re.compile(r"([-/.]?)\s*(\d{1,2})")
# 十三五累计, 五年平均, “十三五”时期: several years, none of which is named.
YEARS_TOGETHER = re.compile(
    r"[“\"]?十[一二三四五六七八九]五[”\"]?(?:规划)?(?:时?期间?|期间|以来)?(?:累计|合计|总计|年?均|年?平均)?(?:数|值)?"
    r"|(?:规划期|[二三四五六七八九十两\d]{1,2}年(?:间|来)?)(?:累计|合计|总计|年?均|年?平均)(?:数|值)?|年均(?:数|值)?"
)
GROWTH = re.compile(r"增速|增长|增幅|同比|环比|较上年|比上年|±|growth|change", re.IGNORECASE)
PLANNED = re.compile(r"计划|目标|规划|任务|预算|预测|展望|plan|target|forecast|^f$", re.IGNORECASE)
STATUSES = (
    ("preliminary", re.compile(r"p|初步?(?:统计|核算|核实)?数?|快报数?|prelim(?:inary)?\.?", re.IGNORECASE)),
    ("revised", re.compile(r"r|(?:修订|修正|调整)[后数]?|rev\.?|revised", re.IGNORECASE)),
    ("estimated", re.compile(r"e|est(?:imated?|\.)?|预计(?:完成|实现)?[数值]?|[估推][计算]数?", re.IGNORECASE)),
    ("final", re.compile(r"终|最终|最终核实数?|核实数?|年?报数?|定案|final", re.IGNORECASE)),
)  # fmt: skip
PLAIN = re.compile(
    r"数|值|数值|数据|实际(?:完成|实现)?[数值]?|实绩|绝对数|绝对值|绝对额|总量|总额|a|actual|完成值?|年"
    r"|[“\"]?十[一二三四五六七八九]五[”\"]?(?:规划)?期?末年?|基[期年]",
    re.IGNORECASE,
)
# Said behind a year without brackets: 2024年初 is its beginning, 2024（初） a preliminary figure.
BEGINNING = re.compile(r"初[数值]?")
BRACKETS = tuple("([（【〔「")
OTHER_CODES = ("sub_annual", "part_unclear", "part_or_years", "year_span", "growth", "planned")


Asked = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class YearLabel:
    """`status`: what the label says of its figures, a value of Observation.ValueStatus, or "".

    `whole`: it says in words that all of the year is meant; `day`: as written, where that is a day, which may be
    one of a series within the year. `mark`: a number in brackets behind it, a footnote's or a month's.
    """

    year: int
    status: str = ""
    whole: bool = False
    day: str = ""
    mark: str = ""


def read_label(text: str, *, last: int) -> YearLabel:
    """The year of a label, from 1949 to `last`; raises BadCell: year, short_year, year_range, OTHER_CODES."""
    if type(text) is str:
        return _label_of_text(text, last)
    if isinstance(text, FormulaCell):
        raise BadCell("array_formula" if text.startswith("{") else "formula")
    return _label_of(text, last)


@lru_cache(maxsize=4096)
def _label_of_text(text: str, last: int) -> YearLabel:
    """Files of a hundred thousand rows say the same few years again and again."""
    return _label_of(text, last)


def _label_of(text: str, last: int) -> YearLabel:
    if len(text) > LONGEST_WORDS:
        raise BadCell("year")
    plain = NOTES.sub("", one_dash(narrow(bare(text))).strip("*: \n")).strip()
    plain = SPACED_YEAR.sub(r"\1\2\3\4", plain)
    plain = CHINESE_YEAR.sub(lambda match: match[1].translate(CHINESE_DIGITS), plain)
    mark = BRACKET_MARK.search(plain)
    plain = plain[: mark.start()] if mark else plain
    found = _day_label(plain, text) or _word_label(plain)
    found = replace(found, mark=mark[1]) if mark else found
    if not FIRST_YEAR <= found.year <= last:
        raise BadCell("year_range", last=last)
    return found


def why_no_year(text: str, code: str) -> str:
    """Why a label is no year's, where `code` says no more than that: of a part of one, or of several."""
    if code != "year":
        return code
    if kind_of(text) == PART:
        return "sub_annual"
    return "year_span" if YEARS_TOGETHER.fullmatch(squeezed(narrow(bare(text)[:LONGEST_WORDS]))) else code


def is_label(text: str, *, last: int) -> bool:
    try:
        read_label(text, last=last)
    except BadCell:
        return False
    return True


# 本年 and 上年同期 for columns and rows, of a year that the title names; 本年末数, 上年实际完成数.
RELATIVE = (
    (0, re.compile(r"(?:本|今|当)年|本期|报告期|(?:this|current)(?:year|period)", re.IGNORECASE)),
    (-1, re.compile(r"(?:上|去)年(?:同期)?|上期|(?:last|previous|prior)(?:year|period)", re.IGNORECASE)),
    (-2, re.compile(r"前年")),
)
RELATIVE_REST = re.compile(r"(?:度|累计|合计|全年|实际|完成|实现|年?[末底终])*(?:数[值据]?|值)?")
PERHAPS_PART = re.compile(r"累计|期|period", re.IGNORECASE)
YEAR_IN_TITLE = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?(?=年|[-—–―~～〜至到]|$)")
YEAR_IN_FILE_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


def relative_year(text: str) -> int | None:
    """How many years from the table's own one a heading such as 上年 speaks of: -1; None for any other."""
    word = squeezed(narrow(bare(text))[:LONGEST_WORDS])
    for years, pattern in RELATIVE:
        if (match := pattern.match(word)) and RELATIVE_REST.fullmatch(word, match.end()):
            return years
    return None


@dataclass(frozen=True)
class ThisYear:
    """Which year 本年 may mean in a table; `code`: of the question a person is asked, which says by what."""

    year: int
    code: str = "relative_year"

    def label(self, text: str) -> tuple[YearLabel, Asked] | None:
        """The year of a label such as 上年, and what is asked about it; None for any other label."""
        years = relative_year(text)
        label = YearLabel(self.year + (years or 0))
        return None if years is None else (label, self.asked(text, label.year))

    def asked(self, text: str, year: int) -> Asked:
        """本期 and 本年累计 may be of a part of the year as well."""
        said = narrow(bare(text))[:40]
        part: Asked = [("part_in_title", {"text": said})] if PERHAPS_PART.search(said) else []
        return [(self.code, {"text": said, "year": year}), *part]


def year_doubt(said: ThisYear) -> tuple[str, dict[str, Any]]:
    """What is asked of a figure whose year its title says for all the table, or its file's name."""
    return ("year_of_file" if said.code == "relative_by_file" else "year_of_title"), {"year": said.year}


def years_outside(file_name: str, day: date) -> list[ThisYear]:
    """What stands outside of a table proposes: its file's name, and the last whole year before its day."""
    named = set(map(int, YEAR_IN_FILE_NAME.findall(narrow(file_name))))
    by_name = [ThisYear(year, "relative_by_file") for year in named] if len(named) == 1 else []
    return [*by_name, ThisYear(day.year - 1, "relative_by_day")]


def this_year(titles: Iterable[str], outside: Iterable[ThisYear] = (), *, last: int) -> ThisYear | None:
    """The year that a table's titles name, else that what stands outside proposes, where it is one of theirs.

    None where nothing says which: titles of several years, and none of those proposed.
    """
    found = {int(year) for text in titles for year in YEAR_IN_TITLE.findall(narrow(bare(text))[:LONGEST_WORDS])}
    if len(found) == 1:
        proposed = [ThisYear(found.pop())]
    else:
        proposed = [one for one in outside if not found or one.year in found]
    return next((one for one in proposed if FIRST_YEAR < one.year <= last), None)


def is_day(text: str) -> bool:
    return DAY.fullmatch(narrow(text)) is not None or COMPACT_DAY.fullmatch(narrow(text)) is not None


def speaks_of_a_year(text: str, *, last: int) -> bool:
    """Whether a label names a year at all, be it one of growth or a part of it; a day within one does not."""
    if len(text) > LONGEST_WORDS:
        return False
    if re.fullmatch(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*", narrow(text)) and not is_label(text, last=last):
        return False
    try:
        read_label(text, last=last)
    except BadCell as bad:
        return bad.code in OTHER_CODES
    return True


def _day_label(plain: str, text: str) -> YearLabel | None:
    """The year of a workbook's day that shows only its year, or that is the first or last day of one."""
    match = DAY.fullmatch(plain) or COMPACT_DAY.fullmatch(plain)
    if match is None:
        return None
    if isinstance(text, DayCell) and text.shown == match[1]:
        return YearLabel(int(match[1]))
    if (int(match[2]), int(match[3])) in ((1, 1), (12, 31)):
        return YearLabel(int(match[1]), day=plain[:40])
    raise BadCell("sub_annual")


def _word_label(plain: str) -> YearLabel:
    match = LABEL.fullmatch(plain)
    if match is None:
        return _year_behind(plain)
    year, rest = int(match[1]), match[3].strip()
    if (match[2] or rest) and not FIRST_YEAR <= year <= 2100:
        raise BadCell("year")  # 1400.5 is a number
    if BEGINNING.fullmatch(rest):
        raise BadCell("sub_annual" if match[2] else "part_unclear", text=plain[:40])
    word = squeezed(rest)
    # 2024年终 is its end, 2024（终） its final figure.
    end = 0 if rest[:1] in BRACKETS and _status(word) else whole_at(word)
    word, whole = word[end:], end > 0
    if not word or PLAIN.fullmatch(word):
        return YearLabel(year, whole=whole)
    if status := _status(word):
        return YearLabel(year, status, whole)
    raise BadCell(_why_no_year(year, rest), text=plain[:40])


def status_said(text: str) -> str:
    """The kind of figure a word names beside a year or in a column of its own: 快报, 初步核算, 预计; or ""."""
    return _status(squeezed(narrow(text)))


@dataclass(frozen=True)
class KindSaid:
    """What a note below a table says of its figures' kind, of one year or (None) of all."""

    year: int | None
    status: str


# 2024年数据为初步核算数；本表数据均为快报数. Not 2024年GDP为初步核算数, which is one of many.
KIND_NOTE = re.compile(
    r"(?P<years>(?:\d{4}\s*年?\s*[,、和及]?\s*)+|本表|表中|以上)(?:年?度?的?(?:全部|各项)?(?:数据|数值|数字|指标|数))?(?:均|都)?"
    r"(?:为|系|是|属)[^,;，；。\d]{0,3}?(?P<kind>初步|快报|预计|估计|估算|推算|修订|修正|最终)"
)


def kinds_said(note: str) -> list[KindSaid]:
    found = []
    for match in KIND_NOTE.finditer(narrow(note)[:LONGEST_WORDS]):
        years = [int(year) for year in re.findall(r"\d{4}", match["years"])]
        found += [KindSaid(year, KIND_WORDS[match["kind"][0]]) for year in years or [None]]
    return found


KIND_WORDS = {"初": "preliminary", "快": "preliminary", "最": "final", "修": "revised"}
KIND_WORDS |= dict.fromkeys("预估推", "estimated")


def _status(word: str) -> str:
    return next((status for status, pattern in STATUSES if pattern.fullmatch(word)), "")


def _why_no_year(year: int, rest: str) -> str:
    if match := MONTH_OR_YEARS.fullmatch(rest):
        number, written = int(match[2]), match[1]
        if number > 12 or not number:
            return "year_span" if written and number else "year"
        return "part_or_years" if written in ("-", "/") and number > year % 100 else "sub_annual"
    if SPAN.search(rest):
        return "year_span"
    for code, pattern in (("growth", GROWTH), ("planned", PLANNED)):
        if pattern.search(rest):
            return code
    return {PART: "sub_annual", UNCLEAR: "part_unclear"}.get(kind_of(rest, within=True), "year")


def _year_behind(plain: str) -> YearLabel:
    """The year of a label that begins with something else; raises BadCell."""
    if match := YEAR_LAST.fullmatch(plain):
        kind = kind_of(match[1])
        if kind == WHOLE:
            return YearLabel(int(match[2]), whole=True)
        if kind:
            raise BadCell("sub_annual" if kind == PART else "part_unclear", text=plain[:40])
    if SHORT_YEAR.fullmatch(plain):
        raise BadCell("short_year")
    for pattern in (SHORT_FIRST, SHORT_LAST):
        if (match := pattern.fullmatch(plain)) and kind_of(match[1]) == PART:
            raise BadCell("sub_annual")
    raise BadCell("year")

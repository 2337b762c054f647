"""Every way the value of a cell can be meant, where its look and its text say different things.

One reading and no doubt: the cell is taken. Doubts: it is asked about, with each reading; nothing is guessed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from judging.decimals import plain
from tables.badcell import BadCell
from tables.cells import (
    FILLED,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    RAISED,
    SPREAD,
    STRUCK,
    UNSURE_LOOK,
    Cell,
    DayCell,
    EmptyResult,
    FormulaCell,
    bare,
    marks_of,
    narrow,
)
from tables.numbers import NUMBER, Reading, read_number, unit_parts
from texts.bounds import read_bound

FOOTNOTE = re.compile(
    r"(?P<number>.*[\d%‰万亿元家件项位])\s*(?P<note>[①-⑳⑴-⒇❶-❿*†‡#§¶¹²³⁰⁴-⁹ªºᵃ-ᶿ]+|\[注?\d*\]|[(（]注\d*[)）])",
    re.DOTALL,
)
STATUS_MARK = re.compile(
    r"(?P<number>.*[\d%‰万亿元家件项位])\s*[(（]?"
    r"(?P<mark>[pre]|(?:初步?|快报|预[计估]?|估[计算]?|修[订正])[数值]?)[)）]?",
    re.DOTALL | re.IGNORECASE,
)
MARKED_AS = {"p": "preliminary", "r": "revised", "e": "estimated", "初": "preliminary", "快": "preliminary"}
MARKED_AS |= {"预": "estimated", "估": "estimated", "修": "revised"}
BOUND_PIECES = re.compile(
    r"突破|超过|超|逾|多于|不少于|不低于|不超过|至少|至多|低于|不足|不到|不满|接近|近|以上|以下|以内|达到?|[>＞<＜]=?|[≥≤]"
    r"|大约|大概|约|左右|上下|[余多+~≈]"
)
SIGNS = {
    ">": ("lower_bound", True),
    ">=": ("lower_bound", False),
    "≥": ("lower_bound", False),
    "<": ("upper_bound", True),
    "<=": ("upper_bound", False),
    "≤": ("upper_bound", False),
    "~": ("approximate", False),
    "≈": ("approximate", False),
}
# (1310.5), as accounts print a number below zero.
IN_PARENS = re.compile(r"\(\s*(?P<number>\d[^()]*)\)(?P<words>[^()\d]*)", re.DOTALL)
# 达2.6万家: the number, or at least that.
REACHED = re.compile(r"(?:已|共|累计)?(?:达到?|共计?|合计|实现|完成)\s*(?=\d)")
# 2400余家 and 2400多 are more than 2,400, 2400+ may be just as much.
MORE = re.compile(r"\d\s*(?:[万亿]*\s*)[余多]"), re.compile(r"\d[^+]*\+")
OTHERS = (
    (UNSURE_LOOK, "unsure_look"),
    (HIDDEN_ROW, "hidden_row"),
    (HIDDEN_COLUMN, "hidden_column"),
    (SPREAD, "merged_value"),
    (FILLED, "merged_value"),
)


@dataclass(frozen=True)
class Answer:
    """One way a cell can be meant. `how`: read, shown, bare, note, mark, bound, about or percent."""

    how: str
    value: Decimal
    text: str
    converted: bool = False
    precision: str = ""
    exclusive: bool = False
    status: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "how": self.how,
            "value": plain(self.value),
            "text": self.text[:100],
            "converted": self.converted,
            "precision": self.precision,
            "exclusive": self.exclusive,
            "status": self.status,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Answer":
        return cls(**kept | {"value": Decimal(kept["value"])})


Doubts = list[tuple[str, dict[str, Any]]]


def read_value(
    cell: str, unit: str, unit_en: str = "", *, row_unit: str = "", ignore: frozenset[str] = frozenset()
) -> tuple[list[Answer], Doubts]:
    """The readings of a cell in the indicator's unit, the likeliest first, and why they have to be asked about.

    `row_unit`: the unit its row, column or table names, for a number that stands without one. `ignore`: marks that
    mean nothing here. Raises BadCell where there is no reading at all.
    """
    if type(cell) is str and not row_unit:
        # Nearly every cell of nearly every file.
        try:
            reading = read_number(cell, unit, unit_en)
            return [Answer("read", reading.value, cell, reading.converted)], []
        except BadCell as bad:
            return _worded(cell, unit, unit_en, row_unit, bad)
    if isinstance(cell, DayCell):
        raise BadCell("is_date")
    doubts: Doubts = []
    marks = marks_of(cell) - ignore
    ways = [("read", str(cell) if not isinstance(cell, FormulaCell | EmptyResult) else cell)]
    if marks & {RAISED, STRUCK}:
        ways.insert(0, ("bare", bare(cell)))
        doubts.append(
            ("raised" if RAISED in marks else "struck", {"all": str(cell)[:40], "bare": bare(cell)[:40]})
        )
    elif isinstance(cell, Cell) and cell.shown is not None:
        ways.append(("shown", cell.shown))
    answers, problem = [], None
    for how, text in ways:
        try:
            found, more = _one(how, text, unit, unit_en, row_unit)
        except BadCell as bad:
            problem = problem or bad
            continue
        answers += found
        doubts += [doubt for doubt in more if doubt not in doubts]
    if not answers:
        assert problem is not None
        raise problem
    if (
        isinstance(cell, Cell)
        and cell.shown is not None
        and len({answer.value for answer in answers}) != 1
        or isinstance(cell, Cell)
        and cell.shown is not None
        and problem
    ):
        doubts.append(("shown_otherwise", {"read": str(cell)[:40], "shown": cell.shown[:40]}))
    doubts += [(code, {}) for mark, code in OTHERS if mark in marks and (code, {}) not in doubts]
    return _different(answers), doubts


def _different(answers: list[Answer]) -> list[Answer]:
    kept: list[Answer] = []
    for answer in answers:
        said = (answer.value, answer.precision, answer.status)
        if all(said != (other.value, other.precision, other.status) for other in kept):
            kept.append(answer)
    return kept


def _one(how: str, text: str, unit: str, unit_en: str, row_unit: str) -> tuple[list[Answer], Doubts]:
    try:
        reading = _number(text, unit, unit_en, row_unit)
    except BadCell as bad:
        return _worded(text, unit, unit_en, row_unit, bad)
    said = _with_unit(text, row_unit) if reading.converted and row_unit else text
    return [Answer(how, reading.value, said, reading.converted)], []


def _with_unit(text: str, row_unit: str) -> str:
    """A number as it reads with the unit of its row: 1.3 in 万亿元 as 1.3万亿元, but 9800亿 as 9800亿元."""
    plain_text = narrow(text)
    match = NUMBER.fullmatch(plain_text)
    words = (match["words"] or "").strip() if match else ""
    if not words:
        return f"{plain_text}{row_unit}"
    power, base = unit_parts(words)
    return f"{plain_text}{unit_parts(row_unit)[1]}" if power and not base else text


def _number(text: str, unit: str, unit_en: str, row_unit: str) -> Reading:
    """A number without a unit of its own is in its row's."""
    if row_unit and row_unit not in (unit, unit_en):
        match = NUMBER.fullmatch(narrow(text))
        if re.match(r"\d", row_unit):
            # 21 in 100家 is not 21100家.
            raise BadCell("other_words", unit=unit, words=row_unit[:20])
        if match and not (match["words"] or "").strip():
            return read_number(f"{narrow(text)}{row_unit}", unit, unit_en)
    return read_number(text, unit, unit_en)


def _worded(text: str, unit: str, unit_en: str, row_unit: str, bad: BadCell) -> tuple[list[Answer], Doubts]:
    """A number with a footnote mark, a mark of its kind or a word that makes it a bound behind it: asked about."""
    plain_text = narrow(text)
    if bad.code in ("formula", "array_formula", "excel_error", "no_number", "is_date", "too_many_digits"):
        raise bad
    if match := FOOTNOTE.fullmatch(plain_text):
        reading = _tried(match["number"], unit, unit_en, row_unit)
        if reading:
            doubt = ("footnote_mark", {"mark": match["note"][:20], "bare": match["number"][:40]})
            return [Answer("note", reading.value, plain_text, reading.converted)], [doubt]
    if match := STATUS_MARK.fullmatch(plain_text):
        reading = _tried(match["number"], unit, unit_en, row_unit)
        if reading:
            status = MARKED_AS[match["mark"][0].lower()]
            doubt = ("status_mark", {"mark": match["mark"], "status": status})
            return [Answer("mark", reading.value, plain_text, reading.converted, status=status)], [doubt]
    match = IN_PARENS.fullmatch(plain_text)
    if match and (reading := _tried(match["number"] + match["words"], unit, unit_en, row_unit)):
        below = [Answer("note", value, plain_text, reading.converted) for value in (-reading.value, reading.value)]
        return below, [("in_parens", {"text": plain_text[:40]})]
    reached = REACHED.match(plain_text)
    if reached and (reading := _tried(plain_text[reached.end() :], unit, unit_en, row_unit)):
        answer = Answer("note", reading.value, plain_text, reading.converted)
        return [answer], [("reached_words", {"mark": reached[0], "value": plain(reading.value)})]
    precision, exclusive = _limit_said(plain_text)
    if precision and (reading := _tried(BOUND_PIECES.sub("", plain_text).strip(), unit, unit_en, row_unit)):
        how, code = ("about", "about_words") if precision == "approximate" else ("bound", "bound_words")
        answer = Answer(how, reading.value, plain_text, reading.converted, precision, exclusive)
        return [answer], [(code, {"precision": precision, "value": plain(reading.value)})]
    raise bad


def _limit_said(text: str) -> tuple[str, bool]:
    """Whether a number's words make it a bound or approximate: (precision, whether a bound leaves it out)."""
    if said := SIGNS.get(text[:2]) or SIGNS.get(text[:1]) or read_bound(text):
        return said[0], said[1]
    more, at_least = MORE
    if more.search(text):
        return "lower_bound", True
    return ("lower_bound", False) if at_least.fullmatch(text) else ("", False)


def _tried(text: str, unit: str, unit_en: str, row_unit: str) -> Reading | None:
    try:
        return _number(text, unit, unit_en, row_unit)
    except BadCell:
        return None

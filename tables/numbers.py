"""From the text of a cell, or of a field of a form, to a number in its own unit. Pure.

Nothing is guessed: what can be read in two ways is refused, with the way to write it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext

from tables.badcell import BadCell
from tables.cells import FormulaCell, bare, narrow

POWERS = {"百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11}
POWERS |= {"万亿": 12}
# 百分点 is no hundred of anything.
NO_POWER = ("百分", "千分", "万分")
POWER = re.compile("|".join(sorted(POWERS, key=len, reverse=True)))
NUMBER = re.compile(
    r"(?P<number>[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d{1,3}(?:['’]\d{3})+|\d+)(?:\.\d+)?|\.\d+))"
    r" ?(?P<words>[^\d.,+\- '’].*)?",
    re.ASCII | re.DOTALL,
)
GROUPS = re.compile(r"[, '’]")
DIGITS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
NO_NUMBER = {
    "", "-", "--", "—", "——", "–", "/", "*", "…", "...", "n/a", "na", "nan", "null", "none", "nd", "n.a.", "n/d",
    "无", "暂无", "暂无数据", "无数据", "空", "空格", "空缺", "缺", "缺失", "缺测", "略", "不详", "保密", "不适用",
    "未公布", "尚未公布", "待公布", "未发布", "未统计", "未调查", "未开展",
}  # fmt: skip
# Yearbooks print x where nothing can be known and # where only the main ones are listed.
DASHES = re.compile(r"[-—–―…·./*×x#\\]+", re.IGNORECASE)
EXCEL_ERRORS = {"#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!"}
APPROXIMATE = re.compile(r"[约超近余多逾~～≈><≥≤±]|左右|以上|以下|不足|\d\s*[-–—至到]\s*\d")
LARGEST, PLACES = Decimal(10) ** 22, 8


@dataclass(frozen=True)
class Reading:
    """A number in the indicator's unit; `converted` when it was written with another power of ten (2.47万)."""

    value: Decimal
    converted: bool = False


def read_number(text: str, unit: str, unit_en: str = "") -> Reading:
    """A number as an official writes it, in the indicator's unit; raises BadCell."""
    refuse_what_is_no_cell(text)
    plain = narrow(text)
    if is_no_number(plain):
        raise BadCell("no_number")
    match = NUMBER.fullmatch(plain)
    if match is None:
        raise BadCell(_why_no_number(plain))
    words = (match["words"] or "").strip()
    if re.fullmatch(r"e[+-]?\d+", words, re.IGNORECASE):
        raise BadCell("scientific")
    value = Decimal(GROUPS.sub("", match["number"]))
    shift = 0 if words in ("", unit, unit_en) else _shift(words, unit)
    with localcontext() as context:
        context.prec = 100
        # A cell can hold thousands of digits; they are counted before they are shifted.
        if len(match["number"]) > 80:
            raise BadCell("too_many_digits")
        value = value.scaleb(shift) + 0
        if _places(value) > PLACES or abs(value) >= LARGEST:
            raise BadCell("too_many_digits")
    return Reading(value, shift != 0)


def read_with_unit(text: str, unit: str) -> tuple[Decimal, str]:
    """A number and its unit, which may stand behind it where it is not said beside it: 719万人; raises BadCell."""
    match = NUMBER.fullmatch(narrow(text))
    words = (match["words"] or "").strip() if match else ""
    if not unit and _is_unit(words):
        unit = words
    return read_number(text, unit).value, unit


def _is_unit(words: str) -> bool:
    """Whether what stands behind a number is a unit and not one word more: 余家, 个（含在建） are none."""
    if words in ("%", "‰"):
        return True
    return words.isalpha() and len(words) <= 20 and unit_parts(words)[1] != "" and not APPROXIMATE.search(words)


def is_no_number(text: str) -> bool:
    """Whether a cell says that there is no figure: empty, a dash, dots, 暂无."""
    plain = narrow(text).lower()
    # （略） and [—] say no more than 略 and —.
    inner = plain[1:-1].strip() if plain[:1] in "([【" and plain[-1:] in ")]】" else plain
    return inner in NO_NUMBER or DASHES.fullmatch(inner) is not None


def is_number(cell: str) -> bool:
    if type(cell) is str and DIGITS.fullmatch(cell):
        return True  # nearly every cell of nearly every table
    return NUMBER.fullmatch(narrow(bare(cell)).rstrip(".、)")) is not None


def refuse_what_is_no_cell(text: str) -> None:
    if isinstance(text, FormulaCell) or text.startswith("="):
        raise BadCell(formula_code(text))
    if text.strip().lower() in EXCEL_ERRORS:
        raise BadCell("excel_error")


def formula_code(text: str) -> str:
    """Why a formula without a result is no number, by its kind."""
    return "array_formula" if text.startswith("{") else "formula"


def _why_no_number(plain: str) -> str:
    if re.fullmatch(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?: .*)?", plain, re.ASCII):
        return "is_date"
    if re.search(r"\d", plain) and APPROXIMATE.search(plain):
        return "approximate"
    if re.fullmatch(r"[+-]?\d[\d,. '’]*", plain, re.ASCII):
        return "grouping"
    return "not_a_number"


def _shift(words: str, unit: str) -> int:
    """The power of ten between what stands behind a number and the indicator's unit; raises BadCell.

    2.47万 家 and 1.2万亿 (亿元) can mean one thing only; 2.47万 (亿元) could be 万元 or 万亿元.
    """
    if words in ("%", "‰"):
        raise BadCell("percent" if words == "%" and unit != "%" else "other_words", unit=unit, words=words)
    power, base = unit_parts(words)
    unit_power, unit_base = unit_parts(unit)
    if base == unit_base and base not in ("", "%"):
        return power - unit_power
    if base or not power or unit_base == "%":
        # "5.5–6" is read as far as 5.5 and goes on like a range.
        if APPROXIMATE.search(f"0{words}"):
            raise BadCell("approximate")
        raise BadCell("other_words", unit=unit, words=words[:20])
    if unit_power and power < POWERS["亿"]:
        raise BadCell("which_unit", unit=unit)
    return power - unit_power


def unit_parts(words: str) -> tuple[int, str]:
    """万亿元 → (12, 元); 家 → (0, 家)."""
    if words.startswith(NO_POWER):
        return 0, words
    match = POWER.match(words)
    return (POWERS[match[0]], words[match.end() :].strip()) if match else (0, words)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0

"""Number formats of workbooks: what a cell shows of the number it holds. Pure.

Enough of the language to tell where a reader of the sheet sees another number than a program reads: scaling
commas, per cent, fewer decimals, words of size, a sign or a whole number left out. Currencies, colours and spaces
change nothing and are not shown.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

# The formats every workbook knows by number alone; those of days (14–22, 27–36, 45–47, 50–58) are no numbers.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    37: "#,##0;(#,##0)", 38: "#,##0;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)",
    17: "mmm-yy", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
BUILT_IN_DAYS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)'
    r"|(?P<exponent>E[+-])|(?P<digits>[0#?]+)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
SIZE_WORDS = re.compile(r"[十百千万亿‰]|%|\b[kKmMbB]\b")
# Words before or behind a number that make another statement of it: "约"0.0.
BOUND_WORDS = re.compile(r"[约超逾近余≈><≥≤～~±]|突破|不足|以上|以下|左右|预[计估]|估[计算]|推算")
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
LONGEST = 400


@lru_cache(maxsize=512)
def is_day(code: str) -> bool:
    """Whether a format shows a day or a time of day."""
    for match in TOKEN.finditer(code.split(";")[0][:LONGEST]):
        if match["general"]:
            return False
        if (bracket := match["bracket"]) and re.fullmatch(r"(?:h+|m+|s+)", bracket, re.IGNORECASE):
            return True
        if (other := match["other"]) and other in "ymdhsYMDHS":
            return True
    return False


@lru_cache(maxsize=512)
def part_of_day_shown(code: str) -> str:
    """What a format shows of a day where that is less: year of yyyy"年", month of mmm-yy; else ""."""
    letters = "".join(match["other"] or "" for match in TOKEN.finditer(code.split(";")[0][:LONGEST])).lower()
    if "y" not in letters or re.search("[dhs]", letters):
        return ""
    return "month" if "m" in letters else "year"


@lru_cache(maxsize=512)
def is_percent(code: str) -> bool:
    """Whether a format shows per cent: 0.00%, but not 0.00"%" or 0.00\\%."""
    return _section(code.split(";")[0][:LONGEST]).percent > 0 if "%" in code else False


@dataclass(frozen=True)
class FormatPart:
    """One of a format's parts. `whole`: placeholders and, in their places, literals between the digits."""

    plain: bool = False  # shows the number as it is: General, text, powers of ten, fractions
    digits: bool = False
    whole: tuple[str, ...] = ()
    decimals: int = 0
    scale: int = 0
    percent: int = 0
    prefix: str = ""
    suffix: str = ""
    condition: tuple[str, Decimal] | None = None


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[FormatPart, ...]:
    parts, depth, quoted, start = [], 0, False, 0
    code = code[:LONGEST]
    for place, char in enumerate(code):
        if char == '"' and (place == 0 or code[place - 1] not in "\\!"):
            quoted = not quoted
        elif not quoted and char == "[":
            depth += 1
        elif not quoted and char == "]":
            depth = max(0, depth - 1)
        elif char == ";" and not quoted and not depth and (place == 0 or code[place - 1] not in "\\!"):
            parts.append(code[start:place])
            start = place + 1
    parts.append(code[start:])
    return tuple(_section(part) for part in parts[:4])


@lru_cache(maxsize=512)
def _section(code: str) -> FormatPart:
    condition = None
    for match in TOKEN.finditer(code):
        if found := CONDITION.fullmatch((match["bracket"] or "").strip()):
            condition = (found[1], Decimal(found[2]))
        if match["general"] or match["exponent"] or match["other"] in ("/", "@"):
            return FormatPart(plain=True, digits=True, condition=condition, suffix=_literals(code))
    laid = _Laid()
    for match in TOKEN.finditer(code):
        laid.take(match)
    scale, prefix, suffix = laid.scale + laid.commas, laid.before, laid.after
    return FormatPart(
        False, laid.has_digits, tuple(laid.whole), laid.decimals, scale, laid.percent, prefix, suffix, condition
    )


class _Laid:
    """A section's pieces from left to right."""

    def __init__(self):
        self.whole: list[str] = []
        self.decimals = self.scale = self.percent = self.commas = 0
        self.before = self.after = ""
        self.has_point = self.has_digits = False

    def take(self, match: re.Match) -> None:
        other, literal = match["other"], match["quoted"] or match["escaped"] or ""
        if match["digits"]:
            self._digits(match["digits"])
        elif other == "." and not self.has_point:
            # Commas right before the point scale; those between digits only part them.
            self.has_point, self.scale, self.commas = True, self.scale + self.commas, 0
        elif other == "," and self.has_digits:
            self.commas += 1
        elif other == "%":
            self.percent += 1
        elif other and not other.isspace():
            literal = other
        if literal and self.has_digits:
            self.after += literal
        elif literal:
            self.before += literal

    def _digits(self, digits: str) -> None:
        if self.after and not self.has_point:
            self.whole.append(self.after)  # 0!.0 writes a point of its own between two digits
        self.after, self.commas, self.has_digits = "", 0, True
        if self.has_point:
            self.decimals += len(digits)
        else:
            self.whole += list(digits)


def _literals(code: str) -> str:
    return "".join(match["quoted"] or match["escaped"] or "" for match in TOKEN.finditer(code))


def shown(value: Decimal, code: str) -> str | None:
    """What a cell with this format shows, where that is another number than `value` or has a word of size; else
    None. Without separators of thousands, currencies and spaces."""
    section, negate = _chosen(value, code)
    if section.plain:
        more = SIZE_WORDS.search(section.suffix) or BOUND_WORDS.search(section.suffix)
        return f"{value:f}{section.suffix}" if more else None
    if not section.digits:
        return section.prefix.strip()  # ;;; shows nothing at all
    with localcontext() as context:
        context.prec = 60
        scaled = abs(value) * 100**section.percent / Decimal(1000) ** section.scale
        rounded = scaled.quantize(Decimal(1).scaleb(-section.decimals), rounding=ROUND_HALF_UP)
    if any(len(piece) > 1 or piece not in "0#?" for piece in section.whole):
        text = _between(section.whole, f"{rounded:f}")
    else:
        text = f"{rounded:f}"
    if set(section.whole) == {"#"} and not rounded and not section.decimals:
        text = ""  # # shows no lone zero
    parens = "(" in section.prefix and ")" in section.suffix
    signed = negate or parens or (value < 0 and "-" in section.prefix)
    says_more = BOUND_WORDS.search(section.prefix + section.suffix)
    size = section.suffix if says_more or SIZE_WORDS.search(section.suffix) else ""
    before = section.prefix if says_more else ""
    words = ("%" * section.percent) + size
    sign = "-" if signed and value < 0 else ""
    try:
        same = Decimal(sign + text) == value * 100**section.percent
    except ArithmeticError:
        same = False
    return None if same and not size and not before else f"{before}{sign}{text}{words}"


def _chosen(value: Decimal, code: str) -> tuple[FormatPart, bool]:
    """The part of the format that speaks for a value, and whether it shows a negative number's sign by itself."""
    sections = _sections(code)
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _holds(value, *section.condition):
                return section, value < 0
        return FormatPart(plain=True, digits=True), True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound, "=": value == bound,
        "<>": value != bound,
    }[sign]  # fmt: skip


def _between(whole: tuple[str, ...], digits: str) -> str:
    """Digits laid into placeholders from the right, literals where they stand."""
    left, found = list(digits), []
    for piece in reversed(whole):
        if piece in ("0", "#", "?"):
            found.append(left.pop() if left else "0")
        else:
            found.append(piece)
    return "".join([*left, *reversed(found)])

"""What a printed target means: 5.5-6, >22000, 60，90, 年均 5%以上, 首位. The reading is shown beside it."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from studio.proposing.bounds import SaidBound, after, at_end, before, operator_words
from studio.proposing.rules import words

NUMBER = r"\d+(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
RANGE_MARK = r"\s*(?:[-–—－−~～]+|至|到)\s*"
# What is no number to reach in a cell: years and days, networks, PM2.5. A clause has more of them (figures.py).
NO_TARGET = re.compile(
    r"(?:19|20)\d\d\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|(?:19|20)\d\d(?=\s*[-—–~～至到]\s*(?:19|20)\d\d\s*年)"
    r"|\d+(?:\.\d+)?[GKD](?![A-Za-z])|[A-Z]+\d+|PM\s*2\.5|\d+(?=\s*[:：∶]\s*(?!1(?!\d))\d)|(?<=\d[:：∶])(?!1(?!\d))\d+"
)
# How often something is to be had again: its growth in per cent.
DOUBLED = re.compile(r"翻(?P<times>[一两二三])?番|倍增(?=$|[，。；、以（）)\s])|增(?:长|加)?一倍")
GROWTH_OF = {"一": "100", "两": "300", "二": "300", "三": "700"}
MULTIPLIED = re.compile(r"(?:增长|增加|提高|提升|扩大)\s*(?:约|近|超过|超|不低于|不少于)*\s*$")
# Full width is read as half width, letter by letter.
PLAIN = str.maketrans("０１２３４５６７８９％．＞＜＝／", "0123456789%.><=/")
# Right before its number: what is measured is by how much it falls, so that more is better; not 降至, 下降到.
FALL = re.compile(
    r"(?:下降|降低|减少|压减|压降|削减|缩减|压缩|缩短)(?:率|幅度|比例)?\s*(?:[（(][^（）()]*[）)])?\s*"
    r"(?:约|近|超过|超|不低于|不少于|达到|达|力争)?\s*$"
)
POWERS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
SMALL_POWERS = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}


@dataclass(frozen=True)
class ReadTarget:
    """A target as read: `type` point, strict, range_floor, range_inside or done; numbers as text, in `unit`.

    `accumulation` as judging/ has it: level, cumulative, sum, mean, growth, annual_growth, every_year. `near` says
    that the plan wrote 左右 or 力争: the number is taken as it stands. `is_told`: its own words bound it, so that
    `direction` is no guess.
    """

    type: str
    value: str = ""
    low: str = ""
    high: str = ""
    unit: str = ""
    direction: str = "up"
    accumulation: str = "level"
    printed: str = ""
    near: bool = False
    is_rank: bool = False
    is_told: bool = False


def _number(text: str) -> str:
    return re.sub("[,，]", "", text)


@cache
def units_pattern() -> str:
    """A unit, or so many 万 and 亿 of it: 亿吨 is not listed beside 吨."""
    names = "|".join(re.escape(unit) for unit in words("units", "names", "figures.toml").all)
    return rf"(?:万亿|[万亿])?(?:{names})"


@cache
def number_pattern() -> re.Pattern[str]:
    """A number as printed: 2.2 万家, 2 万余家, 3 千, 5 百亿元."""
    units = units_pattern()
    return re.compile(
        rf"(?P<value>{NUMBER})\s*(?P<more>[余多])?\s*"
        rf"(?:(?P<unit>{units})|(?P<power>[十百千]*(?:万亿|[万亿])|[十百千]+)\s*(?P<more_of>[余多])?\s*(?P<counted>{units})?)?"
    )


@dataclass(frozen=True)
class Printed:
    """A number of a text with its unit as printed: where it stands, and what it is worth."""

    start: int
    end: int
    value: Decimal
    text: str
    unit: str = ""
    # 万 and its like without a unit behind: the unit is a matter of the column.
    power: str = ""
    is_more: bool = False


def plain_text(text: str) -> str:
    """The text with its numbers in half width; every letter stays in its place."""
    return text.translate(PLAIN)


# Digits that a unit may have: 件/10万人, :1, m3, 10^4.
OF_UNITS = re.compile(r"1?/\s*1?0+万?|[:：∶]\s*1$|[A-Za-zμ]\d|10\^\d")


def is_value(text: str) -> bool:
    """Whether words that stand for a unit are a number or a target: 20, 40条, ≥5."""
    return bool(re.search(r"\d|[<>≤≥]", OF_UNITS.sub("", plain_text(text).strip())))


def is_unit(text: str) -> bool:
    """Whether a cell can be a unit: no value, and more than a dash."""
    return not is_value(text) and bool(re.search(r"[^\W\d_]|[%‰°℃′″:：∶]", plain_text(text)))


def unit_in(name: str) -> tuple[str, str]:
    """A name without the unit it ends in, and that unit: 产值（亿元）."""
    found = re.fullmatch(r"(?P<name>.+?)\s*[（(](?:单位[:：])?\s*(?P<unit>[^（）()]+)[）)]\s*", name)
    if not found:
        return name, ""
    said = plain_text(re.split("[，,；;、]", found["unit"])[0].strip())
    units = units_pattern()
    return (found["name"], said) if re.fullmatch(rf"(?:{units})(?:/(?:{units}|\w{{1,6}}))*", said) else (name, "")


def parse_targets(printed: str, *, unit: str = "", context: str = "") -> list[ReadTarget]:
    """The targets of a cell, one for each component: 60, 90 has two. `context` is the indicator's own words.

    Nothing where nothing can be read as a target, or more than one unit or direction would be: a cell that says
    另行制定 is for a person.
    """
    text = plain_text(printed).strip()
    # A comma between numbers sets two targets apart, unless it groups thousands: 22,000.
    commas = list(re.finditer(r"(?<=\d)[,，](?=\d)", text))
    grouped = bool(commas) and all(re.match(r"\d{3}(?!\d)", text[comma.end() :]) for comma in commas)
    said = rf"(?=(?:{'|'.join(map(re.escape, operator_words().all))})?\s*\d)"
    comma = r"[,，](?!\d)" if grouped else "[,，]"
    parts = re.split(rf"(?:{comma}|[、;；]|/(?!\s*\d+万|\s*10+(?!\d)))\s*{said}", text)
    found = [target for part in parts if (target := parse_target(part, unit=unit, context=context, alone=True))]
    if len(found) != len(parts):
        return []
    units = {target.unit for target in found if target.unit}
    if len(units) > 1 or len({target.direction for target in found}) > 1:
        return []
    return [replace(target, unit=target.unit or next(iter(units), "")) for target in found]


def parse_target(printed: str, *, unit: str = "", context: str = "", alone: bool = False) -> ReadTarget | None:
    """One target from a cell or a clause; None where there is none. `alone`: of several numbers none is chosen."""
    found = target_at(printed, unit=unit, context=context, alone=alone)
    return found[0] if found else None


def target_at(
    printed: str, *, unit: str = "", context: str = "", alone: bool = False
) -> tuple[ReadTarget, int, int] | None:
    """The same, with where its number begins and where it ends with its unit."""
    unit = plain_text(unit).strip()
    unit = unit if is_unit(unit) else ""
    text = NO_TARGET.sub(lambda found: "□" * len(found[0]), plain_text(printed))
    said = f"{context}{text}"
    target = ReadTarget(
        "point", printed=printed.strip(), accumulation=accumulation_of(said, unit),
        near=bool(words("operators", "near", "figures.toml").found(text)),
    )  # fmt: skip
    if found := _range_in(text):
        low, high = found
        return _ranged(target, text, low, high, unit=unit, context=context)
    numbers = _numbers_in(text)
    led = [one for one in numbers if _before(text, one, numbers).is_said]
    if (doubled := DOUBLED.search(text)) and not led:
        growth = GROWTH_OF.get(doubled["times"] or "一", "100")
        grown = replace(target, value=growth, unit=unit, direction="up", accumulation="growth")
        return grown, doubled.start(), doubled.end()
    if numbers and not (alone and len(numbers) > 1 and len(led) != 1):
        one = (led or numbers)[0]
        made = _one(target, text, one, numbers, unit=unit, context=context)
        return (made, one.start, one.end) if made else None
    if is_ranked(text, said) and (first := words("ranks", "first", "figures.toml").found(text)):
        ranked = replace(target, value="1", unit="位", direction="down", is_rank=True)
        return ranked, first.start(), first.end()
    return None


def _printed(found: re.Match[str]) -> Printed:
    """A number with 千 and 百 told out; 万 and 亿 stay with the unit, as in 2.2 万家."""
    text, unit, power = _number(found["value"]), found["unit"] or "", found["power"] or ""
    value, start, end = Decimal(text), found.start(), found.end()
    is_more = bool(found["more"] or found["more_of"])
    if not power:
        return Printed(start, end if unit else found.end("value"), value, text, unit, is_more=is_more)
    counted, large = found["counted"] or "", re.sub("[十百千]", "", power)
    for word in power:
        value *= SMALL_POWERS.get(word, Decimal(1))
    text = _plain(value) if value != Decimal(text) else text
    if counted:
        return Printed(start, end, value, text, f"{large}{counted}", is_more=is_more)
    return Printed(start, end, value, text, power=large, is_more=is_more)


def _numbers_in(text: str) -> list[Printed]:
    """Numbers that may be a target: not how many each (每10万人), nor what only describes (3年内, 2亿元的基金)."""
    every = [
        _printed(found)
        for found in number_pattern().finditer(text)
        if not re.search(r"[每/]\s*$", text[: found.start()])
    ]
    kept = [
        one
        for one in every
        if not re.match(r"(?:以上|以下|以内|左右)?的[一-龥]", text[one.end :])
        and not (
            one.unit == "年" and re.match(r"[内间]?[一-龥]", text[one.end :]) and not _is_held(text[one.end :])
        )
    ]
    return kept or every


def _is_held(behind: str) -> bool:
    return bool(re.match(r"以[上下内]|及以|左右|一遇|之[内间]", behind))


def _range_in(text: str) -> tuple[Printed, Printed] | None:
    """The two ends of 5.5-6 or 2万至3万家; 由20条到40条 is where it comes from and where it goes."""
    every = list(number_pattern().finditer(text))
    for left, right in zip(every, every[1:], strict=False):
        low, high = _printed(left), _printed(right)
        if not re.fullmatch(RANGE_MARK, text[low.end : high.start]) or re.search("[由从]", text[: low.start]):
            continue
        if not (low.unit or low.power):
            # 5-6万: both are in 万.
            low = replace(low, unit=high.unit, power=high.power)
        if in_base_unit(low.text, low.unit or low.power) < in_base_unit(high.text, high.unit or high.power):
            return low, high
    return None


def _before(text: str, one: Printed, numbers: list[Printed]) -> SaidBound:
    starts = [other.end for other in numbers if other.end <= one.start]
    return before(text[max(starts, default=0) : one.start], text[one.end :])


def _bound(text: str, one: Printed, numbers: list[Printed], context: str) -> SaidBound:
    """What the words around a number say of it; its own come before those of the indicator's name."""
    said = _before(text, one, numbers)
    if said.is_firm:
        return said
    behind = after(text[one.end :], has_unit=bool(one.unit or one.power))
    return behind if behind.is_said else said if said.is_said and said.direction else at_end(context)


def _direction(text: str, one: Printed, bound: SaidBound, context: str) -> str:
    if bound.direction:
        return bound.direction
    led = text[: one.start]
    # What is measured is by how much it falls.
    if FALL.search(led if led.strip(" <>≤≥[［{｛（(") else context):
        return "up"
    said = f"{context}{led}"
    more = [found.end() for found in words("direction", "up", "figures.toml").each(said)]
    less = [found.end() for found in words("direction", "down", "figures.toml").each(f"{context}{text}")]
    is_made = words("direction", "made", "figures.toml").at(said.lstrip("□到至，、 "))
    return "down" if less and not is_made and not (more and max(more) >= max(less)) else "up"


def _ranged(
    target: ReadTarget, text: str, low: Printed, high: Printed, *, unit: str, context: str
) -> tuple[ReadTarget, int, int] | None:
    bound = before(text[: low.start])
    behind = after(text[high.end :], has_unit=bool(high.unit or high.power))
    bound = bound if bound.is_firm else behind if behind.is_said else bound
    first, second = _in_unit(target, low, unit), _in_unit(target, high, unit)
    if first is None or second is None or first[1] != second[1]:
        return None
    inside = re.match(r"\s*(?:之间|区间|范围)", text[high.end :]) and not bound.is_firm
    is_inside = inside and target.accumulation in ("level", "cumulative", "every_year")
    direction = "up" if is_inside else _direction(text, low, bound, context)
    made = replace(
        target, type="range_inside" if is_inside else "range_floor", low=first[0], high=second[0], unit=second[1],
        direction=direction, near=target.near or low.is_more or high.is_more, is_told=bound.is_firm,
    )  # fmt: skip
    return made, low.start, high.end


def is_ranked(printed: str, said: str = "") -> bool:
    """Whether a place is promised: 稳居全国城市首位."""
    first = words("ranks", "first", "figures.toml").found(printed)
    return bool(first and words("ranks", "words", "figures.toml").found(said or printed))


def _one(
    target: ReadTarget, text: str, one: Printed, numbers: list[Printed], *, unit: str, context: str
) -> ReadTarget | None:
    bound = _bound(text, one, numbers, context)
    behind = text[one.end :]
    if one.unit == "倍" and unit != "倍" and MULTIPLIED.search(text[: one.start]):
        # 增长1倍 is a growth of 100 %.
        one = replace(one, value=one.value * 100, text=_plain(one.value * 100), unit="%")
        target = replace(target, accumulation="growth")
    told = _in_unit(target, one, "" if behind.startswith("位") else unit)
    if told is None:
        return None
    negative = re.search(r"(?:^|[^\w%）)])[-−－]$", text[: one.start]) or (
        bound.is_said and re.search("[-−－]$", text[: one.start])
    )
    return replace(
        target,
        type="strict" if bound.strict else "point",
        value=f"-{told[0]}" if negative else told[0],
        unit=told[1],
        direction=_direction(text, one, bound, context),
        is_told=bound.is_firm,
        near=target.near or one.is_more or bool(re.search(r"近\s*$", text[: one.start])),
    )


def _plain(value: Decimal) -> str:
    """A number without exponent or empty decimals."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _parted(unit: str) -> tuple[Decimal, str]:
    """万 and 亿 of a unit as a number, and what is counted."""
    power, rest = Decimal(1), unit
    while rest[:1] in POWERS:
        power, rest = power * POWERS[rest[0]], rest[1:]
    return power, rest


def _in_unit(target: ReadTarget, one: Printed, unit: str) -> tuple[str, str] | None:
    """A number in the unit of its column, 2万 in 元 as 20000; in its own where the column says none or another.

    None where it cannot be told what 万 is meant to be of: 2万 in 亿元.
    """
    if not unit:
        return (_plain(one.value * _parted(one.power)[0]) if one.power else one.text), one.unit
    power, counted = _parted(unit)
    if one.power:
        own = _parted(one.power)[0]
        if own == power:
            return one.text, unit
        return (_plain(one.value * own), unit) if power == 1 else None
    if not one.unit:
        return one.text, unit
    if one.unit == "%" and target.accumulation in ("growth", "annual_growth"):
        # By how much it grows is said in per cent, whatever it is counted in.
        return one.text, unit
    own, base = _parted(one.unit)
    if not (base == counted or not base or (counted and (base in counted or counted in base))):
        return one.text, one.unit
    return (one.text if own == power else _plain(one.value * own / power)), unit


def accumulation_of(said: str, unit: str = "") -> str:
    """How the years of a figure come together, by the words around it."""

    def has(name: str) -> bool:
        return bool(words("accumulation", name, "figures.toml").found(said))

    if has("mean"):
        return "annual_growth" if re.search("增长|增速|增幅", said) else "mean"
    if re.search("累计", said):
        if "%" not in said and unit != "%":
            return "cumulative"
        # How much something fell is published as it stands; only growth is the product of its years.
        return (
            "level"
            if re.search("下降|降低|减少", said)
            else "growth"
            if re.search("提高|增长", said)
            else "cumulative"
        )
    if has("every_year"):
        return "every_year"
    return "cumulative" if has("sum") else "level"


def reading_of(target: ReadTarget) -> str:
    """The reading in words, as the planner sees it beside what is printed."""
    grows = target.accumulation in ("growth", "annual_growth")
    unit = "%" if grows else target.unit
    low = "不高于" if target.direction == "down" else "不低于"
    if target.is_rank:
        return "排名第 1，名次越小越好"
    if target.type == "range_inside":
        return f"在 {target.low}–{target.high}{unit} 之间，两端都算达到"
    if target.type == "range_floor":
        floor = target.high if target.direction == "down" else target.low
        return f"{target.low}–{target.high}{unit}，{'上' if target.direction == 'down' else '下'}限 {floor} 算达到"
    if target.type == "strict":
        word = "低于" if target.direction == "down" else "超过"
        return f"{word} {target.value}{unit}，恰好 {target.value} 不算"
    return f"{low} {target.value}{unit}"


def target_of(part: dict[str, Any], *, unit: str, direction: str) -> ReadTarget:
    """A component's target as an indicator's table holds it."""
    value = str(part.get("target_value", ""))
    return ReadTarget(
        part.get("target_type", ""), value=value, low=str(part.get("target_low", "")),
        high=str(part.get("target_high", "")), unit=unit, direction=direction,
        accumulation=part.get("accumulation", "level"), printed=part.get("target_text", ""),
        is_rank=unit == "位" and value == "1" and direction == "down",
    )  # fmt: skip


def in_base_unit(value: str, unit: str) -> Decimal:
    """A number without 万 and 亿 in its unit, so that 2.2 万家 and 22000 家 can be compared."""
    number = Decimal(value)
    for word, power in POWERS.items():
        if unit.startswith(word):
            return in_base_unit(str(number * power), unit[1:])
    return number

"""What a printed target means: 5.5-6, >22000, 60，90, 年均 5%以上, 首位. The reading is shown beside it."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from studio.proposing.rules import words

NUMBER = r"\d+(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
VALUE = re.compile(rf"(?P<value>{NUMBER})\s*(?P<unit>{{units}})?")
RANGE_MARK = r"\s*(?:-|–|—|－|~|～|至|到)\s*"
# Right before its number: what is measured is by how much it falls, so that more is better; not 降至, 下降到.
FALL = re.compile(
    r"(?:下降|降低|减少|压减|削减|压缩)(?:率|幅度|比例)?\s*(?:[（(][^（）()]*[）)])?\s*"
    r"(?:约|近|超过|超|不低于|不少于|达到|达|力争)?\s*$"
)
POWERS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}


@dataclass(frozen=True)
class ReadTarget:
    """A target as read: `type` point, strict, range_floor or done; numbers as text, in `unit`.

    `accumulation` as judging/ has it: level, cumulative, sum, mean, growth, annual_growth, every_year. `near` says
    that the plan wrote 左右 or 力争: the number is taken as it stands.
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


@cache
def units_pattern() -> str:
    """A unit, or so many 万 and 亿 of it: 亿吨 is not listed beside 吨."""
    names = "|".join(re.escape(unit) for unit in words("units", "names", "figures.toml").all)
    return rf"(?:万亿|[万亿])?(?:{names})"


def _number(text: str) -> str:
    return re.sub("[,，]", "", text)


def parse_targets(printed: str, *, unit: str = "", context: str = "") -> list[ReadTarget]:
    """The targets of a cell, one for each component: 60, 90 has two. `context` is the indicator's own words.

    Nothing where nothing can be read as a target: a cell that says 另行制定 is for a person.
    """
    text = printed.strip()
    # A comma between numbers sets two targets apart, unless it groups thousands: 22,000.
    grouped = re.fullmatch(r"[^\d]*\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?[^\d]*", text)
    parts = [text] if grouped else re.split(r"[,，、;；/]\s*(?=[<>≤≥＜＞]?\s*\d)", text)
    found = [target for part in parts if (target := parse_target(part, unit=unit, context=context))]
    return found if len(found) == len(parts) else []


def parse_target(printed: str, *, unit: str = "", context: str = "") -> ReadTarget | None:
    """One target from a cell or a clause; None where there is none."""
    said = f"{context}{printed}"
    down = bool(words("direction", "down", "figures.toml").found(said))
    target = ReadTarget(
        "point", direction="down" if down else "up", printed=printed.strip(),
        accumulation=accumulation_of(said, unit), near=_is(printed, "near"),
    )  # fmt: skip
    first = re.search(NUMBER, printed)
    before = printed[: first.start()] if first else ""
    if first and FALL.search(before if before.strip(" <>≤≥＜＞[［{｛") else context):
        target = replace(target, direction="up")
    units = units_pattern()
    low = rf"(?P<low>{NUMBER})\s*(?:{units})?"
    pattern = re.compile(rf"{low}{RANGE_MARK}(?P<high>{NUMBER})\s*(?P<unit>{units})?")
    if (found := pattern.search(printed)) and Decimal(_number(found["low"])) < Decimal(_number(found["high"])):
        low, high = _number(found["low"]), _number(found["high"])
        return replace(target, type="range_floor", unit=found["unit"] or unit, low=low, high=high)
    if numbers := list(re.finditer(VALUE.pattern.replace("{units}", units), printed)):
        return _one(
            target, printed, next((found for found in numbers if _led(printed, found)), numbers[0]), unit=unit
        )
    if is_ranked(printed, said):
        return replace(target, value="1", unit="位", direction="down", is_rank=True)
    if re.search(r"翻一番", printed):
        return replace(target, value="100", unit="%", direction="up", accumulation="growth")
    return None


def _led(printed: str, number: re.Match[str]) -> bool:
    """Whether an operator stands right before a number: of 排名前1‰学科数量达12个 the target is 12."""
    lists = ("strict", "at_least", "at_most")
    return any(
        words("operators", name, "figures.toml").end_of(printed[: number.start()].rstrip()) for name in lists
    )


def is_ranked(printed: str, said: str = "") -> bool:
    """Whether a place is promised: 稳居全国城市首位."""
    first = words("ranks", "first", "figures.toml").found(printed)
    return bool(first and words("ranks", "words", "figures.toml").found(said or printed))


def _one(target: ReadTarget, printed: str, found: re.Match[str], *, unit: str) -> ReadTarget:
    at_most = _is(printed, "at_most")
    strict = _is(printed, "strict") or (bool(re.search("[<＜]", printed)))
    place = printed[found.end() :]
    falls = target.direction == "down" or at_most or re.search("[<＜≤]", printed)
    return replace(
        target,
        type="strict" if strict else "point",
        value=_number(found["value"]),
        unit=found["unit"] or ("" if place.startswith("位") else unit),
        direction="down" if falls else "up",
    )


def _is(printed: str, name: str) -> bool:
    # 不超过 holds 超过: the longer word decides.
    longer = words("operators", "at_most", "figures.toml")
    bare = printed if name == "at_most" else re.sub("|".join(map(re.escape, longer.all)), "", printed)
    return bool(words("operators", name, "figures.toml").found(bare))


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
    unit = target.unit
    low = "不高于" if target.direction == "down" else "不低于"
    if target.is_rank:
        return "排名第 1，名次越小越好"
    if target.type == "range_floor":
        floor = target.high if target.direction == "down" else target.low
        return f"{target.low}–{target.high}{unit}，{'上' if target.direction == 'down' else '下'}限 {floor} 算达到"
    if target.type == "strict":
        word = "低于" if target.direction == "down" else "超过"
        return f"{word} {target.value}{unit}，恰好 {target.value} 不算"
    return f"{low} {target.value}{unit}"


def in_base_unit(value: str, unit: str) -> Decimal:
    """A number without 万 and 亿 in its unit, so that 2.2 万家 and 22000 家 can be compared."""
    number = Decimal(value)
    for word, power in POWERS.items():
        if unit.startswith(word):
            return in_base_unit(str(number * power), unit[1:])
    return number

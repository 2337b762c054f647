"""Numbers in a clause that somebody could be held to: with a unit or a rank; no year, network or slogan."""

import re
from dataclasses import dataclass

from studio.proposing.rules import patterns, words
from studio.proposing.targets import NUMBER, ReadTarget, is_ranked, parse_target, units_pattern
from texts.clauses import Span, cut

# A year that something is to hold in; 在2020年基础上 is what it is compared with.
YEAR = re.compile(r"(?<!在)(?<!比)(?:到|至|以)?\s*(20\d\d)\s*年(?!基础|底数|数据)")
LATER = re.compile(r"本世纪|远景")
NEVER = 9999


@dataclass(frozen=True)
class NumberFound:
    """A number found: its clause, what is measured, the target as read, the year it is of or 0."""

    start: int
    end: int
    name: str
    target: ReadTarget
    year: int = 0


def figures_in(text: str, start: int, end: int, *, year: int = 0) -> list[NumberFound]:
    """The figures of a clause; 在校生超 28.5 万人、博士研究生超 2 万人 has two."""
    pieces = cut(text, start, end, "、")
    whole = [(start, end)] if sum(_counts(text[slice(*piece)]) for piece in pieces) < 2 else pieces
    return [figure for piece in whole if (figure := _figure(text, piece, year))]


def year_of(said: str) -> int:
    """The year a clause speaks of; 0 where it names none, far away where it says 本世纪中叶."""
    found = YEAR.search(said)
    return int(found[1]) if found else NEVER if LATER.search(said) else 0


def _counts(said: str) -> bool:
    return _number_in(said) is not None


def _number_in(said: str) -> re.Match[str] | None:
    """The number of a clause that is followed by a unit, where nothing passed over holds it."""
    blanked = patterns("passed_over", "patterns").sub(lambda found: "□" * len(found[0]), said)
    counted = words("units", "counted", "figures.toml")
    for found in re.finditer(rf"(?:{NUMBER})\s*(?:{units_pattern()}|(?=以[上下内]))", blanked):
        behind = blanked[found.end() :]
        if not (counted.at(found[0][-1]) and behind[:2] in ("平台", "行动")):
            return found
    last = re.search(rf"({NUMBER})(?:左右|以[上下内])?$", blanked)
    named = words("units", "unitless", "figures.toml").found(blanked)
    return last if last and named and named.end() <= last.start() else None


def _figure(text: str, piece: Span, year: int) -> NumberFound | None:
    said = text[slice(*piece)]
    ranked = is_ranked(said)
    if not (_number_in(said) or ranked or "翻一番" in said):
        return None
    blanked = patterns("passed_over", "patterns").sub(lambda found: "□" * len(found[0]), said)
    target = parse_target(blanked)
    if target is None:
        return None
    return NumberFound(*piece, _name(said, target), target, year_of(said) or year)


def _name(said: str, target: ReadTarget) -> str:
    """What is measured: the words before the operator or the number, without 到 2030 年 and 力争."""
    bare = YEAR.sub("", said).lstrip("，、 ")
    ends = words("names", "ends", "figures.toml")
    printed = target.low or target.value
    number = bare.rfind(f"{printed}{target.unit}") if target.unit else -1
    number = number if number >= 0 else bare.rfind(printed)
    found = ends.found(bare, 2)
    stop = number if number > 0 else found.start() if found else len(bare)
    name = bare[:stop].rstrip(" ，")
    while (word := ends.end_of(name)) and len(name) > len(word) + 1:
        name = name[: -len(word)]
    # 主要预期目标是：地区生产总值增长 is led in by words that measure nothing.
    name = name.rpartition("：")[2] or name
    name = re.sub(r"^(?:力争|累计|新增|组织实施|实现|确保|保持)", "", name).strip(" ，")
    if name in words("clauses", "verbs"):
        # 引进3家以上全货机运营企业: what is counted stands behind its number.
        behind = re.sub(rf"^.*?(?:{NUMBER})\s*(?:{units_pattern()})?(?:以[上下内]|左右)?", "", bare)
        name = f"{name}{behind}" if behind else bare
    return name or bare

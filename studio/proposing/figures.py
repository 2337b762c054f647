"""Numbers in a clause that somebody could be held to: with a unit or a rank; no year, network or slogan."""

import re
from dataclasses import dataclass, replace
from functools import cache

from studio.proposing.bounds import operators
from studio.proposing.rules import WordList, patterns, words
from studio.proposing.targets import DOUBLED, NUMBER, ReadTarget, is_ranked, plain_text, target_at, units_pattern
from texts.clauses import Span, cut

# A year that something is to hold in; 在2020年基础上 is what it is compared with.
YEAR = re.compile(r"(?<![在比较从由自])(?:到|至|以)?\s*(20\d\d)\s*年(?!基础|底数|数据)")
LATER = re.compile(r"本世纪|远景")
NEVER = 9999
# Of what a target is printed as no more is kept.
PRINTED = 60


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
    text = plain_text(text)
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
    large = r"(?:[十百千]*(?:万亿|[万亿])|[十百千])"
    unit = rf"(?:{units_pattern()}|{large}\s*[余多]?\s*(?:{units_pattern()}|(?=$|以[上下内]|左右))|(?=以[上下内]))"
    for found in re.finditer(rf"(?:{NUMBER})\s*[余多]?\s*{unit}", blanked):
        behind = blanked[found.end() :]
        if not (counted.at(found[0][-1]) and behind[:2] in ("平台", "行动")):
            return found
    last = re.search(rf"({NUMBER})(?:左右|以[上下内])?$", blanked)
    named = words("units", "unitless", "figures.toml").found(blanked)
    return last if last and named and named.end() <= last.start() else None


@cache
def _ends() -> WordList:
    """What a name ends before: words of going somewhere, and every word that bounds."""
    bounding = [word for word, bound in operators().items() if bound.direction]
    return WordList(" ".join((*words("names", "ends", "figures.toml").all, *bounding)))


def _figure(text: str, piece: Span, year: int) -> NumberFound | None:
    said = text[slice(*piece)]
    if not (_number_in(said) or is_ranked(said) or DOUBLED.search(said)):
        return None
    blanked = patterns("passed_over", "patterns").sub(lambda found: "□" * len(found[0]), said)
    found = target_at(blanked)
    if found is None:
        return None
    target, start, end = found
    kept = max(0, min(start - PRINTED // 2, len(said) - PRINTED))
    target = replace(target, printed=said[kept : kept + PRINTED].strip())
    return NumberFound(*piece, _name(said, start, end, is_rank=target.is_rank), target, year_of(said) or year)


def _name(said: str, start: int, end: int, *, is_rank: bool = False) -> str:
    """What is measured: the words before the operator or the number, without 到 2030 年 and 力争."""
    bare = YEAR.sub("", said).lstrip("，、 ")
    led = re.sub("^年?[底末]前?", "", YEAR.sub("", said[:start]).lstrip("，、 "))
    ends = _ends()
    found = None if led and not is_rank else words("names", "ends", "figures.toml").found(bare, 2)
    name = (led if led and not is_rank else bare[: found.start()] if found else bare).rstrip(" ，")
    while (word := ends.end_of(name)) and len(name) > len(word) + 1:
        name = name[: -len(word)].rstrip(" ，（(")
    # 由20条增加到40条: where it comes from is no part of what it is.
    name = re.sub(rf"(?<=[一-龥])[由从](?=\d)(?:{NUMBER})\D{{0,4}}$", "", name)
    # 主要预期目标是：地区生产总值增长 is led in by words that measure nothing.
    name = name.rpartition("：")[2] or name
    name = re.sub(r"^(?:力争|累计|新增|组织实施|实现|确保|保持)", "", name).strip(" ，")
    if name in words("clauses", "verbs"):
        # 引进3家以上全货机运营企业: what is counted stands behind its number.
        behind = re.sub(r"^(?:以[上下内]|左右)", "", said[end:])
        name = f"{name}{behind}" if behind else bare
    return name or bare

"""Which side of a number a plan bounds, and whether the number itself still counts: words before it and behind.

The Civil Code, art. 1259: 以上, 以下 and 以内 include the number, 不满 and 超过 do not. A negation turns a word
over: 不少于 is a floor, whatever 少于 says alone.
"""

import re
from dataclasses import dataclass
from functools import cache

from studio.proposing.rules import WordList, words

# Marks and words of measure that may stand between a word of one letter and its number: 超（约）, 达 人民币.
FILLED = re.compile(r"[\s（(：:“]*(?:了|到|约|大约|近|人民币|每年|年均|平均|累计|全[国省市县区])*\s*")
# Between longer words and their number: what it is a part of, 不少于专任教师总数的60%; not 低于全国平均的县.
FAR = re.compile(r"(?:(?!的[一-龥])[^，。；：]){0,14}")
# No number at all: 超亿元文化企业20家, 突破百项.
BARE = re.compile(r"[十百千万亿几数两多]")
# What is broken through is no number: 突破100项关键技术.
NO_LIMIT = re.compile(r"[^，。；、]*(?:技术|瓶颈|难题|难关|卡脖子|堵点)")
# Behind the number and its unit. Of an unknown unit some letters may be left: 90床以上.
KNOWN = r"(?:一遇|标准煤|/[一-龥A-Za-z]+)?"
UNKNOWN = r"[^\d\s，。；、的（()）]{0,4}?"
SIDE = (
    r"[\s（(]*(?P<left_out>不含|含|包含)?(?:本数)?[\s）)]*(?:及|或|和)?"
    r"(?P<word>以上|之上|以下|之下|以内|之内|内(?=$|[，。；、）)\s]))(?P<left_out_too>[\s（(]*不含)?"
)
SAID = r"\s*[（(]\s*(?P<said>[^（()）\d]{1,6})\s*[)）]"


@dataclass(frozen=True)
class SaidBound:
    """`direction` up or down, empty where nothing says it; `strict` where the number itself does not count.

    `is_firm` for words that bound, not for those that only tell which way things go (提高到, 降至) or that some
    number is to come (达到); `is_said` for any of them.
    """

    direction: str = ""
    strict: bool = False
    is_firm: bool = False
    is_said: bool = False


def _all(name: str) -> tuple[str, ...]:
    return words("operators", name, "figures.toml").all


@cache
def operators() -> dict[str, SaidBound]:
    """What each word before a number says. Longer words are tried first, so that 不低于 is none of 低于."""
    found = {word: SaidBound(is_said=True) for word in _all("neutral")}
    found |= {word: SaidBound("up", is_said=True) for word in _all("rising")}
    found |= {word: SaidBound("down", is_said=True) for word in _all("falling")}
    found |= {word: SaidBound("up", True, True, True) for word in _all("over")}
    found |= {word: SaidBound("down", True, True, True) for word in _all("under")}
    turned = {"over": SaidBound("down", False, True, True), "under": SaidBound("up", False, True, True)}
    for name, bound in turned.items():
        found |= {
            f"{no}{word}": bound
            for no in _all("negations")
            for word in _all(name)
            if re.match("[一-龥]", word) and not word.startswith(_all("negations"))
        }
    found |= {word: SaidBound("up", False, True, True) for word in _all("at_least")}
    return found | {word: SaidBound("down", False, True, True) for word in _all("at_most")}


@cache
def operator_words() -> WordList:
    return WordList(" ".join(operators()))


def before(segment: str, behind: str = "") -> SaidBound:
    """What the words before a number say of it; `behind` is what follows the number.

    The nearest word that bounds, else the nearest that says which way.
    """
    soft = SaidBound()
    for found in reversed(operator_words().each(segment)):
        word, bound, between = found[0], operators()[found[0]], segment[found.end() :]
        if BARE.match(between) or ("突破" in word and NO_LIMIT.match(behind)):
            continue
        is_near = FILLED.fullmatch(between)
        may_be_far = len(word) > 1 and word not in _all("close")
        if bound.is_firm and (is_near or (may_be_far and FAR.fullmatch(between))):
            return bound
        if not bound.is_firm and not soft.is_said and (len(word) > 1 or is_near):
            soft = bound
    return soft


def at_end(segment: str) -> SaidBound:
    """What a heading's own words say of its numbers: 失业率（不高于）, 能耗 ≤."""
    bare = segment.rstrip(" （()）：:%％")
    word = operator_words().end_of(bare)
    bound = operators()[word] if len(word) > 1 or not re.match("[一-龥]", word or "一") else SaidBound()
    return bound if bound.is_firm else SaidBound()


def after(behind: str, *, has_unit: bool) -> SaidBound:
    """What stands behind a number and its unit says of it: 以上, 以内（不含）, （不低于）."""
    if said := re.match(SAID, behind):
        word = operator_words().end_of(said["said"].strip())
        if word and word == said["said"].strip():
            return operators()[word]
    found = re.match((KNOWN if has_unit else UNKNOWN) + SIDE, behind)
    if found is None:
        return SaidBound()
    strict = found["left_out"] == "不含" or bool(found["left_out_too"])
    return SaidBound("up" if found["word"] in ("以上", "之上") else "down", strict, True, True)

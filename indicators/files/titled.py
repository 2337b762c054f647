"""A table whose indicator stands in its title alone and whose rows are places: 各区研发投入 over 地区 | 2024.

Only the row of the plan's own place is its figure. Which one that is must be plain: two that may be it are asked
about, and what is of another place is passed over. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from indicators.files.below import Doubt, note_in
from indicators.files.captions import is_caption
from indicators.files.naming import AMONG, NUMBERING, Named, Names, in_chinese, split_unit
from indicators.files.places import IN_BRACKETS, is_district, is_elsewhere, place_ahead
from tables.cells import LONGEST_WORDS, bare, narrow

# 表3-1, 附表2, Table 5 and the year stand before what a title is about; 情况 and 统计表 behind it.
NUMBERED = re.compile(
    r"(?:(?:续?附?表|table) ?[\d一二三四五六七八九十]+(?:[-.—–]\d+)*|\d{1,2}(?:[-.—–]\d{1,2})+(?=\s))[:、.]?",
    re.IGNORECASE,
)
YEARS = re.compile(r"(?:(?:19|20)\d{2} ?年?度? ?[-—–~～至、和]? ?)+|历年|近年|分年度?")
BY_PLACE = re.compile(
    r"(?:按|分)?(?:全国|全省|全市|我国|我省|我市|本市)?(?:\d+个)?(?:主要|重点|部分|有关|副省级|地级|各)*"
    r"(?:省(?:[、,]?自治区)?(?:[、,]?直辖市)?|自治区|直辖市|地级市|地市|市县|市区|城市|地区|区域|行政区划?|区县|县区|县|区|市|街道|国家|园区)"
    r"(?:分组|分|别|间)?的?"
)
OWN_AHEAD = re.compile(r"(?:全市|本市|我市|全国|全省)(?:及|和|、)?的?")
BEHIND = re.compile(
    r"(?:的?(?:基本|主要|总体|完成|分布)*(?:情况|数据|指标|对比|比较|排名|分布|变化)?(?:统计|一览|对照|汇总)?表?)$"
)
TOTALS = ("合计", "总计", "总数", "总量", "合计数", "Total", "total")
ENGLISH = re.compile(r"[A-Za-z]{4,}")
CITY_WORDS = ("全市", "本市", "我市")


@dataclass(frozen=True)
class Title:
    """What a title calls an indicator, the unit in brackets behind it, and what that was found to be."""

    name: str = ""
    unit: str = ""
    found: Named | None = None


@dataclass(frozen=True)
class Titled:
    """`own`: the places named in rows (or columns, where years go down) that may be the plan's own; `doubtful`: a
    person says which of them is; `is_sum`: one of them is called a sum and no place."""

    said: Title
    own: frozenset[str]
    doubtful: bool
    is_sum: bool
    plan_title: str

    def why_passed(self, place: str) -> Doubt:
        """Why the row of a place is no figure of the plan."""
        if place in self.own:
            name = {"name": self.said.name[:60]}
            return ("not_ours", name) if self.said.name else ("title_names_nothing", {"text": place[:40]})
        is_city = is_elsewhere(place, self.plan_title) and not is_district(place)
        return ("other_place" if is_city else "other_part"), {"text": place[:40]}

    def doubts(self, place: str) -> list[Doubt]:
        return [("own_place", {"text": place[:40]})] if self.doubtful else []

    def title_doubts(self, title: list[Doubt]) -> list[Doubt]:
        """What a title leaves to ask: not whether 深圳 is of 广东省, of which the title speaks."""
        return title if self.is_sum else [doubt for doubt in title if doubt[0] != "section"]


def titled(above: Iterable[Iterable[str]], sheet: str, texts: Iterable[str], names: Names) -> Titled:
    """`above`: the cells above a table, a line each, the nearest first; `sheet`: what its sheet is called;
    `texts`: the places that its rows of figures name."""
    said = [one for line in above if (one := _of_line(line, names))]
    if (one := title_of(sheet, names)) and one.found:
        said.append(one)  # Sheet1 is no indicator
    sure = next((one for one in said if one.found and one.found.sure), None)
    title = sure or next((one for one in said if one.found), said[0] if said else Title())
    places = set(map(place_word, texts))
    own = frozenset(word for word in places if may_be_own(word, names))
    is_sum = not own.isdisjoint(TOTALS)
    # Below 城市 or 地市 a sum is not the city's own.
    doubtful = len(own) > 1 or (is_sum and not all(map(is_district, places - own)))
    return Titled(title, own, doubtful, is_sum, names.title)


def is_of_places(texts: list[str], names: Names) -> bool:
    """Whether rows or columns are named by places and nothing else, the plan's own among them."""
    words = list(map(place_word, texts))
    own = [word for word in words if may_be_own(word, names)]
    others = [word for word in words if word not in own]
    return bool(own) and all(is_elsewhere(word, names.title) and not names.is_sure(word) for word in others)


def place_word(text: str) -> str:
    """The place a row names, without numbers, brackets and a translation: 一、深　圳（全市） → 深圳."""
    said = in_chinese(narrow(bare(text))[:LONGEST_WORDS])
    said = NUMBERING.sub("", AMONG.sub("", said, count=1), count=1)
    return IN_BRACKETS.sub("", said.replace(" ", "")).strip("*: ") or said.replace(" ", "")


def may_be_own(word: str, names: Names) -> bool:
    """Whether a row may be of the plan's own place: 深圳市, 全市, 全市合计, 合计, Shenzhen."""
    if ENGLISH.fullmatch(word) and word.casefold() in names.title_en.casefold().split():
        return True
    city = place_ahead(names.title)
    for own in filter(None, (city, city.removesuffix("市"))):
        if word.startswith(own):
            word = word.removeprefix(own) or CITY_WORDS[0]
            break
    for own in CITY_WORDS:
        if word.startswith(own) and word != own:
            word = word.removeprefix(own)
    return word in (*CITY_WORDS, *TOTALS)


def _of_line(cells: Iterable[str], names: Names) -> Title | None:
    """The one indicator that a line above a table names; None where it names none, or several."""
    found = [one for cell in dict.fromkeys(cells) if cell.strip() and (one := title_of(cell, names))]
    known = [one for one in found if one.found] or found
    return known[0] if len(known) == 1 else None


def title_of(cell: str, names: Names) -> Title | None:
    """What a title or a heading over columns calls an indicator; None where it says of no such thing."""
    wordings = () if is_caption(cell) or note_in([cell]) else wordings_of(cell)
    if not wordings:
        return None
    unit = next((unit for text in wordings if (unit := split_unit(text, names.bases)[1])), "")
    tries = [found for text in wordings if (found := names.find(text, unit=unit))]
    best = next((found for found in tries if found.sure), tries[-1] if tries else None)
    return Title(split_unit(wordings[-1], names.bases)[0], unit, best)


@lru_cache(maxsize=256)
def wordings_of(title: str) -> tuple[str, ...]:
    """What an indicator may be called in a title: as it stands there, and with ever less of what is around it."""
    said = NUMBERED.sub("", narrow(bare(title))[:LONGEST_WORDS].strip(), count=1).strip()
    said = NUMBERING.sub("", said, count=1)
    if not re.search(r"[\u4e00-\u9fffA-Za-z]", said):
        return ()
    text, brackets = said, ""
    found = [said]
    if match := re.search(r"\s*[(（][^()（）]*[)）]\s*$", said):
        text, brackets = said[: match.start()], match[0]
    for pattern in (YEARS, BY_PLACE, OWN_AHEAD):
        text = _ahead_of(pattern, text)
        if city := place_ahead(text):
            text = _ahead_of(BY_PLACE, text.removeprefix(city))
    found += [text + brackets, BEHIND.sub("", text) + brackets]
    return tuple(dict.fromkeys(filter(str.strip, found)))


def _ahead_of(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.match(text)
    return text[match.end() :].strip() if match else text

"""From what a table calls an indicator to its component: by code, by name, by a name somebody answered before.

Only a name that is written the same (blanks, width, numbering, a unit in brackets and footnote marks aside) is
taken; one that is merely alike is proposed, and a person answers once.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from indicators.files.years import NOTES
from tables.cells import LONGEST_WORDS, bare, narrow
from tables.numbers import unit_parts

NUMBERING = re.compile(
    r"\s*(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|[(（]?\d{1,2}(?:\.\d{1,2})*[)）、.．](?!\d)|[#＃·•●▪-])\s*"
)
AMONG = re.compile(r"\s*(?:其中|其中[:：]|#)\s*[:：]?\s*")
BRACKETS = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]{1,20})[)）\]】]\s*[*①-⑳]*\s*$")
UNIT = re.compile(
    r"(?:(?:[十百千]?[万亿]|万亿|千|百)?(?:元|美元|家|件|项|个|人|位|户|台|篇|所|次|名|辆|吨|平方米|公里|人年)|%|‰)(?:人民币|以上)?"
)
# A name and its translation, on one line or two. What the translation adds, growth say, makes it another name.
BILINGUAL = re.compile(r"(.*[\u4e00-\u9fff）)①-⑳*])\s+([A-Za-z][A-Za-z0-9 ,.&'’()/%-]*)", re.DOTALL)
ADDED = re.compile(r"grow|change|increase|index|rate|share|ratio|per|of which|district|plan|target", re.IGNORECASE)
AFTER_COMMA = re.compile(r"[，,/／]\s*([^，,/／]{1,10})$")
ALIKE, APART = 0.6, 0.08
# What offices write for one another; enough to ask, not to take.
SAME_WORDS = (
    ("研究与试验发展", "研发"),
    ("rd", "研发"),
    ("地区生产总值", "gdp"),
    ("国内生产总值", "gdp"),
    ("生产总值", "gdp"),
)


@lru_cache(maxsize=4096)
def name_key(text: str) -> str:
    """One key for the spellings of a name."""
    # Before ① becomes a 1 that belongs to the name.
    plain = unicodedata.normalize("NFKC", NOTES.sub("", narrow(text[:LONGEST_WORDS])))
    plain = AMONG.sub("", NUMBERING.sub("", NOTES.sub("", plain.strip()), count=1), count=1)
    return "".join(char for char in plain.casefold() if char.isalnum() or char in "%‰")


def in_same_words(key: str) -> str:
    """The key of a name with R&D for 研发 and 地区生产总值 for GDP written in one way."""
    for word, same in SAME_WORDS:
        key = key.replace(word, same)
    return key


def in_chinese(text: str) -> str:
    """年份 Year → 年份; a name without a translation behind it as it is."""
    match = BILINGUAL.fullmatch(text.strip()) if len(text) <= LONGEST_WORDS else None
    return match[1].strip() if match and not ADDED.search(match[2]) else text


def split_unit(text: str, bases: frozenset[str] = frozenset()) -> tuple[str, str]:
    """技术合同成交额（亿元） → (技术合同成交额, 亿元); without a unit in brackets: (text, "")."""
    if len(text) > LONGEST_WORDS:
        return text, ""
    for pattern in (BRACKETS, AFTER_COMMA):
        match = pattern.search(text)
        if match and is_unit(match[1], bases):
            return text[: match.start()].strip(), narrow(match[1]).removeprefix("单位").strip(":： ")
    return text, ""


def is_unit(text: str, bases: frozenset[str] = frozenset()) -> bool:
    plain = narrow(text).strip("()[]【】 ").removeprefix("单位").strip(": ")
    return bool(plain) and (UNIT.fullmatch(plain) is not None or unit_parts(plain)[1] in bases - {""})


@dataclass(frozen=True)
class Named:
    """What a name was found to be. `sure`: written the same or answered before; else a proposal."""

    component: Any
    sure: bool


class Names:
    """The names of a plan's components. `aliases`: key of a name → code, or "" for what the plan does not have."""

    def __init__(
        self,
        components: Iterable[Any],
        aliases: Mapping[str, str] | None = None,
        former: Mapping[str, str] | None = None,
    ):
        self.components = list(components)
        self.title = self.title_en = ""  # of the plan: what place it is of
        self.by_code = {name_key(component.code): component for component in self.components}
        parts: dict[Any, list[Any]] = defaultdict(list)
        for component in self.components:
            parts[component.indicator.code].append(component)
        self.parts = parts
        for code, only in parts.items():
            if len(only) == 1:
                self.by_code.setdefault(name_key(code), only[0])
        for old, code in (former or {}).items():
            if found := self.by_code.get(name_key(code)):
                self.by_code.setdefault(name_key(old), found)
        self.bases = frozenset(unit_parts(component.indicator.unit)[1] for component in self.components)
        self.by_name: dict[str, set[Any]] = defaultdict(set)
        self.labels: list[tuple[str, frozenset[str], Any]] = []
        self.said: list[tuple[str, frozenset[str], Any]] = []  # the same in the words of every office
        for component in self.components:
            for label in self._labels(component):
                key = name_key(label)
                if key:
                    self.by_name[key].add(component)
                    self.labels.append((key, frozenset(key), component))
                    said = in_same_words(key)
                    self.said.append((said, frozenset(said), component))
        self.aliases = dict(aliases or {})

    def _labels(self, component: Any) -> list[str]:
        indicator = component.indicator
        titles = [indicator.title, indicator.title_en, indicator.short, indicator.short_en]
        if len(self.parts[indicator.code]) > 1:
            # 使用率 alone could be anybody's; behind its indicator's name it is this one.
            return [f"{title}{name}" for title in titles for name in (component.name, component.name_en)]
        return [*titles, component.name, component.name_en]

    def code(self, text: str) -> Any:
        return self.by_code.get(name_key(bare(text)))

    def find(self, text: str, *, unit: str = "", above: str = "") -> Named | None:
        """The component a text names. `unit`: its row's; a proposal must fit it. `above`: the name of the row
        that this one is a part of."""
        if found := self.code(text):
            return Named(found, True)
        name, own_unit = split_unit(bare(text), self.bases)
        key = name_key(name)
        if not key:
            return None
        if own_unit and (found := self.code(name)):
            return Named(found, True)
        if key in self.aliases:
            known = self.by_code.get(name_key(self.aliases[key]))
            return Named(known, True) if known else None
        for one in dict.fromkeys((key, name_key(split_unit(in_chinese(name), self.bases)[0]))):
            if len(exact := self.by_name.get(one, set())) == 1:
                return Named(next(iter(exact)), True)
        unit = own_unit or unit
        return self._part(key, above, unit) or self._alike(key, unit)

    def is_sure(self, text: str) -> bool:
        """Whether a text is how a component is called, and not merely like it."""
        found = self.find(text)
        return found is not None and found.sure

    def is_refused(self, text: str) -> bool:
        """Whether somebody said before that the plan has no such indicator."""
        key = name_key(split_unit(bare(text), self.bases)[0])
        return key in self.aliases and not self.aliases[key]

    def _part(self, key: str, above: str, unit: str) -> Named | None:
        """A part of an indicator by its own name: sure below its indicator's row, else proposed."""
        for parts in self.parts.values():
            if len(parts) < 2:
                continue
            ends = [part for part in parts if key.endswith(name_key(part.name)) and self._fits(part, unit)]
            if len(ends) != 1:
                continue
            before = key.removesuffix(name_key(ends[0].name))
            title = name_key(ends[0].indicator.title)
            if not before:
                return Named(ends[0], bool(above) and name_key(above) == title)
            if before in title:
                return Named(ends[0], False)
        return None

    def _alike(self, key: str, unit: str) -> Named | None:
        if len(key) < 3:
            return None
        best: dict[Any, float] = {}
        said = in_same_words(key)
        # GDP alone is not what an indicator ends in.
        labels, key = (self.labels, key) if said == key else (self.said, said)
        letters = set(key)
        for label, of_label, component in labels:
            # A cheap bound first: a table may name thousands of things that are no indicator of the plan.
            least = ALIKE * min(len(letters) + len(of_label), len(key) + len(label))
            if len(letters & of_label) * 2 < least:
                continue
            if self._fits(component, unit):
                best[component] = max(best.get(component, 0), SequenceMatcher(None, key, label).ratio())
        ranked = sorted(best.items(), key=lambda pair: -pair[1])
        if not ranked or ranked[0][1] < ALIKE or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < APART):
            return None
        return Named(ranked[0][0], False)

    def _fits(self, component: Any, unit: str) -> bool:
        own = component.indicator
        return not unit or unit == own.unit_en or unit_parts(unit)[1] == unit_parts(own.unit)[1]

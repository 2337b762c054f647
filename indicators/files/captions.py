"""The unit that words around a table give for all of it: 单位：亿元 above it, 指标（万元） in a heading. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from indicators.files.naming import is_unit, split_unit
from tables.cells import FILLED, bare, marks_of, narrow
from tables.numbers import unit_parts

# Not 责任单位 or 填表单位, which are offices.
CAPTION = re.compile(
    r"(?:^|[\s()\[\]【】,;。:]|(?<!填)表中?)(?:计量|计算|数量|数值|金额|货币)?单位(?:[:为是]\s*|\s+|(?=[万亿千百元家件项个人%]))"
    r"([^()\[\]【】]*)"
)
UNIT_HEADING = re.compile(r"(?:计量|计算|数量|统计|数据|数值|价值|金额|货币|度量|指标)?单位(?:名称)?|units?")
# 万元 (10 000 yuan), as bilingual yearbooks print it.
IN_ENGLISH = re.compile(
    r"(?<=[\u4e00-\u9fff%‰])\s*[(（/\n ]\s*(?:\d[\d ,]*\s*)?[a-z%][a-z%. ]*[)）]?$", re.IGNORECASE
)
BETWEEN = re.compile(r"\s*(?:[、,;/]|和|及|或)\s*")


@dataclass(frozen=True)
class Caption:
    """`units` as said, "" for one that is none; `text`: the words; `sure`: of a unit and nothing else."""

    units: tuple[str, ...] = ()
    text: str = ""
    sure: bool = True

    def of(self, component: Any) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
        """The unit of a component's numbers and why a person is asked, where the words leave that open."""
        if not self.text or (self.sure and len(self.units) == 1 and self.units[0]):
            return (self.units[0] if self.text else ""), []
        own = component.indicator.unit
        fitting = [unit for unit in self.units if unit and unit_parts(unit)[1] == unit_parts(own)[1]]
        if fitting == [own] or (not fitting and not self.sure):
            return "", []
        return (fitting[0] if fitting else ""), [("unit_said", {"text": self.text[:40]})]


NO_CAPTION = Caption()


def is_caption(cell: str) -> bool:
    return "单位" in cell and CAPTION.search(narrow(bare(cell))) is not None


def unit_of(cell: str) -> str:
    """The unit a cell names: （万元） or 单位：万元 → 万元."""
    if not cell:
        return ""
    plain = narrow(bare(cell)).strip("()[]【】 ").removeprefix("单位").strip(": ")
    plain = IN_ENGLISH.sub("", plain)
    return plain.removeprefix("人民币").removesuffix("人民币").strip("() ")


def clash(units: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    """What is asked where a row, its column or its name say different sizes of one unit: 亿元 and 万元."""
    said = list(dict.fromkeys(filter(None, units)))
    if len(said) < 2 or len({unit_parts(unit)[1] for unit in said}) == len(said):
        return []
    return [("unit_said", {"text": " / ".join(said)[:40]})]


def caption_of(
    above: Iterable[list[str]],
    headings: Iterable[str],
    bases: frozenset[str],
    below: Iterable[list[str]] = (),
) -> Caption:
    """What headings of names say of the unit, else the rows above the table; those below it are asked about."""
    found = _caption_above(above, headings, bases)
    if found.text and found.sure:
        return found
    under = _caption_above(below, (), bases)
    return Caption(under.units, under.text, sure=False) if under.text and under.sure else found


def caption_below(own: list[str], before: Caption, bases: frozenset[str]) -> Caption:
    """What holds below a row among the figures: the unit it says, else what held before."""
    return _caption_above([own], (), bases) if any(map(is_caption, own)) else before


def _caption_above(above: Iterable[list[str]], headings: Iterable[str], bases: frozenset[str]) -> Caption:
    for heading in headings:
        text = narrow(bare(heading))[:1000]
        if unit := split_unit(text, bases)[1]:
            return Caption((unit,), text)
        if is_caption(text) and (found := _said(text, bases)) != ("",):
            return Caption(found, text)
    units: list[str] = []
    texts: list[str] = []
    titles: list[str] = []
    for cells in above:
        own = [narrow(bare(cell))[:1000] for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
        for place, text in enumerate(own):
            found = _said(text, bases)
            if found == ("",) and not CAPTION.search(text)[1].strip():
                found = tuple(filter(lambda cell: is_unit(cell, bases), own[place + 1 :])) or ("",)
            units += found
            texts += [text] if found else []
            titles += [text] if not found and split_unit(text, bases)[1] else []
    if texts:
        return Caption(tuple(dict.fromkeys(units)), " ".join(dict.fromkeys(texts)))
    return Caption((split_unit(titles[-1], bases)[1],), titles[-1], sure=False) if titles else NO_CAPTION


def _said(text: str, bases: frozenset[str]) -> tuple[str, ...]:
    """The units behind 单位; () without that word."""
    match = CAPTION.search(text)
    if match is None:
        return ()
    rest = match[1].strip(" 。.").removeprefix("人民币").removesuffix("人民币")
    for whole in (rest, rest.split(" ")[0]):
        if is_unit(whole, bases):
            return (whole,)
    return tuple(one if is_unit(one, bases) else "" for one in BETWEEN.split(rest) if one) or ("",)

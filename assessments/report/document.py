"""A document as plain blocks: what the Word writer and the print page both draw, so that they cannot differ."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

# What stands before the report proper: who signs, who was asked.
FRONT_TITLES = ("签署页", "征求意见的单位和人员")


@dataclass(frozen=True)
class Heading:
    """一、 is level 1, （一） level 2, 1. level 3; the number is part of the text."""

    level: int
    text: str
    starts_page: bool = False


@dataclass(frozen=True)
class DocumentParagraph:
    """Plain text. `kind`: body, or missing for what nobody has filed and the report must say so; note is small,
    fine smaller."""

    text: str
    kind: str = "body"


@dataclass(frozen=True)
class Labelled:
    """A paragraph that opens with a label: 存在问题：……"""

    label: str
    text: str


@dataclass(frozen=True)
class DocumentTable:
    """Rows of text under columns; `widths` are relative, `numeric` the columns set to the right, `is_small` what
    is looked up rather than read."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    numeric: frozenset[int] = frozenset()
    is_small: bool = False


@dataclass(frozen=True)
class Picture:
    """A server-drawn chart (SVG) with the sentence that says the same."""

    svg: str
    sentence: str


Block = Heading | DocumentParagraph | Labelled | DocumentTable | Picture


@dataclass
class Document:
    """Cover lines and blocks in order. `dated` is the only date the file carries: no clock enters a document.

    `leads` is what the plan calls its first kind of task: of those a meeting sees a slide each.
    """

    title: str
    subtitle: str
    lines: Sequence[str]
    dated: str
    blocks: list[Block] = field(default_factory=list)
    leads: str = ""

    def headings(self) -> list[Heading]:
        return [block for block in self.blocks if isinstance(block, Heading)]


BLOCKS = {kind.__name__: kind for kind in (Heading, DocumentParagraph, Labelled, DocumentTable, Picture)}


def as_json(document: Document) -> dict[str, Any]:
    """A document as plain JSON: what a version of a report is kept as."""
    told = asdict(document) | {"lines": list(document.lines)}
    told["blocks"] = [{"type": type(block).__name__} | _plain(asdict(block)) for block in document.blocks]
    return told


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in told.items()}


def from_json(told: dict[str, Any]) -> Document:
    """The document that `as_json` kept."""
    blocks = []
    for row in told["blocks"]:
        values = {name: value for name, value in row.items() if name != "type"}
        if "numeric" in values:
            values["numeric"] = frozenset(values["numeric"])
        blocks.append(BLOCKS[row["type"]](**values))
    return Document(**told | {"blocks": blocks})


NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """一 … 十, 十一 … 九十九 for 1 …"""
    tens, ones = divmod(number, 10)
    if number <= 10:
        return NUMERALS[number - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def day_words(day: date) -> str:
    """A day as papers write it: 2023年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def unbroken(words: str) -> str:
    """A number with its sign and unit, which no line may part."""
    return words.replace(" ", "\u00a0")


def numbers_held(text: str) -> str:
    """A sentence whose numbers stay with their signs and units where the line breaks."""
    return re.sub(r"(?<=[\d≥≤<>]) (?=[\d%\u4e00-\u9fff])", "\u00a0", text)


def named(publisher: str) -> str:
    """Who published, without where it was read again: “深圳特区报” of “深圳特区报（人民网转）”."""
    return re.sub(r"（[^（）]*）", "", publisher).strip() or "网络转载"

"""A document as plain blocks: what the Word writer and the print page both draw, so that they cannot differ."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """一、 is level 1, （一） level 2, 1. level 3; the number is part of the text."""

    level: int
    text: str


@dataclass(frozen=True)
class DocumentParagraph:
    """Plain text. `kind`: body, or missing for what nobody has filed and the report must say so; note is small."""

    text: str
    kind: str = "body"


@dataclass(frozen=True)
class Labelled:
    """A paragraph that opens with a label: 存在问题：……"""

    label: str
    text: str


@dataclass(frozen=True)
class DocumentTable:
    """Rows of text under columns; `widths` are relative, `numeric` the columns set to the right."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A server-drawn chart (SVG) with the sentence that says the same."""

    svg: str
    sentence: str


Block = Heading | DocumentParagraph | Labelled | DocumentTable | Picture


@dataclass
class Document:
    """Cover lines and blocks in order. `dated` is the only date the file carries: no clock enters a document."""

    title: str
    subtitle: str
    lines: Sequence[str]
    dated: str
    blocks: list[Block] = field(default_factory=list)

    def headings(self) -> list[Heading]:
        return [block for block in self.blocks if isinstance(block, Heading)]

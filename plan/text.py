"""The annotated text: each paragraph cut into plain and tracked pieces. Pure: rows in, pieces out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from plan.models import Item, Paragraph


@dataclass
class TextPiece:
    text: str
    item: Item | None = None


@dataclass
class Annotated:
    """A paragraph with the items whose words stand in it: small ones inline, whole statements in the margin."""

    paragraph: Paragraph
    pieces: list[TextPiece] = field(default_factory=list)
    margin: list[Item] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)


def runs_on(item: Item, paragraph: Paragraph) -> bool:
    """Whether the words of an item that begin further up go on in this paragraph."""
    return item.last_paragraph_id is not None and item.paragraph_id != paragraph.pk


def annotate(paragraph: Paragraph, items: Iterable[Item]) -> Annotated:
    """Inline: items that contain no other. Margin: every statement that contains others, widest first; before
    them what runs on from further up."""
    items = list(items)
    result = Annotated(paragraph, margin=[item for item in items if runs_on(item, paragraph)])
    items = [item for item in items if not runs_on(item, paragraph)]
    inline: list[Item] = []
    for item in sorted(items, key=lambda item: (item.start, -item.end)):
        holds = any(
            other is not item
            and item.start <= other.start
            and other.end <= item.end
            and (item.start, item.end) != (other.start, other.end)
            for other in items
        )
        whole = item.end - item.start >= len(paragraph.text) - 6
        if holds or whole or (inline and item.start < inline[-1].end):
            result.margin.append(item)
        else:
            inline.append(item)
    at = 0
    for item in inline:
        if item.start > at:
            result.pieces.append(TextPiece(paragraph.text[at : item.start]))
        result.pieces.append(TextPiece(paragraph.text[item.start : item.end], item))
        at = item.end
    if at < len(paragraph.text):
        result.pieces.append(TextPiece(paragraph.text[at:]))
    if paragraph.kind == Paragraph.Kind.TABLE:
        rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in paragraph.text.splitlines()]
        result.table = rows
    return result


def linked(paragraph: Paragraph, items: Iterable[Item], start: int = 0, end: int | None = None) -> list[TextPiece]:
    """A stretch of a paragraph with the words of items as links; one that holds others is linked by its title.

    Where two overlap, the one that begins first has the words.
    """
    end = len(paragraph.text) if end is None else end
    here = [
        item for item in items if item.paragraph_id == paragraph.pk and start <= item.start and item.end <= end
    ]
    pieces: list[TextPiece] = []
    at = start
    for item in sorted(here, key=lambda item: (item.start, -item.end)):
        holds = any(other is not item and item.start <= other.start and other.end <= item.end for other in here)
        stop = item.end
        if holds:
            stop = item.start + len(item.title)
            if paragraph.text[item.start : stop] != item.title:
                continue
        if item.start < at:
            continue
        if item.start > at:
            pieces.append(TextPiece(paragraph.text[at : item.start]))
        pieces.append(TextPiece(paragraph.text[item.start : stop], item))
        at = stop
    if at < end:
        pieces.append(TextPiece(paragraph.text[at:end]))
    return pieces


def plain_row(text: str) -> str:
    """A row of the plan's table without its ruling; any other text as it is."""
    return "　".join(cell.strip() for cell in text.split("|") if cell.strip()) if text.startswith("|") else text


def mark(text: str, *words: str) -> list[tuple[str, bool]]:
    """A text cut at each occurrence of any of the words: (piece, is a hit). Case does not matter."""
    if not any(words):
        return [(text, False)]
    low = text.lower()
    # A letter whose lower case is longer would shift every place after it.
    low = low if len(low) == len(text) else text
    hits = sorted(
        (found.start(), found.end())
        for word in filter(None, words)
        for found in re.finditer(re.escape(word.lower()), low)
    )
    pieces, at = [], 0
    for start, end in hits:
        if end <= at:
            continue
        start = max(start, at)
        if start > at:
            pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    return [*pieces, (text[at:], False)] if at < len(text) or not pieces else pieces


def clip(text: str, *words: str, around: int = 48) -> str:
    """The text near the first occurrence of any of the words, ellipses where something was left out."""
    low = text.lower()
    places = [low.find(word.lower()) for word in words if word.lower() in low]
    first = min(places, default=0)
    start, end = max(0, first - around), first + 2 * around
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    return f"{head}{text[start:end]}{tail}"

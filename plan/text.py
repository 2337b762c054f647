"""The annotated text: each paragraph cut into plain and tracked pieces. Pure: rows in, pieces out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from plan.models import Item, Paragraph


@dataclass
class Piece:
    text: str
    item: Item | None = None


@dataclass
class Annotated:
    """A paragraph with the items whose words stand in it: small ones inline, whole statements in the margin."""

    paragraph: Paragraph
    pieces: list[Piece] = field(default_factory=list)
    margin: list[Item] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)


def annotate(paragraph: Paragraph, items: Iterable[Item]) -> Annotated:
    """Inline: items that contain no other. Margin: every statement that contains others, widest first."""
    items = list(items)
    result = Annotated(paragraph)
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
            result.pieces.append(Piece(paragraph.text[at : item.start]))
        result.pieces.append(Piece(paragraph.text[item.start : item.end], item))
        at = item.end
    if at < len(paragraph.text):
        result.pieces.append(Piece(paragraph.text[at:]))
    if paragraph.kind == Paragraph.Kind.TABLE:
        rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in paragraph.text.splitlines()]
        result.table = rows
    return result


def mark(text: str, words: str) -> list[tuple[str, bool]]:
    """A text cut at each occurrence of the words: (piece, is a hit). Case does not matter."""
    if not words:
        return [(text, False)]
    pieces, at, low, wanted = [], 0, text.lower(), words.lower()
    while (found := low.find(wanted, at)) >= 0:
        if found > at:
            pieces.append((text[at:found], False))
        pieces.append((text[found : found + len(words)], True))
        at = found + len(words)
    return [*pieces, (text[at:], False)] if at < len(text) else pieces

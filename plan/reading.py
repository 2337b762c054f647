"""The annotated plan as a reader asks for it: coverage, filters, sentences with addresses of their own. Pure
but for the rows it is given."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from plan.models import Item
from plan.text import Annotated, Piece, mark

# What is known of a commitment: more than one may hold, `none` where none does.
COVERAGE = {
    "indicator": _("有指标"),
    "reported": _("有状态"),
    "noted": _("有评估意见"),
    "none": _("尚无"),
}
SENTENCE_END = re.compile(r"(?<=[。！？])")


@dataclass(frozen=True)
class Known:
    """The codes of commitments of which something is known."""

    indicators: frozenset[str]
    noted: frozenset[str]

    def of(self, item: Item) -> set[str]:
        """The words of COVERAGE that hold of an item."""
        found = set()
        if item.code in self.indicators:
            found.add("indicator")
        if item.kind != Item.Kind.INDICATOR and item.reported:
            found.add("reported")
        if item.code in self.noted:
            found.add("noted")
        return found or {"none"}


@dataclass(frozen=True)
class Wanted:
    """What the reader asked to see: a word of COVERAGE, a status, words of the text; empty for everything."""

    coverage: str = ""
    status: str = ""
    words: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        return bool(self.coverage or self.status or self.words)

    def takes(self, item: Item, known: Known) -> bool:
        is_other = self.status and (item.kind == Item.Kind.INDICATOR or item.status != self.status)
        return not is_other and (not self.coverage or self.coverage in known.of(item))


@dataclass
class Sentence:
    """One sentence of a paragraph: its anchor and its pieces, each a text cut at the words looked for."""

    anchor: str
    pieces: list[tuple[list[tuple[str, bool]], Item | None]] = field(default_factory=list)


def coverage_counts(items: Iterable[Item], known: Known) -> dict[str, int]:
    """How many commitments each word of COVERAGE holds of, in its order."""
    counted = Counter(word for item in items for word in known.of(item))
    return {word: counted[word] for word in COVERAGE}


def shows(row: Annotated, items: list[Item], wanted: Wanted, known: Known) -> bool:
    """Whether a paragraph is shown: its text holds every word, and one of its items is of the wanted kind."""
    text = row.paragraph.text.lower()
    if not all(word.lower() in text for word in wanted.words):
        return False
    if not (wanted.coverage or wanted.status):
        return True
    return any(wanted.takes(item, known) for item in items)


def sentences(row: Annotated, words: Iterable[str] = ()) -> list[Sentence]:
    """The paragraph's pieces by sentence; tracked words are never cut, so one may close a sentence late."""
    words = list(words)
    found: list[Sentence] = []
    is_open = False
    for piece in row.pieces:
        for part in _cut(piece):
            if not is_open:
                found.append(Sentence(f"{row.paragraph.anchor}-{len(found) + 1}"))
            found[-1].pieces.append((mark(part.text, *words), part.item))
            is_open = not part.text.endswith(("。", "！", "？"))
    return found


def beside(row: Annotated) -> list[Item]:
    """What the margin names: whole statements, and the tracked words of which something is known."""
    inline = [piece.item for piece in row.pieces if piece.item is not None]
    told = [item for item in inline if item.verdict or item.reported]
    return [*row.margin, *told]


def _cut(piece: Piece) -> list[Piece]:
    if piece.item is not None:
        return [piece]
    return [Piece(text) for text in SENTENCE_END.split(piece.text) if text]

"""The annotated plan as a reader asks for it: states, coverage, filters, sentences with addresses of their own.
Pure but for the rows it is given."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from judging.ladder import IndicatorState
from plan.after_period import STATE_WORDS, state_on, states
from plan.badges import Badge, indicator_badge, item_badge
from plan.models import Item, Paragraph
from plan.readers import StatusScale
from plan.text import Annotated, TextPiece, mark

# What is known of a commitment: `indicator`, `reported` and `noted` may hold together; `any` and `none` part the
# whole in two.
COVERAGE = {
    "any": _("有数据、填报或评估意见"),
    "indicator": _("有指标"),
    "reported": _("有状态"),
    "noted": _("有评估意见"),
    "none": _("都还没有"),
}
SENTENCE_END = re.compile(r"(?<=[。！？])")
# Characters of a sentence that tell it from its neighbours in the list of a paragraph's addresses.
OPENING = 14
# By the key of a scale, by code: what each indicator was judged to be.
Readings = Mapping[str, Mapping[str, Badge]]


@dataclass(frozen=True)
class State:
    """A commitment's state as shown. `keys` are the choices of the state filter that it answers to; `is_told` is
    false where nobody has reported."""

    badge: Badge
    keys: frozenset[str]
    is_told: bool = True


@dataclass(frozen=True)
class StateChoice:
    """One choice of the state filter: its key in the address, its word, and how many commitments it would show."""

    key: str
    word: Any
    number: int


@dataclass(frozen=True)
class KnownCodes:
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
        return {"any", *found} if found else {"none"}


@dataclass(frozen=True)
class Wanted:
    """What the reader asked to see: a word of COVERAGE, a state, words of the text; empty for everything."""

    coverage: str = ""
    status: str = ""
    words: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        return bool(self.coverage or self.status or self.words)

    @property
    def picks(self) -> bool:
        """Whether commitments are asked for, not words alone."""
        return bool(self.coverage or self.status)

    def covers(self, item: Item, known: KnownCodes) -> bool:
        return not self.coverage or self.coverage in known.of(item)

    def has_state(self, item: Item) -> bool:
        return not self.status or self.status in item.state.keys

    def takes(self, item: Item, known: KnownCodes) -> bool:
        return self.has_state(item) and self.covers(item, known)

    def says(self, text: str) -> bool:
        """Whether a text holds every word; case does not matter."""
        low = text.lower()
        return all(word.lower() in low for word in self.words)


@dataclass
class Sentence:
    """One sentence of a paragraph: its anchor and its pieces, each a text cut at the words looked for."""

    anchor: str
    number: int
    pieces: list[tuple[list[tuple[str, bool]], Item | None]] = field(default_factory=list)

    @property
    def opening(self) -> str:
        text = "".join(text for pieces, _item in self.pieces for text, _hit in pieces)
        return text if len(text) <= OPENING else f"{text[:OPENING]}…"


@dataclass
class Passage:
    """A paragraph as read: its sentences or its table, and beside it the commitments it makes.

    `told` are those of which something is known, `silent` those nobody has reported on. A heading has no number.
    """

    paragraph: Paragraph
    number: int
    sentences: list[Sentence]
    table: list[list[str]]
    told: list[Item]
    silent: list[Item]

    @property
    def items(self) -> list[Item]:
        return [*self.told, *self.silent]

    @property
    def is_unfolded(self) -> bool:
        """What was asked for is not hidden behind a number."""
        return any(item.is_wanted for item in self.silent)


def state_of(item: Item, readings: Readings, ends_on: date, day: date) -> State:
    """An indicator's place on the ladder, found by what the methods say as well; of anything else what its report
    comes to on a day (plan.after_period), found by the report's own word as well."""
    if item.kind != Item.Kind.INDICATOR:
        state = state_on(item.status, item.status_as_of, ends_on, day)
        badge = item_badge(state)
        return State(badge, frozenset({state, item.status}), is_told=item.reported)
    judged = {key: by_code[item.code] for key, by_code in readings.items() if item.code in by_code}
    if not judged:
        return State(indicator_badge(IndicatorState.NO_DATA), frozenset(), is_told=False)
    keys = frozenset(f"{key}-{shown.key}" for key, shown in judged.items())
    return State(next(iter(judged.values())), keys)


def state_keys(scales: Iterable[StatusScale]) -> list[str]:
    """Every choice of the state filter, used or not: an address stays good when nothing is in that state."""
    return [*STATE_WORDS, *(f"{scale.key}-{key}" for scale in scales for key in scale.words)]


def state_choices(
    scales: Iterable[StatusScale], items: Iterable[Item], ends_on: date, day: date, asked: str = ""
) -> list[tuple[Any, list[StateChoice]]]:
    """The state filter by group: what units report, then how indicators stand, with the number of each.

    Every commitment is in one place: they add up to the whole. A word that pages do not show, a report's own after
    the period or a method's, is there only while it is `asked` for.
    """
    counted = Counter(key for item in items for key in item.state.keys)
    words = list(states(ends_on, day))
    if asked in STATE_WORDS and asked not in words:
        words.append(asked)
    reported = [StateChoice(key, STATE_WORDS[key], counted[key]) for key in words]
    groups: list[tuple[Any, list[StateChoice]]] = [(_("任务等，责任单位填报"), reported)]
    for scale in scales:
        keys = {key: f"{scale.key}-{key}" for key in scale.words}
        if not scale.is_shown and asked not in keys.values():
            continue
        judged = [StateChoice(keys[key], word, counted[keys[key]]) for key, word in scale.words.items()]
        groups.append((scale.label, judged))
    return groups


def coverage_counts(items: Iterable[Item], known: KnownCodes) -> dict[str, int]:
    """How many commitments each word of COVERAGE holds of, in its order."""
    counted = Counter(word for item in items for word in known.of(item))
    return {word: counted[word] for word in COVERAGE}


def shows(paragraph: Paragraph, items: Iterable[Item], wanted: Wanted, known: KnownCodes) -> bool:
    """Whether a paragraph is shown: its text holds every word, and one of its items is of the wanted kind."""
    if not wanted.says(paragraph.text):
        return False
    return not wanted.picks or any(wanted.takes(item, known) for item in items)


def sentences(row: Annotated, words: Iterable[str] = ()) -> list[Sentence]:
    """The paragraph's pieces by sentence; tracked words are never cut, so one may close a sentence late."""
    words = list(words)
    found: list[Sentence] = []
    is_open = False
    for piece in row.pieces:
        for part in _cut(piece):
            if not is_open:
                number = len(found) + 1
                found.append(Sentence(f"{row.paragraph.anchor}-{number}", number))
            found[-1].pieces.append((mark(part.text, *words), part.item))
            is_open = not part.text.endswith(("。", "！", "？"))
    return found


def sentence_with(row: Annotated, words: Iterable[str]) -> str:
    """The anchor of the first sentence that holds one of the words; of the paragraph where none does."""
    for sentence in sentences(row, words):
        if any(hit for pieces, _item in sentence.pieces for _text, hit in pieces):
            return sentence.anchor
    return row.paragraph.anchor


def passage(row: Annotated, number: int, words: Iterable[str] = ()) -> Passage:
    """A paragraph as read; whole statements come before the words within them."""
    beside = [*row.margin, *(piece.item for piece in row.pieces if piece.item is not None)]
    return Passage(
        row.paragraph,
        number,
        [] if row.table else sentences(row, words),
        row.table,
        [item for item in beside if item.state.is_told],
        [item for item in beside if not item.state.is_told],
    )


def _cut(piece: TextPiece) -> list[TextPiece]:
    if piece.item is not None:
        return [piece]
    return [TextPiece(text) for text in SENTENCE_END.split(piece.text) if text]

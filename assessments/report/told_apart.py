"""Two texts of a chapter, sentence by sentence: what a Word file that came back says differently.

Where the chapter went on after the file had left, what it said then stands between the two: a sentence that only
the file changed is told from one that only the chapter changed, and from one that both did.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from assessments.report.chapter_text import sentences
from assessments.report.facts import says


@dataclass(frozen=True)
class SentenceChange:
    """A stretch of text: `old` is what the chapter says, `new` what it would say; equal where nothing changed.

    `base` is what stood there when the file left, where the chapter says something else by now. `numbers` are the
    pinned phrases that the change takes out of the text.
    """

    old: str
    new: str
    numbers: tuple[str, ...] = ()
    base: str | None = None

    @property
    def is_change(self) -> bool:
        return self.old != self.new

    @property
    def is_conflict(self) -> bool:
        """Whether chapter and file both changed it, each in its way."""
        return self.is_change and self.base is not None

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the file's own words is at stake, so that it may be ticked beforehand."""
        return not self.numbers and not self.is_conflict

    @property
    def is_kept(self) -> bool:
        """Whether the chapter alone changed it: the file still says what stood there when it left."""
        return not self.is_change and self.base is not None


def told_apart(
    old: str, new: str, pins: Mapping[str, str] | None = None, *, base: str | None = None
) -> list[SentenceChange]:
    """The two texts as stretches in order; joined, their `old` is the old text. Pure.

    Without a base their `new` is the new text; with one it has also what the chapter alone changed since.
    """
    before, after = sentences(old), sentences(new)
    if base is None or base == old:
        pieces = [(was, now, None) for was, now in _stretches(before, after)]
    else:
        pieces = list(_merged(sentences(base), before, after))
    found = []
    for was, now, stood in pieces:
        pinned = (pins or {}).values() if was != now else ()
        gone = [words for words in pinned if says(was, words) and not says(now, words)]
        found.append(SentenceChange(was, now, tuple(gone), stood))
    return found


def _stretches(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stays in one piece; of what differs each sentence by itself, so that each is decided by itself."""
    for tag, i1, i2, j1, j2 in _opcodes(before, after):
        if tag == "equal":
            yield "".join(before[i1:i2]), "".join(after[j1:j2])
        else:
            yield from zip_longest(before[i1:i2], after[j1:j2], fillvalue="")


def _opcodes(before: Sequence[str], after: Sequence[str]):
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _merged(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[str, str, str | None]]:
    """Sentence by sentence of the base: what the chapter says, what it would say, and what stood there."""
    stood = [piece for sentence in base for piece in ("", sentence)]
    for was, here, there in zip([*stood, ""], _slots(base, ours), _slots(base, theirs), strict=True):
        if not was and here and there and here != there:
            # Both said something new in one place: neither takes the other's.
            yield here, here, was
            yield "", there, None
        else:
            yield _decided(was, here, there)


def _slots(base: Sequence[str], other: Sequence[str]) -> list[str]:
    """What another text says in place of each sentence of the base, and before each and at the end what is new."""
    slots = [""] * (2 * len(base) + 1)
    for _tag, i1, i2, j1, j2 in _opcodes(base, other):
        paired = min(i2 - i1, j2 - j1)
        for step in range(paired):
            slots[2 * (i1 + step) + 1] = other[j1 + step]
        slots[2 * i2] += "".join(other[j1 + paired : j2])
    return slots


def _decided(base: str, ours: str, theirs: str) -> tuple[str, str, str | None]:
    """One stretch: the file's change, the chapter's own that stays, or one of both for its author to settle."""
    if ours == theirs or base == ours:
        return ours, theirs, None
    return ours, ours if base == theirs else theirs, base


def taken_over(changes: Sequence[SentenceChange], accepted: set[int]) -> str:
    """The text with the accepted stretches, by their place, as they came back, the others as they were. Pure."""
    return "".join(change.new if place in accepted else change.old for place, change in enumerate(changes))

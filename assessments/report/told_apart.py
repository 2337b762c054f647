"""Two texts of a chapter, sentence by sentence: what a Word file that came back says differently."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from assessments.report.chapter_text import sentences
from assessments.report.facts import says


@dataclass(frozen=True)
class SentenceChange:
    """A stretch of text: `old` is what the chapter says, `new` what came back; equal where nothing changed.

    `numbers` are the pinned phrases that the change takes out of the text.
    """

    old: str
    new: str
    numbers: tuple[str, ...] = ()

    @property
    def is_change(self) -> bool:
        return self.old != self.new


def told_apart(old: str, new: str, pins: Mapping[str, str] | None = None) -> list[SentenceChange]:
    """The two texts as stretches in order; joined, their `old` is the old text and their `new` the new. Pure."""
    before, after = sentences(old), sentences(new)
    found = []
    for was, now in _stretches(before, after):
        pinned = (pins or {}).values() if was != now else ()
        gone = [words for words in pinned if says(was, words) and not says(now, words)]
        found.append(SentenceChange(was, now, tuple(gone)))
    return found


def _stretches(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stays in one piece; of what differs each sentence by itself, so that each is decided by itself."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "".join(before[i1:i2]), "".join(after[j1:j2])
        else:
            yield from zip_longest(before[i1:i2], after[j1:j2], fillvalue="")


def taken_over(changes: Sequence[SentenceChange], accepted: set[int]) -> str:
    """The text with the accepted stretches, by their place, as they came back, the others as they were. Pure."""
    return "".join(change.new if place in accepted else change.old for place, change in enumerate(changes))

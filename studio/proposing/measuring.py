"""How many of a plan's items the proposals find, and how many they propose in vain."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

# Two stretches of text are the same commitment where they share at least half of what they cover together.
SAME = 0.5


@dataclass(frozen=True)
class Stretch:
    """Words of a block that are, or may be, a commitment of a kind."""

    kind: str
    block: int
    start: int
    end: int
    title: str = ""

    def shared(self, other: "Stretch") -> int:
        if self.block != other.block:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def likeness(self, other: "Stretch") -> float:
        """What both cover, by what either covers: 1 where they are the same words."""
        shared = self.shared(other)
        return shared / (self.end - self.start + other.end - other.start - shared)


@dataclass
class FoundOfKind:
    """Of one kind: its items, those found, the proposals made, those that fit an item and those that touch one."""

    items: int = 0
    found: int = 0
    proposed: int = 0
    fitting: int = 0
    touching: int = 0
    missed: list[Stretch] = field(default_factory=list)
    vain: list[Stretch] = field(default_factory=list)

    @property
    def recall(self) -> float | None:
        return self.found / self.items if self.items else None

    @property
    def precision(self) -> float | None:
        return self.fitting / self.proposed if self.proposed else None


def measure(items: Iterable[Stretch], proposals: Iterable[Stretch]) -> dict[str, FoundOfKind]:
    """By kind. Each item is found by one proposal of its kind at most, and each proposal finds one item."""
    counts: dict[str, FoundOfKind] = defaultdict(FoundOfKind)
    items, proposals = list(items), list(proposals)
    for kind in {row.kind for row in (*items, *proposals)}:
        count = counts[kind]
        wanted = [row for row in items if row.kind == kind]
        made = [row for row in proposals if row.kind == kind]
        pairs = _pairs(wanted, made)
        count.items, count.proposed = len(wanted), len(made)
        count.found = count.fitting = len(pairs)
        count.missed = [row for place, row in enumerate(wanted) if place not in pairs]
        used = set(pairs.values())
        rest = [row for place, row in enumerate(made) if place not in used]
        touched = [row for row in rest if _touches(row, items)]
        count.touching = count.fitting + len(touched)
        count.vain = [row for row in rest if row not in touched]
    return dict(counts)


def _pairs(wanted: list[Stretch], made: list[Stretch]) -> dict[int, int]:
    """Items to proposals, the likest pair first; of several with the same words that of the same title."""
    by_block = defaultdict(list)
    for place, row in enumerate(made):
        by_block[row.block].append(place)
    likeness = [
        (row.likeness(made[other]), row.title == made[other].title, -place, -other)
        for place, row in enumerate(wanted)
        for other in by_block[row.block]
        if row.likeness(made[other]) >= SAME
    ]
    pairs: dict[int, int] = {}
    for _like, _title, place, other in sorted(likeness, reverse=True):
        if -place not in pairs and -other not in pairs.values():
            pairs[-place] = -other
    return pairs


def _touches(row: Stretch, items: list[Stretch]) -> bool:
    """Whether half of a proposal's words are those of an item that is no more than three times as long."""
    length = row.end - row.start
    return any(row.shared(item) * 2 >= length and item.end - item.start <= 3 * length for item in items)


class UnknownMark(ValueError):
    """A line of hand-marked items whose words stand nowhere from where the one before began."""


def read_marks(lines: Iterable[str], blocks: Sequence[str]) -> list[Stretch]:
    """Items that a person marked in a text, in its order: a kind and its words, or first and last: 建设…平台."""
    found: list[Stretch] = []
    for line in filter(None, map(str.strip, lines)):
        kind, _space, words = line.partition(" ")
        head, _dots, tail = words.partition("…")
        last = found[-1] if found else Stretch(kind, 0, 0, 0)
        for block in range(last.block, len(blocks)):
            start = blocks[block].find(head, last.start if block == last.block else 0)
            end = blocks[block].find(tail, start + len(head)) if start >= 0 else -1
            if end >= 0:
                found.append(Stretch(kind, block, start, end + len(tail), words))
                break
        else:
            raise UnknownMark(line)
    return found

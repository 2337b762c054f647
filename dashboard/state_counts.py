"""The whole plan by state: chapter, kind, commitment. Pure: items with their states in, counts and parts out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from plan.kinds import KindTable, PlanKind
from plan.models import Item, Section
from plan.queries import SHOWN_ORDER

# How much of it a picture shows: down to the tasks, only what was reported or judged, or everything.
SHOWS = ("tasks", "reported", "all")


@dataclass
class KindCount:
    """The commitments of one kind in one chapter, by state."""

    kind: PlanKind
    items: list[tuple[Item, str]] = field(default_factory=list)
    # Every state that items may have on the day, in its order.
    states: Sequence[str] = tuple(Item.Status.values)

    @property
    def counts(self) -> Counter[str]:
        return Counter(status for _item, status in self.items)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Every state of tasks in its order, with its number; none is none, and not zero of anything."""
        counts = self.counts
        return [(state, counts[state]) for state in self.states]

    @property
    def strip(self) -> dict:
        """The numbers by state, in the order of a bar of states (plan.queries.strip)."""
        counts = self.counts
        ordered = {state: counts[state] for state in SHOWN_ORDER if counts[state]}
        return {"total": self.total, "reported": self.reported, "counts": ordered}

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def reported(self) -> int:
        return self.total - self.counts[Item.Status.NOT_REPORTED]


@dataclass
class ChapterCount:
    chapter: Section
    kinds: list[KindCount] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(kind.total for kind in self.kinds)

    @property
    def counts(self) -> Counter[str]:
        return sum((kind.counts for kind in self.kinds), Counter())


def is_silent(item: Item, state: str) -> bool:
    """Whether nobody reported on a commitment; of an indicator, whether no figure says anything."""
    return state == ("no_data" if item.kind == Item.Kind.INDICATOR else Item.Status.NOT_REPORTED)


def narrowed(chapters: Iterable[ChapterCount], show: str) -> list[ChapterCount]:
    """The same chapters with what a word of SHOWS asks for; a chapter left empty goes."""
    found = []
    for chapter in chapters:
        kinds = []
        for kind in chapter.kinds:
            if show == "tasks" and kind.kind.traits.is_entry:
                continue
            items = [pair for pair in kind.items if show != "reported" or not is_silent(*pair)]
            if items:
                kinds.append(KindCount(kind.kind, items, kind.states))
        if kinds:
            found.append(ChapterCount(chapter.chapter, kinds))
    return found


@dataclass
class TopRow:
    """The commitments below one heading of the plan, in its order, with states; `top` None: the indicators."""

    top: Item | None
    items: list[tuple[Item, str]] = field(default_factory=list)


def by_top(chapter: ChapterCount, every: Iterable[Item]) -> list[TopRow]:
    """The chapter's commitments in the plan's order, a row for each platform, action, cluster and so on."""
    tops = top_of(every)
    rows: dict[int | None, TopRow] = {}
    pairs = [pair for kind in chapter.kinds for pair in kind.items]
    for item, state in sorted(pairs, key=lambda pair: pair[0].order):
        top = None if item.kind == Item.Kind.INDICATOR else tops[item.pk]
        rows.setdefault(top and top.pk, TopRow(top)).items.append((item, state))
    return list(rows.values())


def top_of(every: Iterable[Item]) -> dict[int, Item]:
    """By key, the commitment at the head of what each item is part of; itself where nothing is above it."""
    items = {item.pk: item for item in every}

    def climb(item: Item) -> Item:
        while item.parent_id in items:
            item = items[item.parent_id]
        return item

    return {pk: climb(item) for pk, item in items.items()}


def made_of_others(kinds: KindTable, items: Iterable[Item]) -> list[tuple[PlanKind, int]]:
    """The kinds that are not counted, because they are made of those that are, with their numbers."""
    counts = Counter(item.kind for item in items)
    return [(kind, counts[kind]) for kind in kinds.made_of_parts if counts[kind]]


def by_chapter(
    kinds: KindTable,
    sections: Iterable[Section],
    items: Iterable[Item],
    statuses: dict[str, str],
    states: Sequence[str] = tuple(Item.Status.values),
) -> list[ChapterCount]:
    """Chapters in order with their kinds; `statuses` by code, where the day says other than the item itself."""
    chapters = {section.number: section for section in sections if section.depth == 1}
    found: dict[str, dict[str, KindCount]] = {number: {} for number in chapters}
    for item in items:
        number = item.section.number.split(".")[0]
        if item.kind not in kinds.counted or number not in found:
            continue
        kind = found[number].setdefault(item.kind, KindCount(kinds[item.kind], states=states))
        kind.items.append((item, statuses.get(item.code, item.status)))
    order = {kind: at for at, kind in enumerate(kinds.counted)}
    return [
        ChapterCount(chapters[number], sorted(rows.values(), key=lambda row: order[row.kind]))
        for number, rows in found.items()
        if rows
    ]

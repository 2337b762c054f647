"""The whole plan by state: chapter, kind, commitment. Pure: items with their states in, counts and parts out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from plan.models import Item, Section

# What is reported on, or judged by figures. The rest (platform, action, cluster, group …) is made of these.
COUNTED = (
    Item.Kind.INDICATOR,
    Item.Kind.GOAL,
    Item.Kind.PLATFORM_TASK,
    Item.Kind.PILLAR_TASK,
    Item.Kind.MEASURE,
    Item.Kind.AREA,
    Item.Kind.SAFEGUARD,
    Item.Kind.PROJECT,
    Item.Kind.POINT,
)


@dataclass
class KindCount:
    """The commitments of one kind in one chapter, by state."""

    kind: Item.Kind
    items: list[tuple[Item, str]] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        return Counter(status for _item, status in self.items)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Every state of tasks in its order, with its number; none is none, and not zero of anything."""
        counts = self.counts
        return [(state, counts[state]) for state in Item.Status.values]

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


def by_chapter(sections: Iterable[Section], items: Iterable[Item], statuses: dict[str, str]) -> list[ChapterCount]:
    """Chapters in order with their kinds; `statuses` by code, where the day says other than the item itself."""
    chapters = {section.number: section for section in sections if section.depth == 1}
    found: dict[str, dict[str, KindCount]] = {number: {} for number in chapters}
    for item in items:
        number = item.section.number.split(".")[0]
        if item.kind not in COUNTED or number not in found:
            continue
        kinds = found[number]
        kind = kinds.setdefault(item.kind, KindCount(Item.Kind(item.kind)))
        kind.items.append((item, statuses.get(item.code, item.status)))
    order = {kind: at for at, kind in enumerate(COUNTED)}
    return [
        ChapterCount(chapters[number], sorted(kinds.values(), key=lambda row: order[row.kind]))
        for number, kinds in found.items()
        if kinds
    ]

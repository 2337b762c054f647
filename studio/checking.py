"""What still keeps a draft from being published, and how much of its text was judged. Pure."""

from collections import Counter
from dataclasses import dataclass

from plan.fixtures import in_circles
from plan.kind_files import declared_kinds
from plan.kinds import Kind, kind_table
from studio.choosing import open_clauses
from studio.held import DraftContent, Place, entry_kinds, stretches

WORDS = 40


@dataclass(frozen=True)
class DraftFault:
    """One thing to look at. `stops` says that the draft cannot be published with it; `key` names an item."""

    sort: str
    words: str
    key: str = ""
    stops: bool = True


@dataclass(frozen=True)
class Coverage:
    """How many clauses that may promise something are an item, part of one, or judged none."""

    judged: int
    total: int
    left: tuple[tuple[int, int, int], ...]

    @property
    def per_cent(self) -> int:
        """Rounded down: 100 means all."""
        return self.judged * 100 // self.total if self.total else 100


def coverage(held: DraftContent, template: str) -> Coverage:
    left, total = open_clauses(held, template)
    return Coverage(total - len(left), total, tuple(left))


def faults_of(held: DraftContent, template: str) -> list[DraftFault]:
    """Everything to look at before publishing, what stops it first."""
    found = [
        *_frame(held),
        *_lost(held),
        *_orphans(held),
        *_circles(held),
        *_twice(held),
        *_overlapping(held),
        *_outside(held),
        *_numbers(held),
    ]
    if left := coverage(held, template).left:
        found.append(DraftFault("open", f"还有 {len(left)} 个分句没有判定", stops=False))
    return sorted(found, key=lambda fault: not fault.stops)


def _frame(held: DraftContent) -> list[DraftFault]:
    needed = {"title": "名称", "starts_on": "规划期起", "ends_on": "规划期止", "published_on": "公开日期"}
    missing = [word for name, word in needed.items() if not held.frame.get(name)]
    missing += [] if held.frame.get("source", {}).get("title") else ["来源标题"]
    found = [DraftFault("frame", f"缺少：{'、'.join(missing)}")] if missing else []
    return found + ([] if held.items else [DraftFault("empty", "还没有接受任何条目")])


def _lost(held: DraftContent) -> list[DraftFault]:
    return [
        DraftFault("lost", f"原文中已没有这段话：{row.quote[:WORDS]}", key)
        for key, row in held.items.items()
        if row.place is None
    ]


def _orphans(held: DraftContent) -> list[DraftFault]:
    below = [kind for kind in held.kinds if kind.get("parents") and "" not in kind["parents"]]
    needs = {kind["key"] for kind in below} | entry_kinds(held)
    return [
        DraftFault("orphan", f"没有上级条目：{row.title[:WORDS]}", key)
        for key, row in held.items.items()
        if row.kind in needs and row.parent not in held.items and not row.same_as
    ]


def _circles(held: DraftContent) -> list[DraftFault]:
    """Items whose way up leads back to themselves."""
    return [
        DraftFault("circle", f"“{held.items[key].title[:WORDS]}”列在自己的下级之下；请改它的上级", key)
        for key in in_circles({key: row.parent for key, row in held.items.items()})
    ]


def _twice(held: DraftContent) -> list[DraftFault]:
    things = kind_table(declared_kinds(held.kinds)[0]).things
    own = [row for row in held.items.values() if row.kind in things and not row.same_as]
    titles = Counter((row.kind, row.title) for row in own)
    return [
        DraftFault("twice", f"同名条目：{row.title[:WORDS]}", key, stops=False)
        for key, row in held.items.items()
        if titles[row.kind, row.title] > 1 and not row.same_as
    ]


def _overlapping(held: DraftContent) -> list[DraftFault]:
    """Entries of one item whose words overlap: the loader would refuse them."""
    found = []
    entries = entry_kinds(held)
    for key in held.items:
        own = [other for other in held.parts(key) if not held.items[other].same_as]
        inner = [(held.items[other].place, other) for other in own if held.items[other].kind in entries]
        placed = sorted((place, other) for place, other in inner if place)
        for (left, _one), (right, other) in zip(placed, placed[1:], strict=False):
            if left[0] == right[0] and right[1] < left[2]:
                words = f"与同一条目下的另一条文字重叠：{held.items[other].title[:WORDS]}"
                found.append(DraftFault("overlap", words, other))
    return found


def _outside(held: DraftContent) -> list[DraftFault]:
    """Entries whose words are none of their parent's: the loader would not find them there."""
    entries = entry_kinds(held)
    found = []
    for key, row in held.items.items():
        above = held.items.get(row.parent)
        if row.kind not in entries or not above or not row.place or not above.place:
            continue
        if not any(_is_inside(row.place, stretch) for stretch in stretches(above)):
            words = (
                f"“{row.title[:WORDS]}”不在上级“{above.title[:WORDS]}”的文字之内；请改它的上级，或扩大上级的文字"
            )
            found.append(DraftFault("outside", words, key))
    return found


def _is_inside(place: Place, stretch: tuple[int, int, int]) -> bool:
    block, start, end = stretch
    return place[0] == block and start <= place[1] and place[2] <= end


def _numbers(held: DraftContent) -> list[DraftFault]:
    found = []
    for key, row in held.items.items():
        if row.kind != Kind.INDICATOR:
            continue
        missing = [word for name, word in (("unit", "单位"), ("direction", "方向")) if not row.numbers.get(name)]
        if not row.numbers.get("component"):
            missing.append("目标值")
        if missing:
            found.append(DraftFault("numbers", f"指标“{row.title[:WORDS]}”缺少{'、'.join(missing)}", key))
    return found

"""What still keeps a draft from being published, and how much of its text was judged. Pure."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from plan.days import FIRST_YEAR, LAST_YEAR, LONGEST_PERIOD, is_sensible, is_too_long
from plan.fixtures import in_circles
from plan.kind_files import declared_kinds
from plan.kinds import Kind, kind_table
from studio.choosing import open_clauses, unread_rows
from studio.held import DraftContent, HeldItem, Place, entry_kinds, stretches
from studio.proposing.targets import is_value, parse_target, reading_of, target_of

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


def faults_of(held: DraftContent, template: str, day: date | None = None) -> list[DraftFault]:
    """Everything to look at before publishing, what stops it first; `day`: the one it would be published on."""
    found = [
        *_frame(held),
        *_lost(held),
        *_orphans(held),
        *_circles(held),
        *_twice(held),
        *_overlapping(held),
        *_outside(held),
        *_numbers(held),
        *_unread(held, template),
    ]
    if day and not_yet(held, day):
        words = f"公开日期（{held.frame['published_on']}）晚于今天：可以提交，到那天才能发布"
        found.append(DraftFault("early", words, stops=False))
    if left := coverage(held, template).left:
        found.append(DraftFault("open", f"还有 {len(left)} 个分句没有判定", stops=False))
    return sorted(found, key=lambda fault: not fault.stops)


def _frame(held: DraftContent) -> list[DraftFault]:
    needed = {"title": "名称", "starts_on": "规划期起", "ends_on": "规划期止", "published_on": "公开日期"}
    missing = [word for name, word in needed.items() if not held.frame.get(name)]
    missing += [] if held.frame.get("source", {}).get("title") else ["来源标题"]
    found = [DraftFault("frame", f"缺少：{'、'.join(missing)}")] if missing else []
    found += _period(held)
    return found + ([] if held.items else [DraftFault("empty", "还没有接受任何条目")])


def _days(held: DraftContent) -> dict[str, date]:
    """The days of the frame that are given."""
    names = ("starts_on", "ends_on", "published_on")
    return {name: date.fromisoformat(str(held.frame[name])) for name in names if held.frame.get(name)}


def _period(held: DraftContent) -> list[DraftFault]:
    """Days of no plan, as the form refuses them: a draft may be older than the rule, or come from a folder."""
    days = _days(held)
    named = {"starts_on": "规划期起", "ends_on": "规划期止", "published_on": "公开日期"}
    odd = [named[name] for name, day in days.items() if not is_sensible(day)]
    found = [DraftFault("frame", f"{word}的年份应在 {FIRST_YEAR} 与 {LAST_YEAR} 之间") for word in odd]
    if "starts_on" in days and "ends_on" in days and is_too_long(days["starts_on"], days["ends_on"]):
        found.append(DraftFault("frame", f"规划期至多 {LONGEST_PERIOD} 年"))
    return found


def not_yet(held: DraftContent, day: date) -> bool:
    """Whether the plan says that it becomes public after a day: until then it waits to be published here."""
    published_on = _days(held).get("published_on")
    return published_on is not None and published_on > day


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
        unit = str(row.numbers.get("unit") or "")
        if is_value(unit):
            words = f"指标“{row.title[:WORDS]}”的单位是“{unit[:WORDS]}”，不是单位；请改正"
            found.append(DraftFault("unit", words, key))
        found += _otherwise(key, row)
    return found


def _otherwise(key: str, row: HeldItem) -> list[DraftFault]:
    """Targets that are held otherwise than their printed words bound them: “不少于40” as a ceiling."""
    unit, direction = str(row.numbers.get("unit") or ""), row.numbers.get("direction", "")
    found = []
    for part in row.numbers.get("component", []):
        said = parse_target(part.get("target_text", ""), unit=unit, context=row.title)
        is_known = part.get("target_type") in ("point", "strict") and said and said.is_told
        if is_known and said and (said.direction, said.type) != (direction, part["target_type"]):
            held = reading_of(target_of(part, unit=unit, direction=direction))
            words = f"指标“{row.title[:WORDS]}”原文写“{said.printed[:WORDS]}”，现在读作“{held}”；请核对"
            found.append(DraftFault("otherwise", words, key, stops=False))
    return found


def _unread(held: DraftContent, template: str) -> list[DraftFault]:
    """Rows of tables that were not read: each is named, so that none is passed over."""
    return [
        DraftFault("row", f"表格中“{one.title[:WORDS]}”一行读不出目标值，还没有判定", stops=False)
        for one in unread_rows(held, template)
    ]

"""What a draft holds: the text in blocks, its kinds, its items by their places. Pure: each change gives a new one.

The text is what `text.md` of a plan's folder is; an item is words of one block, or of several one after another.
What the studio has no page for (industries, notes, links of judgement) is held as the folder has it and goes back
unchanged.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from studio.reading.document import Block, PlanText
from studio.reading.headings import mark_of

Place = tuple[int, int, int]


class CannotChange(Exception):
    """A change that cannot be made, in a sentence for the person who asked for it."""


@dataclass
class HeldItem:
    """A commitment somebody accepted. `place` is (block, start, end); None where its words left the text.

    `last` is (block, end) where its words run on into a further block: they are then all from `start` of the
    first to `end` of the last. `numbers` is an indicator's table as indicators.toml has it; `same_as` the key of
    the item a mention means; `weight` what it counts within its parent, empty where the studio says nothing of it.
    """

    kind: str
    title: str
    quote: str
    place: Place | None
    parent: str = ""
    code: str = ""
    title_en: str = ""
    note: str = ""
    also: list[str] = field(default_factory=list)
    focus: list[str] = field(default_factory=list)
    horizon: str = ""
    same_as: str = ""
    numbers: dict[str, Any] = field(default_factory=dict)
    last: tuple[int, int] | None = None
    weight: str = ""

    @property
    def start(self) -> tuple[int, int]:
        return self.place[:2] if self.place else (10**9, 0)

    @property
    def end(self) -> tuple[int, int]:
        """The block its words end in, and one past their last character there."""
        return self.last or ((self.place[0], self.place[2]) if self.place else self.start)


@dataclass
class DraftContent:
    """A draft's content. `items` by a key that never changes; `none` the places judged to promise nothing."""

    frame: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    kinds: list[dict[str, Any]] = field(default_factory=list)
    items: dict[str, HeldItem] = field(default_factory=dict)
    none: list[tuple[int, int, int]] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)
    retired: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def of_json(value: dict[str, Any]) -> "DraftContent":
        items = {
            key: HeldItem(**row | {name: tuple(row[name]) for name in ("place", "last") if row.get(name)})
            for key, row in value.get("items", {}).items()
        }
        none = [tuple(place) for place in value.get("none", [])]
        return DraftContent(**{"frame": {}} | value | {"items": items, "none": none})

    @property
    def blocks(self) -> list[str]:
        return re.split(r"\n\s*\n", self.text.strip()) if self.text.strip() else []

    @property
    def bare_blocks(self) -> list[str]:
        return [bare(block) for block in self.blocks]

    def document(self) -> PlanText:
        """The text as the proposals read it."""
        return PlanText(blocks=[_block(text) for text in self.blocks])

    def words(self, place: Place, last: tuple[int, int] | None = None) -> str:
        return "\n".join(text[start:end] for text, start, end in spans(self.bare_blocks, place, last))

    def parts(self, key: str) -> list[str]:
        return [other for other, row in self.items.items() if row.parent == key]

    def below(self, key: str) -> set[str]:
        """Everything that stands under an item, however deep."""
        found: set[str] = set()
        while more := {other for other, row in self.items.items() if row.parent in found | {key}} - found:
            found |= more
        return found


def spans(blocks: list[str], place: Place, last: tuple[int, int] | None = None) -> list[tuple[str, int, int]]:
    """The stretches of blocks that make up the words of an item: each block's text, where they begin and end."""
    first, start, end = place
    if last is None:
        return [(blocks[first], start, end)]
    between = [(blocks[number], 0, len(blocks[number])) for number in range(first + 1, last[0])]
    return [(blocks[first], start, len(blocks[first])), *between, (blocks[last[0]], 0, last[1])]


def stretches(row: HeldItem) -> list[tuple[int, int, int]]:
    """The same as places: (block, start, end), the end open where the words run on."""
    if row.place is None:
        return []
    first, start, end = row.place
    if row.last is None:
        return [row.place]
    between = [(number, 0, 10**9) for number in range(first + 1, row.last[0])]
    return [(first, start, 10**9), *between, (row.last[0], 0, row.last[1])]


def find(words: str, blocks: list[str], near: Place | None = None) -> tuple[Place, tuple[int, int] | None] | None:
    """Where words stand, nearest to a place: in one block, else from one into the next."""
    was = near or (0, 0, 0)
    found = [
        (abs(number - was[0]), abs(at - was[1]), (number, at, at + len(words)), None)
        for number, block in enumerate(blocks)
        for at in _all_places(words, block)
    ] or [
        (abs(number - was[0]), abs(at - was[1]), (number, at, len(blocks[number])), last)
        for number, at, last in _across(words, blocks)
    ]
    *_near, place, last = min(found, key=lambda one: one[:2]) if found else (0, 0, None, None)
    return (place, last) if place else None


def _across(words: str, blocks: list[str]) -> list[tuple[int, int, tuple[int, int]]]:
    """Where words of several lines begin at the end of a block, go through whole ones and end within another."""
    head, *middle, tail = words.split("\n") if "\n" in words else ("", "")
    if not (head and tail):
        return []
    found = []
    for number, block in enumerate(blocks):
        stop = number + len(middle) + 1
        runs_on = stop < len(blocks) and blocks[number + 1 : stop] == middle and blocks[stop].startswith(tail)
        if block.endswith(head) and runs_on:
            found.append((number, len(block) - len(head), (stop, len(tail))))
    return found


def bare(block: str) -> str:
    """A block without the signs that make it a heading."""
    return re.sub(r"^#{1,6} ", "", block)


def _block(text: str) -> Block:
    deep = re.match(r"(#{1,6}) ", text)
    words = bare(text)
    if deep:
        return Block("heading", words, len(deep[1]), mark=mark_of(words))
    if text.startswith("|"):
        return Block("table", text)
    return Block("prose" if re.search(r"[。；]$", text) else "subheading", words, mark=mark_of(words))


def fresh_key(held: DraftContent) -> str:
    return str(max((int(key) for key in held.items), default=0) + 1)


def accept(held: DraftContent, rows: Iterable[HeldItem]) -> tuple[DraftContent, list[str]]:
    """Takes items in; their keys. Refuses words that an item of the same kind has already."""
    held, keys = deepcopy(held), []
    known = {(row.kind, row.place, row.title) for row in held.items.values()}
    for row in rows:
        if row.place is None or held.words(row.place, row.last) != row.quote:
            raise CannotChange("原文已经改动，这段文字不在原处；页面已更新，请再看一遍")
        # Future industries of one paragraph differ by their titles alone.
        if (row.kind, row.place, row.title) in known:
            raise CannotChange(f"这段文字已经是条目：{row.title}")
        known.add((row.kind, row.place, row.title))
        key = fresh_key(held)
        held.items[key] = row
        keys.append(key)
    return held, keys


def edit(held: DraftContent, key: str, **fields: Any) -> DraftContent:
    """Changes fields of an item; a new place takes the words that stand there."""
    held = deepcopy(held)
    if key not in held.items:
        raise CannotChange("这一条目已被别人去掉；页面已更新")
    if (place := fields.get("place")) is not None:
        fields |= {"last": fields.get("last")}
        fields["quote"] = held.words(place, fields["last"])
        if not fields["quote"].strip():
            raise CannotChange("所选文字为空")
    held.items[key] = replace(held.items[key], **fields)
    return held


def remove(held: DraftContent, keys: Iterable[str], *, reason: str = "") -> DraftContent:
    """Takes items out, with what stands under them; one with a code that was published says why."""
    held, gone = deepcopy(held), set(keys)
    while more := {key for key, row in held.items.items() if row.parent in gone} - gone:
        gone |= more
    for key in gone & set(held.items):
        row = held.items.pop(key)
        if row.code and reason:
            held.retired[row.code] = reason
    for row in held.items.values():
        row.same_as = "" if row.same_as in gone else row.same_as
    return held


def split(held: DraftContent, key: str, at: list[int]) -> DraftContent:
    """Cuts an item into several at places counted within its words; the first keeps its key and code."""
    held = deepcopy(held)
    row = held.items[key]
    if row.place is None:
        raise CannotChange("这一条目的原文已不在文中，不能拆分")
    cuts = [0, *sorted({place for place in at if 0 < place < len(row.quote)}), len(row.quote)]
    if len(cuts) < 3:
        raise CannotChange("请在条目文字中间选择拆分处")
    blocks = held.bare_blocks
    for number, (left, right) in enumerate(zip(cuts, cuts[1:], strict=False)):
        left, right = _trim(row.quote, left, right)
        words = row.quote[left:right]
        found = find(words, blocks, _place_within(row, blocks, left))
        if found is None:
            raise CannotChange("请在条目文字中间选择拆分处")
        part = replace(row, place=found[0], last=found[1], quote=words, title=_title(words))
        if number:
            held.items[fresh_key(held)] = replace(part, code="", same_as="", weight="")
        else:
            held.items[key] = part
    return held


def _place_within(row: HeldItem, blocks: list[str], at: int) -> Place:
    """The place of a character counted within an item's words."""
    assert row.place is not None
    block, start = row.place[:2]
    for number, (_text, begin, end) in enumerate(spans(blocks, row.place, row.last)):
        if at <= end - begin:
            return block + number, (start if number == 0 else 0) + at, 0
        at -= end - begin + 1
    return row.place


def _title(words: str) -> str:
    return " ".join(words.split("\n"))[:300]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in "、，。；和及 \n":
        start += 1
    while end > start and text[end - 1] in "、，。； \n":
        end -= 1
    return start, end


def merge(held: DraftContent, keys: list[str]) -> DraftContent:
    """Joins items into the first of them, with everything between: of one block, or of one section's."""
    held = deepcopy(held)
    rows = sorted((held.items[key].start, key) for key in keys if held.items[key].place)
    if len(rows) < 2:
        raise CannotChange("请勾选两条以上")
    first, others = rows[0][1], [key for _start, key in rows[1:]]
    (block, start), (stop, end) = rows[0][0], max(held.items[key].end for _start, key in rows)
    if block != stop:
        _may_run_on(held, held.items[first], block, stop)
    place = (block, start, len(held.bare_blocks[block]) if block != stop else end)
    last = (stop, end) if block != stop else None
    words = held.words(place, last)
    held.items[first] = replace(held.items[first], place=place, last=last, quote=words, title=_title(words))
    return remove(held, others)


def _may_run_on(held: DraftContent, row: HeldItem, block: int, stop: int) -> None:
    """Refuses words that would run over a heading or a table, or those of a project or point."""
    if row.kind in entry_kinds(held):
        raise CannotChange("项目和要点的文字须在同一段里")
    if any(re.match(r"#|\|", text) for text in held.blocks[block : stop + 1]):
        raise CannotChange("只能合并同一节里连续的段落，中间不能有标题或表格")


def entry_kinds(held: DraftContent) -> set[str]:
    """The kinds that stand within the words of another item: projects and points."""
    return {kind["key"] for kind in held.kinds if kind.get("entry")}


def judge_none(held: DraftContent, places: Iterable[tuple[int, int, int]]) -> DraftContent:
    held = deepcopy(held)
    held.none = sorted({*held.none, *places})
    return held


def with_text(held: DraftContent, text: str) -> tuple[DraftContent, list[str]]:
    """The same items in another text: each where its words stand now, nearest to where they stood.

    Returns the keys of those whose words are no more: they stay, without a place, until a person decides.
    """
    new = replace(deepcopy(held), text=text)
    blocks = [bare(block) for block in new.blocks]
    lost = []
    for key, row in new.items.items():
        row.place, row.last = find(row.quote, blocks, row.place) or (None, None)
        lost += [key] if row.place is None else []
    kept = []
    for place in held.none:
        moved = find(held.words(place), blocks, place)
        kept += [moved[0]] if moved else []
    new.none = sorted(set(kept))
    return new, lost


def _all_places(words: str, block: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(words), block)] if words else []


def codes(held: DraftContent) -> dict[str, str]:
    """The code of every item: its own, else the next that is free by its kind's prefix and its parent's code."""
    prefix = {kind["key"]: kind.get("prefix", "") for kind in held.kinds}
    entry = entry_kinds(held)
    found = {key: row.code for key, row in held.items.items() if row.code}
    taken = set(found.values()) | set(held.retired)
    for key in in_order(held):
        row = held.items[key]
        if row.same_as or key in found:
            continue
        above = found.get(row.parent, "")
        stem, width = (f"{above}-", 2) if row.kind in entry else (f"{above}.", 1) if above else ("", 1)
        stem = stem if above else f"{prefix.get(row.kind) or row.kind[:1].upper()}-"
        number = 1
        while f"{stem}{number:0{width}d}" in taken:
            number += 1
        found[key] = f"{stem}{number:0{width}d}"
        taken.add(found[key])
    return found


def in_order(held: DraftContent) -> list[str]:
    """Keys as a reader meets the items: what contains others before them."""
    rows = held.items
    depth: dict[str, int] = {}

    def deep(key: str) -> int:
        if key not in depth:
            depth[key] = 0
            depth[key] = 1 + deep(rows[key].parent) if rows[key].parent in rows else 0
        return depth[key]

    return sorted(rows, key=lambda key: (deep(key), rows[key].start, int(key)))


def difference(before: DraftContent, after: DraftContent) -> dict[str, Any]:
    """What a change did, small enough to keep for every step: by name, what was and what is."""
    old, new = before.as_json(), after.as_json()
    changed: dict[str, Any] = {
        name: [old[name], new[name]] for name in old if name != "items" and old[name] != new[name]
    }
    keys = {key for key in {*old["items"], *new["items"]} if old["items"].get(key) != new["items"].get(key)}
    changed["items"] = {key: [old["items"].get(key), new["items"].get(key)] for key in sorted(keys, key=int)}
    return changed


def undone(held: DraftContent, changed: dict[str, Any]) -> DraftContent:
    """A change taken back; refused where what it made was changed since."""
    value = held.as_json()
    for name, pair in changed.items():
        if name == "items":
            continue
        old, new = pair
        if _plain(value[name]) != _plain(new):
            raise CannotChange("之后又有改动，不能单独撤销这一步；请先撤销后面的")
        value[name] = old
    for key, (old, new) in changed.get("items", {}).items():
        if _plain(value["items"].get(key)) != _plain(new):
            raise CannotChange("之后又有改动，不能单独撤销这一步；请先撤销后面的")
        if old is None:
            value["items"].pop(key)
        else:
            value["items"][key] = old
    return DraftContent.of_json(value)


def _plain(value: Any) -> Any:
    """As it is once stored: JSON knows lists only."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value

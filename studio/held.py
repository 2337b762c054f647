"""What a draft holds: the text in blocks, its kinds, its items by their places. Pure: each change gives a new one.

The text is what `text.md` of a plan's folder is; an item is words of one block. What the studio has no page for
(industries, notes, links of judgement) is held as the folder has it and goes back unchanged.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from studio.reading.document import Block, PlanText
from studio.reading.headings import mark_of

ENTRIES = ("project", "point")


class CannotChange(Exception):
    """A change that cannot be made, in a sentence for the person who asked for it."""


@dataclass
class HeldItem:
    """A commitment somebody accepted. `place` is (block, start, end); None where its words left the text.

    `numbers` is an indicator's table as indicators.toml has it; `same_as` the key of the item a mention means.
    """

    kind: str
    title: str
    quote: str
    place: tuple[int, int, int] | None
    parent: str = ""
    code: str = ""
    title_en: str = ""
    note: str = ""
    also: list[str] = field(default_factory=list)
    focus: list[str] = field(default_factory=list)
    horizon: str = ""
    same_as: str = ""
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def start(self) -> tuple[int, int]:
        return self.place[:2] if self.place else (10**9, 0)


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
            key: HeldItem(**row | {"place": tuple(row["place"]) if row["place"] else None})
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

    def words(self, place: tuple[int, int, int]) -> str:
        block, start, end = place
        return bare(self.blocks[block])[start:end]

    def parts(self, key: str) -> list[str]:
        return [other for other, row in self.items.items() if row.parent == key]


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
    held, keys, blocks = deepcopy(held), [], held.bare_blocks
    known = {(row.kind, row.place, row.title) for row in held.items.values()}
    for row in rows:
        if row.place is None or blocks[row.place[0]][row.place[1] : row.place[2]] != row.quote:
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
        fields["quote"] = held.words(place)
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
    block, start, end = row.place
    cuts = [start, *sorted({start + place for place in at if 0 < place < end - start}), end]
    if len(cuts) < 3:
        raise CannotChange("请在条目文字中间选择拆分处")
    for number, (left, right) in enumerate(zip(cuts, cuts[1:], strict=False)):
        left, right = _trim(bare(held.blocks[block]), left, right)
        words = bare(held.blocks[block])[left:right]
        part = replace(row, place=(block, left, right), quote=words, title=words)
        if number:
            held.items[fresh_key(held)] = replace(part, code="", same_as="")
        else:
            held.items[key] = replace(part, title=words)
    return held


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in "、，。；和及 ":
        start += 1
    while end > start and text[end - 1] in "、，。； ":
        end -= 1
    return start, end


def merge(held: DraftContent, keys: list[str]) -> DraftContent:
    """Joins items of one block into the first of them, with everything between."""
    held = deepcopy(held)
    rows = sorted((held.items[key].start, key) for key in keys if held.items[key].place)
    blocks = {start[0] for start, _key in rows}
    if len(rows) < 2 or len(blocks) != 1:
        raise CannotChange("只能合并同一段里的两条以上")
    first, others = rows[0][1], [key for _start, key in rows[1:]]
    start, end = rows[0][0][1], max(held.items[key].place[2] for _start, key in rows)
    block = blocks.pop()
    words = bare(held.blocks[block])[start:end]
    held.items[first] = replace(held.items[first], place=(block, start, end), quote=words, title=words)
    return remove(held, others)


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
        row.place = _place_of(row, blocks)
        lost += [key] if row.place is None else []
    kept = []
    for place in held.none:
        moved = _place_of(HeldItem("", "", held.words(place), place), blocks)
        kept += [moved] if moved else []
    new.none = sorted(set(kept))
    return new, lost


def _place_of(row: HeldItem, blocks: list[str]) -> tuple[int, int, int] | None:
    was = row.place or (0, 0, 0)
    found = [
        (abs(number - was[0]), abs(at - was[1]), number, at)
        for number, block in enumerate(blocks)
        for at in _all_places(row.quote, block)
    ]
    if not found:
        return None
    *_near, number, at = min(found)
    return number, at, at + len(row.quote)


def _all_places(words: str, block: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(words), block)] if words else []


def codes(held: DraftContent) -> dict[str, str]:
    """The code of every item: its own, else the next that is free by its kind's prefix and its parent's code."""
    prefix = {kind["key"]: kind.get("prefix", "") for kind in held.kinds}
    entry = {kind["key"] for kind in held.kinds if kind.get("entry")}
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

"""Proposals beside what was accepted: what still waits, and what an accepted one becomes. Pure."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from studio.held import DraftContent, HeldItem, entry_kinds, fresh_key, stretches
from studio.proposing.proposals import Proposal, propose
from studio.proposing.rules import templates
from studio.proposing.targets import ReadTarget, reading_of

# A text of more characters is read by a job, with its progress shown: ten times the longest plan of a city.
LONG = 200_000
# What was read of long texts, by `reading_key`.
_read: dict[str, tuple[Proposal, ...]] = {}
KEPT = 2


@lru_cache(maxsize=4)
def _proposals(text: str, template: str, year: int, kinds: frozenset[str]) -> tuple[Proposal, ...]:
    return _of_kinds(propose(DraftContent(text=text).document(), templates()[template], year), kinds)


def is_long(held: DraftContent) -> bool:
    return len(held.text) > LONG


def reading_key(held: DraftContent, template: str) -> str:
    """Names what the proposals of a draft follow from."""
    told = json.dumps([held.text, template, _year(held), sorted(_kinds(held))], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def read_long(held: DraftContent, template: str, report: Callable[[float], None]) -> list[dict[str, Any]]:
    """The proposals of a long text as they can be stored."""
    every = propose(held.document(), templates()[template], _year(held), report)
    return [asdict(one) for one in _of_kinds(every, _kinds(held))]


def remember(key: str, rows: Iterable[dict[str, Any]]) -> None:
    """Takes in what was read of a long text."""
    _read[key] = of_stored(rows)
    while len(_read) > KEPT:
        del _read[next(iter(_read))]


def of_stored(rows: Iterable[dict[str, Any]]) -> tuple[Proposal, ...]:
    """Proposals as a job's result has them."""
    return tuple(
        Proposal(**row | {
            "targets": tuple(ReadTarget(**one) for one in row["targets"]),
            "row": tuple(row["row"]),
            "covers": tuple(row["covers"]) if row["covers"] else None,
            "last": tuple(row["last"]) if row.get("last") else None,
        })
        for row in rows
    )  # fmt: skip


def is_read(held: DraftContent, template: str) -> bool:
    return not is_long(held) or reading_key(held, template) in _read


def _year(held: DraftContent) -> int:
    return int(str(held.frame.get("ends_on") or "9999")[:4])


def _kinds(held: DraftContent) -> frozenset[str]:
    return frozenset(kind["key"] for kind in held.kinds)


def _of_kinds(every: list[Proposal], kinds: frozenset[str]) -> tuple[Proposal, ...]:
    """Those of kinds the plan has; what stands below another stands below the next that is left."""
    left = [number for number, one in enumerate(every) if one.kind in kinds]
    place = {number: at for at, number in enumerate(left)}
    found = []
    for number in left:
        above = every[number].parent
        while above >= 0 and above not in place:
            above = every[above].parent
        same_as = place.get(every[number].same_as, -1)
        found.append(replace(every[number], parent=place.get(above, -1), same_as=same_as))
    return tuple(found)


def proposals(held: DraftContent, template: str) -> tuple[Proposal, ...]:
    """Everything the text may promise by the end of the plan's period; nothing yet of a long text that is still
    being read (`is_read`)."""
    if is_long(held):
        return _read.get(reading_key(held, template), ())
    return _proposals(held.text, template, _year(held), _kinds(held))


@dataclass(frozen=True)
class WaitingProposal:
    """A proposal nobody decided on, by its number in the list."""

    number: int
    proposal: Proposal
    readings: tuple[str, ...]


def place_of(proposal: Proposal) -> tuple[int, int, int]:
    return proposal.block, proposal.start, proposal.end


def _same(proposal: Proposal) -> tuple[str, tuple[int, int, int], str]:
    return proposal.kind, place_of(proposal), proposal.title if proposal.rule == "future" else ""


def accepted(held: DraftContent, found: Iterable[Proposal]) -> dict[int, str]:
    """By number of proposal the key of the item it became."""
    by_place: dict[tuple, str] = {}
    for key, row in held.items.items():
        by_place.setdefault((row.kind, row.place, row.title), key)
        by_place.setdefault((row.kind, row.place, ""), key)
    return {number: by_place[_same(one)] for number, one in enumerate(found) if _same(one) in by_place}


def waiting(held: DraftContent, template: str, outside: tuple[Proposal, ...] = ()) -> list[WaitingProposal]:
    """Proposals that nobody took, rejected or covered by an own item; the rules' before those of `outside`."""
    found = proposals(held, template) + outside
    taken, none = accepted(held, found), set(held.none)
    covered = _covered(held, found)
    return [
        WaitingProposal(number, one, tuple(reading_of(target) for target in one.targets))
        for number, one in enumerate(found)
        if number not in taken and place_of(one) not in none and not _is_covered(one, covered)
    ]


def _covered(held: DraftContent, proposed: Iterable[Proposal]) -> dict[int, list[tuple[int, int, str]]]:
    small = entry_kinds(held) | {"goal", "indicator"}
    sections = {(place_of(one), one.last) for one in proposed if one.last}
    found: dict[int, list[tuple[int, int, str]]] = {}
    for row in held.items.values():
        # What a person let run on over paragraphs is read as a whole: nothing of it is left to judge.
        drawn = row.last and (row.place, row.last) not in sections
        for block, start, end in stretches(row) if row.kind in small or drawn else ():
            found.setdefault(block, []).append((start, end, row.kind))
    return found


def _is_covered(one: Proposal, covered: dict[int, list[tuple[int, int, str]]]) -> bool:
    """Whether an item that a person drew himself has most of a small proposal's words."""
    if one.kind not in ("point", "project", "goal", "indicator"):
        return False
    length = one.end - one.start
    return any(
        min(end, one.end) - max(start, one.start) > length * 0.6
        for start, end, _kind in covered.get(one.block, ())
    )


def items_of(held: DraftContent, found: tuple[Proposal, ...], numbers: Iterable[int]) -> list[HeldItem]:
    """What proposals become, in order, each below the nearest of what it stands in that is accepted by then."""
    taken, rows = accepted(held, found), []
    key = int(fresh_key(held))
    for number in sorted(numbers):
        rows.append(_item_of(held, found, number, taken))
        taken[number] = str(key)
        key += 1
    return rows


def _item_of(held: DraftContent, found: tuple[Proposal, ...], number: int, taken: dict[int, str]) -> HeldItem:
    one = found[number]
    above = one.parent
    while above >= 0 and above not in taken:
        above = found[above].parent
    row = HeldItem(
        kind=one.kind,
        title=one.title,
        quote=held.words(place_of(one), one.last),
        place=place_of(one),
        last=one.last,
        parent=taken.get(above, ""),
        same_as=taken.get(one.same_as, ""),
    )
    row.numbers = numbers_of(one) if one.targets or one.row else {}
    return row


def adopted(held: DraftContent, found: tuple[Proposal, ...]) -> dict[str, str]:
    """Parents, by key, for items that were accepted before what they stand in was."""
    taken, result = accepted(held, found), {}
    for number, key in taken.items():
        above = found[number].parent
        while above >= 0 and above not in taken:
            above = found[above].parent
        if above >= 0 and not held.items[key].parent and taken[above] != key:
            result[key] = taken[above]
    return result


def numbers_of(one: Proposal) -> dict:
    """An indicator's table from the targets that were read; what the text does not say stays open."""
    table: dict[str, Any] = {"nature": "expected", "in_table": bool(one.row)}
    if one.row:
        table["table_quote"] = "| " + " | ".join(one.row) + " |"
    if not one.targets:
        return table | ({"unit": one.unit} if one.unit else {})
    first = one.targets[0]
    names = one.title.split("、") if len(one.targets) > 1 else [one.title]
    names += [one.title] * (len(one.targets) - len(names))
    table |= {"unit": first.unit or one.unit, "direction": first.direction}
    table["component"] = [
        _component(target, name, one.year) for target, name in zip(one.targets, names, strict=False)
    ]
    return table


def _component(target: ReadTarget, name: str, year: int) -> dict:
    bounds = {"value": target.value} if target.value else {"low": target.low, "high": target.high}
    return {
        "name": name[:100],
        "accumulation": target.accumulation,
        "target_type": target.type,
        **{f"target_{word}": value for word, value in bounds.items()},
        "target_year": year,
        "target_text": target.printed[:60],
    }


def unread_rows(held: DraftContent, template: str) -> list[Proposal]:
    """Rows of tables of indicators whose target could not be read, and of which nobody said yet what they are."""
    return [
        one.proposal for one in waiting(held, template) if one.proposal.rule == "row" and not one.proposal.targets
    ]


def open_clauses(held: DraftContent, template: str) -> tuple[list[tuple[int, int, int]], int]:
    """Clauses that may promise something and are neither an item, part of one, nor judged none; of how many."""
    found = proposals(held, template)
    small = _covered(held, found)
    left, total = [], 0
    for one in _leaves(found):
        total += 1
        inside = any(
            min(end, one[2]) - max(start, one[1]) > 0 for start, end, _kind in small.get(one[0], ())
        ) or any(place[0] == one[0] and place[1] <= one[1] and one[2] <= place[2] for place in held.none)
        if not inside:
            left.append(one)
    return left, total


def _leaves(found: Iterable[Proposal]) -> list[tuple[int, int, int]]:
    """The clauses of the text that any proposal stands in, each once."""
    rows = [one for one in found if one.kind in ("point", "project", "goal", "indicator")]
    return sorted({place_of(one) for one in rows if one.same_as < 0})

"""What becomes of rows that a plan's files no longer list, and of codes the files renamed.

A row that only the fixtures made goes with them. One that something hangs on (plan.keeping) is retired: out of
every list and count, its own page and its history stay. A new code beside a lost one of the same words is most
likely the same commitment renamed; that is asked about, never guessed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from plan.fixtures import BrokenFixtures
from plan.keeping import Kept, kept_with, remove, told

UNLISTED = "规划文件不再列出这一编码"
# Orders above every one in use: retired rows keep the constraint without taking a place.
RETIRED_ORDER = 10_000_000


@dataclass
class Changes:
    """What a load did, or with --dry-run would do, by code of item or component."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    retired: dict[str, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    def add(self, other: "Changes") -> None:
        """Takes in what another part of the load did; a code that both name is told once."""
        self.renamed += [pair for pair in other.renamed if pair not in self.renamed]
        self.retired = other.retired | self.retired
        self.removed += [code for code in other.removed if code not in self.removed]

    def as_json(self) -> dict[str, Any]:
        """The codes that came, went or moved, for the audit row; what only changed its words is counted."""
        named = {
            "renamed": [list(pair) for pair in self.renamed],
            "retired": self.retired,
            "restored": self.restored,
            "removed": self.removed,
            "passed_over": self.passed_over,
        }
        return {name: found for name, found in named.items() if found}


def rename(
    rows: QuerySet, renames: Mapping[str, str], wanted: Iterable[str], changes: Changes
) -> dict[str, Model]:
    """Gives rows their new codes, with all that hangs on them; those renamed, by their old code.

    Only what the files renamed among `wanted` is meant: the same table names items and components. Raises
    BrokenFixtures where the new code stands for another row already.
    """
    wanted = set(wanted)
    moves = {old: new for old, new in renames.items() if new in wanted and old not in wanted}
    existing = {row.code: row for row in rows.filter(code__in={*moves, *moves.values()})}
    renamed, faults = {}, []
    for old, new in moves.items():
        row = existing.get(old)
        if row is None:
            continue
        if new in existing:
            faults.append(
                f"plan.toml: renames.{old}: {new} 已是另一条目，不能合并；请换一个编码 / {new} exists already"
            )
            continue
        row.code = new
        row.save(update_fields=["code"])
        existing[new] = renamed[old] = row
        changes.renamed.append((old, new))
    if faults:
        raise BrokenFixtures(faults)
    return renamed


def settle(
    gone: Iterable[Model],
    *,
    reasons: Mapping[str, str],
    day: date,
    changes: Changes,
    twin_of: Callable[[Model], str],
    retire: Callable[[Model], None],
) -> int:
    """Retires or removes rows that are in the files no more; the number of rows written.

    `twin_of` names a row new in this load that says the same, or "". Raises BrokenFixtures for each row that has
    history and such a twin, unless `reasons` (the files' own [retired] table) says that it is really gone.
    """
    gone = list(gone)
    if not gone:
        return 0
    kept = _with_parents(gone, kept_with(type(gone[0])._base_manager.filter(pk__in=[row.pk for row in gone])))
    faults, written = [], 0
    for row in gone:
        if row.pk not in kept:
            continue
        if row.code not in reasons and (twin := twin_of(row)):
            faults.append(
                f"plan.toml: {row.code}: 文件不再列出，其下已有 {told(kept[row.pk])}，而新编码 {twin} 内容相同："
                f'若已改名，请在 [renames] 写 "{row.code}" = "{twin}"；若确已取消，请在 [retired] 写'
                f' "{row.code}" = "原因" / is gone and {twin} says the same: say which'
            )
            continue
        if row.retired_on is None:
            row.retired_on, row.retired_reason = day, reasons.get(row.code) or UNLISTED
            changes.retired[row.code] = told(kept[row.pk])
            retire(row)
            written += 1
    if faults:
        raise BrokenFixtures(faults)
    going = [row for row in gone if row.pk not in kept]
    changes.removed += [row.code for row in going]
    return written + remove(going)


def _with_parents(gone: list[Model], kept: Kept) -> Kept:
    """A row above one that stays must stay with it."""
    by_pk = {row.pk: row for row in gone}
    kept = dict(kept)
    for row in gone:
        above = by_pk.get(getattr(row, "parent_id", None)) if row.pk in kept else None
        while above is not None:
            below = kept.setdefault(above.pk, {})
            below[type(row)._meta.label, row.pk] = f"{type(row)._meta.verbose_name} {row.code}"
            above = by_pk.get(above.parent_id)
    return kept

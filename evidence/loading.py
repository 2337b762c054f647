"""Published statements that come with a plan's files: evidence.csv, read, checked against the plan, written.

A row is the files' until a person takes a step with it; from then on it is left alone whatever the file says
(docs/decisions/0013). A row of a source without a rank is loaded as a draft, for a person to decide.
"""

import csv
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record_audit
from evidence.days import RoughDay, read_rough
from evidence.models import PHRASE_LENGTH, PublicEvidence
from evidence.services import source_of
from plan.fixtures import BrokenFixtures
from plan.keeping import remove
from plan.models import Item, Source
from plan.services import LoadedFixtures, touch_plan
from tables.badcell import BadCell
from tables.faults import why_no_number
from tables.numbers import read_number
from texts.cleaning import RefusedText, clean_text

FILE = "evidence.csv"
COLUMNS = (
    "key", "item", "says", "fact", "phrase", "number", "unit", "took_place_on", "published_on",
    "publisher", "title", "url", "rank", "state", "contradicts", "note",
)  # fmt: skip
NEEDED = ("key", "item", "says", "fact", "publisher", "title", "state")
CHOICES = {
    "says": PublicEvidence.Says.values,
    "rank": Source.Rank.values,
    "state": [PublicEvidence.State.DRAFT, PublicEvidence.State.APPROVED],
}
# What a load may change of a row that is still the files'.
FIELDS = (
    "item_id", "source_id", "published_on", "published_precision", "says", "fact", "phrase", "number", "unit",
    "took_place_on", "took_place_precision", "note", "contradicts_id", "state", "approved_at",
)  # fmt: skip


@dataclass
class ReadRow:
    """One row of the file as read; `faults` are of it alone."""

    line: int
    cells: dict[str, str]
    published: RoughDay | None = None
    took_place: RoughDay | None = None
    number: Decimal | None = None
    faults: list[str] = field(default_factory=list)

    def fault(self, reason: str) -> None:
        self.faults.append(f"{FILE}: 第 {self.line} 行 {self.cells.get('key', '')}: {reason}")


def read_evidence(path: Path, codes: set[str], *, day: date) -> list[ReadRow]:
    """The rows of a file, checked against the plan's codes. Raises BrokenFixtures with every fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenFixtures([f"{FILE}: —: 不是 UTF-8 / is not UTF-8: {error}"]) from error
    table = csv.DictReader(text.splitlines())
    if tuple(table.fieldnames or ()) != COLUMNS:
        raise BrokenFixtures([f"{FILE}: —: 列应为 / columns should be: {', '.join(COLUMNS)}"])
    rows = [_read(number, cells, codes, day) for number, cells in enumerate(table, 2)]
    _check_keys(rows)
    if faults := [fault for row in rows for fault in row.faults]:
        raise BrokenFixtures(faults)
    return rows


def _read(line: int, cells: dict[str, Any], codes: set[str], day: date) -> ReadRow:
    row = ReadRow(line, {})
    for name in COLUMNS:
        try:
            row.cells[name] = clean_text(cells.get(name) or "", lines=name == "note")
        except RefusedText as error:
            row.cells[name] = ""
            row.fault(f"{name}: {error}")
    if None in cells or None in cells.values():
        row.fault("格数与表头不同，文字中的逗号须用引号括起 / number of cells differs from the heading")
    if missing := [name for name in NEEDED if not row.cells[name]]:
        row.fault(f"缺少 / missing: {', '.join(missing)}")
    for name, choices in CHOICES.items():
        if row.cells[name] and row.cells[name] not in choices:
            row.fault(f"{name}: {row.cells[name]}：应为 / should be one of {', '.join(choices)}")
    if row.cells["item"] and row.cells["item"] not in codes:
        row.fault(f"规划中没有条目，或是指标 / no such item, or an indicator: {row.cells['item']}")
    for name in ("published", "took_place"):
        _read_day(row, name)
    _read_number(row)
    _check(row, day)
    return row


def _read_day(row: ReadRow, name: str) -> None:
    if text := row.cells[f"{name}_on"]:
        try:
            setattr(row, name, read_rough(text))
        except ValueError:
            row.fault(f"{name}_on: {text}：应如 2024-05-01、2024-05 或 2024 / should look like these")


def _read_number(row: ReadRow) -> None:
    if text := row.cells["number"]:
        try:
            row.number = read_number(text, row.cells["unit"]).value
        except BadCell as bad:
            row.fault(f"number: {why_no_number(text, bad)} / should be a number")
    is_number = row.cells["says"] == PublicEvidence.Says.NUMBER
    if is_number != bool(text) or is_number != bool(row.cells["unit"]):
        row.fault("数量和单位只随“数量进展”写，且须都有 / number and unit go with says = number, both")


def _check(row: ReadRow, day: date) -> None:
    if len(row.cells["phrase"]) > PHRASE_LENGTH:
        row.fault(f"phrase: 至多 {PHRASE_LENGTH} 字 / at most {PHRASE_LENGTH} characters: {row.cells['phrase']}")
    if row.published and row.published.first > day:
        row.fault(f"published_on: {row.cells['published_on']} 晚于今天 / is after today")
    if row.published and row.took_place and row.took_place.first > row.published.last:
        row.fault("took_place_on 晚于 published_on / took place after it was published")
    is_approved = row.cells["state"] == PublicEvidence.State.APPROVED
    if is_approved and not row.published:
        row.fault("没有公布日期的只能是草稿 / without a day of publication it is a draft")
    if is_approved and not row.cells["rank"]:
        row.fault("来源等级未定的只能是草稿 / without a rank of its source it is a draft")


def _check_keys(rows: list[ReadRow]) -> None:
    by_key: dict[str, ReadRow] = {}
    for row in rows:
        key = row.cells["key"]
        if key in by_key:
            row.fault(f"编号重复，另见第 {by_key[key].line} 行 / duplicate key")
        by_key.setdefault(key, row)
    for row in rows:
        other = by_key.get(row.cells["contradicts"])
        if row.cells["contradicts"] and (
            other is None or other is row or other.cells["item"] != row.cells["item"]
        ):
            row.fault("contradicts: 应为同一条目下另一行的编号 / should be the key of another row on this item")


@dataclass
class LoadedEvidence:
    """What a load of evidence.csv wrote, and which rows people hold that it left alone."""

    written: int = 0
    passed_over: list[str] = field(default_factory=list)


@transaction.atomic
def load_evidence(loaded: LoadedFixtures, folder: Path, *, day: date) -> LoadedEvidence:
    """Writes a folder's evidence.csv; the same file twice writes nothing, without one nothing changes.

    Raises BrokenFixtures with every fault.
    """
    path, plan, result = folder / FILE, loaded.plan, LoadedEvidence()
    if not path.exists():
        return result
    codes = {item.code for item in loaded.rows.items if item.kind != Item.Kind.INDICATOR}
    rows = read_evidence(path, codes, day=day)
    items = dict(plan.every_item.values_list("code", "pk"))
    stored = {row.key: row for row in PublicEvidence.objects.filter(item__plan=plan).exclude(key="")}
    fresh = {row.cells["key"]: _values(row, items, stored.get(row.cells["key"])) for row in rows}
    created = [
        PublicEvidence(key=key, is_from_files=True, **values) for key, values in fresh.items() if key not in stored
    ]
    PublicEvidence.objects.bulk_create(created)
    by_key = stored | {row.key: row for row in created}
    changed = []
    for row in rows:
        key = row.cells["key"]
        values, held = fresh[key], by_key[key]
        other = by_key.get(row.cells["contradicts"])
        values["contradicts_id"] = other.pk if other else None
        differs = any(getattr(held, name) != values[name] for name in FIELDS)
        if differs and not held.is_from_files:
            result.passed_over.append(f"{FILE} {key} {row.cells['item']}：已有人处理，留给经办人 / in hand")
        elif differs:
            for name in FIELDS:
                setattr(held, name, values[name])
            changed.append(held)
    PublicEvidence.objects.bulk_update(changed, FIELDS, batch_size=200)
    gone = [row for key, row in stored.items() if key not in fresh and row.is_from_files]
    remove(gone)
    known = {row.pk for row in created}
    result.written = len(created) + len(gone) + sum(row.pk not in known for row in changed)
    if result.written:
        after = {"rows": len(rows), "new": len(created), "removed": [row.key for row in gone]}
        record_audit(
            action="load_evidence",
            plan_slug=plan.slug,
            object_code=plan.slug,
            object_label=plan.title,
            after=after | {"written": result.written},
        )
        touch_plan(plan)
    return result


def _values(row: ReadRow, items: dict[str, int], held: PublicEvidence | None) -> dict[str, Any]:
    cells, published, took_place = row.cells, row.published, row.took_place
    source = source_of(
        title=cells["title"],
        url=cells["url"],
        rank=cells["rank"],
        publisher=cells["publisher"],
        published_on=published.first if published and published.precision == "day" else None,
    )
    is_approved = cells["state"] == PublicEvidence.State.APPROVED
    before = held.approved_at if held else None
    return {name: cells[name] for name in ("says", "fact", "phrase", "unit", "note", "state")} | {
        "item_id": items[cells["item"]],
        "source_id": source.pk,
        "published_on": published.last if published else None,
        "published_precision": published.precision if published else PublicEvidence.Precision.DAY,
        "number": row.number,
        "took_place_on": took_place.first if took_place else None,
        "took_place_precision": took_place.precision if took_place else PublicEvidence.Precision.DAY,
        "contradicts_id": None,
        "approved_at": (before or timezone.now()) if is_approved else None,
    }

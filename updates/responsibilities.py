"""Who answers for what: lead and supporting organisations and weights of many items, previewed, then applied.

A preview is a list of changes old → new; applying computes it again under lock and refuses when what it was
computed from has changed meanwhile (`seen`, the fingerprint of the preview).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission, require
from audit.services import record_audit
from plan.models import Item, Plan
from plan.rollup import as_weight
from plan.services import touch_plan
from plan.workflow import Overtaken

KEEP: Any = object()
PASTE_ROWS = 2000


@dataclass(frozen=True)
class Holding:
    """Who holds an item, and its weight."""

    lead: Organisation | None
    supporting: tuple[Organisation, ...]
    weight: Decimal | None

    @property
    def words(self) -> dict[str, Any]:
        return {
            "lead": self.lead.name if self.lead else None,
            "supporting": [row.name for row in self.supporting],
            "weight": None if self.weight is None else f"{self.weight.normalize():f}",
        }


@dataclass(frozen=True)
class HoldingEdit:
    """What to do with one item; KEEP leaves a thing as it is. `supporting` replaces, then add, then remove."""

    lead: Any = KEEP
    supporting: Any = KEEP
    add: tuple[Organisation, ...] = ()
    remove: tuple[Organisation, ...] = ()
    weight: Any = KEEP

    def apply(self, now: Holding) -> Holding:
        lead = now.lead if self.lead is KEEP else self.lead
        supporting = {row.pk: row for row in (now.supporting if self.supporting is KEEP else self.supporting)}
        supporting |= {row.pk: row for row in self.add}
        gone = {row.pk for row in self.remove} | ({lead.pk} if lead else set())
        rows = tuple(sorted((row for pk, row in supporting.items() if pk not in gone), key=lambda row: row.code))
        return Holding(lead, rows, now.weight if self.weight is KEEP else self.weight)


@dataclass(frozen=True)
class HoldingChange:
    item: Item
    before: Holding
    after: Holding


@dataclass
class HoldingPreview:
    """What would change, what stays the same, and lines that could not be read (number, text, reason)."""

    changes: list[HoldingChange] = field(default_factory=list)
    same: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """Fingerprint of the changes: the same before and after, the same text."""
        rows = [[change.item.code, change.before.words, change.after.words] for change in self.changes]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def preview_assignments(plan: Plan, wanted: dict[str, HoldingEdit]) -> HoldingPreview:
    """What assignments by code would change, in the plan's order."""
    return _preview(plan.items.filter(code__in=wanted), wanted)


def apply_assignments(plan: Plan, wanted: dict[str, HoldingEdit], *, by, seen: str) -> HoldingPreview:
    """Writes what the preview `seen` showed, all or nothing, one audit row an item.

    Raises Overtaken with the preview that holds now where somebody changed what it was computed from.
    """
    require(by, Permission.ASSIGN)
    with transaction.atomic():
        rows = plan.items.select_for_update(of=("self",)).filter(code__in=wanted)
        found = _preview(rows, wanted)
        if found.seen != seen:
            raise Overtaken(found, _("预览之后有人改动了这些条目，请核对新的预览后再应用"))
        for change in found.changes:
            item, after = change.item, change.after
            item.lead, item.weight = after.lead, after.weight
            item.save(update_fields=["lead", "weight", "updated_at"])
            item.supporting.set(after.supporting)
            record_audit(
                action="item.assigned",
                by=by,
                plan_slug=plan.slug,
                object_code=item.code,
                object_label=item.title,
                before=change.before.words,
                after=after.words,
            )
        if found.changes:
            touch_plan(plan)
    return found


def _preview(rows, wanted: dict[str, HoldingEdit]) -> HoldingPreview:
    found = HoldingPreview()
    for item in rows.select_related("lead").prefetch_related("supporting").in_plan_order():
        supporting = tuple(sorted(item.supporting.all(), key=lambda row: row.code))
        before = Holding(item.lead, supporting, item.weight)
        after = wanted[item.code].apply(before)
        if before.words == after.words:
            found.same += 1
        else:
            found.changes.append(HoldingChange(item, before, after))
    return found


def read_pasted(plan: Plan, text: str) -> tuple[dict[str, HoldingEdit], list[tuple[int, str, str]]]:
    """Lines of a spreadsheet: code, lead, supporting (joined with 、), weight; an empty cell leaves it as it is.

    Returns the assignments by code and the lines refused as (number, text, reason). Tabs part the cells, as a
    paste from Excel or WPS has them; a first line without a code is a heading.
    """
    codes = set(plan.items.values_list("code", flat=True))
    by_name = {name: row for row in Organisation.objects.all() for name in (row.code.lower(), row.name)}
    wanted: dict[str, HoldingEdit] = {}
    faults: list[tuple[int, str, str]] = []
    lines = text.splitlines()
    if len(lines) > PASTE_ROWS:
        return {}, [(PASTE_ROWS + 1, "", _("一次最多 %(number)s 行，请分批粘贴") % {"number": PASTE_ROWS})]
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip().strip('"').strip() for cell in line.split("\t")]
        if not any(cells) or (number == 1 and cells[0] not in codes and len(cells) > 1 and "-" not in cells[0]):
            continue
        try:
            code, assignment = _read_line(cells, codes, by_name)
            if code in wanted:
                raise ValueError(_("编码重复出现"))
        except ValueError as error:
            faults.append((number, line[:120], str(error)))
            continue
        wanted[code] = assignment
    return wanted, faults


def _read_line(cells: list[str], codes: set[str], by_name: dict[str, Organisation]) -> tuple[str, HoldingEdit]:
    code, lead, supporting, weight = (*cells, "", "", "", "")[:4]
    if code not in codes:
        raise ValueError(_("规划中没有条目“%(code)s”") % {"code": code[:40]})
    return code, HoldingEdit(
        lead=_organisations([lead], by_name)[0] if lead else KEEP,
        supporting=_organisations(_names(supporting), by_name) if supporting else KEEP,
        weight=_weight(weight) if weight else KEEP,
    )


def _names(text: str) -> Iterable[str]:
    for mark in "，,；;":
        text = text.replace(mark, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


def _organisations(names: Iterable[str], by_name: dict[str, Organisation]) -> tuple[Organisation, ...]:
    found = []
    for name in names:
        row = by_name.get(name) or by_name.get(name.lower())
        if row is None:
            raise ValueError(_("没有单位“%(name)s”，请先建立或改用已有名称") % {"name": name[:60]})
        found.append(row)
    return tuple(found)


def _weight(text: str) -> Decimal:
    if (weight := as_weight(text)) is None:
        raise ValueError(_("权重“%(text)s”应为大于 0 的数，最多三位小数") % {"text": text[:20]})
    return weight

"""Who answers for what: lead and supporting organisations and weights of many items, previewed, then applied.

A preview is a list of changes old → new; applying computes it again under lock and refuses when what it was
computed from has changed meanwhile (`seen`, the fingerprint of the preview).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission, people_who_may, require
from audit.services import record_audit
from notices.models import NoticeKind
from notices.phrases import both, counted_noop, listed, say
from notices.services import notify
from plan.models import Item, Plan
from plan.rollup import as_weight
from plan.services import touch_plan
from plan.workflow import Overtaken

KEEP: Any = object()
PASTE_ROWS = 2000
# A shorter part of a name could be anybody's.
NAME_PART = 4


@dataclass(frozen=True)
class Holding:
    """Who holds an item, and its weight."""

    lead: Organisation | None
    supporting: tuple[Organisation, ...]
    weight: Decimal | None

    @property
    def units(self) -> set[Organisation]:
        return {*self.supporting, *([self.lead] if self.lead else [])}

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
            _tell_units(plan, found.changes, by)
    return found


def _tell_units(plan: Plan, changes: Iterable[HoldingChange], by) -> None:
    """Whoever reports for a unit hears what it answers for from now on, in one notice a unit."""
    given: dict[Organisation, list[Item]] = defaultdict(list)
    for change in changes:
        for unit in change.after.units - change.before.units:
            given[unit].append(change.item)
    for unit, items in given.items():
        told = ",".join(item.code for item in items)
        digest = hashlib.sha256(f"{told} {timezone.now().isoformat()}".encode()).hexdigest()[:16]
        lines = [
            say("%(code)s %(title)s", code=one.code, title=both(one.title, one.title_en)) for one in items[:30]
        ]
        notify(
            people_who_may(Permission.REPORT_STATUS, plan.slug).filter(organisation=unit).exclude(pk=by.pk),
            kind=NoticeKind.DUE,
            key=f"item:assigned:{unit.pk}:{digest}",
            title=say(
                counted_noop("%(unit)s 新负责 %(count)s 项，请按期填报进展"),
                unit=both(unit.name, unit.name_en),
                count=len(items),
            ),
            body=listed(lines, by="\n"),
            url=reverse("updates:index", args=[plan.slug]),
        )


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


@dataclass(frozen=True)
class PasteNames:
    """What a pasted cell may call things: items by code or by their one title, units by code or name.

    A name that is part of one other only means that one: 科技创新局 is 市科技创新局.
    """

    codes: set[str]
    by_title: dict[str, list[str]]
    units: dict[str, Organisation]

    @classmethod
    def of(cls, plan: Plan) -> "PasteNames":
        by_title: dict[str, list[str]] = defaultdict(list)
        codes = set()
        for code, title in plan.items.values_list("code", "title"):
            codes.add(code)
            by_title[title].append(code)
        units = {name: row for row in Organisation.objects.all() for name in (row.code.lower(), row.name)}
        return cls(codes, by_title, units)

    def item(self, text: str) -> str:
        """The code of what a cell means. Raises ValueError."""
        if text in self.codes:
            return text
        found = self.by_title.get(text, [])
        if len(found) > 1:
            told = {"title": text[:40], "codes": "、".join(found[:5])}
            raise ValueError(_("有几个条目叫“%(title)s”，请写编码：%(codes)s") % told)
        if not found:
            raise ValueError(_("规划中没有条目“%(code)s”") % {"code": text[:40]})
        return found[0]

    def unit(self, text: str) -> Organisation:
        row = self.units.get(text) or self.units.get(text.lower())
        if row is None and len(text) >= NAME_PART:
            like = {
                one.pk: one for name, one in self.units.items() if name.endswith(text) or text.endswith(one.name)
            }
            row = next(iter(like.values())) if len(like) == 1 else None
        if row is None:
            raise ValueError(_("没有单位“%(name)s”，请先建立或改用已有名称") % {"name": text[:60]})
        return row


def read_pasted(plan: Plan, text: str) -> tuple[dict[str, HoldingEdit], list[tuple[int, str, str]]]:
    """Lines of a spreadsheet: item, lead, supporting, weight; an empty cell leaves it as it is.

    An item is named by code or title, units by code or name, several in one cell joined with 、 or a comma: of
    several leads the first leads and the others support. Returns the assignments by code and the lines refused as
    (number, text, reason). Tabs part the cells, as a paste from Excel or WPS has them; a first line that names no
    item is a heading.
    """
    names = PasteNames.of(plan)
    wanted: dict[str, HoldingEdit] = {}
    faults: list[tuple[int, str, str]] = []
    lines = text.splitlines()
    if len(lines) > PASTE_ROWS:
        return {}, [(PASTE_ROWS + 1, "", _("一次最多 %(number)s 行，请分批粘贴") % {"number": PASTE_ROWS})]
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip().strip('"').strip() for cell in line.split("\t")]
        if not any(cells) or (number == 1 and _is_heading(cells, names)):
            continue
        try:
            code, assignment = _read_line(cells, names)
            if code in wanted:
                raise ValueError(_("编码重复出现"))
        except ValueError as error:
            faults.append((number, line[:120], str(error)))
            continue
        wanted[code] = assignment
    return wanted, faults


def _is_heading(cells: list[str], names: PasteNames) -> bool:
    is_named = cells[0] in names.codes or cells[0] in names.by_title
    return not is_named and len(cells) > 1 and "-" not in cells[0]


def _read_line(cells: list[str], names: PasteNames) -> tuple[str, HoldingEdit]:
    item, lead, supporting, weight = (*cells, "", "", "", "")[:4]
    code = names.item(item)
    leads = [names.unit(name) for name in _names(lead)]
    supports = tuple(names.unit(name) for name in _names(supporting))
    return code, HoldingEdit(
        lead=leads[0] if leads else KEEP,
        supporting=(*leads[1:], *supports) if supporting else KEEP,
        add=tuple(leads[1:]),
        weight=_weight(weight) if weight else KEEP,
    )


def _names(text: str) -> Iterable[str]:
    for mark in "，,；;":
        text = text.replace(mark, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


def _weight(text: str) -> Decimal:
    if (weight := as_weight(text)) is None:
        raise ValueError(_("权重“%(text)s”应为大于 0 的数，最多三位小数") % {"text": text[:20]})
    return weight

"""Writes to the spine: loading a plan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.urls import Resolver404, get_resolver, resolve
from django.utils import timezone

from audit.models import AuditEvent
from audit.services import record_audit
from plan.fixtures import BrokenFixtures, ItemRow, PlanRows, read_plan
from plan.keeping import WouldLose, remove
from plan.models import (
    Focus,
    FormerCode,
    Item,
    Link,
    Paragraph,
    Plan,
    ReadClause,
    RefusedLoad,
    Section,
    Source,
    Technology,
    TextNote,
)
from plan.params import today
from plan.retiring import RETIRED_ORDER, Changes, rename, settle

# Higher than any order in use, so that rows can be renumbered under a unique constraint.
ASIDE = 1_000_000


def touch_plan(plan: Plan) -> None:
    """Says that something a page shows has changed: every cache keyed by the version forgets."""
    touch_plans([plan])
    plan.refresh_from_db(fields=["figures_version"])


def touch_plans(plans: Sequence[Plan]) -> None:
    """The same for several, in one query; the objects given keep the version they were read with."""
    if plans:
        pks = [plan.pk for plan in plans]
        Plan.objects.filter(pk__in=pks).update(figures_version=F("figures_version") + 1, changed_at=timezone.now())


def sync(rows: QuerySet, key: str, wanted: dict[Any, dict[str, Any]], *, delete: bool = True) -> tuple[dict, int]:
    """Makes the rows equal to what is wanted, by key: creates, changes what differs, deletes the rest.

    Returns the rows by key and the number of rows written; nothing is written where nothing differs. Raises
    plan.keeping.WouldLose where a row to delete carries what people entered.
    """
    model: type[Model] = rows.model
    existing = {getattr(row, key): row for row in rows}
    create, change, names = [], [], set()
    for value, fields in wanted.items():
        if value not in existing:
            create.append(model(**{key: value}, **fields))
            continue
        row = existing[value]
        differing = {name for name, new in fields.items() if getattr(row, name) != new}
        for name in differing:
            setattr(row, name, fields[name])
        if differing:
            change.append(row)
            names |= differing
    gone = [row for value, row in existing.items() if value not in wanted] if delete else []
    remove(gone)
    model.objects.bulk_create(create)
    if change:
        model.objects.bulk_update(change, sorted(names), batch_size=500)
    by_key = {value: row for value, row in existing.items() if value in wanted}
    by_key |= {getattr(row, key): row for row in create}
    return by_key, len(create) + len(change) + len(gone)


@dataclass
class LoadedFixtures:
    """A folder of fixtures as it was written into the spine."""

    plan: Plan
    rows: PlanRows
    written: int
    changes: Changes


@transaction.atomic
def load_plan(folder: Path, *, day: date | None = None, by=None) -> LoadedFixtures:
    """Writes a folder of fixtures into the spine; the same folder twice changes nothing.

    Items the files no longer list are retired on `day` (today) or removed: see plan.retiring. Raises
    plan.fixtures.BrokenFixtures with every fault; nothing is written then. Figures are not touched.
    """
    rows = read_plan(folder)
    if not is_free(rows.meta["slug"]):
        slug = rows.meta["slug"]
        raise BrokenFixtures([f"plan.toml: slug: “{slug}”不能作网址 / cannot be an address of a plan"])
    changes = Changes()
    plan, written = _load_frame(rows)
    sections, count = _load_sections(plan, rows)
    written += count
    paragraphs, stale, count = _load_paragraphs(plan, rows, sections)
    written += count
    try:
        items, count = _load_items(plan, rows, sections, paragraphs, changes=changes, day=day or today())
        _loosen(plan, stale)
        remove(stale)
        written += count + _load_industries(plan, rows, items)
        written += _load_links(plan, rows, items) + _load_notes(plan, rows, sections, items)
        written += _load_clauses(plan, rows, paragraphs, items)
    except WouldLose as lost:
        raise BrokenFixtures(
            [f"{folder.name}: 载入会删去已录入的内容 / would delete what people entered: {lost}"]
        ) from lost
    if written:
        record_audit(
            action="load_plan",
            by=by,
            plan_slug=plan.slug,
            object_code=plan.slug,
            object_label=plan.title,
            after={"rows_written": written, "items": len(rows.items)} | changes.as_json(),
        )
        touch_plan(plan)
    return LoadedFixtures(plan, rows, written, changes)


def is_free(slug: str) -> bool:
    """Whether a plan may have this address: letters, digits, - and _, and none of the site's own pages."""
    taken = {str(row.pattern).partition("/")[0] for row in get_resolver().url_patterns}
    try:
        return slug not in taken and resolve(f"/{slug}/").kwargs == {"slug": slug}
    except Resolver404:
        return False


def count_kinds(plan: Plan) -> None:
    """Counts the plan's items by kind anew, for what shows only kinds that are there."""
    plan.kind_counts = dict(Counter(plan.items.order_by().values_list("kind", flat=True)))
    plan.save(update_fields=["kind_counts"])


def note_refusal(folder: Path, faults: Sequence[str]) -> None:
    """Keeps that a folder was refused while the site goes on with the plan it has: readiness tells of it."""
    with transaction.atomic():
        RefusedLoad.objects.update_or_create(folder=folder.resolve().name, defaults={"faults": "\n".join(faults)})
        record_audit(
            action="load_plan",
            object_code=folder.name,
            object_label=folder.name,
            after={"faults": len(faults), "first": faults[0][:500] if faults else ""},
            outcome=AuditEvent.Outcome.FAILED,
        )


def forget_refusal(folder: Path) -> None:
    """The folder was loaded after all."""
    RefusedLoad.objects.filter(folder=folder.resolve().name).delete()


def _load_frame(rows: PlanRows) -> tuple[Plan, int]:
    meta = rows.meta
    source = Source.objects.keep(
        meta["source"]["title"],
        meta["source"].get("url", ""),
        publisher=meta["source"].get("publisher", ""),
        published_on=meta["published_on"],
    )
    names = ("title", "title_en", "short", "short_en", "starts_on", "ends_on", "published_on")
    fields = {name: meta[name] for name in names} | {"source_id": source.pk, "declared_kinds": rows.kinds or None}
    fields["kind_counts"] = dict(Counter(str(row.kind) for row in rows.items))
    known = Plan.objects.filter(slug=meta["slug"])
    if not known.exists():
        fields["loaded_on"] = today()
        # Kept pages of the others lead to it.
        touch_plans(list(Plan.objects.all()))
    by_slug, written = sync(known, "slug", {meta["slug"]: fields}, delete=False)
    return by_slug[meta["slug"]], written


def _load_sections(plan: Plan, rows: PlanRows) -> tuple[dict[str, Section], int]:
    wanted = {
        row.number: {"plan_id": plan.pk, "title": row.title, "title_en": row.title_en, "order": row.order}
        for row in rows.sections
    }
    if _renumbered(plan.sections, "number", wanted):
        plan.sections.update(order=F("order") + ASIDE)
    sections, written = sync(plan.sections.all(), "number", wanted, delete=False)
    parents = {sections[row.number].pk: {"parent_id": _pk(sections.get(row.parent))} for row in rows.sections}
    return sections, written + sync(plan.sections.all(), "pk", parents, delete=False)[1]


def _load_paragraphs(
    plan: Plan, rows: PlanRows, sections: dict[str, Section]
) -> tuple[dict[int, Paragraph], QuerySet, int]:
    wanted = {
        row.order: {
            "plan_id": plan.pk,
            "section_id": sections[row.section].pk,
            "kind": str(row.kind),
            "text": row.text,
        }
        for row in rows.paragraphs
    }
    stale = plan.paragraphs.exclude(order__in=wanted)
    paragraphs, written = sync(plan.paragraphs.filter(order__in=wanted), "order", wanted)
    return paragraphs, stale, written


def _loosen(plan: Plan, stale: QuerySet) -> None:
    """Retired items let go of a paragraph that is there no more, or that no longer has their words."""
    for item in plan.every_item.exclude(retired_on=None).exclude(paragraph=None).select_related("paragraph"):
        if item.paragraph in stale or item.quote.split("\n")[0] not in item.paragraph.text:
            plan.every_item.filter(pk=item.pk).update(paragraph=None)


def _load_items(
    plan: Plan,
    read: PlanRows,
    sections: dict[str, Section],
    paragraphs: dict[int, Paragraph],
    *,
    changes: Changes,
    day: date,
) -> tuple[dict[str, Item], int]:
    rows = read.items
    # Plan order: by place in the text; the statement before what it contains; Table 1 as printed.
    ordered = sorted(rows, key=lambda row: (row.kind != Item.Kind.INDICATOR, row.paragraph, row.start, -row.end))
    wanted = {
        row.code: {
            "plan_id": plan.pk,
            "kind": str(row.kind),
            "order": order,
            "title": row.title,
            "title_en": row.title_en,
            "section_id": sections[row.section].pk,
            "paragraph_id": paragraphs[row.paragraph].pk,
            "quote": row.quote,
            "start": row.start,
            "end": row.end,
            "last_paragraph_id": paragraphs[row.last_paragraph].pk if row.last_paragraph is not None else None,
            "last_end": row.last_end,
            "note": row.note,
            "horizon": row.horizon,
            "also": row.also,
            "retired_on": None,
            "retired_reason": "",
        }
        # What the files say nothing of is what people said.
        | ({"weight": Decimal(row.weight)} if row.weight else {})
        for order, row in enumerate(_indicators_by_code(ordered))
    }
    renamed = rename(plan.every_item.all(), read.renames, wanted, changes)
    for old, row in renamed.items():
        FormerCode.objects.update_or_create(plan=plan, code=old, defaults={"item": row})
    before = {row.code: row for row in plan.every_item.all()}
    _tell_changes(before, wanted, changes)
    gone = plan.every_item.exclude(code__in=wanted)
    gone.filter(order__lt=RETIRED_ORDER).update(order=F("pk") + RETIRED_ORDER)
    if _renumbered(plan.every_item.filter(code__in=wanted), "code", wanted):
        plan.every_item.filter(code__in=wanted).update(order=F("order") + ASIDE)
    items, written = sync(plan.every_item.all(), "code", wanted, delete=False)
    # Before anything goes: a row that moved must not be taken along by the one it stood under.
    parents = {items[row.code].pk: {"parent_id": _pk(items.get(row.parent))} for row in rows}
    written += len(renamed) + sync(plan.every_item.all(), "pk", parents, delete=False)[1]
    new = [items[code] for code in changes.added]
    settled = settle(
        gone,
        reasons=read.retired,
        day=day,
        changes=changes,
        twin_of=lambda row: next((other.code for other in new if _says_the_same(row, other)), ""),
        retire=lambda row: row.save(update_fields=["retired_on", "retired_reason"]),
    )
    return items, written + settled


def _says_the_same(gone: Item, new: Item) -> bool:
    """Whether a new item is most likely a lost one under another code: the same title or the same words."""
    same_words = (gone.paragraph_id, gone.start, gone.end) == (new.paragraph_id, new.start, new.end)
    return gone.kind == new.kind and (gone.title == new.title or gone.quote == new.quote or same_words)


def _tell_changes(before: dict[str, Item], wanted: dict[str, dict[str, Any]], changes: Changes) -> None:
    for code, fields in wanted.items():
        row = before.get(code)
        if row is None:
            changes.added.append(code)
            continue
        if row.retired_on is not None:
            changes.restored.append(code)
        names = [name for name, value in fields.items() if name != "order" and getattr(row, name) != value]
        if names := [name for name in names if not name.startswith("retired_")]:
            changes.changed[code] = names


def _indicators_by_code(rows: list[ItemRow]) -> list[ItemRow]:
    """Indicators in the order of their codes (that of Table 1), everything else as it stands."""
    first = [row for row in rows if row.kind == Item.Kind.INDICATOR]
    return sorted(first, key=lambda row: row.code) + rows[len(first) :]


def _load_industries(plan: Plan, rows: PlanRows, items: dict[str, Item]) -> int:
    def item_of(table: dict[str, Any]) -> Item | None:
        return items.get(table["code"]) or items.get(table.get("parent", ""))

    wanted = {
        table["code"]: {
            "plan_id": plan.pk,
            "name": table["name"],
            "name_en": table["name_en"],
            "level": table["level"],
            "item_id": _pk(item_of(table)),
            "order": order,
        }
        for order, table in enumerate(rows.industries)
    }
    industries, written = sync(plan.industries.all(), "code", wanted)
    parents = {
        industries[table["code"]].pk: {"parent_id": _pk(industries.get(table.get("parent", "")))}
        for table in rows.industries
    }
    written += sync(plan.industries.all(), "pk", parents, delete=False)[1]
    written += _replace(
        Technology.objects.filter(industry__plan=plan),
        [
            Technology(
                industry=industries[table["group"]], name=table["name"], name_en=table["name_en"], order=order
            )
            for order, table in enumerate(rows.technologies)
        ],
        ("industry_id", "name", "name_en", "order"),
    )
    # A group and its only cluster share a name (新材料、海洋产业): the text means the group.
    by_name = {row.name: row for row in sorted(industries.values(), key=lambda row: row.level == "group")}
    return written + _replace(
        Focus.objects.filter(item__plan=plan),
        [
            Focus(
                item_id=items[row.code].pk,
                industry=by_name.get(name),
                name=name,
                name_en=by_name[name].name_en if name in by_name else rows.unlisted[name],
                order=order,
            )
            for row in rows.items
            for order, name in enumerate(row.focus)
        ],
        ("item_id", "industry_id", "name", "name_en", "order"),
    )


def _load_links(plan: Plan, rows: PlanRows, items: dict[str, Item]) -> int:
    unique = {
        (table["source"], table["target"], str(table["kind"]), table["quote"]): table for table in rows.links
    }
    return _replace(
        Link.objects.filter(source__plan=plan),
        [
            Link(
                source_id=items[source].pk,
                target_id=items[target].pk,
                kind=kind,
                quote=quote,
                basis=table.get("basis", Link.Basis.TEXT),
                note=table.get("note", ""),
            )
            for (source, target, kind, quote), table in unique.items()
        ],
        ("source_id", "target_id", "kind", "quote", "basis", "note"),
    )


def _load_notes(plan: Plan, rows: PlanRows, sections: dict[str, Section], items: dict[str, Item]) -> int:
    names = ("kind", "title", "title_en", "text", "text_en")
    wanted = {
        table["id"]: {"plan_id": plan.pk, "section_id": sections[table["section"]].pk}
        | {name: table[name] for name in names}
        for table in rows.notes
    }
    notes, written = sync(plan.text_notes.all(), "key", wanted)
    through = TextNote.items.through
    return written + _replace(
        through.objects.filter(textnote__plan=plan),
        [
            through(textnote_id=notes[table["id"]].pk, item_id=items[code].pk)
            for table in rows.notes
            for code in dict.fromkeys(table.get("items", []))
        ],
        ("textnote_id", "item_id"),
    )


def _load_clauses(plan: Plan, rows: PlanRows, paragraphs: dict[int, Paragraph], items: dict[str, Item]) -> int:
    return _replace(
        ReadClause.objects.filter(paragraph__plan=plan),
        [
            ReadClause(
                paragraph_id=paragraphs[row.paragraph].pk,
                start=row.start,
                end=row.end,
                part_of_id=_pk(items.get(row.part_of)),
                reason=row.reason,
                reason_en=row.reason_en,
            )
            for row in rows.clauses
        ],
        ("paragraph_id", "start", "end", "part_of_id", "reason", "reason_en"),
    )


def _replace(rows: QuerySet, wanted: list[Model], names: tuple[str, ...]) -> int:
    """Exchanges a set of rows that nothing points at, unless it is equal already."""

    def values(row: Model) -> tuple:
        # As text: a choice and its plain value are the same cell.
        return tuple(str(getattr(row, name)) for name in names)

    if sorted(map(values, rows)) == sorted(map(values, wanted)):
        return 0
    remove(rows)
    rows.model.objects.bulk_create(wanted)
    return len(wanted)


def _renumbered(rows, key: str, wanted: dict[str, dict[str, Any]]) -> bool:
    return any(
        value in wanted and wanted[value]["order"] != order for value, order in rows.values_list(key, "order")
    )


def _pk(row: Model | None) -> int | None:
    return row.pk if row else None

"""A plan that is loaded, as a folder's rows: what a draft for correcting it begins from."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from indicators.models import Component, Indicator, Target
from judging.decimals import plain
from plan.fixtures import ClauseRow, ItemRow, PlanRows, SectionRow, TextRow, locate
from plan.models import Focus, Item, Link, Plan, ReadClause, Technology

INDICATOR = (
    "short", "short_en", "unit", "unit_en", "direction", "nature", "in_table", "table_quote", "definition",
    "definition_en", "decimals",
)  # fmt: skip
COMPONENT = (
    "code", "name", "name_en", "accumulation", "baseline_year", "baseline_quote", "baseline_note",
    "baseline_note_en", "frequency", "every_years", "first_due_year", "due_month", "usual_publisher",
    "continues_note", "continues_note_en",
)  # fmt: skip


def rows_of(plan: Plan) -> PlanRows:
    """Everything of a plan that came from files, as `plan.fixtures.read_plan` gives it."""
    rows = PlanRows(meta=_meta(plan), kinds=list(plan.declared_kinds or ()))
    for section in plan.sections.select_related("parent"):
        parent = section.parent.number if section.parent else ""
        rows.sections.append(SectionRow(section.number, parent, section.title, section.order, section.title_en))
    for paragraph in plan.paragraphs.select_related("section"):
        rows.paragraphs.append(TextRow(paragraph.section.number, paragraph.kind, paragraph.text, paragraph.order))
    rows.items = [_item(item) for item in _items(plan)]
    rows.industries = [_industry(row) for row in plan.industries.select_related("parent")]
    rows.technologies = [
        {"group": row.industry.code, "name": row.name, "name_en": row.name_en}
        for row in Technology.objects.filter(industry__plan=plan).select_related("industry").order_by("order")
    ]
    unlisted = Focus.objects.filter(item__plan=plan, industry=None).order_by("order")
    rows.unlisted = {row.name: row.name_en for row in unlisted} | _longer_names(rows)
    clauses = ReadClause.objects.filter(paragraph__plan=plan).select_related("paragraph", "part_of")
    rows.clauses = [_clause(row) for row in clauses.order_by("pk")]
    rows.links = [_link(row) for row in Link.objects.filter(source__plan=plan).select_related("source", "target")]
    rows.notes = [_note(row) for row in plan.text_notes.select_related("section").prefetch_related("items")]
    rows.indicators = [_indicator(row, partial(_section_of, rows)) for row in _indicators(plan)]
    rows.renames = dict(plan.former_codes.values_list("code", "item__code"))
    retired = plan.every_item.exclude(retired_on=None)
    rows.retired = dict(retired.values_list("code", "retired_reason"))
    return rows


def _longer_names(rows: PlanRows) -> dict[str, str]:
    """Words that hold a technology's name and mean another thing: 海洋生物材料. Files list them, rows do not."""
    names = [table["name"] for table in rows.technologies]
    words = {word for item in rows.items if item.focus for word in re.split("[、，。；和]", item.quote)}
    return {word: "" for word in sorted(words) if any(name in word and name != word for name in names)}


def _clause(row: ReadClause) -> ClauseRow:
    part_of = row.part_of.code if row.part_of else ""
    return ClauseRow(row.paragraph.order, row.start, row.end, part_of, row.reason, row.reason_en)


def _meta(plan: Plan) -> dict[str, Any]:
    names = ("slug", "title", "title_en", "short", "short_en", "starts_on", "ends_on", "published_on")
    source = {"publisher": plan.source.publisher, "title": plan.source.title, "url": plan.source.url}
    return {name: getattr(plan, name) for name in names} | {"source": source}


def _items(plan: Plan):
    rows = plan.items.select_related("parent", "section", "paragraph", "last_paragraph")
    return rows.prefetch_related("focuses").order_by("order")


def _item(item: Item) -> ItemRow:
    return ItemRow(
        code=item.code, kind=str(item.kind), parent=item.parent.code if item.parent else "",
        section=item.section.number, title=item.title, title_en=item.title_en, quote=item.quote,
        paragraph=item.paragraph.order, start=item.start, end=item.end, note=item.note, horizon=item.horizon,
        also=item.also, focus=[row.name for row in item.focuses.all()],
        weight=plain(item.weight) if item.weight is not None else "",
        last_paragraph=item.last_paragraph.order if item.last_paragraph else None, last_end=item.last_end,
    )  # fmt: skip


def _industry(row) -> dict[str, Any]:
    table = {"code": row.code, "name": row.name, "name_en": row.name_en, "level": row.level}
    return table | ({"parent": row.parent.code} if row.parent else {})


def _link(row: Link) -> dict[str, Any]:
    table = {"source": row.source.code, "target": row.target.code, "kind": row.kind, "quote": row.quote}
    return table | {"basis": row.basis} | ({"note": row.note} if row.note else {})


def _note(row) -> dict[str, Any]:
    names = ("kind", "title", "title_en", "text", "text_en")
    table = {"id": row.key, "section": row.section.number} | {name: getattr(row, name) for name in names}
    return table | {"items": [item.code for item in row.items.all()]}


def _indicators(plan: Plan):
    rows = Indicator.objects.filter(plan=plan, retired_on=None)
    return rows.order_by("order").prefetch_related("components__targets", "components__continues__indicator__plan")


def _indicator(row: Indicator, sections: Callable[[str], str]) -> dict[str, Any]:
    table = {name: getattr(row, name) for name in INDICATOR if getattr(row, name) not in ("", None)}
    parts = [part for part in row.components.all() if part.retired_on is None]
    table |= {"code": row.code, "component": [_component(part, sections) for part in parts]}
    return table


def _component(part: Component, sections: Callable[[str], str]) -> dict[str, Any]:
    table = {name: getattr(part, name) for name in COMPONENT if getattr(part, name) not in ("", None)}
    if part.continues:
        table["continues"] = f"{part.continues.indicator.plan.slug}/{part.continues.code}"
    if part.baseline_value is not None:
        table["baseline_value"] = plain(part.baseline_value)
    if part.baseline_quote:
        table["baseline_section"] = sections(part.baseline_quote)
    return table | next(_target(one) for one in part.targets.all() if one.version == 1)


def _section_of(rows: PlanRows, words: str) -> str:
    """The number of the section that has the words of a baseline."""
    return next((row.section for row in rows.paragraphs if locate(words, row.text)), "")


def _target(one: Target) -> dict[str, Any]:
    bounds = {name: getattr(one, name) for name in ("value", "low", "high")}
    table: dict[str, Any] = {
        f"target_{name}": plain(value) for name, value in bounds.items() if isinstance(value, Decimal)
    }
    table |= {"target_type": one.type, "target_year": one.year, "target_text": one.text}
    return table | ({"target_path": dict(one.path)} if one.path else {})

"""The names a folder of fixtures may use. A name nobody reads is a mistake that would pass unseen: `tittle_en`
would leave a title untranslated, `note_en` a note unsaid."""

from collections.abc import Iterator
from typing import Any

from texts.names import nearest

PLAN = {
    "slug", "title", "title_en", "short", "short_en", "published_on", "starts_on", "ends_on", "source", "counts",
    "sections", "renames", "retired",
}  # fmt: skip
TABLES = {
    "kind": {
        "key", "name", "name_en", "plural", "plural_en", "short", "short_en", "prefix", "parents", "part", "entry",
        "reported", "due", "chapter", "policy", "menu", "overview", "wall", "matrix", "done_by",
    },
    "item": {
        "code", "kind", "parent", "section", "title", "title_en", "quote", "note", "horizon", "focus", "places",
        "also", "weight", "entry",
    },
    "item.entry": {
        "code", "kind", "phrase", "title", "title_en", "note", "same_as", "positioning", "also", "weight",
    },
    "indicator": {
        "code", "section", "title", "title_en", "short", "short_en", "quote", "table_quote", "note", "nature",
        "also", "weight",
        "unit", "unit_en", "direction", "decimals", "in_table", "definition", "definition_en", "component",
    },
    "indicator.component": {
        "code", "name", "name_en", "accumulation", "baseline_year", "baseline_value", "baseline_quote",
        "baseline_section", "baseline_note", "baseline_note_en", "target_type", "target_value", "target_low",
        "target_high", "target_year", "target_text", "target_path", "frequency", "every_years", "first_due_year",
        "due_month", "usual_publisher", "continues", "continues_note", "continues_note_en",
    },
    "industry": {"code", "name", "name_en", "level", "parent"},
    "technology": {"group", "name", "name_en", "phrase"},
    "unlisted": {"name", "name_en"},
    "link": {"source", "target", "kind", "basis", "section", "quote", "note"},
    "note": {"id", "kind", "section", "title", "title_en", "text", "text_en", "items", "quotes"},
    "source": {"publisher", "title", "url"},
    "clause": {"section", "words", "why", "part_of"},
}  # fmt: skip
# Tables whose names are codes or numbers of the plan itself.
OPEN = {"counts", "sections", "renames", "retired", "target_path", "reasons"}
ROOT = {name for name in TABLES if "." not in name} - {"source"} | {"chapters", "reasons"}


def unknown_names(document: dict[str, Any], *, is_plan: bool) -> Iterator[tuple[str, str]]:
    """Where a name stands that nobody reads, and what is said of it."""
    yield from _unknown(document, PLAN if is_plan else ROOT, "", "")


def _unknown(table: dict[str, Any], known: set[str], kind: str, path: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        place = f"{path}.{name}".strip(".")
        if name not in known:
            near = nearest(name, known)
            yield place, f"不认识的字段{f'，最接近的是 {near}' if near else ''} / unknown name"
            continue
        inner = f"{kind}.{name}".strip(".")
        rows = value if isinstance(value, list) else [value]
        for number, row in enumerate(rows, 1):
            if isinstance(row, dict) and name not in OPEN:
                label = str(row.get("code") or row.get("id") or row.get("name") or number)
                where = f"{place}[{label}]" if isinstance(value, list) else place
                yield from _unknown(row, TABLES.get(inner, set()), inner, where)

"""One name for a whole plan, whichever way it came: from a folder, from the studio, from the database. Pure."""

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from judging.decimals import plain
from plan.fixtures import PlanRows

FRAME = ("slug", "title", "title_en", "short", "short_en", "starts_on", "ends_on", "published_on")
# What only checks a folder, or says how its rows were found in the text.
ASIDE = {"quotes", "phrase", "section_of"}


def digest_of(rows: PlanRows) -> str:
    """The same for two folders that load to the same plan: not their bytes are named, but what they say. What the
    plan once had besides (renamed and retired codes) is its history, not what it is."""
    told = json.dumps(said(rows), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def said(rows: PlanRows) -> dict[str, Any]:
    named = {name for row in rows.items for name in row.focus}
    source = {name: rows.meta["source"].get(name, "") for name in ("publisher", "title", "url")}
    return {
        "frame": {name: str(rows.meta[name]) for name in FRAME} | {"source": source},
        "kinds": rows.kinds,
        "sections": [asdict(row) for row in rows.sections],
        "paragraphs": [asdict(row) | {"kind": str(row.kind)} for row in rows.paragraphs],
        "items": _sorted(asdict(row) | {"kind": str(row.kind)} for row in rows.items),
        "industries": [_short(row) for row in rows.industries],
        "technologies": [_short(row) for row in rows.technologies],
        "unlisted": {name: english for name, english in rows.unlisted.items() if name in named},
        "links": _sorted(_short({"basis": "text"} | row, "section") for row in rows.links),
        "notes": _sorted(_short(row) | {"items": sorted(row.get("items", []))} for row in rows.notes),
        "indicators": _sorted(_numbers(row) for row in rows.indicators),
        "clauses": _sorted(asdict(row) for row in rows.clauses),
    }


def _short(table: dict[str, Any], *aside: str) -> dict[str, Any]:
    """A table without what it says nothing by."""
    left = {name: value for name, value in table.items() if name not in ASIDE and name not in aside}
    return {name: value if isinstance(value, list) else str(value) for name, value in left.items() if value}


# Titles and words of an indicator are those of its item.
OWN_OF_ITEM = {"title", "title_en", "quote", "section", "note", "also", "weight"}
USUAL = {"frequency": "year", "decimals": 2}


def _numbers(table: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in table.items() if name not in OWN_OF_ITEM and name != "component"}
    return _values(own) | {"component": [_values(part) for part in table["component"]]}


def _values(table: dict[str, Any]) -> dict[str, Any]:
    """Numbers as plain text, whether a file wrote "5.50" or 5.5; what goes without saying left out."""
    said = {name: value for name, value in table.items() if value not in ("", None, False, USUAL.get(name, ""))}
    return {name: _values(value) if isinstance(value, dict) else _value(value) for name, value in said.items()}


def _value(value: Any) -> str:
    try:
        return plain(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def _sorted(rows: Any) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: json.dumps(row, ensure_ascii=False, sort_keys=True))

"""What a correction of a published plan changes: by code, what was and what is. Pure."""

from typing import Any

from plan.fixtures import PlanRows

# Of an item, in the order in which a change is told.
OF_ITEM = ("title", "title_en", "quote", "kind", "parent", "section", "note", "also", "horizon", "weight")
OF_INDICATOR = ("unit", "unit_en", "direction", "nature", "definition", "definition_en")
OF_COMPONENT = (
    "name", "name_en", "accumulation", "target_text", "baseline_year", "baseline_value", "baseline_quote",
    "frequency", "usual_publisher", "continues",
)  # fmt: skip
Fields = dict[str, Any]


def differences(before: PlanRows, after: PlanRows) -> dict[str, Any]:
    """The items that are new, gone and changed: `changed` by code and field [was, is]."""
    old, new = _said(before), _said(after)
    changed = {}
    for code in new.keys() & old.keys():
        names = {**old[code], **new[code]}
        found = {
            name: [old[code].get(name, ""), new[code].get(name, "")]
            for name in names
            if old[code].get(name, "") != new[code].get(name, "")
        }
        changed |= {code: found} if found else {}
    return {
        "added": {code: new[code]["title"] for code in sorted(new.keys() - old.keys())},
        "gone": {code: old[code]["title"] for code in sorted(old.keys() - new.keys())},
        "changed": dict(sorted(changed.items())),
    }


def _said(rows: PlanRows) -> dict[str, Fields]:
    numbers = {table["code"]: table for table in rows.indicators}
    return {
        row.code: {name: str(getattr(row, name) or "") for name in OF_ITEM} | _numbers(numbers.get(row.code))
        for row in rows.items
    }


def _numbers(table: dict[str, Any] | None) -> Fields:
    if table is None:
        return {}
    said = {name: str(table.get(name) or "") for name in OF_INDICATOR}
    for part in table["component"]:
        suffix = "" if part["code"] == table["code"] else f"@{part['code']}"
        said |= {
            f"{name}{suffix}": str(part.get(name) or "") for name in OF_COMPONENT if not _is_told(name, part, said)
        }
    return said


def _is_told(name: str, part: dict[str, Any], said: Fields) -> bool:
    """The name of an only part follows the indicator's title."""
    return name in ("name", "name_en") and part["code"] in said

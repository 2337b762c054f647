"""The kinds of a draft: each as kinds.toml has it. Pure: each change gives a new draft."""

from copy import deepcopy
from typing import Any

from plan.kind_files import as_tables, declared_kinds
from plan.kinds import Kind
from studio.held import CannotChange, DraftContent
from studio.proposing.rules import templates


def faults_of_kinds(kinds: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What the loader would say of them: by kind, in words."""
    return declared_kinds(kinds)[1]


def told_kinds(held: DraftContent) -> list[dict[str, Any]]:
    """The kinds with everything said that follows from their tree; as they are where that cannot be told."""
    declared, faults = declared_kinds(held.kinds)
    if faults:
        return held.kinds
    order = {kind["key"]: place for place, kind in enumerate(held.kinds)}
    told = [table for table in as_tables(declared) if table["key"] in order]
    return sorted(told, key=lambda table: order[table["key"]])


def set_kind(held: DraftContent, key: str, table: dict[str, Any]) -> DraftContent:
    """Puts a kind in the place of the one with a key, or at the end where there is none."""
    held = deepcopy(held)
    known = [kind["key"] for kind in held.kinds]
    table = {"key": key} | {name: value for name, value in table.items() if value not in ("", [])}
    held.kinds = [table if kind["key"] == key else kind for kind in held.kinds]
    held.kinds += [] if key in known else [table]
    if faults := faults_of_kinds(held.kinds):
        raise CannotChange("；".join(f"{entry}：{reason.split(' / ')[0]}" for entry, reason in faults))
    return held


def is_needed(held: DraftContent, key: str, template: str) -> bool:
    """Whether items or other kinds need a kind, or the template proposes it."""
    return (
        key == Kind.INDICATOR
        or templates()[template].has(key)
        or any(row.kind == key for row in held.items.values())
        or any(key in kind.get("parents", []) and kind["key"] != key for kind in held.kinds)
    )


def drop_kind(held: DraftContent, key: str, template: str) -> DraftContent:
    """Takes a kind out that nothing needs."""
    if is_needed(held, key, template):
        raise CannotChange("这一类别还有条目、下级类别或建议，不能去掉；没有条目的类别不会显示")
    held = deepcopy(held)
    held.kinds = [kind for kind in held.kinds if kind["key"] != key]
    for kind in held.kinds:
        if kind.get("part") == key:
            kind.pop("part")
    return held

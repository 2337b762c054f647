"""The kinds a folder of fixtures declares: kinds.toml read, checked and completed, and written again. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from plan.kinds import INDICATORS, INDUSTRIES, DoneBy, Kind, KindTraits, kept

KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
TIES = ("parents", "part", "matrix", "done_by")
WORDS = ("name", "name_en", "plural", "plural_en", "short", "short_en", "prefix")
# By their names in the file, the traits that are yes or no.
FLAGS = {
    "entry": "is_entry",
    "reported": "is_reported",
    "due": "is_due",
    "chapter": "has_chapter",
    "policy": "is_policy",
    "menu": "in_menu",
    "overview": "in_overview",
    "wall": "on_wall",
}
# A word of a kind stands in menus, on chips and in heads of columns.
LONGEST = 60
Fault = tuple[str, str]


def declared_kinds(tables: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The kinds of a plan as it keeps them, and every fault (entry, reason).

    What is not said follows from the tree: what has nothing below it is reported on, what stands at the top is in
    the menu, the overview, on the wall and opens a chapter. Indicators are there even where they are not named.
    """
    tables = [dict(table) for table in tables]
    keys = [table.get("key") for table in tables]
    faults = [fault for table in tables for fault in _faults(table, keys)]
    faults += [] if faults else [*_same_names(tables), *_without_top(tables)]
    if faults:
        return [], faults
    found = [kept(table["key"], _traits(table, tables)) for table in tables]
    if Kind.INDICATOR not in keys:
        indicator = KindTraits(name="指标", name_en="Indicator", plural_en="Indicators")
        found.insert(0, kept(Kind.INDICATOR.value, indicator))
    return found, []


def as_tables(kinds: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Kinds as a plan keeps them, as kinds.toml says them: with nothing left to follow from the tree."""
    found = []
    for kind in kinds:
        table = {name: kind[name] for name in ("key", *WORDS, *TIES) if kind.get(name)}
        table |= {"entry": True} if kind.get("is_entry") else {}
        # Of indicators every flag goes without saying.
        said = {} if kind["key"] == Kind.INDICATOR else FLAGS
        found.append(table | {name: bool(kind.get(trait)) for name, trait in said.items() if name != "entry"})
    return found


def _faults(table: Mapping[str, Any], keys: list[Any]) -> Iterable[Fault]:
    key = table.get("key")
    entry = str(key or "[[kind]]")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        yield entry, "key 应为小写英文字母、数字和 _，不超过 20 个 / lower-case letters, digits and _, at most 20"
        return
    if keys.count(key) > 1:
        yield entry, "类别重复 / duplicate kind"
    if not str(table.get("name", "")).strip():
        yield entry, "缺少字段 / missing: name"
    yield from ((entry, reason) for reason in _wrong_values(table))
    yield from ((entry, reason) for reason in _wrong_ties(table, keys))


def _same_names(tables: list[dict[str, Any]]) -> Iterable[Fault]:
    """Files and filters call a kind by its name."""
    names = [table["name"].strip() for table in tables]
    for table in tables:
        if names.count(table["name"].strip()) > 1:
            yield table["key"], f"与另一类别同名 / another kind has this name: {table['name']}"


def _without_top(tables: list[dict[str, Any]]) -> Iterable[Fault]:
    """Kinds whose parents go in a circle: none of them could ever stand anywhere."""
    reached: set[str] = set()
    while (
        more := {
            table["key"]
            for table in tables
            if not (parents := table.get("parents", [])) or "" in parents or reached.intersection(parents)
        }
        - reached
    ):
        reached |= more
    for table in tables:
        if table["key"] not in reached:
            yield table["key"], "上级类别成环，没有一类能列在最上 / parents go in a circle"


def _wrong_values(table: Mapping[str, Any]) -> Iterable[str]:
    for name in WORDS:
        if not isinstance(table.get(name, ""), str):
            yield f"{name} 应为文字 / must be text"
        elif len(table.get(name, "")) > LONGEST:
            yield f"{name} 不超过 {LONGEST} 个字 / at most so many characters"
    for name in FLAGS:
        if not isinstance(table.get(name, False), bool):
            yield f"{name} 应为 true 或 false / must be true or false"
    if table.get("matrix", "") not in ("", INDUSTRIES, INDICATORS):
        yield f"matrix 应为 {INDUSTRIES} 或 {INDICATORS} / must be one of these"
    if table.get("done_by", "") not in ("", *DoneBy.values):
        yield f"done_by 应为 {'、'.join(DoneBy.values)} 之一 / must be one of these"
    if table.get("done_by") and table.get("key") == Kind.INDICATOR:
        yield "指标按数据判定，不写 done_by / indicators are judged by figures"
    if table.get("due") and table.get("reported") is False:
        yield "要求填报（due）的类别须可填报（reported）/ what is due must be reported on"


def _wrong_ties(table: Mapping[str, Any], keys: list[Any]) -> Iterable[str]:
    parents = table.get("parents", [])
    if not isinstance(parents, list):
        yield "parents 应为列表 / must be a list"
        return
    for name in [*parents, table.get("part", "")]:
        if name and name not in keys:
            yield f"没有类别 / no such kind: {name}"
    if table.get("entry") and parents:
        yield "entry 可列在任何条目之下，不写 parents / stands below anything and takes no parents"


def _traits(table: Mapping[str, Any], tables: list[dict[str, Any]]) -> KindTraits:
    key = table["key"]
    below = [other["key"] for other in tables if key in other.get("parents", []) and other["key"] != key]
    is_indicator = key == Kind.INDICATOR
    is_entry = table.get("entry", False)
    is_top = not table.get("parents") and not is_entry and not is_indicator
    is_leaf = not below and not is_indicator
    usual = {"reported": is_leaf, "due": is_leaf and not is_entry and table.get("reported", True)}
    usual |= dict.fromkeys(("chapter", "menu", "overview", "wall"), is_top)
    return KindTraits(
        **{name: table[name] for name in WORDS if name in table},
        **{trait: table.get(name, usual.get(name, False)) for name, trait in FLAGS.items()},
        parents=tuple(table.get("parents", [])),
        part=table.get("part") or (below[0] if below else ""),
        matrix=table.get("matrix", ""),
        done_by=table.get("done_by", ""),
    )

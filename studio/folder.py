"""What a draft holds as the folder of a plan, and a folder as a draft: one way for publishing and files."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from plan.fixtures import ClauseRow, PlanRows, locate, read_text
from plan.kind_files import as_tables
from plan.kinds import Kind
from studio.held import DraftContent, HeldItem, codes, entry_kinds, in_order
from studio.proposing.rules import templates

# Of plan.toml; the rest of it has tables of its own.
FRAME = ("slug", "title", "title_en", "short", "short_en", "starts_on", "ends_on", "published_on")
DAYS = ("starts_on", "ends_on", "published_on")
# The sort of plan whose kinds are the standard ones: a folder without kinds.toml.
STANDARD = "five-year-plan"


def standard_kinds() -> list[dict[str, Any]]:
    return [dict(kind) for kind in templates()[STANDARD].kinds]


def files_of(held: DraftContent) -> dict[str, str]:
    """The files of a plan's folder by name."""
    names = codes(held)
    numbers = {row.order: row.section for row in read_text(held.text)[1]}
    plan = {name: held.frame[name] for name in FRAME if held.frame.get(name)}
    plan |= {name: date.fromisoformat(held.frame[name]) for name in DAYS if held.frame.get(name)}
    plan["source"] = {name: value for name, value in held.frame.get("source", {}).items() if value}
    plan["sections"] = held.rest.get("sections", {})
    plan["counts"] = held.rest.get("counts", {})
    plan["renames"] = held.rest.get("renames", {})
    plan["retired"] = held.retired
    files = {"plan.toml": toml(plan), "text.md": held.text.strip() + "\n"}
    if held.kinds != standard_kinds():
        files["kinds.toml"] = toml({"kind": _kinds(held, names)})
    items = [_item(held, key, names, numbers) for key in in_order(held) if _stands_alone(held, key)]
    indicators = [_indicator(held, key, names, numbers) for key in in_order(held) if _is_indicator(held, key)]
    tables = {
        "items.toml": {"item": items},
        "indicators.toml": {"indicator": indicators},
        "industries.toml": {name: held.rest.get(name, []) for name in ("industry", "technology", "unlisted")},
        "links.toml": {"link": [*held.rest.get("link", []), *_mentions(held, names)]},
        "notes.toml": {"note": held.rest.get("note", [])},
        "coverage.toml": held.rest.get("coverage", {}),
    }
    return files | {name: toml(table) for name, table in tables.items() if any(table.values())}


def _is_indicator(held: DraftContent, key: str) -> bool:
    return held.items[key].kind == Kind.INDICATOR


def _kinds(held: DraftContent, names: dict[str, str]) -> list[dict[str, Any]]:
    """The kinds as kinds.toml has them. A prefix that codes in use do not begin with is no rule of this plan."""
    others = {
        kind["key"]
        for kind in held.kinds
        for key, row in held.items.items()
        if row.kind == kind["key"]
        and not names.get(key, "").startswith(kind.get("prefix", ""))
        and not row.same_as
    }
    return [
        {name: value for name, value in kind.items() if not (name == "prefix" and kind["key"] in others)}
        for kind in held.kinds
    ]


def _stands_alone(held: DraftContent, key: str) -> bool:
    row = held.items[key]
    return not (row.same_as or row.kind == Kind.INDICATOR or row.kind in entry_kinds(held))


def _common(row: HeldItem, code: str) -> dict[str, Any]:
    said = {
        "title_en": row.title_en,
        "note": row.note,
        "also": row.also,
        "horizon": row.horizon,
        "focus": row.focus,
        "weight": row.weight,
    }
    return {"code": code, "title": row.title} | {name: value for name, value in said.items() if value}


def _item(held: DraftContent, key: str, names: dict[str, str], numbers: dict[int, str]) -> dict[str, Any]:
    row = held.items[key]
    table = _common(row, names[key]) | {"kind": row.kind, "quote": row.quote}
    table["section"] = numbers[row.place[0]] if row.place else ""
    if row.parent:
        table["parent"] = names[row.parent]
    inner = [other for other in held.parts(key) if held.items[other].kind in entry_kinds(held)]
    inner = [other for other in inner if not (held.items[other].same_as and _is_within(held, other, inner))]
    table["entry"] = [_entry(held, other, names) for other in sorted(inner, key=lambda one: held.items[one].start)]
    return table


def _is_within(held: DraftContent, key: str, others: list[str]) -> bool:
    """Whether a mention's words stand within those of another entry, which the loader would take for a clash."""
    row = held.items[key]
    places = [held.items[other].place for other in others if other != key]
    return bool(row.place) and any(
        place and place[0] == row.place[0] and place[1] < row.place[2] and row.place[1] < place[2]
        for place in places
    )


def _mentions(held: DraftContent, names: dict[str, str]) -> list[dict[str, Any]]:
    """Links of what is named again within the words of another promise."""
    found = []
    for key, row in held.items.items():
        above = row.parent if row.same_as else ""
        if above and above != row.same_as and _is_within(held, key, held.parts(above)):
            link = {"source": names[above], "target": names[row.same_as], "kind": "names", "quote": row.quote}
            found.append(link)
    return found


def _entry(held: DraftContent, key: str, names: dict[str, str]) -> dict[str, Any]:
    row = held.items[key]
    if row.same_as:
        return {"kind": row.kind, "phrase": row.quote, "same_as": names[row.same_as]}
    return _common(row, names[key]) | {"kind": row.kind, "phrase": row.quote}


def _indicator(held: DraftContent, key: str, names: dict[str, str], numbers: dict[int, str]) -> dict[str, Any]:
    row, code = held.items[key], names[key]
    table = row.numbers | _common(row, code) | {"quote": row.quote}
    table["section"] = numbers[row.place[0]] if row.place else ""
    parts = row.numbers.get("component", [])
    table["component"] = [
        part | {"code": part.get("code") or (code if len(parts) == 1 else f"{code}.{order}")}
        for order, part in enumerate(parts, 1)
    ]
    return table


def toml(table: dict[str, Any]) -> str:
    """A document of the few sorts of value that a plan's files have."""
    return "\n".join(_lines(table, "")).strip() + "\n"


def _lines(table: dict[str, Any], path: str) -> list[str]:
    plain = {name: value for name, value in table.items() if not _is_table(name, value)}
    lines = [f"{_key(name)} = {_value(value)}" for name, value in plain.items()]
    for name, value in table.items():
        inner = f"{path}.{_key(name)}".strip(".")
        if isinstance(value, list) and _is_table(name, value):
            for row in value:
                lines += ["", f"[[{inner}]]", *_lines(row, inner)]
        elif _is_table(name, value) and value:
            lines += ["", f"[{inner}]", *_lines(value, inner)]
    return lines


def _is_table(name: str, value: Any) -> bool:
    if name == "target_path":
        return False
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(part)}" for name, part in value.items()) + " }"
    # JSON writes a string as TOML reads it, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def write(files: dict[str, str], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def held_of(rows: PlanRows) -> DraftContent:
    """A folder that was read as a draft of it."""
    meta = rows.meta
    kinds = as_tables(rows.kinds) or standard_kinds()
    frame = {name: str(meta.get(name, "")) for name in FRAME} | {"source": dict(meta["source"])}
    depth = {row.number: row.number.count(".") + 1 for row in rows.sections}
    text = "\n\n".join(
        f"{'#' * depth[row.section]} {row.text}" if row.kind == "heading" else row.text for row in rows.paragraphs
    )
    held = DraftContent(frame=frame, text=text, kinds=kinds, retired=dict(rows.retired))
    tables = {table["code"]: table for table in rows.indicators}
    keys = {row.code: str(number) for number, row in enumerate(rows.items, 1)}
    entries = {kind["key"] for kind in kinds if kind.get("entry")}
    texts = {row.order: row.text for row in rows.paragraphs}
    for row in rows.items:
        # An entry's quote is the sentence around it, which the loader finds again by the phrase.
        quote = texts[row.paragraph][row.start : row.end] if row.kind in entries else row.quote
        held.items[keys[row.code]] = HeldItem(
            kind=str(row.kind), title=row.title, quote=quote, place=(row.paragraph, row.start, row.end),
            parent=keys.get(row.parent, ""), code=row.code, title_en=row.title_en, note=row.note,
            also=[name for name in row.also.split("、") if name], focus=list(row.focus), horizon=row.horizon,
            numbers=_numbers(tables.get(row.code, {})), weight=row.weight,
            last=(row.last_paragraph, row.last_end or 0) if row.last_paragraph is not None else None,
        )  # fmt: skip
    held.rest = {
        "sections": {row.number: row.title_en for row in rows.sections if row.title_en},
        "counts": dict(meta.get("counts", {})),
        "renames": dict(rows.renames),
        "industry": rows.industries,
        "technology": rows.technologies,
        "unlisted": [{"name": name, "name_en": english} for name, english in rows.unlisted.items()],
        "link": [_link(link) for link in rows.links],
        "note": rows.notes,
        "coverage": _coverage(rows),
    }
    return held


def _coverage(rows: PlanRows) -> dict[str, Any]:
    """What a reader judged of clauses that are no items, as coverage.toml has it."""
    if not rows.clauses:
        return {}
    paragraphs = {row.order: row for row in rows.paragraphs}
    chapters = {paragraphs[clause.paragraph].section.split(".")[0] for clause in rows.clauses}
    judged = [clause for clause in rows.clauses if clause.reason]
    names = {said: f"r{number}" for number, said in enumerate(dict.fromkeys(map(_said, judged)), 1)}
    tables = []
    for clause in judged:
        place = paragraphs[clause.paragraph]
        table = {
            "section": place.section,
            "words": [place.text[clause.start : clause.end]],
            "why": names[_said(clause)],
        }
        tables.append(table | ({"part_of": clause.part_of} if clause.part_of else {}))
    reasons = {name: {"zh": zh, "en": en} for (zh, en), name in names.items()}
    return {"chapters": sorted(chapters), "reasons": reasons, "clause": tables}


def _said(clause: ClauseRow) -> tuple[str, str]:
    return clause.reason, clause.reason_en


def _link(link: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in link.items() if value}


def _numbers(table: dict[str, Any]) -> dict[str, Any]:
    own = ("code", "title", "title_en", "note", "also", "quote", "section", "weight")
    return {name: value for name, value in table.items() if name not in own}


def section_of(held: DraftContent, words: str) -> str:
    """The number of the section that has words, or nothing."""
    paragraphs = read_text(held.text)[1]
    return next((row.section for row in paragraphs if locate(words, row.text)), "")

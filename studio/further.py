"""What a draft holds beside its items, as tables of text: industries, technologies, ties, notes, judged clauses.

They leave and come back as lines with tabs between their cells, as a sheet copies them. Pure.
"""

import csv
import io
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.held import CannotChange, DraftContent

MAX_ROWS = 3000
LISTED = "、"


@dataclass(frozen=True)
class FurtherTable:
    """One table: what it is called, its columns by what files call them, and which of them are lists."""

    name: Any
    columns: dict[str, Any]
    needed: tuple[str, ...]
    lists: tuple[str, ...] = ()


TABLES = {
    "industry": FurtherTable(
        gettext_lazy("产业目录"),
        {
            "code": gettext_lazy("编码"), "name": gettext_lazy("名称"), "name_en": gettext_lazy("英文名称"),
            "level": gettext_lazy("层级"), "parent": gettext_lazy("上级编码"),
        },
        ("code", "name", "level"),
    ),
    "technology": FurtherTable(
        gettext_lazy("技术名称"),
        {"group": gettext_lazy("产业编码"), "name": gettext_lazy("名称"), "name_en": gettext_lazy("英文名称")},
        ("group", "name"),
    ),
    "link": FurtherTable(
        gettext_lazy("条目之间的关联"),
        {
            "source": gettext_lazy("自（编码）"), "target": gettext_lazy("至（编码）"),
            "kind": gettext_lazy("类别"),
            "basis": gettext_lazy("依据"), "quote": gettext_lazy("原文"), "note": gettext_lazy("说明"),
        },
        ("source", "target", "kind", "quote"),
    ),
    "note": FurtherTable(
        gettext_lazy("读法附注"),
        {
            "id": gettext_lazy("编号"), "section": gettext_lazy("节号"), "kind": gettext_lazy("类别"),
            "items": gettext_lazy("条目编码"), "title": gettext_lazy("标题"), "title_en": gettext_lazy("英文标题"),
            "text": gettext_lazy("正文"), "text_en": gettext_lazy("英文正文"),
        },
        ("id", "section", "kind", "title", "text"),
        lists=("items",),
    ),
    "clause": FurtherTable(
        gettext_lazy("分句的判定"),
        {
            "section": gettext_lazy("节号"), "words": gettext_lazy("原文"), "zh": gettext_lazy("理由"),
            "en": gettext_lazy("英文理由"), "part_of": gettext_lazy("属于（编码）"),
        },
        ("section", "words"),
    ),
}  # fmt: skip


def rows_of(held: DraftContent, name: str) -> list[dict[str, str]]:
    """The rows of a table as text."""
    if name == "clause":
        return _clauses(held.rest.get("coverage", {}))
    lists = TABLES[name].lists
    return [
        {
            key: LISTED.join(row.get(key, ())) if key in lists else str(row.get(key, ""))
            for key in TABLES[name].columns
        }
        for row in held.rest.get(name, [])
    ]


def _clauses(coverage: dict[str, Any]) -> list[dict[str, str]]:
    reasons = coverage.get("reasons", {})
    return [
        {
            "section": row["section"],
            "words": words,
            "part_of": row.get("part_of", ""),
            **{language: reasons.get(row.get("why"), {}).get(language, "") for language in ("zh", "en")},
        }
        for row in coverage.get("clause", [])
        for words in row["words"]
    ]


def as_lines(held: DraftContent, name: str) -> str:
    """The table as a sheet takes it: a line a row, tabs between cells, quotes around what has a line break."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, dialect="excel-tab", lineterminator="\n")
    columns = list(TABLES[name].columns)
    for row in rows_of(held, name):
        writer.writerow([row.get(column, "") for column in columns])
    return out.getvalue()


def read_lines(text: str, name: str) -> list[dict[str, str]]:
    """The rows that were pasted; a first line of headings is passed over. Raises CannotChange with the line."""
    table = TABLES[name]
    columns, found = list(table.columns), []
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab"), 1):
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (number == 1 and cells[0] in (columns[0], str(table.columns[columns[0]]))):
            continue
        if len(cells) > len(columns):
            told = {"line": number, "n": len(cells), "most": len(columns)}
            raise CannotChange(_("第 %(line)s 行有 %(n)s 格，至多 %(most)s 格；各列之间应为制表符") % told)
        row = dict(zip(columns, cells, strict=False))
        if missing := [str(table.columns[column]) for column in table.needed if not row.get(column)]:
            raise CannotChange(
                _("第 %(line)s 行缺少：%(names)s") % {"line": number, "names": LISTED.join(missing)}
            )
        found.append({column: cell for column, cell in row.items() if cell})
    if len(found) > MAX_ROWS:
        raise CannotChange(_("至多 %(number)s 行；请分成几个文件") % {"number": MAX_ROWS})
    return found


def with_rows(held: DraftContent, name: str, rows: list[dict[str, str]]) -> DraftContent:
    """The draft with these rows in place of the table's."""
    held = deepcopy(held)
    if name == "clause":
        held.rest["coverage"] = _coverage(held.rest.get("coverage", {}), rows)
        return held
    before = {_key(row, name): row for row in held.rest.get(name, [])}
    lists = TABLES[name].lists
    made = []
    for row in rows:
        told: dict[str, Any] = {key: value for key, value in row.items() if key not in lists}
        told |= {key: [part for part in row.get(key, "").split(LISTED) if part] for key in lists}
        # What the table does not show stays with its row.
        kept = {
            key: value
            for key, value in before.get(_key(told, name), {}).items()
            if key not in TABLES[name].columns
        }
        made.append(kept | told)
    held.rest[name] = made
    return held


def _key(row: dict[str, Any], name: str) -> tuple:
    return tuple(row.get(column) for column in TABLES[name].needed[:2])


def _coverage(before: dict[str, Any], rows: list[dict[str, str]]) -> dict[str, Any]:
    """coverage.toml: each reason once, a clause a row; the chapters that are read are those of the rows."""
    names = {said: f"r{number}" for number, said in enumerate(dict.fromkeys(map(_said, rows)), 1)}
    clauses = [
        {"section": row["section"], "words": [row["words"]], "why": names[_said(row)]}
        | ({"part_of": row["part_of"]} if row.get("part_of") else {})
        for row in rows
    ]
    chapters = {row["section"].split(".")[0] for row in rows} | set(before.get("chapters", []))
    reasons = {name: {"zh": zh, "en": en} for (zh, en), name in names.items()}
    return {"chapters": sorted(chapters), "reasons": reasons, "clause": clauses} if rows else {}


def _said(row: dict[str, str]) -> tuple[str, str]:
    return row.get("zh", ""), row.get("en", "")

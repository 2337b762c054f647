"""Items of a draft as a table to edit elsewhere: titles, English, units, weights, out and back in.

Only what an own column says is changed; a row or a column that is missing changes nothing. Pure but for the file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from judging.decimals import plain
from plan.columns import Column, Type, columns
from plan.exports.cells import unguard
from plan.kinds import Kind
from plan.rollup import as_weight
from studio.held import CannotChange, DraftContent, HeldItem, codes, in_order
from studio.proposing.targets import is_value
from tables.cells import LITERAL, FormulaCell, marks_of
from tables.faults import BrokenFile
from tables.table import open_table
from texts.cleaning import RefusedText, clean_text
from texts.forms import explain

MAX_BYTES, MAX_ROWS = 5_000_000, 5000
TABLE = columns(
    Column("key", "条目号", "Item number", Type.WHOLE, lambda line: int(line.key)),
    Column("code", "编码", "Code", find=lambda line: line.code),
    Column("kind", "类别", "Kind", find=lambda line: line.kind),
    Column("title", "标题", "Title", find=lambda line: line.row.title),
    Column("title_en", "英文标题", "English title", find=lambda line: line.row.title_en),
    Column("unit", "单位", "Unit", find=lambda line: line.row.numbers.get("unit", "")),
    Column("unit_en", "英文单位", "English unit", find=lambda line: line.row.numbers.get("unit_en", "")),
    Column("weight", "权重", "Weight", Type.NUMBER, lambda line: line.weight),
    Column("quote", "规划原文", "Words of the plan", find=lambda line: line.row.quote),
)
# What comes back, with the most characters it may have.
EDITED = {"title": 300, "title_en": 300, "unit": 20, "unit_en": 40, "weight": 12}
NEEDED = {"title", "unit"}
OF_INDICATORS = {"unit", "unit_en"}


@dataclass(frozen=True)
class HeldLine:
    key: str
    code: str
    kind: str
    weight: str
    row: HeldItem


def lines_of(held: DraftContent, given: Mapping[str, str]) -> list[HeldLine]:
    """Every item as a row; `given` are the weights by code that people set on the published plan."""
    names, kinds = codes(held), {kind["key"]: kind["name"] for kind in held.kinds}
    return [
        HeldLine(key, code, kinds.get(row.kind, row.kind), row.weight or given.get(row.code, ""), row)
        for key in in_order(held)
        for row, code in [(held.items[key], names.get(key, ""))]
        if not row.same_as
    ]


@dataclass(frozen=True)
class CellChange:
    """One cell that would change: what stands there and what would."""

    name: str
    old: str
    new: str

    @property
    def column(self) -> Column:
        return TABLE[self.name]


@dataclass
class ReadItem:
    """A row of a table that came in: what it would change, or why it cannot."""

    line: int
    key: str
    title: str
    changes: list[CellChange] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def _name_of(heading: str) -> str:
    wanted = "".join(heading.split()).lower()
    return next(
        (
            name
            for name, column in TABLE.items()
            if wanted in ["".join(one.split()).lower() for one in (name, column.zh, column.en)]
        ),
        "",
    )


def _is_heading(cells: list[str]) -> bool:
    found = {_name_of(cell) for cell in cells}
    return "key" in found and bool(found & EDITED.keys())


def read_items(file: BinaryIO, held: DraftContent, given: Mapping[str, str]) -> list[ReadItem]:
    """What each row of a table would change. Raises ValidationError for what is no table of ours."""
    needed = _("首行须有“条目号”和要改的列；请用导出的表格修改")
    try:
        with open_table(file, is_heading=_is_heading, max_bytes=MAX_BYTES) as table:
            if not _is_heading(table.headings):
                raise ValidationError(needed)
            names = [_name_of(heading) for heading in table.headings]
            if twice := [name for name, number in Counter(filter(None, names)).items() if number > 1]:
                raise ValidationError(_("“%(name)s”有两列，请只留一列") % {"name": TABLE[twice[0]].zh})
            rows = list(_rows(table.lines, names))
    except BrokenFile as error:
        raise ValidationError(_("文件不能读取：%(why)s") % {"why": error}) from error
    if len(rows) > MAX_ROWS:
        raise ValidationError(_("至多 %(number)s 行；请分成几个文件") % {"number": MAX_ROWS})
    known = {line.key: line for line in lines_of(held, given)}
    found = [_read(line, cells, known) for line, cells in rows]
    _refuse_twice(found)
    return found


def _rows(lines, names: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in lines:
        yield number, {name: cell for name, cell in zip(names, cells, strict=False) if name}


def _refuse_twice(found: list[ReadItem]) -> None:
    times = Counter(row.key for row in found)
    for row in found:
        if row.key and times[row.key] > 1:
            row.faults.append(_("条目号 %(key)s 出现 %(n)s 次") % {"key": row.key, "n": times[row.key]})


def _read(number: int, cells: dict[str, str], known: dict[str, HeldLine]) -> ReadItem:
    key = cells.get("key", "").strip().removesuffix(".0")
    line = known.get(key)
    if line is None:
        return ReadItem(
            number, key, cells.get("title", "")[:80], faults=[_("没有条目号为“%(key)s”的条目") % {"key": key}]
        )
    read = ReadItem(number, key, line.row.title)
    for name in EDITED.keys() & cells.keys():
        try:
            text = _text(name, cells[name])
            _demand(name, text, line.row)
        except ValidationError as error:
            read.faults += [f"{TABLE[name].zh}：{message}" for message in error.messages]
            continue
        # A weight that people gave is taken away where they gave it.
        if text != (old := _stands(line, name)) and not (name == "weight" and not text):
            read.changes.append(CellChange(name, old, text))
    read.changes.sort(key=lambda change: list(EDITED).index(change.name))
    return read


def _stands(line: HeldLine, name: str) -> str:
    value = line.weight if name == "weight" else TABLE[name].find(line)
    return str(value or "")


def _text(name: str, cell: str) -> str:
    """A cell as text by the house's rule; raises ValidationError."""
    if isinstance(cell, FormulaCell):
        raise ValidationError(_("是没有结果的公式；请改成文字"))
    plain_cell = cell if LITERAL in marks_of(cell) else unguard(str(cell).strip())
    try:
        text = clean_text(str(plain_cell), lines=False).strip()
    except RefusedText as error:
        raise ValidationError(explain(error)) from error
    if len(text) > EDITED[name]:
        raise ValidationError(_("有 %(n)s 字，至多 %(limit)s 字") % {"n": len(text), "limit": EDITED[name]})
    if name == "weight" and text:
        if (weight := as_weight(text)) is None:
            raise ValidationError(_("权重“%(text)s”应为大于 0 的数，最多三位小数") % {"text": text[:20]})
        return plain(weight)
    return text


def _demand(name: str, text: str, row: HeldItem) -> None:
    """Refuses what an item of its kind cannot be without, and what only indicators have."""
    is_indicator = row.kind == Kind.INDICATOR
    if name in OF_INDICATORS and text and not is_indicator:
        raise ValidationError(_("只有指标有单位"))
    if name == "unit" and is_value(text):
        raise ValidationError(_("“%(unit)s”不是单位；请填“家”“亿元”一类的文字") % {"unit": text})
    if name in NEEDED and not text and (is_indicator or name not in OF_INDICATORS):
        raise ValidationError(_("不能为空"))


def with_changes(held: DraftContent, wanted: dict[str, dict[str, Any]]) -> DraftContent:
    """The changes of a table applied, each cell checked again: all of them, or none."""
    held = deepcopy(held)
    for key, cells in wanted.items():
        if key not in held.items:
            raise CannotChange("这一条目已被别人去掉；页面已更新")
        for name, text in cells.items():
            if name not in EDITED:
                raise CannotChange("表格里有不能改的列")
            said = _text(name, str(text))
            _demand(name, said, held.items[key])
            held.items[key] = _with_cell(held.items[key], name, said)
    return held


def _with_cell(row: HeldItem, name: str, text: str) -> HeldItem:
    if name not in OF_INDICATORS:
        return replace(row, **{name: text})
    return replace(row, numbers={key: value for key, value in row.numbers.items() if key != name} | (
        {name: text} if text else {}
    ))  # fmt: skip

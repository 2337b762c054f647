"""Reads a CSV of published figures and says, before anything is stored, what each row would do.

`read_rows` parses (no database), `plan_import` compares with what is stored, `indicators.services` writes.
A fault names row, column, value and remedy; one fault is enough for nothing to be stored.
"""

import csv
import hashlib
import io
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from indicators.columns import IMPORT_ONLY, OBSERVATION
from indicators.models import Component, Observation
from plan.csvfile import unguard
from plan.demo import COLUMN as DEMO_COLUMN
from plan.models import Plan

REQUIRED = ("component", "year", "value", "value_status", "released_on", "source_title")
MAX_BYTES = 50_000_000
# The mark of a training installation's export is known and not read.
KNOWN = OBSERVATION | IMPORT_ONLY | DEMO_COLUMN
HEADINGS = {name: name for name in KNOWN} | {heading: name for name, heading in KNOWN.items()}
Key = tuple[int, int, date, str, str]


@dataclass(frozen=True)
class Fault:
    """Why a cell cannot be used; `row` counts as a spreadsheet does, the heading being row 1."""

    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return _("第 %(row)s 行 %(column)s「%(value)s」：%(reason)s") % {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
        }


class BrokenFile(Exception):
    """Every fault of a file; nothing of it was stored."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass
class Import:
    """What a file would change."""

    sha256: str
    new: list[Observation] = field(default_factory=list)
    sources: list[tuple[str, str, str]] = field(default_factory=list)
    same: int = 0


def decode(data: bytes) -> str:
    """Text of a file as Excel and WPS write it: UTF-8 with or without a mark, else GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BrokenFile([Fault(1, "—", "—", _("不是 UTF-8 或 GB18030 文本；请另存为 CSV UTF-8"))])


def read_rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    """Rows as (row number, machine name → text); raises BrokenFile on a heading that is missing or unknown."""
    if len(data) > MAX_BYTES:
        raise BrokenFile([Fault(1, "—", f"{len(data)} B", _("文件过大；请分成几份"))])
    if b"\0" in data:
        raise BrokenFile([Fault(1, "—", "NUL", _("不是文本文件；请另存为 CSV"))])
    try:
        lines = list(csv.reader(io.StringIO(decode(data)), strict=True))
    except csv.Error as error:
        raise BrokenFile([Fault(1, "—", str(error), _("CSV 引号不成对；请检查带引号的单元格"))]) from error
    if not lines or not any(lines[0]):
        raise BrokenFile([Fault(1, "—", "", _("文件是空的；第一行应为列名"))])
    names = [HEADINGS.get(unicodedata.normalize("NFKC", cell).strip(), "") for cell in lines[0]]
    faults = [
        Fault(1, cell or "—", cell, _("不认识的列名；可用：%(names)s") % {"names": "、".join(HEADINGS)})
        for cell, name in zip(lines[0], names, strict=True)
        if not name
    ]
    faults += [Fault(1, name, "", _("缺少这一列")) for name in REQUIRED if name not in names]
    faults += [Fault(1, name, name, _("列名重复")) for name in {n for n in names if n and names.count(n) > 1}]
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            reason = _("有 %(found)s 格，列名有 %(wanted)s 个") % {"found": len(cells), "wanted": len(names)}
            faults.append(Fault(number, "—", cells[0], reason))
            continue
        rows.append((number, {name: unguard(cell.strip()) for name, cell in zip(names, cells, strict=True)}))
    if faults:
        raise BrokenFile(faults)
    return rows


def plan_import(plan: Plan, data: bytes, *, today: date) -> Import:
    """Compares a file with what is stored: what is new, what is the same; raises BrokenFile on any fault.

    The key of a figure is (component, year, release day, source): the same key with another value is a
    conflict, because an approved figure is never edited; a correction is a release of its own day.
    """
    reader = _RowReader(plan, today)
    result = Import(sha256=hashlib.sha256(data).hexdigest())
    seen: dict[Key, int] = {}
    for number, cells in read_rows(data):
        observation = reader.read(number, cells)
        if observation is None:
            continue
        title, url, publisher = (
            cells["source_title"],
            cells.get("source_url", ""),
            cells.get("source_publisher", ""),
        )
        key = (observation.component_id, observation.year, observation.released_on, title, url)
        if key in seen:
            reader.fault(number, "component", cells["component"], _("与第 %(row)s 行重复") % {"row": seen[key]})
            continue
        seen[key] = number
        if (stored := reader.stored.get(key)) is None:
            result.new.append(observation)
            result.sources.append((title, url, publisher))
        elif stored.value == observation.value and stored.value_status == observation.value_status:
            result.same += 1
        else:
            reason = _(
                "同一来源同一天已有 %(old)s（%(status)s）；已核定的数不改，更正请按新的公布日期另行发布"
            ) % {
                "old": stored.value.normalize(),
                "status": stored.get_value_status_display(),
            }
            reader.fault(number, "value", cells["value"], reason)
    if reader.faults:
        raise BrokenFile(reader.faults)
    return result


class _RowReader:
    """Turns the cells of one row into an unsaved Observation, collecting faults."""

    def __init__(self, plan: Plan, today: date):
        self.plan, self.today = plan, today
        self.faults: list[Fault] = []
        components = Component.objects.filter(indicator__plan=plan).select_related("indicator")
        self.components = {component.code: component for component in components}
        self.stored: dict[Key, Observation] = {
            (row.component_id, row.year, row.released_on, row.source.title, row.source.url): row
            for row in Observation.objects.filter(component__indicator__plan=plan).select_related("source")
        }

    def fault(self, row: int, column: str, value: str, reason: str) -> None:
        self.faults.append(Fault(row, column, value, reason))

    def read(self, number: int, cells: dict[str, str]) -> Observation | None:
        before = len(self.faults)
        if cells.get("plan") and cells["plan"] != self.plan.slug:
            self.fault(number, "plan", cells["plan"], _("不是这一规划：%(slug)s") % {"slug": self.plan.slug})
        component = self.components.get(cells["component"])
        if component is None:
            codes = "、".join(self.components)
            self.fault(
                number, "component", cells["component"], _("没有这一分项；可用：%(codes)s") % {"codes": codes}
            )
        elif cells.get("unit") and cells["unit"] not in (
            component.indicator.unit,
            component.indicator.unit_en,
        ):
            reason = _("单位应为 %(unit)s；请先换算") % {"unit": component.indicator.unit}
            self.fault(number, "unit", cells["unit"], reason)
        if not cells["source_title"]:
            self.fault(number, "source_title", "", _("没有来源的数不收；请写明来源"))
        state = self.choice(number, cells, "state", Observation.State, Observation.State.APPROVED)
        fields = {
            "year": self.year(number, cells["year"]),
            "value": self.number(number, cells["value"]),
            "released_on": self.day(number, cells["released_on"]),
            "value_status": self.choice(number, cells, "value_status", Observation.ValueStatus, ""),
            "precision": self.choice(
                number, cells, "precision", Observation.Precision, Observation.Precision.EXACT
            ),
            "release_precision": self.choice(
                number,
                cells,
                "release_precision",
                Observation.ReleasePrecision,
                Observation.ReleasePrecision.DAY,
            ),
            "published_text": cells.get("published_text", "")[:100],
            "note": cells.get("note", ""),
            "state": state,
        }
        if state == Observation.State.REJECTED and not fields["note"]:
            self.fault(number, "note", "", _("不采用的数须写明理由"))
        return None if len(self.faults) > before else Observation(component=component, **fields)

    def choice(self, number: int, cells: dict[str, str], name: str, choices: Any, default: str) -> str:
        text = cells.get(name, "")
        if not text and default:
            return default
        words = {str(label): value for value, label in choices.choices} | {
            value: value for value in choices.values
        }
        if text not in words:
            options = "、".join(choices.values)
            self.fault(number, name, text, _("应为其中之一：%(options)s") % {"options": options})
        return words.get(text, default)

    def year(self, number: int, text: str) -> int:
        plain = unicodedata.normalize("NFKC", text).removesuffix("年")
        if not (plain.isascii() and plain.isdigit() and 1949 <= int(plain[:9]) <= 2100):
            self.fault(number, "year", text, _("应为四位年份，例如 2023"))
            return 0
        return int(plain)

    def number(self, number: int, text: str) -> Decimal:
        plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
        try:
            value = Decimal(plain) if plain and set(plain) <= set("0123456789.+-") else Decimal("NaN")
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self.fault(number, "value", text, _("应为数字，不带单位和百分号；没有数就不要这一行，不要填 0"))
            return Decimal(0)
        if abs(value) >= Decimal(10) ** 22 or -value.as_tuple().exponent > 8:
            self.fault(number, "value", text, _("整数至多 22 位，小数至多 8 位"))
            return Decimal(0)
        return value

    def day(self, number: int, text: str) -> date:
        plain = unicodedata.normalize("NFKC", text).rstrip("日")
        for mark in "年月/.":
            plain = plain.replace(mark, "-")
        parts = plain.split("-")
        try:
            day = date(*(int(part) for part in parts)) if len(parts) == 3 else None
        except ValueError:
            day = None
        if day is None or day.year < 1949:
            self.fault(number, "released_on", text, _("应为日期，例如 2024-01-29"))
            return self.today
        if day > self.today:
            self.fault(number, "released_on", text, _("公布日期晚于今天"))
        return day

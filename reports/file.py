"""A report as the bytes of its file, piece by piece, in the form its definition asks for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from plan.columns import Columns
from plan.days import day_facts
from plan.demo import COLUMNS as DEMO_COLUMNS
from plan.demo import MARK
from plan.exports.cells import json_value
from plan.exports.csvfile import CountedRows, csv_blocks, csv_heading
from plan.exports.register import rule_version
from plan.exports.workbook import workbook
from plan.models import Plan
from reports.datasets import DATASETS, Audience, columns_of, number_of_rows, rows_of
from reports.definition import Definition
from reports.words import told

CONTENT_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Beyond this a workbook takes too long to be waited for, and a table is better fetched when it is ready.
AT_ONCE = 50_000
BLOCK = 1 << 16
SOURCES_NAMED = 50


@dataclass
class Report:
    """One making: iterate `pieces()` once, then `number` says how many rows there were."""

    plan: Plan
    definition: Definition
    as_of: date
    site: str
    logins: bool = False

    def __post_init__(self):
        self._sources: dict[str, None] = {}
        rows = rows_of(self.plan, self.definition, self.as_of, Audience(self.site, self.logins))
        self._rows = CountedRows(told(self.plan, self.definition, self.columns, self._noted(rows)))

    @property
    def number(self) -> int:
        return self._rows.number

    @property
    def stem(self) -> str:
        return f"{self.plan.slug}_report_{self.definition.dataset}"

    @property
    def file_name(self) -> str:
        """The name of the file where a worker makes it; one made at once is named at the door."""
        mark = f"{MARK}_" if self.plan.is_demo else ""
        return f"{mark}{self.stem}_{self.as_of.isoformat()}.{self.definition.format}"

    @property
    def content_type(self) -> str:
        charset = f"; charset={self.definition.encoding}" if self.definition.format == "csv" else ""
        return CONTENT_TYPES[self.definition.format] + charset

    @property
    def columns(self) -> Columns:
        return {**columns_of(self.definition), **(DEMO_COLUMNS if self.plan.is_demo else {})}

    def pieces(self) -> Iterator[bytes]:
        return {"csv": self._csv, "json": self._json, "xlsx": self._xlsx}[self.definition.format]()

    def facts(self) -> list[tuple[str, str]]:
        """What the file says of itself besides its rows, without their number."""
        query = self.definition.query(**day_facts(self.as_of))
        with self._language():
            return self._facts(query)

    def _language(self):
        """The file's own language, whatever the reader's is: the same report gives the same bytes to everybody."""
        return translation.override("en" if self.definition.header == "en" else "zh-hans")

    def _facts(self, query: str) -> list[tuple[str, str]]:
        return [
            (_("规划"), self.plan.label),
            (_("内容"), str(DATASETS[self.definition.dataset].label)),
            (_("截至"), self.as_of.isoformat()),
            (_("筛选条件"), filters_in_words(self.definition) or _("无")),
            (_("规则版本"), rule_version(self.plan.slug, self.as_of)),
            (_("地址"), f"{self.site}{reverse('report_desk', args=[self.plan.slug])}?{query}"),
        ]

    def _noted(self, rows) -> Iterator[dict[str, Any]]:
        for row in rows:
            if title := row.get("source_title"):
                self._sources.setdefault(title)
            yield row | ({"demo_data": MARK} if self.plan.is_demo else {})

    def _csv(self) -> Iterator[bytes]:
        yield csv_heading(self.columns, header=self.definition.header, encoding=self.definition.encoding)
        yield from csv_blocks(self.columns, self._rows, encoding=self.definition.encoding)

    def _json(self) -> Iterator[bytes]:
        columns = self.columns
        headings = {name: column.heading(self.definition.header) for name, column in columns.items()}
        meta = dict(self.facts()) | ({"demo": True} if self.plan.is_demo else {})
        about = day_facts(self.as_of) | {"rule_version": rule_version(self.plan.slug, self.as_of)}
        yield f'{{"meta":{_dumps(about | {"notes": meta, "columns": headings})},\n"results":['.encode()
        for number, row in enumerate(self._rows):
            line = {name: json_value(row[name]) for name in columns}
            yield f"{',' if number else ''}\n{_dumps(line)}".encode()
        yield f'\n],\n"count":{self.number}}}\n'.encode()

    def _xlsx(self) -> Iterator[bytes]:
        notes, header = _Late(self._notes), self.definition.header
        with workbook(self.columns, self._rows, notes, title=self.stem, header=header) as file:
            while block := file.read(BLOCK):
                yield block

    def _notes(self) -> list[tuple[str, str]]:
        with self._language():
            return self._told()

    def _told(self) -> list[tuple[str, str]]:
        sources = list(self._sources)[:SOURCES_NAMED]
        more = len(self._sources) - len(sources)
        if more:
            sources.append(_("等 %(n)s 个") % {"n": len(self._sources)})
        return [
            *self.facts(),
            (_("行数"), str(self.number)),
            (_("来源"), "；".join(sources) or self.plan.source.title),
            *([(_("演示数据"), _("其中的数据是虚构的，仅供培训"))] if self.plan.is_demo else []),
        ]


class _Late:
    """Notes that are made when they are read, after the rows."""

    def __init__(self, make):
        self._make = make

    def __iter__(self):
        return iter(self._make())


def filters_in_words(definition: Definition) -> str:
    """The filters as the address has them: "codes=I-01 I-02; year_from=2022"."""
    shown = [
        (name, value)
        for name, value in definition.pairs()
        if name not in ("dataset", "column", "header", "format", "encoding", "code_columns")
    ]
    return "; ".join(f"{name}={value}" for name, value in shown)


def is_large(plan: Plan, definition: Definition, as_of: date) -> bool:
    return number_of_rows(plan, definition, as_of) > AT_ONCE


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""The data package of a plan: tidy CSV files, what their columns mean (CSV on the Web), a README, checksums.

Built as it is sent, and the same to the last byte for the same day: nothing in it speaks of when it was made.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from plan.columns import columns
from plan.exports.csvfile import csv_blocks, csv_heading
from plan.exports.register import rule_version
from plan.models import Plan
from reports.describing import csv_on_the_web, data_package
from reports.package_tables import TABLES, PackageTable

# The earliest moment a zip can hold; any fixed one would do.
STAMP = (1980, 1, 1, 0, 0, 0)
METADATA, DATAPACKAGE = "csv-metadata.json", "datapackage.json"


class Package:
    """One making: iterate `pieces()` once, then `number` says how many rows its tables have together.

    `folder` is where its files lie in a package of several plans.
    """

    def __init__(self, plan: Plan, as_of: date, folder: str = ""):
        self.plan, self.as_of, self.folder = plan, as_of, folder
        self.number = 0
        self._sums: dict[str, str] = {}

    def pieces(self) -> Iterator[bytes]:
        return _zipped([self])

    def into(self, archive: zipfile.ZipFile, sink: "_Sink") -> Iterator[bytes]:
        """Its files, written one after the other."""
        # What explains comes first; the sums can only come last.
        yield from self._add(archive, sink, "README.md", [self._readme().encode()])
        described = [table.described for table in TABLES]
        for name, say in ((METADATA, csv_on_the_web), (DATAPACKAGE, data_package)):
            yield from self._add(archive, sink, name, [_dumps(say(self.plan, self.as_of, described))])
        for table in TABLES:
            yield from self._add(archive, sink, table.file, self._table(table))
        sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items()))
        yield from self._add(archive, sink, "SHA256SUMS", [sums.encode()])

    def _add(self, archive: zipfile.ZipFile, sink: "_Sink", name: str, blocks) -> Iterator[bytes]:
        entry = zipfile.ZipInfo(f"{self.folder}{name}", STAMP)
        entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
        digest = hashlib.sha256()
        with archive.open(entry, "w", force_zip64=False) as target:
            for block in blocks:
                digest.update(block)
                target.write(block)
                yield sink.take()
        self._sums[name] = digest.hexdigest()

    def _table(self, table: PackageTable) -> Iterator[bytes]:
        named = columns(*table.columns)
        yield csv_heading(named, header="code", encoding="utf-8")
        yield from csv_blocks(named, self._counted(table), encoding="utf-8")

    def _counted(self, table: PackageTable) -> Iterator[dict[str, Any]]:
        for row in table.rows(self.plan, self.as_of):
            self.number += 1
            yield row

    def _readme(self) -> str:
        plan, day, rule = self.plan, self.as_of.isoformat(), rule_version(self.plan.slug, self.as_of)
        demo = (
            "\n**演示数据：其中的数据是虚构的。 / Invented figures, for training only.**\n" if plan.is_demo else ""
        )
        lines = "\n".join(
            f"| `{table.file}` | {table.zh} / {table.en} | {', '.join(table.key)} |" for table in TABLES
        )
        return README.format(title=plan.title, title_en=plan.title_en, day=day, rule=rule, tables=lines, demo=demo)


class Packages:
    """The packages of several plans in one file, each in the folder of its plan's address."""

    def __init__(self, plans: Iterable[Plan], as_of: date):
        self.made = [Package(plan, as_of, f"{plan.slug}/") for plan in plans]

    @property
    def number(self) -> int:
        return sum(one.number for one in self.made)

    def pieces(self) -> Iterator[bytes]:
        return _zipped(self.made)


def _zipped(packages: Iterable[Package]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in packages:
            yield from one.into(archive, sink)
    yield sink.take()


class _Sink:
    """What the zip writes, until it is taken: a file that cannot be sought, as a response is."""

    def __init__(self):
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _dumps(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=1)}\n".encode()


README = """# {title} / {title_en}
{demo}
截至 {day} 已公布的情况；判定规则 {rule}。同一天的数据包逐字节相同，`SHA256SUMS` 是其中每个文件的校验值
（`sha256sum -c SHA256SUMS`）。整个文件的校验值可在系统的“核验文件”页查询。

What was publicly known on {day}; verdicts by rule {rule}. The same day gives the same bytes; `SHA256SUMS` holds
the hash of each file (`sha256sum -c SHA256SUMS`). The hash of the whole file can be looked up on the page
"Verify a file".

| 文件 / file | 内容 / content | 主键 / key |
|---|---|---|
{tables}

## 读法

- UTF-8（含一个 BOM），逗号分隔，首行是列名；空格子表示没有数据，不是零。
- 列的含义、类型、主键和外键见 `csv-metadata.json`（W3C CSV on the Web）
  和 `datapackage.json`（Frictionless Data Package）。
- 章节号前有 §，防止读取软件把 6.10 当作 6.1；`rule_version` 是文字，不是小数。
- 以 = + - @ 开头的文字前有一个撇号，防止表格软件当作公式。
- `state` 为 `rejected` 的数据是已公布但不采用的说法，原因见 `note`。

## How to read it

- UTF-8 with one byte-order mark, commas, one heading line; an empty cell means unknown, never zero.
- Meaning, type and keys of the columns are in `csv-metadata.json` (W3C CSV on the Web) and `datapackage.json`
  (Frictionless Data Package).
- Numbers of sections stand behind §, or readers that guess take 6.10 for 6.1; `rule_version` is text.
- Text that begins with = + - @ has an apostrophe before it, so that no spreadsheet runs it.
- Figures whose `state` is `rejected` were published and are not used; `note` says why.
"""

"""The invented plans of the speed measurements, loaded through the front door: every rule of the tables holds.

A folder holds plan.csv, indicator.csv and nation.csv (one line per release: plan, indicator, year, revision,
value …, sorted by indicator, year, revision). The highest revision of a year is the figure in force.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from audit.services import record_audit
from indicators.many.copying import insert_rows, next_keys, stamp
from indicators.models import Component, Indicator, Observation, Target, Verdict, VerdictChange
from indicators.verdicts.rules import keep_rules
from plan.models import Item, Paragraph, Plan, Section, Source
from plan.params import today

FILES = ("plan.csv", "indicator.csv", "nation.csv")
# What marks a plan as invented; real plans name a real source.
MARK = "测速用虚构数据 / Invented figures for speed measurements"
TARGET_TYPES = {"ge": "point", "le": "point", "gt": "strict", "range": "range_floor"}


class BrokenBenchData(ValueError):
    """The folder cannot be loaded, or not into this database; says why."""


@dataclass
class LoadedBench:
    """Rows written; all 0 where the same folder had been loaded before."""

    plans: int = 0
    indicators: int = 0
    observations: int = 0


@transaction.atomic
def load_bench(folder: Path) -> LoadedBench:
    """Loads a folder into a database that holds no plan; the same folder again writes nothing.

    Raises BrokenBenchData, with nothing written, for a missing or malformed file and for a database that
    holds anything else: measured figures must not stand beside real ones.
    """
    if absent := [name for name in FILES if not (folder / name).is_file()]:
        raise BrokenBenchData(f"{folder}: 缺少 / missing {', '.join(absent)}")
    digest = _digest(folder)
    if Plan.objects.exists():
        _refuse_unless_same(digest)
        return LoadedBench()
    try:
        plans = {row["code"]: row for row in _rows(folder / "plan.csv")}
        indicators = list(_rows(folder / "indicator.csv"))
        loaded = _Loader(folder, plans, indicators).load()
    except (KeyError, ValueError, StopIteration) as error:
        raise BrokenBenchData(f"{folder}: {type(error).__name__}: {error}") from error
    record_audit(action="bench_load", object_label=MARK, after={"sha256": digest, **vars(loaded)})
    return loaded


@transaction.atomic
def forget_verdicts() -> None:
    """Puts the invented plans back to where nothing was judged, so that a recompute has everything to write.

    Raises BrokenBenchData where there are others: whole tables are emptied.
    """
    if Plan.objects.exclude(source__title=MARK).exists():
        raise BrokenBenchData("数据库中有其他规划 / the database holds other plans")
    tables = [model._meta.db_table for model in (VerdictChange, Verdict)]
    # What is still to be checked of these tables would keep them from being emptied.
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), tables):
            cursor.execute(statement)
    Item.objects.update(status=Item.Status.NOT_REPORTED, progress=None, status_as_of=None)


def _refuse_unless_same(digest: str) -> None:
    if real := list(Plan.objects.exclude(source__title=MARK).values_list("slug", flat=True)[:5]):
        raise BrokenBenchData(f"数据库中已有其他规划 / the database holds other plans: {', '.join(real)}")
    known = AuditEvent.objects.filter(action="bench_load").values_list("after", flat=True)
    if digest not in [after["sha256"] for after in known]:
        raise BrokenBenchData("数据库中已有另一套测速数据 / the database holds another set of invented figures")


def _digest(folder: Path) -> str:
    sha = hashlib.sha256()
    for name in FILES:
        with open(folder / name, "rb") as file:
            sha.update(hashlib.file_digest(file, "sha256").digest())
    return sha.hexdigest()


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def item_code(code: str, plan: str) -> str:
    """P001-I007 of plan P001 as the pages write it: I-007."""
    return re.sub(r"^([A-Za-z]+)(\d+)$", r"\1-\2", code.removeprefix(f"{plan}-"))


def in_order(releases: Iterable[dict[str, str]]) -> Iterator[tuple[dict[str, str], date]]:
    """Releases of one indicator and year with their day: a later revision is never out before an earlier one.

    The files date each revision at random, while here the latest release is the one in force.
    """
    previous = None
    for row in releases:
        day = date.fromisoformat(row["published_on"])
        if previous is not None and day <= previous:
            day = previous + timedelta(days=1)
        previous = day
        yield row, day


@lru_cache(maxsize=4096)
def _midnight(day: date) -> str:
    return stamp(datetime.combine(day, time(), UTC))


class _Loader:
    """One load: keys are given here, so that each table is written in one stream."""

    def __init__(self, folder: Path, plans: dict[str, dict[str, str]], indicators: list[dict[str, str]]):
        self.folder, self.plans, self.indicators = folder, plans, indicators
        self.keys = {model: next_keys(model, len(plans)) for model in (Plan, Section, Paragraph)}
        self.keys |= {model: next_keys(model, len(indicators)) for model in (Item, Component)}
        self.plan_of = {row["id"]: row["code"] for row in plans.values()}
        self.place = {row["code"]: number for number, row in enumerate(indicators)}
        self.mark = Source.objects.keep(MARK).pk
        self.sources: dict[str, int] = {}
        self.bases: dict[str, str] = {}

    def load(self) -> LoadedBench:
        self._read_bases()
        self._frame()
        self._items()
        count = self._observations()
        keep_rules(list(Plan.objects.order_by("pk")), today=today())
        return LoadedBench(len(self.plans), len(self.indicators), count)

    def _read_bases(self) -> None:
        """The base value is the figure in force of the base year; also finds the sources."""
        years = {row["code"]: row["base_year"] for row in self.indicators}
        for row in _rows(self.folder / "nation.csv"):
            if row["year"] == years[row["indicator_code"]]:
                self.bases[row["indicator_code"]] = row["value"]
            if row["source"] not in self.sources:
                self.sources[row["source"]] = Source.objects.keep(f"{row['source']}（虚构 / invented）").pk

    def _frame(self) -> None:
        spans = {
            plan: (min(int(row["base_year"]) for row in rows), max(int(row["target_year"]) for row in rows))
            for plan, rows in self._by_plan()
        }
        names = {plan: "；".join(row["name"] for row in rows) for plan, rows in self._by_plan()}
        plans, sections, paragraphs = [], [], []
        for number, (code, row) in enumerate(self.plans.items()):
            pk, section, paragraph = (self.keys[model][number] for model in (Plan, Section, Paragraph))
            starts, ends = date(spans[code][0] + 1, 1, 1), date(spans[code][1], 12, 31)
            titles = (row["name"], f"Invented plan {code}", code, code)
            plans.append([pk, code, *titles, starts, ends, starts, self.mark, 0, 0])
            sections.append([section, pk, "1", row["name"], f"Invented plan {code}", 0])
            paragraphs.append([paragraph, pk, section, 0, "prose", names[code]])
        titles = ("title", "title_en", "short", "short_en")
        days = ("starts_on", "ends_on", "published_on")
        insert_rows(Plan, ("id", "slug", *titles, *days, "source_id", "figures_version", "is_demo"), plans)
        insert_rows(Section, ("id", "plan_id", "number", "title", "title_en", "order"), sections)
        insert_rows(Paragraph, ("id", "plan_id", "section_id", "order", "kind", "text"), paragraphs)

    def _by_plan(self) -> Iterator[tuple[str, list[dict[str, str]]]]:
        for pk, rows in groupby(self.indicators, key=lambda row: row["plan_id"]):
            yield self.plan_of[pk], list(rows)

    def _items(self) -> None:
        insert_rows(Item, ITEM_COLUMNS, self._item_rows())
        insert_rows(Indicator, INDICATOR_COLUMNS, map(self._indicator_row, range(len(self.indicators))))
        insert_rows(Component, COMPONENT_COLUMNS, map(self._component_row, range(len(self.indicators))))
        insert_rows(Target, TARGET_COLUMNS, map(self._target_row, range(len(self.indicators))))

    def _item_rows(self) -> Iterator[list[Any]]:
        now, codes = stamp(timezone.now()), list(self.plans)
        for plan, rows in self._by_plan():
            number, start = codes.index(plan), 0
            for order, row in enumerate(rows):
                end = start + len(row["name"])
                yield [
                    self.keys[Item][self.place[row["code"]]],
                    self.keys[Plan][number],
                    item_code(row["code"], plan),
                    "indicator",
                    order,
                    row["name"],
                    f"Invented indicator {order + 1}",
                    self.keys[Section][number],
                    self.keys[Paragraph][number],
                    row["name"],
                    start,
                    end,
                    "",
                    "",
                    "not_reported",
                    "",
                    now,
                ]
                start = end + 1

    def _indicator_row(self, number: int) -> list[Any]:
        row = self.indicators[number]
        direction = "up" if int(row["direction"]) > 0 else "down"
        kinds = (row["unit"], row["unit"], direction, "expected", 1)
        return [self.keys[Item][number], *kinds, row["name"][:40], f"Indicator {number + 1}", "", MARK, MARK, 4]

    def _component_row(self, number: int) -> list[Any]:
        row = self.indicators[number]
        code = item_code(row["code"], self.plan_of[row["plan_id"]])
        keys = (self.keys[Component][number], self.keys[Item][number])
        base = (row["base_year"], self.bases[row["code"]], self.mark, "", "", "")
        return [*keys, code, row["name"], code, 0, "level", *base]

    def _target_row(self, number: int) -> list[Any]:
        row = self.indicators[number]
        kind = TARGET_TYPES[row["comparator"]]
        one = kind != "range_floor"
        bounds = (row["target"], None, None) if one else (None, row["target"], row["target_high"])
        text = "-".join(bound for bound in bounds if bound)
        return [
            self.keys[Component][number],
            1,
            kind,
            *bounds,
            row["target_year"],
            text,
            None,
            "",
            "",
            "",
            "approved",
            "",
        ]

    def _observations(self) -> int:
        count = 0

        def rows() -> Iterator[list[Any]]:
            nonlocal count
            releases = _rows(self.folder / "nation.csv")
            for (code, year), revisions in groupby(releases, key=itemgetter("indicator_code", "year")):
                component = self.keys[Component][self.place[code]]
                for row, day in in_order(revisions):
                    status = "final" if row["revision"] == "1" else "revised"
                    at = _midnight(day)
                    kinds = (status, "exact", "approved", day, "day", self.sources[row["source"]])
                    yield [component, year, row["value"], *kinds, "", row["note"], at, at, 1]
                    count += 1

        insert_rows(Observation, OBSERVATION_COLUMNS, rows())
        return count


ITEM_COLUMNS = (
    "id", "plan_id", "code", "kind", "order", "title", "title_en", "section_id", "paragraph_id", "quote", "start",
    "end", "note", "horizon", "status", "retired_reason", "updated_at",
)  # fmt: skip
INDICATOR_COLUMNS = (
    "item_ptr_id", "unit", "unit_en", "direction", "nature", "in_table", "short", "short_en", "table_quote",
    "definition", "definition_en", "decimals",
)  # fmt: skip
COMPONENT_COLUMNS = (
    "id", "indicator_id", "code", "name", "name_en", "order", "accumulation", "baseline_year", "baseline_value",
    "baseline_source_id", "baseline_quote", "baseline_note", "retired_reason",
)  # fmt: skip
TARGET_COLUMNS = (
    "component_id", "version", "type", "value", "low", "high", "year", "text", "effective_on",
    "approving_body", "document_number", "reason", "state", "decision_reason",
)  # fmt: skip
OBSERVATION_COLUMNS = (
    "component_id", "year", "value", "value_status", "precision", "state", "released_on",
    "release_precision", "source_id", "published_text", "note", "entered_at", "approved_at",
    "edition",
)  # fmt: skip

"""The same measure elsewhere: the country's value, other cities'. Judged by nothing.

Read from references.csv of a plan's folder, and shown beside the plan's own figures."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction

from indicators.models import Component, Observation, ReferenceFigure
from indicators.queries import Standing
from indicators.reader_units import figure_beside
from judging.decimals import plain
from plan.fixtures import BrokenFixtures
from plan.models import Plan, Source
from plan.services import touch_plan
from texts.cleaning import RefusedText, clean_text
from texts.numbers import whole_number

FILE = "references.csv"
COLUMNS = (
    "component", "place", "place_en", "year", "value", "value_status", "released_on", "publisher", "title", "url",
)  # fmt: skip


@dataclass(frozen=True)
class Elsewhere:
    """A place with its figures in force, by year."""

    place: str
    rows: tuple[ReferenceFigure, ...]

    @property
    def latest(self) -> ReferenceFigure:
        return self.rows[-1]


def elsewhere_on(standing: Standing, day: date) -> dict[int, list[Elsewhere]]:
    """By component, what was public of other places on a day, in the unit the standing is told in; one query."""
    parts = {part.component.pk: part.component for part in standing.components}
    found: dict[int, dict[str, dict[int, ReferenceFigure]]] = defaultdict(lambda: defaultdict(dict))
    rows = ReferenceFigure.objects.filter(component__in=parts).known_on(day).select_related("source")
    for row in rows.order_by("released_on", "id"):
        told = figure_beside(row, parts[row.component_id])
        found[row.component_id][row.place_label][row.year] = told
    return {pk: [_place(name, years) for name, years in places.items()] for pk, places in found.items()}


def rows_of(standing: Standing, day: date) -> list[dict[str, str | int]]:
    """The same for programs, a figure a row."""
    found = elsewhere_on(standing, day)
    return [
        {
            "component": part.component.code,
            "place": row.place,
            "year": row.year,
            "value": plain(row.value),
            "value_status": row.value_status,
            "released_on": row.released_on.isoformat(),
            "source_title": row.source.title,
            "source_url": row.source.url,
        }
        for part in standing.components
        for there in found.get(part.component.pk, [])
        for row in there.rows
    ]


def _place(name: str, years: dict[int, ReferenceFigure]) -> Elsewhere:
    return Elsewhere(name, tuple(row for _year, row in sorted(years.items())))


@transaction.atomic
def load_references(plan: Plan, folder: Path) -> int:
    """Makes the rows those of the file. Returns how many were written or removed.

    A folder without the file says nothing of them, as one that the studio made: they stay. A file of headings
    alone takes them out. Refuses (BrokenFixtures) the whole file for any faulty row.
    """
    path, components = folder / FILE, {row.code: row for row in Component.objects.of(plan)}
    if not path.exists():
        return 0
    read = [_read(number, line, components) for number, line in enumerate(_lines(path), 2)]
    if faults := [fault for row in read if isinstance(row, list) for fault in row]:
        raise BrokenFixtures(faults)
    wanted = {_key(row): row for row in read if isinstance(row, ReferenceFigure)}
    if len(wanted) < len(read):
        raise BrokenFixtures([f"{FILE}: 同一分项、地方、年份和公布日期有两行 / a figure is given twice"])
    known = {_key(row): row for row in ReferenceFigure.objects.filter(component__indicator__plan=plan)}
    stale = [key for key, row in known.items() if key not in wanted or _says(row) != _says(wanted[key])]
    new = [row for key, row in wanted.items() if key not in known or key in stale]
    ReferenceFigure.objects.filter(pk__in=[known[key].pk for key in stale]).delete()
    ReferenceFigure.objects.bulk_create(new)
    if new or stale:
        touch_plan(plan)
    return len(new) + sum(key not in wanted for key in stale)


def file_of(plan: Plan) -> str:
    """The rows of a plan as the file they are read from; empty where it has none."""
    rows = ReferenceFigure.objects.filter(component__indicator__plan=plan).select_related("component", "source")
    lines = [
        (
            row.component.code, row.place, row.place_en, row.year, plain(row.value), row.value_status,
            row.released_on.isoformat(), row.source.publisher, row.source.title, row.source.url,
        )
        for row in rows.order_by("component__code", "place", "year", "released_on")
    ]  # fmt: skip
    if not lines:
        return ""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([COLUMNS, *lines])
    return file.getvalue()


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise BrokenFixtures([f"{FILE}: 列应依次为 / columns must be: {', '.join(COLUMNS)}"])
        return list(reader)


def _read(number: int, line: dict[str, str], components: dict[str, Component]) -> ReferenceFigure | list[str]:
    """A row, or what is wrong with it."""
    place = f"{FILE}: 第 {number} 行"
    try:
        cells = {name: clean_text((line.get(name) or "").strip(), lines=False) for name in COLUMNS}
    except RefusedText as error:
        return [f"{place}: {error}"]
    faults = [
        f"{place} {name}: 不能留空 / missing"
        for name in COLUMNS
        if not cells[name] and name not in ("place_en", "url")
    ]
    if cells["component"] not in components:
        faults.append(f"{place} component: 没有这一分项 / no such component: {cells['component']}")
    if cells["value_status"] not in Observation.ValueStatus.values:
        allowed = ", ".join(Observation.ValueStatus.values)
        faults.append(f"{place} value_status: {cells['value_status']}；应为 / one of: {allowed}")
    year, value = whole_number(cells["year"], low=1949, high=2100), _number(cells["value"])
    day = _day(cells["released_on"])
    if year is None:
        faults.append(f"{place} year: 应为四位年份 / not a year: {cells['year']}")
    if value is None:
        faults.append(f"{place} value: 应为数字 / not a number: {cells['value']}")
    if day is None:
        faults.append(f"{place} released_on: 应如 2024-10-02 / not a day: {cells['released_on']}")
    if faults or year is None or value is None or day is None:
        return faults
    return ReferenceFigure(
        component=components[cells["component"]],
        place=cells["place"],
        place_en=cells["place_en"],
        year=year,
        value=value,
        value_status=cells["value_status"],
        released_on=day,
        source=Source.objects.keep(cells["title"], cells["url"], publisher=cells["publisher"], published_on=day),
    )


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _key(row: ReferenceFigure) -> tuple[int, str, int, date]:
    return row.component_id, row.place, row.year, row.released_on


def _says(row: ReferenceFigure) -> tuple:
    return row.place_en, row.value, row.value_status, row.source_id

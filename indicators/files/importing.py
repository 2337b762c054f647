"""A file of published figures on its way in: its headings, its rows as typed values, and, before anything is
stored, what each row would do beside what is stored.

The command and the data desk read with the same `RowReader` and compare with the same `Comparer`; a fault
names row, column, value and remedy. `indicators.services` and `desk` write.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from indicators.files.cells import BadCell, read_choice, read_day, read_flag, read_number, read_year
from indicators.files.columns import IMPORT_ONLY, OBSERVATION
from indicators.files.faults import BrokenFile, Fault, broken
from indicators.models import Component, Observation, Target
from judging.decimals import plain
from plan.demo import COLUMNS as DEMO_COLUMNS
from plan.exports.cells import unguard
from plan.models import Plan, Source
from tables.cells import narrow
from tables.table import open_table
from texts.bounds import read_bound
from texts.cleaning import RefusedText, clean_text, kept_text
from texts.names import title_key

REQUIRED = ("component", "year", "value", "value_status", "released_on", "source_title")
COLUMNS = OBSERVATION | IMPORT_ONLY
# A row of a template that names only what is asked for is not a row yet.
FILLED_IN = ("value", "value_status", "released_on", "source_title", "source_url", "published_text", "note")
# Columns whose cells may hold several lines.
PROSE = frozenset({"note"})
LIMITS = {"source_title": 500, "source_url": 1000, "source_publisher": 200, "published_text": 100, "note": 2000}
MAX_BYTES = 50_000_000
# The mark of a training installation's export: known, and not read.
PASSED_OVER = frozenset(word for row in DEMO_COLUMNS.values() for word in (row.name, row.zh, row.en))
CHUNK = 1000
TWICE, HALF = 2, Decimal("0.5")
_HEADINGS = {word.lower(): name for name, row in COLUMNS.items() for word in (name, row.zh, row.en, *row.also)}
_is_address = URLValidator(schemes=["http", "https"])


# Headings


def propose(headings: list[str], ids: list[str] = ()) -> dict[str, int]:
    """Machine name → place of its column, as far as the headings say; a template's hidden ids win."""
    mapping: dict[str, int] = {}
    for place, name in enumerate(ids):
        if name in COLUMNS:
            mapping.setdefault(name, place)
    for place, heading in enumerate(headings):
        if place not in mapping.values() and (name := column_of(heading)):
            mapping.setdefault(name, place)
    return mapping


def column_of(heading: str) -> str:
    """The machine name a heading means, in Chinese, English or itself, a unit in brackets aside; or ""."""
    words = narrow(heading).lower()
    return _HEADINGS.get(words) or _HEADINGS.get(re.sub(r"\s*[(（\[].*$", "", words), "")


def is_heading(cells: list[str]) -> bool:
    return len({column_of(cell) for cell in cells} - {""}) >= 2


def refuse_invented(plan: Plan, headings: list[str]) -> None:
    """Raises BrokenFile for a file that a training installation exported, where the plan is a real one."""
    if not plan.is_demo and any(heading.strip() in PASSED_OVER for heading in headings):
        raise broken("from_demo")


def missing_columns(mapping: dict[str, int]) -> list[str]:
    return [name for name in REQUIRED if name not in mapping]


def heading_faults(headings: list[str], ids: list[str]) -> list[Fault]:
    """What keeps a file from being read without a person who says which column is which."""
    names = ids if any(ids) else [column_of(heading) for heading in headings]
    known = "、".join(COLUMNS)
    faults = [
        Fault(1, heading or "—", heading, "unknown_heading", {"names": known})
        for heading, name in zip(headings, names, strict=True)
        if not name and heading.strip() not in PASSED_OVER
    ]
    faults += [Fault(1, name, "", "missing_column") for name in REQUIRED if name not in names]
    faults += [
        Fault(1, name, name, "double_heading")
        for name in dict.fromkeys(names)
        if name and list(names).count(name) > 1
    ]
    return faults


# Rows


@dataclass(slots=True)
class Draft:
    """One row of a file as read; with faults its values are not to be used."""

    line: int
    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    component: Component | None = None
    year: int = 0
    value: Decimal = Decimal(0)
    released_on: date = date.min
    source: tuple[str, str, str] = ("", "", "")  # title, address, publisher
    words: dict[str, Any] = field(default_factory=dict)  # the other columns of an Observation

    @property
    def key(self) -> tuple[int, int, date, str, str]:
        """What makes two rows the same release."""
        assert self.component is not None
        return (self.component.pk, self.year, self.released_on, *self.source[:2])


def cleaned(cells: dict[str, str]) -> tuple[dict[str, str], dict[str, RefusedText]]:
    """Cells by the rule of `texts.cleaning`, and what is wrong with those that only their writer can mend."""
    kept, refused = {}, {}
    for name, text in cells.items():
        try:
            clean = clean_text(text, lines=name in PROSE)
        except RefusedText as error:
            clean, refused[name] = kept_text(text, lines=name in PROSE), error
        kept[name] = text if clean == text else clean  # a cell that was a number or a formula still is one
    return kept, refused


class RowReader:
    """Turns the cells of one row into a Draft. `mapping`: machine name → place of its column."""

    def __init__(self, plan: Plan, mapping: dict[str, int], *, today: date):
        self.plan, self.today = plan, today
        self.columns = list(mapping.items())
        components = Component.objects.of(plan).select_related("indicator")
        self.components = {component.code: component for component in components}
        done = Target.objects.filter(component__indicator__plan=plan, type=Target.Type.DONE).approved()
        self.done_or_not = set(done.values_list("component_id", flat=True))
        self.last_year = plan.ends_on.year + 10
        self.addresses: dict[str, bool] = {"": True}

    def drafts(self, lines: Iterator[tuple[int, list[str]]], *, width: int | None) -> Iterator[Draft]:
        """One Draft a row; rows with nothing filled in are passed over. `width`: cells a row must have."""
        for line, cells in lines:
            if width is not None and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
                params = {"found": len(cells), "wanted": width}
                yield Draft(line, {}, [Fault(line, "—", cells[0], "cell_count", params)])
                continue
            named = {name: cells[place] if place < len(cells) else "" for name, place in self.columns}
            if any(named.get(name, "").strip() for name in FILLED_IN):
                yield self.read(line, named)

    def read(self, line: int, found: dict[str, str]) -> Draft:
        cells, broken_cells = cleaned(found)
        draft = Draft(line, cells)
        if broken_cells:
            draft.faults += [
                Fault(line, name, cells[name], f"text_{error.reason}", {"place": error.place})
                for name, error in broken_cells.items()
            ]
            return draft

        def take(column: str, read, *args: Any, **options: Any) -> Any:
            try:
                return read(cells.get(column, ""), *args, **options)
            except BadCell as bad:
                fault(column, bad.code, **bad.params)
                return None

        def fault(column: str, reason: str, /, **params: Any) -> None:
            draft.faults.append(Fault(line, column, cells.get(column, ""), reason, params))

        component = self._component(draft, fault)
        unit, unit_en = (component.indicator.unit, component.indicator.unit_en) if component else ("", "")
        year = take("year", read_year, last=self.last_year)
        # Without its unit a number cannot be read: one fault, the component's, is enough.
        number = take("value", read_number, unit, unit_en) if component else None
        status = take("value_status", read_choice, Observation.ValueStatus)
        day = take("released_on", read_day, today=self.today)
        rough = Observation.Precision.ROUNDED if number and number.converted else Observation.Precision.EXACT
        draft.words = {
            "value_status": status,
            "precision": take("precision", read_choice, Observation.Precision, rough),
            "release_precision": take(
                "release_precision", read_choice, Observation.ReleasePrecision, Observation.ReleasePrecision.DAY
            ),
            "state": take("state", read_choice, Observation.State, Observation.State.APPROVED),
            "published_text": self._text(cells, "published_text"),
            "note": self._text(cells, "note"),
        }
        if number and number.converted and not draft.words["published_text"]:
            draft.words["published_text"] = narrow(cells["value"])[:100]
        draft.words["exclusive"] = take("exclusive", read_flag, self._excludes(draft))
        if draft.words["exclusive"] and draft.words["precision"] not in Observation.BOUNDS:
            fault("exclusive", "no_bound")
        draft.source = tuple(self._text(cells, f"source_{part}") for part in ("title", "url", "publisher"))
        self._check_words(draft, fault)
        if number and component.pk in self.done_or_not and number.value not in (0, 1):
            fault("value", "not_done")
        if year and day and year > day.year:
            fault("year", "year_after_release")
        if not draft.faults:
            draft.component, draft.year, draft.value, draft.released_on = component, year, number.value, day
        return draft

    @staticmethod
    def _excludes(draft: Draft) -> bool:
        """Whether a bound leaves its number out, by the words it was published in."""
        said = read_bound(draft.words["published_text"])
        return said is not None and said.exclusive and draft.words["precision"] == said.precision

    def _text(self, cells: dict[str, str], name: str) -> str:
        return unguard(cells.get(name, "").strip())

    def _component(self, draft: Draft, fault) -> Component | None:
        cells = draft.cells
        if (slug := cells.get("plan", "").strip()) and slug != self.plan.slug:
            fault("plan", "other_plan", slug=self.plan.slug)
        component = self.components.get(narrow(cells.get("component", "")))
        if component is None:
            fault("component", "no_component", codes="、".join(self.components))
            return None
        indicator = component.indicator
        if (code := narrow(cells.get("code", ""))) and code != indicator.code:
            fault("code", "other_indicator", component=component.code, code=indicator.code)
        if (unit := narrow(cells.get("unit", ""))) and unit not in (indicator.unit, indicator.unit_en):
            fault("unit", "other_unit", unit=indicator.unit)
        return component

    def _check_words(self, draft: Draft, fault) -> None:
        title, address, _publisher = draft.source
        if not title:
            fault("source_title", "no_source")
        for name, limit in LIMITS.items():
            if (found := len(self._text(draft.cells, name))) > limit:
                fault(name, "too_long", limit=limit, found=found)
        if address not in self.addresses:
            if len(self.addresses) > CHUNK:
                self.addresses = {"": True}
            self.addresses[address] = _good_address(address)
        if not self.addresses[address]:
            fault("source_url", "bad_address")
        if draft.words["state"] == Observation.State.REJECTED and not draft.words["note"]:
            fault("note", "no_reason")


def _good_address(address: str) -> bool:
    try:
        _is_address(address)
    except ValidationError:
        return False
    return True


# Beside what is stored


class RowOutcome(StrEnum):
    NEW = "new"  # nothing for this component and year is in force
    CHANGED = "changed"  # another release of a year that has a value in force
    SAME = "same"  # stored already
    CONFLICT = "conflict"  # stored already with another value, or twice in the file
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class KnownFigure:
    """A stored figure, as far as a comparison needs it."""

    pk: int
    value: Decimal
    value_status: str
    state: str
    released_on: date


@dataclass(slots=True)
class Judged:
    """What a row would do."""

    draft: Draft
    outcome: RowOutcome
    old: KnownFigure | None = None
    is_outlier: bool = False
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        """Whether somebody is entering this very release: no longer a draft once it is decided."""
        decided = (Observation.State.APPROVED, Observation.State.REJECTED)
        of_the_release = self.outcome in (RowOutcome.SAME, RowOutcome.CONFLICT) and self.old is not None
        return of_the_release and self.old.state not in decided


class Comparer:
    """Compares rows with what is stored: one query a chunk, and memory for one figure a component and year."""

    def __init__(self, plan: Plan):
        self.in_force: dict[tuple[int, int], KnownFigure] = {}
        rows = Observation.objects.filter(component__indicator__plan=plan).judged().by_release()
        names = ("pk", "value", "value_status", "state", "released_on")
        for component, year, *known in rows.values_list("component_id", "year", *names).iterator():
            self.in_force[component, year] = KnownFigure(*known)
        self.titles: dict[tuple[str, str], str] = {}

    def judge(self, drafts: list[Draft]) -> list[Judged]:
        good = [draft for draft in drafts if not draft.faults]
        self._respell(good)
        twins = self._twins(good)
        return [
            Judged(draft, RowOutcome.INVALID, faults=draft.faults)
            if draft.faults
            else judge(draft, twin=twins.get(draft.key), old=self._old(draft), near=self._near(draft))
            for draft in drafts
        ]

    def _respell(self, drafts: list[Draft]) -> None:
        """Gives each source the title it is stored under, or has in its first row: one source, however spelled."""
        places = {id(draft): (title_key(draft.source[0]), draft.source[1]) for draft in drafts}
        if unknown := {key for key, address in places.values() if (key, address) not in self.titles}:
            stored = Source.objects.filter(key__in=unknown).values_list("key", "url", "title")
            self.titles |= {(key, url): title for key, url, title in stored}
        for draft in drafts:
            title, address, publisher = draft.source
            draft.source = (self.titles.setdefault(places[id(draft)], title), address, publisher)

    def _twins(self, drafts: list[Draft]) -> dict[tuple, KnownFigure]:
        if not drafts:
            return {}
        rows = Observation.objects.filter(
            component__in={draft.component.pk for draft in drafts},
            year__in={draft.year for draft in drafts},
            released_on__in={draft.released_on for draft in drafts},
        )
        names = ("pk", "value", "value_status", "state")
        wanted = {draft.key for draft in drafts}
        twins = {}
        for component, year, day, title, url, *known in rows.values_list(
            "component_id", "year", "released_on", "source__title", "source__url", *names
        ).iterator():
            if (key := (component, year, day, title, url)) in wanted:
                twins[key] = KnownFigure(*known, day)
        return twins

    def _old(self, draft: Draft) -> KnownFigure | None:
        return self.in_force.get((draft.component.pk, draft.year))

    def _near(self, draft: Draft) -> Decimal | None:
        """The value to hold a row against: the same year's in force, else the nearest within three years."""
        for distance in (0, -1, 1, -2, 2, -3, 3):
            if known := self.in_force.get((draft.component.pk, draft.year + distance)):
                return known.value
        return None


def judge(draft: Draft, *, twin: KnownFigure | None, old: KnownFigure | None, near: Decimal | None) -> Judged:
    """The outcome of one row. `twin` is the same release as stored, `old` what is in force for its year.

    The same release with another value is a conflict, because an approved figure is never edited.
    """
    if twin is not None:
        if (twin.value, twin.value_status) == (draft.value, draft.words["value_status"]):
            return Judged(draft, RowOutcome.SAME, twin)
        params = {"old": plain(twin.value), "status": str(twin.value_status), "state": str(twin.state)}
        fault = Fault(draft.line, "value", draft.cells["value"], "stored_otherwise", params)
        return Judged(draft, RowOutcome.CONFLICT, twin, faults=[fault])
    outcome = RowOutcome.CHANGED if old else RowOutcome.NEW
    return Judged(draft, outcome, old, is_outlier=is_outlier(draft.value, near))


def is_outlier(value: Decimal, near: Decimal | None) -> bool:
    """More than twice or less than half of its neighbour, or of another sign: worth a second look."""
    if near is None or near == value:
        return False
    if near == 0 or value == 0 or (near < 0) != (value < 0):
        return True
    return not HALF <= value / near <= TWICE


# The whole file at once, for commands


@dataclass
class Import:
    """What a file would change: the rows to store, and how many are stored already."""

    sha256: str
    new: list[Draft] = field(default_factory=list)
    same: int = 0
    held: list[Judged] = field(default_factory=list)


def plan_import(plan: Plan, file: BinaryIO, *, today: date, pass_held: bool = False) -> Import:
    """Compares a file with what is stored; raises BrokenFile with every fault.

    With `pass_held` a row whose release somebody has under way on the desk is left to that person and listed.
    """
    result = Import(sha256=hashlib.file_digest(file, "sha256").hexdigest())
    comparer, faults = Comparer(plan), []
    seen: dict[tuple, int] = {}
    with open_table(file, is_heading=is_heading, max_bytes=MAX_BYTES) as table:
        refuse_invented(plan, table.headings)
        if found := heading_faults(table.headings, table.ids):
            raise BrokenFile(found)
        reader = RowReader(plan, propose(table.headings, table.ids), today=today)
        width = len(table.headings) if table.strict_width else None
        for judged in in_chunks(comparer, reader.drafts(table.lines, width=width)):
            if pass_held and judged.is_held:
                result.held.append(judged)
                continue
            faults += judged.faults
            if judged.outcome in (RowOutcome.INVALID, RowOutcome.CONFLICT):
                continue
            draft = judged.draft
            if (first := seen.setdefault(draft.key, draft.line)) != draft.line:
                code = draft.cells["component"]
                faults.append(Fault(draft.line, "component", code, "double_row", {"row": first}))
            elif judged.outcome == RowOutcome.SAME:
                result.same += 1
            else:
                result.new.append(draft)
    if faults:
        raise BrokenFile(faults)
    return result


def in_chunks(comparer: Comparer, drafts: Iterator[Draft]) -> Iterator[Judged]:
    while chunk := list(islice(drafts, CHUNK)):
        yield from comparer.judge(chunk)

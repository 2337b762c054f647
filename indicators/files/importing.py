"""A file of published figures on its way in: opened whatever its layout, compared, and told of.

The command, the data desk, the pasted grid and the API read with the same `RowReader` and compare with the same
`Comparer`. `indicators.services` and `desk` write.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice
from typing import Any, BinaryIO

from django.utils.translation import gettext

from indicators.files.below import below_of
from indicators.files.captions import caption_of
from indicators.files.cells import read_day
from indicators.files.comparing import Comparer, Judged, RowOutcome
from indicators.files.doubts import apart_columns
from indicators.files.faults import REASONS, BrokenFile, Fault
from indicators.files.headings import (
    REQUIRED,
    column_of,
    heading_faults,
    last_year_of,
    names_of,
    propose,
    refuse_invented,
)
from indicators.files.heads import heading_finder
from indicators.files.layout import doubts_of, lay_out, this_year_of, titles_of, year_said
from indicators.files.naming import split_unit
from indicators.files.rows import CHUNK, Draft, RowReader
from indicators.files.table_rows import ROW_COLUMNS
from indicators.files.years import years_outside
from judging.decimals import plain
from plan.models import Plan
from tables.badcell import BadCell
from tables.cells import (
    bare,
    cell_name,
    narrow,
)
from tables.table import TableFile, open_table

MAX_BYTES = 50_000_000


@dataclass
class Opened:
    """A table about to be read: its rows as drafts. `layout`: long, across or down."""

    table: TableFile
    layout: str
    drafts: Iterator[Draft]
    columns: dict[str, int] = field(default_factory=dict)  # machine name → place, as far as known
    year: int | None = None  # of its title, where no column says it


@contextmanager
def open_figures(
    plan: Plan,
    file: BinaryIO,
    *,
    today: date,
    defaults: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    mapping: dict[str, int] | None = None,
    encoding: str = "",
    sheet: str = "",
    max_bytes: int | None = None,
    strict: bool = False,
    file_name: str = "",
) -> Iterator[Opened]:
    """Opens a file of figures of any layout. `mapping`: which column is which, where a person said so; else the
    headings say it, and with `strict` one that says nothing is a fault. `file_name` may name the year that 本年
    means. Raises BrokenFile."""
    known = names_of(plan, names)
    last = last_year_of(plan)
    options = {"max_bytes": max_bytes, "encoding": encoding, "sheet": sheet}
    with open_table(file, is_heading=heading_finder(known, column_of, last), **options) as table:
        refuse_invented(plan, table.headings)
        table.outside = years_outside(file_name, _day_said(defaults, today))
        layout = lay_out(table, known, column_of, last=last) if mapping is None else None
        if layout is not None:
            # Only what the whole file says is needed: component, year and value come with each cell.
            said = {*layout.columns, *(name for name, text in (defaults or {}).items() if text)}
            labelled = (
                all(column.label.status for column in getattr(layout, "years", [])) and layout.kind == "across"
            )
            missing = [name for name in REQUIRED[3:] if name not in said]
            if labelled and "value_status" in missing:
                missing.remove("value_status")
            if strict and missing:
                raise BrokenFile([Fault(table.head[0], name, "", "missing_everywhere") for name in missing])
            reader = RowReader(plan, {}, today=today, defaults=defaults, names=known)
            places = {name: place for name, place in layout.columns.items() if name in ROW_COLUMNS}
            yield Opened(table, layout.kind, reader.figures(layout.figures()), places)
            return
        places = mapping if mapping is not None else propose(table.headings, table.ids)
        said_year = None if "year" in places or any(table.ids) else year_said(table, last)
        of_year = None if (defaults or {}).get("year") else said_year
        said = {**(defaults or {}), **({"year": str(of_year.year)} if of_year else {})}
        if strict and (found := heading_faults(table.headings, table.ids, said)):
            raise BrokenFile(found)
        reader = RowReader(plan, places, today=today, defaults=defaults, names=known)
        if "value" in places:
            reader.value_unit = split_unit(narrow(bare(table.headings[places["value"]])), known.bases)[1]
        named = [table.headings[places[name]] for name in ("component", "indicator", "unit") if name in places]
        reader.below = below_of(table, known.title)
        above = [cells for _row, cells in table.above]
        reader.caption = caption_of(above, named, known.bases, reader.below.captions)
        width = len(table.headings) if table.strict_width else None
        reader.title = doubts_of(table, places, known.title) + reader.below.doubts
        reader.apart = frozenset(dict(apart_columns(table.headings)))
        reader.this_year, reader.of_year = this_year_of(table, last), of_year
        titles = reader.figures(iter(titles_of(table)))
        headings = None if any(table.ids) else table.headings
        drafts = reader.drafts(table.lines, width=width, headings=headings)
        yield Opened(table, "long", chain(titles, drafts), places, said_year.year if said_year else None)


def _day_said(defaults: Mapping[str, str] | None, today: date) -> date:
    """The day of publication that holds for a whole file, or today."""
    with suppress(BadCell):
        return read_day((defaults or {}).get("released_on", ""), today=today)
    return today


@dataclass
class Import:
    """What a file would change: rows to store, how many are stored already, and what is passed over."""

    sha256: str
    new: list[Draft] = field(default_factory=list)
    same: int = 0
    passed: list[Fault] = field(default_factory=list)
    held: list[Judged] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What one row or cell of a file would do, for programs. `state` as in design 6: new, same, changed, ask,
    passed or refused."""

    sheet: str
    row: int
    cell: str
    component: str
    year: int | None
    value: str
    state: str
    reason: str


STATES = {RowOutcome.CONFLICT: "refused", RowOutcome.INVALID: "refused"}


def tell(plan: Plan, file: BinaryIO, *, today: date, **options: Any) -> Iterator[Told]:
    """Every row and cell of a file with what it would do; a file that cannot be read is one refused row.

    Raises BrokenFile where the sheet that was asked for is not there.
    """
    comparer, seen = Comparer(plan), {}
    sheet = ""
    try:
        with open_figures(plan, file, today=today, max_bytes=MAX_BYTES, strict=True, **options) as opened:
            sheet = opened.table.sheet
            is_empty = True
            for judged in in_chunks(comparer, opened.drafts):
                is_empty = False
                yield _told(sheet, judged, _double(judged, seen), opened.columns)
                for aside in judged.draft.asides:
                    yield Told(sheet, aside.row, aside.place, "", None, aside.value, "passed", aside.reason)
            if is_empty:
                row, said = opened.table.head[0], REASONS["no_rows"]
                yield Told(sheet, row, "", "", None, "", "passed", str(said))
    except BrokenFile as error:
        if any(fault.code == "no_such_sheet" for fault in error.faults):
            raise
        for fault in error.faults:
            value = "" if fault.value == "—" else fault.value
            state = "ask" if fault.code == "which_encoding" else "refused"
            yield Told(sheet, fault.row, "", "", None, value, state, str(fault))


def _told(sheet: str, judged: Judged, double: Fault | None, columns: Mapping[str, int]) -> Told:
    draft = judged.draft
    faults = [double] if double else judged.faults
    state = "refused" if double else STATES.get(judged.outcome, str(judged.outcome))
    cell = _cell(draft, faults[0].column if faults else "value", columns)
    component = draft.component.code if draft.component else narrow(draft.cells.get("component", ""))
    value = plain(draft.value) if draft.component else draft.cells.get("value", "")
    value = value or (draft.passed.value if draft.passed else "")
    reason = "；".join(fault.reason for fault in faults)
    if state == "ask" and len({one.value for one in draft.answers}) > 1:
        reason += gettext("；可作 %(readings)s") % {
            "readings": "、".join(dict.fromkeys(plain(one.value) for one in draft.answers))
        }
    if draft.passed and draft.passed.code in ("other_sheet", "hidden_sheet"):
        sheet = draft.passed.value
    return Told(sheet, draft.line, cell, component, draft.year or None, value, state, reason)


def _cell(draft: Draft, column: str, columns: Mapping[str, int]) -> str:
    """Where a cell stands; of a row with one figure, that of the column which is spoken of."""
    if draft.column:
        return cell_name(draft.line, draft.column - 1)
    place = columns.get(column)
    return cell_name(draft.line, place) if place is not None and "value" in columns else ""


def _double(judged: Judged, seen: dict[tuple, int]) -> Fault | None:
    """A second row of the same release, whatever it says: which of the two is meant, the file does not say.

    What is asked about may turn out to be a district's, and stands in no other row's way before it is answered.
    """
    if judged.outcome in (RowOutcome.INVALID, RowOutcome.CONFLICT, RowOutcome.PASSED, RowOutcome.ASK):
        return None
    draft = judged.draft
    first = seen.setdefault(draft.key, (draft.line, draft.column))
    if first == (draft.line, draft.column):
        return None
    if draft.column:
        said = {"cell": cell_name(first[0], first[1] - 1)}
        return Fault(draft.line, "component", draft.component.code, "double_cell", said)
    return Fault(draft.line, "component", draft.component.code, "double_row", {"row": first[0]})


def plan_import(plan: Plan, file: BinaryIO, *, today: date, pass_held: bool = False, **options: Any) -> Import:
    """Compares a file with what is stored; raises BrokenFile with every fault, and with what has to be asked.

    With `pass_held` a row whose release somebody has under way on the desk is left to that person and listed.
    """
    result = Import(sha256=hashlib.file_digest(file, "sha256").hexdigest())
    comparer, faults = Comparer(plan, asks_of_bounds=False), []
    seen: dict[tuple, int] = {}
    with open_figures(plan, file, today=today, max_bytes=MAX_BYTES, strict=True, **options) as opened:
        for judged in in_chunks(comparer, opened.drafts):
            if pass_held and judged.is_held:
                result.held.append(judged)
                continue
            result.passed += judged.draft.asides
            if judged.draft.passed:
                result.passed.append(_placed(judged.draft.passed, opened, judged.draft))
                continue
            faults += [_placed(fault, opened, judged.draft) for fault in judged.faults]
            if judged.outcome in (RowOutcome.INVALID, RowOutcome.CONFLICT):
                continue
            if double := _double(judged, seen):
                faults.append(_placed(double, opened, judged.draft))
            elif judged.outcome == RowOutcome.SAME:
                result.same += 1
            elif judged.outcome != RowOutcome.ASK:
                result.new.append(judged.draft)
    if faults:
        raise BrokenFile(faults)
    return result


def _placed(fault: Fault, opened: Opened, draft: Draft) -> Fault:
    """A fault with its cell, where a row has several figures."""
    return replace(fault, place=cell_name(draft.line, draft.column - 1)) if draft.column else fault


def in_chunks(comparer: Comparer, drafts: Iterator[Draft]) -> Iterator[Judged]:
    while chunk := list(islice(drafts, CHUNK)):
        yield from comparer.judge(chunk)

"""A table of figures, typed or pasted: what each cell would do, before anything is stored.

`read_cells` and `read_pasted` collect what was typed, `preview` compares it with what is stored, `apply_grid`
stores what the preview showed, and nothing else.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.figures import NewSource, keep_source
from desk.hints import bound_doubt, doubts_about, early_doubts, size_words
from indicators.figures.grades import known_values, left_out_by
from indicators.figures.rivals import Rivals, rivals_at
from indicators.figures.workflow import FIGURES, change_figure, enter_figure, submit_rows
from indicators.files.below import Doubt, below_of, note_of
from indicators.files.captions import caption_below, caption_of, clash, unit_of
from indicators.files.cells import read_choice, read_flag
from indicators.files.columns import SPELLS
from indicators.files.comparing import fraction_doubt, nearest_year
from indicators.files.doubts import (
    apart_columns,
    apart_doubts,
    elsewhere_doubts,
    label_doubts,
    note_doubts,
    said_of,
    spell_doubts,
)
from indicators.files.faults import Fault
from indicators.files.headings import column_of, last_year_of, names_of, propose
from indicators.files.heads import heading_finder
from indicators.files.layout import doubts_of, lay_out, this_year_of, year_said
from indicators.files.naming import Names, split_unit
from indicators.files.readings import Answer, read_value
from indicators.files.sections import NO_SECTION, section_below
from indicators.files.table_rows import TableFigure, part_of_year, passed_over, unheaded
from indicators.files.years import FIRST_YEAR, YearLabel, read_label, why_no_year, year_doubt, years_outside
from indicators.models import Component, Observation
from indicators.queries import ComponentStanding
from indicators.services import remember_names
from judging.decimals import plain
from judging.plausible import YearChange, change_of
from plan.models import Plan, Source
from plan.params import today
from tables.badcell import BadCell
from tables.cells import bare, cell_name, is_blank, narrow
from tables.delimited import pasted_lines
from tables.faults import why_no_number
from tables.table import TableFile, table_of
from texts.names import title_key
from texts.numbers import whole_number

CELL_NAME = re.compile(r"c-(\d{1,18})-(\d{4})")
MAX_CELLS = 2000
# What one cell says of its own figure, beside its number: carried along in the form as `e-…`.
EXTRAS = ("precision", "exclusive", "status")
LEAVE = "leave"
# As many numbers of one cell as are offered beside each other.
MAX_OTHERS = 4
# Of a pasted table of one figure a row; the rest is the whole grid's.
TAKEN_COLUMNS = frozenset(
    ("plan", "code", "component", "indicator", "unit", "year", "value", "value_status", "precision", "exclusive")
    + SPELLS
)
# What may be asked of a pasted cell for what its table says around it; carried along in the form as `q-…`.
ASKED_AROUND = {
    "part_in_title": {"text"},
    "other_in_title": {"text"},
    "day_among_days": {"text"},
    "no_part_in_column": {"spell"},
    "part_in_column": {"spell", "text"},
    "apart": {"column", "text"},
    "section": {"text"},
    "own_place": {"text"},
    "label_mark": {"mark", "year"},
    "relative_year": {"text", "year"},
    "relative_by_day": {"text", "year"},
    "unit_said": {"text"},
    "year_of_title": {"year"},
    "year_of_file": {"year"},
}
State = Observation.State


class CellOutcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ASK = "ask"
    SKIPPED = "skipped"

    @property
    def word(self):
        return WORDS[self]


WORDS = {
    CellOutcome.NEW: gettext_lazy("新增"),
    CellOutcome.CHANGED: gettext_lazy("更新"),
    CellOutcome.SAME: gettext_lazy("相同"),
    CellOutcome.ASK: gettext_lazy("待确认"),
    CellOutcome.SKIPPED: gettext_lazy("跳过"),
}


@dataclass(frozen=True)
class Typed:
    """A cell as typed: row and column as the person called them, the component where it is a known one.

    `name`: what the pasted table calls the component, where nobody has said so before. `choice`: the place of the
    reading a person chose, or "leave".
    """

    row: str
    column: str
    text: str
    component: int | None = None
    year: int | None = None
    fault: str = ""
    precision: str = ""
    exclusive: str = ""
    status: str = ""
    name: str = ""
    choice: str = ""
    is_pasted: bool = False
    doubts: tuple[Doubt, ...] = ()
    others: tuple[tuple[str, str], ...] = ()  # what else was given for the same cell: text and kind of figure


@dataclass
class GridCell:
    """What one cell would do. `old` is the value in force, `draft` the own open row it would change."""

    typed: Typed
    outcome: CellOutcome
    component: Component | None = None
    value: Decimal | None = None
    old: Decimal | None = None
    bound: Observation | None = None  # what was last said of a year without an exact figure
    against: Observation | None = None  # the bound that leaves no room for it
    early: list[str] = field(default_factory=list)  # that it is called final before its year is over
    reason: str = ""
    change: YearChange | None = None
    difference: Decimal | None = None
    draft: Observation | None = None
    has_moved: bool = False
    basis: str = ""
    answers: list[Answer] = field(default_factory=list)
    is_kept: bool = True
    is_misread: bool = False
    asks_name_alone: bool = False
    is_with_name_above: bool = False  # nothing but its name is asked, and a cell above asks it already
    rivals: Rivals | None = None

    @property
    def status(self) -> str:
        """The kind of figure its own label or mark says, or ""."""
        said = self.answer.status if self.answer else ""
        return said or self.typed.status if self.typed.others else self.typed.status or said

    @property
    def answer(self) -> Answer | None:
        """The reading that is taken."""
        if not self.answers:
            return None
        return self.answers[whole_number(self.typed.choice, high=len(self.answers) - 1) or 0]

    @property
    def own_fields(self) -> dict[str, Any]:
        """What this cell alone says of its figure."""
        answer, typed, found = self.answer, self.typed, {}
        if self.status:
            found["value_status"] = self.status
        if typed.precision or (answer and (answer.precision or answer.converted)):
            found["precision"] = typed.precision or answer.precision or Observation.Precision.ROUNDED
        if typed.exclusive or (answer and answer.exclusive):
            found["exclusive"] = typed.exclusive == "1" or bool(answer and answer.exclusive)
        if answer and (answer.converted or answer.how != "read"):
            found["published_text"] = answer.text[:100]
        return found

    @property
    def stated(self) -> dict[str, Any]:
        """Whether it is an exact number, a bound or about so much."""
        said = {name: value for name, value in self.own_fields.items() if name in ("precision", "exclusive")}
        return {"precision": Observation.Precision.EXACT} | said

    @property
    def extras(self) -> str:
        return "|".join(getattr(self.typed, name) for name in EXTRAS)

    @property
    def other_texts(self) -> str:
        return json.dumps(self.typed.others, ensure_ascii=False) if self.typed.others else ""

    @property
    def competes(self) -> bool:
        """Whether another number is there of the same day; the same one from another source is no quarrel."""
        return self.rivals is not None and any(row.value != self.value for row in self.rivals.rows)

    @property
    def around(self) -> str:
        return json.dumps(self.typed.doubts, ensure_ascii=False) if self.typed.doubts else ""

    @property
    def readings(self) -> list[tuple[int, str, str]]:
        labels = dict(Observation.Precision.choices) | dict(Observation.ValueStatus.choices)
        return [
            (place, plain(answer.value), str(labels.get(answer.precision or answer.status, "")))
            for place, answer in enumerate(self.answers)
        ]

    @property
    def stores(self) -> bool:
        return self.outcome in (CellOutcome.NEW, CellOutcome.CHANGED) and self.is_kept

    @property
    def can_store(self) -> bool:
        return self.outcome in (CellOutcome.NEW, CellOutcome.CHANGED)

    @property
    def is_mendable(self) -> bool:
        """Whether it is wrong and can be put right where it is shown."""
        return self.is_misread and not self.typed.is_pasted

    @property
    def key(self) -> str:
        return f"{self.typed.component}-{self.typed.year}"

    @property
    def name(self) -> str:
        return f"c-{self.typed.component}-{self.typed.year}"

    @property
    def basis_name(self) -> str:
        return f"b-{self.typed.component}-{self.typed.year}"

    @property
    def seen(self) -> str:
        """What the cell would do, and on which stored rows that rests: carried on to the confirmation."""
        return f"{self.outcome}:{self.basis}"

    @property
    def size(self) -> str:
        """The change against the value in force, abs and per cent; against the year before where there is none."""
        if self.component is None or self.value is None:
            return ""
        unit = self.component.indicator.unit_label
        if self.old is not None:
            share = None if not self.old else round((self.value - self.old) / abs(self.old) * 100, 1)
            return size_words(self.value - self.old, share, unit)
        if self.change:
            return size_words(self.change.difference, self.change.percent, unit)
        return ""

    @property
    def warning(self) -> str:
        if self.component is None or self.value is None:
            return ""
        doubts = doubts_about(self.change, self.component, self.value, self.old)
        return _("；").join([*doubts, *self.early, *([bound_doubt(self.against)] if self.against else [])])


@dataclass
class GridPreview:
    lines: list[GridCell] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(line.outcome for line in self.lines)
        return {str(outcome): counted[outcome] for outcome in CellOutcome}

    @property
    def in_order(self) -> list[GridCell]:
        """As they are looked at: what is wrong first, then what is asked, then the others."""
        first = {CellOutcome.SKIPPED: 0, CellOutcome.ASK: 1}
        return sorted(self.lines, key=lambda line: first.get(line.outcome, 2))

    @property
    def asked(self) -> list[GridCell]:
        return [line for line in self.lines if line.outcome == CellOutcome.ASK]

    @property
    def confirmable(self) -> list[GridCell]:
        """What the confirmation speaks of: cells that would be stored, and those that wait for an answer."""
        return [line for line in self.lines if line.can_store or line.outcome == CellOutcome.ASK]

    @property
    def names(self) -> dict[str, str]:
        """What a table calls components, as confirmed by storing their cells: name → code."""
        return {
            line.typed.name: line.component.code for line in self.storing if line.typed.name and line.component
        }

    @property
    def storing(self) -> list[GridCell]:
        return [line for line in self.lines if line.stores]

    @property
    def mendable(self) -> list[GridCell]:
        return [line for line in self.lines if line.is_mendable]

    @property
    def skipped(self) -> list[GridCell]:
        return [line for line in self.lines if line.outcome == CellOutcome.SKIPPED]

    @property
    def warnings(self) -> int:
        return sum(bool(line.warning or line.competes) for line in self.lines if line.can_store)

    @property
    def unticked(self) -> list[GridCell]:
        """Cells that could be stored and were not ticked."""
        return [line for line in self.lines if line.can_store and not line.is_kept]

    @property
    def moved(self) -> list[GridCell]:
        return [line for line in self.lines if line.has_moved]


def read_cells(data: Mapping[str, str], components: Mapping[int, Component]) -> list[Typed]:
    """The cells of the table that hold something, named c-<component>-<year>; e-, n- and a- say more of one."""
    found = []
    for name, text in data.items():
        match = CELL_NAME.fullmatch(name)
        if match and text.strip():
            pk, year, key = int(match[1]), int(match[2]), name.removeprefix("c-")
            code = components[pk].code if pk in components else match[1]
            extras = dict(zip(EXTRAS, data.get(f"e-{key}", "").split("|"), strict=False))
            if extras.get("status") not in Observation.ValueStatus.values:
                extras["status"] = ""
            if extras.get("precision") not in Observation.Precision.values:
                extras["precision"] = ""
            more = {"name": data.get(f"n-{key}", "")[:100], "choice": data.get(f"a-{key}", "")[:9]}
            is_pasted, around = f"p-{key}" in data, _carried_doubts(data.get(f"q-{key}", ""))
            cell = Typed(code, match[2], text.strip(), pk, year, **extras, **more, is_pasted=is_pasted)
            found.append(replace(cell, doubts=around, others=_carried_others(data.get(f"o-{key}", ""))))
    return found[:MAX_CELLS]


def _carried_doubts(text: str) -> tuple[Doubt, ...]:
    """What was asked of a cell before, as it comes back with the form."""
    try:
        found = [
            (str(code), {str(name): str(value)[:60] for name, value in params.items()})
            for code, params in json.loads(text)
        ]
    except (ValueError, TypeError, AttributeError):
        return ()
    return tuple(one for one in found if one[0] in ASKED_AROUND and ASKED_AROUND[one[0]] <= one[1].keys())


def _carried_others(text: str) -> tuple[tuple[str, str], ...]:
    """What else was given for a cell, as it comes back with the form."""
    try:
        found = [(str(other)[:60], str(status)) for other, status in json.loads(text)]
    except (ValueError, TypeError):
        return ()
    kinds = ("", *Observation.ValueStatus.values)
    return tuple(one for one in found if one[1] in kinds)[:MAX_OTHERS]


def gathered(cells: Iterable[Typed]) -> list[Typed]:
    """Cells given twice as one with both numbers, which a person chooses between; the later ones are listed."""
    first: dict[tuple[int, int], int] = {}
    found: list[Typed] = []
    for cell in cells:
        key = (cell.component or 0, cell.year or 0)
        if cell.fault or not all(key):
            found.append(cell)
            continue
        if key not in first:
            first[key] = len(found)
            found.append(cell)
            continue
        held = found[first[key]]
        if (cell.text, cell.status) in ((held.text, held.status), *held.others):
            found.append(replace(cell, fault=_("与表中另一格相同，只取一个")))
        elif len(held.others) < MAX_OTHERS:
            found[first[key]] = replace(held, others=(*held.others, (cell.text, cell.status)))
            found.append(replace(cell, fault=_("表中同一格有几个数：请在前一格选定")))
        else:
            found.append(replace(cell, fault=_("同一格填了多次，只取前面几个")))
    return found


def read_pasted(text: str, plan: Plan, components: Iterable[Component]) -> list[Typed]:
    """A block as Excel and WPS copy it, of any layout a file may have (indicators.files.layout).

    What is passed over is listed with its reason, like what cannot be read.
    """
    rows = pasted_lines(text)
    if not rows:
        return []
    last = last_year_of(plan)
    names = names_of(plan, components=list(components))
    table = table_of(rows, is_heading=heading_finder(names, column_of, last))
    if table:
        table.outside = years_outside("", today())
    layout = lay_out(table, names, column_of, last=last) if table else None
    if table is None or (layout is None and "value" not in propose(table.headings)):
        fault = _("首行应为年份，例如：编码、2021、2022")
        return [Typed(str(row), "", " ".join(cells)[:60], fault=fault) for row, cells in rows[:MAX_CELLS]]
    figures = list(layout.figures() if layout else _one_a_row(table, names, last))
    if any(figure.dated and figure.passed for figure in figures):
        for figure in figures:
            figure.doubts += [("day_among_days", {"text": figure.dated})] if figure.dated else []
    return [_typed(figure) for figure in figures][:MAX_CELLS]


def _one_a_row(table: TableFile, names: Names, last: int) -> Iterator[TableFigure]:
    """The rows of a table of one figure each. Its release is the grid's: columns that name another are listed."""
    places = propose(table.headings)
    row, title, section = table.head[0], doubts_of(table, places, names.title), NO_SECTION
    read = {places[name] for name in TAKEN_COLUMNS & places.keys()}
    this = this_year_of(table, last)
    of_year = None if "year" in places else year_said(table, last)
    told = {*places.values(), *dict(apart_columns(table.headings))}
    below = below_of(table, names.title)
    title += below.doubts
    value_unit = split_unit(narrow(bare(table.headings[places["value"]])), names.bases)[1]
    named_by = [table.headings[places[name]] for name in ("component", "indicator", "unit") if name in places]
    caption = caption_of([cells for _row, cells in table.above], named_by, names.bases, below.captions)
    for place, heading in enumerate(table.headings):
        if heading.strip() and place not in read:
            yield passed_over(row, place + 1, heading, "column_of_release")
    for row, cells in table.lines:
        found = {name: cells[place] for name, place in places.items() if place < len(cells)}
        if is_blank(cells):
            continue
        if note := note_of(cells):
            yield passed_over(row, 0, note, "note_row")
            continue
        if not found.get("value", "").strip():
            own = [cell for cell in cells if cell.strip()]
            yield passed_over(row, 0, own[0], "no_figures")
            caption = caption_below(own, caption, names.bases)
            section = section_below(own, section, names.title) if len(own) == 1 else section
            continue
        if section.passed:
            yield passed_over(row, 0, found.get("year", ""), section.passed, text=section.text[:40])
            continue
        if (part := part_of_year(cells, places, read - {places.get(name) for name in SPELLS})) is not None:
            yield passed_over(row, part + 1, cells[part], "sub_annual")
            continue
        name = next(
            (found[column] for column in ("component", "code", "indicator") if found.get(column, "").strip()), ""
        )
        named = names.find(name, unit=narrow(found.get("unit", "")))
        if named is None:
            yield passed_over(row, 0, name or " ".join(cells)[:60], "not_ours", name=name[:60])
            continue
        text = found.get("year", "")
        meant = this.label(text) if this else None
        if of_year and not text.strip():
            meant = YearLabel(of_year.year), [year_doubt(of_year)]
        try:
            label = meant[0] if meant else read_label(text, last=last)
        except BadCell as bad:
            code = why_no_year(text, bad.code)
            yield passed_over(row, places.get("year", 0) + 1, text, code, **bad.params)
            continue
        doubts = [*said_of(label, title), *label_doubts(label), *spell_doubts(cells, places)]
        doubts += meant[1] if meant else []
        doubts += apart_doubts(cells, apart_columns(table.headings), names.title)
        doubts += note_doubts(cells, places, names.title) + section.doubts
        doubts += elsewhere_doubts([cell for place, cell in enumerate(cells) if place not in told], names)
        unit, unsure = caption.of(named.component)
        cells_of = found | {"year": str(label.year)}
        own = unit_of(found.get("unit", "")) or split_unit(narrow(bare(name)), names.bases)[1] or value_unit
        doubts += clash([unit_of(found.get("unit", "")), value_unit]) if own else unsure
        yield TableFigure(
            row,
            0,
            cells_of,
            component=named.component,
            sure=named.sure,
            name=name,
            unit=own or unit,
            status=below.kind(label, found.get("note", "")),
            doubts=doubts,
            dated=label.day,
        )
        yield from unheaded(row, cells, {place for place, heading in enumerate(table.headings) if heading.strip()})


def _typed(figure: TableFigure) -> Typed:
    if figure.passed is not None:
        fault, place = figure.passed, figure.place
        column = cell_name(figure.row, place - 1) if place else ""
        return Typed(fault.value[:40] or "—", column, fault.value[:60], fault=fault.reason, is_pasted=True)
    component, cells = figure.component, figure.cells
    text = cells.get("value", "").strip()[:60]
    unit = component.indicator.unit
    if whole_number(cells["year"]) is None:
        reason = Fault(figure.row, "", text, "relative_label").reason
        return Typed(component.code, cells["year"][:20], text, fault=reason, is_pasted=True)
    if re.match(r"\d", figure.unit) and figure.unit != component.indicator.unit_en:
        reason = Fault(figure.row, "", text, "other_words", {"unit": unit, "words": figure.unit[:20]}).reason
        return Typed(component.code, cells["year"], text, fault=reason, is_pasted=True)
    if figure.unit and figure.unit not in (unit, component.indicator.unit_en) and re.search(r"\d$", narrow(text)):
        # 突破0.014 in a row of 万件 as well.
        text = f"{narrow(text)}{figure.unit}"
    others = ()
    if any(code == "unit_said" for code, _params in figure.doubts) and text != cells["value"].strip()[:60]:
        others = ((cells["value"].strip()[:60], ""),)
    said = {}
    try:
        said["status"] = read_choice(cells.get("value_status", ""), Observation.ValueStatus, figure.status or "-")
        said["precision"] = read_choice(cells.get("precision", ""), Observation.Precision, "-")
        said["exclusive"] = "1" if read_flag(cells.get("exclusive", ""), False) else ""
    except BadCell as bad:
        reason = Fault(figure.row, "", text, bad.code, bad.params).reason
        return Typed(figure.name or component.code, cells["year"], text, fault=reason, is_pasted=True)
    said = {name: "" if value == "-" else value for name, value in said.items()}
    name = "" if figure.sure else figure.name
    return Typed(
        component.code,
        cells["year"],
        text,
        component.pk,
        int(cells["year"]),
        name=name,
        is_pasted=True,
        doubts=tuple(figure.doubts),
        others=others,
        **said,
    )


def preview(
    parts: Mapping[int, ComponentStanding],
    own: Iterable[int],
    typed: Iterable[Typed],
    *,
    source: Source | NewSource,
    released_on: date,
    value_status: str,
) -> GridPreview:
    """What each typed cell would do, given the component standings of today and the indicators one may enter."""
    cells, own = gathered(typed), set(own)
    stored = _same_release(source, released_on, {cell.component for cell in cells if cell.component})
    seen: set[tuple[int, int]] = set()
    places = {(cell.component, cell.year) for cell in cells if cell.component and cell.year and not cell.fault}
    rivals = rivals_at(places, released_on, but=[row.pk for row in stored.values()])
    known = {cell.name for cell in cells if cell.name and cell.choice not in ("", LEAVE)}
    asked: set[str] = set()
    lines = []
    for cell in cells:
        part = parts.get(cell.component or 0)
        line = GridCell(cell, CellOutcome.SKIPPED, component=part.component if part else None)
        lines.append(line)
        key = (cell.component or 0, cell.year or 0)
        if cell.fault or part is None:
            line.reason = cell.fault or _("没有这一分项")
        elif part.component.indicator.pk not in own:
            line.reason = _("这一指标不由本单位填报")
        elif key in seen:
            line.reason = _("同一格填了两次，只取前一个")
        elif cell.year is None or cell.year > released_on.year:
            line.reason = _("数据年份晚于公布日期")
        elif cell.year < FIRST_YEAR:
            line.reason = _("年份超出范围")
        elif cell.choice == LEAVE:
            line.reason = _("按您的意思不导入")
        else:
            _compare(line, part, stored.get(key), value_status, known)
            line.early = early_doubts(cell.year, released_on, line.status or value_status)
            line.rivals = rivals.get(key)
            # What stands out is stored only where somebody ticks it.
            line.is_kept = not (line.can_store and (line.warning or line.competes))
        if line.outcome == CellOutcome.ASK and line.asks_name_alone:
            line.is_with_name_above = cell.name in asked
            asked.add(cell.name)
        seen.add(key)
    return GridPreview(lines)


def _compare(
    line: GridCell, part: ComponentStanding, stored: Observation | None, value_status: str, known: set[str]
) -> None:
    year = line.typed.year
    assert year is not None
    held = part.in_force().get(year)
    line.old = held.value if held else None
    line.bound = None if held else next((row for row in reversed(part.bounds) if row.year == year), None)
    line.basis = f"{held.pk if held else ''}:{stored.pk if stored else ''}:{stored.edition if stored else ''}"
    if _asks(line, part, known, is_stored=stored is not None):
        return
    value_status = line.status or value_status
    line.change = change_of(known_values(part), year, line.value)
    line.against = left_out_by(part, Observation(year=year, value=line.value, **line.stated))
    same = held is not None and held.value == line.value and held.value_status == value_status
    if stored and stored.state == State.SUBMITTED:
        line.reason = _("同一来源同一天的数已提交，待核定")
    elif stored and stored.state not in FIGURES.OPEN:
        unchanged = stored.value == line.value and stored.value_status == value_status
        line.outcome = CellOutcome.SAME if unchanged else CellOutcome.SKIPPED
        line.reason = "" if unchanged else _("同一来源同一天的数已锁定；更正请用新的公布日期")
    elif stored and stored.value == line.value and stored.value_status == value_status:
        line.outcome, line.draft = CellOutcome.SAME, stored
        line.reason = _("与草稿相同")
    elif same and not stored:
        line.outcome, line.reason = CellOutcome.SAME, _("与现行值相同")
    else:
        line.draft = stored
        line.outcome = CellOutcome.CHANGED if stored or held else CellOutcome.NEW
        if held and held.value == line.value:
            words = dict(Observation.ValueStatus.choices)
            same_number = _("数值相同，数据性质 %(old)s → %(new)s") % {
                "old": words[held.value_status],
                "new": words[value_status],
            }
            line.reason = _("；").join(filter(None, [line.reason, same_number]))


def _asks(line: GridCell, part: ComponentStanding, known: set[str], *, is_stored: bool) -> bool:
    """Reads the cell as a file's is read; whether there is nothing to compare yet: a fault or a question.

    `known`: names that a person has just said are what they were taken for; `is_stored`: this source said a figure
    of this year on this day before.
    """
    component = part.component
    typed, indicator = line.typed, component.indicator
    try:
        line.answers, doubts = read_value(typed.text, indicator.unit, indicator.unit_en)
    except BadCell as bad:
        line.reason, line.is_misread = why_no_number(typed.text, bad), True
        return True
    if indicator.unit == "%" and (found := _fraction(typed, part, line.answers, is_stored)):
        doubt, line.answers = found
        doubts = [*doubts, doubt]
    reasons = [Fault(0, "value", typed.text, code, params).reason for code, params in (*typed.doubts, *doubts)]
    for text, status in typed.others:
        with suppress(BadCell):
            more, _doubts = read_value(text, indicator.unit, indicator.unit_en)
            line.answers += [replace(answer, status=answer.status or status) for answer in more]
    if typed.others and not any(code == "unit_said" for code, _params in typed.doubts):
        reasons.append(_("表中同一格有 %(n)s 个数，请选定一个") % {"n": len(typed.others) + 1})
    line.asks_name_alone = bool(typed.name) and not reasons
    if typed.name and typed.name not in known:
        params = {"name": typed.name, "code": component.code, "title": indicator.title}
        reasons.insert(0, Fault(0, "component", typed.name, "which_component", params).reason)
    if reasons and not typed.choice:
        line.outcome, line.reason = CellOutcome.ASK, _("；").join(reasons)
        return True
    assert line.answer is not None
    line.value = line.answer.value
    if line.answer.converted:
        line.reason = _("由“%(typed)s”换算") % {"typed": typed.text}
    return False


def _fraction(
    typed: Typed, part: ComponentStanding, answers: list[Answer], is_stored: bool
) -> tuple[Doubt, list[Answer]] | None:
    """What an import asks of a number in per cent that may be held as a fraction (indicators.files.comparing)."""
    held, base = part.in_force(), part.component.baseline_value
    year = nearest_year(held, typed.year or 0)
    goal = part.target.low if part.target.value is None else part.target.value
    near = held[year].value if year is not None else goal if base is None else base
    return fraction_doubt(typed.text, answers[0].value, near=near, answers=answers, is_stored=is_stored)


def _same_release(
    source: Source | NewSource, released_on: date, components: set[int]
) -> dict[tuple[int, int], Observation]:
    """What this source said on this day already, by component and year; one query, or two for a typed source."""
    if isinstance(source, NewSource):
        known = Source.objects.filter(key=title_key(source.title), url=source.url).first()
        if known is None:
            return {}
        source = known
    rows = Observation.objects.filter(component__in=components, released_on=released_on, source=source, out_key=0)
    return {(row.component_id, row.year): row for row in rows}


def marked_moved(shown: GridPreview, bases: Mapping[str, str]) -> GridPreview:
    """The preview with every cell marked whose stored figure is another one than the person was shown."""
    for line in shown.lines:
        line.has_moved = line.name in bases and bases[line.name] != line.seen
    return shown


@transaction.atomic
def apply_grid(
    plan: Plan, shown: GridPreview, *, by, source: Source | NewSource, submit: bool, **common: Any
) -> list[Observation]:
    """Stores the cells of a preview as drafts, or hands them in; all or nothing.

    `common`: released_on, value_status, precision. Raises Overtaken, WrongState, ValidationError where a row
    changed between the preview and this.
    """
    kept = keep_source(source)
    rows = []
    for line in shown.storing:
        if line.draft:
            fields = common | {"value": line.value} | line.own_fields
            rows.append(change_figure(line.draft, edition=line.draft.edition, by=by, **fields))
        else:
            assert line.component is not None
            fields = common | {"year": line.typed.year, "value": line.value} | line.own_fields
            rows.append(enter_figure(component=line.component, by=by, source=kept, **fields))
    remember_names(plan, shown.names, by=by)
    if submit:
        submit_rows(plan, rows, by=by)
    return rows

"""The rows and cells of a file of figures as typed values, whatever the table's layout.

A fault names row, column, value and remedy; what can be meant in several ways is kept with all of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.files.below import NOTHING_BELOW, Doubt, note_of
from indicators.files.captions import NO_CAPTION, caption_below, clash, unit_of
from indicators.files.cells import read_choice, read_day, read_flag
from indicators.files.columns import SPELLS
from indicators.files.doubts import apart_doubts, elsewhere_doubts, label_doubts, note_doubt, said_of, spell_doubt
from indicators.files.faults import Fault
from indicators.files.headings import column_of, last_year_of, names_of
from indicators.files.naming import Names, split_unit
from indicators.files.readings import Answer, read_value
from indicators.files.sections import NO_SECTION, section_below
from indicators.files.spells import PART, kind_of
from indicators.files.table_rows import TableFigure
from indicators.files.years import (
    OTHER_CODES,
    ThisYear,
    YearLabel,
    is_day,
    is_label,
    read_label,
    relative_year,
    status_said,
    why_no_year,
    year_doubt,
)
from indicators.models import Component, Indicator, Observation, Target
from plan.exports.cells import unguard
from plan.models import Plan
from tables.badcell import BadCell
from tables.cells import (
    FILLED,
    HIDDEN_COLUMN,
    LITERAL,
    RAISED,
    STRUCK,
    EmptyResult,
    FormulaCell,
    bare,
    cell_name,
    marks_of,
    narrow,
)
from tables.numbers import is_no_number, unit_parts
from texts.addresses import is_address, trimmed_address
from texts.bounds import read_bound
from texts.cleaning import RefusedText, clean_text, kept_text

# A row of a template that names only what is asked for is not a row yet.
FILLED_IN = ("value", "value_status", "released_on", "source_title", "source_url", "published_text", "note")
# Columns whose cells may hold several lines.
PROSE = frozenset({"note"})
LIMITS = {"source_title": 500, "source_url": 1000, "source_publisher": 200, "published_text": 100, "note": 2000}
CHUNK = 1000
DIGITS = "0123456789"
NUMERIC = frozenset({"value", "year", "released_on", "component", "code"})
LEFT_TO_RIGHT = "\u202d"


@dataclass(slots=True)
class Draft:
    """One figure of a file as read; with faults its values are not to be used.

    `column` counts from 1 in a table with several figures a row, else 0. `passed`: why it is none. `doubts`: why a
    person is asked, with every way the cell can be meant in `answers`; `name`: what the table calls the component,
    where that is what is asked.
    """

    line: int
    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    component: Component | None = None
    year: int = 0
    value: Decimal = Decimal(0)
    released_on: date = date.min
    source: tuple[str, str, str] = ("", "", "")  # title, address, publisher
    words: dict[str, Any] = field(default_factory=dict)  # the other columns of an Observation
    column: int = 0
    passed: Fault | None = None
    doubts: list[Fault] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    name: str = ""
    answered: bool = False  # a person has said what the cell means
    dated: str = ""  # its year as written, where that is a day
    asides: list[Fault] = field(default_factory=list)  # cells of the row that are passed over

    @property
    def key(self) -> tuple[int, int, date, str, str]:
        """What makes two rows the same release."""
        assert self.component is not None
        return (self.component.pk, self.year, self.released_on, *self.source[:2])


def read_status(text: str, default: str = "") -> str:
    """The kind of a figure, by its choice or by a word that years go with: 快报, 预计. Raises BadCell."""
    try:
        return read_choice(text, Observation.ValueStatus, default)
    except BadCell:
        if said := status_said(text):
            return Observation.ValueStatus(said)
        raise


def cleaned(cells: dict[str, str]) -> tuple[dict[str, str], dict[str, RefusedText]]:
    """Cells by the rule of `texts.cleaning`, and what is wrong with those that only their writer can mend."""
    kept, refused = {}, {}
    for name, text in cells.items():
        if name in NUMERIC and LEFT_TO_RIGHT in text:
            # Calculators copy it along with their numbers, where it changes nothing.
            text = text.replace(LEFT_TO_RIGHT, "")
        try:
            clean = clean_text(text, lines=name in PROSE)
        except RefusedText as error:
            clean, refused[name] = kept_text(text, lines=name in PROSE), error
        kept[name] = text if clean == text else clean  # a cell that was a number or a formula still is one
    return kept, refused


class RowReader:
    """Turns the cells of one figure into a Draft.

    `mapping`: machine name → place of its column; `defaults`: what holds where the file says nothing.
    """

    caption = NO_CAPTION
    section = NO_SECTION
    below = NOTHING_BELOW
    is_over = False  # what stands below is another table
    this_year: ThisYear | None = None
    of_year: ThisYear | None = None  # of the title, where no column names years

    def __init__(
        self,
        plan: Plan,
        mapping: dict[str, int],
        *,
        today: date,
        defaults: Mapping[str, str] | None = None,
        names: Names | None = None,
    ):
        self.plan, self.today = plan, today
        self.columns = list(mapping.items())
        self.defaults = {name: text for name, text in (defaults or {}).items() if text}
        self.names = names or names_of(plan)
        self.components = {component.code: component for component in self.names.components}
        done = Target.objects.filter(component__indicator__plan=plan, type=Target.Type.DONE).approved()
        self.done_or_not = set(done.values_list("component_id", flat=True))
        self.last_year = last_year_of(plan)
        self.addresses: dict[str, bool] = {"": True}
        self.value_unit = ""
        self.title: list[Doubt] = []
        self.spells = [name for name in mapping if name in SPELLS]
        self.taken = frozenset(mapping.values())
        self.apart: frozenset[int] = frozenset()

    def drafts(
        self, lines: Iterator[tuple[int, list[str]]], *, width: int | None, headings: list[str] | None = None
    ) -> Iterator[Draft]:
        """One Draft a row, those without a figure among them. `width`: cells a row must have.

        `headings`: of the file's columns, where rows that say nothing and columns that nobody reads are to be
        told of; a template asks for more than anybody fills in.
        """
        for line, cells in lines:
            if width is not None and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
                if note := note_of(cells):
                    yield Draft(line, {"value": note}, passed=Fault(line, "—", note[:100], "note_row"))
                    continue
                params = {"found": len(cells), "wanted": width}
                yield Draft(line, {}, [Fault(line, "—", cells[0], "cell_count", params)])
                continue
            if headings is not None and self._is_another_heading(cells):
                yield Draft(line, {"value": cells[0]}, passed=Fault(line, "—", cells[0][:100], "heading_row"))
                continue
            if self.is_over:
                own = next((cell for cell in cells if cell.strip()), "")[:100]
                yield Draft(line, {"value": own}, passed=Fault(line, "—", own, "table_below"))
                continue
            named = {name: cells[place] if place < len(cells) else "" for name, place in self.columns}
            value = named.get("value", "")
            if note := note_of(cells):
                yield Draft(line, {"value": note}, passed=Fault(line, "—", note[:100], "note_row"))
            elif isinstance(value, EmptyResult):
                yield Draft(line, named, passed=Fault(line, "value", "", "empty_result"))
            elif not any(named.get(name, "").strip() for name in FILLED_IN):
                if headings is None:
                    continue
                own = [cell for cell in cells if cell.strip() and FILLED not in marks_of(cell)]
                shown = next((cell for cell in cells if cell.strip()), "")[:100]
                self.caption = caption_below(own, self.caption, self.names.bases)
                if len(own) == 1:
                    self.section = section_below(own, self.section, self.names.title)
                yield Draft(line, named, passed=Fault(line, "—", shown, "no_figures"))
            else:
                draft = self.read(line, named)
                if headings is not None:
                    self._look_aside(draft, cells, headings)
                yield draft

    def _is_another_heading(self, cells: list[str]) -> bool:
        """Whether a second table begins here; one with other columns is not read."""
        if not column_of(cells[0] or next(filter(None, cells), "")):
            return False
        own = [(place, cell) for place, cell in enumerate(cells) if cell.strip()]
        found = {place: column_of(cell) or is_label(cell, last=self.last_year) for place, cell in own}
        if len(own) < 2 or not all(found.values()):
            return False
        same = {(place, name) for name, place in self.columns if name in ("year", "value")} <= found.items()
        self.is_over = self.is_over or not same
        return self.is_over

    def _look_aside(self, draft: Draft, cells: list[str], headings: list[str]) -> None:
        """What the columns that nobody reads say: that the row is of a part of the year; what has no heading."""
        for place, cell in enumerate(cells):
            if place in self.taken or not cell.strip() or FILLED in marks_of(cell):
                continue
            if not draft.faults and not draft.passed and kind_of(cell) == PART:
                draft.passed = Fault(draft.line, "—", cell[:100], "sub_annual")
            if not draft.faults and not draft.passed:
                own = [(place, headings[place])] if place in self.apart else []
                asked = apart_doubts(cells, own, self.names.title) if own else elsewhere_doubts([cell], self.names)
                for doubt in asked:
                    draft.doubts.append(Fault(draft.line, "—", cell, *doubt))
                    draft.answers = draft.answers or [Answer("read", draft.value, draft.cells.get("value", ""))]
            if place >= len(headings) or not headings[place].strip():
                where = cell_name(draft.line, place)
                draft.asides.append(
                    Fault(draft.line, "—", cell[:100], "cell_without_heading", {"cell": where}, place=where)
                )

    def figures(self, found: Iterator[TableFigure]) -> Iterator[Draft]:
        """One Draft a cell of a table with several figures a row, and one for each thing passed over."""
        for figure in found:
            if figure.passed is not None:
                cells = {"value": figure.passed.value}
                yield Draft(figure.row, cells, column=figure.place, passed=figure.passed, dated=figure.dated)
            else:
                yield self.read(figure.row, figure.cells, figure=figure)

    def read(self, line: int, found: dict[str, str], *, figure: TableFigure | None = None) -> Draft:
        cells, broken_cells = cleaned(found)
        draft = Draft(line, cells, column=figure.place if figure else 0)
        if broken_cells:
            draft.faults += [
                Fault(line, name, cells[name], f"text_{error.reason}", {"place": error.place})
                for name, error in broken_cells.items()
            ]
            return draft
        if self._says_nothing(draft, figure):
            return draft
        status = self._fill_in(draft, figure)

        def take(column: str, read, *args: Any, **options: Any) -> Any:
            try:
                return read(cells.get(column, ""), *args, **options)
            except BadCell as bad:
                fault(column, bad.code, **bad.params)
                return None

        def fault(column: str, reason: str, /, **params: Any) -> None:
            draft.faults.append(Fault(line, column, cells.get(column, ""), reason, params))

        component = self._component(draft, fault, figure)
        year = take("year", self._year, draft, figure)
        if not figure and not draft.passed:
            self._spells(draft)
        if draft.passed:
            return draft
        # Without its unit a number cannot be read: one fault, the component's, is enough.
        answer = take("value", self._value, draft, component, figure) if component else None
        status = take("value_status", read_status, status or "")
        day = take("released_on", read_day, today=self.today)
        draft.words = {
            "value_status": status,
            "precision": take("precision", read_choice, Observation.Precision, _precision_of(answer)),
            "release_precision": take(
                "release_precision", read_choice, Observation.ReleasePrecision, Observation.ReleasePrecision.DAY
            ),
            "state": take("state", read_choice, Observation.State, Observation.State.APPROVED),
            "published_text": self._text(cells, "published_text") or _wording_of(answer),
            "note": self._text(cells, "note"),
        }
        draft.words["exclusive"] = take("exclusive", read_flag, self._excludes(draft, answer))
        if draft.words["exclusive"] and draft.words["precision"] not in Observation.BOUNDS:
            fault("exclusive", "no_bound")
        title, address, publisher = (self._text(cells, f"source_{part}") for part in ("title", "url", "publisher"))
        draft.source = (title, trimmed_address(address), publisher)
        self._check_words(draft, fault)
        if answer and component.pk in self.done_or_not and answer.value not in (0, 1):
            fault("value", "not_done")
        if year and day and year > day.year:
            fault("year", "year_after_release")
        if not draft.faults:
            draft.component, draft.year, draft.value, draft.released_on = component, year, answer.value, day
        return draft

    def _says_nothing(self, draft: Draft, figure: TableFigure | None) -> bool:
        """Whether the cell says in so many words that there is no figure: a dash, dots, 暂无."""
        value = draft.cells.get("value", "")
        if value[:1] in DIGITS and value:
            return False
        if isinstance(value, EmptyResult):
            draft.passed = Fault(draft.line, "value", "", "empty_result")
        elif (
            value.strip()
            and type(value) is not FormulaCell
            and is_no_number(value)
            or not value.strip()
            and figure
        ):
            draft.passed = Fault(draft.line, "value", value, "says_no_figure")
        return draft.passed is not None

    def _fill_in(self, draft: Draft, figure: TableFigure | None) -> str:
        """Puts what holds for the whole file where the row says nothing; returns the kind its label names."""
        for name, text in self.defaults.items():
            if not draft.cells.get(name, "").strip() and not (name == "value_status" and figure and figure.status):
                draft.cells[name] = text
        return figure.status if figure else ""

    def _year(self, text: str, draft: Draft, figure: TableFigure | None) -> int:
        """The year of a row's label; the kind that the label names stands where no column does."""
        asked: list[Doubt] = []
        try:
            label, asked = self._label(text)
        except BadCell as bad:
            code = why_no_year(text, bad.code)
            if code in OTHER_CODES:
                draft.passed = Fault(draft.line, "year", text, code, bad.params)
                draft.dated = text[:40] if is_day(text) else ""
                return 0
            raise
        if marks_of(text) & {RAISED, STRUCK}:
            code = "raised" if RAISED in marks_of(text) else "struck"
            draft.doubts.append(Fault(draft.line, "year", text, code, {"all": str(text), "bare": bare(text)}))
        said = draft.cells.get("value_status", "")
        kind = label.status if figure else self.below.kind(label, draft.cells.get("note", ""))
        if kind and said in ("", self.defaults.get("value_status", "")):
            draft.cells["value_status"] = kind
        draft.dated = figure.dated if figure else label.day
        doubts = figure.doubts if figure else [*asked, *said_of(label, self.title), *label_doubts(label)]
        if not figure:
            doubts = [*doubts, *note_doubt(draft.cells.get("note", ""), self.names.title), *self.section.doubts]
            if self.section.passed:
                params = {"text": self.section.text[:40]}
                draft.passed = Fault(draft.line, "year", text, self.section.passed, params)
        draft.doubts += [Fault(draft.line, "year", text, code, params) for code, params in doubts]
        return label.year

    def _label(self, text: str) -> tuple[YearLabel, list[Doubt]]:
        """The year of a row's label, and what is asked about one such as 上年; raises BadCell."""
        if self.of_year and not text.strip():
            return YearLabel(self.of_year.year), [year_doubt(self.of_year)]
        try:
            return read_label(text, last=self.last_year), []
        except BadCell:
            if relative_year(text) is None:
                raise
        meant = self.this_year and self.this_year.label(text)
        if meant is None:
            raise BadCell("relative_label")
        return meant

    def _spells(self, draft: Draft) -> None:
        """Columns such as 季度: a part of the year is passed over, what leaves it open is asked about."""
        for name in self.spells:
            try:
                doubt = spell_doubt(name, draft.cells.get(name, ""))
            except BadCell as bad:
                draft.passed = Fault(draft.line, name, draft.cells[name], bad.code)
                return
            if doubt:
                draft.doubts.append(Fault(draft.line, name, draft.cells.get(name, ""), *doubt))

    def _value(self, cell: str, draft: Draft, component: Component, figure: TableFigure | None) -> Answer:
        """The likeliest reading of the value; every reading, where it has to be asked about."""
        indicator = component.indicator
        row_unit = figure.unit if figure else self._unit(draft, component)
        # A column that a template hides is read all the same; a hidden year of a wide table is not.
        ignore = frozenset() if figure else frozenset({HIDDEN_COLUMN})
        answers, doubts = read_value(cell, indicator.unit, indicator.unit_en, row_unit=row_unit, ignore=ignore)
        if row_unit and any(doubt.code == "unit_said" for doubt in draft.doubts):
            answers += self._without(answers, cell, indicator)
        draft.doubts += [Fault(draft.line, "value", cell, code, params) for code, params in doubts]
        if figure and not figure.sure:
            draft.name = figure.name
        if draft.doubts or draft.name:
            draft.answers = answers
        if answers[0].status and not (figure and figure.status):
            draft.cells["value_status"] = answers[0].status
        return answers[0]

    @staticmethod
    def _without(answers: list[Answer], cell: str, indicator: Indicator) -> list[Answer]:
        """What a cell says in the indicator's own unit, where it is asked whether another one holds."""
        with suppress(BadCell):
            found, _doubts = read_value(cell, indicator.unit, indicator.unit_en)
            held = {answer.value for answer in answers}
            return [answer for answer in found if answer.value not in held]
        return []

    def _unit(self, draft: Draft, component: Component) -> str:
        """The unit of a row: its own, that in its name, its column's, else the table's."""
        if draft.cells.get("unit", "") == component.indicator.unit and not self.value_unit:
            return ""  # nearly every row of nearly every file
        said = unit_of(draft.cells.get("unit", ""))
        if _is_other_unit(said, component.indicator):
            return ""  # said once is enough
        if said and self.value_unit:
            draft.doubts += [Fault(draft.line, "value", said, *doubt) for doubt in clash([said, self.value_unit])]
        said = said or self.value_unit
        if not said and not draft.cells.get("component", "").strip():
            said = split_unit(narrow(bare(draft.cells.get("indicator", ""))), self.names.bases)[1]
        if said:
            return said
        unit, doubts = self.caption.of(component)
        draft.doubts += [
            Fault(draft.line, "value", self.caption.text[:100], code, params) for code, params in doubts
        ]
        return unit

    @staticmethod
    def _excludes(draft: Draft, answer: Answer | None) -> bool:
        """Whether a bound leaves its number out, by the words it was published in."""
        if answer and answer.precision:
            return answer.exclusive
        words = draft.words["published_text"]
        said = read_bound(words) if words else None
        return said is not None and said.exclusive and draft.words["precision"] == said.precision

    def _text(self, cells: dict[str, str], name: str) -> str:
        cell = cells.get(name, "")
        if not cell:
            return ""
        # The apostrophe of a guarded cell comes off, in a workbook made from a CSV too.
        return cell.strip() if LITERAL in marks_of(cell) else unguard(cell.strip())

    def _component(self, draft: Draft, fault, figure: TableFigure | None) -> Component | None:
        cells = draft.cells
        if (slug := cells.get("plan", "").strip()) and slug != self.plan.slug:
            fault("plan", "other_plan", slug=self.plan.slug)
        if figure:
            if not figure.sure:
                name = figure.name
                params = {"name": name, "code": figure.component.code, "title": figure.component.indicator.title}
                draft.doubts.append(Fault(draft.line, "component", name, "which_component", params))
            return figure.component
        code, name = cells.get("component", ""), cells.get("indicator", "")
        component = self.components.get(narrow(code)) or self.names.code(code)
        if component is None and not code.strip():
            component = self.names.code(cells.get("code", ""))
        if component is None and (text := code.strip() or name.strip()):
            component = self._named(draft, text)
        if component is None and not code.strip() and name.strip() and not cells.get("code", "").strip():
            shown = kept_text(name.strip(), lines=False)[:100]
            draft.passed = Fault(draft.line, "indicator", shown, "not_ours", {"name": shown[:60]})
            return None
        if component is None and not any(cells.get(one, "").strip() for one in ("component", "indicator", "code")):
            fault("component", "unnamed_row")
            return None
        if component is None:
            fault(
                "component" if code.strip() or not name else "indicator",
                "no_component",
                codes="、".join(self.components),
            )
            return None
        indicator = component.indicator
        if (
            (code := narrow(cells.get("code", "")))
            and code != indicator.code
            and self.names.code(code) != component
        ):
            fault("code", "other_indicator", component=component.code, code=indicator.code)
        unit = cells.get("unit", "")
        if unit != indicator.unit and _is_other_unit(unit_of(unit), indicator):
            fault("unit", "other_unit", unit=indicator.unit)
        return component

    def _named(self, draft: Draft, text: str) -> Component | None:
        found = self.names.find(text, unit=narrow(draft.cells.get("unit", "")))
        if found is None:
            return None
        if not found.sure:
            draft.name = kept_text(text, lines=False)[:100]
            params = {"name": draft.name, "code": found.component.code, "title": found.component.indicator.title}
            draft.doubts.append(Fault(draft.line, "component", text, "which_component", params))
        return found.component

    def _check_words(self, draft: Draft, fault) -> None:
        title, address, _publisher = draft.source
        if not title:
            fault("source_title", "no_source")
        for name, limit in LIMITS.items():
            # What it is stored as is never longer than the cell.
            if len(draft.cells.get(name, "")) > limit and (found := len(self._text(draft.cells, name))) > limit:
                fault(name, "too_long", limit=limit, found=found)
        if address not in self.addresses:
            if len(self.addresses) > CHUNK:
                self.addresses = {"": True}
            self.addresses[address] = is_address(address)
        if not self.addresses[address]:
            fault("source_url", "bad_address")
        if draft.words["state"] == Observation.State.REJECTED and not draft.words["note"]:
            fault("note", "no_reason")


def _is_other_unit(unit: str, indicator: Indicator) -> bool:
    """Whether a unit is of something else altogether: 家 for 亿元, but not 万元."""
    return unit not in ("", indicator.unit_en) and unit_parts(unit)[1] != unit_parts(indicator.unit)[1]


def _precision_of(answer: Answer | None) -> str:
    """How exact a figure is, unless its row says otherwise: 2.47万 is a rounded number, 突破2.6万 a bound."""
    if answer and answer.precision:
        return Observation.Precision(answer.precision)
    return Observation.Precision.ROUNDED if answer and answer.converted else Observation.Precision.EXACT


def _wording_of(answer: Answer | None) -> str:
    """The words it was published in, where they are not just its number."""
    if answer is None or not (answer.converted or answer.how in ("note", "mark", "bound", "about")):
        return ""
    return kept_text(narrow(answer.text), lines=False)[:100]

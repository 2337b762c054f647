"""A table of figures, typed or pasted: what each cell would do, before anything is stored.

`read_cells` and `read_pasted` collect what was typed, `preview` compares it with what is stored, `apply_grid`
stores what the preview showed, and nothing else.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.figures import NewSource, keep_source
from desk.hints import doubts_about, known_values, size_words
from indicators.figures.number_input import NotANumber, read_figure
from indicators.figures.workflow import FIGURES, change_figure, enter_figure, submit_rows
from indicators.models import Component, Observation
from indicators.queries import ComponentStanding
from judging.decimals import plain
from judging.plausible import YearChange, change_of
from plan.models import Plan, Source
from texts.names import title_key

CELL_NAME = re.compile(r"c-(\d{1,18})-(\d{4})")
YEAR = re.compile(r"(\d{4})年?")
MAX_CELLS = 2000
FIRST_YEAR = 1949
State = Observation.State


class CellOutcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    SKIPPED = "skipped"

    @property
    def word(self):
        return WORDS[self]


WORDS = {
    CellOutcome.NEW: gettext_lazy("新增"),
    CellOutcome.CHANGED: gettext_lazy("更新"),
    CellOutcome.SAME: gettext_lazy("相同"),
    CellOutcome.SKIPPED: gettext_lazy("跳过"),
}


@dataclass(frozen=True)
class Typed:
    """A cell as typed: row and column as the person called them, the component where it is a known one."""

    row: str
    column: str
    text: str
    component: int | None = None
    year: int | None = None
    fault: str = ""


@dataclass
class GridCell:
    """What one cell would do. `old` is the value in force, `draft` the own open row it would change."""

    typed: Typed
    outcome: CellOutcome
    component: Component | None = None
    value: Decimal | None = None
    old: Decimal | None = None
    reason: str = ""
    change: YearChange | None = None
    difference: Decimal | None = None
    draft: Observation | None = None
    has_moved: bool = False
    basis: str = ""

    @property
    def stores(self) -> bool:
        return self.outcome in (CellOutcome.NEW, CellOutcome.CHANGED)

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
    def plain_value(self) -> str:
        return "" if self.value is None else plain(self.value)

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
        return _("；").join(doubts_about(self.change, self.component, self.value))


@dataclass
class GridPreview:
    lines: list[GridCell] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(line.outcome for line in self.lines)
        return {str(outcome): counted[outcome] for outcome in CellOutcome}

    @property
    def storing(self) -> list[GridCell]:
        return [line for line in self.lines if line.stores]

    @property
    def skipped(self) -> list[GridCell]:
        return [line for line in self.lines if line.outcome == CellOutcome.SKIPPED]

    @property
    def warnings(self) -> int:
        return sum(bool(line.warning) for line in self.storing)

    @property
    def moved(self) -> list[GridCell]:
        return [line for line in self.lines if line.has_moved]


def read_cells(data: Mapping[str, str], components: Mapping[int, Component]) -> list[Typed]:
    """The cells of the table that hold something, named c-<component>-<year>."""
    found = []
    for name, text in data.items():
        match = CELL_NAME.fullmatch(name)
        if match and text.strip():
            pk, year = int(match[1]), int(match[2])
            code = components[pk].code if pk in components else match[1]
            found.append(Typed(code, match[2], text.strip(), pk, year))
    return found[:MAX_CELLS]


def read_pasted(text: str, components: Iterable[Component]) -> list[Typed]:
    """A block as Excel and WPS copy it: years in the heading row, codes or names in the first column."""
    rows = [line.split("\t") for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if not rows:
        return []
    by_name = _names(components)
    heading = [_bare(cell) for cell in rows[0]]
    years = [int(match[1]) if (match := YEAR.fullmatch(cell)) else None for cell in heading]
    if not any(years):
        return [Typed("1", "", rows[0][0][:40], fault=_("首行应为年份，例如：编码、2021、2022"))]
    found = []
    for cells in rows[1:]:
        name = _bare(cells[0])
        component = by_name.get(name)
        for at, cell in enumerate(cells[1:], 1):
            if not cell.strip():
                continue
            year = years[at] if at < len(years) else None
            column = heading[at] if at < len(heading) else str(at + 1)
            if year is None and at < len(heading) and heading[at]:
                continue  # a column of words, such as the unit
            fault = "" if year else _("这一列没有年份")
            fault = fault if component else _("没有这一分项；首列应为编码，例如 I-01")
            found.append(Typed(name or "—", column, cell.strip()[:60], component and component.pk, year, fault))
    return found[:MAX_CELLS]


def _bare(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().strip('"')


def _names(components: Iterable[Component]) -> dict[str, Component]:
    names: dict[str, Component] = {}
    for component in components:
        for name in (component.name, component.name_en, component.indicator.short, component.code):
            names[_bare(name)] = component
    return names


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
    cells, own = list(typed), set(own)
    stored = _same_release(source, released_on, {cell.component for cell in cells if cell.component})
    seen: set[tuple[int, int]] = set()
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
        else:
            _compare(line, part, stored.get(key), value_status)
        seen.add(key)
    return GridPreview(lines)


def _compare(line: GridCell, part: ComponentStanding, stored: Observation | None, value_status: str) -> None:
    year = line.typed.year
    assert year is not None
    held = part.in_force().get(year)
    line.old = held.value if held else None
    line.basis = f"{held.pk if held else ''}:{stored.pk if stored else ''}:{stored.edition if stored else ''}"
    try:
        line.value = read_figure(line.typed.text, part.component.indicator.unit)
    except NotANumber as error:
        line.reason = str(error)
        return
    line.change = change_of(known_values(part), year, line.value)
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
            line.reason = _("数值相同，数据性质 %(old)s → %(new)s") % {
                "old": words[held.value_status],
                "new": words[value_status],
            }


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
            fields = common | {"value": line.value}
            rows.append(change_figure(line.draft, edition=line.draft.edition, by=by, **fields))
        else:
            assert line.component is not None
            rows.append(
                enter_figure(
                    component=line.component, by=by, source=kept, year=line.typed.year, value=line.value, **common
                )
            )
    if submit:
        submit_rows(plan, rows, by=by)
    return rows

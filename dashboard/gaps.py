"""What is missing of a plan: figures by component and year, reports by commitment, both by the unit in charge."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from django.utils.translation import gettext as _

from accounts.models import Organisation
from charts.scale import units
from indicators.figures.gaps import GapRow, GapYear
from plan.models import Item, Plan
from plan.public import PublicState, public_on
from plan.queries import answerable
from updates.due import BACKLOG, DUE_SOON, OVERDUE, DueUpdate, due_of, last_period
from updates.models import StatusUpdate

NOBODY = "-"
STATES = (DUE_SOON, OVERDUE, BACKLOG)
# What one A4 holds in its three columns of small letters: lines, half-widths of a line, lines that a row of
# figures takes away. Of more, the projects stand on paper by their codes alone, of still more the tasks as well.
SHEET, LINE, FIGURE_ROW = 206, 45, 5


@dataclass(frozen=True)
class ReportGap:
    """A report that is missing on a day, and what is public of its commitment meanwhile."""

    due: DueUpdate
    days: int
    public: PublicState | None

    @property
    def item(self) -> Item:
        return self.due.item

    @property
    def is_overdue(self) -> bool:
        return self.due.state == OVERDUE

    @property
    def is_backlog(self) -> bool:
        return self.due.state == BACKLOG

    @property
    def lines(self) -> float:
        """What it takes on a sheet, with its name: a task lines of its own, a project its part of running text."""
        if self.is_project:
            return units(self.item.label) / LINE
        public = self.public.word if self.public else ""
        return ceil(units(f"{self.item.code} {self.item.label} {public}") / LINE)

    @property
    def is_project(self) -> bool:
        return self.item.kind in self.item.kinds.entries


@dataclass
class KindGaps:
    """The commitments of one kind: how many there are, how many reports are in, due, overdue, to be filled in."""

    kind: Item.Kind
    total: int
    due: int
    overdue: int
    backlog: int
    public: int
    days: int

    @property
    def answered(self) -> int:
        return self.total - self.due - self.overdue - self.backlog


@dataclass
class UnitGaps:
    """What one unit owes; `organisation` None: nobody was put in charge.

    `reports` are all overdue or, where the plan was loaded since, none: of each item one period is asked for.
    """

    organisation: Organisation | None
    figures: list[tuple[GapRow, list[GapYear]]] = field(default_factory=list)
    reports: list[ReportGap] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.organisation.code if self.organisation else NOBODY

    @property
    def name(self) -> str:
        return self.organisation.name if self.organisation else _("尚未指定责任单位")

    @property
    def missing(self) -> int:
        """Years of figures that are overdue."""
        return sum(len(years) for _row, years in self.figures)

    @property
    def is_backlog(self) -> bool:
        """Whether its reports are none of them late, since they were due before the plan was loaded."""
        return any(row.is_backlog for row in self.reports)

    @property
    def tasks(self) -> list[ReportGap]:
        return [row for row in self.reports if not row.is_project]

    @property
    def projects(self) -> list[ReportGap]:
        return [row for row in self.reports if row.is_project]

    @property
    def projects_by_code(self) -> bool:
        """Whether its projects stand on paper by their codes alone."""
        return self._lines(self.reports) > SHEET

    @property
    def tasks_by_code(self) -> bool:
        return self._lines(self.tasks) + sum(units(row.item.code) for row in self.projects) / LINE > SHEET

    def _lines(self, rows: list[ReportGap]) -> float:
        return sum(row.lines for row in rows) + FIGURE_ROW * len(self.figures)


def report_gaps(plan: Plan, day: date) -> list[ReportGap]:
    """The reports missing on a day by what was approved then, in the plan's order; three queries."""
    period = last_period(plan, day)
    if period is None:
        return []
    leads, public = answerable(plan), public_on(plan, day)
    updates: dict[int, list[StatusUpdate]] = defaultdict(list)
    for row in StatusUpdate.objects.filter(item__plan=plan).known_on(day):
        updates[row.item_id].append(row)
    found = []
    for item in plan.items.filter(kind__in=plan.kinds.due).in_plan_order():
        due = due_of(item, updates[item.pk], period, organisation=leads[item.pk], today=day)
        if due is not None:
            days = (day - due.due_on).days if due.state == OVERDUE else 0
            found.append(ReportGap(due, days, public.get(item.code)))
    return found


def by_kind(plan: Plan, totals: dict[str, int], reports: Iterable[ReportGap]) -> list[KindGaps]:
    """The missing reports of each kind that has to report, beside how many commitments it has."""
    reports = list(reports)
    found = {state: Counter(row.item.kind for row in reports if row.due.state == state) for state in STATES}
    public = Counter(row.item.kind for row in reports if row.public)
    days = max((row.days for row in reports), default=0)
    return [
        KindGaps(kind, totals[kind], *(found[state][kind] for state in STATES), public[kind], days)
        for kind in plan.kinds.due
        if totals.get(kind)
    ]


def by_unit(rows: Iterable[GapRow], reports: Iterable[ReportGap]) -> list[UnitGaps]:
    """Who owes what is overdue or was before the plan came, most first; what nobody is in charge of comes last."""
    units: dict[int | None, UnitGaps] = {}

    def of(organisation: Organisation | None) -> UnitGaps:
        return units.setdefault(organisation and organisation.pk, UnitGaps(organisation))

    for row in rows:
        if missing := row.missing:
            of(row.organisation).figures.append((row, missing))
    for report in reports:
        if report.due.state != DUE_SOON:
            of(report.due.organisation).reports.append(report)
    return sorted(
        units.values(),
        key=lambda unit: (unit.organisation is None, -unit.missing - len(unit.reports), unit.code),
    )

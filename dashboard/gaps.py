"""What is missing of a plan: figures by component and year, reports by commitment, both by the unit in charge."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Organisation
from indicators.figures.gaps import GapRow, GapYear
from plan import kinds
from plan.models import Item, Plan
from plan.public import PublicState, public_on
from plan.queries import answerable
from updates.due import OVERDUE, DueUpdate, due_of, last_period
from updates.models import StatusUpdate

NOBODY = "-"


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
        return self.days > 0


@dataclass
class KindGaps:
    """The commitments of one kind: how many there are, how many reports are in, due and overdue."""

    kind: Item.Kind
    total: int
    due: int
    overdue: int
    public: int
    days: int

    @property
    def answered(self) -> int:
        return self.total - self.due - self.overdue


@dataclass
class UnitGaps:
    """What one unit owes; `organisation` None: nobody was put in charge."""

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
    def tasks(self) -> list[ReportGap]:
        return [row for row in self.reports if row.item.kind not in kinds.ENTRIES]

    @property
    def projects(self) -> list[ReportGap]:
        return [row for row in self.reports if row.item.kind in kinds.ENTRIES]


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
    for item in plan.items.filter(kind__in=kinds.DUE).in_plan_order():
        due = due_of(item, updates[item.pk], period, organisation=leads[item.pk], today=day)
        if due is not None:
            days = (day - due.due_on).days if due.state == OVERDUE else 0
            found.append(ReportGap(due, days, public.get(item.code)))
    return found


def by_kind(totals: dict[str, int], reports: Iterable[ReportGap]) -> list[KindGaps]:
    """The missing reports of each kind that has to report, beside how many commitments it has."""
    reports = list(reports)
    late = Counter(row.item.kind for row in reports if row.is_overdue)
    due = Counter(row.item.kind for row in reports if not row.is_overdue)
    public = Counter(row.item.kind for row in reports if row.public)
    days = max((row.days for row in reports), default=0)
    return [
        KindGaps(Item.Kind(kind), totals[kind], due[kind], late[kind], public[kind], days)
        for kind in kinds.DUE
        if totals.get(kind)
    ]


def by_unit(rows: Iterable[GapRow], reports: Iterable[ReportGap]) -> list[UnitGaps]:
    """Who owes what is overdue, most first; what nobody is in charge of comes last."""
    units: dict[int | None, UnitGaps] = {}

    def of(organisation: Organisation | None) -> UnitGaps:
        return units.setdefault(organisation and organisation.pk, UnitGaps(organisation))

    for row in rows:
        if missing := row.missing:
            of(row.organisation).figures.append((row, missing))
    for report in reports:
        if report.is_overdue:
            of(report.due.organisation).reports.append(report)
    return sorted(
        units.values(),
        key=lambda unit: (unit.organisation is None, -unit.missing - len(unit.reports), unit.code),
    )

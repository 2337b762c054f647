"""What each unit answers for in a plan on a day: indicators, tasks worst first, what is overdue of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation
from assessments.models import Finding
from assessments.queries import as_it_stood, findings_on
from dashboard.gaps import ReportGap, report_gaps
from evidence.models import PublicEvidence
from evidence.queries import approved_rows
from indicators.figures.gaps import GapRow, answers_of, gap_rows_of, years_words
from indicators.queries import Standing, overview
from indicators.reader_units import for_reader
from plan.after_period import STATE_WORDS, UNCLOSED, UNFINISHED, state_on
from plan.badges import Badge, item_badge
from plan.models import Item, Plan
from plan.queries import answerable, show_day

# What an official wants to see first, and what is well last.
WORST_FIRST = (
    UNFINISHED,
    Item.Status.BEHIND,
    Item.Status.NOT_STARTED,
    UNCLOSED,
    Item.Status.NOT_REPORTED,
    Item.Status.ADJUSTED,
    Item.Status.ON_SCHEDULE,
    Item.Status.DONE,
)
# The order of the sentence: what was achieved, what was not, what nobody knows.
TOLD = (Item.Status.DONE, Item.Status.ON_SCHEDULE, Item.Status.ADJUSTED, *WORST_FIRST[:5])


@dataclass
class Duty:
    """A commitment a unit has to report on: its state on the day and, where one is missing, the report it owes."""

    item: Item
    state: str
    owed: ReportGap | None = None

    @property
    def late(self) -> ReportGap | None:
        """The report that is overdue; one that was due before the plan was loaded is not."""
        return self.owed if self.owed and self.owed.is_overdue else None

    @property
    def badge(self) -> Badge:
        return item_badge(self.state)

    @property
    def is_entry(self) -> bool:
        return self.item.kind in self.item.kinds.entries


@dataclass
class LedIndicator:
    """An indicator a unit leads, with the years of its figures."""

    standing: Standing
    gaps: list[GapRow]

    @property
    def missing(self) -> list[int]:
        """The years of which a figure is overdue, of whichever component."""
        return sorted({year.year for row in self.gaps for year in row.missing})

    @property
    def missing_words(self) -> str:
        return years_words(self.missing)

    @property
    def number_missing(self) -> int:
        return sum(len(row.missing) for row in self.gaps)

    @property
    def days(self) -> int:
        return max((row.missing[-1].days for row in self.gaps if row.missing), default=0)


@dataclass
class UnitDuties:
    """Everything a unit answers for; `findings` are those asked for by the day, as they stood on it."""

    organisation: Organisation
    day: date
    indicators: list[LedIndicator] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    # Every commitment it answers for, of whatever kind, and how many it supports that another unit leads.
    answers_for: frozenset[int] = frozenset()
    supports: int = 0

    @property
    def tasks(self) -> list[Duty]:
        return [duty for duty in self.duties if not duty.is_entry]

    @property
    def entries(self) -> list[Duty]:
        """Named projects, and the single promises that have to be reported."""
        return [duty for duty in self.duties if duty.is_entry]

    @property
    def leads(self) -> bool:
        return bool(self.indicators or self.duties)

    @property
    def late_tasks(self) -> list[Duty]:
        return [duty for duty in self.tasks if duty.late]

    @property
    def late_entries(self) -> list[Duty]:
        return [duty for duty in self.entries if duty.late]

    @property
    def late_reports(self) -> int:
        return len(self.late_tasks) + len(self.late_entries)

    @property
    def backlog(self) -> int:
        """Reports that were due before the plan was loaded: to be filled in, nobody's delay."""
        return sum(bool(duty.owed and duty.owed.is_backlog) for duty in self.duties)

    @property
    def late_findings(self) -> list[Finding]:
        return [row for row in self.findings if row.is_late_on(self.day)]

    @property
    def open_findings(self) -> list[Finding]:
        return [row for row in self.findings if row.state != Finding.State.CLOSED]

    @property
    def missing(self) -> int:
        """How many figures are overdue."""
        return sum(row.number_missing for row in self.indicators)

    @property
    def overdue(self) -> int:
        """Everything that is overdue: reports, figures, answers to evaluations."""
        return self.late_reports + self.missing + len(self.late_findings)

    @property
    def days(self) -> int:
        """For how long the longest of them has been."""
        reports = [duty.late.days for duty in self.duties if duty.late]
        answers = [(self.day - row.due_on).days for row in self.late_findings]
        return max([*reports, *answers, *(row.days for row in self.indicators)], default=0)

    @property
    def counts(self) -> Counter[str]:
        """The tasks by state; adds up to all of them."""
        return Counter(duty.state for duty in self.tasks)

    def number_in(self, *states: str) -> int:
        return sum(self.counts[state] for state in states)

    @property
    def done(self) -> int:
        return self.number_in(Item.Status.DONE)

    @property
    def silent(self) -> int:
        return self.number_in(Item.Status.NOT_REPORTED, UNCLOSED)

    @property
    def others(self) -> int:
        """Reported, and not done."""
        return len(self.tasks) - self.done - self.silent

    @property
    def last_report(self) -> date | None:
        return max((duty.item.status_as_of for duty in self.duties if duty.item.status_as_of), default=None)

    def groups(self) -> list[tuple[Badge, list[Duty]]]:
        """The tasks by state, the worst first, in the plan's order within one."""
        return [
            (item_badge(state), rows)
            for state in WORST_FIRST
            if (rows := [duty for duty in self.tasks if duty.state == state])
        ]

    @property
    def sentence(self) -> str:
        """Where the unit stands, in one sentence whose numbers add up:

        “牵头 3 项指标、36 项任务：已完成 9，期末未完成 8，未填报 19（逾期 302 天）”.
        """
        led = []
        if number := len(self.indicators):
            led.append(ngettext("%(n)s 项指标", "%(n)s 项指标", number) % {"n": number})
        if number := len(self.tasks):
            led.append(ngettext("%(n)s 项任务", "%(n)s 项任务", number) % {"n": number})
        if not led and self.entries:
            number = len(self.entries)
            led.append(ngettext("%(n)s 个项目", "%(n)s 个项目", number) % {"n": number})
        told = _("牵头 %(what)s") % {"what": _("、").join(led)}
        states = [
            _("%(state)s %(n)s") % {"state": str(STATE_WORDS[state]).lower(), "n": self.counts[state]}
            for state in TOLD
            if self.counts[state]
        ]
        if not states:
            return told
        return _("%(led)s：%(states)s") % {"led": told, "states": _("，").join(states)} + self._late_words()

    def _late_words(self) -> str:
        """For how long reports are overdue, and of how many tasks where these are not just all without one."""
        late = self.late_tasks
        if not late:
            return ""
        said = {"n": len(late), "days": max(duty.late.days for duty in late)}
        silent = [duty for duty in self.tasks if duty.state == Item.Status.NOT_REPORTED]
        if late == silent:  # they end the sentence
            return _("（逾期 %(days)s 天）") % said
        return _("；其中 %(n)s 项填报逾期 %(days)s 天") % said


def units_on(plan: Plan, day: date) -> list[UnitDuties]:
    """Every unit that leads something or has an answer to give, by what is overdue, most first.

    Eight queries at most besides the overview's own, however many units and commitments. Who leads what is as it
    is now: assignments have no days of their own.
    """
    leads = answerable(plan)
    units: dict[int, UnitDuties] = {}

    def of(organisation: Organisation) -> UnitDuties:
        return units.setdefault(organisation.pk, UnitDuties(organisation, day))

    for row in led_indicators(plan, day):
        if row.standing.indicator.lead:
            of(row.standing.indicator.lead).indicators.append(row)
    if any(leads.values()):
        owed = {row.item.pk: row for row in report_gaps(plan, day)}
        items = list(plan.items.filter(kind__in=plan.kinds.due).in_plan_order())
        show_day(plan, items, day, kinds=plan.kinds.due)
        for item in items:
            if organisation := leads[item.pk]:
                state = state_on(item.status, item.status_as_of, plan.ends_on, day)
                of(organisation).duties.append(Duty(item, state, owed.get(item.pk)))
    for finding in findings_on(plan, day):
        of(finding.organisation).findings.append(as_it_stood(finding))
    return sorted(
        units.values(), key=lambda unit: (-unit.overdue, -unit.days, -unit.backlog, unit.organisation.code)
    )


def led_indicators(plan: Plan, day: date) -> list[LedIndicator]:
    """Every indicator with the years of its figures, in the plan's order."""
    found = for_reader(overview(plan, day))
    answers = answers_of(found)
    return [LedIndicator(row, gap_rows_of(found, row, answers)) for row in found.standings]


def duties_of(plan: Plan, organisation: Organisation, day: date) -> UnitDuties:
    """One unit's duties; two queries more than all of them."""
    found = (unit for unit in units_on(plan, day) if unit.organisation.pk == organisation.pk)
    unit = next(found, UnitDuties(organisation, day))
    unit.answers_for = frozenset(pk for pk, lead in answerable(plan).items() if lead == organisation)
    unit.supports = plan.items.filter(supporting=organisation).exclude(lead=organisation).count()
    return unit


def public_statements(plan: Plan, unit: UnitDuties) -> list[PublicEvidence]:
    """What was published by the day about anything the unit answers for, the newest first."""
    rows = [row for row in approved_rows(plan) if row.item_id in unit.answers_for and row.was_known(unit.day)]
    return rows[::-1]


def totals(units: Iterable[UnitDuties]) -> dict[str, int]:
    """What the index says of all units together."""
    units = list(units)
    return {
        "units": len(units),
        "late": sum(unit.overdue > 0 for unit in units),
        "reports": sum(unit.late_reports for unit in units),
        "figures": sum(unit.missing for unit in units),
        "findings": sum(len(unit.late_findings) for unit in units),
        "backlog": sum(unit.backlog for unit in units),
    }

"""The milestones of commitments, as stated in the reports that count on a day: rows of a page's time line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from charts import gantt
from plan.models import Item, Plan
from plan.wording import late_words
from updates.models import Milestone, StatusUpdate
from updates.queries import approved_on


@dataclass(frozen=True)
class TimelineEntry:
    """One milestone: `days` it is late, or was; `state` is done, late, or empty for one still to come."""

    milestone: Milestone
    state: str
    days: int

    @property
    def late_words(self) -> str:
        return late_words(self.days, is_done=self.state == "done")


@dataclass(frozen=True)
class TimeRow:
    item: Item
    lines: list[TimelineEntry] = field(default_factory=list)


@dataclass(frozen=True)
class TimeTable:
    """A row a commitment, in the order given; those without a milestone are rows as well."""

    rows: list[TimeRow]

    @property
    def told(self) -> list[TimeRow]:
        return [row for row in self.rows if row.lines]

    @property
    def silent(self) -> list[TimeRow]:
        return [row for row in self.rows if not row.lines]

    @property
    def total(self) -> int:
        return sum(len(row.lines) for row in self.rows)

    @property
    def is_drawn(self) -> bool:
        """Whether a picture says more than the sentence under it: one row without a milestone does not."""
        return self.total > 0 or len(self.rows) > 1

    @property
    def done(self) -> int:
        return self._number("done")

    @property
    def late(self) -> int:
        """Those overdue and still open; what came late is done."""
        return self._number("late")

    @property
    def height(self) -> int:
        return gantt.height(len(self.rows))

    @property
    def tall(self) -> int:
        return gantt.height(len(self.rows), tall=True)

    def _number(self, state: str) -> int:
        return sum(line.state == state for row in self.rows for line in row.lines)


def time_table(plan: Plan, items: Iterable[Item], day: date, *, only_told: bool = False) -> TimeTable:
    """What is known on a day of the milestones of items. One query.

    Projects and points have a row only where a report states a milestone: twenty empty rows would hide the few
    that say something. `only_told` leaves out every commitment without one.
    """
    items = [item for item in items if item.kind in plan.kinds.reported]
    known = _milestones(plan, items, day) if items else {}
    rows = [TimeRow(item, [line_of(row, day) for row in known.get(item.pk, [])]) for item in items]
    quiet = tuple(plan.kinds) if only_told else plan.kinds.entries
    return TimeTable([row for row in rows if row.lines or row.item.kind not in quiet])


def rows_below(item: Item, every: Iterable[Item]) -> list[Item]:
    """Whose milestones the page of an item shows: its own, its tasks' and projects', each with those below it."""
    return [item, *every]


def figure(plan: Plan, table: TimeTable, day: date, query: str) -> dict:
    """The same as a picture; `query` keeps the day in its addresses."""
    rows = tuple(
        gantt.GanttRow(
            f"{row.item.code} {row.item.label}"
            if row.item.kind not in row.item.kinds.entries
            else f"· {row.item.label}",
            row.item.path(plan.slug) + query,
            tuple(
                gantt.GanttMark(line.milestone.planned_on, _actual(line.milestone, day), _told(line))
                for line in row.lines
            ),
            "" if row.lines else _("未报里程碑"),
        )
        for row in table.rows
    )
    period = {"from": plan.starts_on.year, "to": plan.ends_on.year}
    return gantt.figure(
        gantt.TimeLine(
            rows,
            plan.starts_on,
            plan.ends_on,
            day,
            _("规划期 %(from)s–%(to)s") % period,
            _("截至 %(day)s") % {"day": day.isoformat()},
            (_("计划"), _("实际"), _("晚于计划")),
        )
    )


def _milestones(plan: Plan, items: list[Item], day: date) -> dict[int, list[Milestone]]:
    """By item, the milestones of the report that counts; a later report without any takes them back."""
    rows = (
        approved_on(plan, day)
        .filter(item__in=[item.pk for item in items])
        .order_by(*StatusUpdate.LATEST_LAST, "milestones__planned_on", "milestones__id")
        .values_list("item", "pk", "milestones__title", "milestones__planned_on", "milestones__actual_on")
    )
    found: dict[int, tuple[int, list[Milestone]]] = {}
    for item, update, title, planned_on, actual_on in rows:
        if item not in found or found[item][0] != update:
            found[item] = (update, [])
        if planned_on:
            found[item][1].append(Milestone(title=title, planned_on=planned_on, actual_on=actual_on))
    return {item: milestones for item, (_update, milestones) in found.items()}


def _actual(row: Milestone, day: date) -> date | None:
    return row.actual_on if row.actual_on and row.actual_on <= day else None


def line_of(row: Milestone, day: date) -> TimelineEntry:
    """A milestone as it stands on a day."""
    actual = _actual(row, day)
    days = max(0, ((actual or day) - row.planned_on).days)
    return TimelineEntry(row, "done" if actual else "late" if days else "", days)


def _told(line: TimelineEntry) -> str:
    """A milestone in one line: its name, both days, how late."""
    words = [line.milestone.title, f"{_('计划')} {line.milestone.planned_on.isoformat()}"]
    if line.state == "done":
        words.append(f"{_('实际')} {line.milestone.actual_on.isoformat()}")
    words.append(line.late_words or (_("按期") if line.state == "done" else _("未到期")))
    return " · ".join(words)

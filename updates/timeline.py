"""The milestones of a commitment and of what stands below it, as stated in the reports that count on a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from charts.gantt import Span, axis_svg, line_svg
from plan.models import Item
from updates.models import Milestone
from updates.queries import approved_on, latest_by_item


@dataclass(frozen=True)
class TimeLine:
    """One milestone on the common scale; `state` is done, late, or empty for one still to come."""

    item: Item
    milestone: Milestone
    state: str
    svg: str


@dataclass(frozen=True)
class TimeTable:
    axis: str
    lines: list[TimeLine]
    done: int
    late: int


def time_table(item: Item, day: date) -> TimeTable | None:
    """The milestones in the plan's order, then by planned day; None where no report states one. Two queries."""
    below = Q(item=item) | Q(item__parent=item) | Q(item__parent__parent=item)
    updates = approved_on(item.plan, day).filter(below).select_related("item").prefetch_related("milestones")
    latest = latest_by_item(updates)
    rows: dict[int, list[Milestone]] = defaultdict(list)
    for update in latest.values():
        rows[update.item_id] += update.milestones.all()
    items = {update.item_id: update.item for update in latest.values()}
    every = [(items[pk], row) for pk in items for row in rows[pk]]
    if not every:
        return None
    every.sort(key=lambda pair: (pair[0].order, pair[1].planned_on, pair[1].pk))
    span = _span(item, [row for _item, row in every])
    lines = [TimeLine(owner, row, _state(row, day), _line(span, row, day)) for owner, row in every]
    states = [line.state for line in lines]
    return TimeTable(axis_svg(span), lines, states.count("done"), states.count("late"))


def _span(item: Item, rows: list[Milestone]) -> Span:
    """The plan period, longer where a milestone falls outside of it."""
    days = [day for row in rows for day in (row.planned_on, row.actual_on) if day]
    return Span(min([item.plan.starts_on, *days]), max([item.plan.ends_on, *days]))


def _state(row: Milestone, day: date) -> str:
    if row.actual_on and row.actual_on <= day:
        return "done"
    return "late" if row.planned_on < day else ""


def _line(span: Span, row: Milestone, day: date) -> str:
    # Without a name of its own: the row it stands in says both days in words.
    return line_svg(span, row.planned_on, row.actual_on, day, label="")

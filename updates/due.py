"""Which reports are due: one an item and period (a half-year unless set otherwise), a while after its end.

`reports_due` is what work lists and reminders share. An item whose status was approved as done asks for no more.
What was due before the plan was loaded here is nobody's delay: it waits to be filled in (decision 0028).
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.conf import settings

from accounts.models import Organisation
from plan.models import Item, Plan
from plan.queries import answerable
from updates.models import StatusUpdate
from updates.queries import latest_by_item

OVERDUE, DUE_SOON, BACKLOG = "overdue", "due_soon", "backlog"
HANDED_IN = (StatusUpdate.State.SUBMITTED, StatusUpdate.State.APPROVED)


@dataclass(frozen=True)
class Period:
    """A reporting period, both days included; `asks_since` is the plan's."""

    start: date
    end: date
    asks_since: date | None = None

    @property
    def due_on(self) -> date:
        """The last day on which its report is on time."""
        return self.end + timedelta(days=settings.UPDATE_GRACE_DAYS)

    def state_on(self, day: date) -> str:
        """What a report still missing on a day is."""
        if day <= self.due_on:
            return DUE_SOON
        return BACKLOG if self.asks_since and self.due_on < self.asks_since else OVERDUE


@dataclass(frozen=True)
class DueUpdate:
    """A report that is asked for; `update` is one begun or returned, `organisation` who answers for the item."""

    item: Item
    organisation: Organisation | None
    period_end: date
    due_on: date
    state: str
    update: StatusUpdate | None = None


class Reporting:
    """All that is reported on in a plan, for whoever asks several things of it: read once, when it is asked."""

    def __init__(self, plan: Plan):
        self.plan = plan

    @cached_property
    def leads(self) -> dict[int, Organisation | None]:
        """By item, who answers for it."""
        return answerable(self.plan)

    @cached_property
    def updates(self) -> dict[int, list[StatusUpdate]]:
        """By item, its reports in whatever state."""
        found: dict[int, list[StatusUpdate]] = defaultdict(list)
        # A related manager's order would join and sort for nothing.
        for row in StatusUpdate.objects.filter(item__plan=self.plan).order_by("status_on", "pk"):
            found[row.item_id].append(row)
        return found


def periods(starts_on: date, ends_on: date, months: int) -> list[Period]:
    """A plan's reporting periods of so many months; the last ends with the plan."""
    found, start = [], starts_on
    while start <= ends_on:
        following = add_months(start, months)
        found.append(Period(start, min(following - timedelta(days=1), ends_on)))
        start = following
    return found


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_period(plan: Plan, today: date) -> Period | None:
    """The period that ended last; None before the first has."""
    every = periods(plan.starts_on, plan.ends_on, settings.UPDATE_PERIOD_MONTHS)
    ended = [row for row in every if row.end < today]
    return replace(ended[-1], asks_since=plan.asks_since) if ended else None


def due_of(
    item: Item,
    updates: Iterable[StatusUpdate],
    period: Period | None,
    *,
    organisation: Organisation | None,
    today: date,
) -> DueUpdate | None:
    """What is due of one item, given all its updates: None when nothing is. Pure."""
    updates = list(updates)
    if period is None or item.kind not in item.kinds.due:
        return None
    if not _is_asked(updates, period):
        return None
    begun = [row for row in updates if row.state not in HANDED_IN]
    return DueUpdate(
        item,
        organisation,
        period.end,
        period.due_on,
        period.state_on(today),
        max(begun, key=lambda row: row.pk, default=None),
    )


def _is_asked(updates: list[StatusUpdate], period: Period) -> bool:
    """Whether a report is still asked for of an item with these."""
    latest = max(latest_by_item(updates).values(), key=lambda row: row.pk, default=None)
    if latest is not None and latest.status == Item.Status.DONE:
        return False
    # A report of any day within the period or since answers for it.
    return not any(row.state in HANDED_IN and row.status_on >= period.start for row in updates)


def number_due(reporting: Reporting, items: Iterable[int], *, today: date) -> tuple[str, int]:
    """How many of these items, of kinds that are reported on, a report is asked of, and what each of them is."""
    period = last_period(reporting.plan, today)
    if period is None:
        return OVERDUE, 0
    return period.state_on(today), sum(_is_asked(reporting.updates.get(pk, []), period) for pk in items)


def reports_due(plan: Plan, *, today: date, reporting: Reporting | None = None) -> list[DueUpdate]:
    """The reports due of a plan, in its order; three queries, none of what was read already."""
    period = last_period(plan, today)
    if period is None:
        return []
    read = reporting or Reporting(plan)
    found = [
        due_of(item, read.updates.get(item.pk, ()), period, organisation=read.leads[item.pk], today=today)
        for item in plan.items.filter(kind__in=plan.kinds.due).in_plan_order()
    ]
    return [row for row in found if row is not None]

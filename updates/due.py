"""Which reports are due: one an item and period (a half-year unless set otherwise), a while after its end.

`reports_due` is what work lists and reminders share. An item whose status was approved as done asks for no more.
What was due before the plan was loaded here is nobody's delay: it waits to be filled in (decision 0028).
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

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
    latest = latest_by_item(updates).get(item.pk)
    if latest is not None and latest.status == Item.Status.DONE:
        return None
    # A report of any day within the period or since answers for it.
    if any(row.state in HANDED_IN and row.status_on >= period.start for row in updates):
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


def reports_due(plan: Plan, *, today: date) -> list[DueUpdate]:
    """The reports due of a plan, in its order; three queries."""
    period = last_period(plan, today)
    if period is None:
        return []
    leads = answerable(plan)
    updates: dict[int, list[StatusUpdate]] = defaultdict(list)
    for row in StatusUpdate.objects.filter(item__plan=plan):
        updates[row.item_id].append(row)
    found = [
        due_of(item, updates[item.pk], period, organisation=leads[item.pk], today=today)
        for item in plan.items.filter(kind__in=plan.kinds.due).in_plan_order()
    ]
    return [row for row in found if row is not None]

"""The work list of status updates: each item a person answers for, with where its reporting stands."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation
from plan.models import Item, Plan
from plan.queries import Entrusted
from updates.due import DueUpdate, Reporting, due_of, last_period
from updates.models import StatusUpdate, UpdateStep
from updates.queries import OPEN_STATES, latest_by_item

State = StatusUpdate.State
# What has to be done first comes first; the words are those of updates/templatetags/updates.py.
STATES = ("returned", "overdue", "due_soon", "draft", "backlog", "submitted", "reported", "quiet")
TO_DO = STATES[:4]


@dataclass(frozen=True)
class UpdateWorkRow:
    """One item: what was approved last, what is being written, what is due."""

    item: Item
    organisation: Organisation | None
    last: StatusUpdate | None
    current: StatusUpdate | None
    due: DueUpdate | None
    reason: str = ""

    @property
    def state(self) -> str:
        """One of STATES: the first thing to know of the item."""
        if self.current and self.current.state == State.RETURNED:
            return "returned"
        if self.due:
            return self.due.state
        if self.current:
            return str(self.current.state)
        return "reported" if self.last else "quiet"

    @property
    def may_go_on(self) -> bool:
        """Whether a draft or returned update waits to be gone on with."""
        return self.current is not None and self.current.state in OPEN_STATES


def work_rows(
    plan: Plan, user, *, today: date, own: Entrusted | None = None, reporting: Reporting | None = None
) -> list[UpdateWorkRow]:
    """The items of the kinds reported on that a person may report, in the plan's order; five queries at most.

    Points, goals and safeguards, which need not be reported on, appear once something is filed on them.
    """
    read = reporting or Reporting(plan)
    own, leads, period = own or Entrusted(plan, user), read.leads, last_period(plan, today)
    latest = latest_by_item(update for rows in read.updates.values() for update in rows)
    is_returned = any(row.state == State.RETURNED for rows in read.updates.values() for row in rows)
    reasons = _reasons(plan) if is_returned else {}
    rows = []
    for item in plan.items.filter(kind__in=plan.kinds.reported).in_plan_order():
        if item.pk not in own:
            continue
        updates = read.updates.get(item.pk, [])
        if item.kind not in plan.kinds.due and not updates:
            continue
        unfinished = [row for row in updates if row.state != State.APPROVED]
        current = max(unfinished, key=lambda row: row.pk, default=None)
        due = due_of(item, updates, period, organisation=leads[item.pk], today=today)
        reason = reasons.get(current.pk, "") if current and current.state == State.RETURNED else ""
        rows.append(UpdateWorkRow(item, leads[item.pk], latest.get(item.pk), current, due, reason))
    return rows


def next_to_report(plan: Plan, user, item: Item, *, today: date) -> tuple[UpdateWorkRow | None, int]:
    """What else a person has to report once something of `item` is handed in, and how much there is of it."""
    rows = [row for row in work_rows(plan, user, today=today) if row.state in TO_DO and row.item.pk != item.pk]
    rows.sort(key=lambda row: TO_DO.index(row.state))
    return (rows[0] if rows else None), len(rows)


def counts_of(rows: list[UpdateWorkRow]) -> dict[str, int]:
    """Rows by state, every state named, in the order of STATES."""
    counted = Counter(row.state for row in rows)
    return {state: counted[state] for state in STATES}


def _reasons(plan: Plan) -> dict[int, str]:
    """Why each returned update came back, the last time."""
    steps = UpdateStep.objects.filter(
        update__item__plan=plan, update__state=State.RETURNED, action=UpdateStep.Action.RETURNED
    )
    return dict(steps.order_by("id").values_list("update_id", "reason"))

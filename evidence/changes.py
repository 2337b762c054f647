"""Published statements as changes: each by the day it became public, or by the day it was approved here."""

from datetime import date

from evidence.queries import approved_rows
from evidence.states import above, said
from plan.changes import Cause, Change, Clock, seen_from
from plan.models import Item, Plan


def of_evidence(plan: Plan, since: date, until: date, item: Item | None, clock: str = "") -> list[Change]:
    """What became known after `since`, up to and on `until`, by a clock; of an item, with all below it."""
    if item is not None and item.kind == Item.Kind.INDICATOR:
        return []
    rows = approved_rows(plan)
    if item is not None:
        rows = [row for row in rows if item.code in (row.item.code, *above(row.item))]
    first, last = seen_from(since, clock), seen_from(until, clock)
    rows = [row for row in rows if row.was_known(last) and not row.was_known(first)]
    days = [row.published_on if clock != Clock.KNOWN else max(row.published_on, row.learned_on) for row in rows]
    return [
        Change(
            day=day,
            cause=Cause.EVIDENCE,
            key=f"{day}:{row.item.code}:evidence:{row.pk}",
            item=row.item,
            label=row.item.label,
            new=said(row),
            new_value=row.says,
            sources=(row.source,),
            text=row.fact,
        )
        for row, day in zip(rows, days, strict=True)
    ]

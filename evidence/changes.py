"""Published statements as changes: each by the day it became public."""

from datetime import date, timedelta

from evidence.models import PublicEvidence
from evidence.queries import approved_rows, below
from evidence.states import said
from plan.changes import Cause, Change
from plan.models import Item, Plan


def of_evidence(plan: Plan, since: date, until: date, item: Item | None, clock: str = "") -> list[Change]:
    """What was published after `since`, up to and on `until`; of an item, with all below it."""
    if item is not None and item.kind == Item.Kind.INDICATOR:
        return []
    if item is None:
        rows = [row for row in approved_rows(plan) if row.was_known(until) and not row.was_known(since)]
    else:
        own = PublicEvidence.objects.of(plan).known_on(until).since(since + timedelta(1)).filter(below(item))
        rows = list(own.newest_last().select_related("item", "source"))
    return [
        Change(
            day=row.published_on,
            cause=Cause.EVIDENCE,
            key=f"{row.published_on}:{row.item.code}:evidence:{row.pk}",
            item=row.item,
            label=row.item.label,
            new=said(row),
            new_value=row.says,
            sources=(row.source,),
            text=row.fact,
        )
        for row in rows
    ]

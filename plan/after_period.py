"""What a reported state says once the plan's period is over. Pure: see docs/decisions/0009.

A report is kept, filtered and exported in its own words. Pages read it on a day: after the period nothing can be
on schedule any more. What a report of the end or later calls unfinished was not finished in time; what was last
reported before the end is not known to be either.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from plan.models import Item

Status = Item.Status
# States of pages, beside those of reports.
UNFINISHED, UNCLOSED = "unfinished", "unclosed"
# What a report calls unfinished; an adjusted task has another end, and what is not reported stays so.
OPEN = (Status.NOT_STARTED, Status.ON_SCHEDULE, Status.BEHIND)
CLOSING = {UNFINISHED: _("期末未完成"), UNCLOSED: _("待期末填报")}
STATE_WORDS = dict(Status.choices) | CLOSING


def state_on(status: str, status_on: date | None, ends_on: date, day: date) -> str:
    """The state pages show on a day: as reported up to the plan's last day, then what it comes to."""
    if day <= ends_on or status not in OPEN:
        return status
    return UNFINISHED if status_on is not None and status_on >= ends_on else UNCLOSED


def states(ends_on: date, day: date) -> list[str]:
    """Every state pages can show on a day, in the order of the reports'."""
    if day <= ends_on:
        return list(Status.values)
    return [Status.NOT_REPORTED, UNCLOSED, UNFINISHED, Status.DONE, Status.ADJUSTED]

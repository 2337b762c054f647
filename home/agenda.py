"""The next days that matter to everybody: rounds, reporting periods, figures, follow-up actions, reports."""

from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from assessments.models import Round
from assessments.queries import open_findings, rounds_on
from indicators.figures.due import due_day
from plan.models import Plan
from plan.params import as_of_query
from reports.models import SavedReport
from updates.due import periods

SHOWN = 5


@dataclass(frozen=True)
class Coming:
    """A day ahead: what falls on it, of what (`said`, in the stored language), and the page that tells more."""

    day: date
    words: str
    url: str
    said: str = ""


def next_days(plan: Plan, user, *, day: date) -> list[Coming]:
    """What comes on `day` or after, soonest first; three queries."""
    found = chain(
        _rounds(plan, user, day), _findings(plan, day), _of_calendar(plan, user, day), _reports(plan, user, day)
    )
    query = as_of_query(day)
    rows = sorted((row for row in found if row.day >= day), key=lambda row: row.day)[:SHOWN]
    return [Coming(row.day, row.words, row.url + query, row.said) for row in rows]


def _rounds(plan: Plan, user, day: date):
    """Until when the notes of rounds under way are to be handed in, and up to which day their figures count."""
    rows = rounds_on(plan, day).filter(state_then__in=(Round.State.PLANNED, Round.State.OPEN))
    if not may(user, Permission.SEE_ROUNDS):
        rows = rows.exclude(state_then=Round.State.PLANNED)
    for row in rows:
        url = reverse("assessments:round", args=[plan.slug, row.code])
        yield Coming(row.cut_off, _("%(round)s：数据截止") % {"round": row.label}, url)
        yield Coming(row.due_on, _("%(round)s：提交期限") % {"round": row.label}, url)


def _findings(plan: Plan, day: date):
    for row in open_findings(plan, day).filter(due_on__gte=day).order_by("due_on")[:SHOWN]:
        yield Coming(
            row.due_on, _("整改期限"), reverse("assessments:finding", args=[plan.slug, row.pk]), row.title
        )


def _of_calendar(plan: Plan, user, day: date):
    """The next day for figures and the next for progress reports, while the plan has any left."""
    works = may(user, Permission.USE_DESK)
    desk = reverse("desk:home" if works else "indicators:index", args=[plan.slug])
    updates = reverse("updates:index" if works else "status", args=[plan.slug])
    years = range(plan.starts_on.year, plan.target_year + 1)
    if year := next((year for year in years if due_day(year) >= day), None):
        yield Coming(due_day(year), _("%(year)s 年数据的录入期限") % {"year": year}, desk)
    every = periods(plan.starts_on, plan.ends_on, settings.UPDATE_PERIOD_MONTHS)
    if period := next((row for row in every if row.due_on >= day), None):
        yield Coming(period.due_on, _("最近一期进展的填报期限"), updates)


def _reports(plan: Plan, user, day: date):
    """The person's own reports that a worker makes on set days."""
    rows = SavedReport.objects.filter(plan=plan, owner=user, next_run_on__gte=day)
    for row in rows.order_by("next_run_on")[:SHOWN]:
        yield Coming(row.next_run_on, _("生成报表"), reverse("report_saved", args=[plan.slug]), row.name)

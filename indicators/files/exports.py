"""Rows of the two contract files: published figures and progress (columns: indicators.files.columns)."""

from django.db.models import QuerySet

from indicators.files.columns import OBSERVATION, PROGRESS, ComponentLine, FigureLine
from indicators.known import BOUNDS_FIRST
from indicators.models import Observation
from indicators.queries import Overview
from plan.columns import Row, row_of
from plan.models import Plan

IN_ORDER = (
    "component__indicator__order", "component__order", "component_id", "year", BOUNDS_FIRST, "released_on", "id",
)  # fmt: skip


def all_judged(as_of) -> QuerySet[Observation]:
    """Figures and bounds of every plan that count on a day, each with whether it counts for its year.

    Of a year the bounds come first: what follows an exact release is a later one, which replaces it.
    """
    rows = Observation.objects.of_current().stated_on(as_of).with_in_force(as_of)
    plan = "component__indicator__plan"
    return rows.select_related(plan, "source", "entered_by__organisation").order_by(
        f"{plan}__starts_on", f"{plan}__slug", *IN_ORDER
    )


def judged_observations(plan: Plan, as_of) -> QuerySet[Observation]:
    """The same of one plan."""
    rows = all_judged(as_of).filter(component__indicator__plan=plan)
    return (
        rows.select_related(None)
        .select_related("component__indicator", "source", "entered_by__organisation")
        .order_by(*IN_ORDER)
    )


def shows_logins(request) -> bool:
    """Whether a file of figures names people by login, as to all who have signed in; strangers see organisations.

    A file made again to be compared is made for the same eyes as then (reports.verifying).
    """
    return getattr(request, "shows_logins", request.user.is_authenticated)


def observation_row(row: Observation, slug: str, *, logins: bool) -> Row:
    """One figure; numbers as they are stored, days in ISO form."""
    return row_of(OBSERVATION, FigureLine(row, slug, logins))


def progress_rows(overview: Overview) -> list[Row]:
    """One row a component: where it stands on the overview's day, with both methods' results."""
    return [
        row_of(PROGRESS, ComponentLine(standing, part, overview.as_of))
        for standing in overview.standings
        for part in standing.components
    ]

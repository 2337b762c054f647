"""Rows of the two contract files: published figures and progress (columns: indicators.columns)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from indicators.models import Observation
from indicators.queries import Overview
from judging.decimals import decimal_of
from plan.models import Plan

IN_ORDER = ("component__indicator__order", "component__order", "component_id", "year", "released_on", "id")


def all_judged(as_of) -> QuerySet[Observation]:
    """Approved figures of every plan public by a day, without statements that are no figure (lower bounds)."""
    rows = Observation.objects.of_current().known_on(as_of).judged()
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


def observation_row(row: Observation, slug: str, *, logins: bool) -> dict[str, Any]:
    """One figure; numbers as they are stored, days in ISO form."""
    indicator = row.component.indicator
    return {
        "plan": slug,
        "code": indicator.code,
        "component": row.component.code,
        "indicator": indicator.title,
        "unit": indicator.unit,
        "year": row.year,
        "value": row.value,
        "value_status": row.value_status,
        "released_on": row.released_on.isoformat(),
        "source_title": row.source.title,
        "source_url": row.source.url,
        "entered_by": _entered_by(row, logins=logins),
        "approved_at": timezone.localtime(row.approved_at).isoformat(timespec="seconds")
        if row.approved_at
        else "",
    }


def _entered_by(row: Observation, *, logins: bool) -> str:
    if row.entered_by is None:
        return ""
    if logins:
        return row.entered_by.get_username()
    return row.entered_by.organisation.name if row.entered_by.organisation else ""


def progress_rows(overview: Overview) -> list[dict[str, Any]]:
    """One row a component: where it stands on the overview's day, with both methods' results."""
    rows = []
    for standing in overview.standings:
        for part in standing.components:
            latest, assessment, target = part.latest, part.assessment, part.target
            rows.append(
                {
                    "code": standing.indicator.code,
                    "component": part.component.code,
                    "indicator": standing.indicator.title,
                    "unit": standing.indicator.unit,
                    "baseline_year": part.component.baseline_year,
                    "baseline_value": part.component.baseline_value,
                    "target_operator": target.type,
                    "target_low": target.value if target.low is None else target.low,
                    "target_high": target.high,
                    "target_year": target.year,
                    "target_text": target.text,
                    "latest_year": latest.year if latest else None,
                    "latest_value": latest.value if latest else None,
                    "value_status": latest.value_status if latest else None,
                    "released_on": latest.released_on.isoformat() if latest else None,
                    "source_title": latest.source.title if latest else None,
                    "linear_status": assessment.linear.status,
                    "linear_progress": decimal_of(assessment.linear.progress),
                    "linear_lead": decimal_of(assessment.linear.lead),
                    "cagr_status": assessment.cagr.status,
                    "cagr_ratio": assessment.cagr.ratio,
                    "final_verdict": assessment.final_verdict,
                    "as_of": overview.as_of.isoformat(),
                    "rule_version": part.rule.version,
                }
            )
    return rows

"""What is missing and who owes it (数据缺口), as a page, a sheet for each unit and a file."""

from collections import Counter

from django.db.models import Count
from django.shortcuts import render

from accounts.permissions import Permission, may
from dashboard.columns import GAP, gap_report_row, gap_year_row
from dashboard.gaps import ReportGap, by_kind, by_unit, report_gaps
from desk.queries import figures_seen_by
from indicators.figures.gaps import GapRow, answers_of, counted, gap_rows
from indicators.models import Observation
from indicators.queries import overview
from indicators.reader_units import for_reader
from plan.columns import Row
from plan.exports.files import rows_file
from plan.params import read_choice, today
from plan.queries import get_plan


def gaps(request, slug, format=""):
    """Components by year, commitments by state, both by the unit in charge; `?organisation=` one unit's sheet."""
    plan = get_plan(slug)
    found = overview(plan, request.as_of)
    rows = gap_rows(found if format else for_reader(found), answers_of(found))
    reports = report_gaps(plan, request.as_of)
    if format:
        lines = _lines(rows, reports)
        return rows_file(request, lines, columns=GAP, name=f"{slug}_gaps", format=format)
    units = by_unit(rows, reports)
    chosen = read_choice(request.GET, "organisation", [unit.code for unit in units])
    totals = Counter(plan.items.filter(kind__in=plan.kinds.due).order_by().values_list("kind", flat=True))
    sees_work = may(request.user, Permission.USE_DESK) and request.as_of == today()
    waiting = _waiting(plan, request.user) if sees_work else {}
    context = {
        "plan": plan,
        "rows": [(row, waiting.get(row.component.pk, [])) for row in rows],
        "years": [year.year for year in rows[0].years] if rows else [],
        "counts": counted(rows),
        "missing": sum(len(row.missing) for row in rows),
        "number": sum(len(row.years) for row in rows),
        "kinds": by_kind(plan, totals, reports),
        "reports_late": sum(report.is_overdue for report in reports),
        "backlog": sum(report.is_backlog for report in reports),
        "units": [unit for unit in units if chosen in ("", unit.code)],
        "chosen": chosen,
        "sees_work": sees_work,
        "may_enter": may(request.user, Permission.ENTER_FIGURES),
        "rule": found.rule,
    }
    return render(request, "dashboard/gaps.html", context)


def _waiting(plan, user) -> dict[int, list[str]]:
    """By component, what is on its way to approval and this reader may see, in words: “2024 待核定 2”."""
    counts = (
        figures_seen_by(plan, user)
        .select_related(None)
        .under_way()
        .order_by("year", "state")
        .values_list("component", "year", "state")
        .annotate(number=Count("pk"))
    )
    found: dict[int, list[str]] = {}
    for component, year, state, number in counts:
        found.setdefault(component, []).append(f"{year} {Observation.State(state).label} {number}")
    return found


def _lines(rows: list[GapRow], reports: list[ReportGap]) -> list[Row]:
    """Every year of every component, then every missing report, as rows of the file."""
    years = [gap_year_row(row, year) for row in rows for year in row.years]
    return [*years, *(gap_report_row(report.due, report.days) for report in reports)]

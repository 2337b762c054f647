"""The same rows as CSV or JSON at the same address as their page: `….csv`, `….json`."""

from collections.abc import Iterable

from django.http import JsonResponse

from plan.csvfile import csv_response
from plan.demo import HEADER, demo_slugs
from plan.models import Plan
from plan.queries import ITEM_COLUMNS, item_row, items_for_files, statuses_on
from plan.register import record_export, rule_of


def items_file(request, plan: Plan, items, *, name: str, format: str):
    """A list of items as a file in the asked format."""
    address = request.build_absolute_uri("/").rstrip("/")
    statuses = statuses_on(plan, request.as_of)
    rows = [item_row(item, plan.slug, address, statuses) for item in items_for_files(items)]
    return rows_file(request, rows, columns=ITEM_COLUMNS, name=f"{plan.slug}_{name}", format=format)


def json_file(request, body: dict, *, name: str, rows: int) -> JsonResponse:
    """A page's rows as JSON; like every file, noted in the audit log."""
    response = json_response(request, body)
    response["X-As-Of"] = request.as_of.isoformat()
    response["X-Filters"] = request.GET.urlencode()
    response["X-Row-Count"] = str(rows)
    response["X-Rule-Version"] = rule_of(request)
    response["X-SHA256"] = record_export(request, name=name, rows=rows, data=response.content, format="json")
    return response


def rows_file(request, rows: Iterable[dict], *, columns: dict[str, str], name: str, format: str):
    if format == "json":
        rows = list(rows)
        body = {"as_of": request.as_of.isoformat(), "count": len(rows), "results": rows}
        return json_file(request, body, name=name, rows=len(rows))
    flat = (
        {key: "、".join(value) if isinstance(value, list) else value for key, value in row.items()} for row in rows
    )
    return csv_response(request, name=name, as_of=request.as_of, columns=columns, rows=flat)


def json_response(request, body: dict) -> JsonResponse:
    """A JSON export; invented figures say so in the body and in a header."""
    demo = bool(demo_slugs(request))
    if demo:
        body = {"demo": True} | body
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    if demo:
        response[HEADER] = "1"
    return response

"""CSV files that open right in Excel and WPS: one byte-order mark, harmless cells, Chinese or machine headings."""

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from audit.services import record_audit
from plan.demo import HEADER, demo_slugs, marked
from plan.params import read_choice

# A text cell that begins with one of these runs as a formula in a spreadsheet.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}


def guard(value: Any) -> Any:
    """A cell as written: formulas made harmless with a leading apostrophe, numbers as they are, None empty."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_MARKS):
        return f"'{value}"
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return value


def unguard(text: str) -> str:
    """Takes the apostrophe of `guard` off again, so that an export read back is the same."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_MARKS) else text


def csv_bytes(columns: dict[str, str], rows: Iterable[dict[str, Any]], *, header: str, encoding: str) -> bytes:
    """The whole file; `header` is "zh" or "code", `encoding` a key of ENCODINGS."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns.values() if header == "zh" else columns.keys())
    writer.writerows([guard(row[name]) for name in columns] for row in rows)
    return out.getvalue().encode(ENCODINGS[encoding])


def csv_response(request, *, name: str, as_of: date, columns: dict[str, str], rows: list[dict]) -> HttpResponse:
    """A CSV download that says in its headers as-of, filters, rows and SHA-256 of the very bytes."""
    header = read_choice(request.GET, "header", ("zh", "code"), "code")
    encoding = read_choice(request.GET, "encoding", ENCODINGS, "utf-8")
    name, columns, rows = marked(request, name=name, columns=columns, rows=rows)
    data = csv_bytes(columns, rows, header=header, encoding=encoding)
    response = HttpResponse(data, content_type=f"text/csv; charset={encoding}")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}_{as_of.isoformat()}.csv")
    response["X-As-Of"] = as_of.isoformat()
    response["X-Filters"] = request.GET.urlencode()
    response["X-Row-Count"] = str(len(rows))
    response["X-SHA256"] = record_export(request, name=name, rows=len(rows), data=data)
    if demo_slugs(request):
        response[HEADER] = "1"
    return response


def record_export(request, *, name: str, rows: int, data: bytes = b"", format: str = "csv") -> str:
    """Notes in the audit log that a file left the house; gives its SHA-256, empty for one that is streamed.

    For every file made on request (CSV, JSON, workbooks), not for pages or the API that programs poll.
    """
    digest = hashlib.sha256(data).hexdigest() if data else ""
    if request.method == "GET":  # HEAD takes nothing away
        known = request.user.is_authenticated
        record_audit(
            action="export",
            by=request.user if known else None,
            name="" if known else "匿名",
            plan_slug=request.resolver_match.kwargs.get("slug", ""),
            object_label=name,
            after={"format": format, "filters": request.GET.urlencode()[:500], "rows": rows, "sha256": digest},
        )
    return digest

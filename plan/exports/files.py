"""Rows as CSV or JSON at the same address as their page: `….csv`, `….json`."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from plan.columns import Columns, in_words, with_code_columns
from plan.days import day_facts
from plan.demo import demo_slugs, marked
from plan.exports.cells import json_value
from plan.exports.csvfile import ENCODINGS, HEADINGS, CountedRows, csv_blocks, csv_heading
from plan.exports.download import Download
from plan.exports.items import ITEM_COLUMNS, item_row
from plan.models import Plan
from plan.params import BadParameter, read_choice
from plan.public import public_on
from plan.queries import items_for_files, statuses_on

# How a CSV is to look: its headings, its encoding, and whether codes stand beside the words for them.
CSV_WISHES = ("header", "encoding", "code_columns")


def items_file(request, plan: Plan, items, *, name: str, format: str) -> HttpResponseBase:
    """A list of items as a file in the asked format."""
    address = request.build_absolute_uri("/").rstrip("/")
    statuses = statuses_on(plan, request.as_of)
    public = public_on(plan, request.as_of)
    rows = [item_row(item, plan.slug, address, statuses, public) for item in items_for_files(items)]
    return rows_file(request, rows, columns=ITEM_COLUMNS, name=f"{plan.slug}_{name}", format=format)


def rows_file(request, rows: Iterable[dict], *, columns: Columns, name: str, format: str) -> HttpResponseBase:
    if format == "json":
        rows = list(rows)
        body = day_facts(request.as_of) | {"count": len(rows), "results": rows}
        return json_file(request, body, name=name, rows=len(rows))
    return csv_file(request, rows, columns=columns, name=name)


def json_file(request, body: dict, *, name: str, rows: int) -> HttpResponseBase:
    """A page's rows as JSON; invented figures say so in the body.

    Its names are always the codes and its text UTF-8: raises BadParameter for a wish that only CSV could meet.
    """
    for wish in CSV_WISHES:
        if wish in request.GET:
            raise BadParameter(wish, request.GET[wish], _("只用于 CSV；JSON 的字段名总是代码，编码总是 UTF-8"))
    if demo_slugs(request):
        body = {"demo": True} | body
    data = json_text(body).encode()
    return Download(name=name, format="json", pieces=[data], rows=rows, in_place=True).response(request)


def csv_file(
    request,
    rows: Iterable[dict],
    *,
    columns: Columns,
    name: str,
    header: str = "code",
    file_name: str = "",
    query: str | None = None,
) -> HttpResponseBase:
    """Rows as CSV with the headings and in the encoding asked for; `header` says which headings are usual."""
    header = read_choice(request.GET, "header", HEADINGS, header)
    encoding = read_choice(request.GET, "encoding", ENCODINGS, "utf-8")
    if read_code_columns(request.GET, header):
        columns = with_code_columns(columns)
    columns, flagged = marked(request, columns=columns, rows=rows)
    counted = CountedRows(in_words(columns, flagged, header))
    return Download(
        name=name,
        format="csv",
        pieces=_csv_pieces(columns, counted, header=header, encoding=encoding),
        rows=lambda: counted.number,
        columns=columns,
        encoding=encoding,
        file_name=file_name,
        query=query,
    ).response(request)


def read_code_columns(params, header: str) -> bool:
    """Whether codes are wanted beside their words; under machine names the columns themselves hold them."""
    return read_choice(params, "code_columns", ("0", "1"), "0") == "1" and header != "code"


def _csv_pieces(columns: Columns, rows: Iterable[dict], *, header: str, encoding: str) -> Iterator[bytes]:
    yield csv_heading(columns, header=header, encoding=encoding)
    yield from csv_blocks(columns, rows, encoding=encoding)


def json_text(body: Any) -> str:
    """A body of numbers, days and text as JSON, readable in Chinese."""
    return json.dumps(body, ensure_ascii=False, default=_json_default)


def _json_default(value: Any) -> Any:
    told = json_value(value)
    if told is value:
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    return told

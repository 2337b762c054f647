"""CSV files that open right in Excel and WPS: one byte-order mark, harmless cells, Chinese or machine headings."""

import csv
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from plan.demo import HEADER, demo_slugs, marked
from plan.params import read_choice
from plan.register import Hashed, Made, asked_by, record_export, rule_of

log = logging.getLogger(__name__)
# A text cell that begins with one of these runs as a formula in a spreadsheet.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}
HEADINGS = ("zh", "code")
# From so many rows on a file is streamed: its hash is known only when its last byte has left.
STREAM_FROM = 10_000
BLOCK_ROWS = 500
INCOMPLETE = "文件不完整，请重新下载 / INCOMPLETE FILE"


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


def csv_line(cells: Iterable[Any]) -> str:
    """One line with its end, cells guarded."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([guard(cell) for cell in cells])
    return out.getvalue()


def csv_heading(columns: dict[str, str], *, header: str, encoding: str) -> bytes:
    """The first line with the one mark that files in UTF-8 begin with."""
    return csv_line(columns.values() if header == "zh" else columns.keys()).encode(ENCODINGS[encoding])


def csv_blocks(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], *, encoding: str, each: int = BLOCK_ROWS
) -> Iterator[bytes]:
    """The lines below the heading in blocks of some rows; as little in memory as a block."""
    # Only a heading begins with the mark.
    plain = "utf-8" if encoding == "utf-8" else ENCODINGS[encoding]
    rows = iter(rows)
    while block := list(islice(rows, each)):
        out = io.StringIO(newline="")
        csv.writer(out).writerows([guard(row[name]) for name in columns] for row in block)
        yield out.getvalue().encode(plain)


def csv_bytes(columns: dict[str, str], rows: Iterable[dict[str, Any]], *, header: str, encoding: str) -> bytes:
    """The whole file; `header` is "zh" or "code", `encoding` a key of ENCODINGS."""
    heading = csv_heading(columns, header=header, encoding=encoding)
    return heading + b"".join(csv_blocks(list(columns), rows, encoding=encoding))


def csv_response(
    request, *, name: str, as_of: date, columns: dict[str, str], rows: Iterable[dict]
) -> HttpResponseBase:
    """A CSV download that says in its headers as-of, filters and rule version.

    Below STREAM_FROM rows also the number of rows and the SHA-256 of the very bytes; a larger one is streamed
    as its rows are read, and its SHA-256 stands in the register of exports once it has left.
    """
    header = read_choice(request.GET, "header", HEADINGS, "code")
    encoding = read_choice(request.GET, "encoding", ENCODINGS, "utf-8")
    name, columns, rows = marked(request, name=name, columns=columns, rows=rows)
    rows = iter(rows)
    first = list(islice(rows, STREAM_FROM))
    if len(first) < STREAM_FROM:
        data = csv_bytes(columns, first, header=header, encoding=encoding)
        response = HttpResponse(data, content_type=f"text/csv; charset={encoding}")
        response["X-Row-Count"] = str(len(first))
        response["X-SHA256"] = record_export(
            request, name=name, rows=len(first), data=data, columns=tuple(columns)
        )
        return with_facts(request, response, name=name, as_of=as_of)
    counted = Counted(chain(first, rows))
    blocks = csv_blocks(list(columns), counted, encoding=encoding)
    return csv_stream(
        request, name=name, as_of=as_of, columns=columns, blocks=blocks, count=lambda: counted.number
    )


def csv_stream(
    request, *, name: str, as_of: date, columns: dict[str, str], blocks: Iterable[bytes], count: Callable[[], int]
) -> HttpResponseBase:
    """A CSV download sent block by block; `count` gives the number of rows once the blocks are over."""
    header = read_choice(request.GET, "header", HEADINGS, "code")
    encoding = read_choice(request.GET, "encoding", ENCODINGS, "utf-8")
    heading = csv_heading(columns, header=header, encoding=encoding)
    made = Made(f"{name}_{as_of.isoformat()}.csv", "csv", 0, 0, "", tuple(columns))
    pieces = marking_a_break(chain([heading], blocks), encoding=encoding)
    body = Hashed(pieces, asked_by(request), made, label=name, count=count)
    response = StreamingHttpResponse(iter(body), content_type=f"text/csv; charset={encoding}")
    return with_facts(request, response, name=name, as_of=as_of)


def with_facts(request, response: HttpResponseBase, *, name: str, as_of: date, format: str = "csv"):
    """The headers every download carries."""
    response["Content-Disposition"] = content_disposition_header(True, f"{name}_{as_of.isoformat()}.{format}")
    response["X-As-Of"] = as_of.isoformat()
    response["X-Filters"] = request.GET.urlencode()
    response["X-Rule-Version"] = rule_of(request)
    if demo_slugs(request):
        response[HEADER] = "1"
    return response


def marking_a_break(pieces: Iterable[bytes], *, encoding: str = "utf-8") -> Iterator[bytes]:
    """Ends a file that breaks off with a line that says so: a status code cannot, it has left long ago."""
    try:
        yield from pieces
    except Exception:
        log.exception("a file broke off while it was sent")
        yield f"{INCOMPLETE}\r\n".encode("utf-8" if encoding == "utf-8" else encoding)
        raise


class Counted:
    """Rows as they come, and how many there were."""

    def __init__(self, rows: Iterable):
        self.rows, self.number = rows, 0

    def __iter__(self):
        for row in self.rows:
            self.number += 1
            yield row

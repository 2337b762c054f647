"""CSV files that open right in Excel and WPS: one byte-order mark, harmless cells, Chinese or machine headings."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from plan.columns import PLACE, Columns
from plan.exports.cells import guard

ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}
HEADINGS = ("zh", "code")
BLOCK_ROWS = 500


def csv_line(cells: Iterable[Any]) -> str:
    """One line with its end, cells guarded."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([guard(cell) for cell in cells])
    return out.getvalue()


def csv_heading(columns: Columns, *, header: str, encoding: str) -> bytes:
    """The first line with the one mark that files in UTF-8 begin with; `header` as in `Column.heading`."""
    return csv_line(column.heading(header) for column in columns.values()).encode(ENCODINGS[encoding])


def csv_blocks(
    columns: Columns, rows: Iterable[dict[str, Any]], *, encoding: str, each: int = BLOCK_ROWS
) -> Iterator[bytes]:
    """The lines below the heading in blocks of some rows; as little in memory as a block."""
    # Only a heading begins with the mark.
    plain = "utf-8" if encoding == "utf-8" else ENCODINGS[encoding]
    places = [name for name, column in columns.items() if column.is_place]
    rows, names = iter(rows), list(columns)
    while block := list(islice(rows, each)):
        if places:
            block = [row | {name: placed(row[name]) for name in places} for row in block]
        out = io.StringIO(newline="")
        csv.writer(out).writerows([guard(row[name]) for name in names] for row in block)
        yield out.getvalue().encode(plain)


def placed(number: str | None) -> str | None:
    """The number of a section as no reader takes it for a decimal number; the API's filter takes it so as well."""
    return f"{PLACE}{number}" if number else number


def csv_bytes(columns: Columns, rows: Iterable[dict[str, Any]], *, header: str, encoding: str) -> bytes:
    """The whole file; `header` as in `Column.heading`, `encoding` a key of ENCODINGS."""
    heading = csv_heading(columns, header=header, encoding=encoding)
    return heading + b"".join(csv_blocks(columns, rows, encoding=encoding))


class CountedRows:
    """Rows as they come, and how many there were."""

    def __init__(self, rows: Iterable):
        self.rows, self.number = rows, 0

    def __iter__(self):
        for row in self.rows:
            self.number += 1
            yield row

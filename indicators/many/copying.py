"""Many rows into one table at once: COPY on PostgreSQL, executemany elsewhere; no model is built."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Max, Model

# What COPY's text format reads as structure.
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"
ROWS_AT_A_TIME = 2000
READ_AT_A_TIME = 1 << 19


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Appends rows to a model's own table, streaming; `columns` are database columns, all that have no default.

    Values are what the database reads as text (numbers, ISO dates, 0 and 1 for booleans) or None. Constraints
    hold as for any insert.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", _CopySource(copy_lines(rows)), READ_AT_A_TIME)
            return
        marks = ", ".join(["%s"] * len(columns))
        rows = iter(rows)
        while some := list(islice(rows, ROWS_AT_A_TIME)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", some)


def copy_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows in COPY's text format, one line each."""
    for row in rows:
        cells = [value if value.__class__ is str else NULL if value is None else str(value) for value in row]
        line = "\t".join(cells)
        # Most rows hold nothing to escape, and looking is much quicker than escaping.
        if line.count("\\") > row.count(None) or "\n" in line or "\r" in line or line.count("\t") >= len(row):
            line = "\t".join([NULL if value is None else str(value).translate(ESCAPES) for value in row])
        yield line + "\n"


def update_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Sets columns of a model's own table, row by row: each row is its key and then the values of `columns`."""
    if not rows:
        return
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = [model._meta.get_field(name).db_type(connection) for name in (model._meta.pk.name, *columns)]
            names = ("key", *columns)
            cells = ", ".join(f"{quote(name)} {kind}" for name, kind in zip(names, types, strict=True))
            sets = ", ".join(f"{quote(column)} = new.{quote(column)}" for column in columns)
            # One value to read for the database; an array of thousands is an expression of as many constants.
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM json_to_recordset(%s::json) AS new ({cells})"
                f" WHERE {table}.{key} = new.key",
                [json.dumps([dict(zip(names, row, strict=True)) for row in rows])],
            )
            return
        sets = ", ".join(f"{quote(column)} = %s" for column in columns)
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key} = %s", [(*values, pk) for pk, *values in rows])


def next_keys(model: type[Model], count: int) -> list[int]:
    """Keys for rows to come, taken so that no other writer gets them; call it inside the writing transaction."""
    if connection.vendor != "postgresql":
        # Writers wait for one another there, so what follows the last key is free.
        last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        return list(range(last + 1, last + 1 + count))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(nextval(keys)) FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence(%s, %s)::regclass AS keys) of_table",
            [count, model._meta.db_table, model._meta.pk.column],
        )
        return list(cursor.fetchone()[0] or ())


def stamp(moment: datetime) -> str:
    """A moment as this database writes it."""
    return str(connection.ops.adapt_datetimefield_value(moment))


class _CopySource:
    """An iterator of lines as the file that COPY reads from."""

    def __init__(self, lines: Iterator[str]):
        self._lines, self._rest = lines, ""

    def read(self, size: int) -> str:
        parts, length = [self._rest], len(self._rest)
        for line in self._lines:
            parts.append(line)
            length += len(line)
            if length >= size:
                break
        text = "".join(parts)
        self._rest = text[size:]
        return text[:size]

"""Many rows into one table at once: COPY on PostgreSQL, executemany elsewhere; no model is built."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

# What COPY's text format reads as structure.
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"
ROWS_AT_A_TIME = 2000


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Appends rows to a model's own table, streaming; `columns` are database columns, all that have no default.

    Values are what the database reads as text (numbers, ISO dates, 0 and 1 for booleans) or None. Constraints
    hold as for any insert.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", _Lines(copy_lines(rows)))
            return
        marks = ", ".join(["%s"] * len(columns))
        rows = iter(rows)
        while some := list(islice(rows, ROWS_AT_A_TIME)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", some)


def copy_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows in COPY's text format, one line each."""
    for row in rows:
        yield "\t".join([NULL if value is None else str(value).translate(ESCAPES) for value in row]) + "\n"


def update_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Sets columns of a model's own table, row by row: each row is its key and then the values of `columns`."""
    if not rows:
        return
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = [model._meta.get_field(name).db_type(connection) for name in (model._meta.pk.name, *columns)]
            sets = ", ".join(f"{quote(column)} = new.{quote(column)}" for column in columns)
            names = ", ".join(map(quote, ("key", *columns)))
            arrays = ", ".join(f"%s::text[]::{kind.split('(')[0]}[]" for kind in types)
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS new ({names}) WHERE {table}.{key} = new.key",
                [list(values) for values in zip(*rows, strict=True)],
            )
            return
        sets = ", ".join(f"{quote(column)} = %s" for column in columns)
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key} = %s", [(*values, pk) for pk, *values in rows])


def next_keys(model: type[Model], count: int) -> list[int]:
    """Keys for rows to come, taken so that no other writer gets them; call it inside the writing transaction."""
    if connection.vendor != "postgresql":
        # Writers wait for one another there, so what follows the last key is free.
        first = last_pk(model) + 1
        return list(range(first, first + count))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def stamp(moment: datetime) -> str:
    """A moment as this database writes it."""
    return str(connection.ops.adapt_datetimefield_value(moment))


def last_pk(model: type[Model]) -> int:
    """The highest key in use, 0 in an empty table: new rows are numbered after it."""
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0


def follow_keys(*models: type[Model]) -> None:
    """Lets the database number its next rows after the keys that were written by hand."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


class _Lines:
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

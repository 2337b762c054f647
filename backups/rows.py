"""Rows as lines of JSON and back, the same for SQLite and PostgreSQL; one row in memory at a time."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection, models

from audit.digests import same
from backups.faults import BadBackup
from indicators.many.copying import insert_rows, stamp
from texts.cleaning import kept_all, kept_text
from texts.fields import CleanColumn

ROWS_AT_A_TIME = 2000
# Made by migrate itself, or worthless elsewhere: sessions, and what is remembered of
# processes and of the storage they see.
LEFT_OUT_APPS = {"auth", "contenttypes", "sessions"}
LEFT_OUT = {"jobs.workerbeat", "accounts.signin", "plan.storagemark", "plan.storagesight"}
LOG = "audit"  # is added to, never exchanged (backups.log)


def exchanged() -> dict[str, type[models.Model]]:
    """Every table that a restore exchanges, by its label, the plain ones and those between two of them."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in LEFT_OUT_APPS | {LOG}
        and model._meta.label_lower not in LEFT_OUT
    }


def lines_of(model: type[models.Model]) -> Iterator[bytes]:
    """The names of the columns, then a line for each row in the order of their keys."""
    fields = model._meta.local_concrete_fields
    names = [field.attname for field in fields]
    yield line(names)
    loose = [at for at, field in enumerate(fields) if isinstance(field, models.JSONField)]
    rows = model._base_manager.order_by(model._meta.pk.attname).values_list(*names)
    for row in rows.iterator(chunk_size=ROWS_AT_A_TIME):
        if loose:
            row = list(row)
            for at in loose:
                row[at] = same(row[at])
        yield line(row)


def read_line(text: bytes, width: int | None = None) -> list[Any]:
    """The values of a line. Raises BadBackup where it is no list, or not one of `width` values."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise BadBackup(f"一行不是 JSON / a line is no JSON: {error}") from error
    if not isinstance(values, list) or width not in (None, len(values)):
        raise BadBackup("一行的列数不符 / a line has another number of columns")
    return values


def insert(model: type[models.Model], lines: Iterator[bytes]) -> str:
    """Appends the rows of `lines`, the first of which names the columns; the SHA-256 of what was stored.

    Text is stored by the one rule for text: a file of before the rule, or of elsewhere, may hold more than it
    lets in. Raises BadBackup for unknown columns.
    """
    first = next(lines)
    names = read_line(first)
    by_name = {field.attname: field for field in model._meta.local_concrete_fields}
    if sorted(map(str, names)) != sorted(by_name):
        raise BadBackup(f"{model._meta.label}：列不符 / other columns: {', '.join(map(str, names))}")
    fields = [by_name[name] for name in names]
    makers = [_maker(field) for field in fields]
    cleaners = [_cleaner(field) for field in fields]
    stored = hashlib.sha256(first)

    def rows() -> Iterator[list[Any]]:
        for text in lines:
            values = read_line(text, len(makers))
            kept = _each(cleaners, values)
            stored.update(text if kept == values else line(kept))
            yield _each(makers, kept)

    insert_rows(model, [field.column for field in fields], rows())
    return stored.hexdigest()


def _each(functions: list[Callable[[Any], Any] | None], values: list[Any]) -> list[Any]:
    """Each value through its function, where it has one and is there."""
    return [
        value if value is None or function is None else function(value)
        for function, value in zip(functions, values, strict=True)
    ]


def line(values: Any) -> bytes:
    return _ENCODER.encode(values).encode() + b"\n"


def moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in a backup yet")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_text)


def _cleaner(field: models.Field) -> Callable[[Any], Any] | None:
    """Makes a value what its column lets in; None where any value will do."""
    if isinstance(field, CleanColumn):
        return partial(kept_text, lines=field.lines)
    return kept_all if isinstance(field, models.JSONField) else None


def _maker(field: models.Field) -> Callable[[Any], Any] | None:
    """Turns a value of a line into what the database reads; None where it is that already."""
    while field.is_relation:
        field = field.target_field
    if isinstance(field, models.DateTimeField):
        return lambda value: stamp(datetime.fromisoformat(value))
    if isinstance(field, models.DecimalField):
        return lambda value: connection.ops.adapt_decimalfield_value(
            Decimal(value), field.max_digits, field.decimal_places
        )
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(field, models.BooleanField):
        return int if connection.vendor == "sqlite" else None
    return None

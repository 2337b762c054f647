"""Imports as the first version of these tables kept them, where an installation still has those.

The first migration of this app was rewritten before its pages came; a database migrated before that has the old
columns under the same name in the log of migrations. Nothing happens where the columns are as they should be.
"""

import json
from datetime import UTC, date
from decimal import Decimal, InvalidOperation

from django.db import migrations

COPIED = (
    *("id", "name", "stored_as", "size", "sha256", "format", "encoding", "state"),
    *("job_id", "plan_id", "uploaded_by_id"),
)
WORDS = ("value_status", "source_title", "source_url", "source_publisher", "published_text", "note")


def rebuild(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        columns = {row.name for row in connection.introspection.get_table_description(cursor, "desk_importbatch")}
        if "sample" in columns:
            return
        batches, rows = _all(cursor, "desk_importbatch"), _all(cursor, "desk_importrow")
        cursor.execute("DROP TABLE desk_importrow")
        cursor.execute("DROP TABLE desk_importbatch")
    Batch, Row = apps.get_model("desk", "ImportBatch"), apps.get_model("desk", "ImportRow")
    schema_editor.create_model(Batch)
    schema_editor.create_model(Row)
    for found in batches:
        kept = {name: found[name] for name in COPIED}
        read = {name: _read(found[name]) for name in ("headings", "mapping", "counts")}
        storable = read["counts"].get("new", 0) + read["counts"].get("changed", 0)
        if read["counts"]:
            read["counts"] |= {"chosen": storable, "outliers": 0}
        if found["applied_at"]:  # all that could be applied was
            read["counts"]["applied"] = storable
        fault = _told(found["error"]) | {"row": 1} if found["error"] else None
        Batch.objects.create(**kept, **read, fault=fault)
        times = {name: _moment(found[name]) for name in ("uploaded_at", "applied_at", "undone_at")}
        Batch.objects.filter(pk=found["id"]).update(**times)
    plans = {found["id"]: found["plan_id"] for found in batches}
    Row.objects.bulk_create([_row(apps, Row, found, plans[found["batch_id"]]) for found in rows], batch_size=500)
    _go_on_counting(connection, (Batch, Row))


def _all(cursor, table):
    cursor.execute(f"SELECT * FROM {table} ORDER BY id")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _read(value):
    return json.loads(value) if isinstance(value, str) else value


def _moment(value):
    """A time as the database gave it; SQLite keeps them without a zone, in UTC."""
    return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def _told(reason, column="—", value=""):
    return {"column": column, "value": value, "code": "as_told", "params": {"reason": reason}}


def _row(apps, model, found, plan):
    """A row with its values in columns; where they cannot be read it keeps its cells, as a faulty one does."""
    values, old = _read(found["values"]), _read(found["old"])
    told = _read(found["faults"])
    faults = [_told(row.get("reason", ""), row.get("column", "—"), row.get("value", "")) for row in told]
    names = ("id", "line", "outcome", "is_outlier", "chosen", "batch_id", "observation_id")
    row = model(**{name: found[name] for name in names}, faults=faults)
    component = (
        apps.get_model("indicators", "Component")
        .objects.filter(code=values.get("component", ""), indicator__plan=plan)
        .first()
    )
    try:
        year, value = int(values["year"]), Decimal(values["value"])
        day = date.fromisoformat(values["released_on"])
    except (KeyError, ValueError, InvalidOperation):
        component = None
    if component is None or row.outcome == "invalid":
        row.outcome, row.cells = "invalid", values
        row.faults = faults or [_told("已无法读出 / can be read no more")]
        return row
    row.component_id, row.year, row.value, row.released_on = component.pk, year, value, day
    row.precision, row.release_precision = values.get("precision", "exact"), values.get("release_precision", "day")
    for name in WORDS:
        setattr(row, name, values.get(name, ""))
    if old:
        figures = apps.get_model("indicators", "Observation").objects.filter(component=component, year=year)
        row.old = figures.filter(value=Decimal(old["value"]), released_on=old["released_on"]).first()
    return row


def _go_on_counting(connection, models):
    """New rows get keys after those put back; only some databases have to be told."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial"), ("indicators", "0003_bulk_verdicts")]
    operations = [migrations.RunPython(rebuild, migrations.RunPython.noop)]

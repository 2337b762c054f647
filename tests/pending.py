"""A file of any length that was imported and waits for approval, written by a few statements."""

import json
from datetime import date, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import NOT_PROVIDED
from django.utils import timezone

from desk.models import ImportBatch, ImportRow
from indicators.many.copying import insert_rows, next_keys, stamp
from indicators.models import Component, Observation, ObservationStep
from plan.models import Plan, Source

YEARS, DAYS = (2021, 2022, 2023, 2024, 2025), 300
FIRST = date(2026, 1, 1)
CHUNK = 20_000
# Every so many rows one is far off, and one replaces a figure in force.
OUTLIER, CHANGED = 1000, 50


@transaction.atomic
def fill_pending(plan: Plan, number: int, *, by, name="pending.csv") -> ImportBatch:
    """An applied import of `number` figures of the plan, each with row and steps as an import leaves them."""
    components = list(Component.objects.of(plan).order_by("pk").values_list("pk", flat=True))
    now = stamp(timezone.now())
    batch = ImportBatch.objects.create(
        plan=plan, name=name, stored_as=name, size=1, sha256="0" * 64, format="csv", uploaded_by=by,
        state=ImportBatch.State.APPLIED, applied_at=timezone.now(),
        counts={"new": number - number // CHANGED, "changed": number // CHANGED, "chosen": number,
                "outliers": number // OUTLIER, "applied": number},
    )  # fmt: skip
    each = len(components) * len(YEARS) * DAYS
    Source.objects.bulk_create(Source(title=f"{name} {place}", url="") for place in range(-(-number // each)))
    sources = list(Source.objects.filter(title__startswith=f"{name} ").order_by("pk").values_list("pk", "title"))
    numbers = iter(range(number))
    while some := list(islice(numbers, CHUNK)):
        keys = next_keys(Observation, len(some))
        releases = [_release(n, components, sources) for n in some]
        _insert(
            Observation,
            ("id", "edition", "component_id", "year", "value", "value_status", "precision", "exclusive", "state",
             "released_on", "release_precision", "source_id", "published_text", "note", "entered_by_id",
             "entered_at", "submitted_at"),
            (
                (key, 1, part, year, _value(n), "preliminary", "exact", False, "submitted", day, "day", source, "",
                 "", by.pk, now, now)
                for key, n, (part, year, day, source, _title) in zip(keys, some, releases, strict=True)
            ),
        )  # fmt: skip
        _insert(
            ImportRow,
            ("batch_id", "line", "outcome", "component_id", "year", "value", "value_status", "precision",
             "exclusive", "released_on", "release_precision", "source_title", "source_url", "source_publisher",
             "published_text", "note", "cells", "faults", "is_outlier", "chosen", "observation_id"),
            (
                (batch.pk, n + 2, "changed" if n % CHANGED == 1 else "new", part, year, _value(n), "preliminary",
                 "exact", False, day, "day", title, "", "", "", "", "{}", "[]", n % OUTLIER == 0, True, key)
                for key, n, (part, year, day, _source, title) in zip(keys, some, releases, strict=True)
            ),
        )  # fmt: skip
        for action in ("entered", "submitted"):
            _insert(
                ObservationStep,
                ("observation_id", "value", "action", "by_id", "at", "reason"),
                ((key, _value(n), action, by.pk, now, "") for key, n in zip(keys, some, strict=True)),
            )
    return batch


def _insert(model, columns, rows) -> None:
    """Rows as the importer would leave them: what is not said has the default of its column."""
    said = set(columns)
    others = [field for field in model._meta.concrete_fields if field.column not in said and not field.primary_key]
    unsaid = {
        field.column: json.dumps(value) if isinstance(value := field.get_default(), dict | list) else value
        for field in others
        if not field.null and field.db_default is NOT_PROVIDED
    }
    insert_rows(model, (*columns, *unsaid), ((*row, *unsaid.values()) for row in rows))


def _release(n: int, components, sources) -> tuple:
    """Component, year, day and source of a row: no two rows have all of them in common."""
    rest, part = divmod(n, len(components))
    rest, year = divmod(rest, len(YEARS))
    place, day = divmod(rest, DAYS)
    return components[part], YEARS[year], (FIRST + timedelta(days=day)).isoformat(), *sources[place]


def _value(n: int) -> str:
    return f"{9999 if n % OUTLIER == 0 else 100 + n % 50}.{n % 100:02d}"

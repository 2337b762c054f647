"""Pages of the API's list of figures, made without model instances: what polls it asks a thousand times."""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from indicators.known import counting_sql, counts_sql, not_counting_sql
from indicators.models import Component, note_known_by
from judging.decimals import plain
from plan.models import Plan

# Bytes of answers a process keeps; what was asked for longest ago goes first.
KEPT = 24 * 1024 * 1024
# Plans whose components, questions whose counts, moments whose text a process keeps in memory.
PLANS, COUNTS, MOMENTS = 256, 4096, 4096


@dataclass(frozen=True)
class Question:
    """Which figures of a plan are asked for; component and code are empty for all."""

    plan: int
    version: int
    as_of: date
    state: str
    component: str = ""
    code: str = ""
    year: int = 0


@dataclass(frozen=True)
class ComponentColumns:
    """What every figure of a component repeats."""

    pk: int
    code: str
    component: str
    indicator: str
    unit: str


@lru_cache(maxsize=PLANS)
def parts_of_plan(plan: int, version: int) -> dict[int, ComponentColumns]:
    """A plan's components by key, as its version has them."""
    rows = Component.objects.current().filter(indicator__plan_id=plan).select_related("indicator").order_by("pk")
    return {
        row.pk: ComponentColumns(row.pk, row.indicator.code, row.code, row.full_name, row.indicator.unit)
        for row in rows
    }


@lru_cache(maxsize=COUNTS)
def number_of(asked: Question) -> int:
    """How many figures there are; counted once for a version of the plan."""
    condition, values = _condition(asked, parts_of_plan(asked.plan, asked.version))
    if not condition:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM indicators_observation o WHERE {condition}", values)
        return cursor.fetchone()[0]


def page_of(asked: Question, slug: str, *, offset: int, limit: int, logins: bool) -> list[dict[str, Any]]:
    """Some figures in the order they were entered, as the API gives them; one query."""
    parts = parts_of_plan(asked.plan, asked.version)
    condition, values = _condition(asked, parts)
    if not condition:
        return []
    with connection.cursor() as cursor:
        select = SELECT.format(person=PERSON[logins], counts=counts_sql("o", asked.as_of))
        cursor.execute(f"{select} WHERE {condition} ORDER BY o.id LIMIT %s OFFSET %s", [*values, limit, offset])
        return [_body(row, parts, slug, asked) for row in cursor.fetchall()]


def json_bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


# Who entered a figure: his organisation to strangers, his login to whoever has signed in.
PERSON = {False: "g.name", True: "u.username"}
SELECT = """
SELECT o.component_id, o.year, o.value, o.value_status, o.released_on, o.approved_at, o."precision", o.exclusive,
       {counts}, o.published_text, o.note, o.out_reason, s.title, s.url, {person}
FROM indicators_observation o JOIN plan_source s ON s.id = o.source_id
LEFT JOIN accounts_user u ON u.id = o.entered_by_id
LEFT JOIN accounts_organisation g ON g.id = u.organisation_id
"""


def _body(row: Iterable[Any], parts: dict[int, ComponentColumns], slug: str, asked: Question) -> dict[str, Any]:
    part, year, value, status, released, approved, precision, exclusive, *rest = row
    counts, text, note, why, title, url, user = rest
    of = parts[part]
    return {
        "plan": slug,
        "code": of.code,
        "component": of.component,
        "indicator": of.indicator,
        "unit": of.unit,
        "year": year,
        "value": _plain(value),
        "value_status": status,
        "released_on": str(released),
        "source_title": title,
        "source_url": url,
        "entered_by": user or "",
        "approved_at": _moment(approved),
        "precision": precision,
        # SQLite keeps 0 and 1.
        "exclusive": bool(exclusive),
        "in_force": asked.state == "approved" and bool(counts),
        "known_on": _moment(approved)[:10],
        "state": asked.state,
        "published_text": text,
        "note": (why if asked.state == "rejected" else "") or note_known_by(note, asked.as_of),
    }


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    # SQLite gives what it keeps: an integer, or a floating number of at most fifteen digits.
    return plain(Decimal(f"{value:.15g}").quantize(Decimal("1e-8"))) if isinstance(value, float) else str(value)


@lru_cache(maxsize=MOMENTS)
def _moment(value: datetime | str | None) -> str:
    if value is None:
        return ""
    moment = parse_datetime(value) if isinstance(value, str) else value
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=UTC)
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _condition(asked: Question, parts: dict[int, ComponentColumns]) -> tuple[str, list[Any]]:
    """The WHERE of a question; empty where no component is asked for. Keys are our own numbers."""
    keys = _keys(asked.plan, asked.version, asked.component, asked.code)
    if not keys:
        return "", []
    known = counting_sql if asked.state == "approved" else not_counting_sql
    condition = f"o.component_id IN ({keys}) AND {known('o', asked.as_of)}"
    values: list[Any] = []
    if asked.year:
        condition, values = f"{condition} AND o.year = %s", [*values, asked.year]
    return condition, values


@lru_cache(maxsize=PLANS)
def _keys(plan: int, version: int, component: str, code: str) -> str:
    parts = parts_of_plan(plan, version).values()
    wanted = [part.pk for part in parts if component in ("", part.component) and code in ("", part.code)]
    return ",".join(map(str, wanted))


def question(plan: Plan, **fields: Any) -> Question:
    return Question(plan=plan.pk, version=plan.figures_version, **fields)


class AnswerCache:
    """Answers by what was asked, up to a number of bytes; a key holds the plan's version, so none grows stale."""

    def __init__(self, limit: int):
        self.limit, self.size = limit, 0
        self._answers: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = make()
        with self._lock:
            self.size += len(answer) - len(self._answers.pop(key, b""))
            self._answers[key] = answer
            while self.size > self.limit:
                self.size -= len(self._answers.popitem(last=False)[1])
        return answer

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()
            self.size = 0


kept_pages = AnswerCache(KEPT)


def forget() -> None:
    """Empties what the process keeps; for tests, whose rolled-back rows come again under the same keys."""
    kept_pages.clear()
    for kept in (parts_of_plan, number_of, _keys):
        kept.cache_clear()

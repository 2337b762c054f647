"""The file of every observation, fast: the lines are put together where the figures lie.

On PostgreSQL the server joins the lines of a component's figures to one text, which is quicker than COPY, whose
every line passes through Python; on SQLite a bare cursor reads the figures and Python joins them to cells made
once per component. Both give the very bytes of `csv_bytes` over `observation_row`;
tests/indicators/test_fastcsv.py holds them to it.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from indicators.files.columns import OBSERVATION
from indicators.files.exports import all_judged, observation_row
from indicators.known import by_release_sql, current_sql, judged_sql, released_sql
from plan.demo import COLUMNS as DEMO_COLUMNS
from plan.demo import MARK
from plan.exports.cells import MARKED, guard
from plan.exports.csvfile import CountedRows, csv_blocks, csv_line
from plan.models import Plan

FETCH_COMPONENTS = 400
FETCH_ROWS = 2_000
PIECE = 64 * 1024
KNOWN = f"{judged_sql('o')} AND {released_sql('o')}"
# Eight places as the column has; fifteen digits as SQLite keeps.
PLACES, DIGITS = Decimal("1e-8"), Context(prec=15)


class ObservationFile:
    """The lines of every plan's judged figures known on a day, in blocks; `number` says how many there were.

    `flags` adds the column that marks invented figures, by slug of the plan; `logins` names people by their login
    instead of their organisation.
    """

    def __init__(self, as_of: date, *, logins: bool, encoding: str = "utf-8", flags: frozenset[str] = frozenset()):
        self.as_of, self.encoding, self.flags = as_of, encoding, flags
        self.logins = logins
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        plans = list(Plan.objects.order_by("starts_on", "slug").values_list("pk", "slug"))
        if self.encoding != "utf-8":
            yield from self._plainly()
        elif connection.vendor == "postgresql":
            yield from _gathered(self._from_postgresql(plans))
        else:
            yield from _gathered(self._from_sqlite(plans))

    def _plainly(self) -> Iterator[bytes]:
        rows = CountedRows(
            observation_row(row, row.component.indicator.plan.slug, logins=self.logins)
            for row in all_judged(self.as_of)
        )
        columns = [*OBSERVATION, *(DEMO_COLUMNS if self.flags else ())]
        flagged = (
            row | ({"demo_data": MARK if row["plan"] in self.flags else ""} if self.flags else {}) for row in rows
        )
        yield from csv_blocks(columns, flagged, encoding=self.encoding)
        self.number = rows.number

    def _from_postgresql(self, plans) -> Iterator[bytes]:
        with _snapshot():
            # The driver's own connection: another thread reads from it while this one sends.
            for lines in _one_ahead(self._blocks(connection.connection, plans)):
                yield lines.encode()

    def _blocks(self, driver, plans) -> Iterator[str]:
        for pk, slug in plans:
            with driver.cursor(name=f"observations_{pk}") as cursor:
                cursor.execute(POSTGRESQL[self.logins], [self._end(slug), pk, self.as_of])
                full = True
                while full:
                    rows = cursor.fetchmany(FETCH_COMPONENTS)
                    full = len(rows) == FETCH_COMPONENTS
                    self.number += sum(number for _, number in rows)
                    yield "".join(lines for lines, _ in rows)

    def _from_sqlite(self, plans) -> Iterator[bytes]:
        ends = {pk: self._end(slug) for pk, slug in plans}
        with connection.cursor() as cursor:
            parts = _Parts(cursor)
            for pk, _slug in plans:
                parts.read(pk)
                cursor.execute(SQLITE[self.logins], [pk, self.as_of.isoformat()])
                end = ends[pk]
                while rows := cursor.fetchmany(FETCH_ROWS):
                    self.number += len(rows)
                    yield "".join(
                        [
                            f"{parts.cells[part]},{year},{_number(value)},{status},{released},"
                            f"{_source(title, url)},{_cell(user)},{_moment(approved)}{end}"
                            for part, year, value, status, released, title, url, user, approved in rows
                        ]
                    ).encode()

    def _end(self, slug: str) -> str:
        if not self.flags:
            return "\r\n"
        return f",{MARK if slug in self.flags else ''}\r\n"


@contextmanager
def _snapshot():
    """One state of the database for the whole file, on PostgreSQL; the site's own time zone while it lasts.

    An index is as good as a scan here: the tables fit into memory.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT current_setting('TimeZone'), current_setting('random_page_cost')")
        zone, cost = cursor.fetchone()
        setting = "SELECT set_config('TimeZone', %s, true), set_config('random_page_cost', %s, true)"
        cursor.execute(setting, [settings.TIME_ZONE, "1.1"])
        yield
        cursor.execute(setting, [zone, cost])


def _gathered(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Small blocks joined to pieces worth a packet; the first goes out at once."""
    first = next(blocks, None)
    if first is not None:
        yield first
    waiting, size = [], 0
    for block in blocks:
        waiting.append(block)
        size += len(block)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _one_ahead(blocks: Iterator[str]) -> Iterator[str]:
    """The blocks, each made while the one before it is being sent; never more than two in memory."""
    with ThreadPoolExecutor(1, thread_name_prefix="observations") as helper:
        coming = helper.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = helper.submit(next, blocks, None)
            yield block


class _Parts:
    """By component of one plan, the cells every figure of it begins with."""

    def __init__(self, cursor):
        self.cursor, self.cells = cursor, {}

    def read(self, plan: int) -> None:
        self.cursor.execute(SQLITE_PARTS, [plan])
        self.cells = {row[0]: _cells(row[1:]) for row in self.cursor.fetchall()}


def _cells(values) -> str:
    return csv_line(values)[:-2]


@lru_cache(maxsize=4096)
def _source(title: str, url: str) -> str:
    return _cells((title, url))


@lru_cache(maxsize=512)
def _cell(value: str | None) -> str:
    # A row of one empty cell would be quoted.
    return _cells((value, "x"))[:-2] if value else ""


def _number(value: Any) -> str:
    """A figure as SQLite keeps it (integer or floating), in the digits that `guard` gives its Decimal."""
    if type(value) is int:
        return str(value)
    text = f"{value:.15g}"
    if "e" not in text and len(text.partition(".")[2]) <= 8:
        return text
    return str(guard(DIGITS.create_decimal_from_float(value).quantize(PLACES, context=Context(prec=30))))


@lru_cache(maxsize=4096)
def _moment(text: str | None) -> str:
    if text is None:
        return ""
    # SQLite keeps moments without a zone, in UTC.
    return timezone.localtime(datetime.fromisoformat(text).replace(tzinfo=UTC)).isoformat(timespec="seconds")


def _sql_cell(column: str) -> str:
    """SQL for a text cell as `guard` and the csv module write it."""
    guarded = f"(CASE WHEN {column} ~ {_sql_text(f'^{MARKED}')} THEN chr(39) || {column} ELSE {column} END)"
    # Comma, quote, line feed, carriage return.
    return (
        f"(CASE WHEN {column} ~ '[,\"\\n\\r]' "
        f"THEN chr(34) || replace({guarded}, chr(34), repeat(chr(34), 2)) || chr(34) ELSE {guarded} END)"
    )


def _sql_text(text: str) -> str:
    """SQL for a text, whatever signs it holds; the percent sign is the driver's own."""
    return f"({' || '.join(f'chr({ord(char)})' for char in text)})"


# Who entered a figure, as `observation_row` says it: to strangers his organisation, else his login.
PERSON = {False: "g.name", True: "u.username"}
POSTGRESQL = {logins: f"""
WITH part AS MATERIALIZED (
  SELECT c.id, i."order" AS item_order, c."order" AS part_order,
         concat_ws(',', {", ".join(map(_sql_cell, ("p.slug", "i.code", "c.code", "i.title", "n.unit")))}) AS cells,
         %s AS line_end
  FROM plan_plan p JOIN plan_item i ON i.plan_id = p.id
  JOIN indicators_indicator n ON n.item_ptr_id = i.id
  JOIN indicators_component c ON c.indicator_id = i.id
  WHERE p.id = %s AND {current_sql("c")}
), source AS MATERIALIZED (
  SELECT id, concat_ws(',', {_sql_cell("title")}, {_sql_cell("url")}) AS cells FROM plan_source
), person AS MATERIALIZED (
  SELECT u.id, {_sql_cell(column)} AS cell FROM accounts_user u
  LEFT JOIN accounts_organisation g ON g.id = u.organisation_id
)
SELECT l.lines, l.number
FROM part CROSS JOIN LATERAL (
  SELECT count(*) AS number, string_agg(concat(
    part.cells, ',', year, ',', trim_scale(value), ',', value_status, ',', released_on, ',', source, ',', person,
    ',', to_char(approved_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM'), part.line_end), '') AS lines
  FROM (
    SELECT o.year, o.value, o.value_status, o.released_on, o.approved_at,
           source.cells AS source, person.cell AS person
    FROM indicators_observation o JOIN source ON source.id = o.source_id
    LEFT JOIN person ON person.id = o.entered_by_id
    WHERE o.component_id = part.id AND {KNOWN}
    ORDER BY {by_release_sql("o")}
  ) figure
) l
WHERE l.number > 0 ORDER BY part.item_order, part.part_order, part.id
""" for logins, column in PERSON.items()}  # fmt: skip
# Days and moments as text: as what they are Django's driver would make objects of them.
SQLITE_PARTS = """
SELECT c.id, p.slug, i.code, c.code, i.title, n.unit
FROM plan_plan p JOIN plan_item i ON i.plan_id = p.id JOIN indicators_indicator n ON n.item_ptr_id = i.id
JOIN indicators_component c ON c.indicator_id = i.id WHERE p.id = %s
"""
SQLITE = {logins: f"""
SELECT o.component_id, o.year, o.value, o.value_status, o.released_on || '', s.title, s.url, {column},
       o.approved_at || ''
FROM plan_item i JOIN indicators_component c ON c.indicator_id = i.id
JOIN indicators_observation o ON o.component_id = c.id JOIN plan_source s ON s.id = o.source_id
LEFT JOIN accounts_user u ON u.id = o.entered_by_id
LEFT JOIN accounts_organisation g ON g.id = u.organisation_id
WHERE i.plan_id = %s AND {current_sql("c")} AND {KNOWN}
ORDER BY i."order", c."order", c.id, {by_release_sql("o")}
""" for logins, column in PERSON.items()}  # fmt: skip

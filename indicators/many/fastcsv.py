"""The file of every observation, fast: the lines are put together where the figures lie.

On PostgreSQL the server joins the lines of a component's figures to one text and hands its bytes over as they are,
which is quicker than a COPY of rows, whose every line passes through Python; on SQLite a bare cursor reads the
figures and Python joins them to cells made once per component. Both give the very bytes of `csv_bytes` over
`observation_row`; tests/indicators/test_fastcsv.py holds them to it.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from functools import lru_cache
from itertools import pairwise
from queue import Full, Queue
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from indicators.files.columns import OBSERVATION
from indicators.files.exports import all_judged, observation_row
from indicators.known import bound_sql, by_statement_sql, current_sql, exact_of_year_sql, stated_sql
from plan.columns import LANGUAGES, YES_NO, in_words, with_code_columns, words_in
from plan.demo import COLUMNS as DEMO_COLUMNS
from plan.demo import MARK
from plan.exports.cells import MARKED, guard
from plan.exports.csvfile import CountedRows, csv_blocks, csv_line
from plan.models import Plan

# As many plans as one statement reads.
PLANS = 10
# The time zone is the site's own, put in when it is asked. An index is as good as a scan: tables fit into memory.
# Compiling the statement takes longer than running it, and the lines of a plan are put in order without a disk.
SETTINGS = {"TimeZone": "", "random_page_cost": "1.1", "jit": "off", "work_mem": "64MB"}
WRITE_SETTINGS = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
OF_ONE_STATE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
FETCH_ROWS = 2_000
PIECE = 128 * 1024
# How many pieces of a connection may wait: while one is sent, the other gets on with its next plans.
AHEAD = 64
# Where the conditions of the day stand in the statements below.
KNOWN, ALONE = "{known}", "{alone}"
# Eight places as the column has; fifteen digits as SQLite keeps.
PLACES, DIGITS = Decimal("1e-8"), Context(prec=15)


class ObservationFile:
    """The lines of every plan's figures and bounds known on a day, in blocks; `number` says how many there were.

    `flags` adds the column that marks invented figures, by slug of the plan; `logins` names people by their login
    instead of their organisation; under `header` "zh" codes are words, `code_columns` keeps them beside.
    """

    def __init__(
        self,
        as_of: date,
        *,
        logins: bool,
        encoding: str = "utf-8",
        flags: frozenset[str] = frozenset(),
        header: str = "code",
        code_columns: bool = False,
    ):
        self.as_of, self.encoding, self.flags = as_of, encoding, flags
        self.logins, self.header, self.code_columns = logins, header, code_columns
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        plans = list(Plan.objects.order_by("starts_on", "slug").values_list("pk", "slug"))
        # Codes beside words are asked for by few.
        if self.encoding != "utf-8" or self.code_columns:
            yield from self._plainly()
        elif connection.vendor == "postgresql":
            yield from self._from_postgresql(plans)
        else:
            yield from _gathered(self._from_sqlite(plans))

    def _plainly(self) -> Iterator[bytes]:
        rows = CountedRows(
            observation_row(row, row.component.indicator.plan.slug, logins=self.logins)
            for row in all_judged(self.as_of)
        )
        named = with_code_columns(OBSERVATION) if self.code_columns else OBSERVATION
        columns = {**named, **(DEMO_COLUMNS if self.flags else {})}
        flagged = (
            row | ({"demo_data": MARK if row["plan"] in self.flags else ""} if self.flags else {}) for row in rows
        )
        yield from csv_blocks(columns, in_words(columns, flagged, self.header), encoding=self.encoding)
        self.number = rows.number

    def _from_postgresql(self, plans) -> Iterator[bytes]:
        statement = self._of_day(_postgresql(self.logins, self.header))
        marked = [list(self.flags), self._end(next(iter(self.flags), "")), self._end("")]
        # The first alone, so that something leaves at once; the others together, for each statement has its price.
        some = [plans[:1], *(plans[start : start + PLANS] for start in range(1, len(plans), PLANS))]
        with _snapshot(beside=len(some) > 2) as drivers:
            lanes = [_CopiedLines() for _driver in drivers]

            def write(lane: int) -> None:
                """Every statement whose turn it is on this connection, in a thread of its own."""
                lines, driver = lanes[lane], drivers[lane]
                try:
                    for together in some[lane :: len(lanes)]:
                        if lines.is_wanted:
                            with driver.cursor() as cursor:
                                values = [*marked, [pk for pk, _slug in together]]
                                select = cursor.mogrify(statement, values).decode()
                                copy = f"COPY ({select}) TO STDOUT (FORMAT binary)"
                                cursor.copy_expert(copy, lines.of_statement())
                            lines.end_statement()
                except Exception as error:
                    # Whatever it is: a thread's error is nobody's until it is raised where the file is read.
                    lines.put(error)

            with ThreadPoolExecutor(len(lanes), thread_name_prefix="observations") as helpers:
                helpers.map(write, range(len(lanes)))
                try:
                    for turn in range(len(some)):
                        yield from lanes[turn % len(lanes)]
                finally:
                    for lines in lanes:
                        lines.is_wanted = False
            self.number = sum(lines.number for lines in lanes)

    def _from_sqlite(self, plans) -> Iterator[bytes]:
        ends = {pk: self._end(slug) for pk, slug in plans}
        kinds, precisions, flags = (
            _words(name, self.header) for name in ("value_status", "precision", "exclusive")
        )
        with connection.cursor() as cursor:
            parts = _Parts(cursor)
            for pk, _slug in plans:
                parts.read(pk)
                cursor.execute(self._of_day(SQLITE[self.logins]), [pk])
                end = ends[pk]
                for rows in _with_the_next(cursor):
                    self.number += len(rows)
                    yield "".join(
                        [
                            f"{parts.cells[part]},{year},{_number(value)},{kinds[status]},{released},"
                            f"{_source(title, url)},{_cell(user)},{_moment(approved)},"
                            f"{precisions[precision]},{flags[exclusive]},"
                            # An exact release counts unless another of its year follows.
                            f"{flags[then[:2] != (part, year) if alone is None else alone]},"
                            f"{_moment(approved)[:10]}{end}"
                            for (
                                (part, year, value, status, released, title, url, user, approved, *more),
                                then,
                            ) in rows
                            for precision, exclusive, alone in (more,)
                        ]
                    ).encode()

    def _of_day(self, statement: str) -> str:
        """A statement below with its day: what counts, and whether a bound is all that is known of its year."""
        exact = exact_of_year_sql("o", self.as_of)
        alone = f"CASE WHEN {bound_sql('o')} THEN NOT EXISTS ({exact}) END"
        return statement.replace(KNOWN, stated_sql("o", self.as_of)).replace(ALONE, alone)

    def _end(self, slug: str) -> str:
        if not self.flags:
            return "\r\n"
        return f",{MARK if slug in self.flags else ''}\r\n"


@contextmanager
def _snapshot(beside: bool) -> Iterator[list[Any]]:
    """One state of the database for the whole file, on PostgreSQL: the driver's connections that read it.

    Settings of its own last as long as it does. `beside` asks for a second connection that reads the same state;
    within somebody's transaction, whose rows ours alone can see, and where none is to be had, there is ours alone.
    Behind a pooler too: it has few, and two files that each hold one would wait for the other's.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        is_outermost = len(connection.savepoint_ids) == 0
        if is_outermost:
            cursor.execute(OF_ONE_STATE)
        read = ", ".join(f"current_setting('{name}')" for name in SETTINGS)
        cursor.execute(f"SELECT {read}")
        before = cursor.fetchone()
        cursor.execute(WRITE_SETTINGS, _settings())
        is_pooled = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        # The driver's own connections: other threads read from them while this one sends.
        with _second(cursor) if beside and is_outermost and not is_pooled else nullcontext([]) as more:
            yield [connection.connection, *more]
        cursor.execute(WRITE_SETTINGS, before)


@contextmanager
def _second(cursor) -> Iterator[list[Any]]:
    """A connection beside ours that sees what ours sees; none where the server gives no more."""
    cursor.execute("SELECT pg_export_snapshot()")
    (name,) = cursor.fetchone()
    other = connection.copy()
    try:
        with suppress(OperationalError):
            other.set_autocommit(False)
        if other.connection is None:
            yield []
            return
        with other.cursor() as theirs:
            theirs.execute(OF_ONE_STATE)
            theirs.execute("SET TRANSACTION SNAPSHOT %s", [name])
            theirs.execute(WRITE_SETTINGS, _settings())
        yield [other.connection]
    finally:
        other.close()


def _settings() -> list[str]:
    return [settings.TIME_ZONE, *list(SETTINGS.values())[1:]]


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


class _CopiedLines:
    """The file that COPY writes to in binary: lines and their number, of each component; read as pieces of bytes.

    PostgreSQL sends each row as a message of its own, which holds the count of its columns, and of each column its
    length and its bytes; before the first stands a header, and what follows the last is no row.
    """

    HEADER, COLUMNS, SIZE = 19, 2, 4

    def __init__(self):
        self.number, self.is_wanted = 0, True
        # After the last piece of a statement comes its end; what went wrong instead, as the error it is.
        self._pieces: Queue[bytes | Exception | None] = Queue(AHEAD)
        self._waiting: list[bytes] = []
        self._size = self._skipped = 0

    def of_statement(self) -> "_CopiedLines":
        self._skipped = self.HEADER
        return self

    def write(self, message: bytes) -> None:
        start, self._skipped = self._skipped + self.COLUMNS, 0
        if len(message) <= start:
            return
        end = start + self.SIZE + int.from_bytes(message[start : start + self.SIZE])
        self.number += int.from_bytes(message[end + self.SIZE :])
        self._waiting.append(message[start + self.SIZE : end])
        self._size += end - start
        if self._size >= PIECE:
            self._send()

    def end_statement(self) -> None:
        self._send()
        self.put(None)

    def __iter__(self) -> Iterator[bytes]:
        """The pieces of one statement, each made while those before it are being sent."""
        while (piece := self._pieces.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def _send(self) -> None:
        piece, self._waiting, self._size = b"".join(self._waiting), [], 0
        if piece:
            self.put(piece)

    def put(self, piece: bytes | Exception | None) -> None:
        """A piece, the end of a statement, or the error that stands for it; dropped once nobody reads any more."""
        while self.is_wanted:
            with suppress(Full):
                self._pieces.put(piece, timeout=0.5)
                break


class _Parts:
    """By component of one plan, the cells every figure of it begins with."""

    def __init__(self, cursor):
        self.cursor, self.cells = cursor, {}

    def read(self, plan: int) -> None:
        self.cursor.execute(SQLITE_PARTS, [plan])
        self.cells = {row[0]: _cells(row[1:]) for row in self.cursor.fetchall()}


def _cells(values) -> str:
    return csv_line(values)[:-2]


def _with_the_next(cursor) -> Iterator[list[tuple[tuple, tuple]]]:
    """The rows of a cursor in blocks, each row with the one after it; after the last comes an empty one."""
    held: list[tuple] = []
    while block := cursor.fetchmany(FETCH_ROWS):
        rows = [*held, *block]
        held = rows[-1:]
        if pairs := list(pairwise(rows)):
            yield pairs
    if held:
        yield [(held[0], ())]


def _words(name: str, header: str) -> dict[Any, str]:
    """What a column's codes are in a file with these headings."""
    column = OBSERVATION[name]
    words = column.words or YES_NO
    assert isinstance(words, Mapping)
    if header in LANGUAGES:
        return words_in(words, LANGUAGES[header])
    return {code: guard(code) for code in words}


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


def _sql_words(column: str, value: str, header: str) -> str:
    """SQL for a code as a file with these headings has it."""
    if header not in LANGUAGES:
        return f'"{value}"::text'
    words = _words(column, header)
    when = " ".join(f"WHEN '{guard(code)}' THEN {_sql_text(word)}" for code, word in words.items())
    return f'CASE "{value}"::text {when} END'


# `Component.full_name`.
FULL_NAME = "(CASE WHEN c.code = i.code THEN i.title ELSE i.title || '（' || c.name || '）' END)"
PART_COLUMNS = ("p.slug", "i.code", "c.code", FULL_NAME, "n.unit")
# Who entered a figure, as `observation_row` says it: to strangers his organisation, else his login.
PERSON = {False: "g.name", True: "u.username"}


@lru_cache(maxsize=8)
def _postgresql(logins: bool, header: str) -> str:
    """The statement; its parameters are the slugs of invented plans, the end of their lines, that of the others,
    and the plans' keys. The day is put in later."""
    kind, precision = (_sql_words(name, name, header) for name in ("value_status", "precision"))
    exclusive, in_force = (_sql_words("exclusive", name, header) for name in ("exclusive", "in_force"))
    named, flag = _words("precision", header)["exact"], _words("exclusive", header)
    exact, exact_counting = (_sql_text(f",{named},{flag[False]},{flag[counts]},") for counts in (False, True))
    return f"""
WITH part AS MATERIALIZED (
  SELECT c.id, p.starts_on, p.slug, i."order" AS item_order, c."order" AS part_order,
         concat_ws(',', {", ".join(map(_sql_cell, PART_COLUMNS))}, '') AS cells,
         CASE WHEN p.slug = ANY(%s) THEN %s ELSE %s END AS line_end
  FROM plan_plan p JOIN plan_item i ON i.plan_id = p.id
  JOIN indicators_indicator n ON n.item_ptr_id = i.id
  JOIN indicators_component c ON c.indicator_id = i.id
  WHERE p.id = ANY(%s) AND {current_sql("c")}
), source AS MATERIALIZED (
  SELECT id, concat_ws(',', '', {_sql_cell("title")}, {_sql_cell("url")}, '') AS cells FROM plan_source
), person AS MATERIALIZED (
  SELECT u.id, {_sql_cell(PERSON[logins])} AS cell FROM accounts_user u
  LEFT JOIN accounts_organisation g ON g.id = u.organisation_id
)
SELECT l.lines, l.number
FROM part CROSS JOIN LATERAL (
  -- Put together by ||, which takes a third of the time of concat().
  SELECT count(*) AS number, string_agg(part.cells || year || ',' || trim_scale(value) || ',' || {kind}
    || ',' || released_on || source || coalesce(person, '') || ',' || moment
    -- Most figures are exact, and then nothing is left out of a bound.
    || CASE WHEN "precision" = 'exact' THEN CASE WHEN in_force THEN {exact_counting} ELSE {exact} END
            ELSE ',' || {precision} || ',' || {exclusive} || ',' || {in_force} || ',' END
    || left(moment, 10) || part.line_end, '') AS lines
  FROM (
    SELECT o.year, o.value, o.value_status, o.released_on, o."precision", o.exclusive,
           to_char(o.approved_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') AS moment,
           source.cells AS source, person.cell AS person,
           -- An exact release counts unless another of its year follows.
           coalesce({ALONE}, lead(o.year) OVER (ORDER BY {by_statement_sql("o")}) IS DISTINCT FROM o.year)
             AS in_force
    FROM indicators_observation o JOIN source ON source.id = o.source_id
    LEFT JOIN person ON person.id = o.entered_by_id
    WHERE o.component_id = part.id AND {KNOWN}
    ORDER BY {by_statement_sql("o")}
  ) figure
) l
WHERE l.number > 0 ORDER BY part.starts_on, part.slug, part.item_order, part.part_order, part.id
"""


# Days and moments as text: as what they are Django's driver would make objects of them.
SQLITE_PARTS = f"""
SELECT c.id, p.slug, i.code, c.code, {FULL_NAME}, n.unit
FROM plan_plan p JOIN plan_item i ON i.plan_id = p.id JOIN indicators_indicator n ON n.item_ptr_id = i.id
JOIN indicators_component c ON c.indicator_id = i.id WHERE p.id = %s
"""
SQLITE = {logins: f"""
SELECT o.component_id, o.year, o.value, o.value_status, o.released_on || '', s.title, s.url, {column},
       o.approved_at || '', o."precision", o.exclusive, {ALONE}
FROM plan_item i JOIN indicators_component c ON c.indicator_id = i.id
JOIN indicators_observation o ON o.component_id = c.id JOIN plan_source s ON s.id = o.source_id
LEFT JOIN accounts_user u ON u.id = o.entered_by_id
LEFT JOIN accounts_organisation g ON g.id = u.organisation_id
WHERE i.plan_id = %s AND {current_sql("c")} AND {KNOWN}
ORDER BY i."order", c."order", c.id, {by_statement_sql("o")}
""" for logins, column in PERSON.items()}  # fmt: skip

"""The fast file of all observations: the very bytes of the plain way, on both databases."""

import csv
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction

from accounts.models import Organisation
from audit.models import AuditEvent
from indicators.files.columns import OBSERVATION
from indicators.files.exports import all_judged, observation_row
from indicators.many import fastcsv
from indicators.many.fastcsv import ObservationFile
from indicators.models import Observation
from plan.columns import in_words
from plan.exports import csvfile
from plan.exports.cells import unguard
from plan.exports.csvfile import csv_blocks
from plan.models import Export, Source
from tests.factories import make_component, make_observation, make_person, make_plan
from tests.jobs.processes import wait_until

pytestmark = pytest.mark.both_databases

DAY = date(2026, 1, 1)


@pytest.fixture
def awkward(db):
    """Three plans with every kind of cell that has to be written with care."""
    Observation.objects.all().delete()
    plans = [make_plan(slug) for slug in ("b-plan", "a-plan", "empty-plan")]
    parts = [make_component(plans[0], "I-02"), make_component(plans[0], "I-01"), make_component(plans[1], "I-01")]
    titles = [
        '=1+1,"a"',
        "-含深汕, 不含河套",
        '说"口径"\r\n第二行',
        "@x",
        "\tx",
        "+1",
        "'=x",
        "中文",
        "a\nb",
        " 空格 ",
    ]
    values = ["5", "-5.25", "0", "1234567.89", "0.00000001", "100", "-0.5", "1500", "0.1", "12345678901"]
    person = make_person("=sum@x", organisation=Organisation.objects.create(code="o1", name='=市"科,委"'))
    alone = make_person("alone")
    moment = datetime(2023, 7, 5, 18, 30, 59, 999999, tzinfo=UTC)
    for number, (title, value) in enumerate(zip(titles, values, strict=True)):
        source = Source.objects.create(title=title, url=f"http://x/?a=1,{number}" if number % 2 else "")
        make_observation(
            parts[number % 3], 2021 + number % 4, value, released=f"2024-01-{28 - number:02d}", source=source,
            entered_by=(None, person, alone)[number % 3], approved_at=moment,
        )  # fmt: skip
    type(parts[0].indicator).objects.filter(pk=parts[0].indicator_id).update(title='指标 "甲", =乙\n丙', unit="%")
    make_observation(parts[0], 2022, "7", precision="lower_bound", exclusive=True)
    make_observation(parts[0], 2025, "7", precision="lower_bound")
    make_observation(parts[0], 2025, "6", precision="upper_bound", released="2023-01-01")
    make_observation(parts[0], 2021, "5.1", released="2025-06-01", value_status="revised")
    make_observation(parts[0], 2021, "5.2", precision="approximate", released="2025-07-01")
    type(parts[2]).objects.filter(pk=parts[2].pk).update(code="I-01.2", name='其,二"')
    make_observation(parts[0], 2022, "8", released="2026-06-01")
    make_observation(parts[0], 2022, "9", state="draft", released="2025-06-01")
    return plans


def plain(encoding="utf-8", *, logins=False, header="code"):
    rows = (observation_row(row, row.component.indicator.plan.slug, logins=logins) for row in all_judged(DAY))
    return b"".join(csv_blocks(OBSERVATION, in_words(OBSERVATION, rows, header), encoding=encoding))


@pytest.mark.parametrize("header", ["code", "zh"])
@pytest.mark.parametrize("logins", [False, True])
def test_the_fast_way_gives_the_bytes_of_the_plain_way(awkward, logins, header):
    file = ObservationFile(DAY, logins=logins, header=header)

    data = b"".join(file)

    assert data == plain(logins=logins, header=header)
    assert ("下限表述,是,否,".encode() in data, b"lower_bound,true,false," in data) == (
        header == "zh",
        header == "code",
    )
    assert (b"sum@x" in data, b"alone" in data) == (logins, logins)
    assert ('"\'=市""科,委"""'.encode() in data) is not logins
    assert file.number == 14


def test_the_file_says_which_release_of_a_year_counts(awkward):
    lines = csv.DictReader(
        io.StringIO(b"".join(ObservationFile(DAY, logins=False)).decode(), newline=""), list(OBSERVATION)
    )
    named = [row for row in lines if row["plan"] == "b-plan" and row["code"] == "I-02"]

    assert [(row["year"], row["value"], row["precision"], row["exclusive"], row["in_force"]) for row in named] == [
        ("2021", "5", "exact", "false", "false"),
        ("2021", "5.1", "exact", "false", "true"),
        ("2022", "7", "lower_bound", "true", "false"),
        ("2022", "12345678901", "exact", "false", "true"),
        ("2023", "-0.5", "exact", "false", "true"),
        ("2024", "1234567.89", "exact", "false", "true"),
        ("2025", "7", "lower_bound", "false", "true"),
        ("2025", "6", "upper_bound", "false", "true"),
    ]


def test_gb18030_goes_the_plain_way(awkward):
    file = ObservationFile(DAY, logins=False, encoding="gb18030")

    assert b"".join(file).decode("gb18030") == plain().decode()
    assert file.number == 14


def test_invented_figures_are_flagged_by_their_plan(awkward):
    data = b"".join(ObservationFile(DAY, logins=False, flags=frozenset({"a-plan"}))).decode()

    rows = list(csv.reader(io.StringIO(data, newline="")))
    assert {(row[0], row[-1]) for row in rows} == {("a-plan", "演示数据"), ("b-plan", "")}
    assert data == b"".join(
        ObservationFile(DAY, logins=False, encoding="gb18030", flags=frozenset({"a-plan"}))
    ).decode("gb18030")


@pytest.mark.parametrize("value", [5, -5, 0, 0.1, 5.5, 1234567.891, 1e-8, 123456789012345.6, 0.30000000000000004])
def test_numbers_of_sqlite_are_written_as_their_decimals(value):
    stored = fastcsv.DIGITS.create_decimal_from_float(float(value)).quantize(Decimal("1e-8"))

    assert fastcsv._number(value) == csvfile.guard(stored)


def test_many_components_and_small_pieces_change_nothing(awkward, monkeypatch):
    monkeypatch.setattr(fastcsv, "PLANS", 1)
    monkeypatch.setattr(fastcsv, "FETCH_ROWS", 2)
    monkeypatch.setattr(fastcsv, "PIECE", 10)

    assert b"".join(ObservationFile(DAY, logins=False)) == plain()


def test_whoever_leaves_early_leaves_the_connection_as_it_was(awkward, monkeypatch):
    monkeypatch.setattr(fastcsv, "PLANS", 1)
    monkeypatch.setattr(fastcsv, "PIECE", 10)
    sent = iter(ObservationFile(DAY, logins=False))
    next(sent)
    sent.close()

    assert Observation.objects.exists()
    assert b"".join(ObservationFile(DAY, logins=False)) == plain()


def test_a_statement_that_fails_is_no_short_file(awkward, monkeypatch):
    monkeypatch.setattr(ObservationFile, "_of_day", lambda self, statement: f"{statement} AND no_such_column")

    # The driver's own error: COPY is asked of it directly.
    with pytest.raises((DatabaseError, connection.Database.Error)), transaction.atomic():
        b"".join(ObservationFile(DAY, logins=False))


@pytest.fixture
def two_connections(monkeypatch):
    """How many connections read each file; here every plan has a statement of its own."""
    monkeypatch.setattr(fastcsv, "PLANS", 1)
    monkeypatch.setattr(fastcsv, "PIECE", 10)
    used = []
    snapshot = fastcsv._snapshot

    @contextmanager
    def counted(beside):
        with snapshot(beside) as drivers:
            used.append(len(drivers))
            yield drivers

    monkeypatch.setattr(fastcsv, "_snapshot", counted)
    return used


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads by the one connection it has")
class TestTwoConnections:
    """Rows are committed here: a second connection sees none of a test's own transaction."""

    def test_they_give_the_bytes_of_one(self, two_connections, awkward):
        file = ObservationFile(DAY, logins=False)

        assert b"".join(file) == plain()
        assert (file.number, two_connections) == (14, [2])

    def test_they_see_one_state(self, two_connections, awkward):
        before = plain()
        sent = iter(ObservationFile(DAY, logins=False))
        first = next(sent)
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(withdraw_all).result()

        assert first + b"".join(sent) == before
        assert plain() == b""

    @pytest.mark.parametrize("turn", [0, 1, 2])
    def test_what_fails_on_either_is_no_short_file(self, two_connections, awkward, monkeypatch, turn):
        counted = iter(range(9))
        of_statement = fastcsv._CopiedLines.of_statement

        def failing(lines):
            if next(counted) == turn:
                raise DatabaseError("gone")
            return of_statement(lines)

        monkeypatch.setattr(fastcsv._CopiedLines, "of_statement", failing)

        with pytest.raises(DatabaseError, match="gone"):
            b"".join(ObservationFile(DAY, logins=False))
        assert two_connections == [2]

    def test_who_leaves_early_leaves_none_behind(self, two_connections, awkward):
        connection.ensure_connection()
        before = connections_open()
        sent = iter(ObservationFile(DAY, logins=False))
        next(sent)
        sent.close()

        # The server notices a little later.
        wait_until(lambda: connections_open() == before, seconds=10, what="the second connection is closed")
        assert b"".join(ObservationFile(DAY, logins=False)) == plain()

    def test_where_no_more_are_to_be_had_one_reads_alone(self, two_connections, awkward, monkeypatch):
        def refused(self, *args):
            raise OperationalError("too many clients")

        connection.ensure_connection()
        monkeypatch.setattr(type(connections["default"]), "get_new_connection", refused)

        assert b"".join(ObservationFile(DAY, logins=False)) == plain()
        assert two_connections == [1]

    def test_behind_a_pooler_one_reads_alone(self, two_connections, awkward, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)

        assert b"".join(ObservationFile(DAY, logins=False)) == plain()
        assert two_connections == [1]


def withdraw_all():
    Observation.objects.all().delete()
    connection.close()


def connections_open() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_a_streamed_file_is_registered_when_it_has_left(awkward, client, monkeypatch):
    monkeypatch.setattr("indicators.api.STREAM_FROM", 3)

    response = client.get("/api/v1/observations.csv?as_of=2026-01-01&header=zh")
    data = b"".join(response.streaming_content)

    export = Export.objects.get()
    assert (export.sha256, export.rows, export.size) == (hashlib.sha256(data).hexdigest(), 14, len(data))
    assert (export.name, export.query) == ("observations_2026-01-01.csv", "as_of=2026-01-01&header=zh")
    assert data.decode("utf-8-sig").startswith("规划,指标编码,")
    assert ",最终核实," in data.decode()
    assert data.count("\ufeff".encode()) == 1
    logged = AuditEvent.objects.get(action="export")
    assert (logged.address, logged.after["sha256"]) == ("127.0.0.1", export.sha256)


def test_the_small_file_and_the_streamed_one_are_the_same(awkward, client, monkeypatch):
    whole = client.get("/api/v1/observations.csv?as_of=2026-01-01").content
    monkeypatch.setattr("indicators.api.STREAM_FROM", 3)

    streamed = b"".join(client.get("/api/v1/observations.csv?as_of=2026-01-01").streaming_content)

    assert streamed == whole
    assert Export.objects.get().times == 2


def test_a_reader_who_leaves_is_logged_without_a_hash(awkward, client, monkeypatch):
    monkeypatch.setattr("indicators.api.STREAM_FROM", 3)
    response = client.get("/api/v1/observations.csv?as_of=2026-01-01")

    sent = iter(response.streaming_content)
    next(sent)
    response._iterator.close()

    assert not Export.objects.exists()
    assert AuditEvent.objects.get(action="export").outcome == "failed"


def test_a_file_that_breaks_off_says_so_in_its_last_line(awkward, client, monkeypatch):
    def breaking(self):
        yield b"one,line\r\n"
        raise RuntimeError("the database went away")

    monkeypatch.setattr("indicators.api.STREAM_FROM", 3)
    monkeypatch.setattr(ObservationFile, "__iter__", breaking)
    pieces = client.get("/api/v1/observations.csv").streaming_content

    sent = [next(pieces), next(pieces), next(pieces)]

    assert sent[-1].decode() == "文件不完整，请重新下载 / INCOMPLETE FILE\r\n"
    with pytest.raises(RuntimeError):
        next(pieces)
    assert AuditEvent.objects.get(action="export").outcome == "failed"


def test_without_figures_there_is_no_file(db, client):
    assert client.get("/api/v1/observations.csv?as_of=2000-01-01").status_code == 204


# As promised (design 6), written out: the product's own list of marks is not asked.
PROMISED = {"=": "=1+1", "+": "+1", "-": "-1", "@": "@SUM(1)", "tab": "\t=1", "return": "\r=1"}


@pytest.mark.django_db
@pytest.mark.parametrize("text", PROMISED.values(), ids=PROMISED.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_no_cell_runs_as_a_formula(text, encoding):
    """Both ways of writing the file: the fast one in UTF-8, the plain one in GB18030."""
    source = Source.objects.create(title="to be replaced")
    with connection.cursor() as cursor:  # as rows stand that came in before one rule held for text
        cursor.execute("UPDATE plan_source SET title = %s WHERE id = %s", [text, source.pk])
    source.title = text
    make_observation(make_component(make_plan("formula-plan")), 2023, "5", released="2024-01-02", source=source)

    lines = b"".join(ObservationFile(DAY, logins=False, encoding=encoding)).decode(encoding)

    cells = [row for row in csv.reader(io.StringIO(lines, newline="")) if row[:1] == ["formula-plan"]]
    assert [row[list(OBSERVATION).index("source_title")] for row in cells] == [f"'{text}"]
    assert unguard(f"'{text}") == text

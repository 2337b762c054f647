"""The log is a chain: whatever is done to it behind the product's back is found."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.utils import timezone

from audit import anchors, guards
from audit.digests import canonical, digest_of
from audit.models import AuditEvent, ChainLink
from audit.services import record_audit
from audit.signing import sign
from audit.verifying import verify
from tests.at_once import at_once

pytestmark = pytest.mark.both_databases


@pytest.fixture
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def seal():
    """What the end of a transaction does on PostgreSQL."""
    connection.check_constraints()


def write(number=5):
    for n in range(number):
        record_audit(
            action="login", name=f"p{n}", after={"n": n, "share": 1.0, "big": 1e16, "words": ["字", None]}
        )
    seal()


def behind_its_back(statement, *values):
    """A statement of somebody who owns the database and has switched the triggers off."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    guards.install(connection)


def last(back=0):
    return AuditEvent.objects.order_by("-id")[back]


@pytest.mark.parametrize("table", guards.TABLES)
@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id + 100000", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses(db, own_folder, table, deed):
    if deed.startswith("TRUNCATE") and connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    write()

    with pytest.raises(DatabaseError, match="cannot be changed or deleted"), transaction.atomic():
        connection.cursor().execute(deed.format(table))
    if connection.vendor == "postgresql":  # which once let a restore through
        connection.cursor().execute("SET LOCAL plan.exchange = 'on'")
        with pytest.raises(DatabaseError, match="cannot be changed or deleted"), transaction.atomic():
            connection.cursor().execute(deed.format(table))

    assert verify().faults == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a statement of SQLite")
def test_sqlite_replaces_no_row_either(db, own_folder):
    write()

    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        connection.cursor().execute(
            "INSERT OR REPLACE INTO audit_auditevent (id, at, actor_name, address, action, plan_slug,"
            " object_code, object_label, outcome, digest, origin)"
            " SELECT id, at, 'x', '', action, '', '', '', 'ok', digest, '' FROM audit_auditevent"
        )

    assert verify().faults == []


def test_each_row_carries_the_hash_of_the_one_before(db, own_folder):
    write(3)

    links = list(ChainLink.objects.filter(chain="").order_by("-position")[:3])

    assert [link.event_id for link in links] == [last(n).pk for n in range(3)]
    assert links[0].previous == links[1].hash
    assert links[1].previous == links[2].hash
    assert links[0].position == links[2].position + 2


def test_rows_written_in_bulk_are_links_as_well(db, own_folder):
    AuditEvent.objects.bulk_create(
        AuditEvent(action="login", actor_name=f"p{n}", after={1: (n, "x")}) for n in range(4)
    )
    seal()

    found = verify()

    assert found.faults == []
    assert last().after == {"1": [3, "x"]}
    assert ChainLink.objects.get(event=last()).position == found.position


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_product_cannot_change_many_rows_either(db, own_folder, deed):
    with pytest.raises(TypeError, match="Audit rows cannot be"):
        getattr(AuditEvent.objects.all(), deed)()


def test_a_row_of_a_change_that_was_rolled_back_leaves_no_gap(db, own_folder):
    write(1)
    with transaction.atomic():
        record_audit(action="login", name="never")
        transaction.set_rollback(True)
    write(1)

    assert verify().faults == []


def test_a_row_costs_one_query(db, own_folder, django_assert_num_queries):
    with django_assert_num_queries(1):
        record_audit(action="login", name="somebody", after={"n": 1})


def test_outside_a_transaction_no_row_stands_without_its_link(transactional_db, own_folder):
    record_audit(action="login", name="first")
    position = ChainLink.objects.get(event=last()).position
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE UNIQUE INDEX one_link_only ON audit_chainlink (chain) WHERE position >= {position}"
        )
    try:
        with pytest.raises(IntegrityError):
            record_audit(action="login", name="second")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX one_link_only")

    assert last().actor_name == "first"
    assert verify().faults == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "logout"), ("actor_name", "somebody"), ("address", "10.0.0.1"), ("object_label", "x"),
        ("outcome", "refused"), ("after", '{"n": 9}'), ("before", '{"n": 9}'), ("plan_slug", "p"),
        ("at", "2020-01-01 00:00:00"), ("actor_id", 7), ("digest", "0" * 64), ("object_code", "I-01"),
    ],
)  # fmt: skip
def test_any_altered_value_is_found(db, own_folder, column, value):
    write()

    behind_its_back(f"UPDATE audit_auditevent SET {column} = %s WHERE id = %s", value, last(2).pk)

    faults = verify().faults
    assert any(f"编号 {last(2).pk}）内容已被改动" in fault for fault in faults), faults


def test_an_altered_row_with_a_digest_to_match_is_found_by_its_link(db, own_folder):
    write()
    event = last(2)
    event.outcome = "refused"
    behind_its_back(
        "UPDATE audit_auditevent SET outcome = 'refused', digest = %s WHERE id = %s",
        digest_of(vars(event)),
        event.pk,
    )

    assert any("散列与记录不符" in fault for fault in verify().faults)


def test_a_deleted_row_is_found(db, own_folder):
    write()
    link = ChainLink.objects.get(event=last(2))

    behind_its_back("DELETE FROM audit_chainlink WHERE id = %s", link.pk)
    behind_its_back("DELETE FROM audit_auditevent WHERE id = %s", link.event_id)

    assert verify().faults == [f"缺第 {link.position} 至 {link.position} 环"]


def test_a_row_slipped_in_without_a_link_is_found(db, own_folder):
    write()

    behind_its_back("DELETE FROM audit_chainlink WHERE event_id = %s", last(2).pk)

    assert f"记录（编号 {last(2).pk}）不在链中" in verify().faults


def test_migrations_leave_every_trigger_in_place(db):
    assert guards.missing(connection) == []


def test_triggers_switched_off_are_named(db, own_folder):
    write()
    guards.remove(connection)

    faults = verify().faults

    assert "数据库中缺少触发器 audit_seal" in faults
    assert len(faults) == len(guards.missing(connection))


def test_rows_cut_off_at_the_end_are_found_by_the_anchor(db, own_folder):
    write(5)
    path = anchors.anchor()
    seal()
    cut = last(3)
    behind_its_back("DELETE FROM audit_chainlink WHERE event_id > %s", cut.pk)
    behind_its_back("DELETE FROM audit_auditevent WHERE id > %s", cut.pk)
    write(1)

    faults = verify().faults

    assert len(faults) == 1
    assert f"锚点 {path.name} 记到第" in faults[0]
    assert "末尾的记录已不在" in faults[0]


def test_a_log_begun_anew_is_found_by_the_anchor(db, own_folder):
    write(5)
    path = anchors.anchor()
    seal()
    behind_its_back("DELETE FROM audit_chainlink")
    behind_its_back("DELETE FROM audit_auditevent")
    write(20)

    assert verify().faults == [f"锚点 {path.name} 属于另一条链：日志曾被清空或替换"]


def test_an_anchor_somebody_altered_is_found(db, own_folder):
    write(5)
    path = anchors.anchor()
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"position": facts["position"] - 1}))
    path.with_name("2020-01-01-1.json").write_text("{}")
    seal()

    found = verify()

    assert found.anchors == 0
    assert sorted(fault.partition(" 已被改动")[0] for fault in found.faults) == [
        "锚点 2020-01-01-1.json",
        f"锚点 {path.name}",
    ]


def test_an_anchor_signed_but_wrong_is_found(db, own_folder):
    write(5)
    path = anchors.anchor()
    wrong = anchors.Anchor(**(vars(anchors.read(path.read_bytes())) | {"hash": "0" * 64}))
    path.write_text(canonical(vars(wrong) | {"signature": sign(wrong.text())}))

    assert any(f"锚点 {path.name} 与第 {wrong.position} 环不符" == fault for fault in verify().faults)


def test_there_is_one_anchor_a_day_and_the_log_says_where_it_went(db, own_folder, settings):
    settings.AUDIT_ANCHOR_MAIL = ["auditor@example.org"]
    write(3)

    path = anchors.anchor()

    assert anchors.anchor() is None
    assert path.stat().st_mode & 0o077 == 0
    assert mail.outbox[0].to == ["auditor@example.org"]
    assert mail.outbox[0].body.strip() == path.read_text().strip()
    assert (last().action, last().after["sent"], last().object_label) == ("audit.anchored", ["mail"], path.name)
    seal()
    found = verify()
    assert (found.faults, found.anchors, found.last_anchor) == ([], 1, path.name)


def test_an_anchor_goes_to_syslog(db, settings, own_folder):
    address = str(own_folder / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        settings.AUDIT_ANCHOR_SYSLOG = address
        write(1)

        path = anchors.anchor()

        assert path.read_text().strip() in listener.recv(65536).decode()


def test_a_syslog_that_is_away_costs_no_anchor_and_is_said(db, settings, own_folder):
    settings.AUDIT_ANCHOR_SYSLOG = str(own_folder / "nobody")
    write(1)

    assert anchors.anchor().exists()

    assert (last().outcome, last().after["sent"]) == ("failed", [])
    assert "syslog" in last().after["error"]


def test_command_ends_with_0_only_when_the_chain_holds(transactional_db, own_folder, capsys):
    write()

    call_command("verify_audit", anchor=True)

    assert "审计日志完整" in capsys.readouterr().out
    assert (last().action, last().outcome) == ("audit.verified", "ok")
    behind_its_back("UPDATE audit_auditevent SET action = 'x' WHERE id = %s", last(3).pk)
    with pytest.raises(CommandError, match="1 处"):
        call_command("verify_audit")
    assert "内容已被改动" in capsys.readouterr().err
    assert (last().action, last().outcome) == ("audit.verified", "differs")


@pytest.mark.one_database
def test_walk_over_many_rows_reads_them_in_pieces(db, own_folder, django_assert_max_num_queries):
    AuditEvent.objects.bulk_create(AuditEvent(action="login", actor_name="x") for _n in range(5000))
    seal()

    with django_assert_max_num_queries(9):
        assert verify().rows >= 5000


def test_many_writers_at_once_make_one_chain(transactional_db, own_folder):
    number, rows = (16, 12) if connection.vendor == "postgresql" else (4, 12)

    def work(n):
        for row in range(rows):
            with transaction.atomic():
                record_audit(action="login", name=f"{n}-{row}")
                record_audit(action="logout", name=f"{n}-{row}")

    at_once(partial(work, n) for n in range(number))

    assert verify().faults == []
    assert ChainLink.objects.filter(event__action="logout").count() == number * rows


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes in one transaction at a time")
def test_a_long_transaction_that_wrote_its_row_holds_nobody_up(own_folder):
    def other():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '10s'")
            record_audit(action="login", name="meanwhile")
        finally:
            connections.close_all()

    with transaction.atomic():
        record_audit(action="login", name="long")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(other).result(timeout=60)
    order = ChainLink.objects.filter(event__actor_name__in=["long", "meanwhile"]).order_by("position")

    assert list(order.values_list("event__actor_name", flat=True)) == ["meanwhile", "long"]


def test_moments_are_kept_to_the_microsecond(db, own_folder):
    moment = timezone.now().replace(microsecond=123456) - timedelta(days=1)
    AuditEvent.objects.create(at=moment, action="login", actor_name="x")
    seal()

    assert last().at == moment
    assert verify().faults == []

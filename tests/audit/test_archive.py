"""Old rows of the log leave the table for signed files, and the chain goes on; neither can be touched unseen."""

import gzip
import json
import tarfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import anchors, archive
from audit.models import AuditEvent, ChainLink
from audit.services import record_audit
from audit.verifying import verify
from tests.factories import make_person

pytestmark = pytest.mark.both_databases

LATER = timezone.now() + timedelta(days=500)


@pytest.fixture
def log(db, settings, tmp_path):
    """What the plan's loading wrote and ten rows more, anchored; and five of the day of the archiving."""
    settings.DATA_DIR = tmp_path
    for number in range(10):
        record_audit(action="login", name=f"old{number}", after={"n": number})
    connection.check_constraints()
    anchors.anchor()
    connection.check_constraints()
    old = AuditEvent.objects.count()
    for number in range(5):
        record_audit(action="login", name=f"new{number}", at=LATER)
    connection.check_constraints()
    return old


def archived(now=LATER):
    name = archive.archive(online_days=400, now=now)
    connection.check_constraints()
    return name


def test_old_rows_leave_the_table_and_the_chain_holds(log):
    name = archived()

    assert not AuditEvent.objects.filter(actor_name__startswith="old").exists()
    assert AuditEvent.objects.filter(actor_name__startswith="new").count() == 5
    assert AuditEvent.objects.filter(action="audit.archived", object_label=name).count() == 1
    found = verify()
    assert found.faults == []
    assert (found.archived, found.anchors) == (log, 1)
    assert found.rows == log + 6


def test_a_second_archive_goes_on_where_the_first_ended(log, settings):
    archived()
    archived(now=LATER + timedelta(days=450))

    (_first, one), (_second, two) = archive.papers()
    assert two.first == one.last + 1
    assert one.chain == two.chain == archive.identity()
    assert verify().faults == []


def test_the_newest_row_stays_so_that_the_chain_goes_on(log):
    archived(now=LATER + timedelta(days=4000))

    assert list(ChainLink.objects.values_list("event__action", flat=True)) == ["login", "audit.archived"]
    record_audit(action="login", name="after")
    connection.check_constraints()
    assert verify().faults == []


def test_nothing_young_is_archived(log):
    assert archive.archive(online_days=4000, now=LATER) is None
    assert archive.papers() == []


@pytest.mark.parametrize("deed", ["altered", "cut", "gone", "paper"])
def test_an_archive_that_was_touched_is_found(log, deed, settings):
    path = settings.DATA_DIR / archive.FOLDER / archived()
    paper = path.with_name(path.name.replace(".jsonl.gz", ".json"))
    if deed == "altered":
        lines = gzip.decompress(path.read_bytes()).replace(b'"old3"', b'"someone"')
        path.write_bytes(gzip.compress(lines, mtime=0))
    elif deed == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    elif deed == "gone":
        path.unlink()
    else:
        facts = json.loads(paper.read_text())
        paper.write_text(json.dumps(facts | {"last": facts["last"] - 1}))

    assert not verify().holds


def test_both_files_gone_is_found(log, settings):
    archived()
    for path in (settings.DATA_DIR / archive.FOLDER).iterdir():
        path.unlink()

    assert not verify().holds


def test_the_command_says_what_it_did(log, capsys, settings):
    settings.AUDIT_ONLINE_DAYS = 0
    call_command("archive_audit")
    assert "audit-1-" in capsys.readouterr().out
    settings.AUDIT_ONLINE_DAYS = 400
    call_command("archive_audit")
    assert "400" in capsys.readouterr().out

    record_audit(action="login", name="another")
    connection.check_constraints()
    next((settings.DATA_DIR / archive.FOLDER).glob("*.json")).write_text("{}")
    settings.AUDIT_ONLINE_DAYS = 0
    with pytest.raises(CommandError, match="归档说明"):
        call_command("archive_audit")


def test_another_machine_finds_what_one_archived(log, settings, tmp_path):
    """The nightly walk is made by whichever machine takes the job; all of them sign with one key (`/readyz`)."""
    settings.INSTALLATION_KEYS = ["one key of all machines" * 3]
    settings.FILES_FOLDER = tmp_path / "share"
    name = archived()
    (tmp_path / "other").mkdir()
    for machine in (tmp_path, tmp_path / "other"):
        settings.DATA_DIR = machine
        assert [found for found, _paper in archive.papers()] == [name]
        assert [fault for fault in verify().faults if "锚点" not in fault] == []
    assert not (tmp_path / archive.FOLDER).exists()


def test_an_archive_left_on_a_machine_is_named_with_what_to_do(log, settings, tmp_path):
    name = archived()
    settings.FILES_FOLDER = tmp_path / "share"

    assert any("copy_files" in fault for fault in verify().faults)
    with pytest.raises(archive.BrokenArchive, match="copy_files"):
        archive.archive(online_days=400, now=LATER + timedelta(days=900))
    call_command("copy_files")
    assert [found for found, _paper in archive.papers()] == [name]
    assert verify().faults == []


def test_nothing_leaves_the_table_where_the_storage_is_away(log, settings, tmp_path, client):
    rows = AuditEvent.objects.count()
    (tmp_path / archive.FOLDER).write_text("no folder")
    settings.AUDIT_ONLINE_DAYS = 0
    with pytest.raises(CommandError, match="storage is away"):
        call_command("archive_audit")

    assert AuditEvent.objects.count() == rows
    client.force_login(make_person("ops", "system_admin"))
    assert client.get("/operations/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_backup_does_not_hold_it(log, tmp_path, settings):
    """Restored elsewhere it would be signed by somebody else; it is copied beside the backup."""
    archived()
    call_command("backup", str(tmp_path / "plan.tar.gz"))

    with tarfile.open(tmp_path / "plan.tar.gz") as members:
        assert not [name for name in members.getnames() if name.startswith(archive.FOLDER)]

"""Old rows of the log leave the table for signed files, and the chain goes on; neither can be touched unseen."""

import gzip
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import anchors, archive
from audit.models import AuditEvent, ChainLink
from audit.services import record_audit
from audit.verifying import verify

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
    path = archive.archive(online_days=400, now=now)
    connection.check_constraints()
    return path


def test_old_rows_leave_the_table_and_the_chain_holds(log):
    path = archived()

    assert not AuditEvent.objects.filter(actor_name__startswith="old").exists()
    assert AuditEvent.objects.filter(actor_name__startswith="new").count() == 5
    assert AuditEvent.objects.filter(action="audit.archived", object_label=path.name).count() == 1
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
def test_an_archive_that_was_touched_is_found(log, deed):
    path = archived()
    paper = archive.folder() / path.name.replace(".jsonl.gz", ".json")
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


def test_both_files_gone_is_found(log):
    archived()
    for path in archive.folder().iterdir():
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
    next(archive.folder().glob("*.json")).write_text("{}")
    settings.AUDIT_ONLINE_DAYS = 0
    with pytest.raises(CommandError, match="归档说明"):
        call_command("archive_audit")

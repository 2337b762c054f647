"""The audit administrator asks for a walk over the chain and reads what it found; the console leaves rows."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from audit import anchors, guards
from audit.console import hidden
from audit.models import AuditEvent
from audit.services import record_audit
from auditing.tasks import nightly
from jobs import services as jobs
from jobs.models import Job
from tests.factories import make_person

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/audit/chain/"


@pytest.fixture
def auditor(db, client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    person = make_person("aud", "audit_admin", name="周明")
    client.force_login(person)
    return person


def run_all():
    for job in Job.objects.filter(state="queued").order_by("pk"):
        connection.check_constraints()
        jobs.run_job(job.pk)


def test_page_says_whole_after_a_walk(auditor, client):
    assert "尚未核验过" in client.get(PAGE).content.decode()

    response = client.post(PAGE, follow=True)

    assert "正在核验" in response.content.decode()
    run_all()
    html = client.get(PAGE).content.decode()
    assert "日志完整" in html
    assert "正在核验" not in html


def test_page_names_what_is_wrong(auditor, client):
    event = record_audit(action="login", name="x")
    connection.check_constraints()
    guards.remove(connection)
    connection.cursor().execute("UPDATE audit_auditevent SET actor_name = 'y' WHERE id = %s", [event.pk])
    guards.install(connection)

    client.post(PAGE)
    run_all()

    html = client.get(PAGE).content.decode()
    assert "日志不完整" in html
    assert f"编号 {event.pk}）内容已被改动" in html


def test_each_night_writes_an_anchor_and_walks(auditor, client):
    record_audit(action="login", name="x")

    nightly()
    run_all()
    nightly()
    run_all()

    files = [name for name, _mark in anchors.kept()]
    assert len(files) == 1
    assert files[0] in client.get(PAGE).content.decode()
    assert Job.objects.filter(kind="audit.verify", state="done").count() == 2


def test_nobody_else_sees_or_asks(auditor):
    other = Client()
    other.force_login(make_person("ana", "analyst"))

    assert (other.get(PAGE).status_code, other.post(PAGE).status_code) == (403, 403)


def test_name_of_an_account_is_shown_only_where_it_is_the_same_account(auditor, client):
    """A restore of another installation's backup may have put somebody else under the number."""
    AuditEvent.objects.create(action="login", actor=auditor, actor_name="wang")
    AuditEvent.objects.create(action="login", actor_id=987654, actor_name="gone")

    html = client.get("/audit/?action=login").content.decode()

    assert "wang" in html
    assert "gone" in html
    rows = AuditEvent.objects.filter(action="login").select_related("actor")[:2]
    assert [row.person_name for row in rows] == ["", ""]


def manage(folder, *arguments):
    env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/plan.sqlite3"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.breadth
@pytest.mark.services
def test_migrations_and_console_commands_leave_rows(tmp_path, migrated):
    first = manage(tmp_path, "shell", "-c", "pass")
    shutil.copy(migrated, tmp_path / "plan.sqlite3")
    for arguments in (["notices", "0001"], [], []):
        assert manage(tmp_path, "migrate", "-v0", *arguments).returncode == 0
    code = (
        "import json; from audit.models import AuditEvent as E;"
        "print(json.dumps([(e.action, e.after) for e in E.objects.order_by('id')]))"
    )

    shell = manage(tmp_path, "shell", "-c", code, "--verbosity=0")
    whole = manage(tmp_path, "verify_audit")

    later = sorted(path.stem for path in (ROOT / "notices/migrations").glob("0*.py") if path.stem > "0001_initial")
    assert "未能记入审计" in first.stderr
    assert json.loads(shell.stdout)[:2] == [
        ["migrate", {"applied": [], "unapplied": [f"notices.{name}" for name in later]}],
        ["migrate", {"applied": [f"notices.{name}" for name in later], "unapplied": []}],
    ]
    assert json.loads(shell.stdout)[2][0] == "console"
    assert whole.returncode == 0, whole.stderr


def test_secrets_of_a_command_line_are_not_written_down():
    said = hidden(["x", "--password=abc", "--token", "def", "--name", "li", "--api-key=1", "--secret"])

    assert said == ["x", "--password=***", "--token", "***", "--name", "li", "--api-key=***", "--secret"]


@pytest.mark.django_db
def test_migrate_that_changes_nothing_leaves_no_row():
    rows = AuditEvent.objects.count()

    call_command("migrate", verbosity=0)

    assert AuditEvent.objects.count() == rows


@pytest.mark.services
def test_a_database_with_a_log_is_not_flushed(tmp_path, migrated):
    shutil.copy(migrated, tmp_path / "plan.sqlite3")

    result = manage(tmp_path, "flush", "--noinput")

    assert result.returncode != 0
    assert "不能清空" in result.stderr
    assert manage(tmp_path, "verify_audit").returncode == 0

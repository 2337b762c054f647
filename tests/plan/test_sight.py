"""Every process sees the same files, or /readyz says which one does not."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from audit.signing import key_text
from jobs import services
from plan import sight
from plan.models import StorageMark, StorageSight
from tests.jobs import processes

LOOK = """
import json, django
django.setup()
from plan import sight
from plan.folders import is_kept
print(json.dumps([sight.note("worker far:1"), is_kept("reports", "a")]))
"""


@pytest.fixture
def own(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "near"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


def wrong(client):
    answer = client.get("/readyz").json()
    return answer["checks"]["files"]


@pytest.mark.django_db
def test_the_first_look_marks_the_storage_and_the_next_finds_the_mark(own):
    assert [sight.fault(), sight.fault()] == ["", ""]
    assert (own / "storage-token").read_text() == StorageMark.objects.get().token


@pytest.mark.django_db
def test_a_folder_that_lies_with_the_database_keeps_its_token(own):
    (own / "storage-token").write_text("abc")

    assert sight.fault() == ""
    assert StorageMark.objects.get().token == "abc"


@pytest.mark.django_db
def test_a_shared_folder_of_another_installation_is_not_taken_over(own, settings):
    settings.FILES_STORAGE = settings.FILES_FOLDER = str(own)
    (own / "storage-token").write_text("theirs")

    assert "is another one" in sight.fault()
    assert (own / "storage-token").read_text() == "theirs"
    sight.mark_storage()
    assert sight.fault() == ""


@pytest.mark.django_db
def test_readyz_names_a_folder_that_is_not_the_one_of_all(own, client, settings, tmp_path):
    services.sweep()
    before = client.get("/readyz").status_code
    settings.DATA_DIR = tmp_path  # as where a share is not mounted

    assert (before, client.get("/readyz").status_code) == (200, 503)
    assert "does not see the files of the other processes: there is no storage-token" in wrong(client)


@pytest.mark.django_db
def test_readyz_names_another_process_until_it_is_gone(own, client):
    services.sweep()
    sight.note("web here:1")
    StorageSight.objects.create(process="worker far:2", seen_at=timezone.now(), fault="sees nothing", key=key())

    assert wrong(client) == "worker far:2 sees nothing"
    StorageSight.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    assert wrong(client) == "ok"
    StorageSight.objects.update(seen_at=timezone.now() - timedelta(hours=2))
    sight.note("web here:1")
    assert [row.process for row in StorageSight.objects.all()] == ["web here:1"]


def key():
    return sight.key_name()


@pytest.mark.django_db
def test_readyz_names_a_process_that_signs_with_another_key(own, client):
    services.sweep()
    StorageSight.objects.create(process="worker far:2", seen_at=timezone.now(), key="other")

    assert "worker far:2: signs with another key" in wrong(client)


@pytest.mark.breadth
@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_shared", [True, False])
def test_another_machine_is_found_out_by_its_own_look(own, client, settings, tmp_path, is_shared):
    """A process of its own, with another data folder, and the same shared folder or another one."""
    shared = tmp_path / "shared"
    shared.mkdir()
    settings.FILES_STORAGE, settings.FILES_FOLDER = str(shared), shared
    (shared / "reports").mkdir()
    (shared / "reports" / "a").write_text("a")
    services.sweep()
    sight.note("web here:1")
    given = processes.environment(
        tmp_path / "far",
        FILES_STORAGE=str(shared if is_shared else tmp_path / "elsewhere"),
        INSTALLATION_KEYS=key_text(),
        DJANGO_SETTINGS_MODULE="shenzhen_plan.settings",
    )

    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=project.BASE_DIR, env=given, capture_output=True, text=True, check=True
    )

    said, sees = json.loads(done.stdout.splitlines()[-1])
    assert (said == "", sees) == (is_shared, is_shared)
    assert (wrong(client) == "ok") == is_shared
    if not is_shared:
        assert wrong(client).startswith("worker far:1 does not see the files")


@pytest.mark.django_db
def test_a_connection_that_closed_ends_no_watch(own, monkeypatch):
    """What a server hangs up on is an InterfaceError, which is no DatabaseError: the thread ended with it."""
    looks = iter([InterfaceError("connection already closed"), OperationalError("away"), ""])

    def look(process):
        if found := next(looks):
            raise found
        return ""

    monkeypatch.setattr(sight, "note", look)
    monkeypatch.setattr(sight.connection, "close", lambda: None)
    for _time in range(3):
        sight._beat("web here:1")
    assert next(looks, None) is None

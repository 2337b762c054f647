"""Files in a bucket: against a server that speaks S3, which somebody else wrote."""

import os
import subprocess
import sys
from datetime import timedelta

import boto3
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from audit import archive
from audit.services import record_audit
from audit.verifying import verify
from plan import sight
from plan.disk import shared_folder
from plan.folders import is_kept, keep, kept_in, open_kept, remove
from plan.storage import StorageAway
from plan.uploads import RefusedFile, open_stored, store_upload
from shenzhen_plan.environment import file_storage
from tests.jobs.processes import free_port, is_listening, wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db]
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(scope="session")
def server():
    """The address of a server of buckets on loopback, ended by its own handle."""
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, **quiet)
    try:
        wait_until(lambda: is_listening(port), seconds=10, what="the server of buckets listens")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def keys(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def bucket(server, keys, settings, tmp_path):
    """The site with its files in a new bucket."""
    name = f"plan-{os.urandom(6).hex()}"
    boto3.client("s3", endpoint_url=server).create_bucket(Bucket=name)
    settings.DATA_DIR = tmp_path
    settings.FILES_STORAGE = f"s3://{name}/house"
    storages = settings.STORAGES | {"default": file_storage(settings.FILES_STORAGE, endpoint=server)}
    settings.STORAGES = storages
    return boto3.resource("s3", endpoint_url=server).Bucket(name)


def test_a_file_is_kept_read_listed_and_removed(bucket, settings):
    keep("reports", "a.csv", b"one")
    keep("reports", "b.csv", b"three")

    with open_kept("reports", "a.csv") as file:
        assert (file.read(), file.seekable()) == (b"one", True)
    assert [(file.name, file.last, file.size) for file in kept_in("reports")] == [
        ("reports/a.csv", "a.csv", 3), ("reports/b.csv", "b.csv", 5),
    ]  # fmt: skip
    assert sorted(found.key for found in bucket.objects.all()) == ["house/reports/a.csv", "house/reports/b.csv"]
    remove("reports", ["a.csv", "never"])
    assert (is_kept("reports", "a.csv"), is_kept("reports", "b.csv")) == (False, True)
    with pytest.raises(FileNotFoundError):
        open_kept("reports", "a.csv")
    assert shared_folder() is None
    assert not (settings.DATA_DIR / "reports").exists()


def test_an_upload_is_looked_at_here_and_kept_there(bucket):
    stored = store_upload(SimpleUploadedFile("a.pdf", PDF), folder="updates")
    with pytest.raises(RefusedFile):
        store_upload(SimpleUploadedFile("b.pdf", b"MZ\x90\x00"), folder="updates")

    with open_stored(stored.stored_as, folder="updates") as file:
        assert file.read() == PDF
    assert [file.last for file in kept_in("attachments")] == [stored.stored_as]


def test_a_bucket_that_does_not_answer_is_no_missing_file(bucket, settings):
    address = f"http://127.0.0.1:{free_port()}"
    settings.STORAGES = settings.STORAGES | {"default": file_storage("s3://x", endpoint=address)}

    for act in (
        lambda: keep("reports", "a", b"a"),
        lambda: open_kept("reports", "a"),
        lambda: is_kept("reports", "a"),
        lambda: list(kept_in("reports")),
    ):
        with pytest.raises(StorageAway):
            act()
    assert "cannot read its storage (StorageAway" in sight.fault()


@pytest.mark.breadth
@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_what_the_bucket_holds_and_a_restore_puts_it_back(bucket, tmp_path):
    keep("attachments/updates", "ab12", b"evidence")
    keep("evaluation-reports", "a.docx", b"word")
    file = tmp_path / "plan.tar.gz"
    call_command("backup", str(file), verbosity=0)
    bucket.objects.all().delete()

    call_command("restore", str(file), yes=True, verbosity=0)

    assert sorted(found.key for found in bucket.objects.all()) == [
        "house/attachments/updates/ab12", "house/evaluation-reports/a.docx", "house/storage-token",
    ]  # fmt: skip
    with open_kept("attachments/updates", "ab12") as kept:
        assert kept.read() == b"evidence"
    assert sight.fault() == ""


@pytest.mark.breadth
def test_files_of_a_folder_are_copied_into_the_bucket_once(bucket, settings):
    for name in ("attachments/updates/ab12", "reports/cd34", "reports/half.part", "secret_key"):
        path = settings.DATA_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())

    for _twice in range(2):
        call_command("copy_files", verbosity=0)

    names = sorted(found.key.removeprefix("house/") for found in bucket.objects.all())
    assert names == ["attachments/updates/ab12", "reports/cd34", "storage-token"]
    assert sight.fault() == ""
    with default_storage.opened("reports/cd34") as file:
        assert file.read() == b"reports/cd34"


@pytest.mark.breadth
def test_the_log_s_archive_lies_in_it(bucket, settings):
    for number in range(3):
        record_audit(action="login", name=f"old{number}")
    connection.check_constraints()
    name = archive.archive(online_days=190, now=timezone.now() + timedelta(days=400))
    connection.check_constraints()

    kept = sorted(found.key for found in bucket.objects.all())
    assert kept == [f"house/audit-archive/{one}" for one in (name.replace(".jsonl.gz", ".json"), name)]
    assert verify().archived > 0
    assert verify().faults == []
    bucket.Object(f"house/audit-archive/{name}").put(Body=b"altered")
    assert not verify().holds

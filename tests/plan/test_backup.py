import io
import tarfile

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from indicators.models import Observation, Verdict
from plan.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


def archive_of(path, **members):
    """A backup by hand: member name → bytes."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def counts():
    return [model.objects.count() for model in (Item, Observation, Verdict, AuditEvent)]


def test_backup_and_restore_give_the_same_rows(plan, tmp_path):
    before, file = counts(), tmp_path / "plan.gz"
    call_command("backup", str(file), verbosity=0)
    Observation.objects.all().delete()

    call_command("restore", str(file), yes=True)

    assert counts() == before
    assert plan.items.get(code="P-1").parent is None


def test_restore_of_a_broken_file_keeps_what_is_there(plan, tmp_path):
    before = counts()
    broken, half = tmp_path / "a.gz", tmp_path / "b.gz"
    broken.write_bytes(b"no archive")
    archive_of(half, **{"data.json": b'[{"model": "plan.item", "pk": 1, "fields": {"plan": 999}}]'})
    empty = archive_of(tmp_path / "c.gz", **{"else.json": b"[]"})

    for file in (broken, half, empty, tmp_path / "missing.gz"):
        with pytest.raises(CommandError):
            call_command("restore", str(file), yes=True)

    assert counts() == before
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", str(half))


def test_backup_does_not_overwrite(plan, tmp_path):
    file = tmp_path / "plan.gz"
    file.write_bytes(b"mine")

    with pytest.raises(CommandError, match="已存在"):
        call_command("backup", str(file))

    assert file.read_bytes() == b"mine"


def test_files_people_handed_in_come_back_with_their_rows(plan, tmp_path, settings):
    settings.DATA_DIR, settings.IMPORT_DIR = tmp_path / "data", tmp_path / "data" / "imports"
    kept, half = (settings.DATA_DIR / "attachments" / "updates" / name for name in ("ab12", "cd34.part"))
    upload = settings.IMPORT_DIR / "Xy-_9"
    for path in (kept, half, upload):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    file = tmp_path / "plan.tar.gz"
    call_command("backup", str(file), verbosity=0)
    kept.unlink()
    upload.write_bytes(b"is there already")

    call_command("restore", str(file), yes=True)

    assert kept.read_bytes() == b"ab12"
    assert upload.read_bytes() == b"is there already"
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["data.json", "attachments/updates/ab12", "imports/Xy-_9"]


@pytest.mark.parametrize("name", ["attachments/../../x", "/etc/x", "static/x", "attachments"])
def test_a_backup_writes_nowhere_else(plan, tmp_path, settings, name):
    settings.DATA_DIR = tmp_path / "data"
    before = counts()
    file = archive_of(tmp_path / "a.gz", **{"data.json": b"[]", "attachments/updates/a": b"a", name: b"x"})

    with pytest.raises(CommandError, match="not a usable backup"):
        call_command("restore", str(file), yes=True)

    assert counts() == before
    assert not (tmp_path / "data").exists()

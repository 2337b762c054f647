"""Folders of the house: one owner each, swept by that one alone."""

import errno
import io
import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from jobs.services import _handlers as KINDS
from plan.folders import keep, open_kept
from plan.sight import OtherFiles, fault, sweep

ROOT = Path(settings.BASE_DIR)
# Where the folder itself is told: the table, and what reads it.
TELLERS = {
    "shenzhen_plan/settings.py",
    "shenzhen_plan/finders.py",
    "plan/storage.py",
    "plan/disk.py",
    "audit/anchors.py",
    "audit/archive.py",
    "audit/signing.py",
}
BESIDE = re.compile(r"settings\.DATA_DIR\)? /")
USE = re.compile(r'(?<![.\w])(?:keep|open_kept|is_kept|kept_in|sweep)\(f?"([a-z-]+)')


def sources():
    """The product's own modules by their path."""
    for app in ROOT.iterdir():
        if app.is_dir() and (app / "__init__.py").exists() and app.name != "tests":
            for path in app.rglob("*.py"):
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_every_folder_has_an_owner_that_exists_and_a_sweeper_that_runs():
    for name, (owner, sweeper) in settings.FOLDERS.items():
        assert owner == "shenzhen_plan" or apps.is_installed(owner), name
        assert not sweeper or sweeper in KINDS and sweeper.startswith(f"{owner}."), name


def test_nobody_writes_beside_the_registry():
    beside = [path for path, text in sources() if BESIDE.search(text) and path not in TELLERS]

    assert beside == []


def test_nobody_uses_the_folder_of_another_app():
    owners = {name: owner for name, (owner, _sweeper) in settings.FOLDERS.items()}
    uses = [(path, name) for path, text in sources() for name in USE.findall(text)]

    assert uses
    for path, name in uses:
        assert path.startswith((f"{owners[name]}/", "plan/")) or name == "attachments", (path, name)


@pytest.mark.parametrize("name", ["somewhere", "queue", "anchors"])
def test_nothing_is_kept_in_a_folder_without_an_owner_or_that_is_one_machines(settings, tmp_path, name):
    settings.DATA_DIR = tmp_path

    with pytest.raises(ImproperlyConfigured):
        keep(name, "a", b"a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", "../a", "a/b", "/etc/passwd"])
def test_a_name_is_no_way(settings, tmp_path, name):
    settings.DATA_DIR = tmp_path

    for act in (lambda: keep("reports", name, b"a"), lambda: open_kept("reports", name)):
        with pytest.raises(FileNotFoundError):
            act()
    assert list(tmp_path.iterdir()) == []


class BreaksOff(io.BytesIO):
    def read(self, *size):
        if self.tell():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().read(7)


def test_a_file_gets_its_name_when_it_is_whole(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    keep("reports", "a.docx", b"all of it")

    with pytest.raises(OSError):
        keep("reports", "b.docx", BreaksOff(b"half of it"))

    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["a.docx"]
    with open_kept("reports", "a.docx") as file:
        assert file.read() == b"all of it"


@pytest.mark.django_db
def test_sweeping_takes_what_nothing_speaks_of_and_leaves_the_young(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    old = timezone.now().timestamp() - 2 * 86400
    for name in ("known", "spare", "young"):
        keep("reports", name, b"x")
        if name != "young":
            os.utime(tmp_path / "reports" / name, (old, old))

    assert sweep("reports", ["known"]) == 1
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["known", "young"]


@pytest.mark.django_db
def test_nobody_sweeps_files_that_are_another_installations(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    keep("reports", "theirs", b"x")
    os.utime(tmp_path / "reports" / "theirs", (0, 0))
    assert fault() == ""
    (tmp_path / "storage-token").write_text("0" * 32)

    with pytest.raises(OtherFiles, match="storage-token is another one"):
        sweep("reports", [])
    assert (tmp_path / "reports" / "theirs").exists()

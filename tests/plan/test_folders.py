"""Folders of the house: one owner each, swept by that one alone."""

import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from jobs.services import _handlers as KINDS
from plan.folders import folder, sweep

ROOT = Path(settings.BASE_DIR)
# Where the folder itself is told: the table, and what reads it.
TELLERS = {
    "shenzhen_plan/settings.py",
    "shenzhen_plan/finders.py",
    "plan/folders.py",
    "backups/archive.py",
    "plan/disk.py",
    "audit/anchors.py",
    "audit/archive.py",
    "audit/signing.py",
}
BESIDE = re.compile(r"settings\.DATA_DIR\)? /")
USE = re.compile(r'(?:folder|folder_of|sweep|spare_files)\(f?"([a-z-]+)')


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
    for path, text in sources():
        for name in USE.findall(text):
            owner = owners[name]
            assert path.startswith((f"{owner}/", "plan/")) or name == "attachments", (path, name)


def test_a_folder_without_an_owner_is_not_made(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    with pytest.raises(ImproperlyConfigured):
        folder("somewhere")
    assert list(tmp_path.iterdir()) == []


def test_sweeping_takes_what_nothing_speaks_of_and_leaves_the_young(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    old = timezone.now().timestamp() - 2 * 86400
    for name in ("known", "spare", "half.part", "young"):
        path = folder("reports") / name
        path.write_text("x")
        if name != "young":
            os.utime(path, (old, old))

    assert sweep("reports", ["known"]) == 2
    assert sorted(path.name for path in folder("reports").iterdir()) == ["known", "young"]

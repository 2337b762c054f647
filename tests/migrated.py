"""Migrating takes nine seconds, so it is done once for all runs and workers until a migration changes (SQLite)."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "var" / "tests-migrated"


def digest() -> str:
    """What today's tables depend on: every migration and Django's own."""
    told = hashlib.sha256(django.__version__.encode())
    for path in sorted(Path(settings.BASE_DIR).glob("*/migrations/*.py")):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:16]


@contextmanager
def _alone():
    """One process at a time; the others wait for what it makes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrated_file() -> Path:
    """An SQLite file with today's tables, to be copied; made by the product's own command where there is none."""
    kept = FOLDER / digest() / "plan.sqlite3"
    with _alone():
        if not kept.exists():
            for old in FOLDER.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            making = FOLDER / "making"
            making.mkdir()
            environment = os.environ | {
                "DATA_DIR": str(making),
                "DATABASE_URL": f"sqlite:///{making / 'plan.sqlite3'}",
            }
            command = [sys.executable, "manage.py", "migrate", "-v0"]
            subprocess.run(command, cwd=settings.BASE_DIR, env=environment, timeout=180, check=True)
            making.rename(kept.parent)
    return kept

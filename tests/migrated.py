"""Migrating takes nine seconds, so it is done once for all runs and workers until a migration changes."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connection

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
            _migrate(making, f"sqlite:///{making / 'plan.sqlite3'}")
            making.rename(kept.parent)
    return kept


def _migrate(folder: Path, url: str) -> None:
    environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, timeout=400, check=True)


MAKING = "plan_tests_making"


def migrated_template() -> str:
    """The name of a PostgreSQL database with today's tables, on the server of the run, to make others from."""
    kept = f"plan_tests_{digest()}"
    with tempfile.TemporaryDirectory() as folder, connection._nodb_cursor() as cursor:
        # One process at a time on this server, until the cursor's connection closes.
        cursor.execute("SELECT pg_advisory_lock(hashtext('plan_tests'))")
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'plan\_tests\_%'")
        found = {name for (name,) in cursor.fetchall()}
        if kept not in found:
            for old in found:
                cursor.execute(f'DROP DATABASE "{old}"')
            # A run that was killed may have left it.
            cursor.execute(f'DROP DATABASE IF EXISTS "{MAKING}"')
            cursor.execute(f'CREATE DATABASE "{MAKING}"')
            _migrate(Path(folder), urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{MAKING}").geturl())
            cursor.execute(f'ALTER DATABASE "{MAKING}" RENAME TO "{kept}"')
    return kept

"""Migrating takes twenty seconds and loading the plan five: it is done once for all runs and workers.

A run begins with a copy. What is kept is made anew when a migration changes; with the plan in it, when anything of
the product, the plan's files or the day does.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connection

from plan.params import today

BASE = Path(settings.BASE_DIR)
FOLDER = BASE / "var" / "tests-migrated"
PLAN = BASE / "fixtures" / "sz-sti-14"
MIGRATE = ("migrate", "-v0")
LOAD = ("load_plan", str(PLAN), "-v0")


def _digest(first: str, paths: Iterable[Path]) -> str:
    told = hashlib.sha256(first.encode())
    for path in sorted(paths):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:16]


def _of_tables() -> str:
    """What today's tables depend on: every migration and Django's own."""
    return _digest(django.__version__, BASE.glob("*/migrations/*.py"))


def _of_rows() -> str:
    """What the loaded plan depends on: its files, the day, and the product, of which nothing is left out."""
    sources = (
        path
        for room in BASE.glob("*/__init__.py")
        if room.parent.name != "tests"
        for path in room.parent.rglob("*.py")
    )
    return _digest(str(today()), [*sources, *(path for path in PLAN.rglob("*") if path.is_file())])


@contextmanager
def _alone():
    """One process at a time; the others wait for what it makes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrated_file() -> Path:
    """An SQLite file with today's tables, to be copied; made by the product's own command where there is none."""
    with _alone():
        return _tables_file()


def loaded_file() -> Path:
    """The same with the plan in it."""
    with _alone():
        return _kept_file("rows", _of_rows(), lambda making: _load(making, _tables_file()))


def _tables_file() -> Path:
    return _kept_file(
        "tables", _of_tables(), lambda making: _manage(MIGRATE, making.parent, f"sqlite:///{making}")
    )


def _load(making: Path, tables: Path) -> None:
    shutil.copyfile(tables, making)
    _manage(LOAD, making.parent, f"sqlite:///{making}")


def _kept_file(kind: str, digest: str, make: Callable[[Path], None]) -> Path:
    kept = FOLDER / f"{kind}-{digest}" / "plan.sqlite3"
    if not kept.exists():
        making = FOLDER / f"making-{kind}"
        for old in [making, *FOLDER.glob(f"{kind}-*")]:
            shutil.rmtree(old, ignore_errors=True)
        making.mkdir()
        make(making / kept.name)
        making.rename(kept.parent)
    return kept


def _manage(command: tuple[str, ...], folder: Path, url: str) -> None:
    environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": url}
    # Of what it queues nothing is for the workers of a test.
    environment.pop("CELERY_BROKER_URL", None)
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=BASE,
        env=environment,
        timeout=400,
        check=True,
        stdout=subprocess.DEVNULL,
    )


# On one server each checkout has its own.
OWN = "plan_tests_" + hashlib.sha256(str(BASE).encode()).hexdigest()[:8]


def migrated_template() -> str:
    """The name of a PostgreSQL database with today's tables, on the server of the run, to make others from."""
    with _alone_on_the_server() as cursor:
        return _tables_template(cursor)


def loaded_template() -> str:
    """The same with the plan in it."""
    with _alone_on_the_server() as cursor:
        return _kept_template(cursor, "rows", _of_rows(), LOAD, begin=_tables_template)


@contextmanager
def _alone_on_the_server():
    with connection._nodb_cursor() as cursor:
        # One process at a time, until the cursor's connection closes.
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [OWN])
        yield cursor


def _tables_template(cursor) -> str:
    return _kept_template(cursor, "tables", _of_tables(), MIGRATE, begin=lambda _cursor: "template1")


def _kept_template(cursor, kind: str, digest: str, command: tuple[str, ...], *, begin: Callable) -> str:
    kept, making = f"{OWN}_{kind}_{digest}", f"{OWN}_making_{kind}"
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{OWN}_{kind}_%"])
    found = {name for (name,) in cursor.fetchall()}
    if kept not in found:
        # A run that was killed may have left what it was making.
        for old in found | {making}:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
        cursor.execute(f'CREATE DATABASE "{making}" TEMPLATE "{begin(cursor)}"')
        with tempfile.TemporaryDirectory() as folder:
            url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{making}").geturl()
            _manage(command, Path(folder), url)
        cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{kept}"')
    return kept


if __name__ == "__main__":
    # Before a run of two legs, beside what else is to be waited for (.ci/run).
    django.setup()
    print(loaded_file() if connection.vendor == "sqlite" else loaded_template())

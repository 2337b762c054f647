"""What the test database holds with the plan loaded, or the demo: tests that commit go back to it.

Emptying the tables and loading the plan anew took three to five seconds for each of them; this takes a fraction of
one, and the demo, which takes twelve to load, is loaded once by each worker.
"""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection, transaction

from audit import guards
from plan.models import Plan
from plan.params import today
from tests.judged import Judged
from training.demo import load_demo

# Of the demo's people.
PASSWORD = "Training-2026-demo"
# On PostgreSQL: which state was brought back last, and what each table's rows were told by then.
standing: tuple[str, dict[str, str]] = ("", {})
# Where the files that belong to a state are.
kept_files: dict[str, Path] = {}


def go_back() -> None:
    """After a test that committed: the database as the run began."""
    become("plan")


def become_demo() -> None:
    """The plan with the demo's people, figures and reports; its files stand in the data folder of the moment."""
    folder = Path(settings.DATA_DIR)
    if "demo" in kept_files:
        become("demo")
        shutil.copytree(kept_files["demo"], folder, dirs_exist_ok=True)
        return
    go_back()
    load_demo(Plan.objects.get(), today=today(), password=PASSWORD)
    keep("demo")
    kept_files["demo"] = shutil.copytree(folder, Path(tempfile.mkdtemp()) / "demo")


def keep(name: str) -> None:
    """What the database holds now is what `become(name)` brings back."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_file(name))) as kept:
            connection.ensure_connection()
            connection.connection.backup(kept)
        return
    kept = _schema(name)
    global standing
    standing = ("", {})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{kept}" CASCADE; CREATE SCHEMA "{kept}"')
        for table in _tables():
            cursor.execute(f'CREATE TABLE "{kept}"."{table}" AS TABLE "{table}"')


def become(name: str) -> None:
    """Rows written since are gone, those of the state are there, with the keys they had; nothing is remembered."""
    if connection.vendor == "sqlite":
        _become_file(_file(name))
    else:
        _become_schema(_schema(name))
    Judged.forget()
    Judged.written = True
    cache.clear()


def _become_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as kept:
        connection.ensure_connection()
        kept.backup(connection.connection)


def _become_schema(kept: str) -> None:
    """Tables that are as they were are left alone: emptying and filling all takes ten times as long."""
    global standing
    tables = _tables()
    with transaction.atomic(), connection.cursor() as cursor:
        before = standing[1] if standing[0] == kept else {}
        now = _rows_told(cursor, tables)
        changed = [table for table in tables if now[table] != before.get(table)]
        guards.remove(connection)
        for table in changed:
            cursor.execute(f'DELETE FROM "{table}"')
        for table in changed:
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{kept}"."{table}"')
        # A test may have restored a backup of less, and its numbers with it.
        numbers = connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True))
        cursor.execute("".join(numbers))
        # The guards cannot come back before what is still to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards.install(connection)
        standing = (kept, now | _rows_told(cursor, changed))


def _rows_told(cursor, tables: list[str]) -> dict[str, str]:
    """Of each table how many rows it has, and by which transactions: who writes now has a higher number."""
    if not tables:
        return {}
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{table}', count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) FROM \"{table}\""
            for table in tables
        )
    )
    return dict(cursor.fetchall())


def _file(name: str) -> Path:
    own = Path(connection.settings_dict["NAME"])
    return own.with_name(f"{own.stem}-{name}.sqlite3")


def _schema(name: str) -> str:
    return f"kept_{name}"


def _tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - {"django_migrations"})

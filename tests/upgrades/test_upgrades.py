"""Databases of earlier versions, as people left them, under today's code (docs/upgrades.md: adding one)."""

import json
import lzma
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

STORE = Path(__file__).parent
VERSIONS = sorted(path.name.removesuffix(".sql.xz") for path in STORE.glob("*.sql.xz"))
# At every change the oldest, with the most to migrate and the fewest rows. The others take their turn at night,
# with the way back.
NEWEST, OLDEST = "e4f6611", "8f6066b"

pytestmark = pytest.mark.services


class Installation:
    """A data folder with a database of an earlier version."""

    def __init__(self, folder, version=""):
        self.folder, self.path = folder, folder / "plan.sqlite3"
        if not version:
            return
        with sqlite3.connect(self.path) as database:
            database.executescript(lzma.decompress((STORE / f"{version}.sql.xz").read_bytes()).decode())
        database.close()

    def schema(self):
        """Tables with their columns, keys, indexes and constraints, whatever order they came in."""
        found = set()
        with sqlite3.connect(self.path) as database:
            tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            for table, sql in database.execute(tables).fetchall():
                found |= {(table, "constraint", name) for name in re.findall(r'CONSTRAINT "(\w+)"', sql)}
                for _, name, kind, required, _, key in database.execute(
                    f'PRAGMA table_info("{table}")'
                ).fetchall():
                    found.add((table, name, kind, required, key))
                for row in database.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
                    found.add((table, "key", row[3], row[2], row[4]))
                for row in database.execute(f'PRAGMA index_list("{table}")').fetchall():
                    columns = database.execute(f'PRAGMA index_info("{row[1]}")').fetchall()
                    found.add((table, "index", row[2], *(column[2] for column in columns)))
        return found

    def applied(self):
        """The last migration of each app."""
        with sqlite3.connect(self.path) as database:
            return dict(database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall())

    def run(self, *words):
        environment = {
            "PATH": "/usr/bin:/bin",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.path}",
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, *words]
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            timeout=900,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def count(self, *tables):
        with sqlite3.connect(self.path) as database:
            return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


@pytest.fixture(scope="module")
def today(migrated):
    """The tables as an installation of today makes them."""
    return Installation(migrated.parent).schema()


@pytest.mark.parametrize(
    "version",
    [pytest.param(version, marks=() if version == OLDEST else pytest.mark.drills) for version in VERSIONS],
)
def test_a_database_of_an_earlier_version_is_migrated_and_every_page_opens(tmp_path, version, today):
    site = Installation(tmp_path, version)
    entered = (
        "indicators_observation",
        "accounts_user",
        "audit_auditevent" if version != OLDEST else "plan_item",
    )
    before = site.count(*entered)

    site.run("manage.py", "migrate", "--verbosity", "0")
    assert site.schema() == today
    site.run("manage.py", "load_plan", "fixtures/sz-sti-14", "--verbosity", "0")
    told = json.loads(site.run("-m", "tests.upgrades.visit"))

    print(version, told["statuses"])
    assert told["wrong"] == []
    assert told["statuses"]["200"] > 100
    assert (told["audit"], told["rewritten"]) == ([], 0)
    assert all(number >= before[table] for table, number in site.count(*entered).items())


# One process for all apps: starting takes longer than going back.
BACK = """
import json, os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "shenzhen_plan.settings"
django.setup()
from django.core.management import call_command
for app, name in json.loads(sys.argv[1]).items():
    call_command("migrate", app, name, verbosity=0)
"""


@pytest.mark.drills
def test_the_promised_way_back_keeps_tables_and_rows(tmp_path, today):
    """It ends at the newest version in the store (docs/upgrades.md)."""
    site = Installation(tmp_path, NEWEST)
    of_then, tables = site.schema(), site.applied()
    rows = site.count(
        *{table for table, *_ in of_then} - {"django_migrations", "django_content_type", "auth_permission"}
    )

    site.run("manage.py", "migrate", "--verbosity", "0")
    site.run("-c", BACK, json.dumps(tables))
    assert site.schema() == of_then
    # Each step of the way leaves a line in the log; nothing else may come or go.
    after = site.count(*rows)
    assert after.pop("audit_auditevent") >= rows.pop("audit_auditevent")
    assert after == rows

    site.run("manage.py", "migrate", "--verbosity", "0")
    assert site.schema() == today

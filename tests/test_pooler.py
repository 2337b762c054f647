"""Behind PgBouncer in transaction mode: every file is whole, or it is seen not to be."""

import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from backups.snapshot import snapshot
from indicators.models import Observation
from shenzhen_plan import pooler
from tests.jobs import processes

POOLER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="asked of PostgreSQL"),
    pytest.mark.skipif(not POOLER, reason="apt-get install pgbouncer"),
]
SETTINGS = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
ignore_startup_parameters = extra_float_digits,options
"""
FILES = (
    "observations.csv",
    "observations.sdmx.csv",
    "package.zip",
    "items.csv",
)


@contextmanager
def running_pooler():
    """The address of this test's database through a PgBouncer with three connections for everybody."""
    there = connection.settings_dict
    port = processes.free_port()
    text = SETTINGS.format(
        host=there["HOST"] or "127.0.0.1", port=there["PORT"] or 5432, user=there["USER"], own=port
    )
    # PgBouncer does not run as root.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    # … and whom it runs as cannot enter pytest's own folder.
    place = Path(tempfile.gettempdir(), f"pgbouncer-{port}.ini")
    place.write_text(text)
    place.chmod(0o644)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([POOLER, "-q", *user, str(place)], **quiet)
    given = urlsplit(processes.database_url())
    address = given._replace(netloc=f"{given.username}@127.0.0.1:{port}").geturl()
    try:
        processes.wait_until(lambda: answers(address), seconds=20, what="PgBouncer answers")
        yield address
    finally:
        process.terminate()
        process.wait(20)
        place.unlink()


def answers(address):
    try:
        psycopg2.connect(address).close()
    except psycopg2.OperationalError:
        return False
    return True


@contextmanager
def running_site(tmp_path, address):
    port = processes.free_port()
    given = processes.environment(tmp_path / "data", DATABASE_URL=address, EXPORT_POOL="50", ALLOWED_HOSTS="*")
    command = [
        sys.executable, "-m", "gunicorn", "shenzhen_plan.wsgi", "-k", "gthread", "--threads", "8",
        "-b", f"127.0.0.1:{port}", "--no-control-socket",
    ]  # fmt: skip
    with open(tmp_path / "site.log", "wb") as log:
        site = subprocess.Popen(command, cwd=settings.BASE_DIR, env=given, stdout=log, stderr=log)
        try:
            processes.wait_until(lambda: take(port, "/healthz")[0] == 200, seconds=60, what="the site answers")
            yield port
        finally:
            site.terminate()
            site.wait(30)


def take(port, path):
    """Status and bytes of a file."""
    code, _headers, data = send(port, "GET", path)
    return code, data


def send(port, method, path, *, body=None, headers=None):
    """Status, headers and bytes; (0, {}, b"") where nobody answers.

    Raises http.client.IncompleteRead where the last chunk is missing.
    """
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()
    except OSError:
        return 0, {}, b""
    finally:
        line.close()


@pytest.mark.breadth
def test_files_are_whole_for_twelve_clients_at_once(plan, tmp_path):
    with running_pooler() as address, running_site(tmp_path, address) as port:
        paths = [f"/sz-sti-14/{name}" for name in FILES]
        alone = {path: take(port, path) for path in paths}
        with ThreadPoolExecutor(12) as clients:
            answers = list(clients.map(lambda path: (path, take(port, path)), paths * 12))
        log = (tmp_path / "site.log").read_text()

    assert {path: code for path, (code, _data) in alone.items()} == dict.fromkeys(paths, 200)
    digests = {(path, code, hashlib.sha256(data).hexdigest()) for path, (code, data) in answers}
    assert digests == {(path, code, hashlib.sha256(data).hexdigest()) for path, (code, data) in alone.items()}
    assert "a pooler stands before PostgreSQL" in log


@pytest.mark.breadth
def test_a_pooler_is_told_from_the_server_itself(tmp_path):
    with running_pooler() as address:
        for place, expected in ((address, True), (processes.database_url(), False)):
            driver = psycopg2.connect(place)
            try:
                assert pooler.stands_between(driver) is expected
            finally:
                driver.close()


def test_within_a_snapshot_rows_are_still_read_a_few_at_a_time(plan):
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True
    try:
        with snapshot():
            rows = Observation.objects.order_by("pk").iterator(chunk_size=2)
            next(rows)
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django_curs%'")
                assert cursor.fetchone() == (1,)
            rows.close()
    finally:
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False

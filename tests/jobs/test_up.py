"""`manage.py up` as an operator meets it: real processes, a fresh data folder, a free port."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from jobs import supervisor
from tests.jobs import processes

pytestmark = pytest.mark.services


class Site:
    """A running `manage.py up`."""

    def __init__(self, data_dir, port, process, log_path):
        self.data_dir, self.port, self.process, self.log_path = data_dir, port, process, log_path
        self.seen = set()

    def get(self, path):
        """Status and text of a page; (0, "") while nobody listens."""
        try:
            # No proxy: the machine's own address is meant.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def readiness(self):
        status, text = self.get("/readyz")
        return status, json.loads(text)["wrong"] if status in {200, 503} else None

    def family(self):
        """All processes of the site now, remembered for the check that none outlives it."""
        found = supervisor.descendants(self.process.pid)
        self.seen.update(found)
        return [pid for pid, _ in found]

    def worker(self):
        """The pid of the Celery worker under the supervisor, or None."""
        for pid in self.family():
            # Its pool carries the same command line, but hangs one step lower.
            if "worker" in command_line(pid) and children_of(pid):
                return pid
        return None

    def survivors(self):
        return [pid for pid, birth in self.seen if supervisor.born(pid) == birth]


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def fresh_environment(data_dir, port, **changes):
    return {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": f"sqlite:///{data_dir}/plan.sqlite3",
        "CELERY_BROKER_URL": "filesystem://",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "JOB_SWEEP_SECONDS": "1",
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "",
        **changes,
    }


def manage(*words, env):
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=env, timeout=120, check=False, capture_output=True, text=True
    )


@contextmanager
def running_site(data_dir, migrated):
    """The site on a migrated database, ready; killed by pid at the end whatever happens."""
    port = processes.free_port()
    environment = fresh_environment(data_dir, port)
    shutil.copy(migrated, data_dir / "plan.sqlite3")
    log_path = data_dir / "up.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    site = Site(data_dir, port, process, log_path)
    try:
        processes.wait_until(
            lambda: site.get("/healthz")[0] == 200 and site.readiness() == (200, []),
            seconds=30,
            what="/healthz and /readyz answer 200",
        )
        site.family()
        yield site
    finally:
        if process.poll() is None:
            site.family()
            process.kill()
            process.wait(10)
        for pid in site.survivors():
            os.kill(pid, signal.SIGKILL)
        print(log_path.read_text()[-4000:])  # shown by pytest when the test fails


@pytest.fixture
def site(tmp_path, migrated):
    """A site of the test's own, to be stopped or killed."""
    with running_site(tmp_path, migrated) as site:
        yield site


@pytest.fixture(scope="module")
def standing(tmp_path_factory, migrated):
    """One site for the tests that leave it as they found it."""
    with running_site(tmp_path_factory.mktemp("site"), migrated) as site:
        yield site


def test_up_serves_keeps_its_children_alive_and_stops_them_all(site):
    assert f"http://127.0.0.1:{site.port}/" in site.log_path.read_text()

    first = site.worker()
    os.kill(first, signal.SIGKILL)
    second = processes.wait_until(
        lambda: (pid := site.worker()) and pid != first and pid, seconds=15, what="the worker is back"
    )
    processes.wait_until(lambda: len(children_of(second)) == 2, seconds=15, what="the new worker has a pool")
    processes.wait_until(
        lambda: set(site.survivors()) <= set(site.family()), seconds=20, what="no orphan of the killed worker"
    )
    # The new worker's first sweep may take a moment on a busy machine.
    processes.wait_until(lambda: site.readiness() == (200, []), seconds=20, what="ready with the new worker")
    assert "worker ended (-9)" in site.log_path.read_text()

    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(60) == 0
    assert site.survivors() == []


def children_of(pid):
    return [child for child, _ in supervisor.descendants(pid)]


def test_readyz_names_a_lost_database_and_recovers_without_a_restart(standing):
    before = standing.worker()
    database = standing.data_dir / "plan.sqlite3"
    aside = standing.data_dir / "aside.sqlite3"
    database.rename(aside)
    database.mkdir()

    lost = processes.wait_until(
        lambda: (answer := standing.readiness())[0] == 503 and answer, seconds=10, what="/readyz notices"
    )
    alive = standing.get("/healthz")[0]
    database.rmdir()
    aside.rename(database)

    assert lost == (503, ["database"])
    assert alive == 200
    processes.wait_until(lambda: standing.readiness() == (200, []), seconds=20, what="/readyz recovers")
    assert standing.worker() == before


@pytest.mark.breadth
def test_children_end_when_the_supervisor_is_killed(site):
    site.process.kill()
    site.process.wait(10)

    processes.wait_until(lambda: site.survivors() == [], seconds=20, what="no process is left")


def test_a_second_site_on_one_data_folder_is_refused_and_the_first_one_named(standing):
    second = manage("up", env=fresh_environment(standing.data_dir, processes.free_port()))

    assert second.returncode == 1
    assert f"pid {standing.process.pid}, http://127.0.0.1:{standing.port}/" in second.stderr
    assert "DATA_DIR" in second.stderr
    assert "Traceback" not in second.stderr
    processes.wait_until(lambda: standing.readiness() == (200, []), seconds=20, what="the first site is unharmed")


@pytest.mark.breadth
def test_a_port_in_use_is_named(standing, tmp_path):
    (tmp_path / "other").mkdir()
    second = manage("up", env=fresh_environment(tmp_path / "other", standing.port))

    assert second.returncode == 1
    assert f"127.0.0.1:{standing.port}" in second.stderr
    assert "PORT" in second.stderr
    assert "Traceback" not in second.stderr
    processes.wait_until(lambda: standing.readiness() == (200, []), seconds=20, what="the first site is unharmed")

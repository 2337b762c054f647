"""The order of docs/upgrades.md under traffic: a past version's web goes on while the database is migrated."""

import contextlib
import io
import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.drills import people as signing_in
from tests.drills.product import Production, number, record
from tests.drills.work import Ledger, People
from tests.jobs import processes

pytestmark = [pytest.mark.services, pytest.mark.drills]

# Files of the log by one door; six migrations of five apps since (accounts, desk, indicators, notices, plan).
FROM = "a120bbf"
STEP = number("DRILL_UPGRADE_SECONDS", 15)


def checkout(folder, version):
    """The past version's tree, with the one module of this drill that signs people in."""
    command = ["git", "-C", str(settings.BASE_DIR), "archive", version]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"needs the repository with {version}: {done.stderr.decode()[:200]}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    place = folder / "tests" / "drills" / "people.py"
    place.parent.mkdir(exist_ok=True)
    shutil.copy(Path(signing_in.__file__), place)
    place.with_name("__init__.py").touch()
    return folder


def exchange(product, place):
    """A worker or the scheduler ends in its own time; the new version's takes its place."""
    old = product.roots[place]
    old.terminate()
    old.wait(120)
    product.run_beside(old.args)


def works(people):
    return people.figure, people.file, people.report, people.read


def test_nobody_notices(tmp_path):
    version = os.environ.get("DRILL_UPGRADE_FROM") or FROM
    ledger, later = Ledger(), Ledger()
    with contextlib.ExitStack() as stack:
        product = Production(tmp_path, stack, code=checkout(tmp_path / "old", version))
        product.start()
        old = People(product, ledger, rows=1000)
        with contextlib.ExitStack() as working:
            working.enter_context(old.at(*works(old)))
            time.sleep(STEP)
            product.code = settings.BASE_DIR
            started = time.monotonic()
            product.manage("migrate", "-v0")
            took = round(time.monotonic() - started, 1)
            time.sleep(STEP)
            for place in (1, 2, 3):
                exchange(product, place)
            time.sleep(STEP)
            port = processes.free_port()
            product.run_beside(product.web(port))
            processes.wait_until(lambda: product.is_ready(port), seconds=90, what="the new web is ready")
            new = People(product, later, rows=1000, port=port)
            with new.at(*works(new)):
                time.sleep(STEP)
                # As a proxy does: nobody is sent to the old one any more, then it ends.
                working.close()
                product.roots[0].terminate()
                product.roots[0].wait(60)
                time.sleep(STEP)
        product.port = port
        quiet = product.wait_quiet()
        facts, more = ledger.facts(), later.facts()
        found = product.examine("all_of_it", {name: facts[name] + more[name] for name in facts})
        record(
            f"upgrade from {version}", seconds_of_migrate=took, seconds_to_quiet=quiet,
            answers_of_the_old=dict(ledger.answers), answers_of_the_new=dict(later.answers),
            acknowledged_by_the_old=ledger.counts(), acknowledged_by_the_new=later.counts(), **found,
        )  # fmt: skip
    found.pop("seen")
    assert set(found.values()) == {0}, found
    assert ledger.errors() == later.errors() == {}
    assert ledger.answers[0] == later.answers[0] == 0, "every request was answered"
    assert later.counts()["approved"], "who was signed in still is"

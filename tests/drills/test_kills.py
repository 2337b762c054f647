"""Kill -9 of everything at once, again and again: nothing acknowledged is lost, nothing is there twice or half."""

import contextlib
import random
import sys
import time
from collections import Counter

import pytest

from tests.drills.product import WITHOUT_NIGHTS, Embedded, Production, number, record
from tests.drills.work import Ledger, People

pytestmark = [pytest.mark.services, pytest.mark.drills]

# Kills in a row before the jobs are waited for: fewer than a job has attempts.
IN_A_ROW = 4


@pytest.mark.parametrize("kind", [Embedded, Production])
def test_killed_as_a_whole(kind, tmp_path):
    kills, rows = number("DRILL_KILLS", 20), number("DRILL_ROWS", 20_000)
    chance, ledger, quiet, met, half = random.Random(11), Ledger(), [], [], []
    with contextlib.ExitStack() as stack:
        product = kind(tmp_path, stack, DJANGO_SETTINGS_MODULE=WITHOUT_NIGHTS)
        product.start()
        for turn in range(kills):
            people = People(product, ledger, rows=rows)
            ledger.applying.clear()
            with people.at(people.figure, people.file, people.report, people.export, people.backup):
                # Every second kill comes soon after an import was told to be written, the others anywhere.
                if turn % 2 == 0:
                    ledger.applying.wait(60)
                    time.sleep(chance.uniform(0, 1.5))
                else:
                    time.sleep(chance.uniform(3, 12))
                product.kill()
                people.over.set()
            found = product.examine("after_kill")
            met += found["jobs"]["running_kinds"]
            half += found["halves"]["imports"] + found["halves"]["figures"]
            product.start()
            if turn % IN_A_ROW == IN_A_ROW - 1 or turn == kills - 1:
                quiet.append(product.wait_quiet())
        # A file that has its name is whole, whether its maker lived to say so or not.
        for path in tmp_path.glob("backup-*.tar.gz"):
            product.manage("backup", str(path), "--verify")
        found = product.examine("all_of_it", ledger.facts())
        record(
            f"kill -9, {product.name}", kills=kills, rows_per_import=rows, half_right_after_a_kill=len(half),
            jobs_running_at_a_kill=dict(Counter(met)), seconds_to_quiet=[min(quiet), max(quiet)],
            acknowledged=ledger.counts(), server_errors=ledger.errors(), **found,
        )  # fmt: skip
    found.pop("seen")
    assert half == []
    assert set(found.values()) == {0}, found
    assert all(ledger.facts().values()), "each kind of work was done"


@pytest.mark.parametrize("kind", [Embedded, Production])
def test_killed_in_a_restore(kind, tmp_path):
    """What people entered is, after each kill, either as it was or as the backup has it: never between."""
    kills, chance, ledger, ends = number("DRILL_KILLS", 20), random.Random(12), Ledger(), Counter()
    path = tmp_path / "known.tar.gz"
    with contextlib.ExitStack() as stack:
        product = kind(tmp_path, stack, DJANGO_SETTINGS_MODULE=WITHOUT_NIGHTS)
        product.start()
        _enter(product, ledger)
        product.manage("backup", str(path))
        kept = product.examine("entered")["sha256"]
        started = time.monotonic()
        product.manage("restore", str(path), "--yes")
        takes = time.monotonic() - started
        for _ in range(kills):
            product.given = product.prepare()
            _enter(product, ledger)
            before = product.examine("entered")["sha256"]
            product.run_beside([sys.executable, "manage.py", "restore", str(path), "--yes"])
            time.sleep(chance.uniform(0.2, 1.1) * takes)
            product.kill()
            found = product.examine("entered")
            ends[{before: "as it was", kept: "as the backup has it"}.get(found["sha256"], "between")] += 1
            ends["audit faults"] += found["audit_faults"]
            ends["half"] += len(found["halves"]["imports"]) + len(found["halves"]["figures"])
            product.start()
        record(
            f"kill -9 in a restore, {product.name}", kills=kills, seconds_of_a_restore=round(takes, 1),
            figures_entered=len(ledger.entered), ends=dict(ends),
        )  # fmt: skip
    assert ends["between"] == ends["audit faults"] == ends["half"] == 0, ends
    assert ends["as it was"], "some kill came before the end"


def _enter(product, ledger):
    """Something new, so that two states differ, and nothing under way."""
    people, known = People(product, ledger), len(ledger.approved)
    for _ in range(3):
        people.figure()
    assert len(ledger.approved) > known
    product.wait_quiet()

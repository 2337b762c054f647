"""Kill -9 of everything at once, again and again: nothing acknowledged is lost, nothing is there twice or half."""

import contextlib
import random
import time
from collections import Counter

import pytest

from tests.drills.product import Embedded, Production, number, record
from tests.drills.work import Ledger, People

pytestmark = [pytest.mark.services, pytest.mark.drills]


@pytest.mark.parametrize("kind", [Embedded, Production])
def test_killed_as_a_whole(kind, tmp_path):
    kills, rows = number("DRILL_KILLS", 20), number("DRILL_ROWS", 20_000)
    chance, ledger, quiet, met, half = random.Random(11), Ledger(), [], [], []
    with contextlib.ExitStack() as stack:
        product = kind(tmp_path, stack)
        product.start()
        for turn in range(kills):
            people = People(product, ledger, rows=rows)
            ledger.applying.clear()
            with people.at(people.figure, people.file, people.report, people.backup):
                # Every second kill comes soon after an import was told to be written, the others anywhere.
                if turn % 2 == 0:
                    ledger.applying.wait(60)
                    time.sleep(chance.uniform(0, 1.5))
                else:
                    time.sleep(chance.uniform(3, 12))
                product.kill()
                people.over.set()
            met += product.examine("jobs")["running_kinds"]
            found = product.examine("halves")
            half += found["imports"] + found["figures"]
            product.start()
            quiet.append(product.wait_quiet())
        # A file that has its name is whole, whether its maker lived to say so or not.
        for path in tmp_path.glob("backup-*.tar.gz"):
            product.manage("backup", str(path), "--verify")
        found = product.examine("all", ledger.facts())
        record(
            f"kill -9, {product.name}", kills=kills, rows_per_import=rows, half_right_after_a_kill=len(half),
            jobs_running_at_a_kill=dict(Counter(met)), seconds_to_quiet=[min(quiet), max(quiet)],
            acknowledged=ledger.counts(), server_errors=ledger.errors(), **found,
        )  # fmt: skip
    found.pop("seen")
    assert half == []
    assert set(found.values()) == {0}, found
    assert all(ledger.facts().values()), "each kind of work was done"

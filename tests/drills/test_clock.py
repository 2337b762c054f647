"""The clock of the machine is a day ahead, a day behind, and the year ends, while people work.

Every process reads its wall clock through `clock.c`, with a shift that the drill writes; SQLite reads the same.
"""

import contextlib
import shutil
import struct
import subprocess
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.drills.product import Embedded, number, record
from tests.drills.work import Ledger, People

pytestmark = [pytest.mark.services, pytest.mark.drills]

SOURCE = Path(__file__).with_name("clock.c")
DAY = timedelta(days=1)
# Before midnight, so that the year ends under their hands.
EVE = timedelta(seconds=20)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def shift(clock, ahead):
    """In place: every process of the product maps this file."""
    with clock.open("r+b" if clock.exists() else "wb") as file:
        file.write(struct.pack("=q", round(ahead.total_seconds())))


def until_new_year():
    now = datetime.now(SHANGHAI)
    return datetime(now.year + 1, 1, 1, tzinfo=SHANGHAI) - EVE - now


def test_clock_is_wrong_and_is_set_right(tmp_path):
    if not (compiler := shutil.which("cc")):
        pytest.skip("needs a C compiler")
    seconds, ledger, found = number("DRILL_CLOCK_SECONDS", 40), Ledger(), {}
    clock, library = tmp_path / "clock", tmp_path / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
    shift(clock, timedelta())
    with contextlib.ExitStack() as stack:
        product = Embedded(tmp_path, stack, LD_PRELOAD=str(library), CLOCK_FILE=str(clock))
        product.start()
        phases = [
            ("a day ahead", DAY), ("set right", timedelta()), ("a day behind", -DAY), ("right again", timedelta()),
            ("the year's end", until_new_year()), ("right in the end", timedelta()),
        ]  # fmt: skip
        for name, ahead in phases:
            shift(clock, ahead)
            # Who was signed in for a day is asked to sign in again, as on any other day.
            product.given = product.prepare()
            before, answers = ledger.counts(), ledger.answers.copy()
            people = People(product, ledger, rows=300)
            with people.at(people.figure, people.file, people.report, people.export, people.read):
                time.sleep(seconds)
            done = Counter(ledger.counts())
            done.subtract(before)
            found[name] = {
                "acknowledged": dict(done), "answers": dict(ledger.answers - answers),
                "seconds_to_quiet": product.wait_quiet(), "ready_says": product.wrong(),
            }  # fmt: skip
        whole = product.examine("all_of_it", ledger.facts())
        record("clock", phases=found, acknowledged=ledger.counts(), server_errors=ledger.errors(), **whole)
    whole.pop("seen")
    assert set(whole.values()) == {0}, whole
    assert ledger.errors() == {}
    assert ledger.answers[0] == 0, "every request was answered"
    for name, phase in found.items():
        # Behind what was written last, the product says so; it goes on all the same.
        assert set(phase["ready_says"]) <= {"clock"}, (name, phase)
        assert phase["acknowledged"]["approved"], (name, phase)
        assert phase["acknowledged"]["reports"], (name, phase)

"""An hour of reading and writing: memory of web and worker is flat once warm, and what rises is told from a leak.

Beside the site's web process stands a second one whose cache keeps nothing; both are asked the same pages. What
only the first one gains is the page cache; what both gain is not. In the last third nobody writes: what rises only
before follows the data, what goes on rising is a leak.
"""

import contextlib
import statistics
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.drills.product import Embedded, number, record
from tests.drills.work import Ledger, People
from tests.jobs import processes

pytestmark = [pytest.mark.services, pytest.mark.drills]

EVERY = 10
# Megabytes a minute within a third of the time beyond which it is not flat; a shorter soak is not judged.
FLAT, JUDGED_FROM = 1.0, 1800


def role_of(words, port):
    if "gunicorn" in words:
        return "web" if f"127.0.0.1:{port}" in words else "web_without_cache"
    return next((role for role in ("worker", "beat", "up") if role in words), "other")


def memory(product):
    """Megabytes of their own (anonymous, shared ones by share) of each role's processes together."""
    found = {}
    for pid, _birth in product.family():
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:"))
            role = role_of(words, product.port)
            found[role] = found.get(role, 0) + kilobytes / 1024
    return found


def told(samples, role):
    """Megabytes at the beginning and after each third, and their rise a minute within each."""
    row = [(at / 60, sample[role]) for at, sample in samples if role in sample]
    ends = [len(row) * part // 3 for part in range(4)]
    thirds = [row[first:last] for first, last in pairwise(ends)]
    rises = [round(statistics.linear_regression(*zip(*third, strict=True)).slope, 2) for third in thirds]
    return {"mb": [round(row[0][1]), *(round(third[-1][1]) for third in thirds)], "mb_a_minute": rises}


def test_memory_stays(tmp_path):
    seconds, ledger, samples = number("DRILL_SOAK_SECONDS", 3600), Ledger(), []
    with contextlib.ExitStack() as stack:
        product = Embedded(tmp_path, stack)
        product.start()
        port = processes.free_port()
        product.run_beside(
            [sys.executable, "-m", "gunicorn", "shenzhen_plan.wsgi:application", "--bind", f"127.0.0.1:{port}",
             "--worker-class", "gthread", "--no-control-socket", "--workers", "1", "--threads", "8"],
            CACHE_URL="dummycache://",
        )  # fmt: skip
        people = People(product, ledger, rows=1000, pause=0.2)
        readers, beside = (People(product, ledger, pause=0.2, port=at) for at in (product.port, port))

        def file():
            people.file()
            people.over.wait(60)

        def figure():
            people.figure()
            people.over.wait(2)

        started = time.monotonic()

        def watch_until(end):
            while (at := time.monotonic() - started) < end:
                samples.append((at, memory(product)))
                time.sleep(EVERY)

        with beside.at(beside.read), readers.at(readers.read):
            with people.at(figure, file, people.report):
                watch_until(seconds * 2 / 3)
            watch_until(seconds)
        quiet = product.wait_quiet()
        roles = {role: told(samples, role) for role in ("web", "web_without_cache", "worker", "beat")}
        found = product.examine("all", ledger.facts())
        record(
            "soak", seconds=seconds, requests=sum(ledger.answers.values()), memory_mb=roles,
            seconds_to_quiet=quiet, acknowledged=ledger.counts(), server_errors=ledger.errors(), **found,
        )  # fmt: skip
    found.pop("seen")
    assert set(found.values()) == {0}, found
    assert ledger.errors() == {}
    if seconds >= JUDGED_FROM:
        rises = {role: max(row["mb_a_minute"][1:]) for role, row in roles.items()}
        assert {role: rise for role, rise in rises.items() if rise > FLAT} == {}

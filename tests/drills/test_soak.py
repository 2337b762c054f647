"""An hour of reading and writing: memory of web and worker is flat once warm, and what rises is told from a leak.

Beside the site's web process stand two more whose cache keeps nothing, one of them with few arenas of memory; all
are asked the same pages. What only the first one gains is the page cache; what only those with many arenas gain is
free memory in pieces; what all gain is neither. In the last third nobody writes: what rises only before follows
the data, what goes on rising is a leak. Every sample is a line of `artifacts/soak.jsonl`.
"""

import contextlib
import json
import statistics
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.drills.product import RESULTS, Embedded, number, record
from tests.drills.work import Ledger, People
from tests.jobs import processes

pytestmark = [pytest.mark.services, pytest.mark.drills]

EVERY = 10
# Seconds between two requests of one reader: a machine that others use is neither filled nor left idle.
PAUSE = 1.0
# Beside the site's own; what they are called and what is different about them.
BESIDE = {
    "web_without_cache": {"CACHE_URL": "dummycache://"},
    "web_with_two_arenas": {"CACHE_URL": "dummycache://", "MALLOC_ARENA_MAX": "2"},
}
# Megabytes a minute within a third of the time beyond which it is not flat; a shorter soak is not judged.
FLAT, JUDGED_FROM = 1.0, 1800


def role_of(words, product, names):
    if "gunicorn" in words:
        port = int(words[words.index("--bind") + 1].rpartition(":")[2])
        return "web" if port == product.port else names[port]
    return next((role for role in ("worker", "beat", "up") if role in words), "other")


def memory(product, names):
    """Megabytes of their own (anonymous, shared ones by share) of each role's processes together."""
    found = {}
    for pid, _birth in product.family():
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:"))
            role = role_of(words, product, names)
            found[role] = found.get(role, 0) + kilobytes / 1024
    return found


def told(samples, role):
    """Megabytes at the beginning and after each third, and their rise a minute within each."""
    row = [(at / 60, sample[role]) for at, sample in samples if role in sample]
    ends = [len(row) * part // 3 for part in range(4)]
    thirds = [row[first:last] for first, last in pairwise(ends)]
    rises = [round(statistics.linear_regression(*zip(*third, strict=True)).slope, 2) for third in thirds]
    return {"mb": [round(row[0][1]), *(round(third[-1][1]) for third in thirds)], "mb_a_minute": rises}


def start_beside(product):
    """The web processes of BESIDE, in the group of the product: their names by port."""
    names = {}
    for name, changes in BESIDE.items():
        port = processes.free_port()
        names[port] = name
        product.run_beside(
            [sys.executable, "-m", "gunicorn", "shenzhen_plan.wsgi:application", "--bind", f"127.0.0.1:{port}",
             "--worker-class", "gthread", "--no-control-socket", "--workers", "1", "--threads", "8"],
            **changes,
        )  # fmt: skip
    return names


def test_memory_stays(tmp_path):
    seconds, ledger, samples = number("DRILL_SOAK_SECONDS", 3600), Ledger(), []
    with contextlib.ExitStack() as stack:
        product = Embedded(tmp_path, stack)
        product.start()
        names = start_beside(product)
        people = People(product, ledger, rows=1000, pause=PAUSE)
        readers = [People(product, ledger, pause=PAUSE, port=port) for port in (product.port, *names)]

        def file():
            people.file()
            people.over.wait(120)

        def figure():
            people.figure()
            people.over.wait(5)

        def report():
            people.report()
            people.over.wait(15)

        started = time.monotonic()

        def watch_until(end, file):
            while (at := time.monotonic() - started) < end:
                samples.append((at, memory(product, names)))
                line = {name: round(found, 1) for name, found in samples[-1][1].items()}
                file.write(json.dumps({"second": round(at), **line}) + "\n")
                file.flush()
                time.sleep(EVERY)

        RESULTS.parent.mkdir(exist_ok=True)
        with contextlib.ExitStack() as reading:
            curve = reading.enter_context((RESULTS.parent / "soak.jsonl").open("w"))
            for reader in readers:
                reading.enter_context(reader.at(reader.read))
            with people.at(figure, file, report):
                watch_until(seconds * 2 / 3, curve)
            watch_until(seconds, curve)
        quiet = product.wait_quiet()
        roles = {role: told(samples, role) for role in ("web", *BESIDE, "worker", "beat")}
        found = product.examine("all_of_it", ledger.facts())
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

"""What the product stands on goes away under traffic: words, no bare 500, nothing acknowledged is lost."""

import contextlib
import subprocess
import time

import pytest

from tests.drills.product import Production, number, record
from tests.drills.work import Ledger, People

pytestmark = [pytest.mark.services, pytest.mark.drills]

BEFORE, AFTER, READY_WITHIN = 5, 10, 90
DISK_MB = 300  # above the reserve as it is shipped


@contextlib.contextmanager
def database(product):
    product.postgres.stop()
    try:
        yield
    finally:
        product.postgres.start()


@contextlib.contextmanager
def redis(product):
    with cache(product):
        product.broker.stop()
        try:
            yield
        finally:
            product.broker.start()


@contextlib.contextmanager
def cache(product):
    product.cache.stop()
    try:
        yield
    finally:
        product.cache.start()


@contextlib.contextmanager
def disk_full(product):
    filler = product.data / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def read_only(product):
    subprocess.run(["mount", "-o", "remount,ro", product.data], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", product.data], check=True)


def small_disk(folder, stack):
    """The data folder as a disk of its own, where this machine lets us have one."""
    (folder / "data").mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder / "data"]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("mounting takes root")
    stack.callback(subprocess.run, ["umount", "-l", folder / "data"], check=True)


@pytest.mark.parametrize(
    ("outage", "seconds", "allowed"),
    [
        (database, number("DRILL_DATABASE_SECONDS", 30), {503}),
        (redis, number("DRILL_REDIS_SECONDS", 60), set()),
        (cache, number("DRILL_CACHE_SECONDS", 30), set()),
        (disk_full, number("DRILL_DISK_SECONDS", 30), {503, 507}),
        (read_only, number("DRILL_DISK_SECONDS", 30), {503, 507}),
    ],
    ids=["database", "redis", "cache", "disk_full", "read_only"],
)
def test_away_for_a_while(outage, seconds, allowed, tmp_path):
    ledger = Ledger()
    with contextlib.ExitStack() as stack:
        if outage in (disk_full, read_only):
            small_disk(tmp_path, stack)
        product = Production(tmp_path, stack)
        product.start()
        people = People(product, ledger, rows=1000)
        with people.at(people.figure, people.file, people.report, people.read):
            time.sleep(BEFORE)
            before = ledger.answers.copy()
            with outage(product):
                restarts = product.look_after(seconds)
                during = ledger.answers - before
            started = time.monotonic()
            restarts += product.look_after(READY_WITHIN, until=product.is_ready)
            ready_after = round(time.monotonic() - started)
            assert product.is_ready(), f"not ready {ready_after} s after the outage"
            time.sleep(AFTER)
        quiet = product.wait_quiet()
        found = product.examine("all_of_it", ledger.facts())
        record(
            f"away: {outage.__name__}", seconds=seconds, answers_meanwhile=dict(during), restarts=restarts,
            ready_after=ready_after, seconds_to_quiet=quiet, slowest=round(ledger.slowest, 1),
            acknowledged=ledger.counts(), server_errors=ledger.errors(), **found,
        )  # fmt: skip
    found.pop("seen")
    assert set(found.values()) == {0}, found
    assert {int(status) for status in ledger.errors()} <= allowed, ledger.errors()
    assert ledger.wordless == []
    assert ledger.answers[0] == 0, "every request was answered"

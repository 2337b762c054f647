"""What work costs, whatever the machine: processor time beside that of known work done just before and after it.

A limit in bare seconds asks as much of the machine as of the product: a busy one takes two and three times as
long for the same. A limit here is in seconds of a quiet machine.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

# What `known_work` takes of a quiet machine of 2026.
KNOWN_SECONDS = 0.1


@contextmanager
def costs_at_most(seconds: float, what: str = "this") -> Iterator[None]:
    """The body takes no more processor time than so many seconds of a quiet machine; else an AssertionError."""
    before = known_work()
    started = process_time()
    yield
    spent = process_time() - started
    slowness = max(1.0, (before + known_work()) / 2 / KNOWN_SECONDS)
    took = f"{what} took {spent:.1f} s of a machine {slowness:.1f} times as slow as a quiet one"
    assert spent / slowness < seconds, took


def known_work() -> float:
    """Processor seconds of what reading tables and writing pages mostly is: numbers, words, lists."""
    started = process_time()
    words = [f"I-{n:02} {n * n % 997}亿元" for n in range(60_000)]
    found = {word: re.sub(r"\d+", "", word) for word in words}
    assert len(sorted(found.values())) == len(found)
    return process_time() - started

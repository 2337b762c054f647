"""Limits of time: kept on any machine, and no test has one in seconds of the machine it happens to run on."""

from pathlib import Path

import pytest

from tests.pace import costs_at_most, known_work

TESTS = Path(__file__).parent


def test_work_beyond_its_limit_is_told():
    limited = costs_at_most(0.2, "the known work")(lambda: [known_work() for _time in range(8)])

    with pytest.raises(AssertionError, match="the known work took"):
        limited()


def test_work_within_its_limit_passes_on_a_slow_machine_too():
    with costs_at_most(1):
        for _time in range(4):
            known_work()


def test_processor_time_is_read_in_one_place():
    readers = [file.name for file in TESTS.rglob("*.py") if "process_time()" in file.read_text(encoding="utf-8")]

    assert sorted(readers) == ["pace.py", "test_pace.py"]

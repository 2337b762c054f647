import os
import signal
import subprocess
import sys
import time
from itertools import islice

import pytest
from django.conf import settings

from jobs import supervisor
from tests.breadth import more
from tests.jobs import processes

pytestmark = pytest.mark.services

# Deaf to SIGTERM, like a worker in the middle of a long job, and with a process of its own.
STUBBORN = (
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
)


@pytest.fixture
def supervise():
    """Starts a supervisor of one child that runs the given program; kills what is left of it at the end."""
    started = []

    def start(program):
        source = (
            "import logging, pathlib, sys; from jobs.supervisor import Child, Supervisor;"
            "logging.basicConfig(level='INFO');"
            f"child = Child('child', [sys.executable, '-c', {program!r}]);"
            "Supervisor([child], cwd=pathlib.Path()).run(lambda: None)"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", source], cwd=settings.BASE_DIR, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        for pid, _ in supervisor.descendants(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.kill()
        process.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGTERM, *more(signal.SIGINT)])
def test_a_child_deaf_to_the_signal_is_killed_in_time_with_what_it_started(supervise, number):
    process = supervise(STUBBORN)
    family = processes.wait_until(
        lambda: len(found := supervisor.descendants(process.pid)) == 2 and found, seconds=10, what="two start"
    )
    time.sleep(0.5)  # the child has set its handler

    asked = time.monotonic()
    process.send_signal(number)
    code = process.wait(60)

    assert code == 0
    assert time.monotonic() - asked < 45  # both sleep for a minute
    processes.wait_until(
        lambda: all(supervisor.born(pid) != birth for pid, birth in family), seconds=5, what="both are gone"
    )


@pytest.mark.breadth
def test_a_child_that_keeps_dying_is_restarted_after_longer_and_longer_pauses(supervise):
    process = supervise("raise SystemExit(3)")
    deaths = (line for line in process.stderr if "ended (3)" in line)
    pauses = [line.rsplit(" ", 2)[1] for line in islice(deaths, 3)]
    process.terminate()

    assert pauses == ["0.5", "1.0", "2.0"]
    assert process.wait(60) == 0

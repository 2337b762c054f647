"""Starts several processes, restarts what dies and stops them all. Knows nothing of Django or Celery."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

log = logging.getLogger(__name__)

STOP_SECONDS = 7.0
TICK_SECONDS = 0.2
BACKOFF_SECONDS, BACKOFF_MAX_SECONDS = 0.5, 30.0
STEADY_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started_at: float = 0.0
    start_again_at: float = 0.0
    deaths: int = 0  # in a row, each before it had been steady


class Supervisor:
    """Runs the children until SIGTERM or SIGINT, from one thread: Linux ties a child to the thread."""

    def __init__(self, children: Iterable[Child], *, cwd: Path):
        self.children = list(children)
        self.cwd = cwd
        self.stopping = False

    def run(self, each_tick: Callable[[], None]) -> None:
        """Starts the children and keeps them; `each_tick` is called several times a second and may raise."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asked to outlive the terminal
            signal.signal(signal.SIGHUP, self._on_signal)
        try:
            while not self.stopping:
                for child in self.children:
                    self._look_after(child)
                each_tick()
                time.sleep(TICK_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Asks all children to end, kills what has not ended after STOP_SECONDS with all it started."""
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        family = [pid for process in running for pid in descendants(process.pid)]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(process.poll() is None for process in running):
            time.sleep(0.05)
        for process in running:
            if process.poll() is None:
                family += descendants(process.pid)
                log.warning("process %s did not end in time and is killed", process.pid)
                process.kill()
                process.wait()
        for pid, birth in set(family):
            if born(pid) == birth:  # the number has not passed to another process
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process and child.process.poll() is not None:
            code = child.process.returncode
            child.process = None
            child.deaths = 1 if now - child.started_at > STEADY_SECONDS else child.deaths + 1
            pause = min(BACKOFF_SECONDS * 2 ** (child.deaths - 1), BACKOFF_MAX_SECONDS)
            child.start_again_at = now + pause
            log.warning("%s ended (%s), starting it again in %.1f s", child.name, code, pause)
        if child.process is None and now >= child.start_again_at:
            child.process = subprocess.Popen(child.command, cwd=self.cwd, preexec_fn=_dying_with_parent())
            child.started_at = now
            log.info("%s started, pid %s", child.name, child.process.pid)


def _dying_with_parent() -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask for SIGTERM when the supervisor is killed."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before we asked
            os._exit(1)

    return ask


def descendants(pid: int) -> list[tuple[int, str]]:
    """(pid, time of birth) of all processes under pid, where the system shows them in /proc; else nothing."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(_fields(path)[1]), []).append(int(path.parent.name))
        except OSError:  # ended while we looked
            continue
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        todo += children
        found += [(child, birth) for child in children if (birth := born(child))]
    return found


def born(pid: int) -> str | None:
    """When the living process of that number began, in the system's own unit; None when there is none."""
    try:
        fields = _fields(Path(f"/proc/{pid}/stat"))
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _fields(stat: Path) -> list[str]:
    """The fields after the program's name, which may hold spaces and brackets: state, parent, …"""
    return stat.read_text(errors="replace").rpartition(") ")[2].split()

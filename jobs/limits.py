"""The bounds of one job's run: seconds by Celery (jobs.tasks), memory here."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 2**20


class TooMuchMemory(Exception):
    """The job asked for more memory than it may have."""


@contextmanager
def bounded_memory(megabytes: int) -> Iterator[None]:
    """Lets what runs inside take so much more memory than the process holds now; 0: as much as there is.

    What asks for more meets a MemoryError, raised here as TooMuchMemory once the bound is lifted: there must be
    room to say so. The bound is the process's, and known to Linux alone; elsewhere nothing is bounded.
    """
    if not megabytes or sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    bound = _held() + megabytes * MEGABYTE
    if before[0] != resource.RLIM_INFINITY:
        bound = min(bound, before[0])
    resource.setrlimit(resource.RLIMIT_DATA, (bound, before[1]))
    try:
        yield
    except MemoryError as error:
        resource.setrlimit(resource.RLIMIT_DATA, before)
        raise TooMuchMemory(f"{megabytes} MB") from error.with_traceback(None)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _held() -> int:
    """Bytes of data the process has mapped, as the limit counts them."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:"))

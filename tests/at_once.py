"""Several people in the same moment, each in a thread with a database connection of its own."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import close_old_connections, connections


def at_once(works: Iterable[Callable[[], Any]], *, told: tuple[type[Exception], ...] = ()) -> list[Any]:
    """What each of these came to, begun together: what it gave, or one of the errors that it may be told."""
    works = list(works)
    gate = Barrier(len(works))

    def run(work):
        close_old_connections()
        try:
            gate.wait(timeout=60)
            return work()
        except told as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))

"""The one way to the message broker: a connection of its own for each use, given up after seconds.

Celery's pooled producer tries for six seconds before it admits that the broker is away and may hold a
connection that died meanwhile; a visitor's request must not wait for that.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from kombu.connection import Connection

CONNECT_SECONDS = 2


def is_filesystem() -> bool:
    """True on the embedded set-up, where the broker is a folder."""
    return str(settings.CELERY_BROKER_URL).startswith("filesystem")


@contextmanager
def connect() -> Iterator[Connection]:
    """An open connection. Raises OSError or one of kombu's errors when the broker does not answer."""
    if is_filesystem():
        folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]
        if not (Path(folder).is_dir() and os.access(folder, os.W_OK)):
            raise OSError(f"the queue folder cannot be written: {folder}")
    with current_app.connection_for_write(connect_timeout=CONNECT_SECONDS) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS)
        yield connection


def send(task: str, arguments: Iterable[Sequence[Any]] = ((),), *, expires: float | None = None) -> None:
    """Sends one message per argument list, `expires` in seconds. Errors as in `connect`."""
    with connect() as connection:
        for args in arguments:
            current_app.send_task(task, args=args, expires=expires, connection=connection)


def purge_files() -> int:
    """Empties the queue of the embedded set-up; the number of messages removed.

    What waits there from an earlier start is at best a wake-up that the first sweep sends again.
    """
    if not is_filesystem():
        return 0
    removed = 0
    for name in ("data", "processed"):
        for path in (settings.QUEUE_DIR / name).glob("*.msg"):
            path.unlink(missing_ok=True)  # another worker may have taken it meanwhile
            removed += 1
    return removed

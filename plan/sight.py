"""Whether every process sees the same files: a token in the storage, which the database knows as well.

Each web and worker process looks every so often and leaves a row that says what it saw; /readyz reads them. A
process that sees other files than the rest would offer what nobody can download, and its sweepers could remove
what it knows nothing of: `sweep` asks first.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection, transaction
from django.utils import timezone

from audit.signing import key_name
from plan.folders import kept_in, remove
from plan.models import StorageMark, StorageSight

log = logging.getLogger(__name__)
TOKEN = "storage-token"
# Longer than anything takes to give a file its row.
SPARE_SECONDS = 24 * 3600
BEAT_SECONDS, MISSED = 20, 3
FORGET = timedelta(hours=1)
ELSEWHERE = (
    "does not see the files of the other processes: {what} Give every web and worker process the same "
    "FILES_STORAGE; if this storage is the right one, run manage.py mark_storage"
)


class OtherFiles(Exception):
    """This process does not see the files that the rows speak of; says why."""


def fault() -> str:
    """Why this process does not see the files of the others, for operators; empty where it does."""
    try:
        mark, there = StorageMark.objects.first(), _token()
        if mark is None:
            mark = _first_mark(there)
            there = _token()
    except OSError as error:
        return f"cannot read its storage ({type(error).__name__}: {error.strerror or error})"
    if there == mark.token:
        return ""
    what = f"{TOKEN} is another one." if there else f"there is no {TOKEN}."
    return ELSEWHERE.format(what=what)


def mark_storage() -> None:
    """Says that the storage this process sees is the one of all."""
    token = secrets.token_hex(16)
    with transaction.atomic():
        StorageMark.objects.all().delete()
        StorageMark.objects.create(pk=1, token=token)
        default_storage.save(TOKEN, ContentFile(token.encode()))


def _token() -> str:
    try:
        with default_storage.opened(TOKEN) as file:
            return file.read(100).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return ""


def _first_mark(there: str) -> StorageMark:
    """The mark of an installation that has none. A folder that lies with the database is its own, a token in it is
    taken over; a shared one that has a token already may be another installation's."""
    is_own = there and not settings.FILES_STORAGE
    with transaction.atomic():
        mark, is_new = StorageMark.objects.get_or_create(
            pk=1, defaults={"token": there if is_own else secrets.token_hex(16)}
        )
        # Whoever comes second waits for this row, and finds the file.
        if is_new and not there:
            default_storage.save(TOKEN, ContentFile(mark.token.encode()))
    return mark


def note(process: str) -> str:
    """Leaves what this process sees, and forgets those long gone; the fault."""
    found, now = fault(), timezone.now()
    values = {"seen_at": now, "fault": found[:500], "key": key_name()}
    StorageSight.objects.update_or_create(process=process, defaults=values)
    StorageSight.objects.filter(seen_at__lt=now - FORGET).delete()
    return found


def faults_of_others() -> list[str]:
    """What is wrong with the processes seen lately: other files, or another key to sign with."""
    since = timezone.now() - timedelta(seconds=BEAT_SECONDS * MISSED)
    lately = StorageSight.objects.filter(seen_at__gte=since).order_by("process")
    found = [f"{row.process} {row.fault}" for row in lately if row.fault]
    ours = key_name()
    others = [row.process for row in lately if row.key != ours]
    if others:
        found.append(f"{', '.join(others)}: signs with another key; give every process the same INSTALLATION_KEYS")
    return found


def watch(role: str) -> threading.Thread:
    """Has this process look every so often, from now until it ends."""
    process = f"{role} {socket.gethostname()}:{os.getpid()}"
    thread = threading.Thread(target=_watch, args=(process,), name="files", daemon=True)
    thread.start()
    return thread


def _watch(process: str) -> None:
    pause = threading.Event()
    _beat(process)
    while not pause.wait(BEAT_SECONDS):
        _beat(process)


def _beat(process: str) -> None:
    """Says it; a database that is away is others' to report."""
    try:
        if found := note(process):
            log.error("this process %s", found)
    except Error as error:  # a connection that the server closed is an InterfaceError, no DatabaseError
        log.debug("not said: %s", error)
    finally:
        connection.close()


def sweep(folder: str, known: Iterable[str], *, now: datetime | None = None) -> int:
    """Removes files of a folder that no row speaks of; their number. Young ones may still be getting their rows.

    Safe to run twice. Raises OtherFiles: the rows would be those of another storage.
    """
    if why := fault():
        raise OtherFiles(why)
    kept, limit = set(known), (now or timezone.now()) - timedelta(seconds=SPARE_SECONDS)
    spare = [file.last for file in kept_in(folder) if file.last not in kept and file.at < limit]
    remove(folder, spare)
    return len(spare)

"""Files that came with a form which was refused: held for its next try, so that nobody has to choose them again.

A browser empties its file fields with every answer. What is held is its writer's alone, of the address it was sent
to, goes into the record with the next save that is taken, and is deleted after DRAFT_KEEP_DAYS.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from plan.models import HeldUpload
from plan.params import read_keys
from plan.uploads import CHUNK, RefusedFile, open_stored, remove_stored, store_upload

FOLDER = "held"
HELD_MAX = 20


class HeldFile:
    """A held file as a service takes uploads."""

    def __init__(self, row: HeldUpload):
        self.name, self._stored_as = row.name, row.stored_as

    def chunks(self) -> Iterator[bytes]:
        with open_stored(self._stored_as, folder=FOLDER) as file:
            while chunk := file.read(CHUNK):
                yield chunk


def held(request) -> QuerySet[HeldUpload]:
    """What is held of this form for this person."""
    return HeldUpload.objects.filter(person=request.user, form=request.path_info)


def ticked(request) -> list[HeldFile]:
    """The held files that the form sends along; one whose file is gone is left out by nobody but the sweeper."""
    rows = held(request).filter(pk__in=read_keys(request.POST, "held"))
    return [HeldFile(row) for row in rows]


def hold(request, uploads: Iterable) -> bool:
    """Holds the uploads of a form that was refused; whether some of them could not be."""
    _drop(held(request).exclude(pk__in=read_keys(request.POST, "held")))
    room, is_lost = HELD_MAX - held(request).count(), False
    for upload in uploads:
        try:
            file = store_upload(upload, folder=FOLDER) if room > 0 else None
        except RefusedFile:
            file = None
        if file is None:
            is_lost = True
            continue
        HeldUpload.objects.create(person=request.user, form=request.path_info, **asdict(file))
        room -= 1
    return is_lost


def let_go(request) -> None:
    """The form was taken: what was held for it is in the record or was left out."""
    _drop(held(request))


def drop_old() -> int:
    """Deletes what nobody came back for."""
    limit = timezone.now() - timedelta(days=settings.DRAFT_KEEP_DAYS)
    return _drop(HeldUpload.objects.filter(at__lt=limit))


def _drop(rows: QuerySet[HeldUpload]) -> int:
    names = list(rows.values_list("stored_as", flat=True))
    rows.delete()
    transaction.on_commit(lambda: remove_stored(names, folder=FOLDER))
    return len(names)

"""Folders of the house below DATA_DIR. Each has one owner, named in settings.FOLDERS, who alone sweeps it."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

# Longer than anything takes to give a file its row.
SPARE_SECONDS = 24 * 3600


def folder(name: str) -> Path:
    """The folder, made where it is not yet there; one below an owned one is its owner's.

    Raises ImproperlyConfigured for one that nobody owns.
    """
    if settings.FOLDERS.keys().isdisjoint((name, name.partition("/")[0])):
        raise ImproperlyConfigured(f"{name} has no owner in settings.FOLDERS")
    path = Path(settings.DATA_DIR) / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def spare_files(
    name: str, known: Iterable[str], *, older_than_seconds: int = SPARE_SECONDS, now: datetime | None = None
) -> list[Path]:
    """Files, whole or broken off, that no row speaks of any more; young ones may still be getting theirs."""
    kept, limit = set(known), (now or timezone.now()).timestamp() - older_than_seconds
    return [
        path
        for path in folder(name).iterdir()
        if path.is_file() and path.name not in kept and path.stat().st_mtime < limit
    ]


def sweep(name: str, known: Iterable[str], *, now: datetime | None = None) -> int:
    """Removes the spare files of a folder; their number. Safe to run twice: what is gone is gone."""
    spare = spare_files(name, known, now=now)
    for path in spare:
        path.unlink(missing_ok=True)
    return len(spare)

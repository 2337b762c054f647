"""Folders of the house. Each has one owner, named in settings.FOLDERS, who alone writes, reads and sweeps there.

Those in settings.STORED_FOLDERS lie in the storage, which every process sees; the others on each machine's disk.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import default_storage

from plan.storage import KeptName


def keep(folder: str, name: str, content: BinaryIO | bytes) -> None:
    """Keeps a file under a name; it is there whole, or not at all. Raises OSError (a disk's, or StorageAway)."""
    file = BytesIO(content) if isinstance(content, bytes) else content
    default_storage.save(_name(folder, name), File(file))


def open_kept(folder: str, name: str) -> BinaryIO:
    """Raises FileNotFoundError, StorageAway."""
    return default_storage.opened(_name(folder, name))


def is_kept(folder: str, name: str) -> bool:
    return default_storage.exists(_name(folder, name))


def remove(folder: str, names: Iterable[str]) -> None:
    """Takes files away; what is gone is gone."""
    for name in names:
        default_storage.delete(_name(folder, name))


def kept_in(folder: str) -> Iterator[KeptName]:
    """Every whole file of a folder and of those below it."""
    return default_storage.files(_folder(folder))


def _name(folder: str, name: str) -> str:
    """Raises FileNotFoundError for a name that is a way."""
    if name in ("", ".", "..") or PurePosixPath(name).name != name:
        raise FileNotFoundError(name)
    return f"{_folder(folder)}/{name}"


def _folder(folder: str) -> str:
    """Raises ImproperlyConfigured for one that nobody owns, or that is each machine's own."""
    first = folder.partition("/")[0]
    if settings.FOLDERS.keys().isdisjoint((folder, first)):
        raise ImproperlyConfigured(f"{folder} has no owner in settings.FOLDERS")
    if first not in settings.STORED_FOLDERS:
        raise ImproperlyConfigured(f"{folder} is not in settings.STORED_FOLDERS: it is each machine's own")
    return folder

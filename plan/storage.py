"""Where files that people hand in, and files made for them, are kept: one folder, or a bucket (object_storage).

Both are Django storages with two methods more: `files` lists a folder with sizes and times, `opened` gives a plain
binary file. Rows hold names only; where a name leads is FILES_STORAGE's to say.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.storage import FileSystemStorage

PART = ".part"


class StorageAway(OSError):
    """The storage does not answer, or not as it should; nothing is said of the file that was asked for."""


@dataclass(frozen=True)
class KeptName:
    """A kept file: its name from the storage's root on, its bytes, when it was kept."""

    name: str
    size: int
    at: datetime

    @property
    def last(self) -> str:
        return self.name.rpartition("/")[2]


class FolderStorage(FileSystemStorage):
    """A folder: DATA_DIR, or one that several machines share. A file has its name when it is whole."""

    @property
    def base_location(self) -> str:
        return str(settings.FILES_FOLDER or settings.DATA_DIR)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def get_available_name(self, name, max_length=None):
        """The name asked for: names here are random, or the hash of what is kept."""
        return name

    def _save(self, name, content) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        return name

    def delete(self, name) -> None:
        Path(self.path(name)).unlink(missing_ok=True)

    def opened(self, name: str) -> BinaryIO:
        """Raises FileNotFoundError."""
        return open(self.path(name), "rb")

    def files(self, folder: str) -> Iterator[KeptName]:
        """Every whole file below the folder, in the order of their names; none where there is no folder."""
        root = Path(self.location)
        for path in sorted((root / folder).rglob("*")):
            if path.suffix == PART or path.is_symlink() or not path.is_file():
                continue
            try:
                found = path.stat()
            except FileNotFoundError:  # removed meanwhile
                continue
            at = datetime.fromtimestamp(found.st_mtime, UTC)
            yield KeptName(path.relative_to(root).as_posix(), found.st_size, at)

"""One site at a time on a data folder: two would share its database, its queue and each other's ports."""

import fcntl
import os
from pathlib import Path


class FolderTaken(Exception):
    """Another process holds the folder; the text is what it wrote of itself."""


class Hold:
    """A lock on a data folder, kept until the process ends, however it ends: the system lets it go itself."""

    def __init__(self, folder: Path):
        self.path = folder / "up.lock"

    def take(self, words: str) -> None:
        """Raises FolderTaken, with the words of whoever was first, where the folder is held."""
        # Never emptied before it is ours: the words of the holder must stay readable.
        self.file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with self.file as held:
                raise FolderTaken(held.read().strip()) from None
        self.file.truncate()
        self.file.write(words)
        self.file.flush()

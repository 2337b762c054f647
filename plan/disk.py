"""Room on the disk: how much is left, what may still be taken, what uploads left behind.

The database and the queue write to the same disk, so files of people are refused while there is still room for
what the product cannot do without (DISK_RESERVE_MB).
"""

import errno
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from plan.storage import FolderStorage, StorageAway

MB = 1024 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)
SHUT = (errno.EACCES, errno.EPERM, errno.EROFS)


class NoRoom(Exception):
    """A file that cannot be kept now; the message is for the person who sent it."""


def folders() -> dict[str, Path]:
    """What the product writes to on disks of this machine, by name; those alone that are there.

    Where files are kept in a bucket its folders are not among them.
    """
    named = {"DATA_DIR": settings.DATA_DIR, "incoming": Path(settings.FILE_UPLOAD_TEMP_DIR)}
    owned = [name for name in settings.FOLDERS if "/" not in name and name not in ("queue", "static", "sheets")]
    own = [name for name in owned if name not in settings.STORED_FOLDERS]
    named |= {name: settings.DATA_DIR / name for name in (*own, "queue/data")}
    if root := shared_folder():
        named |= {name: root / name for name in settings.STORED_FOLDERS}
    return {name: path for name, path in named.items() if name == "DATA_DIR" or path.exists()}


def shared_folder() -> Path | None:
    """The folder that kept files lie in; None where that is a bucket."""
    return Path(default_storage.location) if isinstance(default_storage, FolderStorage) else None


def name_of(path: str | None) -> str:
    """The folder of a file as operators know it: its name below DATA_DIR, or its last part elsewhere."""
    folder = Path(path or settings.DATA_DIR)
    folder = folder if folder.is_dir() else folder.parent
    if folder == settings.DATA_DIR or not folder.is_relative_to(settings.DATA_DIR):
        return "DATA_DIR" if folder == settings.DATA_DIR else folder.name
    return str(folder.relative_to(settings.DATA_DIR))


def free_mb() -> int:
    """Of the disks files come in on and are kept on, the fuller one."""
    places = {settings.DATA_DIR, shared_folder() or settings.DATA_DIR}
    return min(shutil.disk_usage(place).free for place in places if place.exists()) // MB


def problem_with(folder: Path) -> str:
    """Why nothing can be written to a folder; empty where it can. Tried, because rights do not tell of quotas."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(4096))
            probe.flush()
    except OSError as error:
        return reason_of(error) or f"cannot be written ({error.strerror})"
    return ""


def reason_of(error: OSError) -> str:
    """An error of the disk in a word for watchers; empty for any other."""
    if isinstance(error, StorageAway):
        return "the storage does not answer"
    if error.errno in FULL:
        return "the disk is full"
    return "cannot be written" if error.errno in SHUT else ""


def make_room(size: int) -> None:
    """Raises NoRoom where a file of so many bytes would eat into the reserve."""
    left = free_mb() - size // MB
    if left < settings.DISK_RESERVE_MB:
        raise NoRoom(_("服务器磁盘空间不足，暂不接收文件；没有保存任何内容。请联系系统管理员，稍后再试。"))


def incoming() -> IO[bytes]:
    """A file of this machine alone, by a name of its own, for what is not kept yet; gone when it is closed."""
    return tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)


def sweep_partial(*, older_than_seconds: int) -> list[str]:
    """Deletes what uploads and makers of files left half done when their process died; gives the names.

    Every file in `incoming`, and those named `….part` elsewhere; young ones may still be written to.
    """
    limit, gone = time.time() - older_than_seconds, []
    for name, folder in folders().items():
        for path in folder.rglob("*") if name == "attachments" else folder.iterdir():
            is_partial = name == "incoming" or path.suffix == ".part"
            if is_partial and path.is_file() and path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone.append(f"{name}/{path.relative_to(folder).as_posix()}")
    return sorted(gone)

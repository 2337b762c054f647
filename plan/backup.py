"""A backup: one .tar.gz of the database's rows (data.json) and of every file people handed in.

The rows are read first, the files after them: a file is kept before its row is committed, so that none a row
speaks of can be missing unless somebody removed it in between, and files are never changed once kept.
"""

import shutil
import tarfile
from pathlib import Path, PurePosixPath

from django.conf import settings

ROWS = "data.json"


class BadBackup(Exception):
    """A member that is not what this product writes; nothing was taken out."""


def folders() -> dict[str, Path]:
    """Where files from people lie, by the name they have in a backup."""
    return {"attachments": settings.DATA_DIR / "attachments", "imports": Path(settings.IMPORT_DIR)}


def add_files(archive: tarfile.TarFile) -> int:
    """Adds what is kept in the folders; the number of files. One removed meanwhile is passed over."""
    added = 0
    for name, folder in folders().items():
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".part" or not path.is_file():
                continue
            try:
                archive.add(path, f"{name}/{path.relative_to(folder).as_posix()}", recursive=False)
                added += 1
            except FileNotFoundError:
                continue
    return added


def put_files(archive: tarfile.TarFile) -> int:
    """Puts the files of a backup where they were; the number written. What lies there by that name stays: the
    names are random, so the same name is the same file. Raises BadBackup for a name that leads elsewhere."""
    wanted = [(member, _target(member)) for member in archive.getmembers() if member.name != ROWS]
    written = 0
    for member, target in wanted:
        source = archive.extractfile(member)
        if target.exists() or source is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        with source, open(part, "wb") as out:
            shutil.copyfileobj(source, out)
        part.replace(target)
        written += 1
    return written


def _target(member: tarfile.TarInfo) -> Path:
    folder, *rest = PurePosixPath(member.name).parts
    known = folders()
    if not member.isfile() or folder not in known or not rest or ".." in rest:
        raise BadBackup(member.name)
    return known[folder].joinpath(*rest)

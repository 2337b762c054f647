import hashlib
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from plan.sight import mark_storage
from plan.storage import PART


class Command(BaseCommand):
    help = "Copy kept files from a folder (default: DATA_DIR) into FILES_STORAGE, compare, and mark the storage."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, nargs="?", default=settings.DATA_DIR)

    def handle(self, folder, **options):
        copied = 0
        for name in settings.STORED_FOLDERS:
            for path in sorted((folder / name).rglob("*")):
                if path.is_file() and not path.is_symlink() and path.suffix != PART:
                    copied += _copy(path, path.relative_to(folder).as_posix())
        mark_storage()
        self.stdout.write(f"{copied:,} 个文件已复制；原文件未动 / files copied, those copied from were left")


def _copy(path: Path, name: str) -> int:
    """1 where the file was not there yet. Raises CommandError where what lies there differs."""
    is_new = not default_storage.exists(name)
    with path.open("rb") as file:
        if is_new:
            default_storage.save(name, File(file))
    with path.open("rb") as ours, default_storage.opened(name) as theirs:
        if hashlib.file_digest(ours, "sha256").digest() != hashlib.file_digest(theirs, "sha256").digest():
            raise CommandError(f"{name}：存储中已有同名而内容不同的文件 / another file lies there by this name")
    return int(is_new)

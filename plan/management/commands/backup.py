import os
import tarfile
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from plan.backup import ROWS, add_files

# Made by migrate itself, or worthless elsewhere: sessions, and what the queue remembers of its workers.
LEFT_OUT = ["contenttypes", "auth.permission", "sessions", "jobs.workerbeat"]


class Command(BaseCommand):
    help = (
        "Write the whole database and the files people handed in into one .tar.gz, the same for SQLite and "
        "PostgreSQL. The file holds accounts: keep it as carefully as the database."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, file, **options):
        if file.exists():
            raise CommandError(f"文件已存在，不覆盖 / exists already: {file}")
        part = file.with_name(f"{file.name}.part")
        try:
            files = self._write(part)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"无法写入 / cannot write {file}: {error.strerror}") from error
        # Under its own name only once it is whole.
        part.replace(file)
        self.stdout.write(f"{file}: {file.stat().st_size:,} 字节 / bytes, {files} 个文件 / files")

    def _write(self, part: Path) -> int:
        # For nobody else's eyes: the rows hold password hashes and the keys of one-time codes.
        with (
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
            tarfile.open(fileobj=out, mode="w:gz") as archive,
            tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8", dir=part.parent) as rows,
        ):
            call_command("dumpdata", exclude=LEFT_OUT, natural_foreign=True, stdout=rows, verbosity=0)
            rows.flush()
            archive.add(rows.name, ROWS)
            return add_files(archive)

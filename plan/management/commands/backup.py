import gzip
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

# Made by migrate itself, or worthless elsewhere: sessions, and what the queue remembers of its workers.
LEFT_OUT = ["contenttypes", "auth.permission", "sessions", "jobs.workerbeat"]


class Command(BaseCommand):
    help = "Write the whole database into one compressed file, the same for SQLite and PostgreSQL."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, file, **options):
        if file.exists():
            raise CommandError(f"文件已存在，不覆盖 / exists already: {file}")
        part = file.with_name(f"{file.name}.part")
        try:
            with gzip.open(part, "wt", encoding="utf-8") as out:
                call_command("dumpdata", exclude=LEFT_OUT, natural_foreign=True, stdout=out, verbosity=0)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"无法写入 / cannot write {file}: {error.strerror}") from error
        # Under its own name only once it is whole.
        part.replace(file)
        self.stdout.write(f"{file}: {file.stat().st_size:,} 字节 / bytes")

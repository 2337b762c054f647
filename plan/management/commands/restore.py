import json
import shutil
import tarfile
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.services import log_exchanged
from plan.backup import ROWS, BadBackup, put_files


class Command(BaseCommand):
    help = "Exchange everything in the database for what a backup holds, all of it or nothing; files are added."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="really discard what is there now")

    def handle(self, file, yes, **options):
        if not yes:
            raise CommandError("现有数据将全部被替换；确认请加 --yes / everything is replaced: add --yes")
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / ROWS
            try:
                with tarfile.open(file, "r:gz") as archive:
                    source = archive.extractfile(ROWS)
                    if source is None:
                        raise BadBackup(ROWS)
                    with source, open(plain, "wb") as out:
                        shutil.copyfileobj(source, out)
                    number = len(json.loads(plain.read_bytes()))
                    # Before the rows that speak of them; surplus ones harm nobody.
                    files = put_files(archive)
            except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, BadBackup) as error:
                raise CommandError(f"不是可用的备份 / not a usable backup: {file}: {error}") from error
            self._exchange(plain)
        self.stdout.write(f"{number} 行、{files} 个文件已恢复 / {number} rows and {files} files restored")

    def _exchange(self, plain: Path) -> None:
        try:
            with transaction.atomic(), log_exchanged():
                call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
                call_command("migrate", verbosity=0)
                call_command("loaddata", str(plain), verbosity=0)
        except Exception as error:  # whatever broke it, all of it was rolled back: say so
            raise CommandError(f"未恢复，原数据保留 / nothing was changed: {error}") from error

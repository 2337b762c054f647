import gzip
import json
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.services import log_exchanged


class Command(BaseCommand):
    help = "Exchange everything in the database for what a backup holds; all of it or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="really discard what is there now")

    def handle(self, file, yes, **options):
        if not yes:
            raise CommandError("现有数据将全部被替换；确认请加 --yes / everything is replaced: add --yes")
        try:
            with gzip.open(file, "rt", encoding="utf-8") as source:
                rows = json.load(source)
        except (OSError, EOFError, ValueError) as error:
            raise CommandError(f"不是可用的备份 / not a usable backup: {file}: {error}") from error
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as plain:
            json.dump(rows, plain)
            plain.flush()
            try:
                with transaction.atomic(), log_exchanged():
                    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
                    call_command("migrate", verbosity=0)
                    call_command("loaddata", plain.name, verbosity=0)
            except Exception as error:
                raise CommandError(f"未恢复，原数据保留 / nothing was changed: {error}") from error
        self.stdout.write(f"{len(rows)} 行已恢复 / rows restored")

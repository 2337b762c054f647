from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from evidence.importing import import_drafts
from plan.commands import plan_named


class Command(BaseCommand):
    help = (
        "Import published statements about commitments from a table (CSV, XLSX) as drafts for a person to look at "
        "and hand in, all or nothing; the same file again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--plan", required=True, help="slug of the plan, for example sz-sti-14")
        parser.add_argument("--dry-run", action="store_true", help="say what would be added, store nothing")

    def handle(self, file, plan, dry_run, **options):
        found = plan_named(plan)
        try:
            with file.open("rb") as stream:
                new, same, passed_over = import_drafts(found, stream, name=file.name, dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"无法读取 / cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            told = "\n".join(error.messages)
            raise CommandError(f"什么也没有写入 / nothing was stored:\n{told}") from error
        if passed_over:
            self.stdout.write(f"这些列没有读取 / columns passed over: {'、'.join(passed_over)}")
        verb = "将新增草稿 / would add drafts" if dry_run else "新增草稿 / added drafts"
        self.stdout.write(f"{verb} {new}，相同 / unchanged {same}")

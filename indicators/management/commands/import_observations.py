from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from indicators.files.faults import BrokenFile
from indicators.services import import_observations
from jobs.services import enqueue
from plan.models import Plan
from plan.params import today


class Command(BaseCommand):
    help = "Import published figures from a CSV or XLSX, all or nothing; the same file again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--plan", required=True, help="slug of the plan, for example sz-sti-14")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, store nothing")

    def handle(self, file, plan, dry_run, **options):
        try:
            found = Plan.objects.get(slug=plan)
        except Plan.DoesNotExist:
            known = ", ".join(Plan.objects.values_list("slug", flat=True)) or "—"
            raise CommandError(f"没有规划 {plan} / no such plan; 已有 / known: {known}") from None
        try:
            with file.open("rb") as stream, transaction.atomic():
                result = import_observations(found, stream, today=today(), dry_run=dry_run)
                if result.new and not dry_run:
                    enqueue("indicators.recompute", {"plan": plan, "cause": f"导入 {file.name}"})
        except OSError as error:
            raise CommandError(f"无法读取 / cannot read {file}: {error.strerror}") from error
        except BrokenFile as error:
            raise CommandError(f"什么也没有写入 / nothing was stored:\n{error}") from error
        verb = "将新增 / would add" if dry_run else "新增 / added"
        self.stdout.write(f"{verb} {result.new}，相同 / unchanged {result.same}，SHA-256 {result.sha256}")

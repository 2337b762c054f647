from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from indicators.files.faults import BrokenFile
from indicators.services import import_observations, load_indicators, recompute
from plan.fixtures import BrokenFixtures
from plan.params import today
from plan.services import load_plan


class Command(BaseCommand):
    help = "Load a plan's folder of fixtures: its text, items, targets and published figures. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="for example fixtures/sz-sti-14")

    def handle(self, folder, **options):
        if not folder.is_dir():
            raise CommandError(f"没有这一文件夹 / no such folder: {folder}")
        try:
            with transaction.atomic():
                plan, rows, written = load_plan(folder)
                written += load_indicators(plan, rows.indicators)
                figures = folder / "observations.csv"
                new = 0
                if figures.exists():
                    with figures.open("rb") as file:
                        new = import_observations(plan, file, today=today()).new
                result = recompute(plan, as_of=today(), cause="载入规划")
        except (BrokenFixtures, BrokenFile) as error:
            raise CommandError(f"载入被拒绝，什么也没有写入 / refused, nothing was written:\n{error}") from error
        self.stdout.write(
            f"{plan.title}: {len(rows.items)} 个条目 / items, {written} 行写入 / rows written, "
            f"{new} 条新数据 / new figures, {result.written} 条判定更新 / verdict rows"
        )

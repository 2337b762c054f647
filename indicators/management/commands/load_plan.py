import logging
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from evidence.loading import load_evidence
from indicators.elsewhere import load_references
from indicators.files.faults import BrokenFile
from indicators.services import import_observations, load_indicators, recompute
from plan.fixtures import BrokenFixtures
from plan.models import Plan
from plan.params import today
from plan.services import LoadedFixtures, forget_refusal, load_plan, note_refusal

log = logging.getLogger(__name__)
FRAME = "!" * 78


class Command(BaseCommand):
    help = "Load a plan's folder: text, items, targets, published figures and statements. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="for example fixtures/sz-sti-14")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, store nothing")
        parser.add_argument(
            "--or-keep",
            action="store_true",
            help="for a start: where the files are refused and a plan is loaded, say so loudly and end well",
        )

    def handle(self, folder, *, dry_run, or_keep, **options):
        if not folder.is_dir():
            raise CommandError(f"没有这一文件夹 / no such folder: {folder}")
        try:
            self._load(folder, dry_run=dry_run)
        except (BrokenFixtures, BrokenFile) as error:
            if or_keep and Plan.objects.exists():
                return self._keep_old(folder, str(error).splitlines())
            raise CommandError(f"载入被拒绝，什么也没有写入 / refused, nothing was written:\n{error}") from error
        except Exception as error:
            # Whatever the files broke, a site that has a plan must start with it; the trace is in the log.
            if not (or_keep and Plan.objects.exists()):
                raise
            log.exception("loading %s failed", folder)
            self._keep_old(folder, [f"{type(error).__name__}: {error}"])

    def _load(self, folder: Path, *, dry_run: bool) -> None:
        with transaction.atomic():
            loaded = load_plan(folder, day=today())
            written = loaded.written + load_indicators(loaded, day=today())
            figures, new = folder / "observations.csv", 0
            if figures.exists():
                with figures.open("rb") as file:
                    imported = import_observations(loaded.plan, file, today=today(), pass_held=True)
                new = imported.new
                loaded.changes.passed_over += imported.held
            written += load_references(loaded.plan, folder)
            public = load_evidence(loaded, folder, day=today())
            loaded.changes.passed_over += public.passed_over
            judged = recompute(loaded.plan, as_of=today(), cause="载入规划").written
            forget_refusal(folder)
            if dry_run:
                transaction.set_rollback(True)
        self._tell(loaded, new, dry_run=dry_run)
        self.stdout.write(
            f"{loaded.plan.title}: {len(loaded.rows.items)} 个条目 / items, {written} 行写入 / rows written, "
            f"{new} 条新数据 / new figures, {public.written} 条公开信息 / statements, "
            f"{judged} 条判定更新 / verdict rows"
            + ("（试运行，没有写入 / dry run, nothing stored）" if dry_run else "")
        )

    def _tell(self, loaded: LoadedFixtures, new: int, *, dry_run: bool) -> None:
        """Everything by code when asked what would happen; else only what people should know of."""
        changes = loaded.changes
        lines = [f"改名 / renamed {old} → {code}" for old, code in changes.renamed]
        lines += [f"停用 / retired {code}：其下保留 {kept}" for code, kept in changes.retired.items()]
        lines += [f"恢复 / restored {code}" for code in changes.restored]
        lines += [f"移除 / removed {code}（其下没有录入的内容 / nothing hangs on it）" for code in changes.removed]
        lines += [f"留待 / passed over {row}" for row in changes.passed_over]
        if dry_run:
            lines += [f"新增 / added {code}" for code in changes.added]
            lines += [f"改动 / changed {code}：{', '.join(names)}" for code, names in changes.changed.items()]
        for line in lines:
            self.stdout.write(line)

    def _keep_old(self, folder: Path, faults: list[str]) -> None:
        note_refusal(folder, faults)
        self.stderr.write(
            "\n".join(
                [
                    FRAME,
                    f"规划文件 {folder} 被拒绝，没有载入；网站以原有内容启动。请改正后再运行 load_plan。",
                    f"The plan's files in {folder} were refused; the site starts with what it has. Correct them, "
                    "then run load_plan.",
                    *(f"  {fault}" for fault in faults),
                    FRAME,
                ]
            )
        )

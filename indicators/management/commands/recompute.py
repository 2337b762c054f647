import json
import time

from django.core.management.base import BaseCommand, CommandError

from indicators.services import recompute
from plan.models import Plan
from plan.params import today


class Command(BaseCommand):
    help = "Judge every indicator of a plan (or of all plans) anew and store what changed."

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--plan", help="slug of the plan")
        which.add_argument("--all", action="store_true")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, plan, **options):
        plans = Plan.objects.all() if options["all"] else Plan.objects.filter(slug=plan)
        if not options["all"] and not plans:
            raise CommandError(f"没有规划 {plan} / no such plan")
        started, cpu = time.perf_counter(), time.process_time()
        results = {found.slug: recompute(found, as_of=today(), cause="命令行重算") for found in plans}
        if options["json"]:
            counts: dict[str, int] = {}
            for result in results.values():
                for status, number in result.counts.items():
                    counts[status] = counts.get(status, 0) + number
            took = {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - cpu}
            self.stdout.write(json.dumps(took | {"counts": counts}))
            return
        for slug, result in results.items():
            self.stdout.write(f"{slug}: {result.components} 个分项 / components, {result.written} 行更新 / rows")
            for code, before, after in result.changes:
                self.stdout.write(f"  {code}: {before or '—'} → {after}")

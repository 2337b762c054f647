import json
import time
from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from indicators.recomputing import recompute, recompute_all
from plan.models import Plan
from plan.params import today

BANDS = ("achieved", "significant", "moderate", "insufficient", "away")


class Command(BaseCommand):
    help = "Judge every indicator of a plan (or of all plans) anew and store what changed."

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--plan", help="slug of the plan")
        which.add_argument("--all", action="store_true")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, plan, **options):
        plans = Plan.objects.filter(slug=plan)
        if not options["all"] and not plans:
            raise CommandError(f"没有规划 {plan} / no such plan")
        warm_up()
        started, cpu = time.perf_counter(), time.process_time()
        given = {"as_of": today(), "cause": "命令行重算"}
        results = recompute_all(**given) if options["all"] else (recompute(found, **given) for found in plans)
        if options["json"]:
            # The words of the ratio method; always all five of its bands, others where there are any.
            growth, linear = Counter(dict.fromkeys(BANDS, 0)), Counter()
            for result in results:
                growth.update(result.growth)
                linear.update(result.counts)
            took = {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - cpu}
            self.stdout.write(json.dumps(took | {"counts": growth, "linear": linear}))
            return
        for result in results:
            self.stdout.write(
                f"{result.plan}: {result.components} 个分项 / components, {result.written} 行更新 / rows"
            )
            for code, before, after in result.changes:
                self.stdout.write(f"  {code}: {before or '—'} → {after}")


def warm_up():
    """Loads numpy and opens the connection, so that the time told is that of the work."""
    import numpy  # noqa: F401

    connection.ensure_connection()

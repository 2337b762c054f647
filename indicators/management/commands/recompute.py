import gc
import json
import time
from collections import Counter
from contextlib import contextmanager

from django.core.management.base import BaseCommand
from django.db import connection

from indicators.verdicts.stored import recompute, recompute_all
from plan.commands import plan_named
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
        if not options["all"]:
            plan_named(plan)
        given = {"as_of": today(), "cause": "命令行重算"}
        with undisturbed():
            started, cpu = time.perf_counter(), time.process_time()
            results = recompute_all(**given) if options["all"] else (recompute(found, **given) for found in plans)
            if not options["json"]:
                self.show(results)
                return
            # The words of the ratio method: always its five bands, others where there are any.
            growth, linear = Counter(dict.fromkeys(BANDS, 0)), Counter()
            for result in results:
                growth.update(result.growth)
                linear.update(result.counts)
            took = {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - cpu}
        self.stdout.write(json.dumps(took | {"counts": growth, "linear": linear}))

    def show(self, results):
        for result in results:
            self.stdout.write(
                f"{result.plan}: {result.components} 个分项 / components, {result.written} 行更新 / rows"
            )
            for code, before, after in result.changes:
                self.stdout.write(f"  {code}: {before or '—'} → {after}")


@contextmanager
def undisturbed():
    """Nothing but the work in the time told: numpy loaded, connected, no search for cycles among the rows.

    Rows are freed by their reference counts; the search would walk over all of them and find none.
    """
    import numpy  # noqa: F401

    connection.ensure_connection()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()

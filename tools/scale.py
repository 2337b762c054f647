"""What grows with the figures and with the plans: pages, search, changes, recompute, the night, the disk.

    python -m tools.scale spread FROM TO 3000      # the same indicators and figures, dealt out to so many plans
    DATABASE_URL=… python -m tools.scale measure   # one line of JSON, medians of ROUNDS (5)

Times are processor time of this process, without a web server and without the database's own: they compare sizes,
no machines, and other work beside them changes them little. docs/scale.md keeps the figures.
"""

import csv
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median

ROUNDS = int(os.environ.get("ROUNDS", "5"))
PAGES = {
    "overview": "/{slug}/",
    "indicator": "/{slug}/indicators/{code}/",
    "list": "/{slug}/indicators/",
    "items": "/{slug}/items/",
    "changes": "/{slug}/changes/",
    "search": "/{slug}/search/?q=研发",
    "plans": "/plans/",
    "sitemap": "/sitemap.xml",
    "readyz": "/readyz",
    "api page": "/api/v1/{slug}/observations/?page_size=100",
}
NIGHT = (
    "reports.remind", "reports.tidy", "operations.prune", "notices.prune", "updates.sweep_files",
    "desk.sweep_files", "assessments.sweep_files", "audit.anchor", "audit.verify",
)  # fmt: skip


def spread(source: Path, target: Path, plans: int) -> None:
    """Deals the indicators out to other plans; everything else stays as it is."""
    target.mkdir(parents=True, exist_ok=True)
    with (source / "indicator.csv").open() as file:
        rows = list(csv.DictReader(file))
    plan_of = {row["code"]: number * plans // len(rows) for number, row in enumerate(rows)}
    _write(target / "plan.csv", [{"id": n + 1, "code": _code(n), "name": _name(n)} for n in range(plans)])
    _write(target / "indicator.csv", [row | {"plan_id": plan_of[row["code"]] + 1} for row in rows])
    with (source / "nation.csv").open() as given, (target / "nation.csv").open("w", newline="") as out:
        reader = csv.DictReader(given)
        writer = csv.DictWriter(out, reader.fieldnames)
        writer.writeheader()
        for row in reader:
            number = plan_of[row["indicator_code"]]
            writer.writerow(row | {"plan_code": _code(number), "plan_name": _name(number)})


def _code(number: int) -> str:
    return f"P{number + 1:04}"


def _name(number: int) -> str:
    return f"第{number + 1:04}号科技创新规划"


def _write(path: Path, rows: list[dict]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def spent(act) -> float:
    """Milliseconds of the processor."""
    started = time.process_time()
    act()
    return round(1000 * (time.process_time() - started), 1)


def measure() -> dict:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
    import django

    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from indicators import queries
    from indicators.models import Indicator, Observation
    from plan.models import Plan

    client = Client(headers={"host": "127.0.0.1"})
    first = Indicator.objects.select_related("plan").order_by("-pk").first()
    named = {"slug": first.plan.slug, "code": first.code}
    counted = {"plans": Plan, "indicators": Indicator, "figures": Observation}
    found = {name: model.objects.count() for name, model in counted.items()}

    def ask(path: str):
        def act():
            cache.clear()
            queries._cache.clear()
            answer = client.get(path)
            assert answer.status_code in (200, 503), (path, answer.status_code)
            return sum(map(len, answer)) if answer.streaming else len(answer.content)

        return act

    for name, path in PAGES.items():
        act = ask(path.format(**named))
        with CaptureQueriesContext(connection) as asked:
            taken = [spent(lambda act=act, name=name: found.update({f"{name} KB": round(act() / 1024, 1)}))]
        found[f"{name} queries"] = len(asked)
        found[f"{name} ms"] = round(median([*taken, *(spent(act) for _round in range(ROUNDS - 1))]), 1)
        print(name, found[f"{name} ms"], file=sys.stderr)
    again = partial(call_command, "recompute", all=True, json=True, stdout=_Nowhere())
    found["recompute again ms"] = spent(again)
    found["night ms"] = {kind: spent(partial(_job, kind)) for kind in NIGHT if _is_known(kind)}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            found["disk MB"] = cursor.fetchone()[0] // 1024**2
    return found


class _Nowhere:
    def write(self, text):
        pass

    def flush(self):
        pass


def _is_known(kind: str) -> bool:
    from jobs.services import known_kinds

    return kind in known_kinds()


def _job(kind: str) -> None:
    from jobs.services import enqueue, run_job

    run_job(enqueue(kind, _arguments(kind)).pk)


def _arguments(kind: str) -> dict:
    from plan.models import Plan
    from plan.params import today

    if kind != "reports.remind":  # one job for each plan
        return {}
    return {"plan": Plan.objects.order_by("-pk")[0].slug, "day": today().isoformat()}


if __name__ == "__main__":
    if sys.argv[1] == "spread":
        spread(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        print(json.dumps(measure(), ensure_ascii=False))

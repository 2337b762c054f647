"""Looks at an installation from within, beside the running product: python -m tests.drills.examine WHAT < facts.

Answers with one line of JSON. Run in the environment of the installation, never in that of the tests.
"""

import hashlib
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Count  # noqa: E402

from accounts.models import Role  # noqa: E402
from audit.models import AuditEvent  # noqa: E402
from audit.verifying import verify  # noqa: E402
from backups.rows import lines_of  # noqa: E402
from desk.models import ImportBatch  # noqa: E402
from indicators.models import Observation, ObservationStep  # noqa: E402
from indicators.services import audit_verdicts  # noqa: E402
from jobs.models import Job  # noqa: E402
from plan.folders import is_kept, open_kept  # noqa: E402
from plan.models import Export, Plan, Source  # noqa: E402
from plan.params import today  # noqa: E402
from reports.models import ReportRun  # noqa: E402
from reports.services import FOLDER  # noqa: E402
from tests.factories import make_person  # noqa: E402

State, Action = Observation.State, ObservationStep.Action
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


# What people entered, for a comparison of the whole before and after.
ENTERED = (Observation, ObservationStep, Source, ImportBatch)


def prepare_writers(given):
    """People who only write."""
    return [make_person(f"writer{place}", Role.ANALYST).pk for place in range(given["count"])]


def jobs(_given):
    found = Counter(Job.objects.values_list("state", flat=True))
    kinds = list(Job.objects.filter(state=Job.State.RUNNING).values_list("kind", flat=True))
    return {"open": sum(found[state] for state in OPEN), "running_kinds": kinds} | dict(found)


def quiet(given):
    """Seconds until no job waits or runs; after so many the jobs that still do."""
    started = time.monotonic()
    while (found := jobs(given))["open"]:
        if time.monotonic() - started > given["seconds"]:
            return {"waited": None} | found
        time.sleep(1)
    return {"waited": round(time.monotonic() - started)}


def after_kill(given):
    """What ran, and what stands by half, right after everything was killed."""
    return {"jobs": jobs(given), "halves": halves(given)}


def entered(_given):
    """A SHA-256 of everything people entered, so that two states are told apart."""
    found = hashlib.sha256()
    for model in ENTERED:
        for line in lines_of(model):
            found.update(line)
    return {"sha256": found.hexdigest(), "audit_faults": verify().number, "halves": halves(_given)}


def halves(_given):
    """Imports of which some rows stand and others do not; figures approved without the step, or the reverse."""
    half = [batch.pk for batch in ImportBatch.objects.all() if not _is_whole(batch)]
    return {"imports": half, "figures": _half_figures()}


def _is_whole(batch):
    stored = Observation.objects.filter(import_rows__batch=batch).count()
    return stored == (batch.rows.to_apply().count() if batch.state == ImportBatch.State.APPLIED else 0)


def _half_figures():
    """By people alone: what the plan's own files hold has no steps."""
    approved = Counter(
        ObservationStep.objects.filter(action=Action.APPROVED).values_list("observation", flat=True)
    )
    rows = Observation.objects.exclude(entered_by=None).values_list("pk", "state")
    return [pk for pk, state in rows if approved[pk] != (1 if state == State.APPROVED else 0)]


def all_of_it(given):
    """What was acknowledged beside what is stored. Every number but those of `seen` should be 0."""
    lost, doubled = _figures(given), _doubled()
    imports = dict(given["imports"])
    for pk, rows in imports.items():
        stored = Observation.objects.filter(import_rows__batch=pk).count()
        noted = AuditEvent.objects.filter(action="import.applied", after__import=pk).count()
        lost += stored < rows or noted < 1
        doubled += stored > rows or noted > 1
    runs = {run.pk: run for run in ReportRun.objects.filter(pk__in=given["reports"])}
    wrong_files = sum(1 for pk in given["reports"] if not _is_right(runs.get(pk)))
    for sha256 in given["exports"]:
        lost += not Export.objects.filter(sha256=sha256).exists()
    found = jobs(given)
    half = halves(given)
    return {
        "lost": lost,
        "doubled": doubled,
        "half_stored": len(half["imports"]) + len(half["figures"]),
        "report_files_wrong": wrong_files,
        "import_files_wrong": sum(1 for batch in ImportBatch.objects.all() if not _is_kept(batch)),
        "audit_faults": verify().number,
        "verdicts_differ": sum(len(audit_verdicts(plan, as_of=today())) for plan in Plan.objects.all()),
        "jobs_stuck": found["open"] + found.get(Job.State.DEAD, 0),
        "seen": {
            "further_attempts": Job.objects.filter(attempts__gt=1).count(),
            "figures": Observation.objects.exclude(entered_by=None).count(),
            "not_acknowledged_but_stored": _surplus(given),
            "partial_files_to_be_swept": sum(
                1 for path in Path(settings.DATA_DIR).rglob("*") if _is_partial(path)
            ),
        },
    }


def _figures(given):
    """Acknowledged figures that are not there, or not approved although that was acknowledged."""
    entered = set(Observation.objects.filter(pk__in=given["entered"]).values_list("pk", flat=True))
    approved = Observation.objects.filter(pk__in=given["approved"], state=State.APPROVED)
    return len(set(given["entered"]) - entered) + len(set(given["approved"]) - {row.pk for row in approved})


def _doubled():
    release = ("component", "year", "released_on", "source__title")
    twins = Observation.objects.values(*release).annotate(number=Count("pk")).filter(number__gt=1).count()
    steps = ObservationStep.objects.filter(action=Action.APPROVED).values("observation")
    return twins + steps.annotate(number=Count("pk")).filter(number__gt=1).count()


def _surplus(given):
    """What an answer that never came had stored all the same: allowed, told."""
    ours = Observation.objects.exclude(entered_by=None).filter(import_rows=None)
    return ours.exclude(pk__in=given["entered"]).count()


def _is_kept(batch):
    """A file goes once its rows are read; until then it is whole."""
    is_there = is_kept("imports", batch.stored_as)
    return not is_there or _digest("imports", batch.stored_as) == batch.sha256


def _digest(folder, name):
    with open_kept(folder, name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_partial(path):
    return path.is_file() and (path.suffix == ".part" or path.parent.name == "incoming")


def _is_right(run):
    if run is None or run.made_at is None:
        return False
    if run.deleted_at:  # past its days, by a clock that ran ahead
        return not is_kept(FOLDER, run.stored_as)
    return _digest(FOLDER, run.stored_as) == run.sha256


if __name__ == "__main__":
    known = (prepare_writers, quiet, after_kill, entered, all_of_it)
    what = {function.__name__: function for function in known}[sys.argv[1]]
    print(json.dumps(what(json.load(sys.stdin))))

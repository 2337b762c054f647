"""Looks at an installation from within, beside the running product: python -m tests.drills.examine WHAT < facts.

Answers with one line of JSON. Run in the environment of the installation, never in that of the tests.
"""

import hashlib
import json
import os
import sys
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Role  # noqa: E402
from audit.models import AuditEvent  # noqa: E402
from audit.verifying import verify  # noqa: E402
from desk.models import ImportBatch  # noqa: E402
from indicators.models import Component, Observation, ObservationStep  # noqa: E402
from indicators.services import audit_verdicts  # noqa: E402
from jobs.models import Job  # noqa: E402
from plan.models import Plan  # noqa: E402
from plan.params import today  # noqa: E402
from reports.models import ReportRun  # noqa: E402
from reports.services import folder  # noqa: E402
from tests.factories import make_person  # noqa: E402

State, Action = Observation.State, ObservationStep.Action
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def prepare(_given):
    """Two people who have signed in, and where figures can be entered."""
    cookies = {}
    for name, role in (("ana", Role.ANALYST), ("rev", Role.REVIEWER)):
        client = Client()
        client.force_login(make_person(name, role))
        cookies[name] = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    components = Component.objects.filter(indicator__plan__slug="sz-sti-14")
    return {"cookies": cookies, "components": list(components.values_list("pk", "code"))}


def jobs(_given):
    found = Counter(Job.objects.values_list("state", flat=True))
    kinds = list(Job.objects.filter(state=Job.State.RUNNING).values_list("kind", flat=True))
    return {"open": sum(found[state] for state in OPEN), "running_kinds": kinds} | dict(found)


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
    found = jobs(given)
    half = halves(given)
    return {
        "lost": lost,
        "doubled": doubled,
        "half_stored": len(half["imports"]) + len(half["figures"]),
        "report_files_wrong": wrong_files,
        "audit_faults": verify().number,
        "verdicts_differ": sum(len(audit_verdicts(plan, as_of=today())) for plan in Plan.objects.all()),
        "jobs_stuck": found["open"] + found.get(Job.State.DEAD, 0),
        "seen": {
            "further_attempts": Job.objects.filter(attempts__gt=1).count(),
            "figures": Observation.objects.exclude(entered_by=None).count(),
            "not_acknowledged_but_stored": _surplus(given),
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


def _is_right(run):
    if run is None or run.made_at is None:
        return False
    return hashlib.sha256((folder() / run.stored_as).read_bytes()).hexdigest() == run.sha256


if __name__ == "__main__":
    what = {"prepare": prepare, "jobs": jobs, "halves": halves, "all": all_of_it}[sys.argv[1]]
    print(json.dumps(what(json.load(sys.stdin))))

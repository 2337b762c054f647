"""The nightly job on the real lists of what is due."""

import pytest
from django.conf import settings

from home.reminders import DUE_SOON, OVERDUE
from home.tasks import remind_of_every_plan
from indicators.figures.due import figures_due
from jobs.models import Job
from jobs.services import run_job
from plan.params import today
from updates.due import reports_due

pytestmark = pytest.mark.django_db


def test_the_nightly_job_counts_what_the_two_lists_name(plan):
    waiting = [
        row
        for row in [*figures_due(plan, today=today()), *reports_due(plan, today=today())]
        if row.state in (OVERDUE, DUE_SOON)
    ]
    remind_of_every_plan()
    job = Job.objects.get(kind="reports.remind")

    run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result["due"]) == ("done", len(waiting))


def test_beat_sends_it_every_night():
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {"reports.remind", "notices.daily", "notices.nightly"} <= tasks

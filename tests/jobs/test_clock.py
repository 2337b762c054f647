"""The clock ran ahead and is set right: nothing waits until that moment comes again."""

from datetime import timedelta

import pytest
from celery import Celery
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from jobs import services
from jobs.models import Job, WorkerBeat
from jobs.scheduler import Scheduler
from shenzhen_plan.celery import app
from tests.jobs import kinds

assert kinds  # registers the kinds used below
DAY = timedelta(days=1)
SCHEDULE = {
    "sweep": {"task": "jobs.sweep", "schedule": 10.0},
    "nightly": {"task": "nightly", "schedule": crontab(hour=2, minute=10)},
}


@pytest.fixture
def scheduler(tmp_path):
    """Makes schedulers that keep their times in one file, each closed before the next is made."""
    app = Celery("clock", broker="memory://", set_as_current=False)
    app.conf.update(beat_schedule=SCHEDULE, timezone="Asia/Shanghai")
    made = []

    def make():
        if made:
            made[-1].close()
        made.append(Scheduler(app, schedule_filename=str(tmp_path / "beat-schedule")))
        return made[-1]

    yield make
    made[-1].close()


def test_a_file_of_times_from_the_future_does_not_silence_the_scheduler(scheduler):
    first = scheduler()
    for entry in first.schedule.values():
        entry.last_run_at += DAY

    again = scheduler()

    due = {name: entry.is_due() for name, entry in again.schedule.items()}
    assert due["sweep"].next <= 10
    assert due["nightly"].next <= DAY.total_seconds()
    assert not due["nightly"].is_due


def test_a_clock_set_back_under_a_running_scheduler_is_noticed(scheduler):
    running = scheduler()
    running.tick()
    # What a day ahead has left in it: its last look at the clock, the runs, and the heap in their order.
    running._seen += DAY
    for entry in running.schedule.values():
        entry.last_run_at += DAY
    running.populate_heap()

    assert running.tick() <= 10


@pytest.mark.django_db
def test_a_job_queued_or_tried_in_the_future_is_woken():
    queued = Job.objects.create(kind="test.echo")
    failed = Job.objects.create(kind="test.echo", arguments={"n": 1}, attempts=2)
    Job.objects.filter(pk=queued.pk).update(created_at=timezone.now() + DAY)
    Job.objects.filter(pk=failed.pk).update(heartbeat_at=timezone.now() + DAY)

    assert services.sweep() == 2


@pytest.mark.django_db
def test_a_lease_that_ends_tomorrow_holds_nobody_back():
    job = Job.objects.create(
        kind="test.echo", state="running", lease="old", lease_until=timezone.now() + DAY, attempts=1
    )

    assert services.sweep() == 1
    assert services.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


@pytest.mark.django_db
def test_a_sign_of_life_from_tomorrow_is_none(client):
    WorkerBeat.objects.create(name="worker", seen_at=timezone.now() + DAY)

    body = client.get("/readyz").json()

    assert body["checks"]["worker"] == "no sign of life yet"


def test_every_task_has_its_hour():
    """A task that no clock sends is never run; `jobs.run` is sent by whatever asks for a job."""
    app.loader.import_default_modules()
    tasks = {name for name in app.tasks if not name.startswith("celery.")}
    sent = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks - {"jobs.run"} == sent

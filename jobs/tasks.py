"""What a wake-up starts; the work is in services."""

from celery import Task, shared_task
from celery.exceptions import TimeLimitExceeded
from celery.signals import worker_ready
from django.conf import settings
from django.db import connection

from jobs import broker, services

# A handler that hangs renews its lease for ever; this is the end of it, in seconds. It is asked first, and where
# it goes on all the same its process is killed.
SOFT_LIMIT = settings.JOB_TIME_LIMIT_SECONDS
HARD_LIMIT = SOFT_LIMIT + max(5, SOFT_LIMIT // 60)


class JobTask(Task):
    def on_failure(self, exc, task_id, args, kwargs, einfo):
        """Buries the job whose process was killed; called in the worker's main process, which lives on."""
        if isinstance(exc, TimeLimitExceeded):
            try:
                services.bury(args[0], error=services.OVER_TIME.format(seconds=HARD_LIMIT))
            finally:
                connection.close()


@shared_task(name="jobs.run", base=JobTask, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def run(job_id):
    services.run_job(job_id)


@shared_task(name="jobs.sweep")
def sweep():
    services.sweep()


@worker_ready.connect
def sweep_at_start(**kwargs):
    """A worker looks at once for what was left waiting, instead of after the first tick of beat."""
    broker.send("jobs.sweep")

"""What a wake-up starts; the work is in services."""

from celery import shared_task
from celery.signals import worker_ready

from jobs import broker, services

# A handler that hangs renews its lease for ever; this is the end of it, in seconds.
SOFT_LIMIT, HARD_LIMIT = 3600, 3660


@shared_task(name="jobs.run", soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def run(job_id):
    services.run_job(job_id)


@shared_task(name="jobs.sweep")
def sweep():
    services.sweep()


@worker_ready.connect
def sweep_at_start(**kwargs):
    """A worker looks at once for what was left waiting, instead of after the first tick of beat."""
    broker.send("jobs.sweep")

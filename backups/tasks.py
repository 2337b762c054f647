"""Once a week a backup is tried."""

from dataclasses import asdict

from celery import shared_task

from backups.queries import TRIAL
from backups.trial import try_restore
from jobs.services import enqueue, job_kind


@job_kind(TRIAL)
def try_backup(job):
    """Makes a backup and restores it into a scratch database; a second run makes another."""
    return asdict(try_restore())


@shared_task(name="backups.weekly")
def weekly():
    enqueue(TRIAL)

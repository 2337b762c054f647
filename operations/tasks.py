"""Each night: rows past their days go."""

from celery import shared_task

from jobs.services import enqueue, job_kind
from operations.retention import prune


@job_kind("operations.prune")
def prune_rows(job):
    return prune()


@shared_task(name="operations.nightly")
def nightly():
    enqueue("operations.prune")

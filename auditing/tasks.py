"""The keeping of the log: each night its anchor, and a walk over the whole chain."""

from dataclasses import asdict

from celery import shared_task

from audit.anchors import anchor
from audit.verifying import verify
from auditing.queries import VERIFYING
from jobs.services import enqueue, job_kind


@job_kind("audit.anchor")
def anchor_log(job):
    """Writes the day's anchor; the second on a day writes none."""
    path = anchor()
    return {"file": path.name if path else ""}


@job_kind(VERIFYING)
def verify_log(job):
    """Walks over the whole log; its result is what the page shows."""
    return asdict(verify())


@shared_task(name="auditing.nightly")
def nightly():
    enqueue("audit.anchor")
    enqueue(VERIFYING)

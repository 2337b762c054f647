"""Hourly: what uploads and makers of files left half done when their process died is deleted."""

import logging

from celery import shared_task
from celery.signals import worker_ready

from jobs.services import enqueue, job_kind
from plan.disk import sweep_partial
from plan.held_uploads import FOLDER, drop_old
from plan.models import HeldUpload
from plan.sight import sweep as sweep_folder
from plan.sight import watch

log = logging.getLogger(__name__)


@worker_ready.connect
def watch_storage(**kwargs):
    watch("worker")


# Longer than any upload or report may take.
PARTIAL_SECONDS = 2 * 3600


@job_kind("plan.sweep_held")
def sweep_held(job):
    """What was held for a form nobody came back to."""
    dropped = drop_old()
    known = HeldUpload.objects.values_list("stored_as", flat=True)
    return {"dropped": dropped, "removed": sweep_folder(f"attachments/{FOLDER}", known)}


@shared_task(name="plan.nightly")
def nightly():
    enqueue("plan.sweep_held")


@shared_task(name="plan.sweep_partial")
def sweep():
    """No job of its own: it takes a moment, and a day of them would be twenty-four rows."""
    if gone := sweep_partial(older_than_seconds=PARTIAL_SECONDS):
        log.info("deleted %s files left half done: %s", len(gone), ", ".join(gone[:20]))

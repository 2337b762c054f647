"""Nightly: files that no row speaks of any more are removed."""

from celery import shared_task

from jobs.services import enqueue, job_kind
from plan.uploads import orphans
from updates.models import Attachment
from updates.services import FOLDER

# Long enough for any upload under way to get its row.
ORPHAN_SECONDS = 24 * 3600


@job_kind("updates.sweep_files")
def sweep_files(job):
    """Safe to run twice: what is gone is gone, and a file with a row is never touched."""
    gone = orphans(
        Attachment.objects.values_list("stored_as", flat=True), folder=FOLDER, older_than_seconds=ORPHAN_SECONDS
    )
    for path in gone:
        path.unlink(missing_ok=True)
    return {"removed": len(gone)}


@shared_task(name="updates.nightly")
def nightly():
    enqueue("updates.sweep_files")

"""Nightly: files that no row speaks of any more are removed."""

from celery import shared_task

from jobs.services import enqueue, job_kind
from plan.sight import sweep
from updates.models import Attachment
from updates.services import FOLDER


@job_kind("updates.sweep_files")
def sweep_files(job):
    known = Attachment.objects.values_list("stored_as", flat=True)
    return {"removed": sweep(f"attachments/{FOLDER}", known)}


@shared_task(name="updates.nightly")
def nightly():
    enqueue("updates.sweep_files")

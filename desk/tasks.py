"""Imports too long for a request; nightly, files that no row speaks of any more are removed."""

from celery import shared_task

from desk.imports import steps
from desk.imports.reviewing import run_review
from desk.imports.steps import run_apply, run_check
from desk.models import BatchReview, ImportBatch
from jobs.services import enqueue, job_kind
from plan.models import SourceFile
from plan.sight import sweep


@job_kind("desk.check_import")
def check_import(job):
    """Compares a file anew from its first row; what an earlier attempt left is deleted."""
    run_check(_batch(job), report=job.report)


@job_kind("desk.apply_import")
def apply_import(job):
    """Stores a batch in one transaction; done twice, the second finds the batch applied."""
    run_apply(_batch(job), check=job.check)


@job_kind("desk.review_import")
def review_import(job):
    """Approves or returns an import some hundred rows at a time; a second run goes on where the first was."""
    review = BatchReview.objects.select_related("batch").filter(pk=job.arguments["review"]).first()
    if review is not None:
        run_review(review, report=job.report)


def _batch(job) -> ImportBatch:
    return ImportBatch.objects.select_related("plan", "uploaded_by").get(pk=job.arguments["batch"])


@job_kind("desk.sweep_files")
def sweep_files(job):
    """Files of releases that no row speaks of, and files of imports that are over; nobody else removes there."""
    files = SourceFile.objects.values_list("stored_as", flat=True)
    waiting = ImportBatch.objects.filter(state__in=steps.NEEDS_ITS_FILE).values_list("stored_as", flat=True)
    return {"removed": sweep(f"attachments/{SourceFile.FOLDER}", files) + sweep(steps.FOLDER, waiting)}


@shared_task(name="desk.nightly")
def nightly():
    enqueue("desk.sweep_files")

"""Imports too long for a request."""

from desk.imports.reviewing import run_review
from desk.imports.steps import run_apply, run_check
from desk.models import BatchReview, ImportBatch
from jobs.services import job_kind


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

"""Background work of evaluation: Word files and their pages, asking authors whose grounds changed, spare files."""

from celery import shared_task

from assessments.evidence import FOLDER
from assessments.models import Evidence
from assessments.notes import ask_authors
from assessments.report.files import KIND, REPORTS, offered, write_report
from assessments.versions import PAGES, set_pages
from jobs.services import enqueue, job_kind
from plan.models import Plan
from plan.sight import sweep


@job_kind(KIND)
def report(job):
    """Safe to run twice: the same rows give the same file under the same name."""
    return write_report(job)


@job_kind(PAGES)
def version_pages(job):
    """Each version is set once: the second run finds none without pages."""
    return {"set": set_pages()}


@job_kind("assessments.ask")
def ask(job):
    """Asks the authors of published notes whose grounds have changed; each change asks once."""
    return {"asked": ask_authors(Plan.objects.get(slug=job.arguments["plan"]))}


@job_kind("assessments.sweep_files")
def sweep_files(job):
    """Evidence without a row, and Word files that no job of a round offers any more."""
    known = Evidence.objects.exclude(stored_as="").values_list("stored_as", flat=True)
    return {"removed": sweep(f"attachments/{FOLDER}", known) + sweep(REPORTS, offered())}


@shared_task(name="assessments.ask")
def ask_everywhere():
    for slug in Plan.objects.values_list("slug", flat=True):
        enqueue("assessments.ask", {"plan": slug})


@shared_task(name="assessments.nightly")
def nightly():
    enqueue("assessments.sweep_files")
    # Of versions kept where, or while, nothing could set them.
    enqueue(PAGES)

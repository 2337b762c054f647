"""Reports that somebody asked for, and those that are made each night."""

from celery import shared_task

from jobs.services import enqueue, job_kind
from plan.params import today
from reports.models import ReportRun
from reports.services import MAKE, make_file, start_due, tidy


@job_kind(MAKE)
def make_report(job):
    """Writes one report's file; safe to run twice, because a made one is left as it is."""
    run = ReportRun.objects.select_related("plan", "report", "by").get(pk=job.arguments["run"])
    make_file(run, job)
    return {"rows": run.rows, "size": run.size}


@job_kind("reports.tidy")
def tidy_files(job):
    return {"removed": tidy()}


@shared_task(name="reports.nightly")
def scheduled_reports():
    start_due(today())
    enqueue("reports.tidy")

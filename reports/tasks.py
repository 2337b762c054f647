"""Each night: who is told what is due, and which reports are made; reports that somebody asked for."""

from datetime import date

from celery import shared_task

from jobs.services import enqueue, job_kind
from plan.models import Plan
from plan.params import today
from reports.models import ReportRun
from reports.reminders import everything_pending, remind
from reports.services import MAKE, make_file, start_due, tidy


@job_kind("reports.remind")
def remind_plan(job):
    """Reminds of one plan's due figures and reports; safe to run twice, because a notice has a key."""
    plan, day = Plan.objects.get(slug=job.arguments["plan"]), date.fromisoformat(job.arguments["day"])
    pending = everything_pending(plan, today=day)
    return {"due": len(pending), "notices": remind(plan, pending, today=day)}


@shared_task(name="reports.remind")
def remind_of_every_plan():
    for slug in Plan.objects.values_list("slug", flat=True):
        enqueue("reports.remind", {"plan": slug, "day": today().isoformat()})


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

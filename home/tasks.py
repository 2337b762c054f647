"""Each night: who is told what is due."""

from datetime import date

from celery import shared_task

from home.reminders import everything_pending, remind
from jobs.services import enqueue, job_kind
from plan.models import Plan
from plan.params import today


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

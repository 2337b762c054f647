"""Background work on verdicts: registered kinds of job, and what beat sends each night."""

from celery import shared_task

from audit.services import record_audit
from indicators.services import audit_verdicts, recompute
from jobs.services import enqueue, job_kind
from plan.models import Plan
from plan.params import today


@job_kind("indicators.recompute")
def recompute_plan(job):
    """Judges one plan anew; safe to run twice, because the same inputs give the same rows."""
    plan = Plan.objects.get(slug=job.arguments["plan"])
    result = recompute(plan, as_of=today(), cause=job.arguments["cause"])
    return {"components": result.components, "written": result.written, "changes": result.changes}


@job_kind("indicators.audit")
def audit_plan(job):
    """Re-derives every stored verdict and reports differences; an audit row says what was found."""
    plan = Plan.objects.get(slug=job.arguments["plan"])
    differences = audit_verdicts(plan, as_of=today())
    record_audit(
        action="audit_verdicts",
        object_code=plan.slug,
        object_label=plan.title,
        after={"differences": differences},
        outcome="differs" if differences else "ok",
    )
    return {"differences": differences}


@shared_task(name="indicators.nightly")
def nightly():
    for slug in Plan.objects.values_list("slug", flat=True):
        # The audit goes first: it must see what the day left behind, not what a recompute has mended.
        enqueue("indicators.audit", {"plan": slug})
        enqueue("indicators.recompute", {"plan": slug, "cause": "每日重算"})

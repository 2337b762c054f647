"""What is due to be told is told; by whatever happened, and by the clock for what failed before."""

from celery import shared_task
from django.utils import timezone

from jobs.services import enqueue, job_kind
from webhooks.models import Delivery
from webhooks.services import DELIVER, deliver_due


@job_kind(DELIVER)
def deliver(job):
    return deliver_due(report=job.report)


@shared_task(name="webhooks.by_the_clock")
def by_the_clock():
    due = Delivery.objects.filter(
        state=Delivery.State.WAITING, due_at__lte=timezone.now(), hook__paused_at=None, hook__ended_at=None
    )
    if due.exists():
        enqueue(DELIVER)

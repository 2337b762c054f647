"""Every quarter of an hour: followers are told what changed."""

from celery import shared_task
from django.utils import timezone

from following.models import TellingMark
from following.telling import tell_followers
from jobs.services import enqueue, job_kind
from plan.models import Plan


@job_kind("following.tell")
def tell(job):
    """Safe to run twice: what was told up to which moment is kept with the notices."""
    return {"notices": tell_followers(Plan.objects.get(slug=job.arguments["plan"]), now=timezone.now())}


@shared_task(name="following.tell")
def tell_everywhere():
    for slug in TellingMark.objects.values_list("plan__slug", flat=True):
        enqueue("following.tell", {"plan": slug})

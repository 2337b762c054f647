"""Background work on notices: what goes out by mail, and what is old enough to go."""

from celery import shared_task
from django.utils import timezone

from jobs.services import enqueue, job_kind
from notices.accounts import ACCOUNT_MAIL, send_mail
from notices.mail import send_at_once, send_digests
from notices.services import MAIL_AT_ONCE, prune


@job_kind(MAIL_AT_ONCE)
def mail_at_once(job):
    return {"mails": send_at_once(report=job.report)}


@job_kind(ACCOUNT_MAIL)
def account_mail(job):
    send_mail(**job.arguments)
    return {"mails": 1}


@job_kind("notices.digest")
def digest(job):
    return {"mails": send_digests(report=job.report)}


@job_kind("notices.prune")
def prune_read(job):
    return {"deleted": prune()}


@shared_task(name="notices.daily")
def daily():
    enqueue("notices.digest", {"day": timezone.localdate().isoformat()})


@shared_task(name="notices.nightly")
def nightly():
    enqueue("notices.prune")

"""What the last jobs of a kind came to."""

from jobs.models import Job


def last_of(kind: str) -> Job | None:
    """The newest job of a kind that is over, done or given up; None where there was none."""
    over = [Job.State.DONE, Job.State.DEAD]
    return Job.objects.filter(kind=kind, state__in=over).order_by("-finished_at", "-pk").first()


def is_under_way(kind: str) -> bool:
    return Job.objects.filter(kind=kind, state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()

"""Background work of the studio: what a long text may promise."""

from jobs.services import job_kind
from studio.choosing import read_long, reading_key
from studio.models import PlanDraft
from studio.services import PROPOSE


@job_kind(PROPOSE)
def read_text(job):
    """Safe to run twice: the same text gives the same proposals. A text changed since is another's job."""
    draft = PlanDraft.objects.get(pk=job.arguments["draft"])
    held = draft.held
    if reading_key(held, draft.template) != job.arguments["key"]:
        return {"proposals": None}
    return {"proposals": read_long(held, draft.template, job.report)}

"""Background work of the studio: what a long text may promise, and what the installation's own program says."""

from dataclasses import asdict

from jobs.services import job_kind
from studio import outside
from studio.choosing import read_long, reading_key
from studio.models import PlanDraft
from studio.services import ASK, PROPOSE


@job_kind(PROPOSE)
def read_text(job):
    """Safe to run twice: the same text gives the same proposals. A text changed since is another's job."""
    draft = PlanDraft.objects.get(pk=job.arguments["draft"])
    held = draft.held
    if reading_key(held, draft.template) != job.arguments["key"]:
        return {"proposals": None}
    return {"proposals": read_long(held, draft.template, job.report)}


@job_kind(ASK)
def ask_outside(job):
    """Run twice, the program is asked twice. A text changed since is another's job."""
    draft = PlanDraft.objects.get(pk=job.arguments["draft"])
    held = draft.held
    if outside.key_of(held, draft.template) != job.arguments["key"]:
        return {"proposals": None, "told": []}
    answer = outside.ask(held, draft.template)
    return {"proposals": [asdict(one) for one in answer.proposals], "told": list(answer.told)}

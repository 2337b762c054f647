"""The report as a Word file: asked for, written by a worker, kept under its own checksum, handed out."""

import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from assessments.models import Round
from assessments.report.content import current_document
from assessments.report.document import Document, DocumentTable
from assessments.report.docx import listed, write_docx
from assessments.report.paging import pages_of
from audit.services import record_audit
from jobs.models import Job
from jobs.services import Run, enqueue
from plan import folders
from plan.params import today

KIND = "assessments.report"
REPORTS = "evaluation-reports"


def arguments_of(round: Round) -> dict[str, Any]:
    """What names the job of a round's report: in the order enqueue stores it."""
    return {"plan": round.plan.slug, "round": round.code}


def ask_for_report(round: Round, *, by) -> Job:
    """Starts the work; the same report asked for while one waits is one job."""
    if round.state != Round.State.PUBLISHED and not may(by, Permission.SEE_ROUNDS):
        raise PermissionDenied(_("本轮尚未发布，只有参与评估的人可以生成报告"))
    with transaction.atomic():
        job = enqueue(KIND, arguments_of(round), by=by)
        record_audit(
            action="round.report_asked",
            by=by,
            plan_slug=round.plan.slug,
            object_code=round.code,
            object_label=round.name,
        )
    return job


def reports_of(round: Round, day: date) -> list[Job]:
    """The jobs of a round's report, newest first; of a past day those that were done by it."""
    rows = Job.objects.filter(kind=KIND, arguments=arguments_of(round)).order_by("-id")
    return list(islice((row for row in rows.iterator() if was_there(row, day)), 5))


def was_there(job: Job, day: date) -> bool:
    """Whether a job belongs to the page of a day: what was done later may hold what was not public then."""
    return day == today() or (job.finished_at is not None and timezone.localdate(job.finished_at) <= day)


def write_report(run: Run) -> dict[str, Any]:
    """Builds the file of a round and keeps it; idempotent, because the same rows give the same bytes."""
    round = Round.objects.select_related("plan").get(plan__slug=run.arguments["plan"], code=run.arguments["round"])
    run.report(5)
    document = current_document(round)
    run.report(15)
    data = write_docx(document, progress=lambda share: run.report(15 + 60 * share))
    # Once more with the pages of its contents, which only a word processor knows.
    if pages := pages_of(data, len(listed(document))):
        data = write_docx(document, pages=pages, progress=lambda share: run.report(75 + 20 * share))
    digest = hashlib.sha256(data).hexdigest()
    keep(data, digest)
    return {
        "sha256": digest,
        "size": len(data),
        "name": f"{round.plan.slug}_{round.code}.docx",
        "rows": rows_of(document),
        "pages": pages,
    }


def rows_of(document: Document) -> int:
    """How many rows the tables of a report have together."""
    return sum(len(block.rows) for block in document.blocks if isinstance(block, DocumentTable))


def keep(data: bytes, digest: str) -> None:
    folders.keep(REPORTS, name_of(digest), data)


def open_report(digest: str) -> BinaryIO:
    """Raises FileNotFoundError."""
    return folders.open_kept(REPORTS, name_of(digest))


def offered() -> Iterator[str]:
    """The names of the files that pages still offer."""
    for result in Job.objects.filter(kind=KIND, state=Job.State.DONE).values_list("result", flat=True):
        if result:
            yield name_of(result["sha256"])


def name_of(digest: str) -> str:
    return f"{digest}.docx"

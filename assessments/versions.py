"""Versions of a report: kept whole, opened again, taken as files, verified for ever."""

import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from assessments.chapters import unfinished
from assessments.models import ReportVersion, Round
from assessments.report.content import build_report
from assessments.report.document import Document, as_json, from_json
from assessments.report.docx import listed, write_docx
from assessments.report.paging import can_set_pages, pages_of
from assessments.rounds import publish_round
from audit.services import record_audit
from jobs.services import enqueue

ON_PUBLISHING = "发布"
PAGES = "assessments.version_pages"


def digest_of(told: dict[str, Any]) -> str:
    """SHA-256 of a document as kept, whatever database kept it."""
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def keep_version(round: Round, *, by, reason: str = "") -> ReportVersion:
    """Keeps the report as it reads now; the one kept last is given back where nothing changed since."""
    require(by, Permission.MANAGE_ROUNDS)
    with transaction.atomic():
        held = Round.objects.select_for_update(of=("self",)).select_related("plan").get(pk=round.pk)
        told = as_json(build_report(held))
        digest = digest_of(told)
        last = held.versions.first()
        if last is not None and last.digest == digest:
            return last
        number = (held.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        row = ReportVersion(round=held, number=number, document=told, digest=digest, reason=reason, by=by)
        row.full_clean(exclude=["round", "by", "document"])
        row.save()
        record_audit(
            action="round.version_kept",
            by=by,
            after={"number": number, "sha256": digest, "reason": reason},
            plan_slug=held.plan.slug,
            object_code=held.code,
            object_label=held.name,
        )
        enqueue(PAGES)
    return row


def set_pages() -> int:
    """Writes down on which pages the contents of kept versions stand, of those that nobody set yet; how many.

    Idempotent. None on a machine without LibreOffice: another one, or Word, works them out.
    """
    if not can_set_pages():
        return 0
    done = 0
    for row in ReportVersion.objects.filter(pages__isnull=True):
        document = document_of(row)
        if pages := pages_of(write_docx(document), len(listed(document))):
            done += ReportVersion.objects.filter(pk=row.pk).update(pages=pages)
    return done


def is_whole(version: ReportVersion) -> bool:
    """Whether what is kept is what was kept: its digest still says so."""
    return digest_of(version.document) == version.digest


def publish_with_report(round: Round, *, edition: int, by) -> Round:
    """Publishes a round and keeps its report, all or nothing; ValidationError for chapters still waited for."""
    with transaction.atomic():
        # The round is held from here on: no chapter is reopened or added meanwhile.
        row = publish_round(round, edition=edition, by=by)
        if waiting := unfinished(row):
            told = {"names": "、".join(f"{one.title}（{one.get_state_display()}）" for one in waiting)}
            raise ValidationError(_("报告还有没定稿的章节：%(names)s。请先定稿，或设为“不写入报告”") % told)
        keep_version(row, by=by, reason=ON_PUBLISHING)
    return row


def version_of(round: Round, number: int) -> ReportVersion:
    """A version by its number. Raises Http404."""
    row = round.versions.filter(number=number).select_related("by").first()
    if row is None:
        raise Http404(_("本轮报告没有第 %(number)s 版") % {"number": number})
    row.round = round
    return row


def document_of(version: ReportVersion) -> Document:
    return from_json(version.document)

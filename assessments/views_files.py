"""Evidence files, each behind the permission of what it belongs to."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from assessments.evidence import FOLDER, INLINE
from assessments.models import Evidence, Note
from assessments.queries import follows, get_finding, get_note, is_author, known_step
from plan.exports.download import KeptFile
from plan.queries import get_plan
from plan.uploads import open_stored


def note_file(request, slug, pk, file):
    """A file of a note: for everybody what it was published with, for those who work on it all of them."""
    note = get_note(get_plan(slug), pk)
    row = _find(note.evidence, file)
    works = is_author(note, request.user) or may(request.user, Permission.REVIEW_NOTES)
    if not works and not _is_public(note, row, request.as_of):
        raise PermissionDenied(_("这份评估意见还没有发布，只有评估人和复核人可以查看"))
    return serve(request, row)


def _is_public(note: Note, row: Evidence, day) -> bool:
    step = None if row.is_internal else known_step(note, day)
    return step is not None and row.pk in {one["pk"] for one in step.body.get("evidence", [])}


def finding_file(request, slug, pk, file):
    finding = get_finding(get_plan(slug), pk)
    row = _find(Evidence.objects.filter(step__finding=finding), file)
    if not follows(finding, request.user):
        raise Http404(_("没有这份材料"))
    return serve(request, row)


def _find(rows, pk: int) -> Evidence:
    row = rows.filter(pk=pk).exclude(stored_as="").first()
    if row is None:
        raise Http404(_("没有这份材料"))
    return row


def serve(request, row: Evidence) -> HttpResponseBase:
    """The file with the type its content has: a download, or in place where an image or PDF is asked for so."""
    try:
        content = open_stored(row.stored_as, folder=FOLDER)
    except FileNotFoundError as error:
        raise Http404(_("“%(name)s”已不在存储中，请联系管理员") % {"name": row.title}) from error
    in_place = request.GET.get("show") == "1" and row.content_type in INLINE
    return KeptFile(
        name=row.title,
        content=content,
        digest=row.sha256,
        size=row.size,
        content_type=row.content_type,
        in_place=in_place,
        is_from_people=True,
    ).response(request)

"""The evaluation report: on the screen and on paper, and as a Word file made by a worker."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from assessments.models import Round
from assessments.queries import get_round, round_on
from assessments.report.content import document_on
from assessments.report.docx import write_docx
from assessments.report.files import KIND, ask_for_report, open_report, reports_of, rows_of, was_there
from assessments.report.taken_up import NotesSince
from assessments.views import may_read_report
from jobs.models import Job
from jobs.services import cancel
from plan.demo import MARK
from plan.exports.download import Download, KeptFile
from plan.params import today
from plan.queries import get_plan


def report(request, slug, round):
    plan = get_plan(slug)
    row = _readable(plan, round, request)
    may_build = request.user.is_authenticated and request.as_of == today()
    context = {
        "plan": plan,
        "round": row,
        "document": document_on(row, request.as_of),
        "is_draft": row.state != Round.State.PUBLISHED,
        "behind": NotesSince(row).behind() if may_build else (),
        "jobs": reports_of(row, request.as_of),
        "may_build": may_build,
    }
    return render(request, "assessments/sheet.html", context)


def _readable(plan, code: str, request) -> Round:
    """A round as it stood on the page's day, where its report may be read."""
    row = round_on(plan, code, request.user, request.as_of)
    if not may_read_report(row, request):
        if request.as_of != today():
            raise Http404(_("在所选的日期，本轮报告还没有发布"))
        raise PermissionDenied(_("本轮尚未发布，报告只有参与评估的人可以查看"))
    return row


@require_POST
def report_build(request, slug, round):
    """Asks a worker for the Word file of the report as it is today, and leads to its progress."""
    job = ask_for_report(get_round(get_plan(slug), round, request.user), by=request.user)
    return redirect("assessments:report_job", slug, job.pk)


def _job(plan, pk: int, request) -> tuple[Job, Round]:
    job = Job.objects.select_related("requested_by").filter(pk=pk, kind=KIND).first()
    if job is None or job.arguments.get("plan") != plan.slug or not was_there(job, request.as_of):
        raise Http404(_("没有这份报告"))
    return job, _readable(plan, job.arguments["round"], request)


@never_cache
def report_job(request, slug, job):
    """How far the file is; asks itself again every two seconds without scripts."""
    plan = get_plan(slug)
    row, round = _job(plan, job, request)
    is_over = row.state not in (Job.State.QUEUED, Job.State.RUNNING)
    context = {
        "plan": plan,
        "round": round,
        "job": row,
        "is_over": is_over,
        "may_cancel": _may_cancel(row, request),
    }
    return render(request, "assessments/report_job.html", context)


def _may_cancel(job: Job, request) -> bool:
    own = request.user.is_authenticated and job.requested_by_id == request.user.pk
    waits = job.state in (Job.State.QUEUED, Job.State.RUNNING)
    return waits and (own or may(request.user, Permission.MANAGE_ROUNDS))


@never_cache
def report_state(request, slug, job):
    row, _round = _job(get_plan(slug), job, request)
    return JsonResponse({"state": row.state, "word": row.get_state_display(), "progress": row.progress})


@require_POST
def report_cancel(request, slug, job):
    row, _round = _job(get_plan(slug), job, request)
    if not _may_cancel(row, request):
        raise PermissionDenied(_("只有发起人和轮次管理人可以取消"))
    if cancel(row.pk, by=request.user):
        messages.success(request, _("已取消"))
    return redirect("assessments:report_job", slug, job)


def report_file(request, slug, job):
    """The file as a download; what it holds is as of the round's cut-off."""
    plan = get_plan(slug)
    row, round = _job(plan, job, request)
    if row.state != Job.State.DONE or not row.result:
        raise Http404(_("这份报告还没有生成"))
    if getattr(request, "is_comparison", False):
        # Verifying asks what the rows of today make of it, not whether the file still lies there.
        document = document_on(round, request.as_of)
        pieces = [write_docx(document, pages=row.result.get("pages") or ())]
        return Download(name=round.name, format="docx", pieces=pieces, rows=rows_of(document)).response(request)
    try:
        content = open_report(row.result["sha256"])
    except FileNotFoundError as error:
        raise Http404(_("文件已不在存储中，请重新生成")) from error
    mark = f"{MARK}_" if plan.is_demo else ""
    response = KeptFile(
        name=f"{mark}{round.name}报告.docx",
        content=content,
        digest=row.result["sha256"],
        size=row.result["size"],
        rows=row.result.get("rows", 0),
        as_of=round.cut_off,
        query=f"as_of={request.as_of.isoformat()}",
    ).response(request)
    response["Cache-Control"] = "private, no-store"
    return response

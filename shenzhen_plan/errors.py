"""Answers to what cannot be served: pages in the site's look, JSON for programs."""

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from accounts.problems import problem
from accounts.signin import UNKNOWN
from audit.models import AuditEvent
from audit.services import record_audit
from plan.queries import plan_of_address
from shenzhen_plan.access import is_for_programs


def bad_request(request, exception):
    """What Django itself refuses: an unknown host, too many parameters, a forged file name."""
    if isinstance(exception, DisallowedHost):
        # No page of ours: its addresses would have to be made of the very name that is refused.
        text = "此主机名不属于本站 / This host name is not one of the site's."
        if is_for_programs(request):
            return problem(400, text)
        return HttpResponse(f"{text}\n", status=400, content_type="text/plain; charset=utf-8")
    if isinstance(exception, RequestDataTooBig):
        return _too_much_typed(request)
    if is_for_programs(request):
        return problem(400, "bad request")
    # The page's links would carry the very parameters that are refused.
    request.META["QUERY_STRING"] = ""
    return render(request, "400.html", {"plan": plan_of_address(request.path_info)}, status=400)


def _too_much_typed(request):
    """What was typed or pasted, files apart, is more than a form takes: a file is the way in."""
    told = {"limit": f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 2**20:.1f}"}
    text = _("粘贴的文字超过 %(limit)s MB，没有保存任何内容；请存成文件，在同一页上选文件送入。") % told
    if is_for_programs(request):
        return problem(413, text)
    told = {"code": 413, "reason": text, "plan": plan_of_address(request.path_info)}
    return render(request, "limits.html", told, status=413)


def forged(request, reason=""):
    """A form without the site's own token: sent from elsewhere, or older than the session. Each is logged."""
    known = request.user.is_authenticated
    record_audit(
        action="csrf.refused",
        by=request.user if known else None,
        name="" if known else UNKNOWN,
        outcome=AuditEvent.Outcome.REFUSED,
        object_label=f"{request.method} {request.path}",
        after={"reason": reason},
    )
    return csrf_failure(request, reason)


def not_found(request, exception):
    reason = "" if isinstance(exception, Resolver404) or not exception.args else str(exception.args[0])
    # Django's own words of a missing row name a class of ours.
    if reason.endswith(" matches the given query."):
        reason = _("没有这一条，或不对您开放")
    if is_for_programs(request):
        return problem(404, reason or "not found")
    return render(request, "404.html", {"reason": reason, "plan": plan_of_address(request.path_info)}, status=404)

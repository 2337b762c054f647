"""Somebody's own inbox, and how they want to hear of things."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from notices.forms import PreferenceForm
from notices.models import Notice, NoticeKind
from notices.services import mark_all_read, mark_read, set_preferences
from texts.numbers import whole_number
from texts.parameters import page_of

PAGE_SIZE = 50


@never_cache
def inbox(request):
    """Unread notices first, then the others, by day; one kind alone where asked."""
    kind = _kind(request.GET)
    own = Notice.objects.in_inbox_of(request.user)
    rows = (own.filter(kind=kind) if kind else own).unread_first()
    page = page_of(rows, PAGE_SIZE, request.GET)
    unread = rows.unread().order_by("-id")
    newest = unread.values_list("pk", flat=True).first()
    context = {
        "page": page,
        "parts": _parts(page.object_list),
        "kind": kind,
        "kinds": NoticeKind.choices,
        "newest": newest,
        "unread": unread.count() if newest else 0,
        "here": request.get_full_path(),
    }
    return render(request, "notices/inbox.html", context)


def read(request, pk):
    """Marks one notice as read, then shows what it speaks of, or the inbox again."""
    notice = mark_read(request.user, pk=pk)
    if notice is None:
        raise Http404(_("没有这条提醒"))
    if "open" in request.POST and _is_own(request, notice.address):
        return redirect(notice.address)
    return redirect(_back(request))


def read_all(request):
    """Marks everything unread up to the newest notice the page showed as read."""
    newest = whole_number(request.POST.get("newest", ""))
    if newest is not None:
        number = mark_all_read(request.user, up_to=newest, kind=_kind(request.POST))
        messages.success(request, _("%(number)s 条提醒已标为已读") % {"number": number})
    return redirect(_back(request))


@never_cache
def preferences(request):
    stored = {row.kind: row for row in request.user.preferences.all()}
    form = PreferenceForm(request.POST if request.method == "POST" else None, stored=stored)
    if request.method == "POST" and form.is_valid():
        if set_preferences(request.user, form.wishes()):
            messages.success(request, _("提醒方式已保存"))
        return redirect("notices:preferences")
    return render(request, "notices/preferences.html", {"form": form}, status=400 if form.errors else 200)


def _kind(params) -> str:
    kind = params.get("kind", "")
    if kind and kind not in NoticeKind.values:
        raise Http404(_("没有“%(kind)s”这类提醒") % {"kind": kind[:40]})
    return kind


def _parts(rows) -> list[dict]:
    """Unread and read apart, each by day; the order of the page is kept."""
    return [
        {
            "is_read": bool(is_read),
            "days": [
                {"day": day, "notices": list(run)}
                for day, run in groupby(part, key=lambda notice: timezone.localdate(notice.created_at))
            ],
        }
        for is_read, part in groupby(rows, key=lambda notice: notice.is_read)
    ]


def _is_own(request, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def _back(request) -> str:
    here = request.POST.get("next", "")
    return here if _is_own(request, here) else reverse("notices:inbox")

"""Threads: of one thing, one by itself, and those that concern me. Shown to people of the house alone."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from plan.models import Plan
from plan.params import page_of, read_edition, read_text
from plan.queries import get_plan
from plan.steps import REFUSALS
from plan.workflow import Overtaken, WrongState
from talk.forms import CommentForm, ThreadForm
from talk.models import Comment, Thread
from talk.queries import choices_of, concerning, thread_of, threads_about
from talk.services import begin_thread, change_comment, heard, reply, resolve, withdraw_comment
from talk.subjects import About, Sight, about
from texts.forms import posted, refuse, show_faults

PAGE_SIZE = 20
FOUND = 8


@never_cache
def mine(request, slug):
    """The open threads that concern me: asked of me, mine to bring to an end, joined."""
    plan = get_plan(slug)
    return render(request, "talk/mine.html", {"plan": plan, "found": concerning(plan, request.user)})


@never_cache
def about_page(request, slug, kind, pk):
    """Everything said of a thing, and the form that says something more."""
    plan = get_plan(slug)
    told, sight = _seen(request, plan, kind, pk)
    choices = choices_of(told.row, sight) if told.key == "item" else []
    form = ThreadForm(posted(request), choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            row = begin_thread(_chosen(form, choices, told), by=request.user, **_of_thread(form))
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        else:
            return _said(request, row.comments.get())
    threads = threads_about(told, sight)
    context = {
        "plan": plan,
        "about": told,
        "form": form,
        "page": page_of(threads, PAGE_SIZE, request.GET),
        "open": sum(row.state == Thread.State.OPEN for row in threads),
    }
    return render(request, "talk/about.html", context, status=400 if form.errors else 200)


def _seen(request, plan: Plan, kind: str, pk: int) -> tuple[About, Sight]:
    """The thing of an address; 404 for what the person may not see, as for what is not there."""
    told, sight = about(plan, kind, pk), Sight(plan, request.user)
    if told is None or not told.seen_by(sight):
        raise Http404(_("没有这项内容，或不对您开放"))
    return told, sight


def _said(request, row: Comment):
    """To the words as they stand, and whom they reached: who waits for an answer must know that nobody heard."""
    if number := heard(row):
        told = ngettext("已发言，已通知 %(n)s 人", "已发言，已通知 %(n)s 人", number)
        messages.success(request, told % {"n": number})
    else:
        told = _("已发言，但没有通知到人：没有提到谁，也没有别人参与或关注。可再发一条，用 @ 提到要问的人")
        messages.warning(request, told)
    return redirect(f"{row.thread.get_absolute_url()}#c{row.pk}")


def _chosen(form: ThreadForm, choices: list[About], told: About) -> About:
    key = form.cleaned_data.get("about", "")
    return next((one for one in choices if f"{one.key}:{one.row.pk}" == key), told)


def _of_thread(form: ThreadForm) -> dict:
    return {name: form.cleaned_data[name] for name in ("text", "is_question")}


@never_cache
def thread(request, slug, pk):
    """One thread; what is sent to its address is a reply, and opens again what was resolved."""
    plan = get_plan(slug)
    row = _thread(request, plan, pk)
    form = CommentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            reply(row, text=form.cleaned_data["text"], by=request.user)
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
            row = _thread(request, plan, pk)
        else:
            return _said(request, row.comments.last())
    context = {"plan": plan, "thread": row, "form": form, "whole": True}
    return render(request, "talk/thread.html", context, status=400 if form.errors else 200)


def _thread(request, plan: Plan, pk: int) -> Thread:
    row = thread_of(plan, pk, Sight(plan, request.user))
    if row is None:
        raise Http404(_("没有这一讨论，或不对您开放"))
    return row


@require_POST
def step(request, slug, pk):
    """Marks a thread as resolved, as it was read."""
    row = _thread(request, get_plan(slug), pk)
    try:
        resolve(row, edition=read_edition(request.POST), by=request.user)
    except Overtaken:
        messages.error(request, _("您看过之后又有新的发言，请看过再标为已解决"))
    except REFUSALS as error:
        refuse(request, error)
    else:
        messages.success(request, _("已标为已解决"))
    return redirect(row)


@never_cache
def comment(request, slug, pk):
    """One's own words, to be mended while they are fresh."""
    plan = get_plan(slug)
    row = _comment(request, plan, pk)
    form = CommentForm(posted(request), initial={"text": row.text})
    if request.method == "POST" and form.is_valid():
        try:
            change_comment(row, text=form.cleaned_data["text"], by=request.user)
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已修改"))
            return redirect(f"{row.thread.get_absolute_url()}#c{row.pk}")
    context = {"plan": plan, "comment": row, "thread": row.thread, "form": form}
    context["minutes"] = settings.TALK_EDIT_MINUTES
    return render(request, "talk/comment.html", context, status=400 if form.errors else 200)


@require_POST
def withdraw(request, slug, pk):
    row = _comment(request, get_plan(slug), pk)
    try:
        withdraw_comment(row, by=request.user)
    except REFUSALS as error:
        refuse(request, error)
    else:
        messages.success(request, _("发言已撤回"))
    return redirect(row.thread)


def _comment(request, plan: Plan, pk: int) -> Comment:
    """A comment of one's own that still stands; another's is not there for one to mend."""
    row = Comment.objects.filter(pk=pk, by=request.user, withdrawn_at=None, thread__plan=plan).first()
    if row is None:
        raise Http404(_("没有这条发言，或不是您的，或已撤回"))
    row.thread = _thread(request, plan, row.thread_id)
    return row


@never_cache
def people(request, slug):
    """Who can be named, by a part of the name, as JSON: what stands behind the @ while it is typed."""
    plan = get_plan(slug)
    asked = read_text(request.GET, "q")[:60]
    rows = User.objects.working_in(plan.slug).select_related("organisation")
    found = rows.filter(Q(name__icontains=asked) | Q(username__icontains=asked)) if asked else rows.none()
    shown = list(found.order_by("name", "username")[:FOUND])
    names = [row.name for row in rows.filter(name__in=[row.name for row in shown])]
    told = [
        {
            "said": row.name if row.name and names.count(row.name) == 1 else row.username,
            "name": str(row),
            "username": row.username,
            "unit": str(row.organisation or ""),
        }
        for row in shown
    ]
    return JsonResponse({"people": told})

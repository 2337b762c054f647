"""Follow-up actions: the public list, and the way of one from its request to its end."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from assessments import findings as services
from assessments.evidence import answer_finding
from assessments.forms import AnswerForm, FindingForm
from assessments.models import Finding, Note
from assessments.queries import (
    STATE_AFTER,
    answers_for,
    findings_on,
    follows,
    get_finding,
    get_note,
    is_author,
    overdue_findings,
)
from plan import held_uploads
from plan.list_filters import ListFilters, asks, one_of
from plan.params import page_of, read_act, read_edition, read_text, today
from plan.queries import get_plan
from plan.workflow import Overtaken, WrongState
from texts.forms import posted, refuse, show_faults

PAGE_SIZE = 60
OVERDUE, MINE = "overdue", "mine"


@dataclass(frozen=True)
class FindingFilters(ListFilters):
    """Which follow-up actions: in one state, past their day, or asked of the visitor's own unit."""

    state: str = asks(one_of(*Finding.State.values, OVERDUE, MINE))


def findings(request, slug):
    """Every follow-up action: what is asked of whom, until when, and how far it is."""
    plan = get_plan(slug)
    day = request.as_of
    rows = findings_on(plan, day)
    answers = may(request.user, Permission.ANSWER_FINDINGS) and request.user.organisation_id
    state = FindingFilters.read(request.GET).state
    if state == OVERDUE:
        rows = overdue_findings(plan, day)
    elif state == MINE:
        rows = rows.filter(organisation=request.user.organisation_id) if answers else rows.none()
    elif state:
        rows = rows.filter(state_then=state)
    page = page_of(rows, PAGE_SIZE, request.GET)
    for row in page:
        row.state = row.state_then
    context = {
        "plan": plan,
        "rows": [{"finding": row, "late": is_late(row, day)} for row in page],
        "page": page,
        "state": state,
        "states": Finding.State.choices,
        "answers": answers,
        "total": page.paginator.count,
    }
    return render(request, "assessments/findings.html", context)


def is_late(row: Finding, day) -> bool:
    return row.due_on < day and row.state not in (Finding.State.ACCEPTED, Finding.State.CLOSED)


def finding(request, slug, pk):
    row = get_finding(get_plan(slug), pk)
    if timezone.localdate(row.created_at) > request.as_of:
        raise Http404(_("这项整改在所选的日期还没有提出"))
    form = AnswerForm() if _may_answer(row, request.user) else None
    return _page(request, row, form)


def _page(request, row: Finding, form, *, status: int = 200, **told):
    reviews = may(request.user, Permission.REVIEW_NOTES)
    sees = follows(row, request.user)
    context = {
        "plan": row.note.round.plan,
        "finding": row,
        "note": row.note,
        "late": is_late(row, today()),
        # What was answered is for those concerned; the days of the steps are everybody's.
        "sees_texts": sees,
        "steps": _steps(row, sees),
        "form": form,
        "may_close": reviews and row.state == Finding.State.ACCEPTED,
        "edition": row.edition,
    } | told
    return render(request, "assessments/finding.html", context, status=status)


def _steps(row: Finding, sees_texts: bool):
    """What was done, the newest first; a reviewer's question and its answer are for those concerned alone."""
    steps = row.steps.select_related("by", "for_person").prefetch_related("evidence").order_by("-id")
    return steps if sees_texts else steps.filter(action__in=STATE_AFTER)


def _may_answer(row: Finding, user) -> bool:
    return answers_for(row, user) and row.state in (
        Finding.State.OPEN,
        Finding.State.RETURNED,
        Finding.State.RESPONDED,
    )


@require_POST
def finding_respond(request, slug, pk):
    """The responsible organisation's answer, with its evidence."""
    row = get_finding(get_plan(slug), pk)
    if not answers_for(row, request.user):
        raise PermissionDenied(_("只有责任单位可以反馈"))
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid():
        text, edition = form.cleaned_data["text"], read_edition(request.POST)
        try:
            uploads = [*form.cleaned_data["uploads"], *held_uploads.ticked(request)]
            answer_finding(
                row, edition=edition, by=request.user, text=text, added=replace(form.added, uploads=uploads)
            )
        except ValidationError as error:
            show_faults(form, error)
        except (Overtaken, WrongState) as error:
            form.add_error(None, str(error))
        else:
            held_uploads.let_go(request)
            messages.success(request, _("已反馈，等待复核"))
            return redirect("assessments:finding", slug, pk)
    is_lost = held_uploads.hold(request, request.FILES.getlist("uploads"))
    told = {"held": held_uploads.held(request), "lost_files": is_lost}
    return _page(request, get_finding(row.note.round.plan, pk), form, status=400, **told)


@require_POST
def finding_step(request, slug, pk):
    """Closes, as the button pressed says; an answer is decided on the review desk."""
    row = get_finding(get_plan(slug), pk)
    action = read_act(request.POST, "action", STEPS)
    function, done = STEPS[action]
    try:
        function(row, edition=read_edition(request.POST), by=request.user, text=read_text(request.POST, "text"))
    except (Overtaken, WrongState, ValidationError) as error:
        refuse(request, error, "text")
    else:
        messages.success(request, done)
    return redirect("assessments:finding", slug, pk)


STEPS = {
    "close": (services.close, gettext_lazy("已办结")),
}


def finding_new(request, slug, pk):
    """A follow-up action from a published note, by its author or a reviewer."""
    note = get_note(get_plan(slug), pk)
    if not (is_author(note, request.user) or may(request.user, Permission.REVIEW_NOTES)):
        if request.method == "POST":
            raise PermissionDenied(_("整改事项由评估人或复核人提出"))
        messages.error(request, _("整改事项由评估人或复核人提出"))
        return redirect("assessments:note", slug, pk)
    if note.state != Note.State.PUBLISHED:
        messages.error(request, _("评估意见发布后才能提出整改事项"))
        return redirect("assessments:note", slug, pk)
    form = FindingForm(posted(request), initial={"title": "", "organisation": note.item.lead_id})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.raise_finding(note=note, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出，并通知责任单位"))
            return redirect("assessments:finding", slug, row.pk)
    context = {"plan": note.round.plan, "note": note, "item": note.item, "form": form}
    return render(request, "assessments/finding_new.html", context, status=400 if form.errors else 200)

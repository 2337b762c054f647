"""Follow-up actions: the public list, and the way of one from its request to its end."""

from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.shortcuts import redirect, render
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
    as_it_stood,
    due_findings,
    finding_on,
    findings_on,
    follows,
    get_finding,
    get_note,
    is_author,
    overdue_findings,
)
from plan import held_uploads
from plan.list_filters import ListFilters, asks, one_of
from plan.models import Plan
from plan.params import page_of, read_act, read_edition, read_text, today
from plan.queries import get_plan
from plan.workflow import Overtaken, WrongState
from texts.forms import posted, refuse, show_faults

PAGE_SIZE = 60
OVERDUE, DUE, MINE = "overdue", "due", "mine"


@dataclass(frozen=True)
class FindingFilters(ListFilters):
    """Which follow-up actions: in one state, late or with time left for an answer; asked of the visitor's unit."""

    # `state=mine` is an older address of `whose=mine`.
    state: str = asks(one_of(*Finding.State.values, OVERDUE, DUE, MINE))
    whose: str = asks(one_of(MINE))

    @property
    def is_mine(self) -> bool:
        return MINE in (self.state, self.whose)

    def rows(self, plan: Plan, day: date) -> QuerySet[Finding]:
        if self.state == OVERDUE:
            return overdue_findings(plan, day)
        if self.state == DUE:
            return due_findings(plan, day)
        rows = findings_on(plan, day)
        return rows.filter(state_then=self.state) if self.state in Finding.State.values else rows


def findings(request, slug):
    """Every follow-up action: what is asked of whom, until when, and how far it is."""
    plan = get_plan(slug)
    day = request.as_of
    answers = may(request.user, Permission.ANSWER_FINDINGS) and request.user.organisation_id
    filters = FindingFilters.read(request.GET)
    rows = filters.rows(plan, day)
    if filters.is_mine:
        rows = rows.filter(organisation=request.user.organisation_id) if answers else rows.none()
    page = page_of(rows, PAGE_SIZE, request.GET)
    context = {
        "plan": plan,
        "rows": [{"finding": row, "late": row.is_late_on(day)} for row in map(as_it_stood, page)],
        "page": page,
        "filters": filters,
        "states": Finding.State.choices,
        "answers": answers,
        "total": page.paginator.count,
    }
    return render(request, "assessments/findings.html", context)


def finding(request, slug, pk):
    """One follow-up action as it stood on the page's day; it is answered and closed on the page of today."""
    row = finding_on(get_plan(slug), pk, request.as_of)
    form = AnswerForm() if _works(request) and _may_answer(row, request.user) else None
    return _page(request, row, form)


def _works(request) -> bool:
    return request.as_of == today()


def _page(request, row: Finding, form, *, status: int = 200, **told):
    works = _works(request)
    reviews = works and may(request.user, Permission.REVIEW_NOTES)
    sees = follows(row, request.user)
    context = {
        "plan": row.note.round.plan,
        "finding": row,
        "note": row.note,
        "late": row.is_late_on(request.as_of),
        "works": works,
        # What was answered is for those concerned; the days of the steps are everybody's.
        "sees_texts": sees,
        "steps": _steps(row, sees, request.as_of),
        "form": form,
        "may_close": reviews and row.state == Finding.State.ACCEPTED,
        "edition": row.edition,
    } | told
    return render(request, "assessments/finding.html", context, status=status)


def _steps(row: Finding, sees_texts: bool, day: date):
    """What was done by a day, newest first; a reviewer's question and its answer are for those concerned alone."""
    steps = row.steps.until(day).select_related("by", "for_person").prefetch_related("evidence").order_by("-id")
    return steps if sees_texts else steps.filter(action__in=STATE_AFTER)


def _may_answer(row: Finding, user) -> bool:
    return answers_for(row, user) and row.state in (*Finding.UNANSWERED, Finding.State.RESPONDED)


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

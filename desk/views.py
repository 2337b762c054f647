"""The desk's work list and the reviewers' queue."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from accounts.models import Organisation, User
from accounts.permissions import Permission, may
from desk.figures import approve_picked, return_picked
from desk.imports.reviewing import mark_decided
from desk.queries import (
    QUEUE_PAGE,
    ReviewFilters,
    batches_to_review,
    desk_version,
    for_queue,
    queue_entries,
    waiting_figures,
    work_list,
)
from indicators.figures.due import due_day
from indicators.figures.taking_out import asked_out
from indicators.models import Component, Indicator, Observation, Target
from plan.list_filters import ListFilters
from plan.params import read_number, read_pairs, read_reasons, read_text, today
from plan.queries import get_plan
from plan.workflow import Overtaken, WrongState

ASKED_SHOWN = 20


@never_cache
def home(request, slug):
    """What the person has to do with figures today."""
    plan = get_plan(slug)
    todo = work_list(plan, request.user, today=today())
    approves = may(request.user, Permission.APPROVE_FIGURES)
    context = {
        "plan": plan,
        "todo": todo,
        "due_days": [(year, due_day(year)) for year in todo.years],
        "columns": len(todo.years) + 2,
        "queue": waiting_figures(plan).count() if approves else None,
        "proposals": Target.objects.filter(component__indicator__plan=plan, state=Target.State.PROPOSED).count(),
        "version": desk_version(plan),
        "tab": "home",
    }
    return render(request, "desk/home.html", context)


@never_cache
def version(request, slug):
    """Says whether a desk page shows what is stored; asked every few seconds."""
    return JsonResponse({"version": desk_version(get_plan(slug))})


@never_cache
def review(request, slug):
    """What waits for approval; the picked rows are approved or sent back together, all or none."""
    plan = get_plan(slug)
    if request.method == "POST" and (answer := _decide(request, plan)):
        return answer
    rows = waiting_figures(plan)
    filters = ReviewFilters.read(request.GET)
    choices = _choices(plan, rows)
    rows = filters.figures(rows)
    total = rows.count()
    pages = max(1, -(-total // QUEUE_PAGE))
    page = read_number(request.GET, "page", default=1, low=1, high=pages)
    shown = for_queue(rows, (page - 1) * QUEUE_PAGE, page * QUEUE_PAGE)
    context = {
        "plan": plan,
        "groups": _by_batch(request, plan, shown),
        "batches": batches_to_review(plan),
        "asked_out": asked_out(plan)[:ASKED_SHOWN],
        "total": total,
        "page": page,
        "pages": pages,
        "filters": filters,
        "kept": kept_in_links(filters),
        "choices": choices,
        "reason": request.POST.get("reason", ""),
        "reasons": read_reasons(request.POST),
        "version": desk_version(plan),
        "tab": "review",
    }
    return render(request, "desk/review.html", context, status=409 if request.method == "POST" else 200)


def kept_in_links(filters: ListFilters) -> str:
    """What a link to another page of the list begins with."""
    pairs = filters.pairs()
    return f"{urlencode(pairs)}&" if pairs else ""


def _choices(plan, rows) -> dict[str, Any]:
    """What the queue can be filtered by: whatever occurs in it."""
    waiting = Observation.objects.filter(state=Observation.State.SUBMITTED)
    parts = Component.objects.filter(Exists(waiting.filter(component=OuterRef("pk"))), indicator__plan=plan)
    indicators = Indicator.objects.filter(plan=plan, components__in=parts).distinct()
    people = rows.exclude(entered_by=None).order_by().values("entered_by").distinct()
    return {
        "organisations": Organisation.objects.filter(leads__in=indicators).distinct(),
        "indicators": indicators.in_plan_order().values_list("code", "short"),
        "people": User.objects.filter(pk__in=people).order_by("username").values_list("username", "name"),
    }


def _by_batch(request, plan, rows) -> list[dict]:
    """The rows with what is in force beside them, together by the file they came in."""
    picked = set(request.POST.getlist("pick"))
    groups: dict[int | None, dict] = {}
    for entry in queue_entries(plan, request.user, rows, day=today()):
        batch = next((found.batch for found in entry.row.import_rows.all()), None)
        group = groups.setdefault(batch.pk if batch else None, {"batch": batch, "rows": []})
        group["rows"].append((entry, entry.key in picked))
    return list(groups.values())


def _decide(request, plan):
    """Does what the reviewer asked; None, and a message, where nothing was done."""
    picked = _picked(request)
    try:
        if not picked:
            raise WrongState(_("请先勾选要处理的数据"))
        if request.POST.get("step") == "return":
            number = return_picked(plan, picked, by=request.user, reason=read_text(request.POST, "reason"))
            said = ngettext("已退回 %(number)s 条", "已退回 %(number)s 条", number)
        else:
            number = approve_picked(plan, picked, by=request.user, reasons=read_reasons(request.POST))
            said = ngettext("已核定 %(number)s 条", "已核定 %(number)s 条", number)
        mark_decided(picked)
        messages.success(request, said % {"number": number})
        return redirect(request.get_full_path())
    except Overtaken as error:
        what = f"{error.row.component.code} {error.row.year}"
        messages.error(request, _("%(what)s：%(error)s；这一批没有处理") % {"what": what, "error": error})
    except WrongState as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return None


def _picked(request) -> dict[int, int]:
    """Primary key → edition of the ticked rows."""
    return dict(read_pairs(request.POST, "pick"))

"""The desk's work list."""

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.permissions import Permission, may
from desk.queries import desk_version, waiting_figures, work_list
from indicators.figures.due import due_day
from indicators.models import Target
from plan.params import today
from plan.queries import get_plan


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

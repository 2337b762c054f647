"""Revisions of targets: the proposals of a plan, a new one, and its page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.permissions import Permission, may
from desk.forms import TargetForm
from desk.queries import approved_targets, components_for_entry, desk_version, proposals_of
from indicators.models import Target
from indicators.targets import workflow
from indicators.targets.doubts import doubts_about_target
from indicators.targets.versions import target_line
from plan.params import today
from plan.queries import get_plan
from texts.forms import posted, show_faults


@never_cache
def index(request, slug):
    """Every proposal and decision, open ones first."""
    plan = get_plan(slug)
    targets = list(proposals_of(plan, request.user))
    approved = approved_targets({target.component for target in targets})
    lines = [target_line(target, approved[target.component_id], today()) for target in targets]
    context = {
        "plan": plan,
        "open": [line for line in lines if line.target.state == Target.State.PROPOSED],
        "decided": [line for line in lines if line.target.state != Target.State.PROPOSED],
        "may_propose": may(request.user, Permission.PROPOSE_TARGETS),
        "version": desk_version(plan),
        "tab": "targets",
    }
    return render(request, "desk/targets.html", context)


@never_cache
def new(request, slug):
    """Proposes a revision; the component may be given in the address."""
    plan = get_plan(slug)
    components = components_for_entry(plan, request.user)
    asked = components.filter(code=request.GET.get("component", "")).first()
    history = approved_targets([asked])[asked.pk] if asked else []
    initial = {"component": asked}
    if history:
        current = workflow.in_force(history, today())
        initial |= {"type": current.type, "year": current.year}
    form = TargetForm(posted(request), initial=initial, components=components)
    if request.method == "POST" and form.is_valid():
        try:
            target = workflow.propose_target(by=request.user, **form.cleaned_data)
            messages.success(request, _("提议已提交，等待第二人核定"))
            return redirect("desk:target", slug, target.pk)
        except ValidationError as error:
            show_faults(form, error)
    lines = [target_line(target, history, today()) for target in history]
    context = {"plan": plan, "form": form, "asked": asked, "lines": lines, "tab": "targets"}
    return render(request, "desk/target_new.html", context, status=400 if form.errors else 200)


@never_cache
def detail(request, slug, pk):
    plan = get_plan(slug)
    target = _target(plan, pk, request.user)
    component = target.component
    history = approved_targets([component])[component.pk]
    context = {
        "plan": plan,
        "item": component.indicator,
        "line": target_line(target, history, today()),
        "lines": [target_line(row, history, today()) for row in history],
        "doubts": doubts_about_target(target),
        "version": desk_version(plan),
        "tab": "targets",
    }
    return render(request, "desk/target.html", context)


def _target(plan, pk, user) -> Target:
    rows = Target.objects.filter(component__indicator__plan=plan).select_related(
        "component__indicator__plan", "component__indicator__lead", "proposed_by", "decided_by"
    )
    target = get_object_or_404(rows, pk=pk)
    if target.version == 1:
        raise Http404(_("规划原定目标没有提议"))
    if not proposals_of(plan, user).filter(pk=pk).exists():
        raise PermissionDenied(_("这一指标不由本单位填报"))
    return target

"""Pages of the system administrator: which addresses are told what, and what came of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plan.params import read_choice
from texts.forms import posted, show_faults
from webhooks import services
from webhooks.forms import HookForm
from webhooks.messages import PRESETS, preset_text
from webhooks.models import Hook

SHOWN = 50


@never_cache
def hooks(request):
    """The list and the form of a new one; its secret is shown in the answer alone."""
    preset = read_choice(request.GET, "preset", PRESETS)
    form = HookForm(posted(request), initial={"template": preset_text(preset) if preset else ""})
    context, status = {}, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                given = form.cleaned_data | {"address": form.cleaned_data["address"] or ""}
                context["made"], context["secret"] = services.register_hook(by=request.user, **given)
                form, status = HookForm(), 200
            except ValidationError as error:
                show_faults(form, error)
    rows = Hook.objects.filter(ended_at=None).select_related("plan")
    presets = [(name, label) for name, (label, _template) in PRESETS.items()]
    context |= {"form": form, "hooks": rows, "presets": presets}
    return render(request, "webhooks/hooks.html", context, status=status)


@never_cache
def hook(request, pk):
    """What an address was told lately, with every attempt."""
    row = get_object_or_404(Hook.objects.select_related("plan", "made_by"), pk=pk)
    deliveries = row.deliveries.prefetch_related("tried")[:SHOWN]
    return render(request, "webhooks/hook.html", {"hook": row, "deliveries": deliveries})


ACTS = {"test": services.send_test, "resume": services.resume_hook, "end": services.end_hook}


@require_POST
def act(request, pk, what):
    """Tests, resumes or ends one, as the button says."""
    row = get_object_or_404(Hook.objects.select_related("plan"), pk=pk)
    ACTS[what](row, by=request.user)
    told = {"test": _("测试消息已排入队列"), "resume": _("已恢复推送"), "end": _("已停止推送")}
    messages.success(request, told[what])
    return redirect("webhooks:hooks") if what == "end" else redirect("webhooks:hook", pk)

"""Responsibilities: who leads, who supports, what weighs how much; chosen rows or a paste, previewed, applied."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from plan.params import page_of
from plan.queries import get_plan
from plan.workflow import Overtaken
from texts.forms import refuse
from updates.filters import chosen_items, name_answerable, read_codes, read_filters
from updates.forms import AssignForm, PasteForm
from updates.responsibilities import (
    KEEP,
    HoldingEdit,
    HoldingPreview,
    apply_assignments,
    preview_assignments,
    read_pasted,
)

PAGE_SIZE = 100


def index(request, slug):
    plan = get_plan(slug)
    organisations = list(Organisation.objects.all())
    form = AssignForm(organisations=organisations)
    return render(request, "updates/responsibilities.html", _table(request, plan, organisations, form))


def _table(request, plan, organisations, form, paste=None) -> dict:
    filters = read_filters(plan, request.GET, organisations)
    rows = chosen_items(plan, filters)
    page = page_of(rows, PAGE_SIZE, request.GET)
    name_answerable(plan, page)
    return {
        "plan": plan,
        "rows": page,
        "filters": filters,
        "organisations": organisations,
        "kinds": plan.kinds.choices,
        "form": form,
        "paste": paste or PasteForm(),
        "chosen": set(read_codes(request.POST)),
    }


@require_POST
def preview(request, slug):
    """What the ticked rows or the pasted lines would change; stores nothing."""
    plan = get_plan(slug)
    organisations = list(Organisation.objects.all())
    wanted, faults, invalid = _wanted(request, plan, organisations)
    if invalid:
        form, paste = invalid
        context = _table(request, plan, organisations, form, paste)
        return render(request, "updates/responsibilities.html", context, status=400)
    found = preview_assignments(plan, wanted)
    found.faults = faults
    return _show(request, plan, found)


@require_POST
def apply(request, slug):
    plan = get_plan(slug)
    wanted, faults, invalid = _wanted(request, plan, list(Organisation.objects.all()))
    if invalid:
        return preview(request, slug)
    try:
        found = apply_assignments(plan, wanted, by=request.user, seen=request.POST.get("seen", ""))
    except Overtaken as error:
        error.row.faults = faults
        refuse(request, error)
        return _show(request, plan, error.row, status=409)
    number = len(found.changes)
    messages.success(request, ngettext("已更新 %(n)s 项", "已更新 %(n)s 项", number) % {"n": number})
    return redirect("updates:responsibilities", slug)


def _show(request, plan, found: HoldingPreview, *, status: int = 200):
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "plan": plan,
        "preview": found,
        # Sent again with the confirmation, so that it does exactly what was shown.
        "sent": [pair for pair in sent if pair[0] not in ("csrfmiddlewaretoken", "seen")],
    }
    return render(request, "updates/assign_preview.html", context, status=status)


def _wanted(request, plan, organisations):
    """The assignments asked for by code, lines refused, and the forms to show again where they are wrong."""
    form, paste = AssignForm(organisations=organisations), PasteForm()
    if "rows" in request.POST:
        paste = PasteForm(request.POST)
        if not paste.is_valid():
            return {}, [], (form, paste)
        return *read_pasted(plan, paste.cleaned_data["rows"]), None
    form = AssignForm(request.POST, organisations=organisations)
    if not form.is_valid():
        return {}, [], (form, paste)
    codes = read_codes(request.POST)
    if not codes:
        form.add_error(None, _("请先在表中勾选条目"))
        return {}, [], (form, paste)
    assignment = _assignment(form.cleaned_data, organisations)
    if assignment == HoldingEdit():
        form.add_error(None, _("请选择要做的改动"))
        return {}, [], (form, paste)
    return dict.fromkeys(codes, assignment), [], None


def _assignment(values: dict, organisations: list[Organisation]) -> HoldingEdit:
    by_pk = {str(row.pk): row for row in organisations}
    lead, weight = values["lead"], values["weight"]
    return HoldingEdit(
        lead=KEEP if not lead else None if lead == AssignForm.CLEAR else by_pk[lead],
        supporting=() if values["clear_supporting"] else KEEP,
        add=tuple(values["add"]),
        remove=tuple(values["remove"]),
        weight=None if values["clear_weight"] else KEEP if weight is None else weight,
    )

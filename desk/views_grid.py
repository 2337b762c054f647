"""The grid: many figures of one release typed or pasted, looked at, then stored together."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from desk.forms import SOURCE_FIELDS, GridForm
from desk.grid import apply_grid, marked_moved, preview, read_cells, read_pasted
from desk.queries import enterable, sources_of, standings
from indicators.figures.due import years_due
from plan.params import today
from plan.queries import get_plan
from plan.workflow import Overtaken, WrongState

# As many cells as a message names.
NAMED = 8
RELEASE = ("released_on", "value_status", "precision")


@never_cache
def grid(request, slug):
    """GET: the table. POST step=preview: what it would do. POST step=draft|submit: done as previewed."""
    plan = get_plan(slug)
    step = request.POST.get("step", "")
    data = request.POST.copy()
    if step == "edit":
        data["pasted"] = data.get("kept", "") or data.get("pasted", "")
    form = GridForm(data or None, sources=sources_of(plan, request.user), initial={"value_status": "final"})
    if request.method != "POST" or step == "edit":
        return _table(request, plan, form)
    parts = standings(plan, today())
    components = {pk: part.component for pk, part in parts.items()}
    typed = read_cells(request.POST, components)
    if not form.is_valid():
        return _table(request, plan, form, status=400)
    typed += read_pasted(form.cleaned_data["pasted"], plan, components.values())
    if not typed:
        form.add_error(None, _("表中没有填数；请在格中填写，或粘贴一块表格"))
        return _table(request, plan, form, status=400)
    release = {name: form.cleaned_data[name] for name in ("released_on", "value_status")}
    source = form.chosen_source()
    shown = preview(parts, enterable(plan, request.user), typed, source=source, **release)
    fault = ""
    if "ticked" in request.POST:
        _keep_ticks(request, shown)
    if step in ("draft", "submit"):
        fault = _unconfirmed(request, shown)
        if not fault and not shown.moved:
            release["precision"] = form.cleaned_data["precision"]
            try:
                rows = apply_grid(plan, shown, by=request.user, source=source, submit=step == "submit", **release)
                messages.success(request, _done(rows, step, shown))
                return redirect("desk:home", slug)
            except (Overtaken, WrongState) as error:
                fault = str(error)
            except ValidationError as error:
                fault = "；".join(error.messages)
        if not fault and shown.moved:
            fault = ngettext(
                "预览之后有 %(number)s 格的现有数据变了，已标出；请再看一遍后确认。",
                "预览之后有 %(number)s 格的现有数据变了，已标出；请再看一遍后确认。",
                len(shown.moved),
            ) % {"number": len(shown.moved)}
        if fault:
            messages.error(request, _("没有保存：%(fault)s") % {"fault": fault})
    context = {
        "plan": plan,
        "form": form,
        "shown": shown,
        "source": source,
        "kept": form.cleaned_data["pasted"] or request.POST.get("kept", ""),
        "carried": [(name, request.POST.get(name, "")) for name in (*SOURCE_FIELDS, *RELEASE)],
        "tab": "grid",
    }
    return render(request, "desk/grid_preview.html", context, status=409 if fault else 200)


def _keep_ticks(request, shown) -> None:
    """What was put right on the preview was not shown there yet, and keeps the tick it has by itself."""
    for line in shown.lines:
        if line.basis_name in request.POST or not line.can_store:
            line.is_kept = f"t-{line.key}" in request.POST


def _unconfirmed(request, shown) -> str:
    """Why a preview is looked at once more before anything is stored; what moved since is marked on its cells."""
    if shown.asked:
        return _("还有 %(number)s 格没有选定怎么读") % {"number": len(shown.asked)}
    is_new = any(line.stores and line.basis_name not in request.POST for line in shown.lines)
    if "ticked" in request.POST and is_new:
        return _("刚改好的格已列入，请再看一遍后确认")
    bases = {name.replace("b-", "c-", 1): text for name, text in request.POST.items() if name[:2] == "b-"}
    marked_moved(shown, bases)
    return ""


def _done(rows, step: str, shown) -> str:
    """What became of the cells, those left where they were named."""
    number = {"number": len(rows)}
    done = _("已提交 %(number)s 条，等待核定") if step == "submit" else _("已存为草稿 %(number)s 条")
    left = [f"{line.typed.row} {line.typed.year}" for line in (*shown.unticked, *shown.skipped)]
    if not left:
        return done % number
    told = {"cells": _("、").join(left[:NAMED]), "left": len(left)}
    return done % number + _("；另有 %(left)s 格没有保存：%(cells)s") % told


def _table(request, plan, form, *, status=200):
    own, years = enterable(plan, request.user), list(years_due(plan, today()))
    rows = []
    for part in standings(plan, today()).values():
        if part.component.indicator.pk not in own:
            continue
        held = part.in_force()
        cells = []
        for year in years:
            name = f"c-{part.component.pk}-{year}"
            cells.append({"year": year, "name": name, "held": held.get(year), "typed": request.POST.get(name, "")})
        rows.append({"component": part.component, "cells": cells})
    context = {"plan": plan, "form": form, "rows": rows, "years": years, "tab": "grid"}
    return render(request, "desk/grid.html", context, status=status)

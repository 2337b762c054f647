"""按表填报: what a unit has to report as one table, a line each; the long form of a line is a click away."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plan.params import page_of, read_choice, today
from plan.queries import get_plan
from plan.rollup import per_cent
from plan.steps import refusal_words
from texts.forms import posted, show_faults
from updates.due import last_period
from updates.forms import RowForm, TableForm
from updates.models import StatusUpdate
from updates.services import TableRow, file_table
from updates.worklist import UpdateWorkRow, work_rows

PAGE_SIZE = 60
# What asks for a report, in the order of the work list.
ASKING = ("returned", "overdue", "due_soon", "draft", "backlog")
LINE = re.compile(r"r(\d{1,9})-status$", re.ASCII)
TOLD = ("status", "progress", "done", "problems")


def table(request, slug):
    """The lines that ask for a report, each saved or handed in by itself: one that is wrong holds up no other."""
    plan = get_plan(slug)
    period = last_period(plan, today())
    form = TableForm(posted(request), initial={"status_on": period.end if period else today()})
    faulty: dict[int, RowForm] = {}
    overtaken: list[dict[str, Any]] = []
    if request.method == "POST":
        # Before anything is filed: what stands there then is somebody else's.
        overtaken = _overtaken(request, plan)
        faulty = _taken(request, plan, form)
        if not form.errors and not faulty and not overtaken:
            return redirect(request.get_full_path())
    rows, organisations, chosen = _rows(request, plan)
    page = page_of(rows, PAGE_SIZE, request.GET)
    lines = [*overtaken, *({"row": row, "form": faulty.get(row.item.pk) or _form_of(row)} for row in page)]
    context = {
        "plan": plan,
        "form": form,
        "lines": lines,
        "row_forms": [line["form"] for line in lines],
        "faults_heading": "" if form.errors else _("以下各行没有保存，其余照常处理"),
        "page": page,
        "organisations": organisations,
        "organisation": chosen,
        "wrong": len(faulty) + len(overtaken),
        "period": period,
    }
    is_wrong = form.errors or faulty or overtaken
    return render(request, "updates/table.html", context, status=400 if is_wrong else 200)


def _rows(request, plan):
    """The lines of the chosen unit, and the units there are lines of."""
    rows = [row for row in work_rows(plan, request.user, today=today()) if row.state in ASKING]
    units = sorted({row.organisation for row in rows if row.organisation}, key=lambda unit: unit.code)
    chosen = read_choice(request.GET, "organisation", ["-", *(unit.code for unit in units)])
    rows = [row for row in rows if not chosen or (row.organisation.code if row.organisation else "-") == chosen]
    rows.sort(key=lambda row: (row.organisation is None, str(row.organisation), ASKING.index(row.state)))
    return rows, units, chosen


def _form_of(row: UpdateWorkRow, data=None) -> RowForm:
    update = row.current if row.may_go_on else None
    initial = {"edition": update.edition if update else 0}
    if update:
        initial |= {name: getattr(update, name) for name in ("status", "done", "problems")}
        initial["progress"] = None if update.progress is None else per_cent(update.progress / 100)
    return RowForm(data, item=row.item, initial=initial)


def _taken(request, plan, form: TableForm) -> dict[int, RowForm]:
    """Files what is filled in; the forms of lines that were not taken, by item, with what is wrong of them."""
    rows, _organisations, _chosen = _rows(request, plan)
    sent = [row for row in rows if f"r{row.item.pk}-status" in request.POST]
    forms = {row.item.pk: _form_of(row, request.POST) for row in sent}
    is_submitted = request.POST.get("then") == "submit"
    if not form.is_valid():
        return forms
    filled = [row for row in sent if _is_filled(row, forms[row.item.pk], is_submitted=is_submitted)]
    right = [row for row in filled if forms[row.item.pk].is_valid()]
    lines = [_line(row, forms[row.item.pk], form.cleaned_data["status_on"]) for row in right]
    done, faults = file_table(plan, lines, by=request.user, is_submitted=is_submitted)
    for pk, error in faults.items():
        _show(forms[pk], error)
    _say(request, len(done), is_submitted=is_submitted)
    return {
        pk: one for pk, one in forms.items() if one.is_bound and one.errors and one.has_changed() or pk in faults
    }


def _overtaken(request, plan) -> list[dict[str, Any]]:
    """Lines that somebody else handed in since the table was opened, with what was typed there."""
    found = []
    every = {row.item.pk: row for row in work_rows(plan, request.user, today=today())}
    for row in every.values():
        stands = row.current or row.last
        if row.state in ASKING or stands is None or f"r{row.item.pk}-status" not in request.POST:
            continue
        form = _form_of(row, request.POST)
        if _says_else(form, stands):
            told = {"who": stands.entered_by, "state": stands.get_state_display()}
            words = _("这一行已由 %(who)s 填报（%(state)s），与您表里的不同，您的没有保存；请核对后另行告知")
            form.add_error(None, words % told)
            found.append({"row": row, "form": form})
    _name_the_gone(request, plan, every.keys())
    return found


def _says_else(form: RowForm, stands: StatusUpdate) -> bool:
    """Whether a line says something that the report does not."""
    form.is_valid()
    for name in TOLD:
        said = form.cleaned_data.get(name, form.data.get(form.add_prefix(name)))
        held = getattr(stands, name)
        if isinstance(said, str) and isinstance(held, str):
            said, held = ("\n".join(text.split()) for text in (said, held))
        if said not in (None, "") and said != held:
            return True
    return False


def _name_the_gone(request, plan, known: Iterable[int]) -> None:
    """Says of which lines nothing was taken, because nobody of this unit reports on them any more."""
    sent = {int(found[1]) for name in request.POST if (found := LINE.match(name))}
    for item in plan.every_item.filter(pk__in=sent.difference(known)):
        said = request.POST.get(f"r{item.pk}-done", "").strip() or request.POST.get(f"r{item.pk}-problems", "")
        if said.strip():
            told = {"code": item.code, "said": said.strip()[:500]}
            messages.warning(request, _("%(code)s 已停用或不由本单位填报，没有保存：%(said)s") % told)


def _is_filled(row: UpdateWorkRow, form: RowForm, *, is_submitted: bool) -> bool:
    """Whether a line is meant: what was changed and, to hand in, a draft as it stands, unless it came back."""
    changed = set(form.changed_data) - {"edition"}
    return bool(changed) or (is_submitted and row.state != "returned" and row.may_go_on)


def _line(row: UpdateWorkRow, form: RowForm, day) -> TableRow:
    values = {name: form.cleaned_data[name] for name in TOLD} | {"status_on": day}
    update = row.current if row.may_go_on else None
    return TableRow(row.item, update, form.cleaned_data["edition"] or 0, values)


def _show(form: RowForm, error: Exception) -> None:
    if isinstance(error, ValidationError):
        show_faults(form, error)
    else:
        words = _("这一条目不由本单位填报") if isinstance(error, PermissionDenied) else refusal_words(error)
        form.add_error(None, words)


def _say(request, number: int, *, is_submitted: bool) -> None:
    if not number:
        messages.warning(request, _("没有保存任何一行"))
    elif is_submitted:
        said = ngettext("已提交 %(n)s 项，等待他人核定", "已提交 %(n)s 项，等待他人核定", number)
        messages.success(request, said % {"n": number})
    else:
        messages.success(request, ngettext("已存 %(n)s 项草稿", "已存 %(n)s 项草稿", number) % {"n": number})

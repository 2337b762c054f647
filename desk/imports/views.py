"""Pages of an import: upload, columns, what each row would do, apply and undo."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from desk.imports import batches
from desk.imports.forms import MappingForm, NamesForm, UploadForm
from desk.imports.mending import LENGTH
from desk.imports.steps import named_places
from desk.imports.template import due_rows, template_csv, template_xlsx
from desk.imports.words import (
    FAULTS,
    TEMPLATE_COLUMNS,
    change_words,
    column_label,
    column_table,
    mends_of,
    named_reasons,
    outcome_table,
    readings_of,
    remarks,
    status_word,
)
from desk.models import ImportBatch, ImportRow
from desk.queries import batch_seen_by, batches_seen_by
from indicators.files.faults import BrokenFile
from indicators.files.headings import COLUMNS
from plan.exports.download import Download
from plan.exports.files import csv_file
from plan.models import in_language
from plan.params import page_of, read_choice, read_keys, read_number
from plan.queries import get_plan
from plan.workflow import WrongState
from texts.cleaning import kept_text
from texts.forms import posted, refuse

PAGE_SIZE, LISTED, NAMES_ASKED = 100, 20, 300
MENDED = re.compile(r"m-(\d{1,9})-(\w{1,30})", re.ASCII)
State, Outcome = ImportBatch.State, ImportRow.Outcome


def index(request, slug):
    return _index(request, get_plan(slug), UploadForm())


def _index(request, plan, form, status=200):
    context = {
        "plan": plan,
        "form": form,
        "may_import": may(request.user, Permission.IMPORT_FIGURES),
        "page": page_of(batches_seen_by(plan, request.user), LISTED, request.GET),
        "columns": column_table(),
        "max_mb": settings.IMPORT_MAX_MB,
    }
    return render(request, "desk/import_list.html", context, status=status)


@require_POST
def upload(request, slug):
    plan, form = get_plan(slug), UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            said = form.cleaned_data
            batch = batches.upload_file(plan, said["file"], by=request.user, encoding=said["encoding"])
        except BrokenFile as error:
            name = form.cleaned_data["file"].name
            words = {"name": name, "row": error.faults[0].row, "reason": error.faults[0].reason}
            form.add_error("file", _("%(name)s 第 %(row)s 行：%(reason)s") % words)
        else:
            return redirect("desk_import:mapping", slug, batch.pk)
    return _index(request, plan, form, status=422)


def mapping(request, slug, pk):
    """Which column is which: proposed from the headings, decided by the person."""
    batch = _batch(request, slug, pk)
    if batch.state not in (State.UPLOADED, State.CHECKED):
        return redirect(batch)
    if "sheet" in request.POST and request.POST["sheet"] != batch.sheet:
        return _other_sheet(request, batch)
    recipes = batches.recipes_of(batch)
    chosen = read_number(request.GET, "recipe", default=0, low=0, high=2**31 - 1)
    followed = next((one for one in recipes if one.pk == chosen), None)
    if followed and request.method == "GET":
        batches.follow_recipe(batch, followed)
    form = MappingForm(batch, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            batches.start_check(batch, mapping=form.mapping, defaults=form.defaults, by=request.user)
            return redirect(batch)
        except ValidationError as error:
            for name, words in error.message_dict.items():
                # What can be said for the whole file is put right there.
                whole = f"all_{name}" if f"all_{name}" in form.fields else None
                form.add_error(whole, words[0] if whole else f"{column_label(name)}{_('：')}{words[0]}")
        except WrongState as error:
            form.add_error(None, str(error))
    names = form.mapping if form.is_bound and hasattr(form, "mapping") else batch.mapping
    context = {
        "plan": batch.plan,
        "batch": batch,
        "form": form,
        "missing": [column_label(name) for name in batches.lacking(batch, names, batch.defaults)],
        "recipe": followed or batches.former_of_kind(batch),
        "followed": followed,
        "recipes": recipes,
        "columns": column_table(),
        "former": _former(batch),
    }
    return render(request, "desk/import_mapping.html", context, status=422 if form.errors else 200)


def _other_sheet(request, batch):
    try:
        batches.choose_sheet(batch, sheet=request.POST["sheet"], by=request.user)
    except (BrokenFile, WrongState) as error:
        messages.error(request, error.faults[0].reason if isinstance(error, BrokenFile) else str(error))
        return _page(request, batch, status=422)
    return redirect("desk_import:mapping", batch.plan.slug, batch.pk)


@require_POST
def names(request, slug, pk):
    """What the file calls components: answered once, remembered, and the file compared again."""
    batch = _batch(request, slug, pk)
    if batch.uploaded_by_id != request.user.pk:
        raise PermissionDenied(_("只有上传人可以处理这份导入"))
    form = NamesForm(batch.plan, _asked_names(batch), request.POST)
    if form.is_valid() and (said := form.answers()):
        try:
            batches.start_check(batch, mapping=batch.mapping, names=said, by=request.user)
        except (WrongState, ValidationError) as error:
            refuse(request, error)
            return _page(request, _batch(request, slug, pk), status=409)
        return redirect(batch)
    messages.error(request, _("还没有选定文件里的名称各是哪一个分项"))
    return _page(request, batch, status=400)


def _asked_names(batch) -> dict[str, str]:
    """What nobody has said yet: name → the proposed component, "" without one; proposals first."""
    rows = batch.rows.filter(outcome__in=[Outcome.ASK, Outcome.PASSED]).exclude(name="").order_by("line")
    found = dict(rows.values_list("name", "component__code")[:NAMES_ASKED])
    return dict(sorted(((name, code or "") for name, code in found.items()), key=lambda pair: not pair[1]))


def batch(request, slug, pk):
    return _page(request, _batch(request, slug, pk))


def _page(request, batch, status=200):
    if batch.state == State.UPLOADED and status == 200 and batch.uploaded_by_id == request.user.pk:
        return redirect("desk_import:mapping", batch.plan.slug, batch.pk)
    outcome = read_choice(request.GET, "outcome", [*Outcome.values, "outlier"])
    found = {"": batch.total, "outlier": batch.counts.get("outliers", 0)} | {
        name: batch.counts.get(name, 0) for name in Outcome.values
    }
    total = found[outcome]
    pages = max(1, -(-total // PAGE_SIZE))
    page = read_number(request.GET, "page", default=1, low=1, high=pages)
    context = {
        "plan": batch.plan,
        "batch": batch,
        "mine": batch.uploaded_by_id == request.user.pk and may(request.user, Permission.IMPORT_FIGURES),
        "changed": _named_lines(named_places(batch)),
        "outcomes": outcome_table(batch.counts),
        "outcome": outcome,
        "rows": _rows(batch, outcome, page) if total and not batch.is_working else [],
        "storable": batch.counts.get(Outcome.NEW, 0) + batch.counts.get(Outcome.CHANGED, 0),
        "page": page,
        "pages": pages,
        "former": _former(batch),
        "may_review": _may_review(request.user, batch),
        "names_form": _names_form(request, batch),
        "may_answer": batch.asked or batch.blocked,
    }
    return render(request, "desk/import_batch.html", context, status=status)


def _names_form(request, batch):
    if batch.state != State.CHECKED or batch.uploaded_by_id != request.user.pk:
        return None
    if not (batch.asked or batch.counts.get(Outcome.PASSED)):
        return None
    asked = _asked_names(batch)
    return NamesForm(batch.plan, asked) if asked else None


def _named_lines(lines, limit=20):
    return "、".join(map(str, lines[:limit])) + ("…" if len(lines) > limit else "")


def _rows(batch, outcome, page):
    rows = batch.rows.for_page()
    if outcome == "outlier":
        rows = rows.choosable().filter(is_outlier=True)
    elif outcome:
        rows = rows.filter(outcome=outcome)
    found = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    for row in found:
        row.change, row.remarks = change_words(row), remarks(row)
        row.sign = next(entry["sign"] for entry in outcome_table({}) if entry["value"] == row.outcome)
        row.readings = readings_of(row)
        row.mends = mends_of(row)
        row.status_word = status_word(row)
        row.named_reasons = named_reasons(row)
    return found


@require_POST
def rows(request, slug, pk):
    """Keeps which rows are chosen: those of the page shown, or all or none of an outcome."""
    batch = _batch(request, slug, pk)
    try:
        _choose(request, batch)
        if request.POST.get("do") == "apply":
            batches.start_apply(batch, whole=False, by=request.user)
            return redirect(batch)
    except WrongState as error:
        return _page(request, _batch(request, slug, pk), status=refuse(request, error))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{batch.get_absolute_url()}{query}#rows")


def _choose(request, batch):
    if request.POST.get("do") == "answer":
        batches.mend_rows(batch, _mended(request), by=request.user)
        said = {
            int(name.removeprefix("answer_")): value[:10]
            for name, value in request.POST.items()
            if re.fullmatch(r"answer_\d{1,9}", name, re.ASCII) and value
        }
        batches.answer_rows(batch, said, by=request.user)
        return
    what, _sep, outcome = request.POST.get("do", "").partition(":")
    if what in ("all", "none") and outcome in ImportRow.CHOOSABLE:
        batches.choose_outcome(batch, outcome=outcome, chosen=what == "all", by=request.user)
        return
    shown, chosen = (read_keys(request.POST, name)[:PAGE_SIZE] for name in ("shown", "chosen"))
    batches.choose_rows(batch, shown=shown, chosen=chosen, by=request.user)


def _mended(request) -> dict[int, dict[str, str]]:
    """What was put into the cells of faulty rows: line → machine name → text."""
    found: dict[int, dict[str, str]] = {}
    for key, text in request.POST.items():
        if match := MENDED.fullmatch(key):
            found.setdefault(int(match[1]), {})[match[2]] = kept_text(text, lines=False).strip()[:LENGTH]
    return {line: cells for line, cells in found.items() if cells.keys() <= COLUMNS.keys()}


@require_POST
def apply(request, slug, pk):
    """The file as a whole; chosen rows are applied from their table."""
    return _step(request, slug, pk, lambda batch: batches.start_apply(batch, whole=True, by=request.user))


@require_POST
def undo(request, slug, pk):
    return _step(request, slug, pk, lambda batch: batches.undo_import(batch, by=request.user))


@require_POST
def cancel(request, slug, pk):
    return _step(request, slug, pk, lambda batch: batches.cancel_import(batch, by=request.user))


def _step(request, slug, pk, step):
    batch = _batch(request, slug, pk)
    try:
        step(batch)
    except WrongState as error:
        return _page(request, _batch(request, slug, pk), status=refuse(request, error))
    return redirect(batch)


def state(request, slug, pk):
    """What the progress bar asks for."""
    batch = _batch(request, slug, pk)
    body = {
        "state": batch.state,
        "label": batch.get_state_display(),
        "working": batch.is_working and not batch.is_stuck,
        "progress": batch.job.progress if batch.job else 0,
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def faults(request, slug, pk):
    """Every fault as a CSV line, streamed: row, column, value, reason."""
    batch = _batch(request, slug, pk)
    rows = batch.rows.filter(
        outcome__in=[Outcome.INVALID, Outcome.CONFLICT, Outcome.ASK, Outcome.PASSED]
    ).order_by("line")
    name = f"{batch.plan.slug}_import_{batch.pk}_faults.csv"
    # For people, like the page it is taken from: headings and words in their language.
    header = in_language("zh", "en")
    return csv_file(request, _fault_rows(rows), columns=FAULTS, name=name, file_name=name, header=header)


def _fault_rows(rows) -> Iterator[dict]:
    for row in rows.iterator(chunk_size=1000):
        for fault in row.reasons:
            yield {
                "line": row.where,
                "outcome": row.get_outcome_display(),
                "column": column_label(fault.column),
                "value": fault.value,
                "reason": fault.reason,
            }


def template(request, slug, format):
    plan = get_plan(slug)
    data = {"xlsx": template_xlsx, "csv": template_csv}[format](plan, today=request.as_of)
    rows = sum(1 for _row in due_rows(plan, today=request.as_of))
    name = f"{plan.slug}_template"
    return Download(
        name=name, format=format, pieces=[data], rows=rows, columns=TEMPLATE_COLUMNS, file_name=f"{name}.{format}"
    ).response(request)


def _batch(request, slug, pk) -> ImportBatch:
    return batch_seen_by(get_plan(slug), request.user, pk)


def _may_review(user, batch: ImportBatch) -> bool:
    """Whether the page leads to the decision on the whole."""
    decides = may(user, Permission.APPROVE_FIGURES) and batch.uploaded_by_id != user.pk
    return decides and batch.state == State.APPLIED and batch.reviewed_at is None


def _former(batch):
    """An earlier upload of the very same bytes, for a word and a link."""
    twins = ImportBatch.objects.filter(plan=batch.plan, sha256=batch.sha256, pk__lt=batch.pk)
    former = twins.select_related("uploaded_by").first()
    return former and {"batch": former, "address": reverse("desk_import:batch", args=[batch.plan.slug, former.pk])}

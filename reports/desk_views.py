"""The report desk: choosing rows and columns, looking at the first of them, taking the file away."""

from dataclasses import replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission, may
from indicators.files.exports import shows_logins
from jobs.models import Job
from jobs.services import cancel
from plan.columns import Column
from plan.exports.cells import guard
from plan.exports.csvfile import ENCODINGS
from plan.exports.download import STREAM_FROM, Download, KeptFile
from plan.folders import open_kept
from plan.models import in_language
from plan.params import BadParameter, day_pairs, read_edition, today
from plan.queries import get_plan
from plan.workflow import Overtaken
from reports import services
from reports.datasets import (
    DATASETS,
    Audience,
    columns_of,
    number_of_rows,
    read_definition,
    rows_of,
)
from reports.definition import Definition, params_in, params_of
from reports.file import AT_ONCE, Report
from reports.models import ReportRun, SavedReport
from reports.words import told
from texts.forms import refuse

SHOWN = 20
LONGEST = 60
RUNS_SHOWN = 50
# Fields of a report that is kept.
WISHED = {name: f"wish-{name}" for name in ("name", "schedule")}
# What the form calls the parameters of the address.
FIELD_WORDS = {
    "dataset": gettext_lazy("内容"),
    "column": gettext_lazy("选择列"),
    "kind": gettext_lazy("类别"),
    "codes": gettext_lazy("编码"),
    "status": gettext_lazy("状态"),
    "organisation": gettext_lazy("责任单位"),
    "year_from": gettext_lazy("起始年"),
    "year_to": gettext_lazy("截止年"),
    "method": gettext_lazy("方法"),
    "format": gettext_lazy("格式"),
    "header": gettext_lazy("列名"),
    "encoding": gettext_lazy("编码方式"),
    "code_columns": gettext_lazy("代码列"),
}


@require_safe
def desk(request, slug):
    """The form, and what it gives; a choice that cannot be used is named beside the form."""
    plan = get_plan(slug)
    try:
        definition, fault = read_definition(_in_the_readers_language(request.GET), plan), None
    except BadParameter as error:
        definition, fault = _usual(request.GET), error
    context = form_context(request, plan, definition) | {"fault": fault, "asked": request.GET}
    context["fault_label"] = FIELD_WORDS.get(fault.name, fault.name) if fault else ""
    if fault is None:
        context |= preview(request, plan, definition)
    return render(request, "reports/desk.html", context, status=400 if fault else 200)


def _in_the_readers_language(params) -> QueryDict:
    """Headings nobody chose are the reader's; the file's address names them, so that it is the same for all."""
    if "header" in params or get_language() != "en":
        return params
    params = params.copy()
    params["header"] = "en"
    return params


def _kept(definition: Definition, day: dict[str, str]) -> str:
    """The query of an address of this page: Chinese headings are said where they are not the reader's own."""
    chosen = "zh" if definition.header == "zh" and get_language() == "en" else ""
    return definition.query(header=chosen, **day)


def _usual(params) -> Definition:
    """What the form shows beside a fault: the dataset asked for, otherwise as at the beginning."""
    name = params.get("dataset", "")
    return Definition(dataset=name if name in DATASETS else "progress")


def form_context(request, plan, definition: Definition) -> dict:
    dataset = DATASETS[definition.dataset]
    chosen = list(columns_of(replace(definition, code_columns="")))
    available = dataset.available(definition.method)
    day = day_pairs(request.as_of)
    return {
        "plan": plan,
        "definition": definition,
        "dataset": dataset,
        "datasets": [
            (name, one.label, f"?{_kept(_switch(definition, name), day)}") for name, one in DATASETS.items()
        ],
        "columns": _column_lines(definition, chosen, dataset, day),
        "unchosen": [(name, column_label(dataset, name)) for name in available if name not in chosen],
        "kinds": [(kind.value, kind.plural_label) for kind in dataset.kinds(plan.kinds) if kind.is_there],
        "statuses": dataset.statuses.items(),
        "organisations": Organisation.objects.filter(leads__plan=plan).distinct(),
        "encodings": ENCODINGS,
        "signed_in": may(request.user, Permission.OWN_ACCOUNT),
        "schedules": SavedReport.Schedule.choices,
    }


def _switch(definition: Definition, name: str) -> Definition:
    """The same organisation, codes and years asked of another dataset."""
    return Definition(
        dataset=name,
        codes=definition.codes,
        organisation=definition.organisation,
        year_from=definition.year_from,
        year_to=definition.year_to,
        method=definition.method,
        header=definition.header,
        format=definition.format,
        encoding=definition.encoding,
        code_columns=definition.code_columns,
    )


def _column_lines(definition: Definition, chosen: list[str], dataset, day: dict[str, str]) -> list[dict]:
    """The chosen columns with the addresses that move each one up or down."""

    def moved(at: int, to: int) -> str:
        order = [*chosen]
        order.insert(to, order.pop(at))
        return f"?{_kept(definition.with_columns(order), day)}#columns"

    last = len(chosen) - 1
    return [
        {
            "name": name,
            "label": column_label(dataset, name),
            "up": moved(at, at - 1) if at else "",
            "down": moved(at, at + 1) if at < last else "",
        }
        for at, name in enumerate(chosen)
    ]


def preview(request, plan, definition: Definition) -> dict:
    """The first rows as the file has them, and how many rows there are."""
    number = number_of_rows(plan, definition, request.as_of)
    columns = columns_of(definition)
    reader = Audience(request.build_absolute_uri("/").rstrip("/"), shows_logins(request))
    first = islice(rows_of(plan, definition, request.as_of, reader), SHOWN)
    rows = [
        [cell(column, row[name]) for name, column in columns.items()]
        for row in told(plan, definition, columns, first)
    ]
    day = day_pairs(request.as_of)
    return {
        "headings": [cell(column, column.heading(definition.header)) for column in columns.values()],
        "headings_lang": "zh-CN" if definition.header == "zh" else "en",
        "rows": rows,
        "number": number,
        "more": number - len(rows),
        "is_large": number > AT_ONCE,
        "at_once": AT_ONCE,
        "query": definition.query(**day),
    }


class ShownCell(NamedTuple):
    """A value as the table shows it; whether it stands right is the column's affair, not the value's."""

    text: str
    is_number: bool


def cell(column: Column, value) -> ShownCell:
    """A value cut to what a line of a table holds."""
    if isinstance(value, list):
        value = "、".join(value)
    text = value.isoformat() if isinstance(value, date) else str(guard(value))
    return ShownCell(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…", column.is_number)


def column_label(dataset, name: str) -> str:
    column = dataset.columns[name]
    return in_language(column.zh, column.en)


@require_safe
def report_file(request, slug):
    """The file of a definition: a small one whole, with its hash, a large one as its rows are read."""
    plan = get_plan(slug)
    definition = read_definition(request.GET, plan)
    number = number_of_rows(plan, definition, request.as_of)
    if definition.format == "xlsx" and number > AT_ONCE:
        expected = _("超过 %(n)s 行的工作簿请在后台生成，或改用 CSV") % {"n": AT_ONCE}
        raise BadParameter("format", "xlsx", expected)
    site = request.build_absolute_uri("/").rstrip("/")
    report = Report(plan, definition, request.as_of, site, logins=shows_logins(request))
    return Download(
        name=report.stem,
        format=definition.format,
        pieces=report.pieces(),
        rows=lambda: report.number,
        columns=report.columns,
        encoding=definition.encoding,
        is_large=number >= STREAM_FROM,
    ).response(request)


@require_POST
def report_make(request, slug):
    """The same file, made by a worker."""
    plan = get_plan(slug)
    definition = read_definition(params_in(request.POST.get("query", "")), plan)
    run = services.start_run(plan=plan, definition=definition, as_of=request.as_of, by=request.user)
    return redirect("report_run", slug, run.pk)


@require_POST
def report_save(request, slug):
    """Keeps what the desk shows under a name; what is wrong with the name is said there."""
    plan = get_plan(slug)
    asked = params_in(request.POST.get("query", ""))
    definition = read_definition(asked, plan)
    try:
        services.save_report(plan=plan, definition=definition, by=request.user, today=today(), **_wishes(request))
    except ValidationError as error:
        context = form_context(request, plan, definition) | preview(request, plan, definition)
        context |= {"given": request.POST, "asked": asked}
        return render(request, "reports/desk.html", context, status=refuse(request, error, at=WISHED))
    messages.success(request, _("报表已保存。"))
    return redirect("report_saved", slug)


@require_safe
def report_saved(request, slug):
    """One's own reports, those shared by others, and the files made lately."""
    plan = get_plan(slug)
    rows = SavedReport.objects.seen_by(request.user).filter(plan=plan).select_related("owner", "plan")
    lines = [{"report": row, "query": params_of(row.definition).urlencode()} for row in rows]
    context = {
        "plan": plan,
        "mine": [line for line in lines if line["report"].owner_id == request.user.pk],
        "shared": [line for line in lines if line["report"].owner_id != request.user.pk],
        "runs": ReportRun.objects.filter(plan=plan, by=request.user).select_related("report", "job")[:RUNS_SHOWN],
    }
    return render(request, "reports/saved.html", context)


@require_http_methods(["GET", "POST"])
def report_edit(request, slug, pk):
    plan = get_plan(slug)
    report = get_object_or_404(SavedReport.objects.select_related("plan"), plan=plan, pk=pk, owner=request.user)
    context = {"plan": plan, "report": report, "schedules": SavedReport.Schedule.choices}
    if request.method == "GET":
        return render(request, "reports/saved_edit.html", context | {"given": report, "edition": report.edition})
    wishes = _wishes(request)
    edition = read_edition(request.POST)
    try:
        services.change_report(
            report_id=pk,
            edition=edition,
            by=request.user,
            today=today(),
            **wishes,
        )
    except (ValidationError, Overtaken) as error:
        report.refresh_from_db()
        context |= {"given": wishes, "edition": report.edition}
        return render(request, "reports/saved_edit.html", context, status=refuse(request, error, at=WISHED))
    messages.success(request, _("已保存。"))
    return redirect("report_saved", slug)


@require_POST
def report_delete(request, slug, pk):
    _seen(request, get_plan(slug), pk)
    services.delete_report(report_id=pk, by=request.user)
    messages.success(request, _("报表已删除，已生成的文件仍保留到期。"))
    return redirect("report_saved", slug)


@require_POST
def report_again(request, slug, pk):
    """Runs a saved report as of today."""
    plan = get_plan(slug)
    report = _seen(request, plan, pk)
    definition = services.definition_of(report)
    run = services.start_run(plan=plan, definition=definition, as_of=today(), by=request.user, report=report)
    return redirect("report_run", slug, run.pk)


@require_safe
def report_run(request, slug, pk):
    plan = get_plan(slug)
    run = _run(request, plan, pk)
    waiting = (
        run.made_at is None and run.job is not None and run.job.state in (Job.State.QUEUED, Job.State.RUNNING)
    )
    context = {"plan": plan, "run": run, "waiting": waiting, "query": params_of(run.definition).urlencode()}
    return render(request, "reports/run.html", context)


@require_POST
def report_cancel(request, slug, pk):
    run = _run(request, get_plan(slug), pk)
    if run.by_id != request.user.pk:
        raise PermissionDenied(_("只有发起人可以取消"))
    if run.job_id and cancel(run.job_id, by=request.user):
        messages.success(request, _("已取消。"))
    return redirect("report_run", slug, pk)


@require_safe
def report_run_file(request, slug, pk):
    """The file a worker made, to whoever may see its run."""
    run = _run(request, get_plan(slug), pk)
    if not run.is_ready:
        raise Http404(_("文件还没有生成，或已过保留期"))
    try:
        content = open_kept(services.FOLDER, run.stored_as)
    except FileNotFoundError as error:
        raise Http404(_("文件已不在存储中，请重新生成")) from error
    # The register has it from the worker.
    return KeptFile(
        name=run.name,
        content=content,
        digest=run.sha256,
        size=run.size,
        rows=run.rows,
        as_of=run.day,
        is_registered=True,
    ).response(request)


def _wishes(request) -> dict:
    return {
        "name": request.POST.get("name", ""),
        "is_shared": request.POST.get("is_shared") == "1",
        "schedule": request.POST.get("schedule", "none"),
    }


def _seen(request, plan, pk) -> SavedReport:
    return get_object_or_404(SavedReport.objects.seen_by(request.user).select_related("plan"), plan=plan, pk=pk)


def _run(request, plan, pk) -> ReportRun:
    """A run of one's own, or of a report that is shared."""
    run = get_object_or_404(ReportRun.objects.select_related("plan", "report", "job", "by"), plan=plan, pk=pk)
    if run.by_id != request.user.pk and not (run.report and run.report.is_shared):
        raise PermissionDenied(_("这份文件属于他人"))
    return run

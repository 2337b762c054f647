"""Pages of a file of statements on its way in: chosen, looked at row by row, taken in, taken back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from evidence import importing
from evidence.columns import EVIDENCE
from evidence.models import EvidenceBatch
from plan.exports.files import rows_file
from plan.params import page_of, read_act
from plan.queries import get_plan
from plan.uploads import clean_name
from plan.workflow import WrongState
from texts.forms import refuse

LISTED = 20


def upload(request, slug):
    """The way in, with the files taken in so far."""
    plan, status = get_plan(slug), 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise ValidationError(_("请选择一个 CSV 或 XLSX 文件"))
            batch = importing.read_table(plan, file.file, name=clean_name(file.name), by=request.user)
            if batch.passed_over:
                names = "、".join(batch.passed_over)
                messages.warning(request, _("这些列没有读取：%(names)s") % {"names": names})
            return redirect("evidence:batch", slug, batch.pk)
        except ValidationError as error:
            status = refuse(request, error, "file")
    batches = EvidenceBatch.objects.filter(plan=plan).select_related("uploaded_by").defer("rows")
    context = {
        "plan": plan,
        "columns": [EVIDENCE[name] for name in importing.FIELDS],
        "page": page_of(batches, LISTED, request.GET),
    }
    return render(request, "evidence/import.html", context, status=status)


def template(request, slug):
    """An empty table with our headings."""
    columns = {name: EVIDENCE[name] for name in importing.FIELDS}
    return rows_file(request, [], columns=columns, name=f"{slug}_evidence_template", format="csv")


def _batch(slug, pk) -> EvidenceBatch:
    row = EvidenceBatch.objects.select_related("plan", "uploaded_by").filter(plan__slug=slug, pk=pk).first()
    if row is None:
        raise Http404(_("没有这次导入"))
    return row


def batch(request, slug, pk):
    """What each row would do or did; those that cannot be taken in first."""
    plan, row = get_plan(slug), _batch(slug, pk)
    groups = [(outcome, row.of(outcome)) for outcome in importing.OUTCOMES]
    for changed in row.of(importing.CHANGED):
        changed["turns"] = [(importing.label_of(name), was, now) for name, was, now in changed["turns"]]
    number = len(row.of(importing.NEW)) + len(row.of(importing.CHANGED))
    context = {"plan": plan, "batch": row, "groups": groups, "number": number}
    context["disputed"] = any(one.get("told") for one in row.rows)
    return render(request, "evidence/batch.html", context)


@require_POST
def decide(request, slug, pk):
    """Takes the rows in, or back, as the button says."""
    row, action = _batch(slug, pk), read_act(request.POST, "action", ("apply", "undo"))
    try:
        if action == "apply":
            number = importing.apply_batch(row, by=request.user)
            told = ngettext("已提交 %(n)s 条，等待核定", "已提交 %(n)s 条，等待核定", number) % {"n": number}
        else:
            gone, kept = importing.undo_batch(row, by=request.user)
            told = _("已撤销 %(gone)s 条；已有结论、后来又改过、退回过或由他人录入的 %(kept)s 条保留") % {
                "gone": gone,
                "kept": kept,
            }
        messages.success(request, told)
    except (ValidationError, WrongState) as error:
        refuse(request, error)
    return redirect("evidence:batch", slug, pk)

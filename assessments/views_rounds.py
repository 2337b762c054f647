"""Rounds for those who manage them: making one, its steps, who evaluates what."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from accounts.permissions import Permission, people_who_may
from assessments import handing, rounds, versions
from assessments.assigning import GIVEN, chapters_of, choosable, picked, read_choices
from assessments.forms import NewRoundForm, RoundForm
from assessments.models import Assignment, Round
from assessments.queries import get_round
from plan.params import page_of, read_act, read_edition, read_text
from plan.queries import get_plan
from plan.steps import take_step
from plan.workflow import Overtaken, WrongState
from texts.forms import posted, refuse, show_faults

PAGE_SIZE = 200


def round_new(request, slug):
    plan = get_plan(slug)
    form = NewRoundForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = rounds.create_round(plan=plan, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_faults(form, error)
        else:
            messages.success(request, _("已建立，请分工后启动"))
            return redirect("assessments:assign", slug, row.code)
    status = 400 if form.errors else 200
    return render(request, "assessments/round_form.html", {"plan": plan, "form": form}, status=status)


def round_edit(request, slug, round):
    plan = get_plan(slug)
    row = get_round(plan, round, request.user)
    form, newer = RoundForm(posted(request), instance=row), None
    if request.method == "POST" and form.is_valid():
        try:
            rounds.change_round(row, edition=read_edition(request.POST), by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        except Overtaken as error:
            newer = error.row
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已保存"))
            return redirect("assessments:round", slug, row.code)
    edition = newer.edition if newer else request.POST.get("edition") or row.edition
    context = {"plan": plan, "round": row, "form": form, "newer": newer, "edition": edition}
    return render(request, "assessments/round_form.html", context, status=400 if form.errors else 200)


@require_POST
def round_step(request, slug, round):
    """Open, close, reopen or publish, as the button pressed says."""
    plan = get_plan(slug)
    row = get_round(plan, round, request.user)
    take_step(request, STEPS, row, reasoned={"reopen": "reason"})
    return redirect("assessments:round", slug, row.code)


STEPS = {
    "open": (rounds.open_round, gettext_noop("已启动，评估人可以开始填写")),
    "close": (rounds.close_round, gettext_noop("已结束，不再填写评估意见；报告各章仍可修改，需要时可以重新打开")),
    "reopen": (rounds.reopen_round, gettext_noop("已重新打开")),
    "publish": (versions.publish_with_report, gettext_noop("已发布")),
}


def assign(request, slug, round):
    """Gives commitments to evaluators, many at once, by kind, chapter or responsible organisation."""
    plan = get_plan(slug)
    row = get_round(plan, round, request.user)
    organisations = list(Organisation.objects.all())
    choice = read_choices(plan, request.GET, organisations)
    status = 200
    if request.method == "POST":
        try:
            _give(request, plan, row, choice)
            return redirect(request.get_full_path())
        except (WrongState, ValidationError) as error:
            status = refuse(request, error, "all", {name: name for name in ("evaluator", "due_on")})
    rows = choosable(plan, row, choice)
    page = page_of(rows, PAGE_SIZE, request.GET)
    context = {
        "plan": plan,
        "round": row,
        "rows": _with_holders(row, page),
        "page": page,
        "choice": choice,
        "chapters": chapters_of(plan),
        "organisations": organisations,
        "kinds": plan.kinds.choices,
        "given": GIVEN,
        "evaluators": people_who_may(Permission.EVALUATE, slug).select_related("organisation"),
        "number_given": row.assignments.count(),
        "is_fixed": row.state not in (Round.State.PLANNED, Round.State.OPEN),
        "chosen": set(request.POST.getlist("item")),
        "posted": request.POST,
    }
    return render(request, "assessments/assign.html", context, status=status)


def _with_holders(row: Round, items) -> list[dict]:
    held = {
        one.item_id: one
        for one in Assignment.objects.filter(round=row, item__in=list(items)).select_related("evaluator")
    }
    return [{"item": item, "held": held.get(item.pk)} for item in items]


def _give(request, plan, row: Round, choice) -> None:
    """Gives or takes what was ticked, and says so. Raises WrongState, and ValidationError by field."""
    act = read_act(request.POST, "then", ("assign", "unassign"))
    items = list(picked(plan, row, choice, request.POST))
    if not items:
        raise ValidationError(_("请先在表中勾选条目，或勾选“筛选出的全部”"))
    if act == "unassign":
        number = rounds.unassign(round=row, items=items, by=request.user)
        messages.success(request, ngettext("已收回 %(n)s 项", "已收回 %(n)s 项", number) % {"n": number})
        return
    evaluator, day = _whom(request, plan.slug), _until(request)
    given = handing.give(round=row, items=items, evaluator=evaluator, due_on=day, by=request.user)
    done = ngettext("已分给 %(name)s %(n)s 项", "已分给 %(name)s %(n)s 项", given.number)
    messages.success(request, done % {"name": evaluator, "n": given.number})
    for item, why in given.refused:
        messages.warning(request, f"{item.code} {item.label}：{why}")


def _whom(request, slug):
    name = read_text(request.POST, "evaluator")
    person = people_who_may(Permission.EVALUATE, slug).filter(username=name).first()
    if person is None:
        raise ValidationError({"evaluator": _("请选择评估人")})
    return person


def _until(request):
    text = read_text(request.POST, "due_on")
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValidationError({"due_on": _("提交期限“%(text)s”不是日期") % {"text": text[:20]}})
    return day

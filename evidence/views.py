"""Pages of published statements: all of them, one, its form, the steps of its life."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from evidence import queries, services
from evidence.columns import EVIDENCE, evidence_row
from evidence.forms import PublicEvidenceForm, initial_of
from evidence.models import PublicEvidence
from plan.exports.files import rows_file
from plan.list_filters import ListFilters, asks, one_of
from plan.params import read_edition, read_number, read_pairs
from plan.public import Says
from plan.queries import get_plan
from plan.steps import REFUSALS, take_step
from plan.workflow import Overtaken, WrongState
from texts.forms import posted, refuse, show_faults

PAGE_SIZE = 100
State = PublicEvidence.State


@dataclass(frozen=True)
class EvidenceFilters(ListFilters):
    """What the address of the list may ask for."""

    says: str = asks(one_of(*Says.values))


def index(request, slug):
    """What is public of the plan's commitments, and for those who work on it what waits."""
    plan = get_plan(slug)
    says = EvidenceFilters.read(request.GET).says
    rows = queries.known(plan, request.as_of).select_related("item__plan", "source")
    if says:
        rows = rows.filter(says=says)
    total = rows.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = read_number(request.GET, "page", default=1, low=1, high=pages)
    enters = may(request.user, Permission.ENTER_EVIDENCE)
    reviews = may(request.user, Permission.APPROVE_EVIDENCE)
    context = {
        "plan": plan,
        "rows": rows.order_by("-published_on", "item__order")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        "total": total,
        "page": page,
        "pages": pages,
        "says": says,
        "choices": Says.choices,
        "enters": enters,
        "reviews": reviews,
        "queue": queries.marked(queries.waiting(plan), request.user) if reviews else [],
        "drafts": queries.open_ones(plan) if enters else [],
    }
    return render(request, "evidence/index.html", context)


def file(request, slug, format):
    """Every statement public on the day."""
    plan = get_plan(slug)
    address = request.build_absolute_uri("/").rstrip("/")
    rows = queries.known(plan, request.as_of).select_related("item__plan", "source", "contradicts")
    rows = rows.order_by("item__order", "published_on", "id")
    rows = [evidence_row(row, slug, address, request.as_of) for row in rows]
    return rows_file(request, rows, columns=EVIDENCE, name=f"{slug}_evidence", format=format)


def detail(request, slug, pk):
    plan = get_plan(slug)
    row = queries.get_evidence(plan, pk)
    if not queries.may_see(row, request.user, request.as_of):
        if row.state == State.APPROVED:
            raise Http404(_("截至所选日期，这条信息尚未公布"))
        raise PermissionDenied(_("这条公开信息还没有核定"))
    user = request.user
    enters, reviews = may(user, Permission.ENTER_EVIDENCE), may(user, Permission.APPROVE_EVIDENCE)
    steps = list(row.steps.select_related("by", "for_person")) if enters or reviews else []
    returned = [step for step in steps if step.action == "returned"]
    writes = enters and row.state in services.EVIDENCE.OPEN
    others = [one.row for one in queries.of_item(plan, row.item, request.as_of) if one.row.pk != row.pk]
    against = [one for one in others if one.contradicts_id == row.pk]
    if row.contradicts and queries.may_see(row.contradicts, user, request.as_of):
        against.insert(0, row.contradicts)
    context = {
        "plan": plan,
        "row": row,
        "item": row.item,
        "others": others,
        "against": against,
        "steps": steps,
        "returned": returned[-1] if returned and row.state == State.RETURNED else None,
        "may_write": writes,
        "may_discard": writes and row.state == State.DRAFT and not returned and not row.key,
        "may_withdraw": enters and row.state == State.SUBMITTED and row.entered_by_id in (None, user.pk),
    }
    return render(request, "evidence/detail.html", context)


def new(request, slug):
    """A new statement; `?item=` names the commitment."""
    plan = get_plan(slug)
    return _form(request, plan, None, {"item": request.GET.get("item", "")})


def edit(request, slug, pk):
    plan = get_plan(slug)
    row = queries.get_evidence(plan, pk)
    if row.state not in services.EVIDENCE.OPEN:
        return redirect("evidence:detail", slug, pk)
    return _form(request, plan, row, initial_of(row))


def _form(request, plan, row: PublicEvidence | None, initial: dict):
    form = PublicEvidenceForm(posted(request), plan=plan, row=row, initial=initial)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, plan, row, form)
        except ValidationError as error:
            show_faults(form, error, FORM_NAMES)
        except WrongState as error:
            form.add_error(None, str(error))
        except Overtaken as error:
            newer = error.row
            form.add_error(None, _("他人刚刚保存过这一条；您输入的还在下面，再次保存时以您的为准"))
    edition = newer.edition if newer else request.POST.get("edition") or (row.edition if row else 0)
    context = {"plan": plan, "form": form, "row": row, "edition": edition}
    return render(request, "evidence/form.html", context, status=400 if form.errors else 200)


def _save(request, plan, row, form):
    with transaction.atomic():
        fields = form.fields_of_row()
        if row is None:
            row = services.enter_evidence(item=form.cleaned_data["item"], by=request.user, **fields)
        else:
            edition = read_edition(request.POST)
            row = services.change_evidence(row, edition=edition, by=request.user, **fields)
        submits = request.POST.get("then") == "submit"
        if submits:
            services.submit_evidence(row, edition=row.edition, by=request.user)
    messages.success(request, _("已提交，等待核定") if submits else _("草稿已保存"))
    return redirect("evidence:detail", plan.slug, row.pk)


# What the form calls fields of the row otherwise.
FORM_NAMES = {"published_on": "published", "took_place_on": "took_place"}


@require_POST
def step(request, slug, pk):
    """Submit, withdraw or discard, as the button pressed says; what is decided is decided on the review desk."""
    row = queries.get_evidence(get_plan(slug), pk)
    if take_step(request, STEPS, row) == "discard":
        return redirect("evidence:index", slug)
    return redirect("evidence:detail", slug, pk)


STEPS = {
    "submit": (services.submit_evidence, gettext_noop("已提交，等待核定")),
    "withdraw": (services.withdraw_evidence, gettext_noop("已撤回为草稿")),
    "discard": (services.discard_evidence, gettext_noop("草稿已删除")),
}


@require_POST
def approve(request, slug):
    """Approves the ticked ones together, all or none."""
    plan = get_plan(slug)
    wanted = read_pairs(request.POST, "evidence")
    if not wanted:
        messages.error(request, _("没有勾选任何公开信息"))
        return redirect("evidence:index", slug)
    try:
        rows = services.approve_many(plan, wanted, by=request.user)
    except REFUSALS as error:
        refuse(request, error)
    else:
        messages.success(request, ngettext("已核定 %(n)s 条", "已核定 %(n)s 条", len(rows)) % {"n": len(rows)})
    return redirect("evidence:index", slug)

"""Pages of status updates: the work list, one report and its form, its files, the steps of its life."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from evidence.queries import of_item, states_on
from plan import held_uploads
from plan.exports.download import KeptFile
from plan.exports.files import rows_file
from plan.models import Item
from plan.params import page_of, read_choice, read_edition, read_keys, today
from plan.public import PublicState
from plan.queries import get_item, get_plan
from plan.rollup import per_cent
from plan.steps import take_step
from plan.uploads import open_stored
from plan.workflow import Overtaken, WrongState
from texts.forms import show_faults
from updates import queries, services
from updates.columns import UPDATE
from updates.diff import differences
from updates.due import last_period
from updates.exports import update_row
from updates.forms import MilestoneSet, UpdateForm
from updates.models import StatusUpdate
from updates.worklist import STATES, counts_of, next_to_report, work_rows

PAGE_SIZE = 60
State = StatusUpdate.State
# So many published statements of parts a form shows.
PARTS_SHOWN = 20


def index(request, slug):
    """What one has to report, what came back, what waits for approval."""
    plan = get_plan(slug)
    reports = may(request.user, Permission.REPORT_STATUS)
    every = work_rows(plan, request.user, today=today()) if reports else []
    organisations = sorted({row.organisation for row in every if row.organisation}, key=lambda row: row.code)
    state = read_choice(request.GET, "state", STATES)
    chosen = read_choice(request.GET, "organisation", ["-", *(row.code for row in organisations)])
    rows = [row for row in every if not chosen or (row.organisation.code if row.organisation else "-") == chosen]
    counts = counts_of(rows)
    rows = [row for row in rows if not state or row.state == state]
    # By organisation, those without one last; then what is most pressing, in the plan's order.
    rows.sort(key=lambda row: (row.organisation is None, str(row.organisation), STATES.index(row.state)))
    page = page_of(rows, PAGE_SIZE, request.GET)
    reviews = may(request.user, Permission.APPROVE_STATUS)
    context = {
        "plan": plan,
        "rows": page,
        "counts": counts,
        "total": sum(counts.values()),
        "state": state,
        "organisation": chosen,
        "organisations": organisations,
        "period": last_period(plan, today()),
        "reports": reports,
        "reviews": reviews,
        "waiting": queries.waiting(plan).count() if reviews else 0,
    }
    return render(request, "updates/index.html", context)


def detail(request, slug, pk):
    plan = get_plan(slug)
    update = queries.get_update(plan, pk)
    _demand_sight(update, request)
    user = request.user
    works = may(user, Permission.USE_DESK)
    previous = queries.last_approved(update.item, before=update)
    steps = list(queries.steps_of(update)) if works else []
    writes = update.state in queries.OPEN_STATES and queries.may_report(update.item, user)
    returned = [step for step in steps if step.action == "returned"]
    context = {
        "plan": plan,
        "update": update,
        "item": update.item,
        "steps": steps,
        "previous": previous,
        "differences": differences(previous, update) if previous else [],
        "may_write": writes,
        "may_discard": writes and update.state == State.DRAFT and not returned,
        "may_withdraw": update.state == State.SUBMITTED and update.entered_by_id == user.pk,
        "returned": returned[-1] if returned and update.state == State.RETURNED else None,
        "today": today(),
    }
    if context["may_withdraw"]:
        context["following"], context["left"] = next_to_report(plan, user, update.item, today=today())
    return render(request, "updates/detail.html", context)


def _demand_sight(update: StatusUpdate, request) -> None:
    if queries.may_see(update, request.user, request.as_of):
        return
    if update.state == State.APPROVED:
        raise Http404(_("截至所选日期，这份填报尚未核定"))
    raise PermissionDenied(_("这份填报还没有核定，只有填报单位和复核人可以查看"))


@require_POST
def step(request, slug, pk):
    """Submit, withdraw or discard, as the button pressed says; what is decided is decided on the review desk."""
    update = queries.get_update(get_plan(slug), pk)
    if take_step(request, STEPS, update) == "discard":
        return redirect("updates:index", slug)
    return redirect("updates:detail", slug, pk)


STEPS = {
    "submit": (services.submit_update, gettext_noop("已提交，等待核定")),
    "withdraw": (services.withdraw_update, gettext_noop("已撤回为草稿")),
    "discard": (services.discard_update, gettext_noop("草稿已删除")),
}


def report(request, slug, code):
    """A new report on an item; one begun already is gone on with instead."""
    plan = get_plan(slug)
    item = get_item(plan, code)
    if item.is_retired:
        return redirect(item.path(slug))
    if not queries.may_report(item, request.user):
        raise PermissionDenied(_("这一条目不由本单位填报"))
    begun = queries.open_update(item, request.user)
    if begun and request.method == "GET":
        return redirect("updates:edit", slug, begun.pk)
    # Posted though a draft stands by now: somebody else, or a second click, was quicker.
    return _form(request, plan, item, begun, newer=begun)


def edit(request, slug, pk):
    plan = get_plan(slug)
    update = queries.get_update(plan, pk)
    if not queries.may_report(update.item, request.user):
        raise PermissionDenied(_("这一条目不由本单位填报"))
    if update.state not in queries.OPEN_STATES:
        return redirect("updates:detail", slug, pk)
    return _form(request, plan, update.item, update)


def _form(request, plan, item: Item, update: StatusUpdate | None, newer: StatusUpdate | None = None):
    """The form, saved when posted; `newer` is what has overtaken it already."""
    last = queries.last_approved(item)
    public = states_on(plan, today()).get(item.code)
    values, rows = _initial(update, last, copied="copy" in request.GET, plan=plan)
    if public and update is None and "confirm" in request.GET:
        values |= _confirmed(public)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    is_lost = False
    form = UpdateForm(*data, initial=values)
    # Without what it started from once it is posted: a row left as it was counts as much as a new one.
    milestones = MilestoneSet(data[0], initial=rows if data[0] is None else None, prefix="m")
    # Both are read, so that one round shows every fault.
    if request.method == "POST" and all([form.is_valid(), milestones.is_valid()]) and newer is None:
        try:
            return _save(request, plan, item, update, form, milestones)
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        except Overtaken as error:
            newer = error.row
    if request.method == "POST":
        is_lost = held_uploads.hold(request, request.FILES.getlist("attachments"))
    context = {
        "plan": plan,
        "item": item,
        "form": form,
        "held": held_uploads.held(request),
        "texts": [(form[name], getattr(last, name, "")) for name in StatusUpdate.TEXTS],
        "milestones": milestones,
        "public": public,
        # Where nothing was said of the commitment itself, what was said of its parts.
        "parts": [] if public else of_item(plan, item, today(), with_parts=True)[:PARTS_SHOWN],
        "update": update,
        "last": last,
        "newer": newer,
        "is_ones_own": newer is not None and _saved_by(newer) == request.user,
        "edition": newer.edition if newer else request.POST.get("edition") or (update.edition if update else 0),
        "lost_files": is_lost,
        "returned": queries.steps_of(update).filter(action="returned").last() if update else None,
    }
    faulty = form.errors or milestones.total_error_count() or newer
    return render(request, "updates/form.html", context, status=400 if faulty else 200)


def _saved_by(update: StatusUpdate):
    """Who wrote into a report last."""
    step = queries.steps_of(update).last()
    return step.by if step else update.entered_by


def _initial(update, last, *, copied: bool, plan) -> tuple[dict, list[dict]]:
    """What the form starts with: the draft; else the last period's end, the last milestones, texts if asked."""
    source = update or last
    rows = [
        {"title": row.title, "planned_on": row.planned_on, "actual_on": row.actual_on}
        for row in (source.milestones.all() if source else [])
    ]
    if update:
        return _values(update, services.EDITABLE), rows
    period = last_period(plan, today())
    day = period.end if period and (last is None or last.status_on < period.end) else today()
    values = {"status_on": day}
    if last and copied:
        values |= _values(last, ("status", "progress", *StatusUpdate.TEXTS))
    return values, rows


def _confirmed(public: PublicState) -> dict:
    """What a unit starts from that confirms what was published: its words, and "done" where it is there."""
    told = f"{public.fact}（{public.publisher}，{public.published} 公布）"
    return {"done": told} | ({"status": Item.Status.DONE} if public.is_there else {})


def _values(update: StatusUpdate, names) -> dict:
    values = {name: getattr(update, name) for name in names}
    if update.progress is not None:
        values["progress"] = per_cent(update.progress / 100)
    return values


def _save(request, plan, item, update, form, milestones):
    fields = {name: form.cleaned_data[name] for name in services.EDITABLE}
    uploads = [*form.cleaned_data["attachments"], *held_uploads.ticked(request)]
    is_internal = request.POST.get("sight") != "public"
    is_submitted = request.POST.get("then") == "submit"
    fields |= {"milestones": milestones.milestones, "uploads": uploads, "is_internal": is_internal}
    fields |= {"is_submitted": is_submitted}
    if update is None:
        row = services.file_update(item=item, by=request.user, **fields)
    else:
        edition = read_edition(request.POST)
        fields |= {"remove": read_keys(request.POST, "remove"), "public": read_keys(request.POST, "public")}
        row = services.change_update(update, edition=edition, by=request.user, **fields)
    held_uploads.let_go(request)
    messages.success(request, _("已提交，等待核定") if is_submitted else _("草稿已保存"))
    return redirect("updates:detail", plan.slug, row.pk)


def attachment(request, slug, pk, file):
    """A file as a download, never shown in place, to whoever may see its update."""
    update = queries.get_update(get_plan(slug), pk)
    _demand_sight(update, request)
    row = next((row for row in update.attachments.all() if row.pk == file), None)
    if row is None or row.is_internal and not queries.may_see_internal(update, request.user):
        raise Http404(_("没有这个附件"))
    try:
        content = open_stored(row.stored_as, folder=services.FOLDER)
    except FileNotFoundError as error:
        raise Http404(_("附件“%(name)s”已不在存储中，请联系管理员") % {"name": row.name}) from error
    return KeptFile(
        name=row.name,
        content=content,
        digest=row.sha256,
        size=row.size,
        content_type=row.content_type,
        is_from_people=True,
    ).response(request)


def file(request, slug, format):
    """Every approved update known on the day."""
    plan = get_plan(slug)
    address = request.build_absolute_uri("/").rstrip("/")
    rows = queries.with_all(queries.approved_on(plan, request.as_of))
    rows = [update_row(row, slug, address) for row in rows]
    return rows_file(request, rows, columns=UPDATE, name=f"{slug}_updates", format=format)

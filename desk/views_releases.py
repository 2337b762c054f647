"""Releases: the publications figures come from, each with its rows, its file and one decision for all."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, may
from desk import owed
from desk import releases as service
from desk.forms import ReleaseForm, ReleaseRows, SourceHeadForm
from desk.imports.reviewing import mark_decided
from desk.queries import components_for_entry, sees_all, sources_of, standings
from indicators.figures.grades import grades_of
from indicators.figures.workflow import FIGURES
from indicators.models import Observation
from plan.exports.download import KeptFile
from plan.models import Source, SourceFile
from plan.params import found_by, page_of, read_choice, read_keys, read_looks, read_pairs, read_text, today
from plan.queries import get_plan
from plan.uploads import open_stored
from plan.workflow import Overtaken, WrongState
from texts.forms import posted, refuse, show_faults

State = Observation.State
SHOWN = 100
# The field an act on a release is refused for.
FIELDS = {
    "approve": "reason", "return": "reason", "take_back": "back", "keep_in": "keep", "merge": "into",
    "attach": "release-file",
}  # fmt: skip


def _figures(request, plan):
    return service.figures_of(plan, request.user, request.as_of, is_today=request.as_of == today())


@require_safe
def index(request, slug):
    """Every publication that figures of the plan come from, newest first."""
    plan = get_plan(slug)
    page = page_of(service.releases(_figures(request, plan)), SHOWN, request.GET)
    context = {
        "plan": plan,
        "rows": service.with_sources(page.object_list),
        "page": page,
        "may_enter": may(request.user, Permission.ENTER_FIGURES),
        "may_use_desk": may(request.user, Permission.USE_DESK),
        "tab": "releases",
    }
    return render(request, "desk/releases.html", context)


@require_safe
def release(request, slug, number):
    """One publication: head, file, figures, and for the people of the desk what is to be done with it."""
    plan = get_plan(slug)
    return _page(request, plan, _read(request, plan, number))


def _read(request, plan, number) -> service.Release:
    return service.read_release(_figures(request, plan), number, request.as_of)


def _page(request, plan, found: service.Release, *, head=None, refused="", status=200):
    user, works = request.user, request.as_of == today()
    waiting = found.of(State.SUBMITTED)
    keeps = works and may(user, Permission.IMPORT_FIGURES) and sees_all(user)
    decides = works and may(user, Permission.APPROVE_FIGURES)
    own = FIGURES.written_by(user, waiting) if decides and waiting else set()
    # What waits for a decision today is nothing that was known by an earlier day.
    asked = [row for row in found.of(State.APPROVED) if row.out_asked_by_id is not None] if works else []
    enters = works and may(user, Permission.ENTER_FIGURES)
    context = {
        "plan": plan,
        "release": found,
        "source": found.source,
        "waiting": waiting,
        "own": own,
        "grades": grades_of(plan, waiting) if decides else {},
        "looks": read_looks(request.POST),
        "may_decide": decides and bool(waiting),
        "asked_out": asked,
        "may_decide_out": decides and bool(asked) and all(row.out_asked_by_id != user.pk for row in asked),
        "may_take_back": enters and bool(found.of(State.SUBMITTED, State.APPROVED)),
        "head": head or (SourceHeadForm(initial=vars(found.source)) if keeps else None),
        "sources": sources_of(plan, user).exclude(pk=found.source.pk) if keeps else [],
        "alike": {row.pk for row in found.alike},
        "reason": request.POST.get("reason", ""),
        "refused": refused,
        "may_use_desk": may(user, Permission.USE_DESK),
        "tab": "releases",
    }
    return render(request, "desk/release.html", context, status=status)


@never_cache
def new(request, slug):
    """Enters a publication once with all its figures: POST step=check looks at them, submit or draft stores them.

    What is doubtful is handed in only with its own tick.
    """
    plan, day = get_plan(slug), today()
    components = list(components_for_entry(plan, request.user))
    year = owed.usual_year(plan, day)
    is_sent = request.method == "POST"
    form = ReleaseForm(
        posted(request),
        request.FILES if is_sent else None,
        sources=sources_of(plan, request.user),
        initial={"value_status": "final", "year": year},
    )
    step = read_choice(request.POST, "step", ("check", "submit", "draft"))
    is_good = is_sent and form.is_valid()
    if is_sent:
        year = form.cleaned_data.get("year") or year
    missing = owed.missing_figures(plan, day)
    options = {"components": components_for_entry(plan, request.user), "usual_year": year}
    rows = ReleaseRows(
        posted(request),
        prefix="rows",
        initial=None if is_sent else owed.rows_owed(components, missing, year),
        form_kwargs=options,
    )
    is_good = is_sent and rows.is_valid() and is_good
    _stand_beside(plan, components, rows, year, missing, getattr(form, "cleaned_data", {}))
    unseen = [row for row in rows.filled if row.beside.doubts and not row.cleaned_data["seen"]] if is_good else []
    if is_good and step == "submit" and unseen:
        form.add_error(None, _("%(number)s 行须核对：看过后在该行打勾，再提交") % {"number": len(unseen)})
        is_good = False
    if is_good and step in ("submit", "draft"):
        try:
            source = _stored(plan, request, form, rows, submit=step == "submit")
            messages.success(request, _("已录入这一发布"))
            return redirect("desk:release", slug, source.pk)
        except ValidationError as error:
            show_faults(form, error)
            is_good = False
    context = {
        "plan": plan,
        "form": form,
        "rows": rows,
        "lines": _in_order(rows) if is_sent else list(rows),
        "is_checked": is_sent,
        "number": len(rows.filled) if is_sent else 0,
        "doubtful": sum(bool(row.beside.doubts) for row in rows.filled) if is_sent else 0,
        "tab": "releases",
    }
    is_refused = is_sent and not is_good
    return render(request, "desk/release_new.html", context, status=400 if is_refused else 200)


def _stored(plan, request, form, rows, *, submit: bool) -> Source:
    return service.enter_release(
        plan,
        by=request.user,
        source=form.chosen_source(),
        released_on=form.cleaned_data["released_on"],
        rank=form.cleaned_data["rank"],
        rows=rows.figures(form.cleaned_data["value_status"]),
        uploads=[form.cleaned_data["file"]] if form.cleaned_data["file"] else [],
        submit=submit,
    )


def _stand_beside(plan, components, rows, year, missing, head) -> None:
    """Puts on each row what stands beside it; `head`: what holds for the whole publication."""
    parts, waiting = standings(plan, today()), owed.waiting_beside(components)
    for row in rows:
        said = getattr(row, "cleaned_data", {})
        value = said.get("value") if not row.errors and isinstance(said.get("value"), Decimal) else None
        part = parts.get(row.chosen.pk) if row.chosen else None
        own = said.get("year") or year
        if part is None:
            row.beside = owed.Beside()
            continue
        row.beside = owed.beside(
            part, own, value, missing=missing, waiting=waiting, released_on=head.get("released_on"),
            value_status=said.get("value_status") or head.get("value_status", ""),
        )  # fmt: skip


def _in_order(rows) -> list:
    """As they are looked at: what is wrong first, then what is doubtful, then the rest that was filled in."""
    filled = set(map(id, rows.filled))
    faulty = [row for row in rows if row.errors]
    doubtful = [row for row in rows if not row.errors and id(row) in filled and row.beside.doubts]
    quiet = [row for row in rows if not row.errors and id(row) in filled and not row.beside.doubts]
    empty = [row for row in rows if not row.errors and id(row) not in filled]
    return [*faulty, *doubtful, *quiet, *empty]


@require_POST
def step(request, slug, number, step):
    """One act on a whole release, asked for by a button of its page."""
    plan = get_plan(slug)
    found, by, reason = _read(request, plan, number), request.user, read_text(request.POST, "reason")
    acts = {
        "approve": lambda: _decided(plan, request, by, reason),
        "return": lambda: _returned(plan, request, by, reason),
        "take_back": lambda: service.take_back(found, by=by, reason=reason),
        "take_out": lambda: service.decide_out(found, by=by, keep=False),
        "keep_in": lambda: service.decide_out(found, by=by, keep=True, reason=reason),
        "merge": lambda: service.merge(found.source, _target(request, plan), by=by),
        "attach": lambda: _attached(found.source, request, by),
        "change": lambda: _changed(request, found, by),
    }
    try:
        done = acts[step]()
    except (Overtaken, WrongState) as error:
        return _page(request, plan, found, status=refuse(request, error))
    except ValidationError as error:
        if step == "change":
            head = SourceHeadForm(request.POST)
            if head.is_valid():
                show_faults(head, error)
            return _page(request, plan, found, head=head, status=400)
        return _page(request, plan, found, refused=step, status=refuse(request, error, FIELDS.get(step, "")))
    messages.success(request, _("已处理这一发布"))
    return redirect("desk:release", slug, done.pk if step == "merge" else number)


def _picked(request) -> dict[int, int]:
    return dict(read_pairs(request.POST, "pick"))


def _decided(plan, request, by, reason):
    picked = _picked(request)
    done = service.decide(
        plan,
        picked,
        left_out=set(read_keys(request.POST, "out")),
        by=by,
        reason=reason,
        reasons=found_by(read_looks(request.POST)),
    )
    mark_decided(picked)
    return done


def _returned(plan, request, by, reason):
    picked = _picked(request)
    done = service.decide(plan, picked, left_out=set(picked), by=by, reason=reason)
    mark_decided(picked)
    return done


def _target(request, plan) -> Source:
    keys = read_keys(request.POST, "into")
    row = sources_of(plan, request.user).filter(pk__in=keys).first()
    if row is None:
        raise ValidationError({"into": _("请选择并入哪个来源")})
    return row


@transaction.atomic
def _attached(source: Source, request, by) -> SourceFile:
    upload = request.FILES.get("file")
    if upload is None:
        raise ValidationError({"file": _("请选择文件")})
    return service.attach(source, upload, by=by)


def _changed(request, found, by) -> Source:
    form = SourceHeadForm(request.POST)
    if not form.is_valid():
        raise ValidationError({name: list(faults) for name, faults in form.errors.items()})
    return service.change_source(found.source, by=by, **form.cleaned_data)


@require_safe
def file(request, slug, number, file):
    """The publication itself, as it was attached; ?show=1 in place, for the pages that have it beside a figure."""
    plan = get_plan(slug)
    found = _read(request, plan, number)
    row = get_object_or_404(SourceFile, pk=file, source=found.source)
    try:
        content = open_stored(row.stored_as, folder=SourceFile.FOLDER)
    except FileNotFoundError as error:
        raise Http404(_("文件“%(name)s”已不在存储中，请联系管理员") % {"name": row.name}) from error
    in_place = request.GET.get("show") == "1" and row.is_shown_in_place
    response = KeptFile(
        name=row.name,
        content=content,
        digest=row.sha256,
        size=row.size,
        content_type=row.content_type,
        in_place=in_place,
        is_from_people=True,
    ).response(request)
    if in_place:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response

"""One figure: its form, its page with every step of its life, and the steps themselves."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may
from desk.figures import save_figure
from desk.forms import FigureForm, initial_of
from desk.hints import Hint, hints
from desk.imports.reviewing import mark_decided
from desk.owed import missing_figures, waiting_beside, waiting_words
from desk.queries import (
    components_for_entry,
    desk_version,
    enterable,
    sees_all,
    sources_of,
    standing_of,
    standings,
)
from indicators.figures import no_figure as no_figure_answers
from indicators.figures import taking_out, workflow
from indicators.figures.due import years_due
from indicators.figures.number_input import NotANumber, read_typed
from indicators.figures.rivals import LIVE as RIVALS_SHOWN
from indicators.figures.rivals import rivals_of
from indicators.figures.workflow import FIGURES
from indicators.files.readings import Answer
from indicators.models import NoFigure, Observation, Verdict
from indicators.queries import ComponentStanding
from indicators.services import verdict_of
from indicators.shown.what_would_change import effect_of
from indicators.shown.wording import number
from plan.params import read_text, today
from plan.queries import get_plan
from plan.workflow import Overtaken, WrongState
from texts.forms import posted, refuse, show_faults
from texts.numbers import whole_number

State = Observation.State
# As many rivals as the page of one figure lists.
MANY = 50
SHOWN_BESIDE = ("year", "value", "value_status", "precision", "released_on", "source", "published_text", "note")


@never_cache
def new(request, slug):
    """Enters a figure; component and year may be given in the address."""
    plan = get_plan(slug)
    components = components_for_entry(plan, request.user)
    asked = components.filter(code=request.GET.get("component", "")).first()
    year = request.GET.get("year", "")
    initial = {"component": asked, "year": whole_number(year, high=9999) or "", "value_status": "final"}
    initial |= _of_source(plan, request)
    form = FigureForm(
        posted(request), initial=initial, components=components, sources=sources_of(plan, request.user)
    )
    if request.method == "POST" and form.is_valid() and "check" not in request.POST:
        try:
            row = save_figure(
                by=request.user,
                component=form.cleaned_data["component"],
                source=form.chosen_source(),
                submit="submit" in request.POST or "then" in request.POST,
                **form.figure(),
            )
            messages.success(request, _said(row, form))
            following = _next_missing(plan, components, row) if "then" in request.POST else ""
            return redirect(following or reverse("desk:figure", args=[slug, row.pk]))
        except ValidationError as error:
            show_faults(form, error)
    context = {"plan": plan, "form": form, "asked": asked, "tab": "new"} | _hints_beside(plan, form, initial)
    if asked and initial["year"] and not asked.observations.judged().filter(year=initial["year"]).exists():
        answer = asked.answers.filter(year=initial["year"]).select_related("answered_by").first()
        context |= {"year": initial["year"], "answer": answer, "kinds": NoFigure.Kind.choices}
    return render(request, "desk/figure_new.html", context)


def _of_source(plan, request) -> dict[str, Any]:
    """The source and day of the figure before, where one is entered after another."""
    pk = whole_number(request.GET.get("source", ""))
    source = sources_of(plan, request.user).filter(pk=pk).first() if pk else None
    return {"source": source, "released_on": source.published_on} if source else {}


def _next_missing(plan, components, row: Observation) -> str:
    """The form of the next figure that is missing, in plan order, from the same source; empty where none is."""
    order = [component.pk for component in components]
    left = sorted(missing_figures(plan, today()), key=lambda one: (one[1] != row.year, -one[1]))
    left = [one for one in left if one[0] in order]
    if not left:
        return ""
    same = [pk for pk, year in left if year == left[0][1]]
    at = order.index(row.component_id)
    pk = min(same, key=lambda one: (order.index(one) - at - 1) % len(order))
    component = next(one for one in components if one.pk == pk)
    query = urlencode({"component": component.code, "year": left[0][1], "source": row.source_id})
    return f"{reverse('desk:figure_new', args=[plan.slug])}?{query}"


@require_POST
def no_figure(request, slug):
    """Says of a due figure that none comes, or takes that back; its cell on the desk shows it."""
    plan = get_plan(slug)
    component = components_for_entry(plan, request.user).filter(pk=_number(request, "component")).first()
    year = _number(request, "year")
    if component is None or year not in years_due(plan, today()):
        raise Http404(_("没有这一年的应报数据"))
    if "withdraw" in request.POST:
        no_figure_answers.withdraw_answer(component, year, by=request.user)
        messages.success(request, _("已撤销说明"))
        return redirect("desk:home", slug)
    try:
        no_figure_answers.answer_due(
            component, year, by=request.user, kind=request.POST.get("kind", ""),
            reason=read_text(request.POST, "reason"), until=a_coming_day(request.POST, "until"),
        )  # fmt: skip
    except ValidationError as error:
        refuse(request, error, "none-reason", {name: f"none-{name}" for name in ("kind", "until", "reason")})
        address = reverse("desk:figure_new", args=[slug])
        return redirect(f"{address}?component={component.code}&year={year}")
    messages.success(request, _("已记下：%(code)s %(year)s 年没有数据") % {"code": component.code, "year": year})
    return redirect("desk:home", slug)


def a_coming_day(params, name: str) -> date | None:
    """A day of a form that may lie ahead; None where none was given."""
    text = params.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationError({name: _("应为 YYYY-MM-DD 格式的日期，例如 2023-06-30")}) from error


@never_cache
def hint(request, slug):
    """What stands beside a value while it is typed, and the figures published of its component, as JSON."""
    plan = get_plan(slug)
    component = components_for_entry(plan, request.user).filter(pk=_number(request, "component")).first()
    year = _number(request, "year")
    part = standings(plan, today())[component.pk] if component else None
    lines = _lines(part, year, request.GET.get("value", "")[:60]) if part and year else []
    if part and year:
        others = waiting_beside([component]).get((component.pk, year), [])
        lines += [Hint(waiting_words(row), is_warning=True) for row in others]
    return JsonResponse(
        {
            "lines": [{"text": line.text, "warning": line.is_warning} for line in lines],
            "recent": render_to_string("desk/_recent.html", _recent(part), request=request),
        }
    )


def _lines(part: ComponentStanding, year: int, text: str) -> list[Hint]:
    indicator = part.component.indicator
    try:
        answer = read_typed(text, indicator.unit, indicator.unit_en)
    except NotANumber as error:
        return [Hint(str(error), is_warning=True)]
    return [*_as_read(answer, indicator.unit_label), *hints(part, year, answer.value)]


def _as_read(answer: Answer | None, unit: str) -> list[Hint]:
    """What a number written with a multiple was read as."""
    if answer is None or not answer.converted:
        return []
    words = {"typed": answer.text.strip(), "value": number(answer.value), "unit": unit}
    return [Hint(_("“%(typed)s”读作 %(value)s %(unit)s") % words)]


@never_cache
def figure(request, slug, pk):
    """A figure with its steps; while it is a draft or returned it is changed here as well."""
    plan = get_plan(slug)
    row = _seen(plan, pk, request.user)
    form, theirs, status = None, None, 200
    if request.method == "POST":
        form = _form(request, plan, row)
        if form.is_valid() and "check" not in request.POST:
            try:
                row = _change(request, row, form)
                messages.success(request, _said(row, form))
                return redirect("desk:figure", slug, row.pk)
            except ValidationError as error:
                show_faults(form, error)
            except WrongState as error:
                refuse(request, error)
                return redirect("desk:figure", slug, row.pk)
            except Overtaken as error:
                theirs, status = error.row, 409
                form.data = form.data.copy()
                form.data["edition"] = theirs.edition
    return _page(request, plan, row, form=form, theirs=theirs, status=status)


def step(request, slug, pk, step):
    """One step of a figure's life, asked for by a button of its page."""
    plan = get_plan(slug)
    row, by, edition = _seen(plan, pk, request.user), request.user, _number(request, "edition")
    steps = {
        "withdraw": lambda: workflow.withdraw_figure(row, edition=edition, by=by),
        "discard": lambda: workflow.discard_figure(row, edition=edition, by=by),
        "ask_out": lambda: taking_out.ask_out(
            row, edition=edition, by=by, reason=read_text(request.POST, "reason")
        ),
        "take_out": lambda: taking_out.take_out(row, edition=edition, by=by),
        "keep_in": lambda: taking_out.keep_in(
            row, edition=edition, by=by, reason=read_text(request.POST, "reason")
        ),
    }
    try:
        changed = steps[step]()
    except (Overtaken, WrongState) as error:
        refuse(request, error)
    except ValidationError as error:
        field = "keep-reason" if step == "keep_in" else "out-reason"
        return _page(request, plan, row, refused=field, status=refuse(request, error, field))
    else:
        mark_decided([pk])
        messages.success(request, _said(changed) if changed else _("草稿已删除"))
        if changed is None:
            return redirect("desk:home", slug)
    return redirect("desk:figure", slug, pk)


@never_cache
def verdict(request, slug, pk):
    """Whether the stored verdict of the figure's component is the one shown, as JSON; asked until it is."""
    plan = get_plan(slug)
    row = _seen(plan, pk, request.user)
    fresh = verdict_of(standing_of(row.component, today()))
    stored = Verdict.objects.filter(component=row.component_id, is_current=True).first()
    is_stored = stored is not None and stored.fingerprint == fresh.fingerprint
    return JsonResponse({"stored": is_stored, "text": _("判定已重新计算并存档") if is_stored else ""})


def _seen(plan, pk, user) -> Observation:
    rows = Observation.objects.filter(component__indicator__plan=plan).select_related(
        "component__indicator__plan",
        "component__indicator__lead",
        "source",
        "entered_by",
        "approved_by",
        "out_asked_by",
        "taken_out_by",
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404(_("没有这条数据"))
    if not sees_all(user) and row.component.indicator_id not in enterable(plan, user):
        raise PermissionDenied(_("这一指标不由本单位填报"))
    return row


def _form(request, plan, row: Observation) -> FigureForm:
    components = components_for_entry(plan, request.user).filter(pk=row.component_id)
    form = FigureForm(
        posted(request),
        initial=initial_of(row),
        components=components,
        sources=sources_of(plan, request.user),
    )
    if request.method == "POST":
        form.data = form.data.copy()
        form.data["component"] = row.component_id
    return form


def _change(request, row: Observation, form: FigureForm) -> Observation:
    return save_figure(
        by=request.user,
        observation=row,
        edition=form.cleaned_data["edition"] or 0,
        source=form.chosen_source(),
        submit="submit" in request.POST,
        **form.figure(),
    )


def _page(request, plan, row, *, form=None, theirs=None, refused="", status=200):
    part = standing_of(row.component, today())
    steps = list(row.steps.select_related("by", "for_person"))
    user = request.user
    may_enter = row.component.indicator_id in enterable(plan, user)
    waits, approves = row.state == State.SUBMITTED, may(user, Permission.APPROVE_FIGURES)
    if form is None and row.state in FIGURES.OPEN and may_enter:
        form = FigureForm(
            initial=initial_of(row),
            components=components_for_entry(plan, user).filter(pk=row.component_id),
            sources=sources_of(plan, request.user),
        )
    context = {
        "plan": plan,
        "row": row,
        "item": row.component.indicator,
        "steps": _with_differences(steps),
        "held": part.in_force().get(row.year),
        "rivals": rivals_of([row], MANY)[row.pk].rows if row.state in RIVALS_SHOWN else [],
        "hints": hints(part, row.year, row.value) if row.state != State.APPROVED else [],
        "effect": effect_of(part, row) if row.state in (State.SUBMITTED, State.APPROVED) else None,
        "may_enter": may_enter,
        "form": form,
        "is_open": row.state in FIGURES.OPEN and may_enter,
        "reason": request.POST.get("reason", ""),
        "refused": refused,
        "theirs": _side_by_side(form, theirs) if form and theirs else None,
        "theirs_row": theirs,
        "may_withdraw": waits and row.entered_by_id == user.pk,
        "may_discard": row.state == State.DRAFT and may_enter and not _was_returned(steps),
        "may_ask_out": row.state == State.APPROVED and row.out_asked_by is None and may_enter,
        "may_decide_out": row.state == State.APPROVED and row.out_asked_by is not None and approves,
        "asked_it": row.out_asked_by_id == user.pk,
        "version": desk_version(plan),
        "tab": "",
    }
    if form:
        context |= _hints_beside(plan, form, initial_of(row))
    return render(request, "desk/figure.html", context, status=status)


def _was_returned(steps) -> bool:
    return any(entry.action == "returned" for entry in steps)


def _with_differences(steps) -> list[dict]:
    """Each step with the value before it where it is another one, latest first."""
    told, before = [], None
    for entry in steps:
        told.append({"step": entry, "before": before if before not in (None, entry.value) else None})
        before = entry.value
    return told[::-1]


def _side_by_side(form: FigureForm, theirs: Observation) -> list[dict]:
    """Field by field what was typed and what stands there by now, the differing ones marked."""
    labels = dict(Observation.ValueStatus.choices) | dict(Observation.Precision.choices)
    told = []
    for name in SHOWN_BESIDE:
        mine, other = form.cleaned_data.get(name), getattr(theirs, name)
        if name == "source" and not mine:
            mine = form.cleaned_data.get("source_title")
        differs = str(mine) != str(other) if name != "value" else mine != other
        shown = [_in_words(value, labels) for value in (mine, other)]
        told.append({"label": form.fields[name].label, "mine": shown[0], "theirs": shown[1], "differs": differs})
    return told


def _in_words(value, labels) -> str:
    if isinstance(value, Decimal):
        return number(value, 8)
    if isinstance(value, date):
        return value.isoformat()
    return str(labels.get(value, value) if isinstance(value, str) else value or "")


def _hints_beside(plan, form: FigureForm, initial) -> dict:
    """The lines for the value as typed, or as stored, and the figures in force of the form's component."""
    data = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else initial
    component = data.get("component")
    if not component or not hasattr(component, "pk"):
        return {"beside": []}
    part = standings(plan, today())[component.pk]
    year, value = data.get("year"), data.get("value")
    lines = []
    if year and value not in (None, ""):
        try:
            unit = component.indicator.unit
            figure = read_typed(value, unit).value if isinstance(value, str) else value
            lines = hints(part, int(year), figure)
        except NotANumber:
            lines = []
        else:
            lines = [*_as_read(form.answer, component.indicator.unit_label), *lines]
    return {"beside": lines} | _recent(part)


def _recent(part: ComponentStanding | None) -> dict:
    """The panel of the latest figures in force of a component (desk/_recent.html), if one was chosen."""
    if part is None:
        return {}
    recent = sorted(part.in_force().values(), key=lambda row: -row.year)[:5]
    return {"chosen": part.component, "recent": recent, "unit": part.component.indicator.unit_label}


def _said(row: Observation, form: FigureForm | None = None) -> str:
    what = f"{row.component.code} {row.year}"
    said = _("%(what)s：%(state)s") % {"what": what, "state": row.get_state_display()}
    read = _as_read(form.answer, row.component.indicator.unit_label) if form else []
    return _("；").join([said, *(hint.text for hint in read)])


def _number(request, name: str) -> int:
    """A whole number of the request, 0 where there is none."""
    text = (request.POST if request.method == "POST" else request.GET).get(name, "")
    return whole_number(text) or 0

"""The life of a figure: draft → submitted → approved (locked), or returned with a reason.

Each function locks the row, checks who and in which state, writes the row, its step and the audit row in one
transaction. An approved figure is never changed: a correction is a release of its own day. What is stored for
later readers (causes, notices) is Chinese whatever the language of the request; errors speak the request's.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, people_who_may, require
from audit.services import record_audit
from indicators.models import Component, Observation, ObservationStep
from jobs.services import enqueue
from judging.calculator_json import plain
from notices.models import Kind
from notices.phrases import Said, both, counted_noop, listed, say
from notices.services import notify
from plan.models import Plan, Source
from plan.params import today
from plan.queries import entrusted
from plan.services import touch_plan
from plan.workflow import WrongState, demand_edition, demand_reason, demand_state

State = Observation.State
Action = ObservationStep.Action
OPEN_STATES = (State.DRAFT, State.RETURNED)
# Whoever took one of these steps wrote the figure, and may not approve it.
WRITING = (Action.ENTERED, Action.CHANGED)
EDITABLE = ("year", "value", "value_status", "precision", "released_on", "source", "published_text", "note")


def enter_figure(*, component: Component, by, source: Source, **fields: Any) -> Observation:
    """Stores a draft. Fields: year, value, value_status, released_on; optional precision, published_text, note.

    Raises PermissionDenied for another organisation's component, ValidationError (by field) for what the
    columns or the plan do not take, a release that stands already among them.
    """
    _may_enter(component, by)
    row = Observation(component=component, source=source, entered_by=by, state=State.DRAFT, **fields)
    row.precision = row.precision or Observation.Precision.EXACT
    with transaction.atomic():
        _check(row)
        _save(row)
        _log(row, Action.ENTERED, by=by, after=_words(row))
    return row


def change_figure(observation: Observation, *, edition: int, by, **fields: Any) -> Observation:
    """Changes a draft or returned figure (fields of EDITABLE) as long as nobody changed it since `edition`.

    Raises Overtaken, WrongState, PermissionDenied, ValidationError.
    """
    with transaction.atomic():
        row = _locked(observation, edition)
        _may_change(row, by)
        before = _words(row)
        for name in EDITABLE:
            if name in fields:
                setattr(row, name, fields[name])
        _check(row)
        if before == _words(row):
            return row
        row.edition += 1
        _save(row)
        _log(row, Action.CHANGED, by=by, before=before, after=_words(row))
    return row


def submit_figure(observation: Observation, *, edition: int, by) -> Observation:
    """Hands a draft or returned figure in for approval and tells those who may approve."""
    with transaction.atomic():
        row = _locked(observation, edition)
        submit_rows(row.component.indicator.plan, [row], by=by)
    return row


def submit_rows(plan: Plan, rows: Iterable[Observation], *, by) -> int:
    """Hands drafts in together, all or none, with one notice; call it in a transaction that locked them."""
    rows, now = list(rows), timezone.now()
    for row in rows:
        _may_change(row, by)
        row.state, row.submitted_at = State.SUBMITTED, now
        row.edition += 1
        row.save()
        _log(row, Action.SUBMITTED, by=by, after=_words(row))
    reviewers = people_who_may(Permission.APPROVE_FIGURES).exclude(pk=by.pk)
    if len(rows) == 1:
        title = say(gettext_noop("待核定：%(what)s"), what=_title(rows[0]))
        _tell(rows[0], reviewers.exclude(pk=rows[0].entered_by_id), Kind.SUBMITTED, title)
    elif rows:
        title = say(counted_noop("待核定：%(count)s 条数据"), count=len(rows))
        _tell_of_many(plan, rows, reviewers, Kind.SUBMITTED, title, f"/{plan.slug}/data/review/")
    return len(rows)


def withdraw_figure(observation: Observation, *, edition: int, by) -> Observation:
    """Takes a submitted figure back to draft; only who entered it may."""
    with transaction.atomic():
        row = _locked(observation, edition)
        if row.entered_by_id != by.pk:
            raise PermissionDenied(_("只有录入人可以撤回"))
        demand_state(row, State.SUBMITTED)
        row.state, row.submitted_at = State.DRAFT, None
        row.edition += 1
        row.save()
        _log(row, Action.WITHDRAWN, by=by)
    return row


def discard_figure(observation: Observation, *, edition: int, by) -> None:
    """Deletes a draft that was never sent back (every return stays); the audit row keeps what it said."""
    with transaction.atomic():
        row = _locked(observation, edition)
        _may_change(row, by)
        demand_state(row, State.DRAFT)
        if row.steps.filter(action=Action.RETURNED).exists():
            raise WrongState(_("这条数据曾被退回，退回记录须保留，不能删除；可以修改后重新提交"))
        record_audit(action="figure.discarded", by=by, before=_words(row), **_object(row))
        row.delete()


def return_figure(observation: Observation, *, edition: int, by, reason: str) -> Observation:
    """Sends a submitted figure back with a reason, which stays for ever."""
    require(by, Permission.APPROVE_FIGURES)
    reason = demand_reason(reason, _("退回须写明理由"))
    with transaction.atomic():
        row = _locked(observation, edition)
        demand_state(row, State.SUBMITTED)
        row.state = State.RETURNED
        row.edition += 1
        row.save()
        _log(row, Action.RETURNED, by=by, reason=reason)
        title = say(gettext_noop("已退回：%(what)s"), what=_title(row))
        _tell(row, [row.entered_by], Kind.RETURNED, title, body=reason)
    return row


def approve_figure(observation: Observation, *, edition: int, by) -> Observation:
    """Approves and locks a submitted figure; the plan's verdicts are recomputed after the commit."""
    require(by, Permission.APPROVE_FIGURES)
    with transaction.atomic():
        row = _locked(observation, edition)
        approve_rows(row.component.indicator.plan, [row], by=by)
    return row


def approve_rows(plan: Plan, rows: Iterable[Observation], *, by) -> int:
    """Approves submitted rows of one plan together, all or none; call it in a transaction that locked them.

    Raises WrongState or PermissionDenied for the first row that may not be approved by this person: who
    entered a figure or changed it. Tells those who entered them.
    """
    require(by, Permission.APPROVE_FIGURES)
    rows, now = list(rows), timezone.now()
    own = written_by(by, rows)
    for row in rows:
        demand_state(row, State.SUBMITTED)
        if row.pk in own:
            raise PermissionDenied(_("录入人不能核定自己录入的数据"))
        row.state, row.approved_at, row.approved_by = State.APPROVED, now, by
        row.edition += 1
    names = ["state", "approved_at", "approved_by", "edition"]
    Observation.objects.bulk_update(rows, names, batch_size=500)
    ObservationStep.objects.bulk_create(
        [ObservationStep(observation=row, value=row.value, action=Action.APPROVED, by=by) for row in rows],
        batch_size=1000,
    )
    if rows:
        one = rows[0] if len(rows) == 1 else None
        record_audit(
            action="figure.approved",
            by=by,
            before={"state": State.SUBMITTED},
            after=_words(one)
            if one
            else {
                "state": State.APPROVED,
                "rows": len(rows),
                "figures": [[row.pk, row.component.code, row.year, plain(row.value)] for row in rows],
            },
            **(_object(one) if one else {"plan_slug": plan.slug, "object_label": plan.title}),
        )
        _tell_of_approval(plan, rows)
        touch_plan(plan)
        enqueue("indicators.recompute", {"plan": plan.slug, "cause": _cause(rows)})
    return len(rows)


def written_by(person, rows: Iterable[Observation]) -> set[int]:
    """Which of the figures a person entered or changed, by primary key: these he may not approve; one query."""
    rows = list(rows)
    own = {row.pk for row in rows if row.entered_by_id == person.pk}
    # Without a list of keys in the statement: an import hands in thousands of rows.
    steps = ObservationStep.objects.filter(by=person, action__in=WRITING, observation__state=State.SUBMITTED)
    return own | (set(steps.values_list("observation_id", flat=True)) & {row.pk for row in rows})


def _may_enter(component: Component, by) -> None:
    require(by, Permission.ENTER_FIGURES)
    indicator = component.indicator
    if not entrusted(indicator.plan, by).filter(pk=indicator.pk).exists():
        raise PermissionDenied(_("这一指标不由本单位填报"))


def _may_change(row: Observation, by) -> None:
    _may_enter(row.component, by)
    demand_state(row, *OPEN_STATES)


def _locked(observation: Observation, edition: int) -> Observation:
    rows = Observation.objects.select_for_update(of=("self",)).select_related(
        "component__indicator__plan", "source"
    )
    row = rows.filter(pk=observation.pk).first()
    if row is None:
        raise WrongState(_("这条草稿已被删除"))
    demand_edition(row, edition)
    return row


def _save(row: Observation) -> None:
    """Saves a checked row; a twin that somebody stored in the same moment is refused as `_check` would."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        _refuse_twin(row)
        raise


def _refuse_twin(row: Observation) -> None:
    twins = Observation.objects.filter(
        component=row.component, year=row.year, released_on=row.released_on, source=row.source
    ).exclude(pk=row.pk)
    if twin := twins.first():
        raise ValidationError(
            {
                "released_on": _(
                    "同一来源同一天已有 %(year)s 年的数 %(value)s（%(state)s）；更正请按新的公布日期另行发布"
                )
                % {"year": row.year, "value": plain(twin.value), "state": twin.get_state_display()}
            }
        )


def before_its_source(released_on: date, published_on: date | None) -> str:
    """Why a day of release cannot stand beside the day its source came out; empty where it can."""
    if published_on is None or released_on >= published_on:
        return ""
    return _("公布日期 %(released)s 早于来源的发布日期 %(published)s；请改公布日期，或选用当时的来源") % {
        "released": released_on.isoformat(),
        "published": published_on.isoformat(),
    }


def _check(row: Observation) -> None:
    plan, day = row.component.indicator.plan, today()
    if isinstance(row.released_on, date) and row.released_on > day:
        raise ValidationError({"released_on": _("公布日期晚于今天")})
    # A release known by its month or year alone stands at one day of it, which says nothing.
    is_a_day = isinstance(row.released_on, date) and row.release_precision == Observation.ReleasePrecision.DAY
    if is_a_day and (problem := before_its_source(row.released_on, row.source.published_on)):
        raise ValidationError({"released_on": problem})
    if isinstance(row.year, int) and isinstance(row.released_on, date) and row.year > row.released_on.year:
        raise ValidationError({"year": _("数据年份晚于公布日期")})
    if isinstance(row.value, Decimal) and row.value.is_nan():
        raise ValidationError({"value": _("应为数字")})
    row.full_clean(exclude=["entered_by", "approved_by"], validate_unique=True, validate_constraints=False)
    _refuse_twin(row)
    if row.year < 1949 or row.year > plan.ends_on.year + 10:
        raise ValidationError({"year": _("年份超出范围")})


def _words(row: Observation) -> dict[str, Any]:
    return {
        "component": row.component.code,
        "year": row.year,
        "value": plain(row.value),
        "value_status": row.value_status,
        "precision": row.precision,
        "released_on": row.released_on.isoformat(),
        "source": row.source.title,
        "published_text": row.published_text,
        "note": row.note,
        "state": row.state,
    }


def _object(row: Observation) -> dict[str, str]:
    indicator = row.component.indicator
    return {
        "plan_slug": indicator.plan.slug,
        "object_code": row.component.code,
        "object_label": f"{indicator.title} {row.year}",
    }


def _title(row: Observation) -> Said:
    part = row.component
    return say("%(code)s %(name)s %(year)s", code=part.code, name=both(part.name, part.name_en), year=row.year)


def _cause(rows: list[Observation]) -> str:
    shown = "、".join(f"{row.component.code} {row.year}" for row in rows[:5])
    more = f" 等 {len(rows)} 条" if len(rows) > 5 else ""
    return f"核定数据 {shown}{more}"


def _log(row: Observation, action: str, *, by, reason: str = "", before=None, after=None) -> None:
    ObservationStep.objects.create(observation=row, value=row.value, action=action, by=by, reason=reason)
    after = after if not reason else (after or {}) | {"reason": reason}
    record_audit(action=f"figure.{action}", by=by, before=before, after=after, **_object(row))


def _tell_of_approval(plan: Plan, rows: list[Observation]) -> None:
    if len(rows) == 1:
        title = say(gettext_noop("已核定：%(what)s"), what=_title(rows[0]))
        _tell(rows[0], [rows[0].entered_by], Kind.APPROVED, title)
        return
    by_person: dict[Any, list[Observation]] = {}
    for row in rows:
        by_person.setdefault(row.entered_by, []).append(row)
    for person, own in by_person.items():
        title = say(counted_noop("已核定：%(count)s 条数据"), count=len(own))
        _tell_of_many(plan, own, [person], Kind.APPROVED, title, f"/{plan.slug}/data/")


def _tell_of_many(plan: Plan, rows: list[Observation], people, kind: Kind, title: Said, url: str) -> None:
    body = listed([*(_title(row) for row in rows[:10]), *(["……"] if len(rows) > 10 else [])])
    key = f"figures:{rows[0].pk}-{rows[-1].pk}:{kind}:{rows[0].edition}:{len(rows)}"
    notify(people, kind=kind, key=key, title=title, body=body, url=url)


def _tell(row: Observation, people, kind: Kind, title: Said, *, body: str = "") -> None:
    slug = row.component.indicator.plan.slug
    notify(
        people,
        kind=kind,
        key=f"figure:{row.pk}:{kind}:{row.edition}",
        title=title,
        body=body,
        url=f"/{slug}/data/figures/{row.pk}/",
    )

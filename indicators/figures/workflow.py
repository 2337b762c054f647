"""The life of a figure: draft → submitted → approved (locked), or returned with a reason.

The engine and the rules are those of everything entered (plan.workflow.EntryLife). An approved figure is never
changed: a correction is a release of its own day.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.permissions import Permission, people_who_may, require
from audit.services import record_audit
from indicators.figures.grades import Grades, demand_reasons, grades_of
from indicators.figures.rivals import contested
from indicators.models import Component, Observation, ObservationStep, Target
from jobs.services import enqueue
from judging.decimals import plain
from notices.models import NoticeKind
from notices.phrases import Said, both, counted_noop, listed, say
from notices.services import notify
from plan.models import Plan, Source
from plan.params import today
from plan.queries import entrusted, stood_in_for
from plan.services import touch_plan
from plan.workflow import FEW, ActRule, EntryLife, Tells, WrongState, demand_reason, rests_on
from webhooks.models import Event
from webhooks.services import Announcement, announce

State = Observation.State
Action = ObservationStep.Action
EDITABLE = (
    "year",
    "value",
    "value_status",
    "precision",
    "exclusive",
    "released_on",
    "source",
    "published_text",
    "note",
)


class Figures(EntryLife):
    name, steps, link = "figure", ObservationStep, "observation"
    entering, approving = Permission.ENTER_FIGURES, Permission.APPROVE_FIGURES
    not_theirs = gettext_lazy("只有录入人可以撤回")
    their_own = gettext_lazy("录入人不能核定自己录入的数据")
    was_returned = gettext_lazy("这条数据曾被退回，退回记录须保留，不能删除；可以修改后重新提交")

    def __init__(self) -> None:
        super().__init__()
        decides = {"permission": self.approving, "person": self.is_no_asker}
        answered = {"people": self.asker, "says_why": True}
        # An approved figure that should not have been: asked for by one, decided by another (taking_out.py).
        self.rules |= {
            Action.OUT_ASKED: ActRule(
                (State.APPROVED,),
                permission=self.entering,
                person=self.is_entrusted,
                why=gettext_lazy("建议不采用须写明理由"),
                tells=Tells(
                    NoticeKind.SUBMITTED, gettext_noop("建议不采用：%(what)s"), self.out_deciders, says_why=True
                ),
            ),
            Action.TAKEN_OUT: ActRule(
                (State.APPROVED,),
                to=State.REJECTED,
                touches=True,
                tells=Tells(NoticeKind.APPROVED, gettext_noop("已不采用：%(what)s"), self.entrant_and_asker),
                **decides,
            ),
            Action.OUT_REFUSED: ActRule(
                (State.APPROVED,),
                why=gettext_lazy("仍予采用须写明理由"),
                tells=Tells(NoticeKind.RETURNED, gettext_noop("仍予采用：%(what)s"), **answered),
                **decides,
            ),
        }

    def is_no_asker(self, rows: Sequence[Observation], by) -> None:
        if any(row.out_asked_by_id == by.pk for row in rows):
            raise PermissionDenied(_("建议不采用的人不能自己决定"))

    def out_deciders(self, row: Observation, by):
        return people_who_may(self.approving, self.plan(row).slug).exclude(pk=by.pk)

    def asker(self, row: Observation, by) -> list[Any]:
        return [row.asked]

    def entrant_and_asker(self, row: Observation, by) -> list[Any]:
        return [person for person in dict.fromkeys([row.out_asked_by, row.entered_by]) if person]

    def built_on(self, row: Observation, since: datetime) -> str:
        later = Observation.objects.filter(component=row.component, year=row.year, approved_at__gte=since)
        if later.exclude(pk=row.pk).exists():
            return _("同一年此后又核定了别的数，不能撤销")
        return rests_on(self.plan(row), row.component.indicator.code, since)

    def follow(self, row: Observation, action: str) -> None:
        super().follow(row, action)
        if action == Action.UNDONE and getattr(row, "was_approved", False):
            cause = f"撤销核定 {row.component.code} {row.year}"
            enqueue("indicators.recompute", {"plan": self.plan(row).slug, "cause": cause})
        if action == Action.TAKEN_OUT:
            cause = f"不采用 {row.component.code} {row.year}"
            enqueue("indicators.recompute", {"plan": self.plan(row).slug, "cause": cause})

    def rows(self):
        return Observation.objects.select_related("component__indicator__plan", "source")

    def plan(self, row: Observation) -> Plan:
        return row.component.indicator.plan

    def is_entrusted(self, rows: Sequence[Observation], by) -> None:
        wanted = {row.component.indicator_id for row in rows}
        if rows and entrusted(self.plan(rows[0]), by).filter(pk__in=wanted).count() != len(wanted):
            raise PermissionDenied(_("这一指标不由本单位填报"))

    def stood_in_for(self, row: Observation, by):
        return stood_in_for(row.component.indicator, by)

    def words(self, row: Observation) -> dict[str, Any]:
        return {
            "component": row.component.code,
            "year": row.year,
            "value": plain(row.value),
            "value_status": row.value_status,
            "precision": row.precision,
            "exclusive": row.exclusive,
            "released_on": row.released_on.isoformat(),
            "source": row.source.title,
            "published_text": row.published_text,
            "note": row.note,
            "state": row.state,
        }

    def thing(self, row: Observation) -> dict[str, str]:
        indicator = row.component.indicator
        return {
            "plan_slug": indicator.plan.slug,
            "object_code": row.component.code,
            "object_label": f"{indicator.title} {row.year}",
        }

    def names(self, row: Observation, action: str) -> dict[str, Said]:
        return {"what": _title(row)}

    def address(self, row: Observation) -> str:
        return reverse("desk:figure", args=[self.plan(row).slug, row.pk])

    def step_fields(self, row: Observation) -> dict[str, Any]:
        return {"value": row.value}

    def save(self, row: Observation, action: str) -> None:
        """A twin that somebody stored in the same moment is refused as `_check` would."""
        if action not in self.WRITING:
            row.save()
            return
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            _refuse_twin(row)
            raise


FIGURES = Figures()


def enter_figure(*, component: Component, by, source: Source, **fields: Any) -> Observation:
    """Stores a draft. Fields: year, value, value_status, released_on; optional precision, published_text, note.

    Raises PermissionDenied for another organisation's component, ValidationError (by field) for what the
    columns or the plan do not take, a release that stands already among them.
    """
    row = Observation(component=component, source=source, entered_by=by, state=State.DRAFT, **fields)
    row.precision = row.precision or Observation.Precision.EXACT
    return FIGURES.begin(row, Action.ENTERED, by=by, edit=_check).row


def change_figure(observation: Observation, *, edition: int, by, **fields: Any) -> Observation:
    """Changes a draft or returned figure (fields of EDITABLE) as long as nobody changed it since `edition`.

    Raises Overtaken, WrongState, PermissionDenied, ValidationError.
    """

    def edit(row: Observation) -> None:
        for name in EDITABLE:
            if name in fields:
                setattr(row, name, fields[name])
        _check(row)

    return FIGURES.step(observation, Action.CHANGED, edition=edition, by=by, edit=edit).row


def submit_figure(observation: Observation, *, edition: int, by) -> Observation:
    """Hands a draft or returned figure in for approval and tells those who may approve."""
    return FIGURES.submit(observation, edition=edition, by=by)


def submit_rows(plan: Plan, rows: Iterable[Observation], *, by) -> int:
    """Hands drafts in together, all or none, with one notice; call it in a transaction that locked them."""
    rows = list(rows)
    FIGURES.take_all(rows, Action.SUBMITTED, by=by, submitted_at=timezone.now())
    if len(rows) == 1:
        FIGURES.tell(rows[0], Action.SUBMITTED, by)
    elif rows:
        title = say(counted_noop("待核定：%(count)s 条数据"), count=len(rows))
        reviewers = people_who_may(Permission.APPROVE_FIGURES, plan.slug).exclude(pk=by.pk)
        _tell_of_many(
            plan, rows, reviewers, NoticeKind.SUBMITTED, title, reverse("review:index", args=[plan.slug])
        )
    return len(rows)


def withdraw_figure(observation: Observation, *, edition: int, by) -> Observation:
    """Takes a submitted figure back to draft; only who entered it may."""
    return FIGURES.withdraw(observation, edition=edition, by=by)


def discard_figure(observation: Observation, *, edition: int, by) -> None:
    """Deletes a draft that was never sent back (every return stays); the audit row keeps what it said."""
    FIGURES.discard(observation, edition=edition, by=by)


def return_figure(observation: Observation, *, edition: int, by, reason: str) -> Observation:
    """Sends a submitted figure back with a reason, which stays for ever."""
    return FIGURES.send_back(observation, edition=edition, by=by, reason=reason)


def approve_figure(observation: Observation, *, edition: int, by, reason: str = "") -> Observation:
    """Approves and locks a submitted figure; the plan's verdicts are recomputed after the commit.

    One that is not quiet (grades.py) needs a reason: what the reviewer found.
    """
    require(by, Permission.APPROVE_FIGURES)
    with transaction.atomic():
        row = FIGURES.locked(observation, edition)
        approve_rows(FIGURES.plan(row), [row], by=by, reasons={row.pk: reason})
    return row


def approve_rows(
    plan: Plan,
    rows: Iterable[Observation],
    *,
    by,
    reasons: Mapping[int, str] | None = None,
    grades: Grades | None = None,
    is_told: bool = True,
    cause: str = "",
) -> int:
    """Approves submitted rows of one plan together, all or none; call it in a transaction that locked them.

    Raises WrongState or PermissionDenied for the first row that may not be approved by this person: who
    entered a figure or changed it; WrongState too where several are taken and one of them has a
    rival (rivals.py); ValidationError where one that is not quiet (grades.py) is given no reason of its own
    among `reasons`, by key. `grades` spares asking for them where a caller has. Tells those who entered them,
    unless the caller does. An import hands in thousands: they are
    written together, and one audit row names them all. `cause` is what the log of verdicts
    says where the rows themselves are too many to.
    """
    require(by, Permission.APPROVE_FIGURES)
    rows, now = list(rows), timezone.now()
    FIGURES.demand(rows, Action.APPROVED, by)
    _refuse_rivals(rows)
    said = {pk: kept for pk, reason in (reasons or {}).items() if (kept := demand_reason(reason, "", "why"))}
    demand_reasons(rows, grades_of(plan, rows) if grades is None else grades, said)
    _take_together(
        rows, Action.APPROVED, by=by, reasons=said, state=State.APPROVED, approved_at=now, approved_by=by
    )
    if rows:
        _record_together(plan, rows, Action.APPROVED, by, said)
        if is_told:
            _tell_of_approval(plan, rows, by)
        touch_plan(plan)
        announce([told_of(plan, rows)])
        enqueue("indicators.recompute", {"plan": plan.slug, "cause": cause or _cause(rows)})
    return len(rows)


def told_of(plan: Plan, rows: Sequence[Observation]) -> Announcement:
    """What other programs are told of figures that were approved together."""
    listed = [
        FIGURES.words(row) | {"text": f"{row.component.code} {row.component.name} {row.year} {plain(row.value)}"}
        for row in rows
    ]
    title = f"{plan.short}：核定 {len(rows)} 条数据"
    return Announcement(plan, Event.FIGURES, title, listed, reverse("changes", args=[plan.slug]))


def return_rows(plan: Plan, rows: Iterable[Observation], *, by, reason: str, is_told: bool = True) -> int:
    """Sends submitted rows of one plan back together with one reason, as `approve_rows` approves them.

    Raises ValidationError as well, where no reason is given.
    """
    require(by, Permission.APPROVE_FIGURES)
    reason = demand_reason(reason, FIGURES.rules[Action.RETURNED].why)
    rows = list(rows)
    FIGURES.demand(rows, Action.RETURNED, by)
    said = {row.pk: reason for row in rows}
    _take_together(rows, Action.RETURNED, by=by, reasons=said, state=State.RETURNED)
    if rows:
        _record_together(plan, rows, Action.RETURNED, by, said)
        if is_told:
            _tell_of_return(plan, rows, by, reason)
    return len(rows)


def _refuse_rivals(rows: list[Observation]) -> None:
    """Of two numbers for one place a person takes one, looking at both: never both in one stroke."""
    if len(rows) < 2:
        return
    if keys := contested(rows):
        shown = [row for row in rows if row.pk in keys]
        told = "、".join(f"{row.component.code} {row.year}（{plain(row.value)}）" for row in shown[:5])
        more = {"what": told, "number": len(shown)}
        raise WrongState(_("%(what)s 等 %(number)s 条：同年同日公布的数有两条，须对照来源择一核定") % more)


def _take_together(rows: list[Observation], action: str, *, by, reasons: Mapping[int, str], **values: Any) -> None:
    """The same values for all rows, and a step for each; in statements of as many keys as they may list."""
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
        row.edition += 1
    for start in range(0, len(rows), FEW):
        some = Observation.objects.filter(pk__in=[row.pk for row in rows[start : start + FEW]])
        some.update(edition=F("edition") + 1, **values)
    steps = (
        ObservationStep(observation=row, value=row.value, action=action, by=by, reason=reasons.get(row.pk, ""))
        for row in rows
    )
    ObservationStep.objects.bulk_create(steps, batch_size=1000)


def _record_together(plan: Plan, rows: list[Observation], action: str, by, reasons: Mapping[int, str]) -> None:
    """One audit row: a reason that all share is said once, others beside the key of their row."""
    if len(rows) == 1:
        after, thing = FIGURES.after(rows[0], action), FIGURES.thing(rows[0])
    else:
        figures = [[row.pk, row.component.code, row.year, plain(row.value)] for row in rows]
        after = {"state": rows[0].state, "rows": len(rows), "figures": figures}
        thing = {"plan_slug": plan.slug, "object_label": plan.title}
    told = {reasons.get(row.pk, "") for row in rows}
    if told == {""}:
        said: dict[str, Any] = {}
    elif len(told) == 1:
        said = {"reason": told.pop()}
    else:
        said = {"reasons": [[row.pk, reasons[row.pk]] for row in rows if row.pk in reasons]}
    after = (after or {}) | said
    before = {"state": State.SUBMITTED} if action == Action.APPROVED or len(rows) > 1 else None
    record_audit(action=f"figure.{action}", by=by, before=before, after=after, **thing)


def _refuse_twin(row: Observation) -> None:
    twins = Observation.objects.filter(
        component=row.component, year=row.year, released_on=row.released_on, source=row.source
    ).exclude(pk=row.pk)
    # One that was taken out leaves its place to another number, not to the same one again.
    if twin := twins.exclude(~Q(value=row.value), ~Q(out_key=0)).order_by("out_key").first():
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
    if isinstance(row.released_on, date) and not row.was_public(day):
        raise ValidationError({"released_on": _("公布日期晚于今天")})
    # A release known by its month or year alone stands at one day of it, which says nothing.
    is_a_day = isinstance(row.released_on, date) and row.release_precision == Observation.ReleasePrecision.DAY
    if is_a_day and (problem := before_its_source(row.released_on, row.source.published_on)):
        raise ValidationError({"released_on": problem})
    if isinstance(row.year, int) and isinstance(row.released_on, date) and row.year > row.released_on.year:
        raise ValidationError({"year": _("数据年份晚于公布日期")})
    if row.exclusive and row.precision not in Observation.BOUNDS:
        raise ValidationError({"exclusive": _("只有下限、上限表述才有不含本数之说")})
    if row.value not in (0, 1) and asks_whether_done(row.component):
        raise ValidationError({"value": _("这一目标只问是否完成：填 1（已完成）或 0（未完成）")})
    if isinstance(row.value, Decimal) and row.value.is_nan():
        raise ValidationError({"value": _("应为数字")})
    row.full_clean(exclude=["entered_by", "approved_by"], validate_unique=True, validate_constraints=False)
    _refuse_twin(row)
    if row.year < 1949 or row.year > plan.ends_on.year + 10:
        raise ValidationError({"year": _("年份超出范围")})


def asks_whether_done(component: Component) -> bool:
    """Whether some target of a component asks if a thing is there, so that its figures are 1 or 0."""
    return component.targets.approved().filter(type=Target.Type.DONE).exists()


def _title(row: Observation) -> Said:
    part = row.component
    return say("%(code)s %(name)s %(year)s", code=part.code, name=both(part.name, part.name_en), year=row.year)


def _cause(rows: list[Observation]) -> str:
    shown = "、".join(f"{row.component.code} {row.year}" for row in rows[:5])
    more = f" 等 {len(rows)} 条" if len(rows) > 5 else ""
    return f"核定数据 {shown}{more}"


def _tell_of_approval(plan: Plan, rows: list[Observation], by) -> None:
    if len(rows) == 1:
        FIGURES.tell(rows[0], Action.APPROVED, by)
        return
    for person, own in _by_person(rows).items():
        title = say(counted_noop("已核定：%(count)s 条数据"), count=len(own))
        _tell_of_many(plan, own, [person], NoticeKind.APPROVED, title, reverse("desk:home", args=[plan.slug]))


def _tell_of_return(plan: Plan, rows: list[Observation], by, reason: str) -> None:
    if len(rows) == 1:
        FIGURES.tell(rows[0], Action.RETURNED, by, reason)
        return
    for person, own in _by_person(rows).items():
        title = say(counted_noop("已退回：%(count)s 条数据"), count=len(own))
        _tell_of_many(plan, own, [person], NoticeKind.RETURNED, title, reverse("desk:home", args=[plan.slug]))


def _by_person(rows: list[Observation]) -> dict[Any, list[Observation]]:
    found: dict[Any, list[Observation]] = {}
    for row in rows:
        found.setdefault(row.entered_by, []).append(row)
    return found


def _tell_of_many(plan: Plan, rows: list[Observation], people, kind: NoticeKind, title: Said, url: str) -> None:
    body = listed([*(_title(row) for row in rows[:10]), *(["……"] if len(rows) > 10 else [])])
    key = f"figures:{rows[0].pk}-{rows[-1].pk}:{kind}:{rows[0].edition}:{len(rows)}"
    notify(people, kind=kind, key=key, title=title, body=body, url=url)

"""Target revision as a formal act: proposed with the document it rests on, decided by a second person.

The plan's own target is version 1 and never changes. An approved revision gets the next version and counts
from its effective day; what was judged as of an earlier day keeps the version of that day.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.permissions import Permission, people_who_may, require
from indicators.figures.grades import demand_reasons
from indicators.models import Component, Target, TargetStep
from indicators.queries import body, goal
from indicators.targets.doubts import doubts_of
from jobs.services import enqueue
from judging.ambition import Ambition, compare_targets
from judging.calculator_json import read_body
from judging.decimals import plain
from judging.progress import assess
from judging.terms import InvalidInput
from notices.models import NoticeKind
from notices.phrases import Said, both, say
from plan.days import LAST_YEAR
from plan.models import Plan
from plan.params import today
from plan.workflow import ActRule, Overtaken, QuestionedLife, Tells, WrongState

State = Target.State
FIELDS = (
    "type",
    "value",
    "low",
    "high",
    "year",
    "path",
    "text",
    "effective_on",
    "approving_body",
    "document_number",
    "document_date",
    "reason",
)
# What makes two versions of a target the same.
COMPARED = ("type", "year", "value", "low", "high", "path")
# Required of a revision, beside the bounds of its type.
ACT = ("effective_on", "approving_body", "document_number", "document_date", "reason")


class Targets(QuestionedLife):
    """A proposal keeps its two acts in its own columns: who proposed it, who decided, when and why.

    What was asked about it and answered are steps of it.
    """

    name, steps, link = "target", TargetStep, "target"
    Action, WAITS = TargetStep.Action, State.PROPOSED
    entering = Permission.PROPOSE_TARGETS
    logged_as, holder = "", "proposed_by"

    def __init__(self) -> None:
        decides = {"permission": Permission.APPROVE_TARGETS, "person": self.is_other}
        self.rules = {
            "proposed": ActRule(
                to=State.PROPOSED,
                permission=Permission.PROPOSE_TARGETS,
                tells=Tells(NoticeKind.SUBMITTED, gettext_noop("待核定：%(what)s"), self.deciders),
            ),
            "approved": ActRule(
                (State.PROPOSED,),
                to=State.APPROVED,
                touches=True,
                tells=Tells(NoticeKind.APPROVED, gettext_noop("已核定：%(what)s"), self.proposer),
                **decides,
            ),
            "refused": ActRule(
                (State.PROPOSED,),
                to=State.REFUSED,
                why=gettext_lazy("不通过须写明理由"),
                tells=Tells(NoticeKind.RETURNED, gettext_noop("未通过：%(what)s"), self.proposer, says_why=True),
                **decides,
            ),
            **self.questions(State.PROPOSED, asks=decides, answers={"permission": self.entering}),
            self.HANDED: ActRule((State.PROPOSED,)),
        }

    def rows(self):
        return Target.objects.select_related("component__indicator__plan", "proposed_by", "decided_by")

    def plan(self, row: Target) -> Plan:
        return row.component.indicator.plan

    def hold(self, row: Target, action: str) -> None:
        """Two proposals for one component are decided one after the other and get two versions."""
        Component.objects.select_for_update().get(pk=row.component_id)

    def writer(self, row: Target) -> Any | None:
        return row.proposed_by

    def is_other(self, rows: Sequence[Target], by) -> None:
        """Neither who has it in hand nor anybody who had before it was handed over."""
        if self.written_by(by, rows):
            raise PermissionDenied(_("提出人不能核定自己的提议"))

    def written_by(self, person: Any, rows: Sequence[Target]) -> set[int]:
        """Which of the proposals a person has or had in hand, by primary key."""
        handed = TargetStep.objects.filter(target__in=rows, action=self.HANDED, for_person=person)
        own = {row.pk for row in rows if row.proposed_by_id == person.pk}
        return own | set(handed.values_list("target_id", flat=True))

    def demand_taker(self, row: Target, to: Any) -> None:
        require(to, self.entering)

    def deciders(self, row: Target, by):
        had = row.steps.filter(action=self.HANDED).values("for_person")
        return (
            people_who_may(Permission.APPROVE_TARGETS, self.plan(row).slug).exclude(pk=by.pk).exclude(pk__in=had)
        )

    def proposer(self, row: Target, by) -> list[Any]:
        return [row.proposed_by]

    def demand_state(self, row: Target, states: Sequence[str]) -> None:
        if row.state not in states:
            raise WrongState(_("这一提议%(state)s，不能再次处理") % {"state": row.get_state_display()})

    def thing(self, row: Target) -> dict[str, Any]:
        return {
            "plan_slug": self.plan(row).slug,
            "object_code": row.component.code,
            "object_label": _title(row),
        }

    def after(self, row: Target, action: str) -> dict[str, Any] | None:
        if action in self.Action.values:
            return {"said": row.steps.last().reason}
        names = (*FIELDS, "version", "state", "decision_reason")
        return {name: _text(getattr(row, name)) for name in names if getattr(row, name) not in (None, "", {})}

    def names(self, row: Target, action: str) -> dict[str, Said]:
        return {"what": _title(row)}

    def key(self, row: Target, kind: NoticeKind) -> str:
        # It has no edition: each question and answer is told by its own step.
        return f"target:{row.pk}:{kind}:{row.state}:{row.steps.count()}"

    def address(self, row: Target) -> str:
        return reverse("desk:target", args=[self.plan(row).slug, row.pk])

    def follow(self, row: Target, action: str) -> None:
        super().follow(row, action)
        if action == "approved":
            cause = f"目标调整 {row.component.code} 第 {row.version} 版（{row.document_number}）"
            enqueue("indicators.recompute", {"plan": self.plan(row).slug, "cause": cause[:200]})


TARGETS = Targets()


def propose_target(*, component: Component, by, **fields: Any) -> Target:
    """Stores a proposal (fields of FIELDS) and tells those who may approve it; nothing is judged by it yet.

    Raises PermissionDenied, ValidationError by field: what the act must name, bounds the rules do not take,
    a target equal to the one it would replace.
    """
    target = Target(
        component=component, state=State.PROPOSED, proposed_by=by, proposed_at=timezone.now(), **fields
    )
    return TARGETS.begin(target, "proposed", by=by, edit=_check).row


def approve_target(proposal: Target, *, latest_version: int, by, reason: str = "") -> Target:
    """Gives the proposal its version; the plan's verdicts are recomputed after the commit.

    `latest_version` is the component's newest version as the person saw it. Raises Overtaken where there is a
    newer one by now, WrongState where it was decided already, PermissionDenied for the proposer himself, and
    ValidationError where one that is doubted (doubts.py) is given no reason: what the reviewer found.
    """

    def edit(target: Target) -> None:
        newest = target.component.targets.order_by("version").exclude(version=None).last()
        version = newest.version if newest else 0
        if version != latest_version:
            words = _("这一分项的目标在此期间已更新为第 %(version)s 版，请重新比较后再核定")
            raise Overtaken(newest, words % {"version": version})
        _check(target)
        demand_reasons([target], doubts_of([target]), {target.pk: reason})
        target.version = latest_version + 1

    return TARGETS.step(
        proposal, "approved", by=by, reason=reason, edit=edit, decision_reason=reason.strip(), **_decided(by)
    ).row


def refuse_target(proposal: Target, *, by, reason: str) -> Target:
    """Turns a proposal down with a reason; it stays readable, and another may be proposed."""
    return TARGETS.step(
        proposal, "refused", by=by, reason=reason, decision_reason=reason.strip(), **_decided(by)
    ).row


def _decided(by) -> dict[str, Any]:
    return {"decided_by": by, "decided_at": timezone.now()}


def in_force(targets: list[Target], day: date) -> Target:
    """Of a component's approved targets the one that counts on a day; the plan's own where none other does yet."""
    known = [row for row in targets if row.counts_on(day)]
    return max(known, key=lambda row: (row.effective_on or date.min, row.version or 0))


def ambition_of(target: Target, earlier: Target) -> Ambition:
    """A target beside an earlier one of the same component."""
    indicator = target.component.indicator
    return compare_targets(goal(indicator, earlier), earlier.year, goal(indicator, target), target.year)


def replaced_by(target: Target, approved: list[Target]) -> Target:
    """The version a target takes the place of: the one in force when it takes effect, without itself."""
    others = [row for row in approved if row.pk != target.pk]
    if target.version:
        others = [row for row in others if (row.version or 0) < target.version]
    return in_force(others, target.effective_on or date.max)


def _check(target: Target) -> None:
    _check_fields(target)
    target.full_clean(exclude=["proposed_by", "decided_by", "state"], validate_constraints=False)
    _check_rules(target)
    approved = list(target.component.targets.approved())
    for row in approved:
        row.component = target.component
    current = replaced_by(target, approved)
    if all(getattr(current, name) == getattr(target, name) for name in COMPARED):
        raise ValidationError(
            {"value": _("与届时有效的第 %(version)s 版相同，没有调整") % {"version": current.version}}
        )


def _check_fields(target: Target) -> None:
    faults = {name: _("调整目标须填写这一项") for name in ACT if not getattr(target, name)}
    ranged = target.type in (Target.Type.RANGE_FLOOR, Target.Type.RANGE_INSIDE)
    wanted = ("low", "high") if ranged else () if target.type == Target.Type.DONE else ("value",)
    for name in wanted:
        if getattr(target, name) is None:
            faults[name] = _("这一类型的目标须填写这一项")
    for name in ("value", "low", "high"):
        if name not in wanted:
            setattr(target, name, None)
    for name in ("value", "low", "high"):
        number = getattr(target, name)
        if isinstance(number, Decimal) and not number.is_finite():
            faults[name] = _("应为数字")
    if not faults and ranged and target.low > target.high:
        faults["low"] = _("下限大于上限")
    if target.document_date and target.document_date > today():
        faults["document_date"] = _("文件日期晚于今天")
    if target.document_date and target.effective_on and target.effective_on < target.document_date:
        faults["effective_on"] = _("生效日期早于文件日期")
    if target.year and target.year > LAST_YEAR:
        faults["year"] = _("年份超出范围")
    if faults:
        raise ValidationError(faults)


def _check_rules(target: Target) -> None:
    """A target the rules cannot judge by would take every page of the plan down: refused here."""
    try:
        assess(**read_body(body(target.component, target, [])))
    except InvalidInput as error:
        field = error.field.removeprefix("target.").removeprefix("target_").partition(".")[0]
        raise ValidationError({field if field in FIELDS else "value": error.message.split(" / ")[0]}) from error


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _title(target: Target) -> Said:
    part = target.component
    return say(
        gettext_noop("目标调整 %(code)s %(name)s %(target)s"),
        code=part.code,
        name=both(part.name, part.name_en),
        target=target.text,
    )

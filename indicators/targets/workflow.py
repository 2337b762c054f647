"""Target revision as a formal act: proposed with the document it rests on, decided by a second person.

The plan's own target is version 1 and never changes. An approved revision gets the next version and counts
from its effective day; what was judged as of an earlier day keeps the version of that day.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, people_who_may, require
from audit.services import record_audit
from indicators.models import Component, Target
from indicators.queries import baseline, body, goal
from jobs.services import enqueue
from judging.ambition import Ambition, compare_targets
from judging.calculator_json import plain, read_body
from judging.progress import InvalidInput, assess
from notices.models import Kind
from notices.phrases import Said, both, say
from notices.services import notify
from plan.params import today
from plan.services import touch_plan
from plan.workflow import demand_reason

State = Target.State
FIELDS = (
    "type",
    "value",
    "low",
    "high",
    "year",
    "text",
    "effective_on",
    "approving_body",
    "document_number",
    "document_date",
    "reason",
)
# Required of a revision, beside the bounds of its type.
ACT = ("effective_on", "approving_body", "document_number", "document_date", "reason")
LATEST_YEAR = 2100


class Decided(Exception):
    """The proposal was decided already; `target` says by whom and how."""

    def __init__(self, target: Target):
        super().__init__(_("这一提议%(state)s，不能再次处理") % {"state": target.get_state_display()})
        self.target = target


class MovedOn(Exception):
    """Another revision of the same component was approved since the proposal was read."""

    def __init__(self, version: int):
        super().__init__(
            _("这一分项的目标在此期间已更新为第 %(version)s 版，请重新比较后再核定") % {"version": version}
        )
        self.version = version


def propose_target(*, component: Component, by, **fields: Any) -> Target:
    """Stores a proposal (fields of FIELDS) and tells those who may approve it; nothing is judged by it yet.

    Raises PermissionDenied, ValidationError by field: what the act must name, bounds the rules do not take,
    a target equal to the one it would replace.
    """
    require(by, Permission.PROPOSE_TARGETS)
    target = Target(
        component=component, state=State.PROPOSED, proposed_by=by, proposed_at=timezone.now(), **fields
    )
    with transaction.atomic():
        _check(target)
        target.save()
        _log("proposed", target, by=by)
        reviewers = people_who_may(Permission.APPROVE_TARGETS).exclude(pk=by.pk)
        _tell(target, reviewers, Kind.SUBMITTED, say(gettext_noop("待核定：%(what)s"), what=_title(target)))
    return target


def approve_target(proposal: Target, *, latest_version: int, by) -> Target:
    """Gives the proposal its version; the plan's verdicts are recomputed after the commit.

    `latest_version` is the component's newest version as the person saw it. Raises MovedOn where there is a
    newer one by now, Decided, and PermissionDenied for the proposer himself.
    """
    require(by, Permission.APPROVE_TARGETS)
    with transaction.atomic():
        target = _locked(proposal, by)
        newest = target.component.targets.aggregate(newest=Max("version"))["newest"] or 0
        if newest != latest_version:
            raise MovedOn(newest)
        _check(target)
        target.state, target.version = State.APPROVED, newest + 1
        target.decided_by, target.decided_at = by, timezone.now()
        target.save()
        _log("approved", target, by=by)
        _tell(
            target, [target.proposed_by], Kind.APPROVED, say(gettext_noop("已核定：%(what)s"), what=_title(target))
        )
        plan = target.component.indicator.plan
        touch_plan(plan)
        cause = f"目标调整 {target.component.code} 第 {target.version} 版（{target.document_number}）"
        enqueue("indicators.recompute", {"plan": plan.slug, "cause": cause[:200]})
    return target


def refuse_target(proposal: Target, *, by, reason: str) -> Target:
    """Turns a proposal down with a reason; it stays readable, and another may be proposed."""
    require(by, Permission.APPROVE_TARGETS)
    reason = demand_reason(reason, _("不通过须写明理由"))
    with transaction.atomic():
        target = _locked(proposal, by)
        target.state, target.decision_reason = State.REFUSED, reason
        target.decided_by, target.decided_at = by, timezone.now()
        target.save()
        _log("refused", target, by=by)
        title = say(gettext_noop("未通过：%(what)s"), what=_title(target))
        _tell(target, [target.proposed_by], Kind.RETURNED, title, body=reason)
    return target


def in_force(targets: list[Target], day: date) -> Target:
    """Of a component's approved targets the one that counts on a day; the plan's own where none other does yet."""
    known = [row for row in targets if row.effective_on is None or row.effective_on <= day]
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


def _locked(proposal: Target, by) -> Target:
    # The component is the lock: two proposals for it are decided one after the other and get two versions.
    Component.objects.select_for_update().get(pk=proposal.component_id)
    rows = Target.objects.select_related("component__indicator__plan", "proposed_by", "decided_by")
    target = rows.get(pk=proposal.pk)
    if target.state != State.PROPOSED:
        raise Decided(target)
    if target.proposed_by_id == by.pk:
        raise PermissionDenied(_("提出人不能核定自己的提议"))
    return target


def _check(target: Target) -> None:
    _check_fields(target)
    target.full_clean(exclude=["proposed_by", "decided_by", "state"], validate_constraints=False)
    _check_rules(target)
    approved = list(target.component.targets.filter(state=State.APPROVED))
    for row in approved:
        row.component = target.component
    current = replaced_by(target, approved)
    if (current.type, current.year, current.value, current.low, current.high) == (
        target.type,
        target.year,
        target.value,
        target.low,
        target.high,
    ):
        raise ValidationError(
            {"value": _("与届时有效的第 %(version)s 版相同，没有调整") % {"version": current.version}}
        )


def _check_fields(target: Target) -> None:
    faults = {name: _("调整目标须填写这一项") for name in ACT if not getattr(target, name)}
    ranged = target.type in (Target.Type.RANGE_FLOOR, Target.Type.RANGE_INSIDE)
    for name in ("low", "high") if ranged else ("value",):
        if getattr(target, name) is None:
            faults[name] = _("这一类型的目标须填写这一项")
    if ranged:
        target.value = None
    else:
        target.low = target.high = None
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
    if target.year and target.year > LATEST_YEAR:
        faults["year"] = _("年份超出范围")
    if faults:
        raise ValidationError(faults)


def _check_rules(target: Target) -> None:
    """A target the rules cannot judge by would take every page of the plan down: refused here."""
    component = target.component
    indicator = component.indicator
    base = baseline(indicator.plan, component)
    try:
        assess(**read_body(body(indicator, component, target, [], base)))
    except InvalidInput as error:
        field = error.field.removeprefix("target.").removeprefix("target_")
        raise ValidationError({field if field in FIELDS else "value": error.message.split(" / ")[0]}) from error


def _log(action: str, target: Target, *, by) -> None:
    indicator = target.component.indicator
    record_audit(
        action=f"target.{action}",
        by=by,
        plan_slug=indicator.plan.slug,
        object_code=target.component.code,
        object_label=_title(target),
        after=_words(target),
    )


def _words(target: Target) -> dict[str, Any]:
    def text(value: Any) -> Any:
        if isinstance(value, Decimal):
            return plain(value)
        return value.isoformat() if isinstance(value, date) else value

    names = (*FIELDS, "version", "state", "decision_reason")
    return {name: text(getattr(target, name)) for name in names if getattr(target, name) not in (None, "")}


def _title(target: Target) -> Said:
    part = target.component
    return say(
        gettext_noop("目标调整 %(code)s %(name)s %(target)s"),
        code=part.code,
        name=both(part.name, part.name_en),
        target=target.text,
    )


def _tell(target: Target, people, kind: Kind, title: Said, *, body: str = "") -> None:
    slug = target.component.indicator.plan.slug
    key = f"target:{target.pk}:{kind}"
    notify(people, kind=kind, key=key, title=title, body=body, url=f"/{slug}/data/targets/{target.pk}/")

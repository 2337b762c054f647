"""The answer that a due figure does not come (未公布、当年未统计): a reason, and a day where it may come later."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from audit.services import record_audit
from indicators.models import Component, NoFigure
from plan.params import today
from plan.queries import entrusted
from plan.services import touch_plan
from plan.workflow import demand_reason


@transaction.atomic
def answer_due(
    component: Component, year: int, *, kind: str, reason: str, by, until: date | None = None
) -> NoFigure:
    """Says that no figure of a year comes; said again it replaces what was said. After `until` it is due again.

    Raises PermissionDenied for another organisation's component, ValidationError by field.
    """
    _demand_entrusted(component, by)
    reason = demand_reason(reason, _("须写明为什么没有这一年的数据"))
    if kind not in NoFigure.Kind.values:
        raise ValidationError({"kind": _("请选择是未公布还是未统计")})
    if until is not None and until < today():
        raise ValidationError({"until": _("应为今天或以后的日期")})
    # There may be no answer yet to be locked.
    Component.objects.select_for_update().get(pk=component.pk)
    old = NoFigure.objects.filter(component=component, year=year).first()
    row = old or NoFigure(component=component, year=year)
    before = _words(old) if old else None
    row.kind, row.reason, row.until, row.answered_by = kind, reason, until, by
    row.full_clean(exclude=["answered_by"], validate_constraints=False)
    row.save()
    touch_plan(component.indicator.plan)
    _log("figure.none", component, year, by, before=before, after=_words(row))
    return row


@transaction.atomic
def withdraw_answer(component: Component, year: int, *, by) -> None:
    """Takes the answer back: the figure is due as before."""
    _demand_entrusted(component, by)
    row = NoFigure.objects.select_for_update().filter(component=component, year=year).first()
    if row is not None:
        _log("figure.none_withdrawn", component, year, by, before=_words(row), after=None)
        row.delete()
        touch_plan(component.indicator.plan)


def _demand_entrusted(component: Component, by) -> None:
    require(by, Permission.ENTER_FIGURES)
    indicator = component.indicator
    if not entrusted(indicator.plan, by).filter(pk=indicator.pk).exists():
        raise PermissionDenied(_("这一指标不由本单位填报"))


def _words(row: NoFigure) -> dict[str, Any]:
    return {"kind": row.kind, "reason": row.reason, "until": row.until.isoformat() if row.until else ""}


def _log(action: str, component: Component, year: int, by, *, before: Any, after: Any) -> None:
    indicator = component.indicator
    record_audit(
        action=action, by=by, plan_slug=indicator.plan.slug, object_code=component.code,
        object_label=f"{indicator.title} {year}", before=before, after=after,
    )  # fmt: skip

"""What a status update may say: everything refused by field, with what is wrong and what would help."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plan.models import Item
from plan.params import today
from updates.models import StatusUpdate

Status = Item.Status
TEXT_LENGTH = 5000
MILESTONES_MAX = 30


@dataclass(frozen=True)
class MilestoneWords:
    """A milestone as somebody states it."""

    title: str
    planned_on: date
    actual_on: date | None = None


def check_update(row: StatusUpdate) -> None:
    """Completes what a status says of the share, and refuses what cannot be, by field."""
    if row.status == Status.DONE and row.progress is None:
        row.progress = Decimal(100)
    if row.status == Status.NOT_STARTED and row.progress is None:
        row.progress = Decimal(0)
    for name in row.TEXTS:
        setattr(row, name, (getattr(row, name) or "").strip())
    row.full_clean(exclude=["entered_by", "approved_by"], validate_constraints=False)
    faults = _day_faults(row) | _share_faults(row)
    if row.status == Status.NOT_REPORTED:
        faults["status"] = _("请选择一种状态；不填报就不必提交")
    if row.status == Status.BEHIND and not row.problems:
        faults["problems"] = _("滞后的须写明存在问题")
    for name in row.TEXTS:
        if len(getattr(row, name)) > TEXT_LENGTH:
            faults[name] = _("最多 %(number)s 字") % {"number": TEXT_LENGTH}
    if faults:
        raise ValidationError(faults)


def _day_faults(row: StatusUpdate) -> dict[str, str]:
    if row.status_on > today():
        return {"status_on": _("进展日期晚于今天")}
    if row.status_on < row.item.plan.starts_on:
        day = row.item.plan.starts_on.isoformat()
        return {"status_on": _("进展日期早于规划期（%(day)s 起）") % {"day": day}}
    return {}


def _share_faults(row: StatusUpdate) -> dict[str, str]:
    if row.progress is not None and not 0 <= row.progress <= 100:
        return {"progress": _("应在 0 到 100 之间")}
    if row.status == Status.DONE and row.progress != 100:
        return {"progress": _("已完成的应为 100 %，或改选其他状态")}
    if row.status == Status.NOT_STARTED and row.progress:
        return {"progress": _("未启动的应为 0，或改选其他状态")}
    return {}


def check_milestones(row: StatusUpdate, milestones: Sequence[MilestoneWords]) -> None:
    plan, titles, faults = row.item.plan, set(), []
    if len(milestones) > MILESTONES_MAX:
        faults.append(_("里程碑最多 %(number)s 个") % {"number": MILESTONES_MAX})
    for one in milestones:
        if not one.title.strip() or len(one.title) > 200:
            faults.append(_("里程碑须有名称，最多 200 字"))
        if one.title in titles:
            faults.append(_("里程碑“%(title)s”重复") % {"title": one.title})
        titles.add(one.title)
        if not plan.starts_on.year - 10 <= one.planned_on.year <= plan.ends_on.year + 20:
            faults.append(_("里程碑“%(title)s”的计划日期超出范围") % {"title": one.title})
        if one.actual_on and one.actual_on > today():
            faults.append(_("里程碑“%(title)s”的实际日期晚于今天") % {"title": one.title})
    if faults:
        raise ValidationError({"milestones": faults})

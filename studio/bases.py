"""The last figure of an earlier plan, taken over as base of what goes on from it: one act, published as any."""

from typing import Any

from django.utils.translation import gettext as _

from indicators.continuing import COMPARED, last_before, part_named
from indicators.models import Component, Observation
from judging.decimals import plain
from plan.models import Plan
from plan.params import today
from studio import held as content
from studio import services
from studio.held import CannotChange, DraftContent
from studio.models import PlanDraft


def earlier_parts(draft: PlanDraft) -> list[tuple[str, str]]:
    """What an indicator of a draft may go on from: the components of plans that began before, by `plan/code`."""
    begins = str(draft.held.frame.get("starts_on") or "9999")
    plans = (
        Plan.objects.exclude(slug=draft.slug).filter(starts_on__lt=begins)
        if begins != "9999"
        else Plan.objects.none()
    )
    rows = Component.objects.filter(indicator__plan__in=plans, retired_on=None)
    rows = rows.select_related("indicator__plan").order_by("indicator__plan__starts_on", "code")
    return [
        (f"{row.indicator.plan.slug}/{row.code}", f"{row.indicator.plan.short} {row.code} {row.name}")
        for row in rows
    ]


def proposed(held: DraftContent, key: str) -> Observation | None:
    """The figure that may be the base of an indicator of a draft: none where it has one, or has no plan before."""
    table = held.items[key].numbers
    parts = table.get("component", [])
    first = parts[0] if parts else {}
    starts = str(held.frame.get("starts_on") or "")
    if not first.get("continues") or first.get("baseline_value") or not starts:
        return None
    earlier = part_named(first["continues"], today())
    if earlier is None or first["accumulation"] in Component.BY_YEARS or not _is_comparable(table, first, earlier):
        return None
    return last_before(earlier, int(starts[:4]))


def _is_comparable(table: dict[str, Any], first: dict[str, Any], earlier) -> bool:
    own = {"unit": table.get("unit"), "accumulation": first.get("accumulation")}
    before = {"unit": earlier.component.indicator.unit, "accumulation": earlier.component.accumulation}
    return all(own[name] == before[name] for name in COMPARED)


def take_base(draft: PlanDraft, key: str, *, by) -> PlanDraft:
    """Takes the proposed figure over; what it is and where it is from is said beside it."""

    def make(held: DraftContent) -> DraftContent:
        row = proposed(held, key) if key in held.items else None
        if row is None:
            raise CannotChange("没有可以采用的上一规划数据，或基期值已经填写")
        numbers = held.items[key].numbers
        first, *others = numbers["component"]
        note = f"上一规划（{first['continues']}）{row.year} 年的数据，{row.source.title}"
        base = {"baseline_year": row.year, "baseline_value": plain(row.value), "baseline_note": note}
        return content.edit(held, key, numbers=numbers | {"component": [first | base, *others]})

    told = _("采用上一规划最近的数据为基期")
    return services.change(draft, make, action=services.Action.EDITED, by=by, told=told)


def key_of(held: DraftContent, code: str) -> str:
    """The key of the item that has a code, or nothing."""
    return next((key for key, row in held.items.items() if row.code == code), "")

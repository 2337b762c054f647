"""Indicators that go on from one plan to the next: figures are entered once and told through both periods."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from indicators.models import Component, Observation
from indicators.queries import ComponentStanding, overview
from indicators.reader_units import for_reader
from plan.models import Plan, in_language

# What makes figures of two components comparable, and what it is called where it differs.
COMPARED = ("unit", "accumulation")


@dataclass(frozen=True)
class Neighbour:
    """The component of another plan that one goes on from, or is continued by; `note` says what a person wrote of
    the difference between the two, `differences` what the two plans themselves say differently."""

    part: ComponentStanding
    note: str
    differences: list[str]
    is_comparable: bool

    @property
    def plan(self) -> Plan:
        return self.part.component.indicator.plan


def before(part: ComponentStanding, day: date) -> Neighbour | None:
    """What a component goes on from, as known on a day; one query, where it goes on from something."""
    if part.component.continues is None:
        return None
    plan = Plan.objects.get(pk=part.component.continues.indicator.plan_id)
    earlier = _part_of(plan, part.component.continues, day)
    return None if earlier is None else _neighbour(earlier, part, earlier)


def after(part: ComponentStanding, day: date) -> list[Neighbour]:
    """What continues a component in later plans; one query, where something does."""
    if not getattr(part.component, "is_continued", False):
        return []
    rows = Component.objects.filter(continues=part.component, retired_on=None).select_related("indicator__plan")
    found = [_part_of(row.indicator.plan, row, day) for row in rows]
    return [_neighbour(part, later, later) for later in found if later is not None]


def proposed_base(part: ComponentStanding, earlier: Neighbour | None) -> Observation | None:
    """The earlier plan's last figure from before the later one began: proposed as base where it prints none."""
    component = part.component
    is_open = component.baseline_value is None and component.accumulation not in Component.BY_YEARS
    if earlier is None or not is_open or not earlier.is_comparable:
        return None
    return last_before(earlier.part, component.indicator.plan.starts_on.year)


def last_before(part: ComponentStanding, year: int) -> Observation | None:
    """The last figure in force of a year before another."""
    rows = [row for of_year, row in sorted(part.in_force().items()) if of_year < year]
    return rows[-1] if rows else None


def part_named(name: str, day: date) -> ComponentStanding | None:
    """A component of any plan by what files write of it, `plan/code`, as known on a day."""
    slug, _slash, code = name.partition("/")
    plan = Plan.objects.filter(slug=slug).first()
    parts = (one for standing in overview(plan, day).standings for one in standing.components) if plan else ()
    return next((one for one in parts if one.component.code == code), None)


def _part_of(plan: Plan, component: Component, day: date) -> ComponentStanding | None:
    parts = (part for standing in for_reader(overview(plan, day)).standings for part in standing.components)
    return next((part for part in parts if part.component.pk == component.pk), None)


def _neighbour(earlier: ComponentStanding, later: ComponentStanding, shown: ComponentStanding) -> Neighbour:
    one, other = _said(earlier), _said(later)
    differences = [
        _("%(what)s：%(before)s → %(after)s") % {"what": what, "before": one[name][1], "after": text}
        for name, (what, text) in other.items()
        if one[name][1] != text
    ]
    if _meaning(earlier) != _meaning(later):
        differences.append(_("含义有改动，见两处指标页"))
    note = in_language(later.component.continues_note, later.component.continues_note_en)
    is_comparable = all(one[name] == other[name] for name in COMPARED)
    return Neighbour(shown, note, differences, is_comparable)


def _said(part: ComponentStanding) -> dict[str, tuple[str, str]]:
    """What two plans may say differently of one indicator: by name, what it is called and how it reads."""
    indicator = part.component.indicator
    return {
        "unit": (_("单位"), indicator.unit_label),
        "accumulation": (_("累计方式"), str(part.component.get_accumulation_display())),
        "direction": (_("方向"), str(indicator.get_direction_display())),
    }


def _meaning(part: ComponentStanding) -> str:
    return part.component.indicator.meaning

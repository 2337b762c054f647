"""What one release may bring: every component a person enters, and what stands beside a row of it.

Nothing is stored here. The page asks for it twice: before anything is typed, and to look at what was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from desk.hints import Hint, change_words, doubts_about, early_doubts
from indicators.figures.due import DueState, figures_due, years_due
from indicators.figures.grades import known_values
from indicators.models import Component, Observation
from indicators.queries import ComponentStanding
from indicators.shown.wording import number
from judging.plausible import change_of
from plan.models import Plan

State = Observation.State
# What somebody still has to enter.
MISSING = (DueState.OVERDUE, DueState.BACKLOG, DueState.DUE_SOON)
OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED)


@dataclass
class Beside:
    """What stands beside a row: the last known value, what waits for the same year, and what is doubtful."""

    component: Component | None = None
    last: str = ""
    is_missing: bool = False
    lines: list[Hint] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def usual_year(plan: Plan, day: date) -> int | None:
    """The year a release mostly speaks of: the last one that is over."""
    years = years_due(plan, day)
    return years[-1] if years else None


def rows_owed(
    components: Iterable[Component], missing: set[tuple[int, int]], year: int | None
) -> list[dict[str, Any]]:
    """A row for each component, those whose figure of the year is missing first."""
    rows = [{"given": True, "component": component} for component in components]
    return sorted(rows, key=lambda row: (row["component"].pk, year) not in missing)


def missing_figures(plan: Plan, day: date) -> set[tuple[int, int]]:
    """Component and year of every figure that nobody has begun to enter."""
    return {(due.component.pk, due.year) for due in figures_due(plan, today=day) if due.state in MISSING}


def waiting_beside(components: Iterable[Component]) -> dict[tuple[int, int], list[Observation]]:
    """By component and year, what is on its way of it; one query."""
    found: dict[tuple[int, int], list[Observation]] = {}
    rows = Observation.objects.filter(component__in=list(components), state__in=OPEN).select_related("entered_by")
    for row in rows.order_by("id"):
        found.setdefault((row.component_id, row.year), []).append(row)
    return found


def beside(
    part: ComponentStanding, year: int | None, value: Any, *, missing: set[tuple[int, int]],
    waiting: Mapping[tuple[int, int], list[Observation]], released_on: date | None = None, value_status: str = "",
) -> Beside:  # fmt: skip
    """What stands beside a row for a component and year, and beside its value where there is one."""
    component, known = part.component, known_values(part)
    place = (component.pk, year or 0)
    earlier = [one for one in known if year is None or one < year]
    last = f"{max(earlier)}：{number(known[max(earlier)])}" if earlier else "—"
    found = Beside(component, last, place in missing)
    if year in known:
        told = {"year": year, "value": number(known[year])}
        found.lines.append(Hint(_("%(year)s 年已有 %(value)s") % told))
    found.doubts += [waiting_words(row) for row in waiting.get(place, [])]
    if value is not None and year is not None:
        change = change_of(known, year, value)
        found.doubts += doubts_about(change, component, value, known.get(year))
        found.doubts += early_doubts(year, released_on, value_status)
        if change:
            found.lines.append(Hint(change_words(change, component.indicator.unit_label)))
    return found


def waiting_words(row: Observation) -> str:
    """Of a figure on its way for the same year: 另有一条待核定：900（张三，公布于 2025-05-01）."""
    told = {
        "state": row.get_state_display(),
        "value": number(row.value, 8),
        "who": row.entered_by or "—",
        "day": row.released_on.isoformat(),
    }
    return _("这一年另有一条%(state)s：%(value)s（%(who)s，公布于 %(day)s）") % told

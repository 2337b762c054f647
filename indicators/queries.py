"""Where each indicator of a plan stands on a day: the one reading that pages, API, exports and jobs share."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any

from django.conf import settings
from django.db.models import Q

from indicators.assess_body import plain, read_body
from indicators.bulk import share_text
from indicators.models import Component, Indicator, Observation, Target
from indicators.progress import (
    Assessment,
    Compound,
    Counts,
    Cutoffs,
    Figure,
    assess,
    assess_compound,
    count_final,
)
from indicators.progress import Target as Goal
from plan.models import Plan
from plan.queries import DayStatus


@dataclass
class ComponentStanding:
    """One component as known on a day: the version of its target, the figures, the judgement."""

    component: Component
    target: Target
    targets: list[Target]
    known: list[Observation]
    judged: list[Observation]
    assessment: Assessment
    inputs: dict[str, Any]

    @property
    def latest(self) -> Observation | None:
        """The observation that was judged."""
        figure = self.assessment.latest
        return next((row for row in reversed(self.judged) if figure and row.year == figure.year), None)

    @property
    def vintages(self) -> dict[int, list[Observation]]:
        """All statements by year, oldest release first."""
        years: dict[int, list[Observation]] = defaultdict(list)
        for row in self.known:
            years[row.year].append(row)
        return dict(sorted(years.items()))

    def in_force(self) -> dict[int, Observation]:
        """The release that counts for each year: the latest one judged."""
        return {row.year: row for row in self.judged}


@dataclass
class Standing:
    """One indicator as known on a day."""

    indicator: Indicator
    components: list[ComponentStanding]
    whole: Compound

    @property
    def is_compound(self) -> bool:
        return len(self.components) > 1

    @property
    def first(self) -> ComponentStanding:
        return self.components[0]

    @property
    def has_figures(self) -> bool:
        return any(part.assessment.latest for part in self.components)

    @property
    def status(self) -> str:
        """The word shown first: linear_time's verdict, or that nothing was published."""
        return self.whole.linear_status if self.has_figures else "no_data"

    @property
    def provisional(self) -> bool:
        return any(part.assessment.provisional for part in self.components)


@dataclass
class Overview:
    """All indicators of a plan on a day, with the counts of methods 1.6."""

    plan: Plan
    as_of: date
    standings: list[Standing]
    by_code: dict[str, Standing] = field(init=False)

    def __post_init__(self):
        self.by_code = {standing.indicator.code: standing for standing in self.standings}

    @property
    def tabled(self) -> list[Standing]:
        return [standing for standing in self.standings if standing.indicator.in_table]

    @property
    def counts(self) -> Counts:
        return count_final(standing.whole.final_verdict for standing in self.tabled)

    @property
    def component_counts(self) -> Counts:
        return count_final(
            part.assessment.final_verdict for standing in self.tabled for part in standing.components
        )


def day_status(standing: Standing) -> DayStatus:
    """An indicator's status, share done (none for a compound) and the release it rests on."""
    share = "" if standing.is_compound else share_text(standing.first.assessment.linear.progress)
    days = [part.latest.released_on for part in standing.components if part.latest]
    return DayStatus(standing.status, Decimal(share) if share else None, max(days, default=None))


def day_statuses(plan: Plan, day: date) -> dict[str, DayStatus]:
    """Every indicator's status on a day, for lists of items (see plan.queries.status_readers)."""
    return {code: day_status(standing) for code, standing in overview(plan, day).by_code.items()}


def cutoffs() -> Cutoffs:
    return Cutoffs(**settings.PROGRESS_CUTOFFS)


_cache: OrderedDict[tuple, Overview] = OrderedDict()
_lock = Lock()
CACHED = 64


def overview(plan: Plan, as_of: date) -> Overview:
    """The standing of every indicator. Kept in memory per plan, version of its figures and day.

    Four queries when not in memory, none when it is; `plan` must be freshly read, for its version.
    """
    key = (plan.pk, plan.figures_version, as_of, tuple(settings.PROGRESS_CUTOFFS.values()))
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    result = read_overview(plan, as_of)
    with _lock:
        _cache[key] = result
        while len(_cache) > CACHED:
            _cache.popitem(last=False)
    return result


def read_overview(plan: Plan, as_of: date) -> Overview:
    """The same, read from the database whatever is in memory."""
    indicators = list(
        Indicator.objects.filter(plan=plan).select_related("section", "paragraph", "lead").in_plan_order()
    )
    for indicator in indicators:
        indicator.plan = plan
    components, targets, figures = defaultdict(list), defaultdict(list), defaultdict(list)
    rows = (
        Component.objects.filter(indicator__plan=plan).select_related("baseline_source").order_by("order", "code")
    )
    by_pk = {indicator.pk: indicator for indicator in indicators}
    for component in rows:
        component.indicator = by_pk[component.indicator_id]
        components[component.indicator_id].append(component)
    known_by = Q(effective_on__isnull=True) | Q(effective_on__lte=as_of)
    for target in Target.objects.filter(known_by, component__indicator__plan=plan).order_by("version"):
        targets[target.component_id].append(target)
    observations = Observation.objects.filter(
        component__indicator__plan=plan,
        released_on__lte=as_of,
        state__in=[Observation.State.APPROVED, Observation.State.REJECTED],
    )
    for row in observations.select_related("source").order_by("year", "released_on", "id"):
        figures[row.component_id].append(row)
    return Overview(
        plan,
        as_of,
        [
            _standing(
                indicator,
                [
                    _component_standing(plan, indicator, component, targets[component.pk], figures[component.pk])
                    for component in components[indicator.pk]
                ],
            )
            for indicator in indicators
        ],
    )


def _standing(indicator: Indicator, parts: list[ComponentStanding]) -> Standing:
    return Standing(indicator, parts, assess_compound([part.assessment for part in parts]))


def _component_standing(
    plan: Plan, indicator: Indicator, component: Component, targets: list[Target], known: list[Observation]
) -> ComponentStanding:
    target, judged = targets[-1], [row for row in known if row.is_judged]
    base_year, base_value = baseline(plan, component)
    assessment = assess(
        base_year=base_year,
        base_value=base_value,
        target_year=target.year,
        target=goal(indicator, target),
        observations=[Figure(row.year, row.value, row.value_status) for row in judged],
        accumulation=component.accumulation,
        cutoffs=cutoffs(),
    )
    inputs = body(indicator, component, target, judged, (base_year, base_value))
    return ComponentStanding(component, target, targets, known, judged, assessment, inputs)


def baseline(plan: Plan, component: Component) -> tuple[int | None, Decimal | None]:
    """Base year and value: the plan's own; a running total starts from nothing before the first year."""
    if component.accumulation == Component.Accumulation.CUMULATIVE and component.baseline_value is None:
        return plan.starts_on.year - 1, Decimal(0)
    return component.baseline_year, component.baseline_value


def what_if(part: ComponentStanding, year: int, value: Decimal) -> Assessment:
    """The judgement of a component if a year's figure were this value; stores nothing."""
    figures = [*part.inputs["observations"], {"year": year, "value": str(value)}]
    return assess(**read_body(part.inputs | {"observations": figures}), cutoffs=cutoffs())


def goal(indicator: Indicator, target: Target) -> Goal:
    """The rule's own target from its row."""
    direction = None if target.type == Target.Type.RANGE_INSIDE else indicator.direction
    return Goal(target.type, direction, target.value, target.low, target.high)


def body(
    indicator: Indicator,
    component: Component,
    target: Target,
    judged: list[Observation],
    base: tuple[int | None, Decimal | None],
) -> dict[str, Any]:
    """What the judgement was derived from, as a body of the what-if calculator (one figure a year)."""

    def text(value):
        return None if value is None else plain(value)

    bounds = {"value": text(target.value), "low": text(target.low), "high": text(target.high)}
    direction = {} if target.type == Target.Type.RANGE_INSIDE else {"direction": indicator.direction}
    in_force = {row.year: row for row in judged}
    accumulation = {} if component.accumulation == "level" else {"accumulation": component.accumulation}
    return {
        "base_year": base[0],
        "base_value": text(base[1]),
        "target_year": target.year,
        "target": {"type": target.type}
        | direction
        | {name: value for name, value in bounds.items() if value is not None},
        "observations": [
            {"year": year, "value": text(row.value), "status": row.value_status}
            for year, row in sorted(in_force.items())
        ],
    } | accumulation

"""Where each indicator of a plan stands on a day: the one reading that pages, API, exports and jobs share."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import inf
from threading import Lock
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from indicators.models import Component, Indicator, NoFigure, Observation, RuleInForce, Target
from judging.calculator_json import read_body
from judging.decimals import plain
from judging.judge_many import share_text
from judging.progress import assess, assess_compound, count_final
from judging.statements import Figure, read_statements
from judging.terms import BEFORE_BOUNDS, RULE_VERSION, Assessment, Compound, Counts, Cutoffs, TargetRule
from plan.models import Plan
from plan.queries import DayStatus

# Better is neither more nor less: to land inside, to be done.
UNDIRECTED = (Target.Type.RANGE_INSIDE, Target.Type.DONE)


@dataclass(frozen=True)
class JudgingRule:
    """The rule and cut-offs that hold from a day on; no day where the settings stand in for stored ones."""

    since: date | None
    version: str
    cutoffs: Cutoffs

    @property
    def bounds_decide(self) -> bool:
        """Whether "at least" and "at most" count, as they do since 2026.2."""
        return self.version != BEFORE_BOUNDS

    @property
    def percentages(self) -> dict[str, str]:
        """The cut-offs as people read them: 105, 95, 60 (per cent)."""
        names = ("ahead", "on_schedule", "slightly_behind")
        return {name: plain(getattr(self.cutoffs, name) * 100) for name in names}


def by_release(rows: Iterable[Observation]) -> list[Observation]:
    """Year by year, and of a year the release that counts last at its end; one not yet stored is the newest."""
    return sorted(rows, key=lambda row: (row.year, row.released_on, row.pk or inf))


@dataclass
class ComponentStanding:
    """One component as known on a day: the version of its target, the figures, the rule, the judgement.

    `targets` are in force by that day, the last of them now; `scheduled` were decided but count only later.
    """

    component: Component
    target: Target
    targets: list[Target]
    known: list[Observation]
    judged: list[Observation]
    bounds: list[Observation]
    rule: JudgingRule
    as_of: date
    assessment: Assessment
    inputs: dict[str, Any]
    scheduled: list[Target] = field(default_factory=list)

    @property
    def latest(self) -> Observation | None:
        """The observation that was judged."""
        return self._row(self.assessment.latest)

    @property
    def heard(self) -> Observation | None:
        """The observation that was judged, or the last statement where none could be."""
        return self._row(self.assessment.latest or self.assessment.heard)

    @property
    def year(self) -> int | None:
        """The year the judgement speaks of."""
        figure = self.assessment.latest or self.assessment.heard
        return figure.year if figure else None

    @property
    def is_stale(self) -> bool:
        """Whether the verdict is of long ago: right, and looks surer than it is. The target year's is the last."""
        year = self.year
        return year is not None and year < self.target.year and self.as_of.year - year > settings.STALE_AFTER_YEARS

    @property
    def is_estimated(self) -> bool:
        """Whether the verdict rests on an estimate of ours."""
        row = self.latest
        return row is not None and row.value_status == Observation.ValueStatus.ESTIMATED

    def _row(self, figure: Figure | None) -> Observation | None:
        if figure is None:
            return None
        rows = self.bounds if figure.is_bound else self.judged
        return next((row for row in reversed(rows) if row.year == figure.year), None)

    @property
    def in_use(self) -> list[Observation]:
        """What was published and not put aside: none where nothing was, or nothing that can be used."""
        return [row for row in self.known if row.state != Observation.State.REJECTED]

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

    @property
    def stated(self) -> list[Observation]:
        """Every exact figure and every bound, year by year, and of a year the one that counts last at its end."""
        return by_release([*self.judged, *self.bounds])

    @property
    def rests_on(self) -> list[Observation]:
        """What the verdict rests on, year by year: the release that counts, else all that bounds the year."""
        exact = self.in_force()
        return [row for row in self.stated if exact.get(row.year, row) is row]


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
        """Whether anything was published of a year to judge, be it too little to judge by."""
        return any(part.heard for part in self.components)

    @property
    def status(self) -> str:
        """The word shown first: linear_time's verdict, or that nothing was published."""
        return self.whole.linear_status if self.has_figures else "no_data"

    @property
    def is_stale(self) -> bool:
        return any(part.is_stale for part in self.components)

    @property
    def is_estimated(self) -> bool:
        return any(part.is_estimated for part in self.components)

    @property
    def provisional(self) -> bool:
        return any(part.assessment.provisional for part in self.components)


@dataclass
class Overview:
    """All indicators of a plan on a day, with the counts of methods 1.6."""

    plan: Plan
    as_of: date
    standings: list[Standing]
    rules: list[JudgingRule]
    by_code: dict[str, Standing] = field(init=False)
    number_of_figures: int = field(init=False)

    def __post_init__(self):
        self.by_code = {standing.indicator.code: standing for standing in self.standings}
        self.number_of_figures = sum(len(part.known) for row in self.standings for part in row.components)

    @property
    def rule(self) -> JudgingRule:
        """The rule in force on the overview's day."""
        return rule_on(self.rules, self.as_of)

    @property
    def has_table(self) -> bool:
        """Whether the plan prints its main indicators in a table; where it prints none, all are main ones."""
        return any(standing.indicator.in_table for standing in self.standings)

    def is_main(self, indicator: Indicator) -> bool:
        return indicator.in_table or not self.has_table

    @property
    def tabled(self) -> list[Standing]:
        """The main indicators, which are counted."""
        has_table = self.has_table
        return [standing for standing in self.standings if standing.indicator.in_table or not has_table]

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
    days = [row.released_on for part in standing.components if (row := part.heard)]
    return DayStatus(standing.status, Decimal(share) if share else None, max(days, default=None))


def day_statuses(plan: Plan, day: date) -> dict[str, DayStatus]:
    """Every indicator's status on a day, for lists of items (see plan.queries.status_readers)."""
    return {code: day_status(standing) for code, standing in overview(plan, day).by_code.items()}


def only_indicators(plan: Plan) -> tuple[str, ...]:
    """The kind whose status is a verdict."""
    return (Indicator.Kind.INDICATOR,)


def cutoffs() -> Cutoffs:
    """The cut-offs that are wanted now, as the settings give them; stored ones hold on each day (rules_of)."""
    return Cutoffs(**settings.PROGRESS_CUTOFFS)


def rules_of(plan: Plan) -> list[JudgingRule]:
    """Every rule that was in force, oldest first; that of the settings alone before any was stored."""
    rows = RuleInForce.objects.filter(plan=plan).order_by("since")
    return [rule_of(row) for row in rows] or [JudgingRule(None, RULE_VERSION, cutoffs())]


def rule_of(row: RuleInForce) -> JudgingRule:
    return JudgingRule(row.since, row.rule_version, Cutoffs(row.ahead, row.on_schedule, row.slightly_behind))


def rule_on(rules: list[JudgingRule], day: date) -> JudgingRule:
    """The one in force on a day; before the first of them, the first."""
    return next((rule for rule in reversed(rules) if rule.since is None or rule.since <= day), rules[0])


def rule_version_on(slug: str, day: date) -> str:
    """The version of the rule a plan was judged by on a day, for the register of exports; "" is every plan."""
    rows = RuleInForce.objects.filter(plan__slug=slug).order_by("since") if slug else []
    rules = [(row.since, row.rule_version) for row in rows]
    return next((version for since, version in reversed(rules) if since <= day), RULE_VERSION)


_cache: OrderedDict[tuple, Overview] = OrderedDict()
_lock = Lock()
# Days a process keeps in memory, and the figures they may hold together; the last one always stays.
CACHED, CACHED_FIGURES = 64, 60_000


def overview(plan: Plan, as_of: date) -> Overview:
    """The standing of every indicator. Kept in memory per plan, version of its figures and day.

    Five queries when not in memory, none when it is; `plan` must be freshly read, for its version.
    """
    key = (plan.pk, plan.figures_version, as_of, tuple(settings.PROGRESS_CUTOFFS.values()))
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    result = read_overview(plan, as_of)
    with _lock:
        _forget_versions_before(plan)
        _cache[key] = result
        while len(_cache) > 1 and (len(_cache) > CACHED or _figures_kept() > CACHED_FIGURES):
            _cache.popitem(last=False)
    return result


def _forget_versions_before(plan: Plan) -> None:
    """Nobody asks again for a plan before its last write; each approval would leave an overview behind."""
    for key in [key for key in _cache if key[0] == plan.pk and key[1] < plan.figures_version]:
        del _cache[key]


def _figures_kept() -> int:
    return sum(found.number_of_figures for found in _cache.values())


def overview_with(plan: Plan, as_of: date, code: str) -> Overview:
    """The same, with the retired beside the others where the code asked for is a retired indicator's."""
    found = overview(plan, as_of)
    return found if code in found.by_code else read_overview(plan, as_of, with_retired=True)


def read_overview(plan: Plan, as_of: date, *, with_retired: bool = False) -> Overview:
    """The same, read from the database whatever is in memory."""
    every, parts = Indicator.objects.filter(plan=plan), Component.objects.filter(indicator__plan=plan)
    if not with_retired:
        every, parts = every.current(), parts.current()
    indicators = list(every.select_related("section", "paragraph", "lead").in_plan_order())
    for indicator in indicators:
        indicator.plan = plan
    components, targets, figures = defaultdict(list), defaultdict(list), defaultdict(list)
    by_pk = {indicator.pk: indicator for indicator in indicators}
    # Whether anybody answered for a year without a figure: those who need the answers then ask for them.
    parts = parts.annotate(
        is_answered=Exists(NoFigure.objects.filter(component=OuterRef("pk"))),
        is_continued=Exists(Component.objects.filter(continues=OuterRef("pk"), retired_on=None)),
    )
    for component in parts.select_related("baseline_source", "continues__indicator__plan").order_by(
        "order", "code"
    ):
        component.indicator = by_pk[component.indicator_id]
        components[component.indicator_id].append(component)
    for target in Target.objects.filter(component__indicator__plan=plan).known_on(as_of).by_effect():
        targets[target.component_id].append(target)
    observations = Observation.objects.filter(component__indicator__plan=plan).known_on(as_of)
    for row in observations.select_related("source").by_release():
        row.note = row.note_known_by(as_of)
        figures[row.component_id].append(row.as_on(as_of))
    rules = rules_of(plan)
    rule = rule_on(rules, as_of)
    return Overview(
        plan,
        as_of,
        [
            _standing(
                indicator,
                [
                    _component_standing(component, as_of, targets[component.pk], figures[component.pk], rule)
                    for component in components[indicator.pk]
                ],
            )
            for indicator in indicators
        ],
        rules,
    )


def part_on(found: Overview, part: ComponentStanding, day: date) -> ComponentStanding:
    """A component as it was known on an earlier day, from what an overview of a later day holds: no query."""
    known = [row.as_on(day) for row in part.known if row.was_public(day)]
    targets = [row for row in (*part.targets, *part.scheduled) if row.was_learned(day)]
    return _component_standing(part.component, day, targets, known, rule_on(found.rules, day))


def standing_on(found: Overview, standing: Standing, day: date) -> Standing:
    """An indicator as it was known on an earlier day, from an overview of a later day: no query."""
    return _standing(standing.indicator, [part_on(found, part, day) for part in standing.components])


def standing_of_parts(indicator: Indicator, parts: list[ComponentStanding]) -> Standing:
    """An indicator of components that were judged already."""
    return _standing(indicator, parts)


def part_of_rows(
    part: ComponentStanding, component: Component, targets: list[Target], known: list[Observation]
) -> ComponentStanding:
    """A component judged from other rows, on the same day and by the same rule."""
    return _component_standing(component, part.as_of, targets, known, part.rule)


def _standing(indicator: Indicator, parts: list[ComponentStanding]) -> Standing:
    return Standing(indicator, parts, assess_compound([part.assessment for part in parts]))


def _component_standing(
    component: Component, as_of: date, targets: list[Target], known: list[Observation], rule: JudgingRule
) -> ComponentStanding:
    scheduled = [row for row in targets if not row.counts_on(as_of)]
    targets = [row for row in targets if row not in scheduled]
    for row in (*targets, *scheduled):
        row.component = component
    target, judged = targets[-1], [row for row in known if row.is_judged]
    bounds = [row for row in known if row.is_bound] if rule.bounds_decide else []
    inputs = body(component, target, [*judged, *bounds])
    assessment = judge_rows(component, target, [*judged, *bounds], rule.cutoffs)
    return ComponentStanding(
        component, target, targets, known, judged, bounds, rule, as_of, assessment, inputs, scheduled
    )


def judge_rows(component: Component, target: Target, rows: Iterable[Observation], cutoffs: Cutoffs) -> Assessment:
    """The judgement of a component by some of its figures, given in the order of their release."""
    base_year, base_value = baseline(component.indicator.plan, component)
    return assess(
        base_year=base_year,
        base_value=base_value,
        target_year=target.year,
        target=goal(component.indicator, target),
        observations=[_figure(row) for row in rows],
        accumulation=component.accumulation,
        path={int(year): Decimal(value) for year, value in target.path.items()},
        cutoffs=cutoffs,
    )


def _figure(row: Observation) -> Figure:
    precision = row.precision if row.precision in Observation.BOUNDS else "exact"
    return Figure(row.year, row.value, row.value_status, precision, row.exclusive)


def baseline(plan: Plan, component: Component) -> tuple[int | None, Decimal | None]:
    """Base year and value: the plan's own; a running total starts from nothing before the first year.

    Where the years of the period are counted they begin with the plan, unless it names another base year.
    """
    if component.accumulation == Component.Accumulation.CUMULATIVE and component.baseline_value is None:
        return plan.starts_on.year - 1, Decimal(0)
    if component.accumulation in Component.BY_YEARS:
        return component.baseline_year or plan.starts_on.year - 1, component.baseline_value
    return component.baseline_year, component.baseline_value


def what_if(part: ComponentStanding, year: int, value: Decimal) -> Assessment:
    """The judgement of a component if a year's figure were this value; stores nothing."""
    given = read_body(part.inputs)
    given["observations"].append(Figure(year, value))
    return assess(**given, cutoffs=part.rule.cutoffs)


def goal(indicator: Indicator, target: Target) -> TargetRule:
    """The rule's own target from its row."""
    direction = None if target.type in UNDIRECTED else indicator.direction
    return TargetRule(target.type, direction, target.value, target.low, target.high)


def body(component: Component, target: Target, rows: Iterable[Observation]) -> dict[str, Any]:
    """What the judgement was derived from, as a body of the what-if calculator.

    `rows` come in the order of their release. One exact figure a year; where there is none, all its bounds.
    """

    def text(value):
        return None if value is None else plain(value)

    indicator, base = component.indicator, baseline(component.indicator.plan, component)
    bounds = {"value": text(target.value), "low": text(target.low), "high": text(target.high)}
    direction = {} if target.type in UNDIRECTED else {"direction": indicator.direction}
    inputs = {
        "base_year": base[0],
        "base_value": text(base[1]),
        "target_year": target.year,
        "target": {"type": target.type}
        | direction
        | {name: value for name, value in bounds.items() if value is not None},
        "observations": [
            _stated(figure) for said in read_statements(map(_figure, rows)).values() for figure in said.figures
        ],
    }
    if component.accumulation != Component.Accumulation.LEVEL:
        inputs["accumulation"] = component.accumulation
    return inputs | ({"path": dict(sorted(target.path.items()))} if target.path else {})


def _stated(figure: Figure) -> dict[str, Any]:
    said = {"year": figure.year, "value": plain(figure.number), "status": figure.status}
    return said | ({"precision": figure.precision, "exclusive": figure.exclusive} if figure.is_bound else {})


def standing_of(indicator: Indicator, parts: list[tuple[Component, list[Target], list[Observation]]]) -> Standing:
    """The standing that follows from given rows, stored or not, by the rule of the settings."""
    rule, day = JudgingRule(None, RULE_VERSION, cutoffs()), indicator.plan.ends_on
    return _standing(
        indicator,
        [_component_standing(component, day, targets, known, rule) for component, targets, known in parts],
    )

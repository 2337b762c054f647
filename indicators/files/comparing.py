"""What each figure of a file would do beside what is stored, before anything is."""

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from indicators.files.below import Doubt
from indicators.files.faults import Fault
from indicators.files.readings import Answer
from indicators.files.rows import Draft
from indicators.models import Component, Observation, Target
from indicators.shown.wording import limit_of, number, signed
from judging.decimals import plain
from judging.intervals import Interval
from judging.plausible import YearChange, change_of, is_before_its_end, outside_percent
from judging.statements import possible
from plan.models import Plan, Source
from tables.cells import (
    NumberCell,
)
from tables.numbers import PLACES
from texts.names import title_key

TWICE, HALF = 2, Decimal("0.5")
# Where a figure to hold one against is looked for: its own year, then those around it.
NEARBY = (0, -1, 1, -2, 2, -3, 3)


class RowOutcome(StrEnum):
    NEW = "new"  # nothing for this component and year is in force
    CHANGED = "changed"  # another release of a year that has a value in force
    SAME = "same"  # stored already
    CONFLICT = "conflict"  # stored already with another value, or twice in the file
    INVALID = "invalid"
    ASK = "ask"  # can be meant in several ways: a person says which
    PASSED = "passed"  # is no figure, and why


@dataclass(frozen=True, slots=True)
class KnownFigure:
    """A stored figure, as far as a comparison needs it."""

    pk: int
    value: Decimal
    value_status: str
    state: str
    released_on: date
    precision: str = Observation.Precision.EXACT
    exclusive: bool = False

    @property
    def possible(self) -> Interval:
        return possible(self.value, self.precision, self.exclusive)

    @property
    def limit(self) -> str:
        """What a bound says, in a sign: > 26,000."""
        return limit_of(Observation(value=self.value, precision=self.precision, exclusive=self.exclusive))


@dataclass(slots=True)
class Judged:
    """What a row would do. `warnings`: why somebody has to tick it; they keep nothing from being stored."""

    draft: Draft
    outcome: RowOutcome
    old: KnownFigure | None = None
    warnings: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_outlier(self) -> bool:
        return bool(self.warnings)

    @property
    def is_held(self) -> bool:
        """Whether somebody is entering this very release: no longer a draft once it is decided."""
        decided = (Observation.State.APPROVED, Observation.State.REJECTED)
        of_the_release = self.outcome in (RowOutcome.SAME, RowOutcome.CONFLICT) and self.old is not None
        return of_the_release and self.old.state not in decided


class Comparer:
    """Compares rows with what is stored: one query a chunk, and memory for what counts of a component and year.

    `asks_of_bounds`: whether a number beside which a published bound leaves no room is asked about; a plan's own
    file has nobody to ask.
    """

    def __init__(self, plan: Plan, *, asks_of_bounds: bool = True):
        self.asks_of_bounds = asks_of_bounds
        self.in_force: dict[tuple[int, int], KnownFigure] = {}
        self.values: dict[int, dict[int, Decimal]] = defaultdict(dict)
        rows = Observation.objects.filter(component__indicator__plan=plan).judged().by_release()
        names = ("pk", "value", "value_status", "state", "released_on")
        for component, year, *known in rows.values_list("component_id", "year", *names).iterator():
            self.in_force[component, year] = KnownFigure(*known)
            self.values[component][year] = known[1]
        # Of a year without an exact figure all that bounds it.
        self.bounds: dict[tuple[int, int], list[KnownFigure]] = defaultdict(list)
        rows = Observation.objects.filter(component__indicator__plan=plan).bounding().by_release()
        names = (*names, "precision", "exclusive")
        for component, year, *known in rows.values_list("component_id", "year", *names).iterator():
            if (component, year) not in self.in_force:
                self.bounds[component, year].append(KnownFigure(*known))
        self.titles: dict[tuple[str, str], str] = {}
        self.has_days_within = False
        # The size of a component's figures where none is stored yet: its base, else its target.
        targets = Target.objects.filter(component__indicator__plan=plan).values_list(
            "component_id", "value", "low"
        )
        self.scales = {part: low if value is None else value for part, value, low in targets}
        bases = Component.objects.filter(indicator__plan=plan).exclude(baseline_value=None)
        for part, year, value in bases.values_list("pk", "baseline_year", "baseline_value"):
            self.scales[part] = value
            if year is not None:
                self.values[part].setdefault(year, value)

    def judge(self, drafts: list[Draft]) -> list[Judged]:
        good = [draft for draft in drafts if not draft.faults and not draft.passed]
        self._doubt_days(drafts, good)
        self._respell(good)
        twins = self._twins(good)
        return [self._judged(draft, twins) for draft in drafts]

    def _doubt_days(self, drafts: list[Draft], good: list[Draft]) -> None:
        """The last day of a year, in a file that has other days of it too, may be a quarter's or a month's."""
        self.has_days_within |= any(draft.dated and draft.passed for draft in drafts)
        for draft in good if self.has_days_within else ():
            if draft.dated:
                params = {"text": draft.dated}
                draft.doubts.append(Fault(draft.line, "year", draft.dated, "day_among_days", params))
                draft.answers = draft.answers or [Answer("read", draft.value, draft.cells.get("value", ""))]

    def _judged(self, draft: Draft, twins: dict[tuple, KnownFigure]) -> Judged:
        if draft.passed:
            return Judged(draft, RowOutcome.PASSED, faults=[draft.passed])
        if draft.faults:
            return Judged(draft, RowOutcome.INVALID, faults=draft.faults)
        twin, near = twins.get(draft.key), self._near(draft)
        self._doubt_fraction(draft, twin, near)
        against = self._against(draft)
        if against and not twin and self.asks_of_bounds:
            self._doubt_bound(draft, against)
        found = judge(draft, twin=twin, old=self._old(draft) or against or self._bound(draft))
        if found.outcome in (RowOutcome.NEW, RowOutcome.CHANGED):
            found.warnings = self._warnings(draft)
        if not draft.doubts or found.outcome == RowOutcome.SAME:
            return found
        if twin and any(_is_same(draft, twin, answer) for answer in draft.answers) and not draft.name:
            return Judged(draft, RowOutcome.SAME, twin)
        return Judged(draft, RowOutcome.ASK, found.old, warnings=found.warnings, faults=draft.doubts)

    def _warnings(self, draft: Draft) -> list[Fault]:
        """Why a row stands out: as a reviewer will be asked of it (judging.plausible), so that nothing is chosen
        here that stands out there; else where it is twice or half of the figure nearest to it."""
        known = self.values.get(draft.component.pk, {})
        said: list[tuple[str, dict[str, str]]] = []
        if (change := change_of(known, draft.year, draft.value)) and change.warning:
            said.append(warning_of(change))
        if outside_percent(draft.value, draft.component.indicator.unit, known.get(draft.year)):
            said.append(("outside_percent", {}))
        if is_before_its_end(draft.year, draft.released_on, draft.words["value_status"]):
            said.append(("year_not_over", {"year": str(draft.year)}))
        place = self._nearest(draft)
        if not said and place and is_outlier(draft.value, self.in_force[place].value):
            said.append(("far_off", {"year": str(place[1]), "value": number(self.in_force[place].value)}))
        return [Fault(draft.line, "—", "", code, params) for code, params in said]

    def _bound(self, draft: Draft) -> KnownFigure | None:
        """What was last said of a year that has no exact figure."""
        return next(reversed(self.bounds.get((draft.component.pk, draft.year), ())), None)

    def _against(self, draft: Draft) -> KnownFigure | None:
        """The bound that leaves no room for a row: > 26,000 beside 25,000."""
        if draft.words.get("precision") == Observation.Precision.APPROXIMATE:
            return None
        own = possible(draft.value, draft.words.get("precision", ""), bool(draft.words.get("exclusive")))
        bounds = self.bounds.get((draft.component.pk, draft.year), ())
        return next((row for row in reversed(bounds) if row.possible.common(own).is_empty), None)

    def _doubt_bound(self, draft: Draft, bound: KnownFigure) -> None:
        if draft.answered:
            return
        cell = draft.cells.get("value", "")
        params = {"bound": bound.limit, "year": str(draft.year), "day": bound.released_on.isoformat()}
        draft.doubts.append(Fault(draft.line, "value", cell, "against_bound", params))
        draft.answers = draft.answers or [Answer("read", draft.value, str(cell))]

    def _doubt_fraction(self, draft: Draft, twin: KnownFigure | None, near: Decimal | None) -> None:
        """A share in per cent that may be held as a fraction: 0.0649 beside 6.46, or in a workbook."""
        if draft.answered or draft.component.indicator.unit != "%":
            return
        cell = draft.cells.get("value", "")
        size = self.scales.get(draft.component.pk) if near is None else near
        found = fraction_doubt(cell, draft.value, near=size, answers=draft.answers, is_stored=twin is not None)
        if found:
            (code, params), draft.answers = found
            draft.doubts.append(Fault(draft.line, "value", cell, code, params))

    def _respell(self, drafts: list[Draft]) -> None:
        """Gives each source the title it is stored under, or has in its first row: one source, however spelled."""
        places = {id(draft): (title_key(draft.source[0]), draft.source[1]) for draft in drafts}
        if unknown := {key for key, address in places.values() if (key, address) not in self.titles}:
            stored = Source.objects.filter(key__in=unknown).values_list("key", "url", "title")
            self.titles |= {(key, url): title for key, url, title in stored}
        for draft in drafts:
            title, address, publisher = draft.source
            draft.source = (self.titles.setdefault(places[id(draft)], title), address, publisher)

    def _twins(self, drafts: list[Draft]) -> dict[tuple, KnownFigure]:
        if not drafts:
            return {}
        rows = Observation.objects.filter(
            component__in={draft.component.pk for draft in drafts},
            year__in={draft.year for draft in drafts},
            released_on__in={draft.released_on for draft in drafts},
        )
        names = ("pk", "value", "value_status", "state")
        wanted = {draft.key: draft.value for draft in drafts}
        twins = {}
        # Those taken out first: what stands in their place counts; alone they answer for their own number only.
        for component, year, day, title, url, out, *known in rows.order_by("-out_key").values_list(
            "component_id", "year", "released_on", "source__title", "source__url", "out_key", *names
        ):
            key, found = (component, year, day, title, url), KnownFigure(*known, day)
            if key in wanted and (not out or found.value == wanted[key]):
                twins[key] = found
        return twins

    def _old(self, draft: Draft) -> KnownFigure | None:
        return self.in_force.get((draft.component.pk, draft.year))

    def _near(self, draft: Draft) -> Decimal | None:
        """The value to hold a row against: the same year's in force, else the nearest within three years."""
        place = self._nearest(draft)
        return self.in_force[place].value if place else None

    def _nearest(self, draft: Draft) -> tuple[int, int] | None:
        places = ((draft.component.pk, draft.year + distance) for distance in NEARBY)
        return next((place for place in places if place in self.in_force), None)


def judge(draft: Draft, *, twin: KnownFigure | None, old: KnownFigure | None) -> Judged:
    """The outcome of one row. `twin` is the same release as stored, `old` what is in force for its year.

    The same release with another value is a conflict, because an approved figure is never edited.
    """
    if twin is not None:
        if (twin.value, twin.value_status) == (draft.value, draft.words["value_status"]):
            return Judged(draft, RowOutcome.SAME, twin)
        params = {"old": plain(twin.value), "status": str(twin.value_status), "state": str(twin.state)}
        fault = Fault(draft.line, "value", draft.cells["value"], "stored_otherwise", params)
        return Judged(draft, RowOutcome.CONFLICT, twin, faults=[fault])
    outcome = RowOutcome.CHANGED if old else RowOutcome.NEW
    return Judged(draft, outcome, old)


def warning_of(change: YearChange) -> tuple[str, dict[str, str]]:
    """The code of what a change is asked for, and what its words take."""
    if change.warning == "large":
        return "large_change", {}
    assert change.usual is not None
    low, high = (signed(round(bound, 2)) for bound in change.usual)
    return "unusual_change", {"low": low, "high": high}


def fraction_doubt(
    cell: str, value: Decimal, *, near: Decimal | None, answers: list[Answer], is_stored: bool = False
) -> tuple[Doubt, list[Answer]] | None:
    """What is asked of a number in per cent that may be held as a fraction, 0.0649 beside 6.46 or in a workbook,
    and its readings; None where nothing is.

    `near`: the size of the component's figures; `is_stored`: whether one of this release is.
    """
    text = str(cell)  # what is kept of its wording: nobody wrote 6.67%
    if isinstance(cell, NumberCell) and "%" in cell and near and abs(value / near) > 20:
        # 5.49 in a cell set to per cent is shown as 549%.
        params = {"read": plain(value), "percent": plain(value / 100)}
        return ("percent_twice", params), [Answer("read", value, text), Answer("percent", value / 100, text)]
    if not 0 < abs(value) <= 1 or is_stored or "%" in cell:
        return None
    told = abs(near) / abs(value) > 20 if near is not None else isinstance(cell, NumberCell)
    if not told or value * 100 != round(value * 100, PLACES):
        return None
    params = {"read": plain(value), "percent": plain(value * 100)}
    read = answers or [Answer("read", value, text)]
    return ("fraction", params), [*read, Answer("percent", value * 100, text)]


def nearest_year(years: Container[int], year: int) -> int | None:
    """The year itself where it is there, else the nearest within three."""
    return next((near for distance in NEARBY if (near := year + distance) in years), None)


def _is_same(draft: Draft, twin: KnownFigure, answer: Answer) -> bool:
    return (twin.value, twin.value_status) == (answer.value, answer.status or draft.words["value_status"])


def is_outlier(value: Decimal, near: Decimal | None) -> bool:
    """More than twice or less than half of its neighbour, or of another sign: worth a second look."""
    if near is None or near == value:
        return False
    if near == 0 or value == 0 or (near < 0) != (value < 0):
        return True
    return not HALF <= value / near <= TWICE

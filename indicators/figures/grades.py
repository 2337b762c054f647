"""How much looking-at a waiting figure or target asks for before it is approved.

Most are quiet and pass with others. One far off its neighbours, one beside another for the same place or year, one
that turns a verdict is looked at by itself, and what was found is written down (docs/decisions/0028). Targets are
graded in indicators.targets.doubts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.figures.rivals import contested
from indicators.models import Observation, Target
from indicators.queries import ComponentStanding, by_release, judge_rows, overview, read_overview
from indicators.shown.states import assessment_badge
from judging.ladder import IndicatorState
from judging.plausible import change_of, is_before_its_end, outside_percent
from judging.statements import possible
from plan.badges import Badge
from plan.models import Plan
from plan.params import today

State = Observation.State
# As many figures as a refusal names.
NAMED = 5


class Grade(models.TextChoices):
    """Why a row does not pass with others, the most doubtful first; the middle three are of targets."""

    OUTLIER = "outlier", gettext_lazy("异常")
    NOT_OVER = "not_over", gettext_lazy("年度未结束")
    RIVAL = "rival", gettext_lazy("同年重复")
    DOUBLE = "double", gettext_lazy("同年另有待核定")
    WORDING = "wording", gettext_lazy("与写法不一致")
    BASE = "base", gettext_lazy("基期已达到")
    TWICE = "twice", gettext_lazy("另有待核定提议")
    FLIP = "flip", gettext_lazy("结论改变")


Grades = Mapping[int, Sequence[Grade]]


def grades_of(plan: Plan, rows: Iterable[Observation], day: date | None = None) -> dict[int, list[Grade]]:
    """By key, why each of these waiting figures asks for a look of its own; nothing for a quiet one.

    They are held against what is in force on the day, each for itself. Two queries for some hundred rows, and
    those of the standing where that is not in memory.
    """
    rows = list(rows)
    if not rows:
        return {}
    parts = standings_of(_fresh(plan), {row.component_id for row in rows}, day or today())
    rivals, doubles = contested(rows), doubled(rows)
    found: dict[int, list[Grade]] = {}
    for row in rows:
        part = parts.get(row.component_id)
        said = {
            Grade.OUTLIER: part is not None and is_outlier(part, row),
            Grade.NOT_OVER: is_before_its_end(row.year, row.released_on, row.value_status),
            Grade.RIVAL: row.pk in rivals,
            Grade.DOUBLE: row.pk in doubles and row.pk not in rivals,
            Grade.FLIP: part is not None and turn_of(part, row) is not None,
        }
        found[row.pk] = [grade for grade, holds in said.items() if holds]
    return found


def known_values(part: ComponentStanding) -> dict[int, Decimal]:
    """The values in force by year, and the plan's baseline where no figure stands for its year."""
    values = {year: row.value for year, row in part.in_force().items()}
    component = part.component
    if component.baseline_value is not None and component.baseline_year is not None:
        values.setdefault(component.baseline_year, component.baseline_value)
    return values


def is_outlier(part: ComponentStanding, row: Observation) -> bool:
    """Whether a figure lies far from those around it, is a percentage beyond 0 to 100, or contradicts a bound."""
    known, unit = known_values(part), part.component.indicator.unit
    change = change_of(known, row.year, row.value)
    stands_out = bool(change and change.warning) or outside_percent(row.value, unit, known.get(row.year))
    return stands_out or left_out_by(part, row) is not None


def left_out_by(part: ComponentStanding, row: Observation) -> Observation | None:
    """The bound that counts for a figure's year and leaves no room for it: > 26,000 beside 25,000."""
    if row.precision == Observation.Precision.APPROXIMATE or row.year in part.in_force():
        return None
    own = possible(row.value, row.precision, row.exclusive)
    bounds = [bound for bound in part.bounds if bound.year == row.year]
    rooms = ((bound, possible(bound.value, bound.precision, bound.exclusive)) for bound in reversed(bounds))
    return next((bound for bound, room in rooms if room.common(own).is_empty), None)


def turn_of(part: ComponentStanding, row: Observation) -> tuple[Badge, Badge] | None:
    """The word before and after a figure, where it turns into another; else None.

    A component's first word turns nothing; a figure that leaves it without one does.
    """
    before = assessment_badge(part.assessment, part.target.year)
    decides = row.precision in (*Observation.JUDGED_PRECISIONS, *Observation.BOUNDS)
    if before.key == IndicatorState.NO_DATA or not decides:
        return None
    rows = by_release([*part.stated, row])
    judged = judge_rows(part.component, part.target, rows, part.rule.cutoffs)
    after = assessment_badge(judged, part.target.year)
    return None if before.key == after.key else (before, after)


def turns_of(plan: Plan, rows: Iterable[Observation]) -> dict[int, tuple[Badge, Badge]]:
    """By key, which of these turn the word of their component, each for itself: before and after."""
    rows = list(rows)
    parts = standings_of(_fresh(plan), {row.component_id for row in rows}, today())
    turns = {row.pk: turn_of(parts[row.component_id], row) for row in rows if row.component_id in parts}
    return {pk: turn for pk, turn in turns.items() if turn}


def doubled(rows: Sequence[Observation]) -> set[int]:
    """Which of these wait beside another figure of the same component and year; one query.

    A file or a table that brings several releases of one year does so on purpose: what was handed in in one act
    has one moment, and only another moment counts.
    """
    places = {(row.component_id, row.year) for row in rows}
    waiting = Observation.objects.filter(
        state=State.SUBMITTED,
        component__in={component for component, _year in places},
        year__in={year for _component, year in places},
    )
    acts = (
        waiting.order_by().values_list("component", "year").annotate(number=Count("submitted_at", distinct=True))
    )
    several = {(component, year) for component, year, number in acts if number > 1}
    return {row.pk for row in rows if (row.component_id, row.year) in several}


def demand_reasons(rows: Sequence[Observation | Target], grades: Grades, reasons: Mapping[int, str]) -> None:
    """Raises ValidationError, by field (why-12), where one that asks for a look of its own is given no reason."""
    silent = [row for row in rows if grades.get(row.pk) and not reasons.get(row.pk, "").strip()]
    if not silent:
        return
    faults = {}
    for row in silent[:NAMED]:
        why = _("、").join(str(grade.label) for grade in grades[row.pk])
        told = {"what": f"{row.component.code} {row.year}", "why": why}
        faults[f"why-{row.pk}"] = _("%(what)s（%(why)s）须单独看过：勾“已看过”并写明核对情况，才能核定") % told
    if len(silent) > NAMED:
        told = {"number": len(silent) - NAMED}
        faults[NON_FIELD_ERRORS] = _("另有 %(number)s 条同样须逐条看过") % told
    raise ValidationError(faults)


def _fresh(plan: Plan) -> Plan:
    """The plan as it is now, whatever was written to it since."""
    return Plan.objects.get(pk=plan.pk)


def standings_of(plan: Plan, wanted: set[int], day: date) -> dict[int, ComponentStanding]:
    """By component, the standing of each on a day, as of the writes that this plan knows of."""
    found = {part.component.pk: part for one in overview(plan, day).standings for part in one.components}
    if wanted - set(found):
        every = read_overview(plan, day, with_retired=True)
        found |= {part.component.pk: part for one in every.standings for part in one.components}
    return found

"""What stands beside a typed value: the last figure, the size of the change, a question where it looks wrong."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.figures.grades import known_values
from indicators.files.comparing import warning_of
from indicators.files.faults import Fault
from indicators.models import Component, Observation
from indicators.queries import ComponentStanding, what_if
from indicators.shown.states import assessment_badge, state_badge
from indicators.shown.wording import difference_unit, limit_of, number, signed
from judging.plausible import YearChange, change_of, is_before_its_end, outside_percent


@dataclass(frozen=True)
class Hint:
    text: str
    is_warning: bool = False


def hints(part: ComponentStanding, year: int, value: Decimal) -> list[Hint]:
    """Lines for a figure that is being entered, most useful first; a warning never bars saving."""
    unit = part.component.indicator.unit_label
    lines = []
    if held := part.in_force().get(year):
        lines.append(
            Hint(
                _("%(year)s 年现行值 %(value)s，公布于 %(day)s；本条核定后作为新的发布，旧的保留")
                % {"year": year, "value": number(held.value), "day": held.released_on.isoformat()}
            )
        )
    known = known_values(part)
    change = change_of(known, year, value)
    doubts = [
        Hint(words, is_warning=True) for words in doubts_about(change, part.component, value, known.get(year))
    ]
    if change is None:
        return [*lines, *doubts, Hint(_("这一分项还没有其他年份的数据可比"))]
    lines += [Hint(change_words(change, unit)), *doubts]
    before, after = state_badge(part), assessment_badge(what_if(part, year, value), part.target.year)
    lines.append(Hint(_("核定后结论：%(before)s → %(after)s") % {"before": before.text, "after": after.text}))
    return lines


def change_words(change: YearChange, unit: str) -> str:
    """2023 年为 6.46，变化 +0.21 个百分点（+3.3 %）."""
    return _("%(year)s 年为 %(value)s，变化 %(change)s") % {
        "year": change.year,
        "value": number(change.value),
        "change": size_words(change.difference, change.percent, unit),
    }


def size_words(difference: Decimal, percent: Decimal | None, unit: str) -> str:
    """A change in its own unit and as per cent; differences of percentages are 百分点."""
    words = f"{signed(difference)} {difference_unit(unit)}"
    if percent is None:
        return words
    return _("%(size)s（%(percent)s %%）") % {"size": words, "percent": signed(percent)}


def doubts_about(
    change: YearChange | None, component: Component, value: Decimal, held: Decimal | None = None
) -> list[str]:
    """What a person should look at again before keeping the figure, in words; mostly nothing. `held`: what is in
    force for its year."""
    said = [warning_of(change)] if change and change.warning else []
    if outside_percent(value, component.indicator.unit, held):
        said.append(("outside_percent", {}))
    return [Fault(0, "value", "", code, params).reason for code, params in said]


def bound_doubt(bound: Observation) -> str:
    """That a figure lies where a published bound leaves no room for it."""
    told = {"year": bound.year, "bound": limit_of(bound), "day": bound.released_on.isoformat()}
    return _("%(year)s 年已公布“%(bound)s”（%(day)s），这个数不在其内，请核对") % told


def early_doubts(year: int, released_on: date | None, value_status: str) -> list[str]:
    """That a figure is called final although its year was not over; nothing of any other."""
    if released_on is None or not is_before_its_end(year, released_on, value_status):
        return []
    return [Fault(0, "year", "", "year_not_over", {"year": str(year)}).reason]

"""What stands beside a typed value: the last figure, the size of the change, a question where it looks wrong."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.figures.grades import known_values
from indicators.models import Component
from indicators.queries import ComponentStanding, what_if
from indicators.shown.states import assessment_badge, state_badge
from indicators.shown.wording import difference_unit, number
from judging.plausible import YearChange, change_of, outside_percent


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
    change = change_of(known_values(part), year, value)
    doubts = [Hint(words, is_warning=True) for words in doubts_about(change, part.component, value)]
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
    words = f"{_signed(difference)} {difference_unit(unit)}"
    if percent is None:
        return words
    return _("%(size)s（%(percent)s %%）") % {"size": words, "percent": _signed(percent)}


def doubts_about(change: YearChange | None, component: Component, value: Decimal) -> list[str]:
    """What a person should look at again before keeping the figure, in words; mostly nothing."""
    doubts = [warning_words(change)] if change and change.warning else []
    if outside_percent(value, component.indicator.unit):
        doubts.append(outside_words())
    return doubts


def outside_words() -> str:
    return _("百分比一般在 0 到 100 之间，请核对")


def warning_words(change: YearChange) -> str:
    if change.warning == "large":
        return _("一年变化超过 50 %，请核对单位和小数点")
    assert change.usual is not None
    low, high = (_signed(round(bound, 2)) for bound in change.usual)
    return _("与以往各年的变化相差太远（常见范围 %(low)s 至 %(high)s），请核对") % {"low": low, "high": high}


def _signed(value: Decimal) -> str:
    return f"{'+' if value > 0 else ''}{number(value)}"

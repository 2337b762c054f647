"""Whether a revised target asks for more or for less than the one before it. Pure: no ORM, no request.

A target is the set of values that reach it, an interval with open or closed ends. Fewer values reach it: it is
more ambitious; more do: less. An earlier year asks for more, a later one for less. Where the two disagree, or
neither interval lies in the other, nothing is claimed.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from judging.progress import TargetRule


class Ambition(StrEnum):
    MORE = "more_ambitious"
    LESS = "less_ambitious"
    SAME = "same"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class _End:
    """One end of an interval; `at` None is no end at all."""

    at: Decimal | None
    is_open: bool = False


def compare_targets(old: TargetRule, old_year: int, new: TargetRule, new_year: int) -> Ambition:
    """The new target and year beside the old ones of the same component."""
    by_value = _compare_sets(old, new)
    by_year = (old_year > new_year) - (old_year < new_year)
    if by_value is None or by_value * by_year < 0:
        return Ambition.NOT_COMPARABLE
    total = by_value or by_year
    return Ambition.MORE if total > 0 else Ambition.LESS if total < 0 else Ambition.SAME


def _compare_sets(old: TargetRule, new: TargetRule) -> int | None:
    """1 where the new set is a proper part of the old, -1 the other way, 0 for equal ones, else None."""
    low = _harder_low(_ends(old)[0], _ends(new)[0])
    high = _harder_high(_ends(old)[1], _ends(new)[1])
    if low * high < 0:
        return None
    return low or high


def _ends(target: TargetRule) -> tuple[_End, _End]:
    if target.type == "range_inside":
        return _End(target.low), _End(target.high)
    bound = _End(target.yardstick(), is_open=target.type == "strict")
    return (bound, _End(None)) if target.direction == "up" else (_End(None), bound)


def _harder_low(old: _End, new: _End) -> int:
    """1 where the new lower end excludes more, -1 where less, 0 where it is the same."""
    if old.at is None or new.at is None:
        return (new.at is not None) - (old.at is not None)
    return ((new.at > old.at) - (new.at < old.at)) or (new.is_open - old.is_open)


def _harder_high(old: _End, new: _End) -> int:
    if old.at is None or new.at is None:
        return (new.at is not None) - (old.at is not None)
    return ((new.at < old.at) - (new.at > old.at)) or (new.is_open - old.is_open)

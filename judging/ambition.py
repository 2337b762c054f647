"""Whether a revised target asks for more or for less than the one before it. Pure: no ORM, no request.

A target is the set of values that reach it, an interval with open or closed ends. Fewer values reach it: it is
more ambitious; more do: less. An earlier year asks for more, a later one for less. Where the two disagree, or
neither interval lies in the other, nothing is claimed.
"""

from enum import StrEnum

from judging.intervals import harder_high, harder_low
from judging.terms import TargetRule


class Ambition(StrEnum):
    MORE = "more_ambitious"
    LESS = "less_ambitious"
    SAME = "same"
    NOT_COMPARABLE = "not_comparable"


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
    before, after = old.reached(), new.reached()
    low, high = harder_low(before, after), harder_high(before, after)
    if low * high < 0:
        return None
    return low or high

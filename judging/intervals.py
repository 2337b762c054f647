"""Sets of numbers between two ends: what a statement leaves possible, and what meets a target."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`; an end of None is no end, an open end does not belong to it."""

    low: Number | None = None
    high: Number | None = None
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def common(self, other: "Interval") -> "Interval":
        """What lies in both."""
        low, low_open = self.low, self.low_open
        if harder_low(self, other) > 0:
            low, low_open = other.low, other.low_open
        high, high_open = self.high, self.high_open
        if harder_high(self, other) > 0:
            high, high_open = other.high, other.high_open
        return Interval(low, high, low_open, high_open)

    def decides(self, goal: "Interval") -> bool | None:
        """Whether every number here lies in the goal (True), none does (False), or that is open (None).

        Where nothing is possible, because statements contradict each other, nothing is known either.
        """
        if self.is_empty:
            return None
        if harder_low(self, goal) <= 0 and harder_high(self, goal) <= 0:
            return True
        return False if self.common(goal).is_empty else None


def harder_low(old: Interval, new: Interval) -> int:
    """1 where the new lower end excludes more, -1 where less, 0 where it is the same."""
    if old.low is None or new.low is None:
        return (new.low is not None) - (old.low is not None)
    return ((new.low > old.low) - (new.low < old.low)) or (new.low_open - old.low_open)


def harder_high(old: Interval, new: Interval) -> int:
    """The same of the upper end."""
    if old.high is None or new.high is None:
        return (new.high is not None) - (old.high is not None)
    return ((new.high < old.high) - (new.high > old.high)) or (new.high_open - old.high_open)

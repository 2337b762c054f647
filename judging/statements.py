"""What was said of each year, and the values it leaves possible (docs/methods.md 1.10).

突破 2.6 万家 is no number but a set of them: more than 26,000. Of a year that has an exact statement that one
counts alone, the latest released; without one all its bounds hold together.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from judging.intervals import Interval

PROVISIONAL_STATUSES = frozenset({"preliminary", "estimated"})
VALUE_STATUSES = ("preliminary", "final", "revised", "estimated")
BOUNDS = ("lower_bound", "upper_bound")
PRECISIONS = ("exact", *BOUNDS)


@dataclass(frozen=True, slots=True)
class Figure:
    """One year's value as stated; `value` None is a missing figure and is skipped, never read as zero.

    `precision` is exact, or the value is a bound; an `exclusive` bound does not belong to what is possible.
    """

    year: int
    value: Decimal | None
    status: str = "final"
    precision: str = "exact"
    exclusive: bool = False

    @property
    def provisional(self) -> bool:
        return self.status in PROVISIONAL_STATUSES

    @property
    def is_bound(self) -> bool:
        return self.precision in BOUNDS

    @property
    def number(self) -> Decimal:
        """The value of a figure that is not missing."""
        assert self.value is not None
        return self.value

    @property
    def possible(self) -> Interval:
        if self.precision == "lower_bound":
            return Interval(low=self.value, low_open=self.exclusive)
        if self.precision == "upper_bound":
            return Interval(high=self.value, high_open=self.exclusive)
        return Interval(self.value, self.value)


def possible(value: Decimal, precision: str, exclusive: bool = False) -> Interval:
    """The numbers that one statement leaves possible."""
    return Figure(0, value, precision=precision, exclusive=exclusive).possible


@dataclass(frozen=True, slots=True)
class Known:
    """What counts for one year: one exact figure, or every bound, in the order of their release."""

    figures: tuple[Figure, ...]

    @property
    def year(self) -> int:
        return self.latest.year

    @property
    def latest(self) -> Figure:
        return self.figures[-1]

    @property
    def is_exact(self) -> bool:
        return not self.latest.is_bound

    @property
    def possible(self) -> Interval:
        return reduce(Interval.common, (figure.possible for figure in self.figures))

    @property
    def is_contradictory(self) -> bool:
        return self.possible.is_empty

    def meets(self, goal: Interval) -> bool | None:
        return self.possible.decides(goal)

    def is_provisional(self, goal: Interval) -> bool:
        """Whether what it says of a goal rests on a figure that is preliminary or estimated."""
        if self.is_exact:
            return self.latest.provisional
        firm = [figure.possible for figure in self.figures if not figure.provisional]
        if len(firm) == len(self.figures):
            return False
        said = self.meets(goal)
        return said is None or not firm or reduce(Interval.common, firm).decides(goal) is not said


def read_statements(figures: Iterable[Figure]) -> dict[int, Known]:
    """What counts for each year, by year; figures in the order of their release, missing ones left out."""
    exact: dict[int, Figure] = {}
    bounds: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.value is None:
            continue
        if figure.is_bound:
            bounds[figure.year].append(figure)
        else:
            exact[figure.year] = figure
    known = {year: Known((figure,)) for year, figure in exact.items()}
    known |= {year: Known(tuple(rows)) for year, rows in bounds.items() if year not in exact}
    return dict(sorted(known.items()))

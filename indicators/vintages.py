"""The releases of one year side by side: what was said first, what replaced it, what other sources say. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from indicators.models import Observation
from indicators.queries import ComponentStanding


@dataclass(frozen=True)
class Vintage:
    """One release; `change` is its difference from the release before it, None for the first."""

    row: Observation
    change: Decimal | None
    counts: bool


@dataclass(frozen=True)
class VintageYear:
    year: int
    vintages: list[Vintage]

    @property
    def agrees(self) -> bool:
        """Whether every release says the same."""
        return all(not vintage.change for vintage in self.vintages)


def vintage_years(part: ComponentStanding) -> list[VintageYear]:
    """The years with more than one release, latest first; within a year as they became public."""
    in_force = {row.pk for row in part.in_force().values()}
    by_year: dict[int, list[Observation]] = defaultdict(list)
    for row in part.known:
        if row.is_judged:
            by_year[row.year].append(row)
    years = [year for year, rows in by_year.items() if len(rows) > 1]
    return [VintageYear(year, _vintages(by_year[year], in_force)) for year in sorted(years, reverse=True)]


def _vintages(rows: Iterable[Observation], in_force: set[int]) -> list[Vintage]:
    found: list[Vintage] = []
    last: Decimal | None = None
    for row in sorted(rows, key=lambda row: (row.released_on, row.pk)):
        change = None if last is None or row.value is None else row.value - last
        found.append(Vintage(row, change, row.pk in in_force))
        last = row.value
    return found

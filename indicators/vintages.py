"""The releases of one year side by side: what was said first, what replaced it, what other sources say. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.models import Observation
from indicators.queries import ComponentStanding
from indicators.wording import number


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


def is_parallel(row: Observation, other: Observation) -> bool:
    """Whether two releases of a year stand beside each other: other sources that say the same or spoke that day.

    Anything else replaced or was replaced, as a preliminary figure is by the final one.
    """
    says_the_same = (row.value, row.value_status) == (other.value, other.value_status)
    return row.source_id != other.source_id and (says_the_same or row.released_on == other.released_on)


def fate(row: Observation, in_force: Observation | None) -> str:
    """What became of a release that is not the one in force for its year; "" for the one that is."""
    if row.state == Observation.State.REJECTED:
        return _("不采用")
    if in_force is None or row.pk == in_force.pk or not row.is_judged:
        return ""
    if is_parallel(row, in_force):
        return _("另一来源")
    return _("已被替代 → %(value)s（%(day)s）") % {
        "value": number(in_force.value),
        "day": in_force.released_on.isoformat(),
    }


@dataclass(frozen=True)
class Statement:
    """What one source said of one year, and what became of it."""

    row: Observation
    fate: str


def statements(part: ComponentStanding) -> tuple[list[Statement], list[Statement]]:
    """All that is known of a component: the figures in force, and the rest (replaced, parallel, not adopted).

    A statement of at least so much stands with the first where no figure is in force for its year.
    """
    in_force = part.in_force()
    told = [Statement(row, fate(row, in_force.get(row.year))) for row in part.known]
    first = [one for one in told if not one.fate and (one.row.is_judged or one.row.year not in in_force)]
    return first, [one for one in told if one not in first]


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

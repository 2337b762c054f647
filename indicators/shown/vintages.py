"""The releases of one year side by side: what was said first, what replaced it, what other sources say. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.models import Observation
from indicators.queries import ComponentStanding
from indicators.shown.wording import number


@dataclass(frozen=True)
class Vintage:
    """One release; `change` is its difference from the judged one before it, None for the first of them.

    `fate` says what became of it where it does not count.
    """

    row: Observation
    change: Decimal | None
    counts: bool
    fate: str = ""


@dataclass(frozen=True)
class VintageYear:
    year: int
    vintages: list[Vintage]


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


def leading(part: ComponentStanding) -> list[Observation]:
    """What the table of figures shows: those in force, and “at least” where there is none for the year."""
    in_force = part.in_force()
    return [
        row
        for row in part.known
        if row.state != Observation.State.REJECTED
        and (in_force[row.year].pk == row.pk if row.year in in_force else not row.is_judged)
    ]


def vintage_years(part: ComponentStanding) -> list[VintageYear]:
    """The years of which more is known than one figure, latest first; within a year as it became public."""
    in_force = part.in_force()
    shown = {row.pk for row in leading(part)}
    years = {row.year for row in part.known if row.pk not in shown}
    return [
        VintageYear(year, _vintages(part.vintages[year], in_force.get(year)))
        for year in sorted(years, reverse=True)
    ]


def _vintages(rows: Iterable[Observation], in_force: Observation | None) -> list[Vintage]:
    found: list[Vintage] = []
    last: Decimal | None = None
    for row in sorted(rows, key=lambda row: (row.released_on, row.pk)):
        change = row.value - last if row.is_judged and last is not None else None
        counts = in_force is not None and row.pk == in_force.pk
        found.append(Vintage(row, change, counts, fate(row, in_force)))
        last = row.value if row.is_judged else last
    return found

"""How a new figure lies beside the years around it. Pure; a warning is a question to the person, never a bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

# A change of more than half within a year, or one far from what the changes so far were like.
LARGE_SHARE = Decimal("0.5")
SPREADS = 5
ENOUGH_CHANGES = 4
PER_CENT = (Decimal(0), Decimal(100))


@dataclass(frozen=True, slots=True)
class YearChange:
    """How a figure differs from that of the nearest earlier year, or else of the nearest later one.

    `difference` is always the figure less that one: 100 of 1990 beside 1,627 of 2021 is 1,527 less.

    `warning` is "" or the rule that speaks: "large" (over half), "unusual" (outside `usual`, the median of the
    yearly changes so far ± 5 median absolute deviations).
    """

    year: int
    value: Decimal
    difference: Decimal
    share: Decimal | None
    warning: str = ""
    usual: tuple[Decimal, Decimal] | None = None

    @property
    def percent(self) -> Decimal | None:
        return None if self.share is None else round(self.share * 100, 1)


def change_of(known: Mapping[int, Decimal], year: int, value: Decimal) -> YearChange | None:
    """The change a figure means, given those in force by year; None where there is no other year.

    The value that is in force for its year is no question, however far it lies from the others.
    """
    others = {at: figure for at, figure in sorted(known.items()) if at != year}
    if not others:
        return None
    earlier = [at for at in others if at < year]
    near = earlier[-1] if earlier else min(others)
    difference, span = value - others[near], Decimal(abs(year - near))
    share = difference / abs(others[near]) if others[near] else None
    # As the years run, which is how the usual changes are told.
    step = difference if near < year else -difference
    usual = _usual(others)
    warning = ""
    is_new = known.get(year) != value
    if is_new and share is not None and abs(share) > LARGE_SHARE * span:
        warning = "large"
    elif is_new and usual and not usual[0] <= step / span <= usual[1]:
        warning = "unusual"
    return YearChange(near, others[near], difference, share, warning, usual)


def is_before_its_end(year: int, released_on: date, value_status: str) -> bool:
    """Whether a figure is called final although its year was not over when it was released.

    Such a figure is asked about and not refused: a place in an order, or the year a law came, may be settled
    within its year. One of part of a year that stands for all of it is preliminary, as the plan's own of January
    to November is (I-04, 2022): a final figure decides the final verdict of its year without a mark (methods 1.4),
    so that a half-year's that is called final would end a target's story too early.
    """
    return value_status == "final" and released_on.year <= year


def outside_percent(value: Decimal, unit: str, held: Decimal | None = None) -> bool:
    """Whether a percentage lies outside 0 to 100, as a rate of growth may and a share may not.

    `held`: what is in force for its year; the same number again is no question.
    """
    low, high = PER_CENT
    return unit == "%" and value != held and not low <= value <= high


def _usual(known: Mapping[int, Decimal]) -> tuple[Decimal, Decimal] | None:
    """Between which bounds the yearly changes so far lie; None for too few of them or all alike."""
    years = sorted(known)
    steps = [
        (known[after] - known[before]) / (after - before) for before, after in zip(years, years[1:], strict=False)
    ]
    if len(steps) < ENOUGH_CHANGES:
        return None
    middle = median(steps)
    spread = median([abs(step - middle) for step in steps]) * SPREADS
    return (middle - spread, middle + spread) if spread else None

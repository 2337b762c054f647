"""How far a commitment is by its parts: how many have reported, and what their shares add up to. Pure and exact.

Missing is never zero: what has not reported is left out of the share done, and widens the range in which the
whole lies. Weights are normalised here, so that only their proportions count; a part without one weighs as
much as the others do on average (all the same where none is set).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor

DONE = "done"
NOT_STARTED = "not_started"
NOT_REPORTED = "not_reported"


@dataclass(frozen=True, slots=True)
class RollupPart:
    """One part: its status, the share done it stated (0 to 1, None: none stated) and its weight, if set."""

    status: str = NOT_REPORTED
    share: Decimal | Fraction | None = None
    weight: Decimal | Fraction | int | None = None

    @property
    def reported(self) -> bool:
        return self.status != NOT_REPORTED

    @property
    def known_share(self) -> Fraction | None:
        """The share done, 0 to 1: the one stated, or what the status alone says; None where neither does."""
        if not self.reported:
            return None
        if self.status == DONE:
            return Fraction(1)
        if self.share is not None:
            return Fraction(self.share)
        return Fraction(0) if self.status == NOT_STARTED else None


@dataclass(frozen=True, slots=True)
class RollUp:
    """What the parts amount to; shares 0 to 1, `weights` normalised in the order of the parts.

    `done` is the weighted share of the `shares` parts that stated one (None: no part did), `stated` their weight;
    [low, high] is where the share of the whole lies, whatever the others come to.
    """

    total: int
    reported: int
    shares: int
    is_weighted: bool
    is_partly_weighted: bool
    weights: tuple[Fraction, ...]
    reported_weight: Fraction
    stated: Fraction
    done: Fraction | None
    low: Fraction
    high: Fraction


def roll_up(parts: Iterable[RollupPart]) -> RollUp:
    parts = list(parts)
    weights = normalised([part.weight for part in parts])
    shares = [part.known_share for part in parts]
    set_weights = sum(part.weight is not None for part in parts)
    pairs = [(weight, share) for weight, share in zip(weights, shares, strict=True) if share is not None]
    stated = sum((weight for weight, _share in pairs), Fraction(0))
    low = sum((weight * share for weight, share in pairs), Fraction(0))
    return RollUp(
        total=len(parts),
        reported=sum(part.reported for part in parts),
        shares=len(pairs),
        is_weighted=set_weights > 0,
        is_partly_weighted=0 < set_weights < len(parts),
        weights=weights,
        reported_weight=sum(
            (weight for weight, part in zip(weights, parts, strict=True) if part.reported), Fraction(0)
        ),
        stated=stated,
        done=low / stated if stated else None,
        low=low,
        high=low + 1 - stated if parts else Fraction(0),
    )


def normalised(weights: Sequence[Decimal | Fraction | int | None]) -> tuple[Fraction, ...]:
    """Weights that add up to 1; a missing one counts as the average of those set."""
    known = [Fraction(weight) for weight in weights if weight is not None]
    usual = sum(known, Fraction(0)) / len(known) if known else Fraction(1)
    exact = [usual if weight is None else Fraction(weight) for weight in weights]
    total = sum(exact, Fraction(0))
    return tuple(weight / total for weight in exact)


def per_cent(share: Fraction | Decimal, *, up: bool = False) -> str:
    """A share as per cent with one decimal at most, cut towards the worse side: 94.96 never shows as 95.

    `up` cuts upwards, for the upper end of a range, which must not be narrower than it is.
    """
    tenths = Fraction(share) * 1000
    whole, tenth = divmod(ceil(tenths) if up else floor(tenths), 10)
    return f"{whole}.{tenth}" if tenth else f"{whole}"


def as_weight(text: str) -> Decimal | None:
    """A weight as people write it: above 0, below 100,000, at most three decimals; None where it is no such."""
    try:
        weight = Decimal(text) if len(text) <= 12 else Decimal("NaN")
    except InvalidOperation:
        return None
    return weight if weight.is_finite() and 0 < weight < 100_000 and weight == round(weight, 3) else None

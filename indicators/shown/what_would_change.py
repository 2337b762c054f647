"""What one figure does to its component's verdict: judged with it and without it, on the same day."""

from dataclasses import dataclass

from indicators.models import Observation
from indicators.queries import ComponentStanding, cutoffs, judge_rows
from indicators.shown.wording import cagr_badge, final_badge, linear_badge_of
from plan.badges import Badge


@dataclass(frozen=True)
class Effect:
    """The verdicts in words by method, each before and after."""

    linear: tuple[Badge, Badge]
    cagr: tuple[Badge, Badge]
    final: tuple[Badge, Badge]

    @property
    def changes(self) -> bool:
        return any(before != after for before, after in (self.linear, self.cagr, self.final))


def effect_of(part: ComponentStanding, row: Observation) -> Effect | None:
    """The verdicts of the standing's day without the figure and with it, approved or not.

    None for a statement that is never judged by (about so many).
    """
    if row.precision not in (*Observation.JUDGED_PRECISIONS, *Observation.BOUNDS):
        return None
    without = [known for known in (*part.judged, *part.bounds) if known.pk != row.pk]
    together = sorted([*without, row], key=lambda known: (known.year, known.released_on, known.pk))
    before, after = (judge_rows(part.component, part.target, rows, cutoffs()) for rows in (without, together))
    year = part.target.year
    return Effect(
        (linear_badge_of(before, year), linear_badge_of(after, year)),
        tuple(cagr_badge(one.cagr.status, one.cagr.reason) for one in (before, after)),
        tuple(final_badge(one.final_verdict) for one in (before, after)),
    )

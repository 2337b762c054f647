"""What one figure does to its component's verdict: judged with it and without it, on the same day."""

from dataclasses import dataclass

from indicators.models import Observation
from indicators.queries import ComponentStanding, baseline, cutoffs, goal
from indicators.shown.wording import cagr_badge, final_badge, linear_badge_of
from judging.progress import assess
from judging.statements import Figure
from judging.terms import Assessment
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

    None for a statement that is never judged by (a lower bound) or one not public on that day.
    """
    if row.precision not in Observation.JUDGED_PRECISIONS:
        return None
    without = [known for known in part.judged if known.pk != row.pk]
    together = sorted([*without, row], key=lambda known: (known.year, known.released_on, known.pk))
    before, after = _assess(part, without), _assess(part, together)
    year = part.target.year
    return Effect(
        (linear_badge_of(before, year), linear_badge_of(after, year)),
        tuple(cagr_badge(one.cagr.status, one.cagr.reason) for one in (before, after)),
        tuple(final_badge(one.final_verdict) for one in (before, after)),
    )


def _assess(part: ComponentStanding, rows: list[Observation]) -> Assessment:
    indicator = part.component.indicator
    base_year, base_value = baseline(indicator.plan, part.component)
    return assess(
        base_year=base_year,
        base_value=base_value,
        target_year=part.target.year,
        target=goal(indicator, part.target),
        observations=[Figure(row.year, row.value, row.value_status) for row in rows],
        accumulation=part.component.accumulation,
        cutoffs=cutoffs(),
    )

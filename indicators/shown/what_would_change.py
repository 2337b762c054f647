"""What one figure does to the word its component has: judged with it and without it, on the same day."""

from indicators.models import Observation
from indicators.queries import ComponentStanding, by_release, cutoffs, judge_rows
from indicators.shown.states import assessment_badge
from plan.badges import Badge


def effect_of(part: ComponentStanding, row: Observation) -> tuple[Badge, Badge] | None:
    """The word on the standing's day without the figure and with it, approved or not.

    None for a statement that is never judged by (about so many).
    """
    if row.precision not in (*Observation.JUDGED_PRECISIONS, *Observation.BOUNDS):
        return None
    without = [known for known in part.stated if known.pk != row.pk]
    together = by_release([*without, row])
    before, after = (
        assessment_badge(judge_rows(part.component, part.target, rows, cutoffs()), part.target.year)
        for rows in (without, together)
    )
    return before, after

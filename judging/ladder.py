"""The one ladder: in which of eight states an indicator is, from what was judged of it (docs/methods.md 1.14).

The final verdict leads once there is one; until then the latest figure does, by the time-based method. What the
methods call it themselves stays with the derivation.
"""

from collections.abc import Sequence
from enum import StrEnum

from judging.progress import assess_compound
from judging.terms import Assessment


class IndicatorState(StrEnum):
    """How an indicator stands; the words are in plan.badges."""

    REACHED = "reached"
    AHEAD = "ahead"
    ON_SCHEDULE = "on_schedule"
    SLIGHTLY_BEHIND = "slightly_behind"
    BEHIND = "behind"
    NOT_YET = "not_yet"  # only how far it is from the target can be said: no base, or no path from it
    MISSED = "missed"
    NO_DATA = "no_data"  # nothing was published that says where it stands


# As lists are grouped: what asks for something first, and last what says nothing.
WORST_FIRST = (
    IndicatorState.MISSED,
    IndicatorState.BEHIND,
    IndicatorState.SLIGHTLY_BEHIND,
    IndicatorState.NOT_YET,
    IndicatorState.ON_SCHEDULE,
    IndicatorState.AHEAD,
    IndicatorState.REACHED,
    IndicatorState.NO_DATA,
)
FINAL = {
    "achieved": IndicatorState.REACHED,
    "provisional_achieved": IndicatorState.REACHED,
    "not_achieved": IndicatorState.MISSED,
    "provisional_not_achieved": IndicatorState.MISSED,
}
LINEAR = {
    "achieved": IndicatorState.REACHED,
    "ahead": IndicatorState.AHEAD,
    "on_schedule": IndicatorState.ON_SCHEDULE,
    "slightly_behind": IndicatorState.SLIGHTLY_BEHIND,
    "behind": IndicatorState.BEHIND,
    # Worse than at the start: what there is to do is more than all of it.
    "regressed": IndicatorState.BEHIND,
    # Past a range it should end in: neither early nor late, only not there.
    "overshoot": IndicatorState.NOT_YET,
    "missed": IndicatorState.MISSED,
}


def state_from(final_verdict: str, linear_status: str, *, is_known: bool) -> IndicatorState:
    """The state that the words of the methods come to; `is_known`: something was held against the target."""
    if final_verdict in FINAL:
        return FINAL[final_verdict]
    return LINEAR.get(linear_status) or (IndicatorState.NOT_YET if is_known else IndicatorState.NO_DATA)


def state_of(part: Assessment) -> IndicatorState:
    """The state of one component."""
    return state_from(part.final_verdict, part.linear.status, is_known=is_known(part))


def state_of_all(parts: Sequence[Assessment]) -> IndicatorState:
    """The state of an indicator: the worst of its parts, and an unknown one hides all that is not lost (1.5)."""
    whole = assess_compound(parts)
    return state_from(whole.final_verdict, whole.linear_status, is_known=all(map(is_known, parts)))


def is_known(part: Assessment) -> bool:
    """Whether a figure was held against the target: a bound that is open says nothing of it."""
    return part.latest is not None and part.goal is not None

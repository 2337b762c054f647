"""Which of an evaluator's words say the same as a computed verdict, or as what a unit reported. Pure."""

from typing import Any

from assessments.models import Note, Round
from plan.models import Item

Conclusion = Note.Conclusion
# The evaluator's word that says the same as a computed one (methods 1.2: 滞后 is the rest).
SAME_WORD = {
    "achieved": Conclusion.ACHIEVED,
    "ahead": Conclusion.AHEAD,
    "on_schedule": Conclusion.ON_SCHEDULE,
    "slightly_behind": Conclusion.BEHIND,
    "behind": Conclusion.BEHIND,
    "regressed": Conclusion.BEHIND,
    "missed": Conclusion.BEHIND,
    "overshoot": Conclusion.BEHIND,
    "not_assessable": Conclusion.NOT_ASSESSABLE,
    "no_data": Conclusion.NOT_ASSESSABLE,
}
SAME_TASK_WORD = {
    Item.Status.DONE: Conclusion.TASK_DONE,
    Item.Status.ON_SCHEDULE: Conclusion.TASK_ON_SCHEDULE,
    Item.Status.BEHIND: Conclusion.TASK_BEHIND,
    Item.Status.NOT_STARTED: Conclusion.TASK_NOT_STARTED,
    Item.Status.ADJUSTED: Conclusion.TASK_ADJUSTED,
    Item.Status.NOT_REPORTED: Conclusion.NOT_ASSESSABLE,
}

# In a final evaluation: reached early or on time is the same verdict, and whatever else the period ended with is
# not. What has no figure of the end year cannot be told.
SAME_FINAL_WORD = {"achieved": (Conclusion.ACHIEVED, Conclusion.ON_TIME), "missed": (Conclusion.NOT_DONE,)}
SAME_FINAL_TASK_WORD = {
    Item.Status.DONE: (Conclusion.TASK_DONE,),
    Item.Status.ON_SCHEDULE: (Conclusion.NOT_DONE,),
    Item.Status.BEHIND: (Conclusion.NOT_DONE,),
    Item.Status.NOT_STARTED: (Conclusion.NOT_DONE,),
    Item.Status.ADJUSTED: (Conclusion.TASK_ADJUSTED,),
}


# Of a verdict: nothing was published, or reported.
NO_JUDGEMENT = ("no_data", Item.Status.NOT_REPORTED)


def differs(note: Note) -> bool:
    """Whether the evaluator's own word says something else than the computed verdict beside it."""
    return says_otherwise(note, note.conclusion, note.pinned)


def says_otherwise(note: Note, conclusion: str, pin: dict[str, Any] | None) -> bool:
    """The same of any text of a note: its conclusion beside what it was pinned to."""
    if pin is None or not conclusion:
        return False
    computed = pin["status"]
    return computed not in NO_JUDGEMENT and conclusion not in _same_words(note, computed)


def differing(note: Note, computed: str) -> list[str]:
    """The conclusions of this note that say something else than a computed verdict; none where there is none.

    What has no figure or no report has not been judged: there is nothing to differ from.
    """
    if computed in NO_JUDGEMENT:
        return []
    return [str(word) for word in note.conclusions if word not in _same_words(note, computed)]


def difference_in(note: Note, body: dict[str, Any]) -> str:
    """Why a text of a note differs from what is computed; nothing where it does not, whatever was typed before."""
    reason, pin = body.get("difference_reason", "").strip(), body.get("pinned", note.pinned)
    is_idle = pin is not None and not says_otherwise(note, body.get("conclusion", ""), pin)
    return "" if is_idle else reason


def _same_words(note: Note, computed: str) -> tuple[str, ...]:
    is_indicator = note.item.kind == Item.Kind.INDICATOR
    if note.round.kind == Round.Kind.FINAL:
        finals = SAME_FINAL_WORD if is_indicator else SAME_FINAL_TASK_WORD
        return finals.get(computed, (Conclusion.NOT_ASSESSABLE,))
    words = SAME_WORD if is_indicator else SAME_TASK_WORD
    return (words.get(computed, Conclusion.NOT_ASSESSABLE),)

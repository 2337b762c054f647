"""What apps above the spine know of commitments, by code: verdicts of indicators, published notes.

They add their readers here when they are ready (indicators.apps, assessments.apps); pages of the spine ask.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from plan.after_period import STATE_WORDS
from plan.badges import Badge
from plan.models import Item, Link, Plan


@dataclass(frozen=True)
class StatusScale:
    """One way of judging indicators: its words by key, and what each was judged to be on a day.

    One that is not shown has the words of files, and addresses may still ask for them.
    """

    key: str
    label: Any
    words: Mapping[str, Any]
    read: Callable[[Plan, date], dict[str, Badge]]
    is_shown: bool = True


verdict_readers: list[Callable[[Plan, date], dict[str, Badge]]] = []
note_readers: list[Callable[[Plan, date], set[str]]] = []
# The scale that pages show comes first.
scales: list[StatusScale] = []


def status_words(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the statuses of a file's row mean: an indicator's are those of the first method that files have."""
    of_files = (scale.words for scale in scales if not scale.is_shown)
    return next(of_files, STATE_WORDS) if row.get("kind") == Item.Kind.INDICATOR else STATE_WORDS


def verdicts_on(plan: Plan, day: date) -> dict[str, Badge]:
    """By code, the verdict of each indicator as known on a day."""
    return {code: shown for read in verdict_readers for code, shown in read(plan, day).items()}


def noted_on(plan: Plan, day: date) -> set[str]:
    """The codes of the commitments that a published note speaks of on a day."""
    return {code for read in note_readers for code in read(plan, day)}


def mark_links(plan: Plan, item: Item, links: Iterable[Link], day: date) -> list[Item]:
    """Puts `other`, the far end, on each tie, and on the far ends that are indicators their `verdict`.

    Returns the far ends that are no indicators, for plan.queries.show_day.
    """
    others = []
    for link in links:
        link.other = link.target if link.source_id == item.pk else link.source
        others.append(link.other)
    if any(other.kind == Item.Kind.INDICATOR for other in others):
        verdicts = verdicts_on(plan, day)
        for other in others:
            other.verdict = verdicts.get(other.code)
    return [other for other in others if other.kind != Item.Kind.INDICATOR]

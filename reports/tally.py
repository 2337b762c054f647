"""How many indicators each word was said of: the counts at the head of the overview and of the wall."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indicators.cards import Card
from indicators.progress import FINAL_ORDER
from indicators.queries import Overview
from indicators.wording import Badge, final_badge


@dataclass(frozen=True)
class Tally:
    """How many indicators, and components, one word was said of; where it begins on a bar of all indicators."""

    badge: Badge
    number: int
    parts: int = 0
    start: int = 0

    @property
    def is_provisional(self) -> bool:
        return self.badge.key.startswith("provisional")


def final_tally(found: Overview) -> list[Tally]:
    """Every final verdict that was said, best first, so that together they are all indicators of the table."""
    whole = Counter(standing.whole.final_verdict for standing in found.tabled)
    parts = Counter(part.assessment.final_verdict for standing in found.tabled for part in standing.components)
    rows: list[Tally] = []
    for key in reversed(FINAL_ORDER):
        if whole[key] or parts[key]:
            start = sum(row.number for row in rows)
            rows.append(Tally(final_badge(key), whole[key], parts[key], start))
    return rows


def linear_tally(cards: Iterable[Card]) -> list[Tally]:
    """Every word of the linear method with the number of indicators it was said of, the most frequent first."""
    badges = {shown.badge.word: shown.badge for shown in cards}
    told = Counter(shown.badge.word for shown in cards)
    return [Tally(badges[word], number) for word, number in told.most_common()]

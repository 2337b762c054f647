"""How many indicators each word was said of: the counts at the head of the overview and of the wall."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from indicators.queries import Overview, Standing
from indicators.shown.wording import final_badge, linear_badge, linear_status, with_doubts
from judging.terms import FINAL_ORDER
from plan.badges import Badge


@dataclass(frozen=True)
class Tally:
    """How many indicators, and components, one word was said of; where it begins on a bar of all indicators.

    `doubt` is what the list of just these is asked for, where some of the word are old or estimated and some not.
    """

    badge: Badge
    number: int
    parts: int = 0
    start: int = 0
    doubt: str = ""

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


def linear_tally(standings: Iterable[Standing]) -> list[Tally]:
    """Every status of the linear method with the number of indicators that have it, the most frequent first.

    Indicators of one status that are told apart in words (提前 and 如期实现) are counted under the word of both,
    by which the list finds them. Old and estimated verdicts are counted apart from the sure ones.
    """
    badges: dict[tuple[str, bool], list[Badge]] = defaultdict(list)
    for standing in standings:
        badge = with_doubts(linear_badge(standing), standing)
        badges[badge.key, bool(badge.doubts)].append(badge)
    rows = [
        Tally(_common(key, told), len(told), doubt="some" if is_doubtful else _sure_of(key, badges))
        for (key, is_doubtful), told in badges.items()
    ]
    return sorted(rows, key=lambda row: -row.number)


def _sure_of(key: str, badges: Mapping[tuple[str, bool], list[Badge]]) -> str:
    """How the sure verdicts of a word are asked for: by the word alone where there are no others."""
    return "none" if (key, True) in badges else ""


def _common(status: str, badges: list[Badge]) -> Badge:
    """One badge for all, with every doubt that some of them carry."""
    word = badges[0] if len({badge.word for badge in badges}) == 1 else linear_status(status)
    doubts = dict.fromkeys(doubt for badge in badges for doubt in badge.doubts)
    return replace(word, doubts=tuple(doubts))

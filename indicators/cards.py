"""The indicator card: what the overview, the list and the wall show of a standing."""

from dataclasses import dataclass

from charts.sparkline import sparkline
from indicators import tracks
from indicators.queries import ComponentStanding, Standing
from indicators.wording import (
    VALUE_MARKS,
    Badge,
    beyond_range,
    cagr_badge,
    completion_words,
    final_badge,
    linear_badge,
    number,
    target_words,
)


@dataclass(frozen=True)
class CardPart:
    """One component on a card."""

    part: ComponentStanding
    value: str
    mark: str
    target: str
    badge: Badge
    cagr: Badge
    final: Badge
    completion: str
    beyond: bool
    svg: str
    sentence: str


@dataclass(frozen=True)
class Card:
    standing: Standing
    badge: Badge
    cagr: Badge
    final: Badge
    parts: tuple[CardPart, ...]

    @property
    def indicator(self):
        return self.standing.indicator

    @property
    def rule_version(self) -> str:
        return self.standing.first.rule.version

    @property
    def first(self) -> CardPart:
        return self.parts[0]


def card(standing: Standing) -> Card:
    return Card(
        standing,
        linear_badge(standing),
        cagr_badge(standing.whole.cagr_status),
        final_badge(standing.whole.final_verdict),
        # Two parts share the room of one: smaller pictures with letters of the same size.
        tuple(_part(part, width=150 if standing.is_compound else 260) for part in standing.components),
    )


def _part(part: ComponentStanding, *, width: int) -> CardPart:
    latest, sentence = part.latest, tracks.sentence(part)
    return CardPart(
        part=part,
        value=number(latest.value) if latest else "",
        mark=str(VALUE_MARKS.get(latest.value_status, "")) if latest else "",
        target=target_words(part.target, part.component.indicator.direction),
        badge=linear_badge(part),
        cagr=cagr_badge(part.assessment.cagr.status, part.assessment.cagr.reason),
        final=final_badge(part.assessment.final_verdict),
        completion=completion_words(part),
        beyond=beyond_range(part),
        svg=sparkline(tracks.track(part), width=width, label=sentence, words=tracks.words()),
        sentence=sentence,
    )

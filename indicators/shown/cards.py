"""The indicator card: what the overview, the list and the wall show of a standing."""

from dataclasses import dataclass

from charts.sparkline import sparkline
from indicators.queries import ComponentStanding, Standing
from indicators.shown import tracks
from indicators.shown.decimals import figure_text
from indicators.shown.wording import (
    VALUE_MARKS,
    Badge,
    beyond_range,
    cagr_badge,
    completion_words,
    final_badge,
    leading_badge,
    linear_badge,
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
    leading: Badge
    parts: tuple[CardPart, ...]

    @property
    def indicator(self):
        return self.standing.indicator

    @property
    def rule_version(self) -> str:
        return self.standing.first.rule.version

    @property
    def leads_final(self) -> bool:
        """Whether the word it is known by is the final verdict."""
        return self.standing.whole.final_verdict != "pending"

    @property
    def first(self) -> CardPart:
        return self.parts[0]


def card(standing: Standing, *, one: tuple[int, int] = (260, 84), each: tuple[int, int] = (150, 84)) -> Card:
    """A standing as a card; `one` is the size of a lone picture, `each` that of one of several."""
    width, height = each if standing.is_compound else one
    return Card(
        standing,
        linear_badge(standing),
        cagr_badge(standing.whole.cagr_status),
        final_badge(standing.whole.final_verdict),
        leading_badge(standing),
        # Two parts share the room of one: smaller pictures with letters of the same size.
        tuple(_part(part, width=width, height=height) for part in standing.components),
    )


def _part(part: ComponentStanding, *, width: int, height: int) -> CardPart:
    latest, sentence = part.latest, tracks.sentence(part)
    return CardPart(
        part=part,
        value=_alone(figure_text(part, latest.value)) if latest else "",
        mark=str(VALUE_MARKS.get(latest.value_status, "")) if latest else "",
        target=target_words(part.target, part.component.indicator.direction),
        badge=linear_badge(part),
        cagr=cagr_badge(part.assessment.cagr.status, part.assessment.cagr.reason),
        final=final_badge(part.assessment.final_verdict),
        completion=completion_words(part),
        beyond=beyond_range(part),
        svg=sparkline(tracks.track(part), width=width, height=height, label=sentence, words=tracks.words()),
        sentence=sentence,
    )


def _alone(text: str) -> str:
    """A figure with no others in line below it: zeros that were never published would claim precision."""
    return text.rstrip("0").rstrip(".") if "." in text else text

"""The indicator card: what the list, the wall and the papers show of a standing."""

from dataclasses import dataclass

from charts.sparkline import sparkline
from indicators.models import Observation
from indicators.queries import ComponentStanding, Standing
from indicators.shown import tracks
from indicators.shown.decimals import lone_figure
from indicators.shown.states import state_badge
from indicators.shown.wording import (
    VALUE_MARKS,
    Badge,
    cagr_badge,
    final_badge,
    goal_unit,
    lack_of_figures,
    limit_of,
    linear_badge,
    target_words,
    with_doubts,
)


@dataclass(frozen=True)
class CardPart:
    """One component on a card."""

    part: ComponentStanding
    value: str
    mark: str
    target: str
    unit: str
    state: Badge
    badge: Badge
    cagr: Badge
    final: Badge
    svg: str
    sentence: str
    # What is said in place of a figure, in a word or two.
    lack: str


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
    def first(self) -> CardPart:
        return self.parts[0]


def card(standing: Standing, *, one: tuple[int, int] = (260, 84), each: tuple[int, int] = (150, 84)) -> Card:
    """A standing as a card; `one` is the size of a lone picture, `each` that of one of several."""
    width, height = each if standing.is_compound else one
    return Card(
        standing,
        with_doubts(linear_badge(standing), standing),
        cagr_badge(standing.whole.cagr_status),
        final_badge(standing.whole.final_verdict),
        state_badge(standing),
        # Two parts share the room of one: smaller pictures with letters of the same size.
        tuple(_part(part, width=width, height=height) for part in standing.components),
    )


def _part(part: ComponentStanding, *, width: int, height: int) -> CardPart:
    latest, sentence, indicator = part.heard, tracks.sentence(part), part.component.indicator
    return CardPart(
        part=part,
        value=value_words(part, latest),
        mark=str(VALUE_MARKS.get(latest.value_status, "")) if latest else "",
        target=target_words(part.target, indicator.direction),
        unit=goal_unit(part.target, indicator.unit_label),
        state=state_badge(part),
        badge=with_doubts(linear_badge(part), part),
        cagr=cagr_badge(part.assessment.cagr.status, part.assessment.cagr.reason),
        final=final_badge(part.assessment.final_verdict),
        svg=sparkline(tracks.track(part), width=width, height=height, label=sentence, words=tracks.words()),
        sentence=sentence,
        lack="" if latest else lack_of_figures(part),
    )


def value_words(part: ComponentStanding, row: Observation | None) -> str:
    """The figure a card shows: a number, or with its sign where it is only at least or at most."""
    if row is None:
        return ""
    return limit_of(row) if row.is_bound else lone_figure(part, row.value)

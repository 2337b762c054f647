"""What a page about a whole plan begins with: the sentence, the last year's figures, a cell an indicator."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from indicators.figures.gaps import FinalYear, GapRow, answers_of, final_year, gap_rows
from indicators.models import Indicator
from indicators.queries import Overview, Standing
from indicators.shown.cards import value_words
from indicators.shown.states import MARK_WORDS, FigureMark, Standpoint, standpoint, state_badge
from indicators.shown.summary import PlanSentence, summary
from indicators.shown.wording import goal_unit, target_words
from plan.badges import Badge


@dataclass(frozen=True)
class PlanCell:
    """An indicator at a glance: its word by sign and look, the latest figure with its year, what it should be.

    `value` is "" where there is none, `is_several` where it is of several parts; `since` its year and kind, `late`
    how long the last year's is overdue.
    """

    indicator: Indicator
    badge: Badge
    value: str
    is_several: bool
    unit: str
    goal: str
    goal_unit: str
    since: str
    is_old: bool
    late: str


@dataclass(frozen=True)
class Headline:
    sentence: PlanSentence
    final_year: FinalYear | None
    cells: list[PlanCell]
    # What the list is asked for to show the same indicators; nothing where the plan prints no table of them.
    in_table: str = "yes"

    @property
    def second(self) -> str:
        """How much of the last year is out, quieter; empty for a plan without indicators."""
        return str(self.final_year or "")


def headline(found: Overview) -> Headline:
    """Of the indicators of the plan's table; one query where somebody answered for a missing figure, else none."""
    return headline_of(found, gap_rows(found, answers_of(found)))


def headline_of(found: Overview, gaps: Iterable[GapRow]) -> Headline:
    """The same for whoever has the gaps already."""
    gaps = list(gaps)
    late = {row.indicator.pk: row for row in gaps if row.years[-1].is_missing}
    cells = [_cell(standing, late.get(standing.indicator.pk)) for standing in found.tabled]
    return Headline(summary(found.tabled), final_year(gaps), cells, "yes" if found.has_table else "")


def _cell(standing: Standing, late: GapRow | None) -> PlanCell:
    stand, indicator = standpoint(standing), standing.indicator
    values = [value_words(part, part.heard) for part in standing.components]
    goals = [target_words(part.target, indicator.direction) for part in standing.components]
    return PlanCell(
        indicator,
        state_badge(standing),
        _("、").join(value or "—" for value in values) if any(values) else "",
        standing.is_compound,
        indicator.unit_label,
        _("、").join(goals),
        goal_unit(standing.first.target, indicator.unit_label),
        _since(stand),
        FigureMark.STALE in stand.marks,
        _("逾期 %(days)s 天") % {"days": late.years[-1].days} if late else "",
    )


def _since(stand: Standpoint) -> str:
    """2021 推算. That it is a bound is said by the figure's own sign, that it is old by a mark on the cell."""
    kinds = [
        str(MARK_WORDS[mark]) for mark in stand.marks if mark in (FigureMark.PRELIMINARY, FigureMark.ESTIMATED)
    ]
    return " ".join([str(stand.year), *kinds]) if stand.year else ""

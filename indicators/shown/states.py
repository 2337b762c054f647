"""How an indicator stands on a day, in the one word that every page has for it (judging.ladder)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from indicators.queries import ComponentStanding, Standing
from indicators.shown.wording import REASONS
from judging.ladder import IndicatorState, state_of, state_of_all
from judging.terms import Assessment
from plan.badges import Badge, indicator_badge


class FigureMark(StrEnum):
    """What kind of figure a state rests on, where the word alone would look surer than it is."""

    PRELIMINARY = "preliminary"
    ESTIMATED = "estimated"
    STALE = "stale"
    LOWER_BOUND = "lower_bound"
    UPPER_BOUND = "upper_bound"


MARK_WORDS = {
    FigureMark.PRELIMINARY: gettext_lazy("初"),
    FigureMark.ESTIMATED: gettext_lazy("推算"),
    FigureMark.STALE: gettext_lazy("陈旧"),
    FigureMark.LOWER_BOUND: pgettext_lazy("mark", "下限"),
    FigureMark.UPPER_BOUND: pgettext_lazy("mark", "上限"),
}
# Not counted among the sure ones, and drawn hollow (docs/methods.md 1.13).
DOUBTFUL = frozenset({FigureMark.PRELIMINARY, FigureMark.ESTIMATED, FigureMark.STALE})


@dataclass(frozen=True)
class Standpoint:
    """Where an indicator or a component stands on a day.

    `year` is that of the figure it rests on, None where nothing was published; `is_final`: the target year's own
    figure has decided. `reasons` are the keys of why no more can be said (wording.REASONS).
    """

    state: IndicatorState
    year: int | None = None
    is_final: bool = False
    marks: tuple[FigureMark, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        return bool(DOUBTFUL & set(self.marks))


def standpoint(told: Standing | ComponentStanding) -> Standpoint:
    """The reading every page, wall, paper and feed says a word of: the final verdict, else the latest figure."""
    if isinstance(told, ComponentStanding):
        return _of_part(told)
    state = state_of_all([part.assessment for part in told.components])
    return joined(state, [_of_part(part) for part in told.components])


def state_badge(told: Standing | ComponentStanding) -> Badge:
    """The word with its year, marks and tip."""
    return badge_of(standpoint(told))


def badge_of(stand: Standpoint) -> Badge:
    is_stale = FigureMark.STALE in stand.marks
    marks = [str(MARK_WORDS[mark]) for mark in stand.marks if mark != FigureMark.STALE]
    if is_stale:
        marks.append(_("陈旧（%(year)s）") % {"year": stand.year})
    return replace(
        indicator_badge(stand.state),
        year=None if stand.is_final or is_stale else stand.year,
        marks=tuple(marks),
        is_hollow=stand.is_doubtful,
        why=_why(stand),
    )


def _why(stand: Standpoint) -> str:
    """What the word rests on, for its tip."""
    told = [str(REASONS[reason]) for reason in stand.reasons if reason in REASONS]
    if stand.is_final:
        told.insert(0, _("按 %(year)s 年数据，期末已定") % {"year": stand.year})
    elif stand.year is not None:
        told.insert(0, _("按最近公布的 %(year)s 年数据") % {"year": stand.year})
    return _("；").join(told)


def of_assessment(found: Assessment, target_year: int, *, is_stale: bool = False) -> Standpoint:
    """Where a bare judgement puts what was judged."""
    figure = found.latest or found.heard
    is_final = found.final_verdict != "pending"
    reason = "" if is_final else found.linear.reason or ""
    return Standpoint(
        state_of(found),
        target_year if is_final else figure.year if figure else None,
        is_final,
        tuple(_marks(found, is_stale=is_stale)),
        # Where nothing was published, no other reason counts.
        (reason,) if reason and figure else (),
    )


def assessment_badge(found: Assessment, target_year: int) -> Badge:
    """The word of a bare judgement."""
    return badge_of(of_assessment(found, target_year))


def _of_part(part: ComponentStanding) -> Standpoint:
    return of_assessment(part.assessment, part.target.year, is_stale=part.is_stale)


def _marks(found: Assessment, *, is_stale: bool) -> Iterator[FigureMark]:
    figure = found.latest or found.heard
    if figure is None:
        return
    if figure.status == FigureMark.ESTIMATED:
        yield FigureMark.ESTIMATED
    elif found.provisional or figure.provisional:
        yield FigureMark.PRELIMINARY
    if figure.is_bound:
        yield FigureMark(figure.precision)
    if is_stale:
        yield FigureMark.STALE


def joined(state: IndicatorState, parts: Sequence[Standpoint]) -> Standpoint:
    """Several parts as one: the marks of those that gave it its state, and the oldest of their years."""
    deciding = [part for part in parts if part.state == state] or list(parts)
    years = [part.year for part in deciding if part.year is not None]
    marks = {mark for part in deciding for mark in part.marks}
    reasons = dict.fromkeys(reason for part in deciding for reason in part.reasons)
    return Standpoint(
        state,
        min(years, default=None),
        all(part.is_final for part in deciding),
        tuple(mark for mark in FigureMark if mark in marks),
        tuple(reasons),
    )

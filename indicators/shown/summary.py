"""How a plan stands in one sentence: every indicator in exactly one of its clauses, so that the numbers add up.

Pure: `Member`s in, a `PlanSentence` out. Overview, wall, homes, papers and feeds say this one and no other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext

from indicators.queries import Standing
from indicators.shown.states import FigureMark, Standpoint, standpoint
from judging.ladder import WORST_FIRST, IndicatorState
from judging.progress import cut
from plan.badges import INDICATOR
from plan.wording import percent

# The clauses in their order: what is reached first, what nobody can say last.
CLAUSES = (*(state for state in reversed(WORST_FIRST) if state != IndicatorState.NO_DATA), IndicatorState.NO_DATA)
# So many shares are said one by one; of more, the least and the greatest.
FEW = 3

# Words of judging.ladder in a sentence; tests/indicators/test_summary.py holds them to plan.badges.
SAID = {
    IndicatorState.REACHED: ngettext_lazy("%(n)s 项已达目标", "%(n)s 项已达目标", "n"),
    IndicatorState.AHEAD: ngettext_lazy("%(n)s 项快于预期", "%(n)s 项快于预期", "n"),
    IndicatorState.ON_SCHEDULE: ngettext_lazy("%(n)s 项符合预期", "%(n)s 项符合预期", "n"),
    IndicatorState.SLIGHTLY_BEHIND: ngettext_lazy("%(n)s 项偏慢", "%(n)s 项偏慢", "n"),
    IndicatorState.BEHIND: ngettext_lazy("%(n)s 项滞后", "%(n)s 项滞后", "n"),
    IndicatorState.NOT_YET: ngettext_lazy("%(n)s 项尚未达到", "%(n)s 项尚未达到", "n"),
    IndicatorState.MISSED: ngettext_lazy("%(n)s 项未达目标", "%(n)s 项未达目标", "n"),
    IndicatorState.NO_DATA: ngettext_lazy("%(n)s 项暂无数据", "%(n)s 项暂无数据", "n"),
}


# What kind of figure a clause rests on where that is less sure than the others.
DOUBTS = {
    "old_estimate": gettext_lazy("按 %(years)s 年推算"),
    "old": gettext_lazy("按 %(years)s 年数据"),
    "estimate": gettext_lazy("推算"),
    "preliminary": gettext_lazy("初步"),
}


@dataclass(frozen=True)
class Member:
    """An indicator as the sentence counts it.

    `share` is how much of the target its latest figure is, in per cent; None where more is not better, or nothing
    was held against the target. `is_silent`: no figure of it was ever published.
    """

    stand: Standpoint
    share: Fraction | None = None
    is_silent: bool = False


@dataclass(frozen=True)
class StateClause:
    """All indicators of one state; `aside` is said in brackets."""

    state: IndicatorState
    number: int
    text: str
    aside: str
    look: str

    def __str__(self) -> str:
        return self.text + self.bracket

    @property
    def bracket(self) -> str:
        return _("（%(words)s）") % {"words": self.aside} if self.aside else ""


@dataclass(frozen=True)
class PlanSentence:
    total: int
    clauses: tuple[StateClause, ...]

    @property
    def head(self) -> str:
        return ngettext("%(n)s 项主要指标", "%(n)s 项主要指标", self.total) % {"n": self.total}

    def __str__(self) -> str:
        if not self.clauses:
            return _("规划表中还没有主要指标。")
        return self.head + _("：") + _("，").join(map(str, self.clauses)) + _("。")


def member(standing: Standing) -> Member:
    return Member(
        standpoint(standing),
        _share(standing),
        all(not part.known for part in standing.components),
    )


def _share(standing: Standing) -> Fraction | None:
    """Of what falls short, the worst part's share of its target."""
    if standing.indicator.direction == "down":
        return None
    short = [part.assessment for part in standing.components if part.assessment.compared is not None]
    shares = [found.completion[0] for found in short if found.completion and not _is_met(found)]
    return min(shares, default=None)


def _is_met(found) -> bool:
    return found.goal is not None and found.goal.met(found.compared)


def summary(standings: Iterable[Standing]) -> PlanSentence:
    """The sentence on these indicators."""
    return sentence([member(standing) for standing in standings])


def sentence(members: Sequence[Member]) -> PlanSentence:
    by_state: dict[IndicatorState, list[Member]] = defaultdict(list)
    for one in members:
        by_state[one.stand.state].append(one)
    return PlanSentence(
        len(members), tuple(_clause(state, by_state[state]) for state in CLAUSES if by_state[state])
    )


def _clause(state: IndicatorState, members: list[Member]) -> StateClause:
    members = sorted(members, key=lambda one: -(one.share or 0))
    # Where the shares are named one by one, years stand in their order; else as they follow each other.
    told = members if _are_named(state, members) else sorted(members, key=lambda one: one.stand.year or 0)
    return StateClause(state, len(members), _words(state, members), _aside(told), INDICATOR[state].look)


def _are_named(state: IndicatorState, members: list[Member]) -> bool:
    has_shares = all(one.share is not None for one in members)
    return state == IndicatorState.NOT_YET and has_shares and len(members) <= FEW


def _words(state: IndicatorState, members: list[Member]) -> str:
    """Of what falls short, how far each has come; of what nobody knows, that it was never published, if so."""
    shares, number = [one.share for one in members if one.share is not None], len(members)
    if state == IndicatorState.NOT_YET and len(shares) == number:
        return _shares_words(shares)
    if all(one.is_silent for one in members):
        return ngettext("%(n)s 项从未公布", "%(n)s 项从未公布", number) % {"n": number}
    return SAID[state] % {"n": number}


def _shares_words(shares: list[Fraction]) -> str:
    """How far each is, the furthest first as they come; cut, so that 99.9 per cent is not all of it."""
    said = [f"{cut(share, 0):,f}" for share in shares]
    named = [percent(one) for one in said]
    if len(named) == 2:
        told = _("%(one)s、%(other)s") % {"one": named[0], "other": named[1]}
    else:
        told = percent(f"{said[-1]}–{said[0]}") if len(said) > FEW else _("、").join(named)
    words = {"n": len(shares), "shares": told}
    return ngettext("%(n)s 项为目标的 %(shares)s", "%(n)s 项为目标的 %(shares)s", len(shares)) % words


def _aside(members: list[Member]) -> str:
    """Why no more can be said of them, and how many rest on figures that are less sure than others."""
    told = [_counted(_("无基期"), members, [one for one in members if _lacks_base(one.stand)])]
    kinds: dict[str, list[Member]] = defaultdict(list)
    for one in members:
        kinds[_doubt(one.stand)].append(one)
    told.append(_partly(pgettext("aside", "从未公布"), members, [one for one in members if one.is_silent]))
    told += [_counted(_doubt_words(kind, kinds[kind]), members, kinds[kind]) for kind in DOUBTS if kinds[kind]]
    return _("，").join(filter(None, told))


def _counted(words: str, members: list[Member], some: list[Member]) -> str:
    if not some or len(some) == len(members):
        return words if some else ""
    return _("%(n)s 项%(mark)s") % {"n": len(some), "mark": words}


def _partly(words: str, members: list[Member], some: list[Member]) -> str:
    """What the clause says itself where it holds of all."""
    return _counted(words, members, some) if len(some) < len(members) else ""


def _lacks_base(stand: Standpoint) -> bool:
    return stand.state == IndicatorState.NOT_YET and "no_baseline" in stand.reasons


def _doubt(stand: Standpoint) -> str:
    """The one kind of figure it rests on; none is counted twice."""
    is_estimated = FigureMark.ESTIMATED in stand.marks
    if FigureMark.STALE in stand.marks:
        return "old_estimate" if is_estimated else "old"
    return "estimate" if is_estimated else "preliminary" if FigureMark.PRELIMINARY in stand.marks else ""


def _doubt_words(kind: str, members: list[Member]) -> str:
    years = _("、").join(dict.fromkeys(str(one.stand.year) for one in members))
    return str(DOUBTS[kind]) % {"years": years}

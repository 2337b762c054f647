"""Which years of a figure are there and which are missing, since when. Pure: what was judged in, rows out."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import Organisation
from indicators.figures.due import due_day, rhythm_words
from indicators.models import Component, Indicator, NoFigure, Observation
from indicators.queries import ComponentStanding, Overview, Standing
from indicators.shown.wording import goal_text, lack_of_figures
from plan.badges import GAP, Badge
from plan.wording import publisher_name


class GapState(StrEnum):
    """What there is of a year's figure."""

    PUBLISHED = "published"
    PRELIMINARY = "preliminary"
    BOUND = "bound"
    NOT_DUE = "not_due"
    OVERDUE = "overdue"
    DECLARED = "declared"
    NOT_EXPECTED = "not_expected"

    @property
    def word(self) -> str:
        return str(WORDS[self])


WORDS = {
    GapState.PUBLISHED: gettext_lazy("已公布"),
    GapState.PRELIMINARY: pgettext_lazy("in a cell of a year", "初步或推算"),
    GapState.BOUND: gettext_lazy("只有上下限"),
    GapState.NOT_DUE: gettext_lazy("未到期"),
    GapState.OVERDUE: gettext_lazy("逾期未公布"),
    GapState.DECLARED: gettext_lazy("已说明不公布"),
    GapState.NOT_EXPECTED: gettext_lazy("当年不发布"),
}


# Something was said of the year.
OUT = frozenset({GapState.PUBLISHED, GapState.PRELIMINARY, GapState.BOUND})


@dataclass(frozen=True)
class GapYear:
    """A year of a component; `days` is by how many its figure is late, 0 where it is not.

    That a figure is not out is a fact about its publisher, however new the plan is here; of what was due before
    its loading (`is_backlog`) the desk says 待补录, and so does the tip.
    """

    year: int
    state: GapState
    due_on: date
    figure: Observation | None = None
    answer: NoFigure | None = None
    days: int = 0
    is_backlog: bool = False
    why_not: str = ""

    @property
    def is_missing(self) -> bool:
        return self.state is GapState.OVERDUE

    @property
    def badge(self) -> Badge:
        late = ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", self.days) % {"n": self.days}
        word = late if self.is_missing else self.state.word
        if self.answer is not None:
            word = str(self.answer.get_kind_display())
        why = self.answer.reason if self.answer else self.why_not
        why = why or _("应于 %(day)s 前公布") % {"day": self.due_on.isoformat()}
        if self.is_missing and self.is_backlog:
            why = _("%(due)s；早于规划载入，录入工作记为“待补录”") % {"due": why}
        return GAP[self.state].badge(word, why="" if self.figure else why, key=self.state)


@dataclass(frozen=True)
class GapRow:
    """A component with every year of the plan."""

    part: ComponentStanding
    years: list[GapYear]

    @property
    def component(self) -> Component:
        return self.part.component

    @property
    def indicator(self) -> Indicator:
        return self.component.indicator

    @property
    def organisation(self) -> Organisation | None:
        return self.indicator.lead

    @property
    def missing(self) -> list[GapYear]:
        return [year for year in self.years if year.is_missing]

    @property
    def last(self) -> Observation | None:
        """The newest statement there is, a bound as well; None where nothing was ever published."""
        return next(reversed(self.part.rests_on), None)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw, so that a chart would be a frame without a line."""
        return not self.part.in_use and self.component.baseline_value is None

    @property
    def rhythm(self) -> str:
        """When a year's figure usually comes out: “次年 4 月”; the site's own day where nothing is known of it."""
        return rhythm_words(self.component, self.part.as_of.year)

    @property
    def publisher(self) -> str:
        """Who usually publishes it, else who answers for it."""
        lead = self.organisation.name if self.organisation else _("责任单位（未指定）")
        return publisher_name(self.component.usual_publisher) or lead

    @property
    def owed(self) -> str:
        """Who owes the latest missing year and for how long; empty where none is late."""
        if not self.missing:
            return ""
        last = self.missing[-1]
        words = {"who": self.publisher, "year": last.year, "days": last.days}
        if not (self.component.usual_publisher or self.organisation):
            return _("%(year)s 年数据逾期 %(days)s 天，未指定由谁公布") % words
        return _("%(year)s 年数据应由%(who)s公布，逾期 %(days)s 天") % words

    @property
    def words(self) -> list[str]:
        """The gap in clauses: whether ever published, who owes it and when, which years are missing, the goal."""
        told = [self.silence or _("%(year)s 年后没有公布") % {"year": self.last_year}]
        told.append(_("应由%(who)s于%(rhythm)s公布") % {"who": self.publisher, "rhythm": self.rhythm})
        if missing := self.missing:
            span = years_words([year.year for year in missing])
            told.append(_("%(span)s 缺 %(n)s 年") % {"span": span, "n": len(missing)})
            told.append(_("最近一年逾期 %(n)s 天") % {"n": missing[-1].days})
        told.append(_("目标 %(goal)s") % {"goal": goal_text(self.part.target, self.indicator)})
        return told

    @property
    def sentence(self) -> str:
        """The clauses as one, where no list of them has room."""
        first, *rest = self.words
        return _("；").join([first, *(clause[:1].lower() + clause[1:] for clause in rest)])

    @property
    def silence(self) -> str:
        """That nothing was ever published, or nothing that is used; empty where something is."""
        return "" if self.part.in_use else lack_of_figures(self.part)

    @property
    def last_year(self) -> int:
        return self.last.year if self.last else self.part.in_use[-1].year


def years_words(years: list[int]) -> str:
    """Years as people write them: “2021–2023、2025”."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return _("、").join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def answers_of(found: Overview) -> list[NoFigure]:
    """What was said of figures that do not come; no query where nobody said anything."""
    parts = [part.component for standing in found.standings for part in standing.components]
    if not any(getattr(part, "is_answered", True) for part in parts):
        return []
    return list(NoFigure.objects.filter(component__in=parts))


def gap_rows(found: Overview, answers: Iterable[NoFigure]) -> list[GapRow]:
    """Every component in the plan's order with the plan's years, as known on the overview's day."""
    answers = list(answers)
    return [row for standing in found.standings for row in gap_rows_of(found, standing, answers)]


def gap_rows_of(found: Overview, standing: Standing, answers: Iterable[NoFigure]) -> list[GapRow]:
    """The same of one indicator."""
    held = {
        (answer.component_id, answer.year): answer
        for answer in answers
        if answer.holds_on(found.as_of) and timezone.localdate(answer.answered_at) <= found.as_of
    }
    years = range(found.plan.starts_on.year, found.plan.target_year + 1)
    return [
        GapRow(part, [_year(found, part, year, held.get((part.component.pk, year))) for year in years])
        for part in standing.components
    ]


def _year(found: Overview, part: ComponentStanding, year: int, answer: NoFigure | None) -> GapYear:
    due_on, since = due_day(year, part.component), found.plan.asks_since
    if (figure := part.in_force().get(year)) is not None:
        is_final = figure.value_status == Observation.ValueStatus.FINAL
        return GapYear(year, GapState.PUBLISHED if is_final else GapState.PRELIMINARY, due_on, figure)
    if (bound := next((row for row in reversed(part.bounds) if row.year == year), None)) is not None:
        return GapYear(year, GapState.BOUND, due_on, bound)
    if answer is not None:
        return GapYear(year, GapState.DECLARED, due_on, answer=answer)
    if not part.component.comes_out(year):
        rhythm = rhythm_words(part.component, year)
        return GapYear(year, GapState.NOT_EXPECTED, due_on, why_not=rhythm)
    late = (found.as_of - due_on).days
    if late <= 0:
        return GapYear(year, GapState.NOT_DUE, due_on)
    return GapYear(year, GapState.OVERDUE, due_on, days=late, is_backlog=bool(since and due_on < since))


def counted(rows: Iterable[GapRow]) -> list[tuple[Badge, int]]:
    """How many years of figures there are of each state, in the order of the states, without the zeros."""
    found = Counter(year.state for row in rows for year in row.years)
    return [(GAP[state].badge(state.word, key=state), found[state]) for state in GapState if found[state]]


@dataclass(frozen=True)
class FinalYear:
    """The figures of the plan's last year: of how many indicators they are out, how long the rest are late.

    `due_on` is the day of the longest overdue or, where nothing is late, of what is due next; None where nothing
    more is to come. `is_one_day`: all that is late was due that day.
    """

    year: int
    total: int
    published: int
    late: int
    due_on: date | None
    days: int
    is_one_day: bool = True

    def __str__(self) -> str:
        return self.told + (_("，") + self.missing if self.missing else "") + _("。")

    @property
    def told(self) -> str:
        words = {"year": self.year, "n": self.published, "total": self.total}
        return _("%(year)s 年期末数据已公布 %(n)s/%(total)s 项") % words

    @property
    def missing(self) -> str:
        """Since when the rest is late, or when it is due; empty where nothing more is to come."""
        words = {"late": self.late, "days": self.days, "day": self.due_on.isoformat() if self.due_on else ""}
        if self.late and self.is_one_day:
            return _("%(late)s 项应于 %(day)s 前公布，已逾期 %(days)s 天") % words
        if self.late:
            return _("%(late)s 项逾期，最久的应于 %(day)s 前公布，已逾期 %(days)s 天") % words
        return _("最早的应于 %(day)s 前公布") % words if self.due_on else ""


def final_year(rows: Iterable[GapRow]) -> FinalYear | None:
    """Of each indicator of the plan's table with a figure of the year: out when all parts are; None without."""
    last: dict[int, list[GapYear]] = defaultdict(list)
    for row in rows:
        if row.indicator.in_table and row.years[-1].state is not GapState.NOT_EXPECTED:
            last[row.indicator.pk].append(row.years[-1])
    if not last:
        return None
    years = [year for parts in last.values() for year in parts]
    late = [year for year in years if year.is_missing]
    to_come = [year for year in years if year.state is GapState.NOT_DUE]
    worst = max(late, key=lambda year: year.days, default=min(to_come, key=lambda year: year.due_on, default=None))
    return FinalYear(
        years[0].year,
        len(last),
        sum(all(year.state in OUT for year in parts) for parts in last.values()),
        sum(any(year.is_missing for year in parts) for parts in last.values()),
        worst.due_on if worst else None,
        worst.days if worst else 0,
        len({year.due_on for year in late}) < 2,
    )

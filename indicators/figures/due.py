"""Which figures are due: for every component and year of the plan, whether its figure is there or on its way."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Min
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from indicators.models import Component, NoFigure, Observation
from plan.models import Plan, in_language


class DueState(StrEnum):
    """What stands in for a year's figure that is not approved yet. Something entered comes before the calendar."""

    RETURNED = "returned"
    SUBMITTED = "submitted"
    DRAFT = "draft"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    UPCOMING = "upcoming"
    BACKLOG = "backlog"  # its day had passed when the plan was loaded
    NO_FIGURE = "no_figure"  # somebody said that none comes, and why

    @property
    def word(self):
        return WORDS[self]


WORDS = {
    DueState.RETURNED: gettext_lazy("已退回"),
    DueState.SUBMITTED: gettext_lazy("待核定"),
    DueState.DRAFT: gettext_lazy("草稿"),
    DueState.OVERDUE: gettext_lazy("已逾期"),
    DueState.DUE_SOON: gettext_lazy("即将到期"),
    DueState.UPCOMING: gettext_lazy("未到期"),
    DueState.BACKLOG: gettext_lazy("待补录"),
    DueState.NO_FIGURE: gettext_lazy("无数据"),
}
# Of several rows on their way for one year, the one somebody has to act on comes first.
_URGENCY = ("returned", "draft", "submitted")


@dataclass(frozen=True)
class DueFigure:
    """A year's figure that is missing: by when it is due, how far it is, and who answers for it.

    `observation` is the draft, returned or submitted row where there is one, else None; `answer` what was said
    where no figure comes.
    """

    component: Component
    year: int
    due_on: date
    state: DueState
    organisation: Organisation | None
    observation: Observation | None = None
    days_left: int = 0
    answer: NoFigure | None = None

    @property
    def word(self) -> str:
        return str(self.answer.get_kind_display() if self.answer else self.state.word)

    @property
    def is_overdue(self) -> bool:
        return self.days_left < 0

    @property
    def days_late(self) -> int:
        return max(0, -self.days_left)


def due_day(year: int, component: Component | None = None) -> date:
    """The day a year's figure is due: the end of the component's own month, else FIGURE_DUE_MONTH_DAY, of the year
    after. No stored year breaks a page: beyond what a calendar has, its last year."""
    after = min(max(year + 1, date.min.year), date.max.year)
    month, day = map(int, settings.FIGURE_DUE_MONTH_DAY.split("-"))
    if component is not None and component.due_month:
        month, day = component.due_month, 31
    return date(after, month, min(day, monthrange(after, month)[1]))


def _month(number: int) -> str:
    """A month as a sentence names it: “次年 6 月”, “by 30 June of the following year”."""
    return in_language(str(number), str(MONTHS[number]))


def rhythm_words(component: Component, year: int) -> str:
    """How often a figure comes out and when that of a year is due: “每 2 年一次，次年 4 月”; the site's own day
    where no month is known. A figure of each quarter says that only its year's is kept here."""
    if component.due_month:
        when = _("次年 %(month)s 月") % {"month": _month(component.due_month)}
    else:
        usual = due_day(year)
        when = _("次年 %(month)s 月 %(day)s 日前") % {"month": _month(usual.month), "day": usual.day}
    if component.every_years:
        return _("每 %(n)s 年一次，%(when)s") % {"n": component.every_years, "when": when}
    if component.frequency in (Component.Frequency.HALF_YEAR, Component.Frequency.QUARTER):
        often = component.get_frequency_display()
        return _("%(when)s（%(often)s公布，这里只收全年数）") % {"when": when, "often": often}
    return when


def years_due(plan: Plan, today: date) -> range:
    """The years of the plan that are over: only of these can there be a figure."""
    return range(plan.starts_on.year, min(plan.target_year, today.year - 1) + 1)


def state_of(
    due_on: date,
    today: date,
    observation: Observation | None,
    answer: NoFigure | None = None,
    asks_since: date | None = None,
) -> DueState:
    """Whatever is on its way says so, then whoever answered; else the calendar. The day itself is not late yet.

    What was due before the plan was loaded is nobody's delay: it waits to be filled in.
    """
    if observation is not None:
        return DueState(observation.state)
    if answer is not None:
        return DueState.NO_FIGURE
    if today > due_on:
        return DueState.BACKLOG if asks_since and due_on < asks_since else DueState.OVERDUE
    soon = due_on - today <= timedelta(days=settings.FIGURE_DUE_SOON_DAYS)
    return DueState.DUE_SOON if soon else DueState.UPCOMING


def list_due(
    components: Iterable[Component],
    years: Iterable[int],
    rows: Iterable[Observation],
    *,
    today: date,
    answers: Iterable[NoFigure] = (),
    asks_since: date | None = None,
) -> list[DueFigure]:
    """Pure: the years of each component without an approved figure that can be judged, in the given order."""
    settled, under_way = set(), {}
    for row in rows:
        key = (row.component_id, row.year)
        if row.is_judged:
            settled.add(key)
        elif row.state in _URGENCY:
            held = under_way.get(key)
            if held is None or _URGENCY.index(row.state) < _URGENCY.index(held.state):
                under_way[key] = row
    years, found = list(years), []
    answered = {(answer.component_id, answer.year): answer for answer in answers if answer.holds_on(today)}
    for component in components:
        for year in years:
            key, due_on = (component.pk, year), due_day(year, component)
            if key in settled or (key not in under_way and not component.comes_out(year)):
                continue
            row, answer = under_way.get(key), answered.get(key)
            found.append(
                DueFigure(
                    component,
                    year,
                    due_on,
                    state_of(due_on, today, row, answer, asks_since),
                    component.indicator.lead,
                    row,
                    (due_on - today).days,
                    None if row else answer,
                )
            )
    return found


def figures_due(plan: Plan, *, today: date, components: Iterable[Component] | None = None) -> list[DueFigure]:
    """What is missing of a plan's years so far, in plan order: components, then years; three queries.

    `components`: all of the plan in its order with indicator and lead, where they were read already.
    """
    if components is None:
        every = Component.objects.of(plan).select_related("indicator__lead")
        components = every.order_by("indicator__order", "order")
    years = years_due(plan, today)
    rows = Observation.objects.filter(component__indicator__plan=plan, year__in=years).order_by()
    # One of each kind says as much as all: an import hands in thousands for a component and year.
    settled = rows.approved().values("component", "year", "precision").annotate(first=Min("pk"))
    coming = rows.under_way().values("component", "state", "year").annotate(first=Min("pk"))
    # A union: of an OR the database reads every figure to answer either half.
    some, more = (
        Observation.objects.filter(pk__in=kinds.values("first")).select_related("entered_by").order_by()
        for kinds in (settled, coming)
    )
    answers = NoFigure.objects.filter(component__indicator__plan=plan)
    rows = some.union(more, all=True)
    return list_due(components, years, rows, today=today, answers=answers, asks_since=plan.asks_since)

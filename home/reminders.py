"""Reminders of what is due: one notice a person and organisation that sums up, not one per figure.

What is due comes as plain rows (`Pending`), so that figures and status reports travel in the same notice. The
same things are named again only after REMIND_EVERY_DAYS; something new among them is told the next night.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import Organisation, Substitution, User
from indicators.figures.due import figures_due
from notices.models import Notice, NoticeKind
from notices.phrases import Said, both, counted_noop, in_chinese, listed, say
from notices.services import notify
from plan.models import Plan
from updates.answering import send_link
from updates.due import reports_due

REPORTS = "进展"
OVERDUE, DUE_SOON = "overdue", "due_soon"
COUNTED = {"数据": counted_noop("%(count)s 项数据"), "进展": counted_noop("%(count)s 项进展")}


@dataclass(frozen=True)
class Pending:
    """One thing an organisation (None: nobody is named) still owes: a figure or a report on an item."""

    organisation: Organisation | None
    what: str  # 数据 or 进展: which of COUNTED the title counts it by
    words: Said
    due_on: date
    is_overdue: bool

    @property
    def line(self) -> Said:
        late, soon = (
            gettext_noop("已逾期　%(what)s（%(day)s 前）"),
            gettext_noop("即将到期　%(what)s（%(day)s 前）"),
        )
        return say(late if self.is_overdue else soon, what=self.words, day=self.due_on.isoformat())


class FigureDue(Protocol):
    component: Any
    year: int
    due_on: date
    state: str
    organisation: Organisation | None


class ReportDue(Protocol):
    item: Any
    organisation: Organisation | None
    period_end: date
    due_on: date
    state: str


def pending_figures(rows: Iterable[FigureDue]) -> list[Pending]:
    """Figures that are due or overdue, of whatever other state there may be none."""
    return [
        Pending(
            row.organisation,
            "数据",
            say(
                gettext_noop("%(code)s %(name)s %(year)s 年数据"),
                code=row.component.code,
                name=both(row.component.name, row.component.name_en),
                year=row.year,
            ),
            row.due_on,
            row.state == OVERDUE,
        )
        for row in rows
        if row.state in (OVERDUE, DUE_SOON)
    ]


def pending_reports(rows: Iterable[ReportDue]) -> list[Pending]:
    """Status reports that are due or overdue."""
    return [
        Pending(
            row.organisation,
            "进展",
            say(
                gettext_noop("%(code)s %(title)s 截至 %(day)s 的进展"),
                code=row.item.code,
                title=both(row.item.title, row.item.title_en),
                day=row.period_end.isoformat(),
            ),
            row.due_on,
            row.state == OVERDUE,
        )
        for row in rows
        if row.state in (OVERDUE, DUE_SOON)
    ]


def everything_pending(plan: Plan, *, today: date) -> list[Pending]:
    """What of a plan is due or overdue on a day, figures before reports."""
    return pending_figures(figures_due(plan, today=today)) + pending_reports(reports_due(plan, today=today))


@transaction.atomic
def remind(plan: Plan, pending: Iterable[Pending], *, today: date) -> int:
    """Tells the reporters of each organisation, and who stands in for them, what it owes; how many notices.

    Analysts are told what belongs to nobody, and what belongs to an organisation without a reporter. Run again
    on the same day it tells nobody anything twice.
    """
    groups: dict[Organisation | None, list[Pending]] = defaultdict(list)
    for row in pending:
        groups[row.organisation].append(row)
    if not groups:
        return 0
    reporters: dict[int, list[User]] = defaultdict(list)
    working = User.objects.working_in(plan.slug)
    for person in working.filter(is_reporter=True, organisation__in=[o for o in groups if o]):
        reporters[person.organisation_id].append(person)
    _add_substitutes(plan, reporters, today)
    analysts = list(working.filter(is_analyst=True))
    told = _told_lately(plan, groups, today)
    number = 0
    for organisation, rows in groups.items():
        own = reporters[organisation.pk] if organisation else []
        rows = sorted(rows, key=lambda row: (not row.is_overdue, row.due_on, in_chinese(row.words)))
        lines = {in_chinese(row.line) for row in rows}
        people = [person for person in own or analysts if not lines <= told.get((person.pk, organisation), set())]
        number += notify(
            people,
            kind=NoticeKind.OVERDUE if rows[0].is_overdue else NoticeKind.DUE,
            key=_key(plan, organisation, today),
            title=_title(organisation, rows, has_reporter=bool(own)),
            body=listed((row.line for row in rows), by="\n"),
            url=reverse("desk:home", args=[plan.slug]),
        )
        if own and any(row.what == REPORTS for row in rows):
            for person in people:
                send_link(plan, person)
    return number


def _add_substitutes(plan: Plan, reporters: dict[int, list[User]], day: date) -> None:
    """Who stands in for a reporter today is reminded of what that unit owes as well."""
    keys = [person.pk for people in reporters.values() for person in people]
    rows = Substitution.objects.in_force(day).filter(person__in=keys, substitute__is_active=True)
    for row in rows.select_related("person", "substitute"):
        people = reporters[row.person.organisation_id]
        if row.substitute.works_in(plan.slug) and row.substitute not in people:
            people.append(row.substitute)


def _told_lately(plan: Plan, groups: Iterable[Organisation | None], today: date) -> dict[tuple, set[str]]:
    """(person, organisation) → every line told to them in the last REMIND_EVERY_DAYS."""
    days = [today - timedelta(days=back) for back in range(settings.REMIND_EVERY_DAYS)]
    keys = {_key(plan, organisation, day): organisation for organisation in groups for day in days}
    told: dict[tuple, set[str]] = defaultdict(set)
    for person_id, key, body in Notice.objects.filter(key__in=keys).values_list("person_id", "key", "body"):
        told[person_id, keys[key]] |= set(body.splitlines())
    return told


def _key(plan: Plan, organisation: Organisation | None, day: date) -> str:
    return f"due:{plan.slug}:{organisation.code if organisation else '-'}:{day.isoformat()}"


def _title(organisation: Organisation | None, rows: list[Pending], *, has_reporter: bool) -> Said:
    what = _counted(rows)
    if organisation is None:
        return say(gettext_noop("未指定责任单位的事项中有 %(what)s"), what=what)
    name = both(organisation.name, organisation.name_en)
    if has_reporter:
        return say(gettext_noop("%(unit)s有 %(what)s"), unit=name, what=what)
    return say(gettext_noop("%(unit)s（没有填报人）有 %(what)s"), unit=name, what=what)


def _counted(rows: list[Pending]) -> Said:
    """3 项数据、1 项进展逾期，5 项数据即将到期"""
    parts = []
    for is_overdue, words in ((True, gettext_noop("%(what)s逾期")), (False, gettext_noop("%(what)s即将到期"))):
        counts = Counter(row.what for row in rows if row.is_overdue == is_overdue)
        if counts:
            parts.append(say(words, what=listed(say(COUNTED[what], count=n) for what, n in counts.items())))
    return listed(parts, by="，")

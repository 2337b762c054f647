"""What is due, as an iCalendar that calendars subscribe to: of a unit, and of a person by a token of theirs."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import Organisation
from dashboard.units import UnitDuties, duties_of
from indicators.figures.gaps import GapState
from plan.models import Plan
from texts.cleaning import kept_text
from updates.due import periods

NAMED = "-//shenzhen-plan//due//ZH"
CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Due:
    """Something that is due on a day; `key` stays the same as long as it is the same thing."""

    day: date
    title: str
    address: str
    key: str
    is_late: bool = False


def dues_of(plan: Plan, organisation: Organisation, day: date) -> list[Due]:
    """What a unit owes or will owe: figures, reports, answers to evaluations, soonest first."""
    found = duties_of(plan, organisation, day)
    return sorted(
        [*_figures(plan, found), *_reports(plan, found), *_answers(plan, found)], key=lambda due: due.day
    )


def _figures(plan: Plan, unit: UnitDuties) -> Iterator[Due]:
    for indicator in unit.indicators:
        for row in indicator.gaps:
            for year in row.years:
                if year.state in (GapState.OVERDUE, GapState.NOT_DUE):
                    title = _("%(name)s：%(year)s 年数据") % {"name": row.component.label, "year": year.year}
                    address = row.indicator.path(plan.slug)
                    key = f"figure/{row.component.code}/{year.year}"
                    yield Due(year.due_on, title, address, key, year.is_missing)


def _reports(plan: Plan, unit: UnitDuties) -> Iterator[Due]:
    for duty in unit.duties:
        if duty.owed:
            title = _("%(name)s：进展填报") % {"name": duty.item.label}
            day = duty.owed.due.due_on
            key = f"report/{duty.item.code}/{day}"
            yield Due(day, title, duty.item.path(plan.slug), key, duty.late is not None)
    every = periods(plan.starts_on, plan.ends_on, settings.UPDATE_PERIOD_MONTHS)
    following = next((one for one in every if one.due_on >= unit.day), None)
    if following and unit.duties:
        title = _("%(unit)s：%(n)s 项任务的进展填报") % {"unit": unit.organisation.name, "n": len(unit.duties)}
        address = reverse("unit", args=[plan.slug, unit.organisation.code])
        yield Due(following.due_on, title, address, f"reports/{unit.organisation.code}/{following.due_on}")


def _answers(plan: Plan, unit: UnitDuties) -> Iterator[Due]:
    late = {row.pk for row in unit.late_findings}
    for row in unit.open_findings:
        title = _("整改：%(title)s") % {"title": row.title}
        address = reverse("assessments:finding", args=[plan.slug, row.pk])
        yield Due(row.due_on, title, address, f"finding/{row.pk}", row.pk in late)


def calendar_of(name: str, dues: Iterable[tuple[Plan, Due]], site: str) -> bytes:
    """The calendar; the same bytes for as long as the same is due."""
    calendar = Calendar()
    calendar.add("prodid", NAMED)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", kept_text(name, lines=False))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for plan, due in dues:
        event = Event()
        event.add("uid", uuid.uuid5(uuid.NAMESPACE_URL, f"{site}/{plan.slug}/{due.key}").urn)
        event.add("dtstamp", plan.changed_at.astimezone(timezone.get_default_timezone()))
        event.add("dtstart", due.day)
        event.add("dtend", due.day + timedelta(days=1))
        mark = _("（已逾期）") if due.is_late else ""
        event.add("summary", kept_text(f"{due.title}{mark}", lines=False))
        event.add("url", site + due.address)
        event.add("categories", [kept_text(plan.short_label, lines=False)])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()

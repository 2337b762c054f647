"""By unit (按单位): who leads what and what is overdue of it; on paper a notice of one sheet (督办单)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission, may, people_who_may
from dashboard.calendar import CONTENT_TYPE, calendar_of, dues_of
from dashboard.columns import UNIT
from dashboard.units import LedIndicator, UnitDuties, duties_of, public_statements, totals, units_on
from indicators.queries import overview
from indicators.shown.cards import card
from plan.columns import row_of
from plan.exports.files import items_file, rows_file
from plan.models import Item, Plan
from plan.queries import get_plan

# What one sheet has room for of each list: projects take what the tasks leave. The page itself has all of them,
# and the newest statements.
ROOM = {"indicators": 8, "tasks": 30, "findings": 4, "statements": 3}
DUTIES_ROOM, NEWEST = 40, 12


def units(request, slug, format=""):
    """Every unit that answers for something, what is overdue most first."""
    plan = get_plan(slug)
    rows = units_on(plan, request.as_of)
    if format:
        lines = [row_of(UNIT, unit) for unit in rows]
        return rows_file(request, lines, columns=UNIT, name=f"{slug}_units", format=format)
    rule = overview(plan, request.as_of).rule
    context = {"plan": plan, "units": rows, "totals": totals(rows), "rule": rule}
    if not any(unit.leads for unit in rows):
        context["is_unassigned"] = True
        context["clusters"] = plan.items.filter(kind=Item.Kind.CLUSTER).in_plan_order()
        context["may_assign"] = may(request.user, Permission.ASSIGN)
    return render(request, "dashboard/units.html", context)


def unit(request, slug, unit, format=""):
    """What one unit answers for; its file lists the commitments."""
    plan = get_plan(slug)
    organisation = _organisation(unit)
    found = duties_of(plan, organisation, request.as_of)
    if format:
        led = [row.standing.indicator.pk for row in found.indicators]
        items = plan.items.filter(pk__in=[*led, *(duty.item.pk for duty in found.duties)]).in_plan_order()
        return items_file(request, plan, items, name=f"unit_{organisation.code}", format=format)
    context = {"plan": plan, "organisation": organisation, "rule": overview(plan, request.as_of).rule}
    return render(request, "dashboard/unit.html", context | sheet_of(plan, found, request.user))


def unit_calendar(request, slug, unit):
    """What the unit owes or will owe, for calendars that subscribe to it."""
    plan, organisation = get_plan(slug), _organisation(unit)
    site = request.build_absolute_uri("/").rstrip("/")
    dues = [(plan, due) for due in dues_of(plan, organisation, request.as_of)]
    name = f"{plan.short_label} {organisation.name}"
    return HttpResponse(calendar_of(name, dues, site), content_type=CONTENT_TYPE)


def sheet_of(plan, found: UnitDuties, user) -> dict[str, Any]:
    """What the sheet of a unit shows (templates/dashboard/_unit_sheet.html)."""
    statements = public_statements(plan, found)
    sees_people = may(user, Permission.USE_DESK)
    return {
        "unit": found,
        "indicators": [_shown(row) for row in found.indicators],
        "groups": _placed(found.groups()),
        "statements": statements[:NEWEST],
        "statements_total": len(statements),
        "room": ROOM | {"entries": DUTIES_ROOM - min(len(found.tasks), ROOM["tasks"])},
        "sees_people": sees_people,
        # Names are for those who work here; everybody else is told the role.
        "people": _reporters(plan, found.organisation) if sees_people else (),
    }


def _organisation(code: str) -> Organisation:
    """A unit by its code; 404 names what was asked for."""
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise Http404(_("没有代码为“%(code)s”的责任单位") % {"code": code})
    return found


def _shown(row: LedIndicator):
    return {"row": row, "card": card(row.standing)}


def _placed(groups):
    """The groups with the place of each task in the whole list, so that the sheet knows where to stop."""
    place, found = 0, []
    for badge, duties in groups:
        rows = []
        for duty in duties:
            place += 1
            rows.append((duty, place > ROOM["tasks"]))
        found.append((badge, rows, all(is_over for _duty, is_over in rows)))
    return found


def _reporters(plan: Plan, organisation: Organisation):
    people = people_who_may(Permission.REPORT_STATUS, plan.slug)
    return people.filter(organisation=organisation, is_reporter=True)

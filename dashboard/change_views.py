"""What changed between two days, and the history of one item: pages and their files."""

from django.shortcuts import render

from dashboard import changes as known
from dashboard import history as timeline
from dashboard.columns import CHANGE, ENTRY
from indicators.queries import overview
from plan.changes import Clock
from plan.columns import row_of
from plan.exports.files import json_file, rows_file
from plan.kinds import PlanKind
from plan.models import Plan
from plan.params import read_choice
from plan.queries import get_item, get_plan

# More than this nobody reads on a page; the files hold everything.
SHOWN = 300
GROUPS = ("item", "day")


def changes(request, slug, format=""):
    """Everything that became known between two days, by item or by day, with causes and verdicts."""
    plan = get_plan(slug)
    asked = known.read_asked(plan, request.GET, request.as_of)
    group = read_choice(request.GET, "group", GROUPS, "item")
    if format:
        return _changes_file(request, plan, known.refuse_fault(asked), format)
    told = known.events(plan, asked.since, asked.until, clock=asked.clock)
    of_kind = [change for change in told if asked.kind in ("", change.kind)]
    wanted = [change for change in of_kind if asked.takes(change)]
    shown = wanted[:SHOWN]
    grouped = known.by_day(shown)
    found = overview(plan, asked.until)
    if group == "item":
        grouped = known.by_item(shown, found, asked.since, asked.clock)
    context = {
        "plan": plan,
        "asked": asked,
        "group": group,
        "groups": grouped,
        "total": len(wanted),
        "shown": len(shown),
        "counts": known.counts(of_kind),
        "all": len(of_kind),
        "presets": known.presets(plan, asked.until),
        "clocks": Clock.choices,
        "entered_late": 0 if asked.fault else known.entered_late(found, asked.since, asked.clock),
        "kinds": [(kind.value, kind.plural_label) for kind in _kinds(plan, told, asked.kind)],
    }
    return render(request, "dashboard/changes.html", context, status=400 if asked.fault else 200)


def _kinds(plan: Plan, told: list[known.Change], chosen: str) -> list[PlanKind]:
    """The kinds of items that changed, in the plan's order; the chosen one even if none did."""
    present = {change.kind for change in told} | {chosen}
    return [kind for kind in plan.kinds.values() if kind in present]


def _changes_file(request, plan, asked: known.ChangeFilters, format: str):
    address = request.build_absolute_uri("/").rstrip("/")
    if format == "json":
        body = known.changes_body(plan, asked, request.as_of, address)
        return json_file(request, body, name=f"{plan.slug}_changes", rows=body["count"])
    rows = known.change_rows(plan, asked, address)
    return rows_file(request, rows, columns=CHANGE, name=f"{plan.slug}_changes", format=format)


def history(request, slug, code, format=""):
    """One item from the plan's publication to the chosen day: releases, targets, verdicts, reports, rules."""
    plan = get_plan(slug)
    item = get_item(plan, code)
    kind = read_choice(request.GET, "kind", timeline.EventKind.values)
    entries = timeline.history(plan, item, request.as_of)
    wanted = [entry for entry in entries if kind in ("", entry.kind)]
    if format:
        rows = [row_of(ENTRY, entry) for entry in wanted]
        name = f"{plan.slug}_{code}_history"
        return rows_file(request, rows, columns=ENTRY, name=name, format=format)
    context = {
        "plan": plan,
        "item": item,
        "days": timeline.by_day(wanted),
        "kind": kind,
        "counts": timeline.counts(entries),
        "total": len(entries),
    }
    return render(request, "dashboard/history.html", context)

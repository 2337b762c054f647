"""The wall (大屏): one page without interaction that turns its panels and refreshes itself."""

from collections.abc import Sequence
from typing import Any

from django.shortcuts import render

from dashboard.queries import attention, latest_releases, stage, strips
from indicators.headline import headline
from indicators.models import Observation
from indicators.queries import Overview, overview
from indicators.reader_units import for_reader
from indicators.shown.cards import card
from plan.after_period import states
from plan.badges import item_badge
from plan.params import read_choice, read_number, today
from plan.queries import SHOWN_ORDER, get_plan

# What one panel holds at letters that are read from five metres.
CARDS, STRIPS, PROMISES, ATTENTION, RELEASES = 4, 11, 4, 5, 5
# With the tasks in words, fewer.
TASKS = 3
# So few strips have room for their states in words; so many of what is named a row has room for.
ROOMY, NAMED = 5, 2
# Width and height of a card's picture in its own units, 12 of which are one line of small letters on the wall.
ONE, EACH = (160, 100), (160, 58)


def wall(request, slug):
    """The whole page, or with ?fragment=1 just its panels, which the page's script puts in place of the old.

    ?turn= and ?refresh= set the seconds a panel stays and the seconds between two readings.
    """
    plan = get_plan(slug)
    turn = read_number(request.GET, "turn", default=15, low=1, high=600)
    refresh = read_number(request.GET, "refresh", default=60, low=1, high=3600)
    is_fragment = read_choice(request.GET, "fragment", ("1",)) == "1"
    groups = [group for group in strips(plan, request.as_of, "on_wall") if group["rows"]]
    releases = latest_releases(plan, request.as_of, RELEASES)
    shown = panels(for_reader(overview(plan, request.as_of)), groups, releases)
    context = shown | {"turn": turn, "refresh": refresh, "is_past": request.as_of != today()}
    return render(request, "dashboard/_wall.html" if is_fragment else "dashboard/wall.html", context)


def panels(found: Overview, groups: list[dict[str, Any]], releases: list[Observation]) -> dict[str, Any]:
    """What the panels show of a plan on the overview's day."""
    plan, day = found.plan, found.as_of
    cards = [card(standing, one=ONE, each=EACH) for standing in found.standings]
    tabled = [shown for shown in cards if found.is_main(shown.indicator)]
    rows = [row for group in groups for row in group["rows"]]
    # What is not in the plan's table stands, with its word, in a list of its own below.
    worrying = attention(plan, found.tabled)
    return {
        "plan": plan,
        "is_empty": not cards and not rows,
        "headline": headline(found),
        "card_pages": _pages(tabled, CARDS),
        "others": [shown for shown in cards if not found.is_main(shown.indicator)],
        "elapsed": round(plan.elapsed(day) * 100),
        "stage": stage(plan, day),
        "attention": worrying[:ATTENTION],
        "more": len(worrying[ATTENTION:]),
        "is_calm": not attention(plan, found.standings),
        "releases": releases,
        "groups": [_group(group) for group in groups],
        "states": [_state(status) for status in SHOWN_ORDER if status in states(plan.ends_on, day)],
        "total": sum(row["total"] for row in rows),
        "reported": sum(row["reported"] for row in rows),
        "public": len({state.code for row in rows for state in row["promised"].states}),
    }


def _group(group: dict[str, Any]) -> dict[str, Any]:
    """The strips of one kind in pages, each with a cell for every task.

    Of a group without a report: what was promised where that has room, and what is public; nothing of the rest.
    """
    is_roomy, is_silent = len(group["rows"]) <= ROOMY, group["is_silent"]
    rows = [row | {"cells": _cells(row)} for row in group["rows"]]
    if is_silent:
        rows = [row | _promised(row) for row in rows if row["promised"].states or (is_roomy and row["parts"])]
    return {
        "kind": group["kind"],
        "pages": _pages(rows, (TASKS if is_roomy else PROMISES) if is_silent else STRIPS),
        "is_roomy": is_roomy,
        "is_silent": is_silent,
        "public": group["public"],
        "total": group["total"],
        "reported": sum(row["reported"] for row in rows),
    }


def _promised(row: dict[str, Any]) -> dict[str, Any]:
    """The names a row has room for: what is there, then what is under way, with how many more there are."""
    promised = row["promised"]
    named = [*promised.named, *promised.unfinished, *promised.told][:NAMED]
    return {"named": named, "more": len(promised.states) - len(named)}


def _cells(strip: dict[str, Any]) -> list[dict[str, str]]:
    """A strip's tasks by state, from best to worst; what has not been reported comes last."""
    return [_state(status) for status, number in strip["counts"].items() for _task in range(number)]


def _state(status: str) -> dict[str, str]:
    badge = item_badge(status)
    return {"sign": badge.sign, "look": badge.look, "word": badge.word}


def _pages(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """Rows in as few pages as hold them, about equally full."""
    number = -(-len(rows) // size)
    each = -(-len(rows) // number) if number else size
    return [rows[start : start + each] for start in range(0, len(rows), each)]

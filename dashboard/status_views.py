"""The whole plan by state, as a page of squares with a table, and as a file."""

from collections import Counter
from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from dashboard.columns import STATUS
from dashboard.state_counts import (
    SHOWS,
    ChapterCount,
    KindCount,
    by_chapter,
    by_top,
    is_silent,
    made_of_others,
    narrowed,
)
from indicators.queries import overview, rule_on, rules_of
from indicators.shown.states import state_badge
from judging.ladder import WORST_FIRST
from plan.after_period import state_on, states
from plan.badges import Badge, indicator_badge, item_badge
from plan.exports.files import rows_file
from plan.models import Item, Plan
from plan.params import as_of_query, read_choice
from plan.public import show_public
from plan.queries import get_plan, statuses_on

# What the squares show, by word of its address; see dashboard.state_counts.SHOWS.
SHOW_WORDS = {
    "tasks": gettext_lazy("到任务一级"),
    "reported": gettext_lazy("只看已填报"),
    "all": gettext_lazy("全部承诺"),
}


def status(request, slug, format=""):
    plan = get_plan(slug)
    show = _show(request)
    items = _items(plan)
    chapters = _chapters(plan, items, request.as_of, reported=bool(format))
    if format:
        return rows_file(request, _rows(chapters), columns=STATUS, name=f"{slug}_status", format=format)
    others = made_of_others(plan.kinds, items)
    cut = {key: narrowed(chapters, key) for key in SHOWS}
    badges = _badges(plan, request.as_of)
    tasks = [kind for chapter in chapters for kind in chapter.kinds if kind.kind != Item.Kind.INDICATOR]
    context = {
        "plan": plan,
        "chapters": _named(chapters),
        "states": [_state_of("", key) for key in states(plan.ends_on, request.as_of)],
        "indicators": _verdicts(badges),
        "squares": _squares(plan, cut[show], items, badges, request.as_of),
        "total": sum(chapter.total for chapter in chapters),
        "tasks": sum(kind.total for kind in tasks),
        "reported": sum(kind.reported for kind in tasks),
        "every": len(items),
        "others": others,
        "other_total": sum(number for _kind, number in others),
        "show": show,
        "shows": [(key, SHOW_WORDS[key], sum(one.total for one in found)) for key, found in cut.items()],
        "rule": rule_on(rules_of(plan), request.as_of),
        "all": reverse("plan:items", args=[slug]) + as_of_query(request.as_of),
    }
    return render(request, "dashboard/status.html", context)


def _show(request) -> str:
    return read_choice(request.GET, "show", SHOWS, "tasks")


def _items(plan: Plan) -> list[Item]:
    return list(plan.items.select_related("section").in_plan_order())


def _chapters(plan: Plan, items: list[Item], day, *, reported: bool = False) -> list[ChapterCount]:
    """One query, and what the readers of the day's states ask; `reported`: in the reports' own words."""
    known = statuses_on(plan, day)
    found = {item.code: known.get(item.code, item) for item in items}
    if reported:
        return by_chapter(
            plan.kinds, plan.sections.all(), items, {code: row.status for code, row in found.items()}
        )
    shown = {code: state_on(row.status, row.status_as_of, plan.ends_on, day) for code, row in found.items()}
    own = {code: badge.key for code, badge in _badges(plan, day).items()}
    return by_chapter(plan.kinds, plan.sections.all(), items, shown | own, states(plan.ends_on, day))


def _badges(plan: Plan, day) -> dict[str, Badge]:
    """By code, the word of each indicator as other pages say it; the states of the day have read them already."""
    return {code: state_badge(standing) for code, standing in overview(plan, day).by_code.items()}


def _state_of(kind: str, key: str) -> dict[str, Any]:
    """Word, sign and look. `on_schedule` and `behind` are words of both ladders: the kind says which."""
    badge = indicator_badge(key) if kind == Item.Kind.INDICATOR else item_badge(key)
    return {"key": key, "word": badge.word, "sign": badge.sign, "look": badge.look}


def _squares(plan: Plan, chapters: list[ChapterCount], items: list[Item], badges: dict[str, Badge], day) -> list:
    """Each chapter with its rows of squares: the heading above, and each commitment with its state in words."""
    show_public(plan, items, day)
    return [
        (
            chapter.chapter,
            [
                (
                    row.top,
                    [_square(item, badges.get(item.code) or item_badge(state)) for item, state in row.items],
                )
                for row in by_top(chapter, items)
            ],
        )
        for chapter in chapters
    ]


def _square(item: Item, badge: Badge) -> dict[str, Any]:
    """One commitment: its state in colour, or in outline what is public of a task without a report."""
    told = {"item": item, "word": badge.text, "look": badge.look, "sign": badge.sign, "public": None}
    if not is_silent(item, badge.key):
        return told
    if item.public:
        return told | {"look": "public", "sign": item.public.badge.sign, "public": item.public}
    return told | {"look": "silent", "sign": ""}


def _named(chapters: list[ChapterCount]) -> list[tuple[ChapterCount, list[tuple[KindCount, list]]]]:
    """Chapters with their kinds, whose cells are (state in words, number): on a phone each cell says its state."""

    def cells(kind: KindCount) -> list[tuple[dict[str, Any], int]]:
        # Indicators have a line of their own.
        return (
            []
            if kind.kind == Item.Kind.INDICATOR
            else [(_state_of("", key), number) for key, number in kind.cells]
        )

    return [(chapter, [(kind, cells(kind)) for kind in chapter.kinds]) for chapter in chapters]


def _verdicts(badges: dict[str, Badge]) -> list[dict]:
    """Indicators by state, the worst first, for their own line and the legend: word, sign, look, number."""
    counts = Counter(badge.key for badge in badges.values())
    return [
        _state_of(Item.Kind.INDICATOR, state) | {"number": counts[state]} for state in WORST_FIRST if counts[state]
    ]


def _rows(chapters: list[ChapterCount]) -> list[dict]:
    return [
        {
            "chapter": chapter.chapter.number,
            "chapter_title": chapter.chapter.title,
            "kind": kind.kind,
            "status": state,
            "number": number,
        }
        for chapter in chapters
        for kind in chapter.kinds
        for state, number in sorted(kind.counts.items())
    ]

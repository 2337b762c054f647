"""The whole plan by state, as a page of squares with a table, and as a file."""

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
from indicators.shown.wording import LINEAR_STATUSES, linear_badge, linear_status
from plan.after_period import state_on, states
from plan.badges import Badge, item_badge
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
    others = made_of_others(items)
    cut = {key: narrowed(chapters, key) for key in SHOWS}
    badges = _badges(plan, request.as_of)
    tasks = [kind for chapter in chapters for kind in chapter.kinds if kind.kind != Item.Kind.INDICATOR]
    context = {
        "plan": plan,
        "chapters": _named(chapters),
        "states": [_state_of("", key) for key in states(plan.ends_on, request.as_of)],
        "indicators": _verdicts(chapters, badges),
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
        return by_chapter(plan.sections.all(), items, {code: row.status for code, row in found.items()})
    shown = {code: state_on(row.status, row.status_as_of, plan.ends_on, day) for code, row in found.items()}
    own = {item.code: found[item.code].status for item in items if item.kind == Item.Kind.INDICATOR}
    return by_chapter(plan.sections.all(), items, shown | own, states(plan.ends_on, day))


def _badges(plan: Plan, day) -> dict[str, Badge]:
    """By code, the word of each indicator as other pages say it; the states of the day have read them already."""
    return {code: linear_badge(standing) for code, standing in overview(plan, day).by_code.items()}


def _state_of(kind: str, key: str, badge: Badge | None = None) -> dict[str, Any]:
    """Word, sign and look. `on_schedule` and `behind` are words of both lists: the kind says which.

    Of an indicator `badge` may say the same more exactly: 无基期，仅比目标 rather than 无法评价.
    """
    if kind == Item.Kind.INDICATOR:
        badge = badge or linear_status(key if key in LINEAR_STATUSES else "no_data")
    else:
        badge = item_badge(key)
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
                    [
                        _square(item, _state_of(item.kind, state, badges.get(item.code)))
                        for item, state in row.items
                    ],
                )
                for row in by_top(chapter, items)
            ],
        )
        for chapter in chapters
    ]


def _square(item: Item, state: dict[str, Any]) -> dict[str, Any]:
    """One commitment: its unit's report in colour, or in outline what is public where it has none."""
    told = {"item": item, "word": state["word"], "look": state["look"], "sign": state["sign"], "public": None}
    if not is_silent(item, state["key"]):
        return told
    if item.public:
        return told | {"look": "public", "sign": item.public.badge.sign, "public": item.public}
    return told | {"look": "silent", "sign": ""}


def _named(chapters: list[ChapterCount]) -> list[tuple[ChapterCount, list[tuple[KindCount, list]]]]:
    """Chapters with their kinds, whose cells are (state in words, number): on a phone each cell says its state."""

    def cells(kind: KindCount) -> list[tuple[dict[str, Any], int]]:
        return [(_state_of(kind.kind, key), number) for key, number in kind.cells]

    return [(chapter, [(kind, cells(kind)) for kind in chapter.kinds]) for chapter in chapters]


def _verdicts(chapters: list[ChapterCount], badges: dict[str, Badge]) -> list[dict]:
    """Indicators by verdict, for their own line and the legend: word, sign, look, number.

    Those of one verdict that are told apart in words are counted under the word of all.
    """
    found: dict[str, list[Badge | None]] = {}
    kinds = [kind for chapter in chapters for kind in chapter.kinds if kind.kind == Item.Kind.INDICATOR]
    for item, key in (pair for kind in kinds for pair in kind.items):
        found.setdefault(key, []).append(badges.get(item.code))
    rows = []
    for key, told in found.items():
        shared = told[0] if len({badge and badge.word for badge in told}) == 1 else None
        rows.append(_state_of(Item.Kind.INDICATOR, key, shared) | {"number": len(told)})
    return sorted(rows, key=lambda row: -row["number"])


def _rows(chapters: list[ChapterCount]) -> list[dict]:
    return [
        {
            "chapter": chapter.chapter.number,
            "chapter_title": chapter.chapter.title,
            "kind": kind.kind.value,
            "status": state,
            "number": number,
        }
        for chapter in chapters
        for kind in chapter.kinds
        for state, number in sorted(kind.counts.items())
    ]

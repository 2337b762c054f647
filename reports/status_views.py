"""The whole plan by state, as a page, a file and a treemap."""

from typing import Any

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from charts import tree
from charts.heat import shorten
from indicators.wording import LINEAR, linear_word
from plan.files import rows_file
from plan.models import Item, Plan
from plan.params import as_of_query
from plan.queries import get_plan, statuses_on
from plan.templatetags.site import STATUS_SIGNS
from reports.columns import STATUS
from reports.standing import ChapterCount, by_chapter


def status(request, slug, format=""):
    plan = get_plan(slug)
    chapters = _chapters(plan, request.as_of)
    if format:
        return rows_file(request, _rows(chapters), columns=STATUS, name=f"{slug}_status", format=format)
    tasks = [kind for chapter in chapters for kind in chapter.kinds if kind.kind != Item.Kind.INDICATOR]
    context = {
        "plan": plan,
        "chapters": chapters,
        "states": [_state_of("", key) for key in Item.Status.values],
        "indicators": _verdicts(chapters),
        "total": sum(chapter.total for chapter in chapters),
        "tasks": sum(kind.total for kind in tasks),
        "reported": sum(kind.reported for kind in tasks),
    }
    return render(request, "reports/status.html", context)


def figure(request, slug):
    """The treemap, as JSON for the browser: plan, chapters, kinds, commitments."""
    plan = get_plan(slug)
    chapters = _chapters(plan, request.as_of)
    query = as_of_query(request.as_of)
    total = sum(chapter.total for chapter in chapters)
    parts = [tree.Part("plan", "", f"{plan.short_label} ({total})", plan.label, "")]
    for chapter in chapters:
        name = chapter.chapter.number
        key = f"chapter-{name}"
        label = _("第 %(number)s 章") % {"number": name} if get_language() == "en" else chapter.chapter.title
        parts.append(tree.Part(key, "plan", f"{label} ({chapter.total})", label, ""))
        for kind in chapter.kinds:
            inner = f"{key}-{kind.kind}"
            label = f"{kind.kind.label} ({kind.total})"
            parts.append(tree.Part(inner, key, label, label, ""))
            parts += [_leaf(item, state, inner, slug, query) for item, state in kind.items]
    response = JsonResponse(tree.figure(parts))
    response["Content-Language"] = get_language()
    return response


def _chapters(plan: Plan, day) -> list[ChapterCount]:
    """Two queries, and what the readers of the day's states ask."""
    known = {code: row.status for code, row in statuses_on(plan, day).items()}
    items = plan.items.select_related("section").in_plan_order()
    return by_chapter(plan.sections.all(), items, known)


def _state_of(kind: str, key: str) -> dict[str, Any]:
    """Word, sign and look. `on_schedule` and `behind` are words of both lists: the kind says which."""
    if kind == Item.Kind.INDICATOR:
        badge = linear_word(key) if key in LINEAR else linear_word("no_data")
        return {"key": key, "word": badge.word, "sign": badge.sign, "look": badge.look}
    sign, look = STATUS_SIGNS.get(key, ("–", tree.UNSAID))
    return {"key": key, "word": str(dict(Item.Status.choices).get(key, key)), "sign": sign, "look": look}


def _leaf(item: Item, key: str, parent: str, slug: str, query: str) -> tree.Part:
    state = _state_of(item.kind, key)
    told = f"{item.code} {shorten(item.label, 60)}: {state['sign']} {state['word']}"
    return tree.Part(item.code, parent, shorten(item.label, 24), told, item.path(slug) + query, state["look"])


def _verdicts(chapters: list[ChapterCount]) -> list[dict]:
    """Indicators by verdict, for their own line: word, sign, look, number."""
    rows: dict[str, dict] = {}
    for chapter in chapters:
        for kind in chapter.kinds:
            for item, key in kind.items if kind.kind == Item.Kind.INDICATOR else ():
                rows.setdefault(key, _state_of(item.kind, key) | {"number": 0})["number"] += 1
    return sorted(rows.values(), key=lambda row: -row["number"])


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

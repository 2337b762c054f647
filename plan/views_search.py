"""Search over everything a reader may see of a plan."""

from django.shortcuts import render

from plan.models import Item
from plan.params import read_choice
from plan.queries import get_plan, show_day
from plan.readers import verdicts_on
from plan.searching import AT_MOST, EACH, HitGroup, find_everywhere, group_keys, near_words, split_words


def search(request, slug):
    """Substrings of any length, grouped by kind, in plan order, with the hits marked; as known on the day."""
    plan = get_plan(slug)
    asked = request.GET.get("q", "").strip()[:100]
    kind = read_choice(request.GET, "kind", group_keys(plan))
    words = split_words(asked)
    groups = find_everywhere(plan, words, request.as_of)
    shown = [group.cut(AT_MOST if kind else EACH) for group in groups if kind in ("", group.key)]
    _show_states(plan, shown, request.as_of)
    context = {
        "plan": plan,
        "words": asked,
        "kind": kind,
        "groups": groups,
        "shown": shown,
        "total": sum(group.total for group in groups),
        "at_most": AT_MOST,
        "kinds_of_items": Item.Kind.values,
        "near": near_words(plan, words) if words and not groups else [],
        "kinds": [] if groups else plan.kinds.choices,
    }
    return render(request, "plan/search.html", context)


def _show_states(plan, groups: list[HitGroup], day) -> None:
    """Gives the commitments shown the state they had on the day; an indicator its verdict."""
    items = [hit.row for group in groups for hit in group.hits if isinstance(hit.row, Item)]
    show_day(plan, [item for item in items if item.kind != Item.Kind.INDICATOR], day)
    if any(item.kind == Item.Kind.INDICATOR for item in items):
        verdicts = verdicts_on(plan, day)
        for item in items:
            item.verdict = verdicts.get(item.code)

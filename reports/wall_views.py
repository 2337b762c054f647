"""The wall (大屏): one page without interaction that turns its panels and refreshes itself."""

from collections import Counter

from django.shortcuts import render

from indicators.cards import card
from indicators.queries import overview
from plan.params import read_choice, read_number, today
from plan.queries import get_plan
from reports.queries import attention, latest_releases, stage, strips


def wall(request, slug):
    """The whole page, or with ?fragment=1 just its panels, which the page's script puts in place of the old.

    ?turn= and ?refresh= set the seconds a panel stays and the seconds between two readings.
    """
    plan = get_plan(slug)
    turn = read_number(request.GET, "turn", default=15, low=1, high=600)
    refresh = read_number(request.GET, "refresh", default=60, low=1, high=3600)
    is_fragment = read_choice(request.GET, "fragment", ("1",)) == "1"
    found = overview(plan, request.as_of)
    cards = [card(standing) for standing in found.standings]
    tabled = [shown for shown in cards if shown.indicator.in_table]
    groups = strips(plan, request.as_of)
    rows = [row for group in groups for row in group["rows"]]
    context = {
        "plan": plan,
        "turn": turn,
        "refresh": refresh,
        "is_past": request.as_of != today(),
        "counts": found.counts,
        "parts": found.component_counts,
        "words": _words(tabled),
        "tabled": tabled,
        "others": [shown for shown in cards if not shown.indicator.in_table],
        "elapsed": round(plan.elapsed(request.as_of) * 100),
        "stage": stage(plan, request.as_of),
        "attention": attention(found)[:6],
        "releases": latest_releases(plan, request.as_of),
        "groups": groups,
        "total": sum(row["total"] for row in rows),
        "reported": sum(row["reported"] for row in rows),
    }
    return render(request, "reports/_wall.html" if is_fragment else "reports/wall.html", context)


def _words(cards) -> list[tuple]:
    """Each word of the linear method with the number of indicators it was said of, most first."""
    badges = {shown.badge.word: shown.badge for shown in cards}
    return [(badges[word], number) for word, number in Counter(shown.badge.word for shown in cards).most_common()]

"""The overview: where the plan stands, on one screen."""

from django.shortcuts import render

from indicators.cards import card
from indicators.columns import WIDE
from indicators.queries import overview as read_overview
from plan.files import rows_file
from plan.queries import get_plan
from reports.queries import attention, latest_releases, stage, strips


def overview(request, slug):
    plan = get_plan(slug)
    found = read_overview(plan, request.as_of)
    cards = [card(standing) for standing in found.standings]
    words: dict[str, dict] = {}
    for shown in cards:
        if shown.indicator.in_table:
            entry = words.setdefault(shown.badge.word, {"badge": shown.badge, "number": 0})
            entry["number"] += 1
    context = {
        "plan": plan,
        "found": found,
        "tabled": [shown for shown in cards if shown.indicator.in_table],
        "others": [shown for shown in cards if not shown.indicator.in_table],
        "verdict_words": sorted(words.values(), key=lambda entry: -entry["number"]),
        "elapsed": round(plan.elapsed(request.as_of) * 100),
        "stage": stage(plan, request.as_of),
        "attention": attention(found),
        "releases": latest_releases(plan, request.as_of),
        "strips": strips(plan),
    }
    return render(request, "reports/overview.html", context)


def wide(request, slug, format):
    """Figures as analysts keep them: components down, years across."""
    # pandas takes a quarter of a second to import; only this file needs it.
    from reports.frames import wide_frame

    found = read_overview(get_plan(slug), request.as_of)
    frame = wide_frame(found)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    columns = {name: WIDE.get(name, name) for name in frame.columns}
    return rows_file(request, rows, columns=columns, name=f"{slug}_wide", format=format)

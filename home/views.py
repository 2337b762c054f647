"""Where a signed-in person lands: the next things to do, the news, the ways on."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.signin import PREVIOUS
from home import agenda, watching
from home import my_work as home_my_work
from plan.params import read_date, today
from plan.queries import get_plan

# With no more rows to do than that there is room for what is worth reading.
FEW = 4


@never_cache
def my_work(request, slug):
    """What the person's roles ask of them, with the first few of each; below little work, what is worth reading.

    Work is today's alone: on a past day everybody sees what there was to read.
    """
    plan = get_plan(slug)
    day = request.as_of
    works = day == today()
    groups = home_my_work.groups(plan, request.user, today=day) if works else []
    notices, unread = home_my_work.unread(request.user) if works else ([], 0)
    previous = request.session.get(PREVIOUS, "")
    # Choosing an earlier day keeps a later `since` in the address: then nothing has come since.
    chosen = min(read_date(request.GET, "since", day), day) if request.GET.get("since") else None
    rows = sum(len(group.lines) for group in groups)
    reading = []
    if rows <= FEW:
        reading = watching.reading_groups(plan, request.user, day=day, room=home_my_work.ROOM - rows)
    context = {
        "plan": plan,
        "panels": [panel for panel in (groups, reading) if panel],
        "nothing_open": not any(group.open for group in (*groups, *reading)),
        "notices": notices,
        "unread": unread,
        "since": home_my_work.since_last_visit(plan, previous, today=day, chosen=chosen),
        "coming": agenda.next_days(plan, request.user, day=day),
        "shortcuts": home_my_work.shortcuts(plan, request.user),
    }
    return render(request, "reports/my_work.html", context)

"""Where a signed-in person lands: the next things to do, the news, the ways on."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts import drafts
from accounts.models import Role
from accounts.signin import PREVIOUS
from home import agenda, to_do, watching
from indicators.headline import headline
from indicators.queries import overview
from plan.changes import Clock
from plan.params import read_choice, read_date, today
from plan.queries import first_plan, get_plan
from updates.due import Reporting

# With no more rows to do than that there is room for what is worth reading.
FEW = 4
# Where the bare address leads: each administrator to their own page, everybody else signed in to 我的工作.
ADMINISTRATION = {
    Role.SYSTEM_ADMIN: "accounts:people",
    Role.SECURITY_ADMIN: "accounts:roles",
    Role.AUDIT_ADMIN: "audit",
}


def landing(request):
    """The bare address leads to the default plan: readers to the overview, who has signed in to what is next.

    On a site without a plan it leads to the list of them, which says how one comes.
    """
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    roles = request.user.roles if request.user.is_authenticated else frozenset()
    for role, name in ADMINISTRATION.items():
        if role in roles:
            return redirect(name)
    slug = first_plan()
    if not slug:
        return redirect("plans")
    name = "my_work" if request.user.is_authenticated else "overview"
    return redirect(reverse(name, args=[slug]) + query)


@never_cache
def my_work(request, slug):
    """What the person's roles ask of them, with the first few of each; below little work, what is worth reading.

    Work is today's alone: on a past day everybody sees what there was to read.
    """
    try:
        plan = get_plan(slug)
    except Http404:
        if first_plan():
            raise
        return redirect("plans")
    day = request.as_of
    works = day == today()
    reporting = Reporting(plan)
    groups = to_do.groups(plan, request.user, today=day, reporting=reporting) if works else []
    notices, unread = to_do.unread(request.user) if works else ([], 0)
    previous = request.session.get(PREVIOUS, "")
    # Choosing an earlier day keeps a later `since` in the address: then nothing has come since.
    chosen = min(read_date(request.GET, "since", day), day) if request.GET.get("since") else None
    clock = read_choice(request.GET, "clock", Clock.values)
    rows = sum(len(group.lines) for group in groups)
    reading = []
    if rows <= FEW:
        room = to_do.ROOM - rows
        reading = watching.reading_groups(plan, request.user, day=day, room=room, reporting=reporting)
    context = {
        "plan": plan,
        "headline": headline(overview(plan, day)),
        "panels": [panel for panel in (groups, reading) if panel],
        "nothing_open": not any(group.open for group in (*groups, *reading)),
        "drafts": drafts.waiting(request.user)[: to_do.ROOM] if works else [],
        "notices": notices,
        "unread": unread,
        "since": to_do.since_last_visit(plan, previous, today=day, chosen=chosen, clock=clock),
        "clocks": Clock.choices,
        "coming": agenda.next_days(plan, request.user, day=day),
        "shortcuts": to_do.shortcuts(plan, request.user),
    }
    return render(request, "home/my_work.html", context)

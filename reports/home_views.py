"""Where a signed-in person lands: the next things to do, the news, the ways on."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.signin import PREVIOUS
from plan.params import today
from plan.queries import get_plan
from reports import mywork


@never_cache
def my_work(request, slug):
    """What the person's roles ask of them, with the first few of each."""
    plan = get_plan(slug)
    day = today()
    notices, unread = mywork.unread(request.user)
    context = {
        "plan": plan,
        "groups": mywork.groups(plan, request.user, today=day),
        "notices": notices,
        "unread": unread,
        "since": mywork.since_last_visit(plan, request.session.get(PREVIOUS, ""), today=day),
        "shortcuts": mywork.shortcuts(plan, request.user),
    }
    return render(request, "reports/my_work.html", context)

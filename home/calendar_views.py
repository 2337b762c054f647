"""One's own calendar: a program that cannot sign in reads it at an address that holds a token of its own scope."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import ApiToken, User
from accounts.tokens import find_token, note_use
from dashboard.calendar import CONTENT_TYPE, Due, calendar_of, dues_of
from home.agenda import next_days
from plan.models import Plan


@require_safe
def calendar(request, secret):
    """What is due of the holder's unit, and the days that matter to him; 404 for every other token."""
    day = timezone.localdate()
    token = find_token(secret, today=day)
    if token is None or token.scope != ApiToken.Scope.CALENDAR:
        raise Http404(_("没有这个日历，或它的令牌已停用"))
    note_use(token, now=timezone.now())
    dues = [
        (plan, due)
        for plan in Plan.objects.select_related("source").order_by("starts_on", "slug")
        for due in _own(plan, token.user, day)
    ]
    site = request.build_absolute_uri("/").rstrip("/")
    name = _("规划跟踪：%(name)s") % {"name": token.user.name or token.user.get_username()}
    response = HttpResponse(calendar_of(name, dues, site), content_type=CONTENT_TYPE)
    add_never_cache_headers(response)
    return response


def _own(plan: Plan, person: User, day) -> list[Due]:
    found = dues_of(plan, person.organisation, day) if person.organisation else []
    for row in next_days(plan, person, day=day):
        words = "：".join(filter(None, [row.words, row.said]))
        found.append(Due(row.day, words, row.url, f"day/{row.day}/{row.url}/{words}"))
    return found

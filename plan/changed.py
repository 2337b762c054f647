"""When what a request asks of a plan changed last: what Last-Modified says and If-Modified-Since asks.

Every write that can change a page raises the plan's version, and keeps the moment beside it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from plan.days import start_of
from plan.models import Plan

# Another release of the product may say the same in another form.
STARTED = timezone.now()


class PlanFacts(NamedTuple):
    slug: str
    is_demo: bool
    changed_at: datetime


def note_plan(request, plan: Plan) -> None:
    """Keeps what a view has read of its plan, so that nobody asks again."""
    request._plan_facts = [PlanFacts(plan.slug, plan.is_demo, plan.changed_at)]


def plans_of(request) -> list[PlanFacts]:
    """The plans an answer may speak of: that of its address, or all where it names none. One query a request."""
    if not hasattr(request, "_plan_facts"):
        match = getattr(request, "resolver_match", None)
        slug = match.kwargs.get("slug") if match else None
        rows: Iterable = Plan.objects.filter(**({"slug": slug} if slug else {})).order_by("slug")
        request._plan_facts = [PlanFacts(*row) for row in rows.values_list("slug", "is_demo", "changed_at")]
    return request._plan_facts


def last_modified(request) -> int | None:
    """The second of the last change, for whoever reads without a session; None where no moment can be named.

    An answer without a day is today's, so each day is a change. A change counts from the second after its own: who
    was answered earlier in that one, and asks by the time of the answer, has not seen it.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES or not (plans := plans_of(request)):
        return None
    midnight = start_of(timezone.localdate())
    moment = int(max(midnight, STARTED, *(plan.changed_at for plan in plans)).timestamp()) + 1
    return moment if moment <= timezone.now().timestamp() else None


def with_validators(request, response: HttpResponse, *, etag: str | None, moment: int | None) -> HttpResponse:
    """The answer with what it can be asked for again by, or that it is the same as was asked for last."""
    if etag:
        response["ETag"] = etag
    if moment:
        response["Last-Modified"] = http_date(moment)
    elif response.has_header("Last-Modified"):  # a feed's own is the day of its newest entry
        del response["Last-Modified"]
    return get_conditional_response(request, etag=etag, last_modified=moment, response=response) or response

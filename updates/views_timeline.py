"""The time lines as JSON for the browser (static/js/plots.js); the tables of the pages say the same."""

from django.http import Http404, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plan.params import as_of_query
from plan.queries import get_item, get_plan, parts_of, strips_of
from plan.views import narrowed
from updates.timeline import figure, rows_below, time_table


def item_timeline(request, slug, code):
    plan = get_plan(slug)
    item = get_item(plan, code)
    parts = parts_of(item)
    every = [row for part in parts for row in (part, *part.parts)]
    return _answer(request, plan, time_table(plan, rows_below(item, every), request.as_of))


def list_timeline(request, slug, kind):
    """Of what the list shows: the same address parameters narrow it."""
    plan = get_plan(slug)
    if kind not in plan.kinds.parts:
        raise Http404(_("没有这一类的时间线"))
    _wish, strips = narrowed(request, plan, strips_of(plan, kind, request.as_of))
    parts = [part for strip in strips for part in strip["parts"]]
    return _answer(request, plan, time_table(plan, parts, request.as_of, only_told=True))


def _answer(request, plan, table) -> JsonResponse:
    response = JsonResponse(figure(plan, table, request.as_of, as_of_query(request.as_of)))
    response["Content-Language"] = get_language()
    return response

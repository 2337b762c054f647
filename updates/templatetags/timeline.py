"""The time line on the page of a commitment, and on a list of them."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from plan.badges import MILESTONE
from plan.models import Item
from updates.timeline import TimelineEntry, rows_below, time_table

register = template.Library()


@register.inclusion_tag("updates/_timeline.html", takes_context=True)
def item_timeline(context, item: Item):
    """Milestones of the item and of everything below it, which the page has read as `every`."""
    table = time_table(context["plan"], rows_below(item, context["every"]), context["request"].as_of)
    address = reverse("updates:timeline", args=[context["plan"].slug, item.code])
    return _shown(context, table, address) | {"item": item}


@register.inclusion_tag("updates/_timeline.html", takes_context=True)
def list_timeline(context, kind, parts: list[Item]):
    """Milestones of the parts of a list, as its address narrows it; nothing of those without any."""
    table = time_table(context["plan"], parts, context["request"].as_of, only_told=True)
    return _shown(context, table, reverse("updates:list_timeline", args=[context["plan"].slug, kind]))


@register.inclusion_tag("_components/badge.html")
def late_badge(line: TimelineEntry):
    """Whether a milestone was kept, as a badge."""
    if line.days:
        return {"badge": MILESTONE["late"].badge(line.late_words)}
    if line.state == "done":
        return {"badge": MILESTONE["done"].badge(_("按期"))}
    return {"badge": MILESTONE["to_come"].badge(_("未到期"))}


def _shown(context, table, address: str) -> dict:
    request = context["request"]
    query = request.GET.urlencode()
    return {
        "plan": context["plan"],
        "request": request,
        "as_of": context.get("as_of"),
        "day": request.as_of,
        "table": table,
        "address": f"{address}?{query}" if query else address,
    }

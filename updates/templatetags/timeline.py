"""The time line on the page of a commitment."""

from django import template

from plan.models import Item
from updates.timeline import time_table

register = template.Library()


@register.inclusion_tag("updates/_timeline.html", takes_context=True)
def item_timeline(context, item: Item):
    """Milestones of the item and of everything below it; nothing where no report states one."""
    day = context["request"].as_of
    return {
        "plan": context["plan"],
        "request": context["request"],
        "as_of": context.get("as_of"),
        "item": item,
        "day": day,
        "table": time_table(item, day),
    }

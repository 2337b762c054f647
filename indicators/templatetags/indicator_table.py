"""Links of the indicators' table: the same choice with one thing changed, the day kept."""

from django import template
from django.urls import reverse

from plan.templatetags.site import query_as_of

register = template.Library()


@register.simple_tag(takes_context=True)
def choice_url(context, **changed):
    """Address of the table with the page's choice and these changes."""
    choice = context["choice"]
    query = query_as_of(context, **choice.query(**changed))
    return reverse("indicators:index", args=[context["plan"].slug]) + query


@register.inclusion_tag("indicators/_sort_head.html", takes_context=True)
def sort_head(context, key, label, kind=""):
    """A column heading that sorts; chosen once more it turns the order round."""
    choice = context["choice"]
    is_here = choice.sort_key == key
    turned = f"-{key}" if is_here and not choice.is_reversed else key
    return {
        "key": key,
        "label": label,
        "kind": kind,
        "url": choice_url(context, sort=turned),
        "order": ("descending" if choice.is_reversed else "ascending") if is_here else "",
    }

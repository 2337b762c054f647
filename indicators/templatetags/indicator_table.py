"""Links of the indicators' table: its choice with one thing changed, the day kept; where numbers come from."""

from django import template
from django.urls import reverse

from indicators.shown.filters import FILTERS
from plan.links import item_url, query_as_of

register = template.Library()


@register.simple_tag(takes_context=True)
def choice_url(context, **changed):
    """Address of the table with the page's choice and these changes."""
    choice = context["choice"]
    query = query_as_of(context, **choice.query(**changed))
    return reverse("indicators:index", args=[context["plan"].slug]) + query


@register.simple_tag(takes_context=True)
def without(context, name=""):
    """The same choice without one of its filters, or without all."""
    return choice_url(context, **dict.fromkeys([name] if name else FILTERS, ""))


@register.simple_tag(takes_context=True)
def files_query(context, **extra):
    """The query of the files that hold the rows of the page's filters."""
    return query_as_of(context, **context["choice"].filters, **extra)


@register.simple_tag(takes_context=True)
def release_url(context, row, anchor):
    """A place on the page of a row's indicator: the release of a figure, or the steps of its verdict."""
    return f"{item_url(context, row.card.indicator)}#{anchor}"


@register.simple_tag(takes_context=True)
def target_url(context, row):
    """The plan's sentence a target stands in; a revised one is told with its act on the indicator's page."""
    if row.shown.part.target.version != 1:
        return release_url(context, row, f"target-{row.shown.part.target.pk}")
    text = reverse("plan:text", args=[context["plan"].slug])
    return f"{text}{query_as_of(context)}#{row.card.indicator.paragraph.anchor}"


@register.inclusion_tag("indicators/_sort_head.html", takes_context=True)
def sort_head(context, key, label, kind=""):
    """A column heading that sorts; chosen once more it turns the order round."""
    choice, key = context["choice"], str(key)
    is_here = choice.sort_key == key
    turned = f"-{key}" if is_here and not choice.is_reversed else key
    return {
        "key": key,
        "label": label,
        "kind": kind,
        "url": choice_url(context, sort=turned),
        "order": ("descending" if choice.is_reversed else "ascending") if is_here else "",
    }

"""The figures of a retired indicator, on the page that still shows it."""

from django import template

from indicators.models import Observation

register = template.Library()


@register.inclusion_tag("indicators/_kept_figures.html")
def kept_figures(item):
    """Approved figures of an indicator's components, retired ones too; nothing for any other item."""
    rows = Observation.objects.filter(component__indicator=item.pk, state=Observation.State.APPROVED)
    order = ("component__order", "component__code", "year", "released_on", "id")
    return {"figures": rows.select_related("component__indicator", "source").order_by(*order)}

"""A term with its explanation on hover and focus: {% term "linear_time" %}; {{ number|as_float }}."""

from django import template
from django.urls import reverse

from indicators.shown.glossary import GLOSSARY
from plan.links import query_as_of

register = template.Library()


@register.inclusion_tag("_components/term.html", takes_context=True)
def term(context, key, text=""):
    """The term (or other words for it) as a link to the methods page, which opens its explanation."""
    word, explained = GLOSSARY[key]
    plan, request = context.get("plan"), context["request"]
    # Two of the same term on a page need two ids.
    request.terms_shown = getattr(request, "terms_shown", 0) + 1
    address = f"{reverse('indicators:methods', args=[plan.slug])}{query_as_of(context)}" if plan else ""
    return {
        "word": text or word,
        "explained": explained,
        "id": f"term-{request.terms_shown}",
        "url": f"{address}#term-{key}",
    }


@register.filter
def as_float(value):
    """An exact number for a script to sort by."""
    return repr(float(value))

"""Ways on from pages that stand outside of a plan: errors, refusals."""

from django import template
from django.conf import settings
from django.db import Error
from django.urls import reverse

from accounts.wording import PERMISSION_WORDS
from plan.queries import first_plan

register = template.Library()


@register.simple_tag(takes_context=True)
def address_of_plan(context, name: str) -> str:
    """A page of the plan that the address stands under; of the first one where it stands under none.

    Nothing on a site without a plan.
    """
    plan = context.get("plan")
    slug = plan.slug if plan else _first_plan(context)
    return reverse(name, args=[slug]) if slug else ""


def _first_plan(context) -> str:
    """Asked for once a page; a page that says the database is away must not ask it."""
    kept = context.render_context
    if "first_plan" not in kept:
        try:
            kept["first_plan"] = first_plan()
        except Error:
            kept["first_plan"] = settings.DEFAULT_PLAN
    return kept["first_plan"]


@register.simple_tag(takes_context=True)
def overview_address(context) -> str:
    return address_of_plan(context, "overview")


@register.simple_tag
def permission_word(reason) -> str:
    """What a refused address asks for, in words; empty for reasons that are no permission."""
    return PERMISSION_WORDS.get(str(reason), "")

"""Ways on from pages that stand outside of a plan: errors, refusals."""

from django import template
from django.conf import settings
from django.urls import reverse

from accounts.wording import PERMISSION_WORDS

register = template.Library()


@register.simple_tag(takes_context=True)
def address_of_plan(context, name: str) -> str:
    """A page of the plan that the address stands under; of the default one where it stands under none."""
    plan = context.get("plan")
    return reverse(name, args=[plan.slug if plan else settings.DEFAULT_PLAN])


@register.simple_tag(takes_context=True)
def overview_address(context) -> str:
    return address_of_plan(context, "overview")


@register.simple_tag
def permission_word(reason) -> str:
    """What a refused address asks for, in words; empty for reasons that are no permission."""
    return PERMISSION_WORDS.get(str(reason), "")

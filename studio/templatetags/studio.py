"""{% load studio %}: a value of a table by a key that a template knows by name only."""

from django import template

from plan.badges import PLAN_DRAFT
from studio.models import PlanDraft

register = template.Library()


@register.filter
def of(table, key):
    return table.get(key, key)


@register.inclusion_tag("_components/badge.html")
def draft_state(draft: PlanDraft):
    return {"badge": PLAN_DRAFT[draft.state].badge(draft.get_state_display())}

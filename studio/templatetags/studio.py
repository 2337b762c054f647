"""{% load studio %}: a value of a table by a key that a template knows by name only."""

from datetime import timedelta

from django import template
from django.utils import timezone

from plan.badges import PLAN_DRAFT
from studio.models import PlanDraft

register = template.Library()


@register.filter
def of(table, key):
    return table.get(key, key)


# Whoever took a step so lately is taken to be at work.
AT_WORK = timedelta(minutes=15)


@register.simple_tag(takes_context=True)
def others_at_work(context, draft: PlanDraft) -> list:
    """The latest step of each other person who worked on the draft just now, so that two know of each other."""
    since = timezone.now() - AT_WORK
    steps = draft.steps.filter(at__gte=since).exclude(by=context["request"].user).select_related("by")
    return list({step.by_id: step for step in reversed(steps)}.values())


@register.inclusion_tag("_components/badge.html")
def draft_state(draft: PlanDraft):
    return {"badge": PLAN_DRAFT[draft.state].badge(draft.get_state_display())}

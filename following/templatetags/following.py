"""{% load following %}: the button that follows a commitment or a unit, for whoever has signed in."""

from django import template

from following.queries import follow_of
from plan.params import today

register = template.Library()


@register.inclusion_tag("following/_button.html", takes_context=True)
def follow_button(context, what, named):
    """`named`: the field that names it, item or unit. Nothing on a page of a past day."""
    request, plan = context["request"], context["plan"]
    shown = request.user.is_authenticated and getattr(request, "as_of", today()) == today()
    return {
        "shown": shown,
        "followed": shown and follow_of(request.user, plan, what) is not None,
        "plan": plan,
        "named": named,
        "what": what,
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }

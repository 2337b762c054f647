"""The inbox in the frame of every page."""

from django import template

from notices.models import Notice

register = template.Library()


@register.simple_tag
def unread_notices(person) -> int:
    """How many notices somebody signed in has not read: one query, none where the page counted them itself."""
    if (counted := getattr(person, "unread_notices", None)) is not None:
        return counted
    return Notice.objects.in_inbox_of(person).unread().count()

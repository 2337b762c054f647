"""Filters of the pages about people, and what their scripts know of the session."""

from django import template

register = template.Library()


@register.filter
def of(table, key):
    """The entry of a table under a key that is itself a variable."""
    return table.get(key, "")


@register.simple_tag(takes_context=True)
def seconds_left(context) -> int:
    """How long the session of this page goes on without anybody doing anything."""
    return context["request"].session.seconds_left(is_used=True)

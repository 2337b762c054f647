"""Filters of the pages about people."""

from django import template

register = template.Library()


@register.filter
def of(table, key):
    """The entry of a table under a key that is itself a variable."""
    return table.get(key, "")

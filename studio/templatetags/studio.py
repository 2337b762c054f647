"""{% load studio %}: a value of a table by a key that a template knows by name only."""

from django import template

register = template.Library()


@register.filter
def of(table, key):
    return table.get(key, key)

"""{% load handing %}: what somebody has in hand, for pages of rooms below."""

from django import template

from home.open_work import open_counts, open_things

register = template.Library()


@register.simple_tag
def in_hand(person):
    """How many of each kind of work somebody has in hand: (kind, number)."""
    return open_counts(person)


@register.simple_tag
def things_in_hand(person):
    """The same, one by one."""
    return open_things(person)

"""Addresses that keep the day of the page they stand on; `context` is a template's."""

from typing import Any
from urllib.parse import urlencode

from plan.params import day_pairs


def day_of(context) -> dict[str, str]:
    """What keeps the chosen day in an address: `as_of` and `known_by`; nothing where it is today's."""
    day = context.get("as_of")
    return {} if day is None else day_pairs(day)


def query_as_of(context, **extra: Any) -> str:
    """The query string that keeps the as-of day, or nothing."""
    pairs = {key: value for key, value in extra.items() if value}
    pairs |= day_of(context)
    return f"?{urlencode(pairs)}" if pairs else ""


def item_url(context, item) -> str:
    """Address of an item within the page's plan: no query per link."""
    return f"{item.path(context['plan'].slug)}{query_as_of(context)}"

"""Addresses that keep the day of the page they stand on; `context` is a template's."""

from typing import Any
from urllib.parse import urlencode

from plan.params import today


def day_of(context) -> str:
    """The chosen day when it is not today's, else nothing."""
    day = context.get("as_of")
    return "" if day is None or day == today() else day.isoformat()


def query_as_of(context, **extra: Any) -> str:
    """The query string that keeps the as-of day, or nothing."""
    pairs = {key: value for key, value in extra.items() if value}
    if day := day_of(context):
        pairs["as_of"] = day
    return f"?{urlencode(pairs)}" if pairs else ""


def item_url(context, item) -> str:
    """Address of an item within the page's plan: no query per link."""
    return f"{item.path(context['plan'].slug)}{query_as_of(context)}"

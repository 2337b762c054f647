"""How cells of a report are shown before they are a file."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django import template

from plan.csvfile import guard

register = template.Library()
LONGEST = 60


class Cell(NamedTuple):
    text: str
    is_number: bool


@register.filter
def report_cell(value: Any) -> Cell:
    """A value as the file will have it, cut to what a line of a table holds."""
    if isinstance(value, Decimal | int):
        return Cell(str(guard(value)), True)
    if isinstance(value, list):
        value = "、".join(value)
    text = value.isoformat() if isinstance(value, date) else str(value or "")
    return Cell(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…", False)

"""One cell of a file of text: how a number, a day, a list and a text are written, and read back.

Numbers and days stay what they are up to here; only text can be a formula, so only text is guarded.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from judging.decimals import plain

# A text cell that begins with one of these runs as a formula in a spreadsheet; the full-width signs do so where
# Chinese or Japanese is the language of the spreadsheet.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# Apostrophes before a mark count as well: else '=x and =x would be written as the same cell.
MARKED = f"'*[{''.join(re.escape(mark) for mark in FORMULA_MARKS)}]"
_MARKED = re.compile(MARKED)


def guard(value: Any) -> Any:
    """A cell as written: text that a spreadsheet would run gets an apostrophe, None is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if _MARKED.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, list):
        return guard("、".join(value))
    return value


def unguard(text: str) -> str:
    """Takes the apostrophe of `guard` off again: unguard(guard(text)) == text for every text."""
    return text[1:] if text.startswith("'") and _MARKED.match(text) else text


def moment_text(moment: datetime) -> str:
    """A moment in the site's own time zone, to the second, with its difference from UTC."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def json_value(value: Any) -> Any:
    """A value for JSON: numbers that are no whole ones as plain decimal strings, so that no reader rounds them."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Promise) else value

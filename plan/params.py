"""Parameters of pages, exports and API calls: read in one place, refused by name."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.translation import gettext as _

FIRST_DAY = date(2000, 1, 1)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]*")


class BadParameter(Exception):
    """A request parameter that cannot be used; becomes a 400 that names it."""

    def __init__(self, name: str, value: str, expected: str):
        super().__init__(f"{name}={value}: {expected}")
        self.name, self.value, self.expected = name, value[:100], expected


def today() -> date:
    """The day in the site's time zone."""
    return timezone.localdate()


def as_of_query(day: date) -> str:
    """The query string that keeps a day, for addresses made outside of templates; nothing for today."""
    return "" if day == today() else f"?as_of={day.isoformat()}"


def read_date(params, name: str, default: date) -> date:
    """A day as YYYY-MM-DD, not before 2000 and not after today (nothing is known of tomorrow)."""
    text = params.get(name, "")
    if not text:
        return default
    try:
        # Python reads weeks as well, and digits of any script.
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise BadParameter(name, text, _("应为 YYYY-MM-DD 格式的日期，例如 2023-06-30"))
    if not FIRST_DAY <= day <= today():
        raise BadParameter(name, text, _("应在 %(first)s 与今天之间") % {"first": FIRST_DAY.isoformat()})
    return day


def read_choice(params, name: str, choices: Iterable[str], default: str = "") -> str:
    """One of the listed words, or the default when the parameter is absent."""
    text = params.get(name, "")
    if not text:
        return default
    if text not in (allowed := list(choices)):
        raise BadParameter(name, text, _("应为其中之一：%(choices)s") % {"choices": _("、").join(allowed)})
    return text


def read_number(params, name: str, *, default: int, low: int, high: int) -> int:
    text = params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise BadParameter(name, text, _("应为 %(low)s 到 %(high)s 的整数") % {"low": low, "high": high})
    return int(text)


def read_text(params, name: str) -> str:
    """What was typed, without the NUL characters that are no text and that PostgreSQL does not take."""
    return params.get(name, "").replace("\0", "")


def read_keys(params, name: str) -> list[int]:
    """The ticked rows' numbers; what is no number a database could hold is left out."""
    return [int(text) for text in params.getlist(name) if text.isascii() and text.isdigit() and len(text) < 18]


def read_decimal(params, name: str) -> Decimal:
    """A finite number below 1e22 in plain digits; required."""
    text = params.get(name, "").strip()
    try:
        number = Decimal(text) if len(text) <= 40 and PLAIN_NUMBER.fullmatch(text) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 22:
        raise BadParameter(name, text, _("应为数字，不带单位和百分号"))
    return number


def refuse_nul(params) -> None:
    """A NUL character is no text, and PostgreSQL takes none."""
    for name, values in params.lists():
        if any("\0" in value for value in values):
            raise BadParameter(name.replace("\0", ""), "NUL", _("不能含有空字符"))

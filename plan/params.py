"""Parameters of pages, exports and API calls: read in one place, refused by name."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from plan.days import day_facts, with_knowledge
from texts.cleaning import LONGEST, RefusedText, clean_text, kept_text
from texts.forms import explain, too_long
from texts.names import nearest_sure
from texts.numbers import whole_number
from texts.parameters import BadParameter, page_of, read_number

__all__ = ["BadParameter", "page_of", "read_number"]

FIRST_DAY = date(2000, 1, 1)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST_EDITION = 999_999_999
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]*")


def today() -> date:
    """The day in the site's time zone."""
    return timezone.localdate()


def day_pairs(day: date) -> dict[str, str]:
    """What an address says to keep a day; nothing for today."""
    return {} if day == today() else day_facts(day)


def as_of_query(day: date) -> str:
    """The query string that keeps a day, for addresses made outside of templates; nothing for today."""
    pairs = day_pairs(day)
    return f"?{urlencode(pairs)}" if pairs else ""


def read_day(params, default: date) -> date:
    """The day of a page: what was public by `as_of` and, where `known_by` is given, known here by that."""
    known_by = read_date(params, "known_by", None)
    return with_knowledge(read_date(params, "as_of", known_by or default), known_by)


def hold_names(params, names: Iterable[str], *, several: Iterable[str] = ()) -> None:
    """Holds the names of a query to those that are read; `several` may be given more than one value.

    Raises BadParameter for the first of another name, with the nearest that there is, and for one that is given
    two values where one is read: whichever of them counted, the other would be passed over.
    """
    names = tuple(names)
    for name, values in params.lists():
        if name not in names:
            raise BadParameter(name, params[name], _unknown(name, names))
        if len(set(values)) > 1 and name not in several:
            said = _("只能给一个值，这里有 %(number)s 个；请只留一个") % {"number": len(set(values))}
            raise BadParameter(name, _("、").join(values), said)


def _unknown(name: str, names: tuple[str, ...]) -> str:
    listed = _("、").join(names)
    if near := nearest_sure(name, names):
        return _("这里没有这个参数，最接近的是 %(near)s；可用：%(names)s") % {"near": near, "names": listed}
    return _("这里没有这个参数；可用：%(names)s") % {"names": listed}


def read_date(params, name: str, default: Any) -> Any:
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


def read_act(params, name: str, choices: Iterable[str]) -> str:
    """What is to be done, one of the listed words. Raises BadParameter where nothing says it: none is usual."""
    allowed = list(choices)
    if not (act := read_choice(params, name, allowed)):
        raise BadParameter(name, "", _("没有说要做什么，因此什么也没有做"))
    return act


def read_edition(params) -> int:
    """The edition of a row that a form was filled in from; 0, which no row has, where it says none."""
    return read_number(params, "edition", default=0, low=0, high=LARGEST_EDITION)


def read_keys(params, name: str) -> list[int]:
    """The ticked rows' numbers; what is no number a database could hold is left out."""
    return [key for text in params.getlist(name) if (key := whole_number(text)) is not None]


def read_pairs(params, name: str) -> list[tuple[int, int]]:
    """Ticked rows as key:edition, so that a row changed since the page was made is noticed."""
    pairs = []
    for text in params.getlist(name):
        key, _colon, edition = text.partition(":")
        pair = whole_number(key), whole_number(edition, high=LARGEST_EDITION)
        if None in pair:
            raise BadParameter(name, text, _("应为编号与版本，例如 12:3"))
        pairs.append(pair)
    return pairs


class Look(NamedTuple):
    """What somebody found of a row looked at by itself: its tick, and in words. One counts only with the other."""

    is_ticked: bool
    said: str

    @property
    def is_half(self) -> bool:
        return self.is_ticked != bool(self.said)


def read_looks(params) -> dict[int, Look]:
    """The looks at single rows (looked-12, why-12), by key; where neither was given there is none."""
    found = {}
    for name in params:
        before, _dash, number = name.partition("-")
        key = whole_number(number) if before in ("looked", "why") else None
        if key is not None:
            found[key] = Look(f"looked-{key}" in params, read_text(params, f"why-{key}").strip())
    return {key: look for key, look in found.items() if look.is_ticked or look.said}


def found_by(looks: Mapping[int, Look]) -> dict[int, str]:
    """What was found, in words, by key: of the rows that were ticked as well."""
    return {key: look.said for key, look in looks.items() if look.is_ticked and look.said}


def read_text(params, name: str, *, limit: int = LONGEST) -> str:
    """What was typed in several lines, by the rule of `texts.cleaning`, at most `limit` characters."""
    try:
        text = clean_text(params.get(name, ""), lines=True)
    except RefusedText as error:
        raise BadParameter(name, f"U+{ord(error.character):04X}", explain(error)) from error
    if len(text) > limit:
        raise BadParameter(name, text, too_long(limit, len(text)))
    return text


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


def clean_query(params: QueryDict) -> QueryDict:
    """The parameters of an address by the rule of `texts.cleaning`; the same object where nothing was to mend."""
    cleaned = QueryDict(mutable=True)
    for name, values in params.lists():
        try:
            cleaned.setlist(name, [clean_text(value, lines=False) for value in values])
        except RefusedText as error:
            shown = f"U+{ord(error.character):04X}"
            raise BadParameter(kept_text(name, lines=False), shown, explain(error)) from error
    return params if cleaned == params else cleaned

"""Small words that many pages say: numbers as stored, how late something is."""

import re
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from texts.publishers import in_english

# Between two characters of Chinese.
BLANK = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")


def plain_number(value: Decimal | None) -> str:
    """A stored decimal for people: thousands grouped, no trailing zeros."""
    if value is None:
        return "—"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(number: str) -> str:
    """A number with its per cent sign: set apart in Chinese, closed up in English."""
    return _("%(number)s %%") % {"number": number}


def publisher_name(name: str) -> str:
    """A publisher in the reader's language where it has a name in it, else as it publishes."""
    is_chinese = (get_language() or "").startswith("zh")
    return name if is_chinese else in_english(name) or name


def publisher_of(source) -> str:
    """Who published a source, in the reader's language; its title where nobody is named."""
    return publisher_name(source.publisher) or source.title


def closed_up(text: str) -> str:
    """A sentence with figures put into it, which may end in words: no blank between two words of Chinese."""
    return BLANK.sub("", text)


class RankUnit(str):
    """The unit of a place in an order, which is told apart from that many of something: 第 1 位, not 1 位."""


def measured(number: str, unit: str) -> str:
    """A number with its unit: 2,413.11 亿元, 2.65 %, 第 1 位."""
    if is_place(number, unit):
        return _("第 %(number)s 位") % {"number": number}
    return percent(number) if unit == "%" else f"{number} {unit}"


def as_place(number: str, unit: str) -> str:
    """A number whose unit is told apart from it: of a rank the place, which needs none."""
    return measured(number, unit) if is_place(number, unit) else number


def is_place(number: str, unit: str) -> bool:
    """A bound, ≤ 3, and a dash for nothing are no places."""
    return isinstance(unit, RankUnit) and re.match("[0-9]", number) is not None


def overdue_words(days: int) -> str:
    """How long something has been waited for, in days."""
    return ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", days) % {"n": days}


def late_words(days: int, *, is_done: bool) -> str:
    """How late something came or, not done yet, is; empty when it is not."""
    if days <= 0:
        return ""
    if is_done:
        return ngettext("晚 %(n)s 天", "晚 %(n)s 天", days) % {"n": days}
    return overdue_words(days)

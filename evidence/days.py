"""Days of which sometimes only the month or the year is printed: read, kept and said. Pure.

`2024-05-01`, `2024-05` and `2024` are the three ways of keeping one; 2024/5/1, 2024.5, 2024年5月1日, 20240501
and wide digits are read as well. A day that is not given is not made up: the first day of the month or year stands
for it with a word that says so, and pages show what was printed.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date
from typing import NamedTuple

DAY, MONTH, YEAR = "day", "month", "year"
_WRITTEN = (
    re.compile(r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?", re.ASCII),
    re.compile(r"(\d{4}) ?(年)(?: ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?)?", re.ASCII),
    re.compile(r"(\d{4})()(\d{2})(\d{2})", re.ASCII),
)


class RoughDay(NamedTuple):
    """The first day that may be meant, and how much of it was printed."""

    first: date
    precision: str

    @property
    def last(self) -> date:
        """The last day that may be meant."""
        return last_of(self.first, self.precision)


def read_rough(text: str) -> RoughDay:
    """A day as written; raises ValueError for what is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = next(filter(None, (written.fullmatch(plain) for written in _WRITTEN)), None)
    if found is None:
        raise ValueError(text)
    year, _sign, month, day = found.groups()
    return RoughDay(date(int(year), int(month or 1), int(day or 1)), DAY if day else MONTH if month else YEAR)


def last_of(first: date, precision: str) -> date:
    """The last day of what was printed: a statement known by its month alone was surely known by then."""
    if precision == YEAR:
        return first.replace(month=12, day=31)
    if precision == MONTH:
        return first.replace(day=monthrange(first.year, first.month)[1])
    return first


def as_printed(day: date, precision: str) -> str:
    """What was printed of a day: 2024-05-01, 2024-05 or 2024."""
    return day.isoformat()[: {YEAR: 4, MONTH: 7}.get(precision, 10)]

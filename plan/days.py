"""A day with two clocks: what was public by it, and what of that had been entered and approved here by another.

A page's day is handed down as a date. Where the address says `known_by` as well, it is a `Day`, a date that knows
what was known: all that reads figures and targets by a day (`indicators/known.py`) looks at both, and nothing
between has to pass a second parameter on.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

# Years that a plan, and what is asked of its figures, may lie in; and how many years one plan may go over.
FIRST_YEAR, LAST_YEAR = 1949, 2100
LONGEST_PERIOD = 30


def is_sensible(day: date) -> bool:
    """Whether a day's year is one that a plan may speak of."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def is_too_long(starts_on: date, ends_on: date) -> bool:
    """Whether a plan would go over more years than any does."""
    return ends_on.year - starts_on.year >= LONGEST_PERIOD


class Day(date):
    """A date seen with the knowledge of `known_by`, which is never before it; equal only to one of the same.

    A day counted from it is a plain date again: `on_day` gives that one the knowledge of a page.
    """

    known_by: date

    def __new__(cls, year: int, month: int, day: int, known_by: date | None = None):
        made = super().__new__(cls, year, month, day)
        made.known_by = known_by or made.plain
        return made

    @property
    def plain(self) -> date:
        return date(self.year, self.month, self.day)

    def __eq__(self, other: object) -> bool:
        return getattr(other, "known_by", None) == self.known_by and date.__eq__(self, other) is True

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.plain, self.known_by))

    def __repr__(self) -> str:
        return f"Day({self.isoformat()}, known_by={self.known_by.isoformat()})"

    def __add__(self, other):
        return self.plain + other

    __radd__ = __add__

    def __sub__(self, other):
        return self.plain - other

    def replace(self, *args, **parts):
        return self.plain.replace(*args, **parts)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.year, self.month, self.day, self.known_by)


def learned_by(day: date) -> date | None:
    """The day of our knowledge that goes with a day; None where everything known now counts."""
    return day.known_by if isinstance(day, Day) else None


def with_knowledge(day: date, known_by: date | None) -> date:
    """A day seen with what was known here by another: the earlier of the two, as days to come are not known."""
    if known_by is None:
        return day
    first = min(day, known_by)
    return Day(first.year, first.month, first.day, known_by)


def on_day(day: date, page: date) -> date:
    """Another day with the knowledge of a page's."""
    return with_knowledge(day, learned_by(page))


def start_of(day: date) -> datetime:
    """The moment a day begins in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The moment a day is over in the site's time zone."""
    return start_of(day + timedelta(days=1))


def day_facts(day: date) -> dict[str, str]:
    """A day as files and addresses say it: `as_of`, and `known_by` where that was asked for."""
    learned = learned_by(day)
    return {"as_of": day.isoformat()} | ({"known_by": learned.isoformat()} if learned else {})

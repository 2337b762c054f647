"""Figures that compete: of one component and year and one day of release, with another number or another source.

Which of them is meant only a person can say, so they are shown beside each other, and pass one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from indicators.models import Observation

State = Observation.State
# What may still come to count, and what does.
LIVE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED)
# As many keys as a statement may list.
AT_A_TIME = 500
# As many rivals of a figure as a page lists.
SHOWN = 3


class Rivals(NamedTuple):
    """How many figures compete with one, and the first of them: a table may bring any number."""

    number: int
    rows: list[Observation]

    @property
    def more(self) -> int:
        return self.number - len(self.rows)


def rivals_of(rows: Iterable[Observation], most: int = SHOWN) -> dict[int, Rivals]:
    """By key, what competes with each of these figures, `most` of it in full; two queries, for a page of rows."""
    rows = list(rows)
    wanted = {_place(row) for row in rows}
    same = [Q(component=part, year=year, released_on=day) for part, year, day in wanted]
    found = Observation.objects.filter(reduce(or_, same), state__in=LIVE) if same else Observation.objects.none()
    places: dict[tuple, list[int]] = defaultdict(list)
    for pk, *place in found.order_by("id").values_list("pk", "component_id", "year", "released_on"):
        places[tuple(place)].append(pk)
    return _with_first({row.pk: [pk for pk in places[_place(row)] if pk != row.pk] for row in rows}, most)


def rivals_at(
    places: Iterable[tuple[int, int]], day: date, *, but: Iterable[int] = (), most: int = SHOWN
) -> dict[tuple[int, int], Rivals]:
    """By component and year, what a figure of this day would compete with; `but`: rows it would change. Two
    queries."""
    places = set(places)
    parts, years = {part for part, _year in places}, {year for _part, year in places}
    found = Observation.objects.filter(component__in=parts, year__in=years, released_on=day, state__in=LIVE)
    held: dict[tuple[int, int], list[int]] = {}
    for pk, *place in found.exclude(pk__in=list(but)).order_by("id").values_list("pk", "component_id", "year"):
        if tuple(place) in places:
            held.setdefault(tuple(place), []).append(pk)
    return _with_first(held, most)


def _with_first(keys: Mapping[Any, list[int]], most: int) -> dict[Any, Rivals]:
    """Of each list of keys its length, and the first rows of it; one query where there are any."""
    shown = {pk for own in keys.values() for pk in own[:most]}
    whole = Observation.objects.select_related("source", "entered_by").in_bulk(shown) if shown else {}
    return {key: Rivals(len(own), [whole[pk] for pk in own[:most]]) for key, own in keys.items()}


def contested(rows: Sequence[Observation]) -> set[int]:
    """Which of these figures, by key, wait beside another that waits for the same place."""
    rival = Observation.objects.filter(
        state=State.SUBMITTED,
        component=OuterRef("component"),
        year=OuterRef("year"),
        released_on=OuterRef("released_on"),
    ).exclude(pk=OuterRef("pk"))
    keys = [row.pk for row in rows]
    found: set[int] = set()
    for start in range(0, len(keys), AT_A_TIME):
        some = Observation.objects.filter(pk__in=keys[start : start + AT_A_TIME])
        found.update(some.filter(Exists(rival)).values_list("pk", flat=True))
    return found


def _place(row: Observation) -> tuple:
    return row.component_id, row.year, row.released_on

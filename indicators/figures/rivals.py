"""Figures that compete: of one component and year and one day of release, with another number or another source.

Which of them is meant only a person can say, so they are shown beside each other, and pass one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef

from indicators.models import Observation

State = Observation.State
# What may still come to count, and what does.
LIVE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED)
# As many keys as a statement may list.
AT_A_TIME = 500


def rivals_of(rows: Iterable[Observation]) -> dict[int, list[Observation]]:
    """By key, the others that compete with each of these figures; one query, for the rows of a page."""
    rows = list(rows)
    found = Observation.objects.filter(
        component__in={row.component_id for row in rows},
        year__in={row.year for row in rows},
        released_on__in={row.released_on for row in rows},
        state__in=LIVE,
    ).select_related("source", "entered_by")
    places: dict[tuple, list[Observation]] = defaultdict(list)
    for row in found.order_by("id") if rows else ():
        places[_place(row)].append(row)
    return {row.pk: [other for other in places[_place(row)] if other.pk != row.pk] for row in rows}


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

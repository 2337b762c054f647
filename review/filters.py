"""What of the waiting rows the desk shows."""

from dataclasses import dataclass

from django.db.models import QuerySet

from plan.list_filters import ListFilters, asks, one_of, words
from review.kinds import BY_KEY, FLAGGED, FLIPS, QUIET, Reviewed


@dataclass(frozen=True)
class DeskFilters(ListFilters):
    """Kind and group; the unit that answers for the commitment, its code, the login of who entered the row.

    What has just left the list is no fault of the address: it gives an empty list.
    """

    kind: str = asks(one_of(*BY_KEY))
    group: str = asks(one_of(*map(str, (FLAGGED, FLIPS, QUIET))))
    organisation: str = asks(words)
    item: str = asks(words)
    by: str = asks(words)

    def narrow(self, kind: Reviewed, rows: QuerySet) -> QuerySet:
        """The rows of a kind that are asked for, each with its commitment and that one's unit."""
        item, by = kind.paths
        if not item or (self.by and not by):
            return rows.none()
        asked = {f"{item}__lead__code": self.organisation, f"{item}__code": self.item}
        asked |= {f"{by}__username": self.by} if by else {}
        return rows.select_related(f"{item}__lead").filter(**{path: said for path, said in asked.items() if said})

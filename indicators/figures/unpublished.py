"""What of an indicator is still on its way to approval: for the people of the data desk, never for the public."""

from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from accounts.models import Role
from accounts.permissions import Permission, may
from indicators.models import Indicator, Observation, Target
from plan.queries import entrusted

# As many as a page has room for.
LISTED = 20
OPEN = (Observation.State.DRAFT, Observation.State.RETURNED, Observation.State.SUBMITTED)


@dataclass(frozen=True)
class Pile:
    """How many figures there are of a kind, and the first of them: an import leaves more than a page can hold."""

    number: int = 0
    rows: list[Observation] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.number - len(self.rows)


@dataclass(frozen=True)
class UnderWay:
    """`is_seen`: whether the person may see what is open; `may_enter`: whether it may enter figures here.

    `figures` are by component.
    """

    is_seen: bool = False
    may_enter: bool = False
    figures: dict[int, Pile] = field(default_factory=dict)
    proposals: list[Target] = field(default_factory=list)


def under_way(indicator: Indicator, user) -> UnderWay:
    """Open figures and proposals of an indicator; no query for a visitor without the desk.

    A reporter sees those of its own organisation's indicators only.
    """
    if not may(user, Permission.USE_DESK):
        return UnderWay()
    enters = may(user, Permission.ENTER_FIGURES)
    own = enters and entrusted(indicator.plan, user).filter(pk=indicator.pk).exists()
    if not own and not {Role.ANALYST, Role.REVIEWER} & user.roles:
        return UnderWay()
    figures = Observation.objects.under_way().filter(component__indicator=indicator)
    proposals = Target.objects.filter(component__indicator=indicator, state=Target.State.PROPOSED)
    return UnderWay(
        True,
        own,
        {part: Pile(number, _first(figures, part)) for part, number in _numbers(figures)},
        list(proposals.order_by("id")),
    )


def _numbers(figures: QuerySet[Observation]) -> list[tuple[int, int]]:
    return list(figures.order_by().values_list("component").annotate(number=Count("id")))


def _first(figures: QuerySet[Observation], component: int) -> list[Observation]:
    rows = figures.filter(component=component).select_related("entered_by")
    return list(rows.order_by("year", "id")[:LISTED])

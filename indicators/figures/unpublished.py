"""What of an indicator is still on its way to approval: for the people of the data desk, never for the public."""

from dataclasses import dataclass, field

from accounts.models import Role
from accounts.permissions import Permission, may
from indicators.models import Indicator, Observation, Target
from plan.queries import entrusted

OPEN = (Observation.State.DRAFT, Observation.State.SUBMITTED, Observation.State.RETURNED)


@dataclass(frozen=True)
class UnderWay:
    """`is_seen`: whether the person may see what is open; `may_enter`: whether it may enter figures here."""

    is_seen: bool = False
    may_enter: bool = False
    figures: list[Observation] = field(default_factory=list)
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
    figures = Observation.objects.filter(component__indicator=indicator, state__in=OPEN)
    proposals = Target.objects.filter(component__indicator=indicator, state=Target.State.PROPOSED)
    return UnderWay(
        True,
        own,
        list(figures.select_related("entered_by").order_by("year", "id")),
        list(proposals.order_by("id")),
    )

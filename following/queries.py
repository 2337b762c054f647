"""Who follows what."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import Organisation, User
from following.models import Follow
from plan.models import Item, Plan
from plan.queries import answerable


def follow_of(person: User, plan: Plan, what: Item | Organisation) -> Follow | None:
    named = {"item": what} if isinstance(what, Item) else {"unit": what}
    return Follow.objects.filter(person=person, plan=plan, **named).first()


def follows_of(person: User) -> QuerySet[Follow]:
    """Everything a person follows, plan by plan, units after commitments, those in the plan's order."""
    rows = person.follows.select_related("plan", "item__plan", "unit")
    return rows.order_by("-plan__starts_on", "plan__slug", "item__order", "unit__code")


def followers_of(item: Item) -> QuerySet[User]:
    """Active accounts that follow a commitment, one above it, or the unit that answers for it."""
    unit = answerable(item.plan).get(item.pk)
    wanted = Q(item__in=[row.pk for row in item.line])
    if unit is not None:
        wanted |= Q(plan=item.plan_id, unit=unit)
    rows = Follow.objects.filter(wanted)
    return User.objects.filter(pk__in=rows.order_by().values("person"), is_active=True)


class Followed:
    """What rows of one plan come to: whether a commitment is among what they name or below it."""

    def __init__(self, plan: Plan, rows: Iterable[Follow]):
        self.items: dict[int, list[Follow]] = defaultdict(list)
        self.units: dict[int, list[Follow]] = defaultdict(list)
        for row in rows:
            (self.items[row.item_id] if row.item_id else self.units[row.unit_id]).append(row)
        self.parents = dict(plan.items.values_list("pk", "parent_id")) if self.items else {}
        leads = answerable(plan) if self.units else {}
        self.leads = {pk: unit.pk for pk, unit in leads.items() if unit}

    def of(self, item: Item, units: Iterable[int | None] = ()) -> list[Follow]:
        """The rows that take a commitment in, beside those of further units a change is of."""
        found: list[Follow] = []
        key: int | None = item.pk
        while key is not None:
            found += self.items.get(key, [])
            key = self.parents.get(key)
        named = {self.leads.get(item.pk), *units}
        return found + [row for unit in named if unit is not None for row in self.units.get(unit, [])]

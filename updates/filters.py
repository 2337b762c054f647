"""The table of items from which many are chosen at once: its filters, and what each row says."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organisation
from plan.converters import is_code
from plan.list_filters import ListFilters, asks, one_of, words
from plan.models import Item, Plan
from plan.params import BadParameter
from plan.queries import answerable

# The organisation of items that have none.
NONE = "-"


@dataclass(frozen=True)
class UpdateFilters(ListFilters):
    """As the address has them; empty means all."""

    kind: str = asks(one_of())
    parent: str = asks(words)
    organisation: str = asks(one_of())
    status: str = asks(one_of(*Item.Status.values))


def read_filters(plan: Plan, params, organisations: list[Organisation]) -> UpdateFilters:
    asked = UpdateFilters.read(params, kind=plan.kinds, organisation=[NONE, *(row.code for row in organisations)])
    if asked.parent and not plan.items.filter(code=asked.parent).exists():
        raise BadParameter("parent", asked.parent, _("应为条目编码，例如 P-1"))
    return asked


def read_codes(params) -> list[str]:
    """The codes of the ticked rows; anything that is no code is left out, so that no query is asked with it."""
    return [code for code in params.getlist("item") if is_code(code)]


def chosen_items(plan: Plan, filters: UpdateFilters, *, reported_on: bool = False) -> QuerySet[Item]:
    """The items the filters leave, with parent, organisations and weight; three queries for a page."""
    rows = plan.items.select_related("parent", "lead").prefetch_related("supporting").in_plan_order()
    if reported_on:
        rows = rows.filter(kind__in=plan.kinds.reported)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.parent:
        rows = rows.filter(Q(parent__code=filters.parent) | Q(parent__parent__code=filters.parent))
    if filters.organisation == NONE:
        rows = rows.filter(lead=None)
    elif filters.organisation:
        own = Organisation.objects.get(code=filters.organisation)
        supported = Item.supporting.through.objects.filter(organisation=own).values("item_id")
        rows = rows.filter(Q(lead=own) | Q(pk__in=supported))
    if filters.status:
        rows = rows.filter(status=filters.status)
    return rows


def name_answerable(plan: Plan, rows: Iterable[Item]) -> None:
    """Gives each item, as `.answers`, the organisation that answers for it, be it that of an item above."""
    leads = answerable(plan)
    for row in rows:
        row.answers = leads[row.pk]

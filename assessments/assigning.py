"""The table from which a round's commitments are given out: by kind, chapter or organisation, many at once."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Organisation
from assessments.models import Round
from plan.list_filters import ListFilters, asks, one_of
from plan.models import Item, Plan
from updates.filters import NONE, read_codes

GIVEN = ("no", "yes")


@dataclass(frozen=True)
class AssigningFilters(ListFilters):
    """As the address has it; empty means all."""

    kind: str = asks(one_of())
    section: str = asks(one_of())
    organisation: str = asks(one_of())
    given: str = asks(one_of(*GIVEN))


def chapters_of(plan: Plan) -> list:
    return list(plan.sections.exclude(number__contains=".").exclude(title=""))


def read_choices(plan: Plan, params, organisations: list[Organisation]) -> AssigningFilters:
    return AssigningFilters.read(
        params,
        kind=plan.kinds,
        section=[row.number for row in chapters_of(plan)],
        organisation=[NONE, *(row.code for row in organisations)],
    )


def choosable(plan: Plan, round: Round, choice: AssigningFilters) -> QuerySet[Item]:
    """The items a choice leaves; a responsible organisation counts for everything below what it leads."""
    rows = plan.items.select_related("lead", "parent").in_plan_order()
    if choice.kind:
        rows = rows.filter(kind=choice.kind)
    if choice.section:
        rows = rows.filter(Q(section__number=choice.section) | Q(section__number__startswith=f"{choice.section}."))
    chain = ("", "parent__", "parent__parent__", "parent__parent__parent__")
    if choice.organisation == NONE:
        rows = rows.filter(*(Q(**{f"{step}lead": None}) for step in chain))
    elif choice.organisation:
        led = Q(*((f"{step}lead__code", choice.organisation) for step in chain), _connector=Q.OR)
        rows = rows.filter(led)
    given = round.assignments.values("item_id")
    if choice.given:
        rows = rows.filter(pk__in=given) if choice.given == "yes" else rows.exclude(pk__in=given)
    return rows


def picked(plan: Plan, round: Round, choice: AssigningFilters, params) -> QuerySet[Item]:
    """The ticked rows, or everything the filters leave where "all" is ticked."""
    rows = choosable(plan, round, choice)
    return rows if params.get("all") == "1" else plan.items.filter(code__in=read_codes(params)).in_plan_order()

"""Every plan of the site on one page: where each stands, in its sentence; words looked for in all of them."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.shortcuts import render

from dashboard.queries import stage
from indicators.queries import overview
from indicators.shown.summary import summary
from plan.kinds import list_address
from plan.list_filters import ListFilters, asks, words
from plan.models import Plan
from plan.searching import find_everywhere, split_words

# Each is read with some queries of its own.
PLANS_A_PAGE = 50


@dataclass(frozen=True)
class PlanFilters(ListFilters):
    """What is looked for in all plans."""

    words: str = asks(words, name="q")


@dataclass(frozen=True)
class PlanLine:
    """A plan on a day: its sentence, how much of its period is gone, what it is made of, where the words stand."""

    plan: Plan
    sentence: str
    elapsed: int
    stage: str
    made_of: list[tuple[str, str, int]]  # name of a kind, its list, how many
    hits: int | None


def plans(request):
    asked = PlanFilters.read(request.GET)
    wanted = split_words(asked.words)
    found = Paginator(Plan.objects.select_related("source"), PLANS_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    rows = [_line(plan, request.as_of, wanted) for plan in page.object_list]
    return render(request, "dashboard/plans.html", {"rows": rows, "page": page, "words": asked.words})


def _line(plan: Plan, day: date, wanted: list[str]) -> PlanLine:
    found = overview(plan, day)
    return PlanLine(
        plan,
        str(summary(found.tabled)) if found.standings else "",
        round(plan.elapsed(day) * 100),
        stage(plan, day),
        [
            (kind.plural_label, list_address(plan.slug, kind), kind.number)
            for kind in plan.kinds.shown("in_menu")
            if kind.number
        ],
        sum(group.total for group in find_everywhere(plan, wanted, day)) if wanted else None,
    )

"""Every plan of the site on one page: where each stands, in its sentence; words looked for in all of them."""

from dataclasses import dataclass
from datetime import date

from django.shortcuts import render
from django.utils.translation import get_language

from accounts.permissions import Permission, may
from dashboard.queries import stage
from indicators.queries import cutoffs, overview
from indicators.shown.summary import summary
from judging.terms import RULE_VERSION
from plan.kinds import list_address
from plan.list_filters import ListFilters, asks, words
from plan.models import Plan
from plan.page_cache import keep, key_of, recall
from plan.params import page_of, today
from plan.searching import find_everywhere, split_words

# Each is read whole where its sentence is not remembered.
PLANS_A_PAGE = 20


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
    page = page_of(Plan.objects.select_related("source"), PLANS_A_PAGE, request.GET)
    rows = [_line(request, plan, wanted) for plan in page.object_list]
    context = {
        "rows": rows, "page": page, "words": asked.words, "may_make": may(request.user, Permission.EDIT_PLAN),
    }  # fmt: skip
    return render(request, "dashboard/plans.html", context)


def _line(request, plan: Plan, wanted: list[str]) -> PlanLine:
    day = request.as_of
    return PlanLine(
        plan,
        _sentence(request, plan, day),
        round(plan.elapsed(day) * 100),
        stage(plan, day),
        [
            (kind.plural_label, list_address(plan.slug, kind), kind.number)
            for kind in plan.kinds.shown("in_menu")
            if kind.number
        ],
        sum(group.total for group in find_everywhere(plan, wanted, day)) if wanted else None,
    )


def _sentence(request, plan: Plan, day: date) -> str:
    """What is said of a plan on a day, kept while it stays true: it takes every figure of the plan to say it."""
    state = (plan.figures_version, day, today(), RULE_VERSION, cutoffs())
    key = key_of(request, "sentence", (plan.pk, get_language()), state)
    if (kept := recall(key)) is None:
        found = overview(plan, day)
        keep(key, kept := str(summary(found.tabled)) if found.standings else "")
    return kept

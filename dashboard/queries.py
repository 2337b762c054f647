"""What the overview says beside the indicators: what needs attention, what changed lately."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from assessments.queries import overdue_findings, waiting_notes
from indicators.models import Observation
from indicators.queries import Overview, Standing
from indicators.reader_units import row_for_reader
from indicators.shown.rows import gap_words
from indicators.shown.states import standpoint, state_badge
from indicators.shown.wording import share
from judging.ladder import WORST_FIRST, IndicatorState
from plan.after_period import STATE_WORDS, UNCLOSED, UNFINISHED, state_on
from plan.badges import FINDING_LATE, Badge, item_badge
from plan.kinds import PlanKind, list_address
from plan.models import Item, Plan
from plan.params import as_of_query
from plan.public import public_words
from plan.queries import in_state, is_silent, with_reports

# What is worst comes first: of indicators, and of tasks while the plan runs and after its last day.
WATCHED = tuple(
    state
    for state in WORST_FIRST
    if state not in (IndicatorState.ON_SCHEDULE, IndicatorState.AHEAD, IndicatorState.REACHED)
)
LAGGING, LAGGING_AFTER = (Item.Status.BEHIND, Item.Status.NOT_STARTED), (UNFINISHED, UNCLOSED)


@dataclass(frozen=True)
class Attention:
    """One thing to look at: the word that says why, its page, and in a few words by how much or since when."""

    badge: Badge
    title: str
    url: str
    detail: str = ""


def overdue(plan: Plan, as_of: date) -> list[Attention]:
    """Follow-up actions of evaluations past their day, the longest overdue first."""
    rows = overdue_findings(plan, as_of).order_by("due_on", "id")
    return [
        Attention(
            FINDING_LATE.badge(_("整改逾期")),
            f"{row.note.item.code} {row.title}",
            reverse("assessments:finding", args=[plan.slug, row.pk]),
            _("期限 %(day)s") % {"day": formats.date_format(row.due_on)},
        )
        for row in rows
    ]


def to_review(plan: Plan, user) -> int:
    """How many notes wait for review, for those who review; nothing for anybody else, and no query."""
    return waiting_notes(plan).count() if may(user, Permission.REVIEW_NOTES) else 0


def attention(
    plan: Plan, standings: Iterable[Standing], owed: Mapping[str, str] = MappingProxyType({})
) -> list[Attention]:
    """The watched indicators, each with its gap and, by code, who owes a figure for how long."""
    sep = _("；")
    return [
        Attention(
            state_badge(row),
            row.indicator.short_label,
            row.indicator.path(plan.slug),
            sep.join(filter(None, (gap_words(row), owed.get(row.indicator.code)))),
        )
        for row in watched(standings)
    ]


def watched(standings: Iterable[Standing]) -> list[Standing]:
    """Indicators that missed, lag or are not there yet, worst first and what is sure before what is not; then
    those without figures."""
    found = [(standpoint(row), row) for row in standings]
    found = [(stand, row) for stand, row in found if stand.state in WATCHED]
    found.sort(key=lambda pair: (WATCHED.index(pair[0].state), pair[0].is_doubtful))
    return [row for _stand, row in found]


def lagging(plan: Plan, groups: list[dict[str, Any]], as_of: date) -> list[Attention]:
    """Tasks of the strips that were reported to lag or, after the period, not to be finished."""
    rows = []
    for group in groups:
        for strip in group["rows"]:
            for part in strip["parts"]:
                state = state_on(part.status, part.status_as_of, plan.ends_on, as_of)
                if state not in (LAGGING[0], LAGGING_AFTER[0]):
                    continue
                told = [] if part.progress is None else [share(Fraction(part.progress), 0)]
                told += [formats.date_format(part.status_as_of)] if part.status_as_of else []
                title = f"{part.code} {part.label}"
                rows.append(Attention(item_badge(state), title, part.path(plan.slug), " · ".join(told)))
    return rows


@dataclass(frozen=True)
class Whole:
    """A list behind rows of which only the first are shown: its name, how long it is, its address."""

    word: str
    number: int
    url: str


def lists_of(found: Overview, *, late: int, indicators: int, shown: int) -> list[Whole]:
    """The lists that hold what needs attention, each as long as its page says.

    The tasks' list always, where it holds any: it names projects and points as well, which the rows leave out.
    The other two where the `shown` rows, overdue actions first, then indicators, have no room for all of them.
    """
    plan, day, lists = found.plan, found.as_of, []
    query = as_of_query(day)
    more = query.replace("?", "&")
    if late > shown:
        actions = reverse("assessments:findings", args=[plan.slug])
        lists.append(Whole(_("整改逾期"), late, f"{actions}?state=overdue{more}"))
    if late + indicators > shown:
        table = reverse("indicators:index", args=[plan.slug])
        lists.append(Whole(_("全部指标"), len(found.standings), table + query))
    state = Item.Status.BEHIND if day <= plan.ends_on else UNFINISHED
    if number := in_state(plan.items.all(), plan, state, day).count():
        items = reverse("plan:items", args=[plan.slug])
        lists.append(Whole(str(STATE_WORDS[state]), number, f"{items}?status={state}{more}"))
    return lists


def latest_releases(plan: Plan, as_of: date, number: int = 5) -> list[Observation]:
    """The figures that became public last; a second source of the same figure is no news."""
    rows = (
        Observation.objects.filter(component__indicator__plan=plan)
        .of_current()
        .counting_on(as_of)
        .select_related("component__indicator", "source")
        .order_by("-released_on", "component__indicator__order", "-year")[: number * 3]
    )
    first = {(row.component_id, row.year, row.value): row for row in reversed(rows)}
    latest = [row for row in rows if row is first[row.component_id, row.year, row.value]][:number]
    return [row_for_reader(row, row.component) for row in latest]


def strips(plan: Plan, as_of: date, place: str = "in_overview") -> list[dict[str, Any]]:
    """By kind that the plan shows in a place, each item with what its parts reported; one query for all, two for a
    past day.

    A group is silent while none of its parts has a report: then pages show what was promised and what is public.
    """
    kinds = plan.kinds.shown(place)
    rows = with_reports(plan, {kind: plan.kinds.parts.get(kind, "") for kind in kinds}, as_of)
    return [group_of(kind, rows[kind], list_address(plan.slug, kind)) for kind in kinds]


def listed(words: list[str]) -> str:
    """Several words as a sentence names them: 平台、支撑、行动与集群区."""
    *first, last = words or [""]
    return _("%(first)s与%(last)s") % {"first": _("、").join(first), "last": last} if first else last


def group_of(kind: PlanKind, rows: list[dict[str, Any]], url: str = "") -> dict[str, Any]:
    """The strips of one kind as a group, with what holds of all of them."""
    return {
        "kind": kind,
        "url": url,
        "rows": rows,
        "is_silent": is_silent(rows),
        "total": sum(row["total"] for row in rows),
        "public": public_words(row["item"] for row in rows),
    }


def stage(plan: Plan, as_of: date) -> str:
    """Where the plan period stands, in the words of plan monitoring."""
    if as_of > plan.ends_on:
        return _("规划期已结束，处于总结评估阶段")
    if as_of < plan.starts_on:
        return _("规划期尚未开始")
    return _("规划期内")

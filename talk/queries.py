"""Threads as pages show them: of one thing, and those that concern a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from plan.models import Item, Plan
from talk.models import Comment, TalkMention, Thread
from talk.services import TALK
from talk.subjects import SUBJECTS, About, Sight, about, about_of

# As many things of one commitment as can be chosen to talk about.
CHOICES = 12


def with_words(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """With what was said; three queries for any number."""
    mentions = Prefetch("mentions", TalkMention.objects.select_related("person"))
    comments = Comment.objects.select_related("by").prefetch_related(mentions)
    return rows.prefetch_related(Prefetch("comments", comments))


def threads_about(told: About, sight: Sight) -> list[Thread]:
    """What was said of a thing, of a commitment also of its figures and reports: the open first, newest first."""
    wanted = Q(**{told.key: told.row})
    if told.key == "item":
        wanted |= Q(figure__component__indicator=told.row.pk) | Q(update__item=told.row.pk)
    if not (keys := _keys(Thread.objects.filter(wanted, plan=told.plan))):
        return []
    return seen(with_words(TALK.rows().filter(pk__in=keys)).order_by("state", "-id"), sight)


def _keys(rows: QuerySet[Thread]) -> set[int]:
    """Which threads there are, of most things none: a thread itself comes with whatever it is about."""
    return set(rows.order_by().values_list("pk", flat=True))


def seen(rows: Iterable[Thread], sight: Sight) -> list[Thread]:
    """Those of the threads that a person may see, each with `about`."""
    found = []
    for row in rows:
        row.about = about_of(row)
        if row.about.seen_by(sight):
            found.append(row)
    return found


def thread_of(plan: Plan, pk: int, sight: Sight) -> Thread | None:
    """One thread that a person may see; None for every other."""
    return next(iter(seen(with_words(TALK.rows().filter(plan=plan, pk=pk)), sight)), None)


def choices_of(item: Item, sight: Sight) -> list[About]:
    """The commitment itself, and its latest public figures and reports."""
    found = [about(item.plan, "item", item.pk)]
    if item.kind == Item.Kind.INDICATOR:
        found += _latest("figure", item.plan, Q(component__indicator=item.pk, state="approved"), "-year")
    else:
        found += _latest("update", item.plan, Q(item=item, state="approved"), "-status_on")
    return [one for one in found if one is not None and one.seen_by(sight)]


def _latest(key: str, plan: Plan, wanted: Q, by: str) -> list[About]:
    rows = SUBJECTS[key].rows(plan).filter(wanted).order_by(by, "-id")[:CHOICES]
    return [About(SUBJECTS[key], row, plan) for row in rows]


@dataclass(frozen=True)
class Concerning:
    """A person's open threads of a plan: those asked of him, those he keeps, those he spoke in."""

    asked: list[Thread]
    kept: list[Thread]
    joined: list[Thread]


def concerning(plan: Plan, person: Any) -> Concerning:
    """The open threads that concern a person, the newest first; each in one list."""
    sight = Sight(plan, person)
    if not sight.is_of_house:
        return Concerning([], [], [])
    asked = Q(comments__mentions__person=person, comments__mentions__settled_at=None)
    mine = asked | Q(keeper=person) | Q(comments__by=person)
    if not (keys := _keys(Thread.objects.filter(mine, plan=plan, state=Thread.State.OPEN))):
        return Concerning([], [], [])
    rows = seen(TALK.rows().filter(pk__in=keys).annotate(said=Count("comments")).order_by("-id"), sight)
    waits = set(
        TalkMention.objects.filter(person=person, settled_at=None, comment__thread__in=[row.pk for row in rows])
        .order_by()
        .values_list("comment__thread", flat=True)
    )
    return Concerning(
        [row for row in rows if row.pk in waits],
        [row for row in rows if row.pk not in waits and row.keeper_id == person.pk],
        [row for row in rows if row.pk not in waits and row.keeper_id != person.pk],
    )

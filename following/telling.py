"""Telling followers what changed: everything since the last time in one notice a person and plan.

An import of five hundred rows is one notice. Nobody is told of what went through his own hands.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from following.models import Follow, TellingMark
from following.news import News, news_of
from following.queries import Followed
from notices.models import NoticeKind
from notices.phrases import Said, both, counted_noop, listed, say
from notices.services import notify
from plan.models import Plan

# As many commitments as a notice names, and as many changes of one.
ITEMS_NAMED, CHANGES_NAMED = 30, 3


@transaction.atomic
def tell_followers(plan: Plan, *, now: datetime) -> int:
    """Tells of what became public since the last time; the number of new notices. Safe to run twice.

    What can still be taken back is left for the next time: nobody is told of what is no more.
    """
    mark = TellingMark.objects.select_for_update().filter(plan=plan).first()
    until = now - timedelta(minutes=max(1, settings.UNDO_MINUTES))
    if mark is None or until <= mark.until:
        return 0
    found, mark.until = news_of(plan, mark.until, until), until
    mark.save(update_fields=["until"])
    return sum(_tell(plan, own, people, until) for own, people in _shares(plan, found)) if found else 0


def _shares(plan: Plan, found: list[News]) -> Iterable[tuple[list[News], list[User]]]:
    """What each is told, with all who are told the same."""
    rows = Follow.objects.filter(plan=plan, person__is_active=True).select_related("person")
    by_person: dict[User, list[Follow]] = defaultdict(list)
    for row in rows.order_by("person"):
        by_person[row.person].append(row)
    followed = Followed(plan, rows)
    alike: dict[tuple[int, ...], list[User]] = defaultdict(list)
    told = [(one, followed.of(one.item, [one.unit])) for one in found]
    for person, own in by_person.items():
        since = {row.pk: row.since for row in own}
        places = tuple(
            place
            for place, (one, takers) in enumerate(told)
            if person.pk not in one.by
            and any(one.at >= since[row] for row in since.keys() & {t.pk for t in takers})
        )
        if places:
            alike[places].append(person)
    return [([found[place] for place in places], people) for places, people in alike.items()]


def _tell(plan: Plan, found: list[News], people: list[User], until: datetime) -> int:
    items = [(item, list(rows)) for item, rows in groupby(found, key=lambda one: one.item)]
    first = items[0][0]
    only = len(items) == 1
    title = say(
        gettext_noop("您关注的 %(code)s %(name)s 有变化"), code=first.code, name=both(first.title, first.title_en)
    )
    if not only:
        title = say(counted_noop("您关注的 %(count)s 个条目有变化"), count=len(items))
    return notify(
        people,
        kind=NoticeKind.FOLLOWED,
        key=f"followed:{plan.slug}:{timezone.localtime(until).isoformat()}",
        title=title,
        body=listed((_line(rows, named=not only) for _item, rows in items[:ITEMS_NAMED]), by="\n"),
        url=first.path(plan.slug) if only else _changes(plan, found),
    )


def _changes(plan: Plan, found: list[News]) -> str:
    """The list of changes from the day before the first on, by when they were learned here."""
    day = timezone.localdate(min(one.at for one in found)) - timedelta(days=1)
    return f"{reverse('changes', args=[plan.slug])}?from={day.isoformat()}&clock=known"


def _line(rows: list[News], *, named: bool) -> Said:
    """“I-01 研发强度　新数据：2024 年 6.67 %；结论 …”; of many changes the first and how many more."""
    said = listed((one.what for one in rows[:CHANGES_NAMED]), by="；")
    if (more := len(rows) - CHANGES_NAMED) > 0:
        said = say(counted_noop("%(what)s；另有 %(count)s 项"), what=said, count=more)
    if not named:
        return said
    item = rows[0].item
    return say(
        gettext_noop("%(code)s %(name)s　%(what)s"),
        code=item.code,
        name=both(item.title, item.title_en),
        what=said,
    )

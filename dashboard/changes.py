"""One list of everything that became known between two days, whatever made it known.

`PROVIDERS` are its makers; a new kind of cause is one more function and one more word of plan.changes.Cause.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.queries import NoteEvent, note_events
from dashboard.columns import CHANGE, ChangeLine
from evidence.changes import of_evidence
from indicators.changes import changes, day_before_latest, late_entries, movement
from indicators.queries import Overview, overview
from judging.decimals import plain
from plan.badges import item_badge
from plan.changes import Cause, Change, Clock, Method, ReadingChange, seen_from, shown_moves
from plan.columns import Row, row_of
from plan.days import day_facts, on_day
from plan.list_filters import ListFilters, a_day, asks, one_of
from plan.models import Item, Plan
from plan.params import BadParameter
from plan.wording import percent
from studio.corrections import of_corrections
from updates.models import StatusUpdate

USUAL_DAYS = 90


def of_indicators(plan: Plan, since: date, until: date, item: Item | None, clock: str = "") -> list[Change]:
    """New and revised figures, revised targets, changed rules."""
    if item is not None and item.kind != Item.Kind.INDICATOR:
        return []
    return changes(overview(plan, until), since, item.code if item else "", clock)


def of_reports(plan: Plan, since: date, until: date, item: Item | None, clock: str = "") -> list[Change]:
    """Approved reports of organisations, by the day they were approved; of an item, with all below it."""
    if item is not None and item.kind == Item.Kind.INDICATOR:
        return []
    known = StatusUpdate.objects.filter(item__plan=plan).known_on(until).order_by("known_on", "id")
    if item is not None:
        chain = ("item", "item__parent", "item__parent__parent", "item__parent__parent__parent")
        known = known.filter(Q(*((step, item.pk) for step in chain), _connector=Q.OR))
    touched = known.since(since + timedelta(1)).order_by().values("item_id")
    told, in_force = [], {}
    for row in known.filter(item__in=touched).select_related("item__plan", "organisation"):
        old = in_force.get(row.item_id)
        # A late report of an earlier day does not replace what is known of a later one.
        new = row if old is None or (row.status_on, row.pk) >= (old.status_on, old.pk) else old
        in_force[row.item_id] = new
        if not row.was_known(since):
            told.append(_reported(row, old.status if old else Item.Status.NOT_REPORTED, new.status))
    return told


def _reported(row: StatusUpdate, old: str, new: str) -> Change:
    # Its own status only where the item's is another: the steps tell that one.
    words = [] if row.status == new else [str(Item.Status(row.status).label)]
    if row.progress is not None:
        words.append(percent(f"{row.progress.normalize():f}"))
    words.append(_("截至 %(day)s") % {"day": row.status_on.isoformat()})
    who = row.organisation.name if row.organisation else ""
    return Change(
        day=row.known_on,
        cause=Cause.STATUS_UPDATE,
        key=f"{row.known_on}:{row.item.code}:update:{row.pk}",
        item=row.item,
        label=row.item.label,
        new=_("，").join(words),
        old_value=old,
        new_value=new,
        steps=(ReadingChange(Method.STATUS, item_badge(old), item_badge(new)),),
        text="：".join(filter(None, [who, row.done])),
    )


def of_notes(plan: Plan, since: date, until: date, item: Item | None, clock: str = "") -> list[Change]:
    """Evaluators' notes that were published or taken back; of an item, with all below it."""
    return [
        Change(
            day=event.day,
            cause=Cause.NOTE,
            key=f"{event.day}:{event.item.code}:note:{event.step.pk}",
            item=event.item,
            label=event.item.label,
            new=_note_words(event),
            new_value=event.conclusion if event.action == "published" else event.action,
            text=event.step.reason,
        )
        for event in note_events(plan, since, until, item)
    ]


def _note_words(event: NoteEvent) -> str:
    if event.action == "revoked":
        return _("%(round)s：撤销发布") % {"round": event.round.label}
    return _("%(round)s：评估结论“%(word)s”") % {"round": event.round.label, "word": event.conclusion}


Provider = Callable[[Plan, date, date, Item | None, str], list[Change]]
PROVIDERS: tuple[Provider, ...] = (of_indicators, of_reports, of_notes, of_evidence, of_corrections)


def events(plan: Plan, since: date, until: date, item: Item | None = None, *, clock: str = "") -> list[Change]:
    """Everything that became known after `since`, up to and on `until`, newest first.

    Eight queries at most, whatever the days and the number of rows: five for the overview of `until` unless it is
    in memory, one for reports, one for notes, one for published statements; two more where the plan was corrected
    in these days. `plan` must be freshly read.
    """
    if since >= until:
        return []
    told = [change for provider in PROVIDERS for change in provider(plan, since, until, item, clock)]
    return sorted(told, key=_place)


def _place(change: Change) -> tuple:
    """Newest day first; within a day as in the plan, what concerns all of it last, latest year first."""
    item = change.item
    return (-change.day.toordinal(), item is None, item.order if item else 0, change.part, -(change.year or 0))


@dataclass(frozen=True)
class ChangeFilters(ListFilters):
    """What a request asks of the list: between which days, of which cause and kind."""

    since: date | None = asks(a_day, name="from", default=None)
    until: date | None = asks(a_day, name="to", default=None)
    cause: str = asks(one_of(*Cause.values))
    kind: str = asks(one_of())
    clock: str = asks(one_of(*Clock.values))

    @property
    def fault(self) -> str:
        """Why the days cannot be used, in words; empty where they can."""
        if self.since <= self.until:
            return ""
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return _("起始日 %(since)s 晚于截止日 %(until)s，请把起始日改早，或把截止日改晚。") % days

    def takes(self, change: Change) -> bool:
        return self.cause in ("", change.cause) and self.kind in ("", change.kind)


def read_asked(plan: Plan, params, as_of: date) -> ChangeFilters:
    """What is asked, with days where none are: `to` is never after the page's own day, `from` is 90 days before.

    Raises BadParameter for what is no day or no word of the lists.
    """
    asked = ChangeFilters.read(params, kind=plan.kinds)
    until = on_day(min(asked.until or as_of, as_of), as_of)
    return replace(asked, since=asked.since or until - timedelta(days=USUAL_DAYS), until=until)


def refuse_fault(asked: ChangeFilters) -> ChangeFilters:
    """For files and programs: days that cannot be used are a 400 that names `from`."""
    if asked.fault:
        raise BadParameter("from", asked.since.isoformat(), asked.fault)
    return asked


def presets(plan: Plan, until: date) -> list[tuple[str, date]]:
    """The usual spans that end on a day, the longest since the plan was published."""
    spans = ((_("近一个月"), 30), (_("近一季度"), USUAL_DAYS), (_("近一年"), 365))
    found = [(label, until - timedelta(days=days)) for label, days in spans]
    return [*found, (_("规划公布以来"), plan.published_on)] if plan.published_on < until else found


@dataclass(frozen=True)
class Recent:
    """The overview's few latest changes. `late` where none fell into the span and older ones are shown instead."""

    since: date
    changes: list[Change]
    total: int
    late: bool
    clock: str = ""
    # Entered in the span and public before: changes by the other clock only.
    entered_late: int = 0


def recent(plan: Plan, as_of: date, since: date, *, shown: int = 6, clock: str = "") -> Recent:
    """What changed after `since`; one query beside the overview's own, whatever it finds."""
    told, found = events(plan, since, as_of, clock=clock), overview(plan, as_of)
    missed = entered_late(found, since, clock)
    if told:
        return Recent(since, told[:shown], len(told), late=False, clock=clock, entered_late=missed)
    before = max(plan.published_on, day_before_latest(found, shown, clock))
    latest = sorted(changes(found, before, clock=clock), key=_place)[:shown]
    return Recent(since, latest, 0, late=True, clock=clock, entered_late=missed)


def entered_late(found: Overview, since: date, clock: str) -> int:
    """How many figures a list by the day of publication leaves out, because they were entered only later."""
    return late_entries(found, since) if clock != Clock.KNOWN else 0


def counts(told: list[Change]) -> list[tuple[Cause, int]]:
    """How many of each cause, in the causes' own order, with the zeros."""
    found = Counter(change.cause for change in told)
    return [(cause, found[cause]) for cause in Cause]


@dataclass(frozen=True)
class ChangeGroup:
    """Changes under one heading: a day, or an item with its verdicts at both ends."""

    day: date | None
    item: Item | None
    changes: list[Change]
    steps: tuple[ReadingChange, ...] = ()

    @property
    def moves(self) -> list[ReadingChange]:
        return shown_moves(self.steps)


def by_day(told: list[Change]) -> list[ChangeGroup]:
    return [ChangeGroup(day, None, list(rows)) for day, rows in groupby(told, key=lambda change: change.day)]


def by_item(told: list[Change], found: Overview, since: date, clock: str = "") -> list[ChangeGroup]:
    """In the plan's order, what concerns the whole plan first; newest change first within an item."""
    ordered = sorted(told, key=lambda change: (change.item is not None, change.item.order if change.item else 0))
    groups = []
    for _order, rows in groupby(ordered, key=lambda change: change.item.pk if change.item else 0):
        group = list(rows)
        item = group[0].item
        steps: tuple[ReadingChange, ...] = ()
        if item is not None and item.code in found.by_code:
            steps = movement(found, found.by_code[item.code], seen_from(since, clock))
        elif reported := [change for change in group if change.steps]:
            steps = (ReadingChange(Method.STATUS, reported[-1].steps[0].before, reported[0].steps[0].after),)
        groups.append(ChangeGroup(None, item, group, steps))
    return groups


def change_row(change: Change, slug: str, address: str) -> Row:
    """A change as the files and the API give it (columns: dashboard.columns)."""
    return row_of(CHANGE, ChangeLine(change, slug, address))


def change_rows(plan: Plan, asked: ChangeFilters, address: str) -> list[Row]:
    """Every change asked for as a row, newest first; figures are Decimal."""
    told = [change for change in events(plan, asked.since, asked.until, clock=asked.clock) if asked.takes(change)]
    return [change_row(change, plan.slug, address) for change in told]


def changes_body(plan: Plan, asked: ChangeFilters, as_of: date, address: str) -> dict[str, Any]:
    """The list as JSON: the days it spans (`from` not included, `to` included), then one row a change.

    Figures are decimal strings, as everywhere in the API.
    """
    rows = change_rows(plan, asked, address)
    for row in rows:
        row |= {name: plain(row[name]) for name in ("old", "new") if isinstance(row[name], Decimal)}
    span = {
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "clock": asked.clock or Clock.PUBLIC.value,
    }
    return day_facts(as_of) | span | {"count": len(rows), "results": rows}

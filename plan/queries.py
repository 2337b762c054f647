"""Reads of the spine that pages, files and the API share."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Organisation, Role, User
from accounts.substitutes import principals, units
from plan.after_period import CLOSING, UNCLOSED, UNFINISHED, state_on
from plan.models import Focus, Item, Link, Paragraph, Plan, TextNote
from plan.params import today
from plan.promised import promise
from plan.public import public_words, show_public
from plan.rollup import RollUp, RollupPart, roll_up
from plan.text import TextPiece, linked

# The menu of a page's frame holds so many other plans at most; the page of all plans has the rest.
MOST_OTHERS = 20
# From best to worst, as a bar of states reads; what has not reported ends it.
BAR_ORDER = (
    Item.Status.DONE,
    Item.Status.ON_SCHEDULE,
    Item.Status.ADJUSTED,
    Item.Status.BEHIND,
    Item.Status.NOT_STARTED,
    Item.Status.NOT_REPORTED,
)
# The same with what pages show after the plan's period (plan.after_period).
SHOWN_ORDER = (*BAR_ORDER[:3], UNCLOSED, BAR_ORDER[3], UNFINISHED, *BAR_ORDER[4:])


@dataclass(frozen=True)
class DayStatus:
    """An item's status as known on a day."""

    status: str
    progress: Decimal | None
    status_as_of: date | None


@dataclass(frozen=True)
class StatusReader:
    """Says by code what status items of some kinds had on a day; an item it leaves out is as its row says."""

    kinds: Callable[[Plan], Iterable[str]]
    read: Callable[[Plan, date], dict[str, DayStatus]]


# An app above the spine whose items change status with what was known adds its reader here (indicators.apps,
# updates.apps): without it a list as of a past day would show today's status.
status_readers: list[StatusReader] = []


def statuses_on(plan: Plan, day: date, kinds: Iterable[str] | None = None) -> dict[str, DayStatus]:
    """By code, the status on a day of every item whose row may say another; only of these kinds when given."""
    wanted = None if kinds is None else frozenset(kinds)
    readers = [row for row in status_readers if wanted is None or wanted.intersection(row.kinds(plan))]
    return {code: status for reader in readers for code, status in reader.read(plan, day).items()}


def show_day(plan: Plan, items: Iterable[Item], day: date, *, kinds: Iterable[str] | None = None) -> None:
    """Gives items, in memory, the status they had on a day and what was public of them (`.public`)."""
    items = list(items)
    show_public(plan, items, day)
    show_status(plan, items, day, kinds=kinds)


def show_status(plan: Plan, items: list[Item], day: date, *, kinds: Iterable[str] | None = None) -> None:
    """The status alone; today's they have. `kinds` spares the question after kinds not among the items."""
    if day >= today() or not items:
        return
    statuses = statuses_on(plan, day, {item.kind for item in items} if kinds is None else kinds)
    for item in items:
        if known := statuses.get(item.code):
            item.status, item.progress, item.status_as_of = known.status, known.progress, known.status_as_of


def with_status(rows: QuerySet[Item], plan: Plan, status: str, day: date) -> QuerySet[Item]:
    """The items that had a status on a day: as reported, or one of the two that pages show after the period."""
    if status in CLOSING:
        return rows.filter(code__in=_closing(rows, plan, status, day))
    if day >= today():
        return rows.filter(status=status)
    statuses = statuses_on(plan, day)
    then = [code for code, known in statuses.items() if known.status == status]
    return rows.filter(Q(code__in=then) | (Q(status=status) & ~Q(code__in=list(statuses))))


def in_state(rows: QuerySet[Item], plan: Plan, state: str, day: date) -> QuerySet[Item]:
    """The commitments that pages call by a state on a day: indicators have words of their own (judging.ladder)."""
    return with_status(rows.exclude(kind=Item.Kind.INDICATOR), plan, state, day)


def _closing(rows: QuerySet[Item], plan: Plan, status: str, day: date) -> list[str]:
    known = statuses_on(plan, day) if day < today() else {}
    found = rows.order_by().values_list("code", "status", "status_as_of")
    on_the_day = [(code, known.get(code) or DayStatus(state, None, on)) for code, state, on in found]
    return [
        code for code, row in on_the_day if state_on(row.status, row.status_as_of, plan.ends_on, day) == status
    ]


def get_plan(slug: str) -> Plan:
    """The plan of an address; 404 names what was asked for."""
    # With others, to which the page's frame leads: so many as a menu can hold, whatever their number.
    is_other = Case(When(slug=slug, then=Value(0)), default=Value(1))
    plans = list(Plan.objects.select_related("source").order_by(is_other, *Plan._meta.ordering)[: 1 + MOST_OTHERS])
    plan = plans[0] if plans and plans[0].slug == slug else None
    if plan is None:
        raise Http404(_("没有规划“%(slug)s”") % {"slug": slug})
    plan.others = plans[1:]
    return plan


# The default plan once it was there: no plan is ever taken away, and every page outside of plans asks.
seen: set[str] = set()


def first_plan() -> str:
    """The address of the plan that pages outside of plans lead to: the default one, or else the first of all.

    Nothing on a site that has none yet.
    """
    wanted = settings.DEFAULT_PLAN
    if wanted in seen:
        return wanted
    is_other = Case(When(slug=wanted, then=Value(0)), default=Value(1))
    slug = Plan.objects.order_by(is_other, *Plan._meta.ordering).values_list("slug", flat=True).first() or ""
    if slug == wanted:
        seen.add(slug)
    return slug


def plan_of_address(path: str) -> Plan | None:
    """The plan an address stands under, for the frame of a refusal; None outside of plans."""
    slug = path.strip("/").partition("/")[0]
    try:
        return Plan.objects.select_related("source").filter(slug=slug).first() if slug else None
    except DatabaseError:
        return None


def get_item(plan: Plan, code: str, kinds: tuple[str, ...] = ()) -> Item:
    """One item with what its page shows, a retired one as well; 404 when the code is unknown or of another kind.

    A code the item had before the plan's files renamed it finds it too: then the item's own code differs.
    """
    here = OuterRef("pk")
    items = plan.every_item.select_related(
        "section", "paragraph", "last_paragraph", "parent__lead", "parent__parent__lead", "lead"
    ).annotate(
        has_notes=Exists(TextNote.items.through.objects.filter(item=here)),
        has_focuses=Exists(Focus.objects.filter(item=here)),
        has_supporting=Exists(Item.supporting.through.objects.filter(item=here)),
    )
    if kinds:
        items = items.filter(kind__in=kinds)
    item = items.filter(code=code).first() or items.filter(former_codes__code=code).first()
    if item is None:
        missing = (
            _("规划中没有指标“%(code)s”") if kinds == (Item.Kind.INDICATOR,) else _("规划中没有条目“%(code)s”")
        )
        raise Http404(missing % {"code": code})
    for row in item.line:
        row.plan = plan
    return item


def aside_of(item: Item) -> dict[str, list]:
    """What stands beside the words of an item that get_item found: nothing is asked for that it has none of."""
    return {
        "notes": list(item.text_notes.all()) if item.has_notes else [],
        "focuses": list(item.focuses.select_related("industry")) if item.has_focuses else [],
        "supporting": list(item.supporting.all()) if item.has_supporting else [],
    }


def parts_of(item: Item) -> list[Item]:
    """Items below an item, each with all that stands below it as `.parts`; one query.

    It also gives the item those of its kind before and after it below the same one, as `.before` and `.after`.
    """
    beside = Q(parent=item.parent_id, kind=item.kind)
    found = list(item.plan.items.filter(below_of(item) | beside).select_related("lead").in_plan_order())
    item.before, item.after = neighbours(item, found)
    rows = [row for row in found if (row.parent_id, row.kind) != (item.parent_id, item.kind)]
    by_pk = {row.pk: row for row in rows}
    for row in rows:
        row.parts = []
    for row in rows:
        above = row
        while above.parent_id in by_pk:
            above = by_pk[above.parent_id]
        if above is not row:
            above.parts.append(row)
    return [row for row in rows if row.parent_id == item.pk]


def neighbours(item: Item, rows: Iterable[Item]) -> tuple[Item | None, Item | None]:
    """Of rows in the plan's order, those right before and after an item of its kind below the same one."""
    alike = [row for row in rows if (row.parent_id, row.kind) == (item.parent_id, item.kind)]
    place = next((at for at, row in enumerate(alike) if row.pk == item.pk), None)
    if place is None:
        return None, None
    return alike[place - 1] if place else None, alike[place + 1] if place + 1 < len(alike) else None


# So many levels below an item are found.
LEVELS = 5


def below_of(item: Item) -> Q:
    """What stands below an item, however deep (LEVELS)."""
    paths = ("__".join(["parent"] * level) for level in range(1, LEVELS + 1))
    return Q(*((path, item) for path in paths), _connector=Q.OR)


def words_of(item: Item, below: Iterable[Item]) -> list[list[TextPiece]]:
    """The plan's words on an item, paragraph by paragraph, those of items below it linked.

    Where its own words are a heading, they are what stands under it, up to the next one; one query then.
    """
    below = list(below)
    own = item.paragraph
    if item.last_paragraph_id:
        return _running_words(item, below)
    if own.kind != Paragraph.Kind.HEADING:
        start = max(0, own.text.find(item.quote))
        end = start + len(item.quote)
        # Words within a longer sentence are told apart there.
        is_within = (item.start, item.end) != (start, end) and not below
        return [linked(own, [item] if is_within else below, start, end)]
    after = Paragraph.objects.filter(section=item.section, order__gt=own.order).order_by("order")
    under = takewhile(lambda row: row.kind != Paragraph.Kind.HEADING, after)
    return [[TextPiece(item.quote)], *(linked(row, below) for row in under)]


def _running_words(item: Item, below: Iterable[Item]) -> list[list[TextPiece]]:
    """The words of an item that run on from its paragraph to another; one query."""
    rows = Paragraph.objects.filter(
        plan_id=item.plan_id, order__gte=item.paragraph.order, order__lte=item.last_paragraph.order
    ).order_by("order")
    ends = {item.last_paragraph_id: item.last_end}
    starts = {item.paragraph_id: item.start}
    return [linked(row, below, starts.get(row.pk, 0), ends.get(row.pk)) for row in rows]


@dataclass(frozen=True)
class Tied:
    """Another commitment with every tie to it, so that it is named once."""

    other: Item
    links: list[Link]


def tied(item: Item, links: Iterable[Link]) -> list[Tied]:
    """Ties by their far end, in the order in which each was first named."""
    found: dict[int, Tied] = {}
    for link in links:
        other = link.target if link.source_id == item.pk else link.source
        # The far end may have been read twice; the first holds what pages know of it.
        found.setdefault(other.pk, Tied(getattr(link, "other", other), [])).links.append(link)
    return list(found.values())


def links_of(item: Item) -> list[Link]:
    """Ties of an item in both directions, text first."""
    rows = Link.objects.filter(Q(source=item) | Q(target=item)).select_related("source", "target")
    return sorted(rows, key=lambda link: (link.kind, link.source.order, link.target.order))


def with_reports(plan: Plan, kinds: dict[str, str], day: date | None = None) -> dict[str, list[dict[str, Any]]]:
    """By kind, its items with their parts, what was promised, and how many parts had reported by a day, by state.

    `kinds` says for each kind which kind its parts are; one query for all of them and the projects below them
    together, and one more for a past day. Missing is never zero: see plan.rollup.
    """
    things = plan.kinds.things
    wanted = {*kinds, *kinds.values(), *things}
    rows = list(plan.items.filter(kind__in=wanted).select_related("lead").in_plan_order())
    show_day(plan, rows, day or today(), kinds=set(kinds.values()))
    parts: dict[tuple[int, str], list[Item]] = {}
    for row in rows:
        parts.setdefault((row.parent_id, row.kind), []).append(row)
    strips: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    for item in rows:
        if item.kind in strips:
            found = parts.get((item.pk, kinds[item.kind]), [])
            named = (parts.get((top.pk, kind), []) for top in (item, *found) for kind in things)
            projects = [row for rows in named for row in rows]
            strips[item.kind].append(strip(item, found, plan=plan, day=day, projects=projects))
    return strips


def strips_of(plan: Plan, kind: str, day: date) -> list[dict[str, Any]]:
    """The items of one kind, each with its parts, or with all right below it where its kind has none."""
    part = plan.kinds.parts.get(kind)
    return with_reports(plan, {kind: part}, day)[kind] if part else with_parts(plan, [kind], day)


def with_parts(plan: Plan, kinds: Iterable[str], day: date) -> list[dict[str, Any]]:
    """Items of some kinds in the plan's order, each with whatever stands right below it; one query."""
    kinds = list(kinds)
    wanted = Q(kind__in=kinds) | Q(parent__kind__in=kinds)
    rows = list(plan.items.filter(wanted).select_related("lead").in_plan_order())
    show_day(plan, rows, day)
    tops = [row for row in rows if row.kind in kinds]
    return [strip(top, [row for row in rows if row.parent_id == top.pk], plan=plan, day=day) for top in tops]


def strip(
    item: Item,
    parts: list[Item],
    *,
    plan: Plan | None = None,
    day: date | None = None,
    projects: Iterable[Item] = (),
) -> dict[str, Any]:
    """An item beside what its parts have reported: numbers by state in the order of the states, and the sum; and
    what was promised, with the projects named below it.

    States are those of the reports; with a plan and a day, what they say after its period.
    """
    ends_on = plan.ends_on if plan else date.max
    counts = Counter(state_on(part.status, part.status_as_of, ends_on, day or today()) for part in parts)
    silent = counts[Item.Status.NOT_REPORTED]
    ordered = {status: counts[status] for status in SHOWN_ORDER if counts[status]}
    return {
        "item": item,
        "parts": parts,
        "total": len(parts),
        "reported": len(parts) - silent,
        "counts": ordered,
        "rollup": rollup_of(parts),
        "public": public_words(parts),
        "promised": promise(item, parts, projects),
    }


def is_silent(strips: Iterable[dict[str, Any]]) -> bool:
    """Whether no part of a group has an approved report."""
    return not any(row["reported"] for row in strips)


def add_sums(plan: Plan, items: Iterable[Item], day: date) -> None:
    """Gives each item that is made of others its strip as `.sum`: of its tasks, or of its projects and points
    where it has no tasks. One query whatever the number; none where no item is made of others."""
    wanted = [item for item in items if item.is_made_of_parts]
    if not wanted:
        return
    rows = list(plan.items.filter(parent__in=wanted).in_plan_order())
    show_day(plan, rows, day)
    for item in wanted:
        parts = [row for row in rows if row.parent_id == item.pk]
        item.sum = strip(item, tasks_among(plan, parts), plan=plan, day=day)


def tasks_among(plan: Plan, parts: Iterable[Item]) -> list[Item]:
    """The parts that are no projects or points; all of them where there are no others."""
    parts = list(parts)
    return [part for part in parts if part.kind not in plan.kinds.entries] or parts


def rollup_of(parts: Iterable[Item]) -> RollUp:
    """What items amount to together, by the status each holds in memory (see show_day)."""
    return roll_up(RollupPart(part.status, part.progress, part.weight) for part in parts)


def with_focuses(strips: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The strips with their focus industries, for a list that has room for them."""
    focuses: dict[int, list[Focus]] = {}
    for focus in Focus.objects.filter(item__in=[strip["item"].pk for strip in strips]).order_by("order"):
        focuses.setdefault(focus.item_id, []).append(focus)
    for row in strips:
        row["focuses"] = focuses.get(row["item"].pk, [])
    return strips


def answerable(plan: Plan) -> dict[int, Organisation | None]:
    """By item, the organisation that answers for it: its own lead, or that of the nearest above; one query.

    Plain values: rows of every item would be made to be asked for two keys.
    """
    told = ("pk", "parent", "lead", "lead__code", "lead__name", "lead__name_en")
    rows = list(plan.items.order_by().values_list(*told))
    organisations = {key: Organisation(key, *names) for _pk, _parent, key, *names in rows if key is not None}
    above = {pk: (parent, organisations.get(key)) for pk, parent, key, *_names in rows}

    def lead(pk: int | None) -> Organisation | None:
        while pk in above:
            pk, found = above[pk]
            if found is not None:
                return found
        return None

    return {pk: lead(pk) for pk in above}


def entrusted(plan: Plan, user) -> QuerySet[Item]:
    """The items a person may report on or enter figures for: an analyst all of them, a reporter those its own
    organisation, or that of somebody it stands in for, leads or supports, with everything below them."""
    rows = plan.items.all()
    if not user.works_in(plan.slug):
        return rows.none()
    if Role.ANALYST in user.roles:
        return rows
    if Role.REPORTER not in user.roles:
        return rows.none()
    own = units(user)
    return rows.filter(pk__in=_answered_by(plan, own)) if own else rows.none()


class Entrusted:
    """The keys of the same, for whoever asks of many items: read once, and not at all for an analyst."""

    def __init__(self, plan: Plan, user):
        self.plan, self.user = plan, user

    @cached_property
    def keys(self) -> set[int]:
        return set(entrusted(self.plan, self.user).order_by().values_list("pk", flat=True))

    @cached_property
    def is_everything(self) -> bool:
        return Role.ANALYST in self.user.roles and self.user.works_in(self.plan.slug)

    def __contains__(self, pk: int) -> bool:
        return self.is_everything or pk in self.keys


def _answered_by(plan: Plan, own: set[int]) -> QuerySet:
    """The keys of what organisations lead or support, and of everything below."""
    chain = ("", "parent__", "parent__parent__", "parent__parent__parent__")
    condition = Q(pk__in=[])
    for step in chain:
        condition |= Q(**{f"{step}lead__in": own}) | Q(**{f"{step}supporting__in": own})
    return plan.items.filter(condition).order_by().values("pk")


def stood_in_for(item: Item, user) -> User | None:
    """For whom a person reports on an item that is not his own unit's; None where it is, or an analyst's."""
    if Role.ANALYST in user.roles or not (others := principals(user)):
        return None
    mine = _answered_by(item.plan, {user.organisation_id} - {None})
    if mine.filter(pk=item.pk).exists():
        return None
    return next(
        (
            one
            for one in others
            if one.organisation_id and _answered_by(item.plan, {one.organisation_id}).filter(pk=item.pk).exists()
        ),
        None,
    )


def items_for_files(rows: QuerySet) -> QuerySet:
    return rows.select_related("section", "parent", "lead").prefetch_related("focuses")

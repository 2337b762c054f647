"""The latest changes of a plan as RSS and Atom, for feed readers."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext as _

from accounts.models import Organisation
from dashboard.changes import events
from indicators.changes import day_before_latest
from indicators.headline import headline
from indicators.queries import Overview, overview
from plan.changed import note_plan
from plan.changes import Cause, Change, Clock
from plan.days import start_of
from plan.demo import MARK
from plan.models import Item, Plan
from plan.params import BadParameter, day_pairs, read_choice
from plan.queries import get_plan
from texts.xml import xml_safe_all

LATEST = 50


class SafeFeed:
    """Holds everything a feed says, its own head included, to what XML can hold."""

    def write(self, outfile, encoding):
        self.feed, self.items = xml_safe_all(self.feed), xml_safe_all(self.items)
        super().write(outfile, encoding)


class SafeRss(SafeFeed, Rss201rev2Feed):
    pass


class SafeAtom(SafeFeed, Atom1Feed):
    pass


@dataclass(frozen=True)
class Fed:
    """A change with what its entry needs of the plan and the request."""

    change: Change
    plan: Plan
    query: str


@dataclass(frozen=True)
class FeedChoice:
    """What a feed is narrowed to: a commitment with all below it, a kind, what a unit leads; `label` names it."""

    item: Item | None = None
    kind: str = ""
    unit: Organisation | None = None
    label: str = ""

    @classmethod
    def read(cls, plan: Plan, params) -> "FeedChoice":
        """Raises BadParameter for a code or a kind that there is none of."""
        kind = read_choice(params, "kind", plan.kinds)
        item = unit = None
        if code := params.get("item", ""):
            item = plan.items.select_related("plan").filter(code=code).first()
            if item is None:
                raise BadParameter("item", code, _("应为本规划一个条目的编码，例如 P-1"))
        if code := params.get("unit", ""):
            unit = Organisation.objects.filter(code=code).first()
            if unit is None:
                raise BadParameter("unit", code, _("应为一个责任单位的编码"))
        names = [item and item.label, kind and plan.kinds[kind].plural_label, unit and unit.name]
        return cls(item, kind, unit, "，".join(str(name) for name in names if name))

    def takes(self, change: Change) -> bool:
        leads = change.item is not None and self.unit is not None and change.item.lead_id == self.unit.pk
        return self.kind in ("", change.kind) and (self.unit is None or leads)


@dataclass(frozen=True)
class Found:
    """What a plan's feed tells, and by which address, which its readers ask for again."""

    plan: Plan
    query: str
    told: list[Fed]
    standing: Overview
    label: str
    address: str


@dataclass(frozen=True)
class FoundOfAll:
    """The same of all plans."""

    told: list[Fed]
    address: str


def latest_of_each(told: Iterable[Change]) -> Iterator[Change]:
    """The fifty latest statements that others published, and the fifty latest changes beside them.

    One work report brings forty statements: in one list of fifty they would leave no figure.
    """
    kept: Counter[bool] = Counter()
    for change in told:
        is_statement = change.cause == Cause.EVIDENCE
        kept[is_statement] += 1
        if kept[is_statement] <= LATEST:
            yield change


class ChangesRss(Feed):
    """The latest changes, by the day they became known. An entry keeps its id whatever the language."""

    feed_type = SafeRss
    item_guid_is_permalink = False

    def get_object(self, request, slug):
        plan, day = get_plan(slug), request.as_of
        note_plan(request, plan)
        clock = read_choice(request.GET, "clock", Clock.values)
        wanted, query = FeedChoice.read(plan, request.GET), _query(day, clock)
        # Of few, all there is.
        since = plan.published_on if wanted.label else _since(plan, day, clock)
        found = events(plan, since, day, wanted.item, clock=clock)
        told = latest_of_each(change for change in found if wanted.takes(change))
        fed = [Fed(change, plan, query) for change in told]
        return Found(plan, query, fed, overview(plan, day), wanted.label, request.get_full_path())

    def feed_url(self, found):
        return found.address

    def title(self, found):
        mark = f"{MARK} " if found.plan.is_demo else ""
        plan = "，".join(filter(None, [found.plan.label, found.label]))
        return mark + _("%(plan)s：变化") % {"plan": plan}

    def description(self, found):
        standing = headline(found.standing)
        return f"{standing.sentence}{standing.second}" + _(
            "新数据、修订数据、调整的目标、规则变化、核定的进展填报和公开信息，每条注明判定怎样随之改变。"
        )

    def link(self, found):
        return reverse("changes", args=[found.plan.slug]) + found.query

    def author_name(self, found):
        return found.plan.source.publisher or found.plan.label

    def items(self, found):
        return found.told

    def item_title(self, fed):
        return fed.change.headline

    def item_description(self, fed):
        change = fed.change
        sources = [" ".join(filter(None, [source.title, source.url])) for source in change.sources]
        return "\n".join(filter(None, [change.headline, change.late_words, change.text, *sources]))

    def item_link(self, fed):
        item = fed.change.item
        return (item.path(fed.plan.slug) if item else reverse("changes", args=[fed.plan.slug])) + fed.query

    def item_guid(self, fed):
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{fed.plan.slug}/{fed.change.key}").urn

    def item_pubdate(self, fed):
        return start_of(fed.change.day)

    item_updateddate = item_pubdate

    def item_categories(self, fed):
        return [str(fed.change.cause.label)]


class ChangesAtom(ChangesRss):
    feed_type = SafeAtom
    subtitle = ChangesRss.description


def _since(plan: Plan, day: date, clock: str) -> date:
    # As many figures as could be needed twice over, because second sources are no changes.
    return max(plan.published_on, day_before_latest(overview(plan, day), 2 * LATEST, clock))


def _query(day: date, clock: str) -> str:
    asked = day_pairs(day) | ({} if clock != Clock.KNOWN else {"clock": clock})
    return f"?{urlencode(asked)}" if asked else ""


class PlansRss(ChangesRss):
    """The latest changes of all plans in one list; each entry says of which, and has the id of its own."""

    def get_object(self, request):
        day, clock = request.as_of, read_choice(request.GET, "clock", Clock.values)
        query = _query(day, clock)
        told = [
            Fed(change, plan, query)
            for plan in Plan.objects.select_related("source")
            for change in events(plan, _since(plan, day, clock), day, clock=clock)
        ]
        told.sort(key=lambda fed: -fed.change.day.toordinal())
        return FoundOfAll(told[: 2 * LATEST], request.get_full_path())

    def title(self, found):
        mark = f"{MARK} " if any(fed.plan.is_demo for fed in found.told) else ""
        return mark + _("全部规划：变化")

    def description(self, found):
        return _("全部规划的新数据、修订、更正、核定的进展填报和公开信息，按公布日期。")

    def link(self, found):
        return reverse("plans")

    def author_name(self, found):
        return _("全部规划")

    def item_title(self, fed):
        return f"{fed.plan.short_label} {fed.change.headline}"

    def item_categories(self, fed):
        return [fed.plan.short_label, *super().item_categories(fed)]


class PlansAtom(PlansRss):
    feed_type = SafeAtom
    subtitle = PlansRss.description

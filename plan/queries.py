"""Reads of the spine that pages, files and the API share."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Role
from plan.models import Focus, Item, Link, Plan

ITEM_COLUMNS = {
    "code": "编码",
    "kind": "类别",
    "title": "标题",
    "title_en": "英文标题",
    "quote": "规划原文",
    "parent": "上级编码",
    "section": "章节",
    "industries": "聚焦产业",
    "lead": "牵头单位",
    "status": "状态",
    "progress": "完成份额",
    "status_as_of": "状态截至",
    "url": "网址",
}


@dataclass(frozen=True)
class DayStatus:
    """An item's status as known on a day, for kinds whose status follows from published figures."""

    status: str
    progress: Decimal | None
    status_as_of: date | None


# An app above the spine whose items change status with what was public adds its reader here (indicators.apps):
# without it a list as of a past day would show today's status.
status_readers: list[Callable[[Plan, date], dict[str, DayStatus]]] = []


def statuses_on(plan: Plan, day: date) -> dict[str, DayStatus]:
    """By code, the status of every item that has one of its own on each day."""
    return {code: status for reader in status_readers for code, status in reader(plan, day).items()}


def get_plan(slug: str) -> Plan:
    """The plan of an address; 404 names what was asked for."""
    plan = Plan.objects.select_related("source").filter(slug=slug).first()
    if plan is None:
        raise Http404(_("没有规划“%(slug)s”") % {"slug": slug})
    return plan


def get_item(plan: Plan, code: str, kinds: tuple[str, ...] = ()) -> Item:
    """One item with what its page shows; 404 when the code is unknown or of another kind."""
    items = plan.items.select_related("section", "paragraph", "parent", "lead").prefetch_related(
        "text_notes", Prefetch("focuses", Focus.objects.select_related("industry"))
    )
    item = items.filter(code=code, **({"kind__in": kinds} if kinds else {})).first()
    if item is None:
        raise Http404(_("规划中没有条目“%(code)s”") % {"code": code})
    return item


def parts_of(item: Item) -> list[Item]:
    """Items below an item, each with its own below it as `.parts`; two queries at most."""
    children = list(item.children.prefetch_related("focuses").in_plan_order())
    grandchildren: dict[int, list[Item]] = {}
    for row in Item.objects.filter(parent__in=children).in_plan_order():
        grandchildren.setdefault(row.parent_id, []).append(row)
    for child in children:
        child.parts = grandchildren.get(child.pk, [])
    return children


def links_of(item: Item) -> list[Link]:
    """Ties of an item in both directions, text first."""
    rows = Link.objects.filter(Q(source=item) | Q(target=item)).select_related("source", "target")
    return sorted(rows, key=lambda link: (link.kind, link.source.order, link.target.order))


def with_reports(plan: Plan, kinds: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """By kind, its items with how many of their parts have reported, by state: missing is never zero.

    `kinds` says for each kind which kind its parts are; two queries for all of them together.
    """
    states = (
        plan.items.filter(kind__in=kinds.values())
        .order_by()
        .values_list("parent_id", "kind", "status")
        .annotate(number=Count("id"))
    )
    by_parent: dict[tuple[int, str], Counter] = {}
    for parent, kind, status, number in states:
        by_parent.setdefault((parent, kind), Counter())[status] += number
    strips: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    for item in plan.items.filter(kind__in=kinds).in_plan_order():
        counts = by_parent.get((item.pk, kinds[item.kind]), Counter())
        total, silent = counts.total(), counts[Item.Status.NOT_REPORTED]
        strips[item.kind].append(
            {"item": item, "total": total, "reported": total - silent, "counts": dict(counts)}
        )
    return strips


def with_parts(plan: Plan, strips: list[dict[str, Any]], part_kind: str) -> list[dict[str, Any]]:
    """The strips with their parts and focus industries, for a list that has room for them."""
    parts: dict[int, list[Item]] = {}
    for row in plan.items.filter(kind=part_kind, parent__kind=strips[0]["item"].kind if strips else ""):
        parts.setdefault(row.parent_id, []).append(row)
    focuses: dict[int, list[Focus]] = {}
    for focus in Focus.objects.filter(item__in=[strip["item"].pk for strip in strips]).order_by("order"):
        focuses.setdefault(focus.item_id, []).append(focus)
    for strip in strips:
        strip["parts"] = parts.get(strip["item"].pk, [])
        strip["focuses"] = focuses.get(strip["item"].pk, [])
    return strips


def entrusted(plan: Plan, user) -> QuerySet[Item]:
    """The items a person may report on or enter figures for: an analyst all of them, a reporter those its own
    organisation leads or supports, together with everything below them."""
    rows = plan.items.all()
    if Role.ANALYST in user.roles:
        return rows
    if Role.REPORTER not in user.roles or user.organisation_id is None:
        return rows.none()
    own = user.organisation_id
    chain = ("", "parent__", "parent__parent__", "parent__parent__parent__")
    condition = Q(pk__in=[])
    for step in chain:
        condition |= Q(**{f"{step}lead": own}) | Q(**{f"{step}supporting": own})
    return rows.filter(pk__in=plan.items.filter(condition).order_by().values("pk"))


def items_for_files(rows: QuerySet) -> QuerySet:
    return rows.select_related("section", "parent", "lead").prefetch_related("focuses")


def item_row(item: Item, slug: str, address: str, statuses: dict[str, DayStatus]) -> dict[str, Any]:
    """An item as the API and the files give it; `address` is the site's own, `statuses` those of the day."""
    known = statuses.get(item.code, item)
    return {
        "code": item.code,
        "kind": item.kind,
        "title": item.title,
        "title_en": item.title_en,
        "quote": item.quote,
        "parent": item.parent.code if item.parent else None,
        "section": item.section.number,
        "industries": [focus.name for focus in item.focuses.all()],
        "lead": item.lead.name if item.lead else None,
        "status": known.status,
        "progress": known.progress,
        "status_as_of": known.status_as_of,
        "url": address + item.path(slug),
    }

"""What the overview says beside the indicators: what needs attention, what changed lately."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from assessments.queries import overdue_findings, waiting_notes
from indicators.models import Observation
from indicators.queries import Overview
from indicators.wording import SIGNS, linear_badge
from plan.models import Item, Plan
from plan.queries import with_reports

STRIPS = (
    (Item.Kind.PLATFORM, Item.Kind.PLATFORM_TASK, "platforms:index"),
    (Item.Kind.ACTION, Item.Kind.MEASURE, "actions:index"),
    (Item.Kind.CLUSTER, Item.Kind.AREA, "clusters:index"),
)
WORST = ("missed", "regressed", "behind", "slightly_behind")


@dataclass
class Attention:
    """One thing to look at, with the address of its page."""

    look: str
    word: str
    title: str
    url: str

    @property
    def sign(self) -> str:
        return SIGNS.get(self.look, "–")


def overdue(plan: Plan, as_of: date) -> list[Attention]:
    """Follow-up actions of evaluations past their day, the longest overdue first."""
    rows = overdue_findings(plan, as_of).filter(created_at__date__lte=as_of).order_by("due_on", "id")
    return [
        Attention(
            "behind",
            _("整改逾期"),
            f"{row.note.item.code} {row.title}",
            reverse("assessments:finding", args=[plan.slug, row.pk]),
        )
        for row in rows
    ]


def to_review(plan: Plan, user) -> int:
    """How many notes wait for review, for those who review; nothing for anybody else, and no query."""
    return waiting_notes(plan).count() if may(user, Permission.REVIEW_NOTES) else 0


def attention(found: Overview) -> list[Attention]:
    """Indicators that lag, then those without figures, then those of the end year still to come."""
    rows = []
    for standing in found.standings:
        status = standing.status
        if status in WORST or status == "no_data":
            badge = linear_badge(standing)
            url = standing.indicator.path(found.plan.slug)
            rows.append(Attention(badge.look, badge.word, standing.indicator.label, url))
    return sorted(rows, key=lambda row: WORST.index(row.look) if row.look in WORST else len(WORST))


def latest_releases(plan: Plan, as_of: date, number: int = 5) -> list[Observation]:
    """The figures that became public last; a second source of the same figure is no news."""
    rows = (
        Observation.objects.filter(
            component__indicator__plan=plan,
            state=Observation.State.APPROVED,
            released_on__lte=as_of,
        )
        .select_related("component__indicator", "source")
        .order_by("-released_on", "component__indicator__order", "-year")[: number * 3]
    )
    first = {(row.component_id, row.year, row.value): row for row in reversed(rows)}
    return [row for row in rows if row is first[row.component_id, row.year, row.value]][:number]


def strips(plan: Plan, as_of: date) -> list[dict[str, Any]]:
    rows = with_reports(plan, {kind: part for kind, part, _name in STRIPS}, as_of)
    return [
        {"kind": Item.Kind(kind), "part": Item.Kind(part), "url_name": url_name, "rows": rows[kind]}
        for kind, part, url_name in STRIPS
    ]


def stage(plan: Plan, as_of: date) -> str:
    """Where the plan period stands, in the words of plan monitoring."""
    if as_of > plan.ends_on:
        return _("规划期已结束，处于总结评估阶段")
    if as_of < plan.starts_on:
        return _("规划期尚未开始")
    return _("规划期内")

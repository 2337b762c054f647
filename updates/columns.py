"""Columns of the status updates' file and API: a contract with everyone who reads them; add only at the end."""

from dataclasses import dataclass

from django.urls import reverse

from plan.columns import Column, Type, columns
from plan.kinds import kind_words
from plan.models import Item
from updates.models import Milestone, StatusUpdate


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """An approved update on its way into a file; `address` is the site's own."""

    row: StatusUpdate
    slug: str
    address: str


def _milestone(one: Milestone) -> str:
    """Title, planned day and, once it is reached, the actual one: "主体封顶 2023-06-30/2023-07-12"."""
    return f"{one.title} {one.planned_on.isoformat()}" + (f"/{one.actual_on.isoformat()}" if one.actual_on else "")


def _url(line: UpdateLine) -> str:
    return line.address + reverse("updates:detail", args=[line.slug, line.row.pk])


UPDATE = columns(
    Column("plan", "规划", "Plan", find=lambda line: line.slug),
    Column("item", "条目编码", "Item", find=lambda line: line.row.item.code),
    Column("title", "条目", "Title", find=lambda line: line.row.item.title),
    Column("kind", "类别", "Kind", find=lambda line: line.row.item.plan_kind, words=kind_words),
    Column(
        "organisation", "填报单位", "Reporting organisation",
        find=lambda line: line.row.organisation and line.row.organisation.name,
    ),
    Column("status_on", "进展截至", "Speaks of", Type.DAY, lambda line: line.row.status_on.isoformat()),
    Column("status", "状态", "Status", find=lambda line: line.row.status, words=dict(Item.Status.choices)),
    Column("progress", "完成份额（%）", "Share done", Type.NUMBER, lambda line: line.row.progress, unit="%"),
    Column("done", "进展情况", "What was done", find=lambda line: line.row.done),
    Column("problems", "存在问题", "Problems", find=lambda line: line.row.problems),
    Column("next_steps", "下一步安排", "Next steps", find=lambda line: line.row.next_steps),
    Column(
        "milestones", "里程碑", "Milestones",
        find=lambda line: [_milestone(one) for one in line.row.milestones.all()],
    ),
    Column(
        "attachments", "附件", "Attachments", 
        find=lambda line: [file.name for file in line.row.attachments.all() if not file.is_internal],
    ),
    Column(
        "known_on", "核定日期", "Approved on", Type.DAY,
        lambda line: line.row.known_on.isoformat() if line.row.known_on else None,
    ),
    Column("url", "网址", "Address", find=_url),
)  # fmt: skip

"""Commitments as files and the API give them: the columns are a contract; add only at the end."""

from dataclasses import dataclass
from typing import Any

from plan.columns import Column, Row, Type, columns, row_of
from plan.kinds import kind_words
from plan.models import Item
from plan.public import PublicState, Says
from plan.queries import DayStatus
from plan.readers import status_words
from plan.text import plain_row


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item on its way into a file: `known` is its status of the day, `public` what was public of it by then,
    `address` the site's own."""

    item: Item
    known: Any
    public: PublicState | None
    slug: str
    address: str


def _public(line: ItemLine, name: str) -> Any:
    return getattr(line.public, name) if line.public else None


ITEM_COLUMNS = columns(
    Column("code", "编码", "Code", find=lambda line: line.item.code),
    Column("kind", "类别", "Kind", find=lambda line: line.item.plan_kind, words=kind_words),
    Column("title", "标题", "Title", find=lambda line: line.item.title),
    Column("title_en", "英文标题", "English title", find=lambda line: line.item.title_en),
    Column("quote", "规划原文", "Words of the plan", find=lambda line: plain_row(line.item.quote)),
    Column("parent", "上级编码", "Part of", find=lambda line: line.item.parent and line.item.parent.code),
    Column("section", "章节", "Section", find=lambda line: line.item.section.number, is_place=True),
    Column(
        "industries",
        "聚焦产业",
        "Focus industries",
        find=lambda line: [row.name for row in line.item.focuses.all()],
    ),
    Column("lead", "牵头单位", "Lead organisation", find=lambda line: line.item.lead and line.item.lead.name),
    Column("status", "状态", "Status", find=lambda line: line.known.status, words=status_words),
    Column("progress", "完成份额", "Share done", Type.NUMBER, lambda line: line.known.progress),
    Column("status_as_of", "状态截至", "Status as of", Type.DAY, lambda line: line.known.status_as_of),
    Column("url", "网址", "Address", find=lambda line: line.address + line.item.path(line.slug)),
    # What somebody published, never the unit's own report.
    Column(
        "public_says",
        "公开信息",
        "Public evidence",
        find=lambda line: _public(line, "key"),
        words=dict(Says.choices),
    ),
    Column("public_day", "公开信息所指日期", "Day it speaks of", find=lambda line: _public(line, "day") or None),
    Column("public_fact", "公开信息事实", "What was published", find=lambda line: _public(line, "fact")),
    Column("public_source", "公开信息来源", "Published by", find=lambda line: _public(line, "publisher")),
    Column(
        "public_disputed",
        "公开信息有矛盾",
        "Evidence disputed",
        Type.YES_NO,
        lambda line: _public(line, "is_disputed"),
    ),
)


def item_row(
    item: Item, slug: str, address: str, statuses: dict[str, DayStatus], public: dict[str, PublicState]
) -> Row:
    """An item as the API and the files give it; `address` is the site's own, `statuses` and `public` the day's."""
    known = statuses.get(item.code, item)
    return row_of(ITEM_COLUMNS, ItemLine(item, known, public.get(item.code), slug, address))

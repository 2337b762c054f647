"""The plan's text as it was read clause by clause, for the page and its file. Two queries, whatever its length."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from plan.clauses import ReadAs, with_items
from plan.columns import Column, columns
from plan.models import Item, Plan, ReadClause, Section

JUDGED = {ReadAs.ITEM: _("条目"), ReadAs.PART: _("条目的一部分"), ReadAs.NONE: _("不是承诺")}


@dataclass(frozen=True)
class ClauseLine:
    """A clause with what was read of it: its items, or the one it is part of, or neither; and why.

    One within an item's own words may be part of it too, where another of its clauses is what is promised.
    """

    section: Section
    anchor: str
    text: str
    items: tuple[Item, ...]
    part_of: Item | None
    why: str

    @property
    def judged(self) -> ReadAs:
        return ReadAs.PART if self.part_of else ReadAs.ITEM if self.items else ReadAs.NONE

    @property
    def told(self) -> tuple[Item, ...]:
        return (self.part_of,) if self.part_of else self.items


CLAUSES = columns(
    Column("section", "章节", "Section", find=lambda line: line.section.number, is_place=True),
    Column("section_title", "章节名", "Title of the section", find=lambda line: line.section.title),
    Column("clause", "规划原文", "Words of the plan", find=lambda line: line.text),
    Column("judged", "判断", "Read as", find=lambda line: line.judged.value, words=JUDGED),
    Column("codes", "条目编码", "Codes", find=lambda line: [item.code for item in line.told]),
    Column("reason", "理由", "Reason", find=lambda line: line.why),
)


def clause_lines(plan: Plan) -> list[ClauseLine]:
    """Every clause that was read, in the order of the text; none for a plan whose files say nothing of it."""
    rows = ReadClause.objects.filter(paragraph__plan=plan).select_related("paragraph__section__parent", "part_of")
    read = {(row.paragraph_id, row.start): row for row in rows.order_by("paragraph__order", "start")}
    here: dict[int, list[Item]] = {}
    for item in plan.items.in_plan_order():
        here.setdefault(item.paragraph_id, []).append(item)
    paragraphs = {row.paragraph_id: row.paragraph for row in read.values()}
    return [
        ClauseLine(paragraph.section, paragraph.anchor, clause.text, clause.items, row.part_of, row.why)
        for paragraph in paragraphs.values()
        for clause in with_items(paragraph.text, here.get(paragraph.pk, ()))
        if (row := read.get((paragraph.pk, clause.start)))
    ]

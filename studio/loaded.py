"""A plan's folder as the studio reads it: its paragraphs as blocks, its items as stretches of them."""

from plan.fixtures import PlanRows
from plan.models import Paragraph
from studio.proposing.measuring import Stretch
from studio.reading.document import Block, PlanText
from studio.reading.headings import mark_of


def document_of(rows: PlanRows) -> PlanText:
    """The text of a plan that is loaded, or of a folder that is read."""
    depth = {row.number: row.number.count(".") + 1 for row in rows.sections}
    blocks = [
        Block(
            str(row.kind),
            row.text,
            depth[row.section] if row.kind == Paragraph.Kind.HEADING else 0,
            mark=mark_of(row.text),
        )
        for row in rows.paragraphs
    ]
    return PlanText(blocks=blocks)


def stretches_of(rows: PlanRows) -> list[Stretch]:
    """Where the items of a folder stand."""
    return [Stretch(str(row.kind), row.paragraph, row.start, row.end, row.title) for row in rows.items]

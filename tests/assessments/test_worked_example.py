"""docs/worked-example-midterm.md, run on the published figures."""

from pathlib import Path

from django.conf import settings

from assessments.models import Note
from assessments.report.content import build_report
from assessments.report.document import DocumentTable
from tests.assessments.scene import ended, open_round, published
from tests.factories import make_person

DOCUMENT = Path(settings.BASE_DIR, "docs", "worked-example-midterm.md")
CONCLUSIONS = {"I-01": "ahead", "I-05": "not_assessable", "I-07": "on_schedule"}


def table_under(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, with its head."""
    lines = DOCUMENT.read_text("utf-8").split(f"## {heading}", 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if set("".join(row)) != {"-"}]


def test_the_report_says_what_the_document_shows(plan):
    manager, evaluator, reviewer = (
        make_person(name, role) for name, role in (("man", "reviewer"), ("eva", "evaluator"), ("rev", "reviewer"))
    )
    items = list(plan.items.filter(code__in=CONCLUSIONS).in_plan_order())
    round = open_round(plan, by=manager, items=items, evaluator=evaluator)
    for item in items:
        word = CONCLUSIONS[item.code]
        published(round, item, by=evaluator, reviewer=reviewer, progress="见数据。", conclusion=word)

    document = build_report(ended(round, by=manager))

    table = next(block for block in document.blocks if isinstance(block, DocumentTable))
    shown = table_under("Table 1 of the report")
    # The document is typed with plain spaces and on one line; the report keeps a sign and its number together.
    rows = [[cell.replace("\xa0", " ").replace("\n", "") for cell in row] for row in (table.columns, *table.rows)]
    assert rows == shown


def test_the_notes_of_the_document_are_the_ones_that_were_written(plan):
    rows = table_under("What the notes conclude")[1:]

    told = {row[0].split()[0]: row[3] for row in rows}
    assert told == {code: str(Note.Conclusion(word).label) for code, word in CONCLUSIONS.items()}

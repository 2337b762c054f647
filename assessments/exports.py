"""Published notes as files and the API give them (columns: assessments.columns)."""

from datetime import date

from assessments.columns import NOTE, NoteLine
from assessments.models import NoteStep
from assessments.queries import known_notes
from plan.columns import Row, row_of
from plan.models import Plan


def note_rows(plan: Plan, day: date, address: str) -> list[Row]:
    """One row a note that stood published at the end of a day; `address` is the site's own."""
    return [note_row(step, plan.slug, address) for step in known_notes(plan, day, with_evidence=True)]


def note_row(step: NoteStep, slug: str, address: str) -> Row:
    """The text as it was published by that step; lists are joined with 、 in a CSV."""
    row = row_of(NOTE, NoteLine(step, slug, address))
    # In JSON the word has stood before its value from the first day on: a file made again is the same to the byte.
    names = list(row)
    names.remove("forecast_value")
    names.insert(names.index("forecast") + 1, "forecast_value")
    return {name: row[name] for name in names}

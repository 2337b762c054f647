"""A faulty row put right on the page of its import: read again from its cells by the rule of files."""

from collections.abc import Mapping

from desk.models import ImportBatch, ImportRow
from indicators.files.headings import COLUMNS, names_of
from indicators.files.rows import Draft, RowReader
from judging.decimals import plain
from plan.params import today

# What of a row that clashes with another or with what is stored may have been meant otherwise.
OF_A_CONFLICT = ("value", "released_on")
LENGTH = 500


def mendable(row: ImportRow) -> list[str]:
    """Machine names of the cells that can be put right where the row is shown."""
    if row.outcome == ImportRow.Outcome.CONFLICT:
        return list(OF_A_CONFLICT)
    if row.outcome != ImportRow.Outcome.INVALID:
        return []
    found = ["component" if fault["column"] == "indicator" else fault["column"] for fault in row.faults]
    if any(fault["code"] == "year_after_release" for fault in row.faults):
        found.append("released_on")
    return [name for name in dict.fromkeys(found) if name in COLUMNS]


def cells_of(row: ImportRow) -> dict[str, str]:
    """The cells of a row as its file has them; of one that could be read, as they were read."""
    if row.component is None or row.value is None:
        return dict(row.cells)
    words = ("value_status", "precision", "release_precision", "published_text", "note")
    told = {name: getattr(row, name) for name in (*words, "source_title", "source_url", "source_publisher")}
    told |= {"component": row.component.code, "year": str(row.year), "value": plain(row.value)}
    return told | {"released_on": row.released_on.isoformat(), "exclusive": "1" if row.exclusive else ""}


def read_again(batch: ImportBatch, rows: list[ImportRow], said: Mapping[int, Mapping[str, str]]) -> list[Draft]:
    """Each row as it reads with what a person put into its cells."""
    names = names_of(batch.plan, batch.names)
    reader = RowReader(batch.plan, {}, today=today(), defaults=batch.defaults, names=names)
    return [reader.read(row.line, cells_of(row) | said[row.line]) for row in rows]

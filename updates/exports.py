"""Status updates as files and the API give them (columns: updates.columns)."""

from plan.columns import Row, row_of
from updates.columns import UPDATE, UpdateLine
from updates.models import StatusUpdate


def update_row(row: StatusUpdate, slug: str, address: str) -> Row:
    """One approved update; `address` is the site's own. Lists are joined with 、 in a CSV."""
    return row_of(UPDATE, UpdateLine(row, slug, address))

"""What says that figures are invented: every page has a banner, every export a column, a name and a header."""

from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError

from plan.changed import plans_of
from plan.columns import Column, Columns, columns
from plan.models import Plan

MARK = "演示数据"
COLUMNS = columns(Column("demo_data", MARK, "Invented"))
HEADER = "X-Demo"


def demo_slugs(request) -> frozenset[str]:
    """The plans with invented figures an export of this address may hold: its own, or any where it names none."""
    return frozenset(plan.slug for plan in plans_of(request) if plan.is_demo)


def marked(
    request, *, columns: Columns, rows: Iterable[dict[str, Any]]
) -> tuple[Columns, Iterable[dict[str, Any]]]:
    """Columns and rows of a file as they leave: as given, or with one that marks them where they are a demo's.

    A row that names its plan is marked by that plan alone.
    """
    slugs = demo_slugs(request)
    if not slugs:
        return columns, rows
    slug = next(iter(slugs))
    flagged = (row | {"demo_data": MARK if (row.get("plan") or slug) in slugs else ""} for row in rows)
    return {**columns, **COLUMNS}, flagged


def any_demo() -> bool:
    """Whether this installation holds invented figures; False where the database cannot say."""
    try:
        return Plan.objects.filter(is_demo=True).exists()
    except DatabaseError:  # an error page must still come out
        return False

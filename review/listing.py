"""The list of the review desk: what somebody may decide, in order, the figures of one publication as one line."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.permissions import may
from desk.models import ImportRow
from desk.queries import for_queue
from indicators.figures.grades import Grade
from plan.models import Plan
from review.filters import DeskFilters
from review.kinds import KINDS, LISTED, Reviewed, Waiting, large_imports, release_line

# What makes a line of several figures of a publication.
SEVERAL = 2


@dataclass
class Listed:
    """`entries` in their order; `theirs`: how many somebody else has to decide. Of more than LISTED figures only
    part `part` of `parts` is looked at, `figures` being all that wait."""

    entries: list[Waiting] = field(default_factory=list)
    theirs: int = 0
    figures: int = 0
    part: int = 1
    imports: list[Any] = field(default_factory=list)

    @property
    def parts(self) -> int:
        return max(1, -(-self.figures // LISTED))

    @property
    def singles(self) -> dict[str, Waiting]:
        """The figures that stand within a line of their publication, by key."""
        return {one.key: one for entry in self.entries for one in entry.members}

    def line_of(self, key: str) -> int | None:
        """The place of a row, or of the publication it stands within."""
        for at, entry in enumerate(self.entries):
            if key == entry.key or any(key == one.key for one in entry.members):
                return at
        return None


def listed(plan: Plan, user, filters: DeskFilters, part: int = 1) -> Listed:
    """What a person may decide, flagged first, then what turns a verdict, then the quiet, each oldest first.

    The filters of unit, commitment and person narrow everything that waits; kind and group only what is shown
    of it, which is the page's to do. A fixed number of queries for any number of rows.
    """
    found = Listed(part=part, imports=large_imports(plan))
    for kind in KINDS:
        if not may(user, kind.permission):
            continue
        rows = _rows(plan, kind, filters, found)
        own = kind.own(user, rows) if rows else set()
        found.theirs += len(own)
        rows = [row for row in rows if row.pk not in own]
        lines = [kind.line(kind, row) for row in rows]
        grades = kind.grades(rows)
        for line in lines:
            line.grades.extend(grades[line.row.pk])
        if kind.key == "figure":
            lines = _by_release(lines)
        found.entries += lines
    order = {kind.key: place for place, kind in enumerate(KINDS)}
    found.entries.sort(key=lambda one: (one.group, order[one.kind.key], _moment(one), one.row.pk))
    return found


def _rows(plan: Plan, kind: Reviewed, filters: DeskFilters, found: Listed) -> list[Any]:
    rows = filters.narrow(kind, kind.waiting(plan))
    if kind.key != "figure":
        return list(rows)
    if found.imports:
        # They are decided on as a whole.
        rows = rows.exclude(Exists(ImportRow.objects.filter(batch__in=found.imports, observation=OuterRef("pk"))))
    start = (found.part - 1) * LISTED
    some = for_queue(rows, start, start + LISTED)
    is_all = found.part == 1 and len(some) < LISTED
    found.figures = len(some) if is_all else rows.count()
    return some


def _by_release(lines: list[Waiting]) -> list[Waiting]:
    """Figures of one publication as one line; rivals stay apart, because each is decided beside the other."""
    by_source: dict[int, list[Waiting]] = defaultdict(list)
    for line in lines:
        if Grade.RIVAL not in line.grades:
            by_source[line.row.source_id].append(line)
    together = {pk for pk, some in by_source.items() if len(some) >= SEVERAL}
    apart = [one for one in lines if Grade.RIVAL in one.grades or one.row.source_id not in together]
    return apart + [release_line(by_source[pk]) for pk in together]


def _moment(line: Waiting) -> float:
    return line.at.timestamp() if line.at else 0

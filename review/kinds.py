"""What waits for a second person, kind by kind: which rows, how a line tells of one, who decides by which service.

The rules are each life's own; nothing is decided here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.permissions import Permission, may
from assessments import findings, notes
from assessments.findings import FINDINGS
from assessments.models import Finding, FindingStep, Note, Round
from assessments.notes import NOTES
from desk.figures import approve_picked
from desk.imports.reviewing import mark_decided
from desk.models import ImportBatch, ImportRow
from desk.queries import for_queue, waiting_figures
from evidence.models import PublicEvidence
from evidence.services import EVIDENCE, approve_many, return_evidence
from indicators.figures import workflow
from indicators.figures.grades import Grade, grades_of
from indicators.figures.workflow import FIGURES
from indicators.models import Target
from indicators.shown.wording import number
from indicators.targets import workflow as targets
from indicators.targets.workflow import TARGETS
from plan.models import Plan
from plan.workflow import EntryLife, Life
from updates.queries import waiting as waiting_updates
from updates.services import UPDATES, approve_updates, return_update

# As many rows of a kind as a reviewer is shown at once: the oldest. An import of more is decided on as a whole.
LISTED = 500
# Groups of the list, in their order.
FLAGGED, FLIPS, QUIET = 0, 1, 2


@dataclass(frozen=True)
class Waiting:
    """One line of the list: what waits, of whom, since when, and why it asks for a look of its own."""

    kind: "Reviewed"
    row: Any
    code: str
    title: str
    said: str
    by: Any
    at: datetime | None
    grades: list[Grade] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.kind.key}:{self.row.pk}"

    @property
    def edition(self) -> int:
        return getattr(self.row, "edition", 0)

    @property
    def group(self) -> int:
        if set(self.grades) - {Grade.FLIP}:
            return FLAGGED
        return FLIPS if self.grades else QUIET

    @property
    def may_be_chosen(self) -> bool:
        """Whether it may be decided on among others: what asks for a look of its own never is."""
        return self.kind.approve_many is not None and not self.grades


@dataclass(frozen=True)
class Reviewed:
    """`approve` and `send_back` take (row, edition, by, said); `approve_many` takes (plan, key → edition, by)."""

    key: str
    word: Any
    permission: Permission
    life: Life
    waiting: Callable[[Plan], QuerySet]
    own: Callable[[Any, list[Any]], set[int]]
    line: Callable[["Reviewed", Any], Waiting]
    approve: Callable[..., Any]
    send_back: Callable[..., Any]
    ask: Callable[..., Any] | None = None
    approve_many: Callable[..., Any] | None = None

    def rows(self, plan: Plan) -> list[Any]:
        """The oldest that wait, with what a line says of them."""
        rows = self.waiting(plan)
        return for_queue(rows, 0, LISTED) if self.key == "figure" else list(rows[:LISTED])

    @property
    def asks(self) -> bool:
        return self.ask is not None

    @property
    def is_undoable(self) -> bool:
        return self.steps is not None

    @property
    def steps(self):
        """The table of its steps where a decision can be taken back, else None."""
        return self.life.steps if isinstance(self.life, EntryLife) else None


def _figures(plan: Plan) -> QuerySet:
    """Without those of imports that are decided on as a whole."""
    rows = waiting_figures(plan)
    if large := large_imports(plan):
        own = ImportRow.objects.filter(batch__in=large, observation=OuterRef("pk"))
        rows = rows.exclude(Exists(own))
    return rows


def large_imports(plan: Plan) -> list[Any]:
    """The imports whose rows are too many to be looked at one by one here."""
    found = ImportBatch.objects.for_list(plan).waiting().order_by("applied_at", "id")
    return [batch for batch in found if batch.counts.get("applied", 0) > LISTED]


def _figure_line(kind: Reviewed, row: Any) -> Waiting:
    unit = row.component.indicator.unit_label
    title = f"{row.component.label} {row.year}"
    said = f"{number(row.value, 8)} {unit}"
    return Waiting(kind, row, row.component.code, title, said, row.entered_by, row.submitted_at)


def _approve_figure(row, *, edition, by, said):
    found = workflow.approve_figure(row, edition=edition, by=by, reason=said)
    mark_decided([row.pk])
    return found


def _return_figure(row, *, edition, by, said):
    found = workflow.return_figure(row, edition=edition, by=by, reason=said)
    mark_decided([row.pk])
    return found


@transaction.atomic
def _approve_figures(plan, picked, *, by):
    approve_picked(plan, picked, by=by)
    mark_decided(picked)


def _targets(plan: Plan) -> QuerySet:
    rows = TARGETS.rows().filter(component__indicator__plan=plan, state=Target.State.PROPOSED)
    return rows.order_by("proposed_at", "id")


def _own_notes(user, rows) -> set[int]:
    return {row.pk for row in rows if row.author_id == user.pk}


def _own_findings(user, rows) -> set[int]:
    answered = FindingStep.objects.filter(finding__in=rows, action=FindingStep.Action.RESPONDED, by=user)
    return set(answered.values_list("finding_id", flat=True))


KINDS: tuple[Reviewed, ...] = (
    Reviewed(
        "figure", gettext_lazy("数据"), Permission.APPROVE_FIGURES, FIGURES, _figures,
        FIGURES.written_by, _figure_line, _approve_figure, _return_figure,
        ask=FIGURES.ask, approve_many=_approve_figures,
    ),
    Reviewed(
        "target", gettext_lazy("目标调整"), Permission.APPROVE_TARGETS, TARGETS, _targets,
        lambda user, rows: {row.pk for row in rows if row.proposed_by_id == user.pk},
        lambda kind, row: Waiting(
            kind, row, row.component.code, row.component.label, row.text, row.proposed_by, row.proposed_at
        ),
        lambda row, *, edition, by, said: targets.approve_target(row, latest_version=edition, by=by),
        lambda row, *, edition, by, said: targets.refuse_target(row, by=by, reason=said),
    ),
    Reviewed(
        "update", gettext_lazy("进展填报"), Permission.APPROVE_STATUS, UPDATES, waiting_updates,
        UPDATES.written_by,
        lambda kind, row: Waiting(
            kind, row, row.item.code, row.item.title, row.done, row.entered_by, row.submitted_at
        ),
        lambda row, *, edition, by, said: approve_updates(row.item.plan, [(row.pk, edition)], by=by),
        lambda row, *, edition, by, said: return_update(row, edition=edition, by=by, reason=said),
        ask=UPDATES.ask,
        approve_many=lambda plan, picked, *, by: approve_updates(plan, list(picked.items()), by=by),
    ),
    Reviewed(
        "evidence", gettext_lazy("公开信息"), Permission.APPROVE_EVIDENCE, EVIDENCE,
        lambda plan: EVIDENCE.rows().filter(
            item__plan=plan, state=PublicEvidence.State.SUBMITTED
        ).order_by("submitted_at", "id"),
        EVIDENCE.written_by,
        lambda kind, row: Waiting(
            kind, row, row.item.code, row.item.title, row.fact, row.entered_by, row.submitted_at
        ),
        lambda row, *, edition, by, said: approve_many(row.item.plan, [(row.pk, edition)], by=by),
        lambda row, *, edition, by, said: return_evidence(row, edition=edition, by=by, reason=said),
        ask=EVIDENCE.ask,
        approve_many=lambda plan, picked, *, by: approve_many(plan, list(picked.items()), by=by),
    ),
    Reviewed(
        "note", pgettext_lazy("work", "评估意见"), Permission.REVIEW_NOTES, NOTES,
        lambda plan: NOTES.rows().filter(
            round__plan=plan, round__state=Round.State.OPEN,
            state__in=(Note.State.SUBMITTED, Note.State.UNDER_REVIEW),
        ).order_by("submitted_at", "id"),
        _own_notes,
        lambda kind, row: Waiting(
            kind, row, row.item.code, row.item.title, row.get_conclusion_display(), row.author, row.submitted_at
        ),
        lambda row, *, edition, by, said: notes.publish_note(row, edition=edition, by=by),
        lambda row, *, edition, by, said: notes.return_note(row, edition=edition, by=by, reason=said),
        ask=lambda row, *, edition, by, reason: notes.comment(row, field="conclusion", text=reason, by=by),
    ),
    Reviewed(
        "finding", gettext_lazy("整改反馈"), Permission.REVIEW_NOTES, FINDINGS,
        lambda plan: FINDINGS.rows().filter(
            note__round__plan=plan, state=Finding.State.RESPONDED
        ).order_by("due_on", "id"),
        _own_findings,
        lambda kind, row: Waiting(kind, row, row.note.item.code, row.title, str(row.organisation), None, None),
        lambda row, *, edition, by, said: findings.accept(row, edition=edition, by=by, text=said),
        lambda row, *, edition, by, said: findings.send_back(row, edition=edition, by=by, text=said),
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Reviewed] = {kind.key: kind for kind in KINDS}


def entries_of(plan: Plan, user, kinds: Iterable[Reviewed] = KINDS) -> tuple[list[Waiting], int]:
    """What a person may decide, flagged first, then what turns a verdict, then the quiet, each oldest first; and
    how many of theirs wait for somebody else. A fixed number of queries for any number of rows."""
    found: list[Waiting] = []
    theirs = 0
    for kind in kinds:
        if not may(user, kind.permission):
            continue
        rows = kind.rows(plan)
        own = kind.own(user, rows) if rows else set()
        theirs += len(own)
        rows = [row for row in rows if row.pk not in own]
        grades = grades_of(plan, rows) if kind.key == "figure" else {}
        for row in rows:
            entry = kind.line(kind, row)
            entry.grades.extend(grades.get(row.pk, []))
            found.append(entry)
    order = {kind.key: place for place, kind in enumerate(KINDS)}
    found.sort(key=lambda one: (one.group, order[one.kind.key], one.at.timestamp() if one.at else 0, one.row.pk))
    return found, theirs


def group_words() -> dict[int, str]:
    return {FLAGGED: _("须单独核对"), FLIPS: _("结论改变"), QUIET: _("其余")}

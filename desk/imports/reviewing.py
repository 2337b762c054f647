"""A decision on a whole import: what waits of it is approved or returned, without the rows a reviewer kept out.

Each row still has its step, and a row of the audit log names it. A worker takes some hundred rows at a time, each
lot in one transaction: whoever is killed between two of them goes on where he was, and no row is decided in part.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission, require
from audit.services import record_audit
from desk.models import BatchReview, ImportBatch, ImportRow
from indicators.figures.grades import Grade, Grades, turns_of
from indicators.figures.rivals import contested
from indicators.figures.workflow import FIGURES, approve_rows, return_rows
from indicators.models import Component, Observation, ObservationStep
from jobs.models import Job
from jobs.services import cancel, enqueue
from judging.plausible import is_before_its_end
from notices.models import NoticeKind
from notices.phrases import Said, counted_noop, say
from notices.services import notify
from plan.badges import Badge
from plan.models import Plan
from plan.workflow import FEW, WrongState, demand_reason

Act = BatchReview.Act
# What a request decides itself.
INLINE_ROWS = 200
ACTIONS = {Act.APPROVE: ObservationStep.Action.APPROVED, Act.RETURN: ObservationStep.Action.RETURNED}


def leave_out(
    batch: ImportBatch, *, shown: list[int], left: list[int], by, looked: Mapping[int, str] | None = None
) -> None:
    """Of the rows shown (lines) keeps those named out of a decision on the whole, and takes the others in.

    `looked`: what was found of those that are not quiet, by key of the figure; without it they stay out.
    """
    require(by, Permission.APPROVE_FIGURES)
    said = {key: demand_reason(text, "", "why") for key, text in (looked or {}).items()}
    with transaction.atomic():
        _idle(batch)
        rows = batch.rows.filter(line__in=shown)
        rows.filter(line__in=left).update(left_out=True)
        rows.exclude(line__in=left).update(left_out=False)
        rows.exclude(looked="").exclude(observation__in=list(said)).update(looked="")
        for key, text in said.items():
            rows.filter(observation=key).update(looked=text)


def turning(batch: ImportBatch) -> dict[int, tuple[Badge, Badge]]:
    """By key, the waiting figures of an import that turn the verdict of their component, with the verdict before
    and after: of each component its last year's last release, which decides. A few queries for any length."""
    waiting = Observation.objects.filter(state=Observation.State.SUBMITTED, import_rows__batch=batch)
    last = waiting.filter(component=OuterRef("pk")).order_by("-year", "-released_on", "-id").values("pk")[:1]
    parts = Component.objects.filter(indicator__plan=batch.plan).annotate(last=Subquery(last))
    keys = [key for key in parts.values_list("last", flat=True) if key]
    return turns_of(batch.plan, FIGURES.rows().filter(pk__in=keys)) if keys else {}


def start_review(batch: ImportBatch, act: str, *, until: datetime, by, reason: str = "") -> BatchReview:
    """Decides on all of a batch that was waiting when the reviewer looked (`until`), but for what is left out.

    A few rows are decided at once, others by a worker. Raises PermissionDenied for whoever uploaded the file,
    ValidationError where a return says no reason, WrongState where nothing waits or a decision is under way.
    """
    require(by, Permission.APPROVE_FIGURES)
    reason = demand_reason(reason, FIGURES.rules[ACTIONS[Act(act)]].why)
    with transaction.atomic():
        batch = _idle(batch)
        if batch.uploaded_by_id == by.pk:
            raise PermissionDenied(str(FIGURES.their_own) % {"code": batch.name})
        meant = batch.rows.waiting(until).filter(left_out=False)
        if act == Act.APPROVE:
            meant = meant.quiet_or_looked_at(turning(batch))
        total = meant.count()
        if not total:
            raise WrongState(_("这份导入没有可以一并处理的数据：须单独核对的行，勾“已看过”并写明核对情况后才在内"))
        review = BatchReview.objects.create(batch=batch, act=act, reason=reason, until=until, total=total, by=by)
        if total > INLINE_ROWS:
            review.job = enqueue("desk.review_import", {"review": review.pk}, by=by)
            review.save(update_fields=["job"])
        else:
            run_review(review, report=lambda percent: None)
    review.refresh_from_db()
    return review


def go_on(review: BatchReview, *, by) -> None:
    """Takes up a decision again whose job was given up or cancelled."""
    require(by, Permission.APPROVE_FIGURES)
    with transaction.atomic():
        held = _open(review.pk)
        if held is None or not held.is_stuck:
            raise WrongState(_("这项整批核定已结束或仍在进行"))
        held.job = enqueue("desk.review_import", {"review": held.pk}, by=held.by)
        held.save(update_fields=["job"])


def stop(review: BatchReview, *, by) -> None:
    """Ends a decision where it is: what was decided stays, what was not waits on."""
    require(by, Permission.APPROVE_FIGURES)
    if review.job_id:
        # Committed first: the worker holds the row until it learns of it.
        cancel(review.job_id, by=by)
    with transaction.atomic():
        if held := _open(review.pk):
            _end(held)


@dataclass(frozen=True)
class Doubts:
    """What of an import does not pass with the whole, as things stand when the decision begins.

    `turns`: keys of the figures that turn a verdict; `beside`: component and year of what else waits.
    """

    turns: Collection[int] = ()
    beside: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of(cls, batch: ImportBatch) -> "Doubts":
        own = ImportRow.objects.filter(batch=batch, observation=OuterRef("pk"))
        others = Observation.objects.filter(
            ~Exists(own), state=Observation.State.SUBMITTED, component__indicator__plan=batch.plan
        )
        return cls(turning(batch), frozenset(others.values_list("component_id", "year").distinct()))

    def grades(self, rows: list[Observation], outliers: Collection[int]) -> dict[int, list[Grade]]:
        """Why some of these do not pass with the whole; `outliers` as the import was compared."""
        rivals = contested(rows)
        doubles = {row.pk for row in rows if (row.component_id, row.year) in self.beside} - rivals
        early = {row.pk for row in rows if is_before_its_end(row.year, row.released_on, row.value_status)}
        kinds = (
            (Grade.OUTLIER, outliers),
            (Grade.NOT_OVER, early),
            (Grade.RIVAL, rivals),
            (Grade.DOUBLE, doubles),
            (Grade.FLIP, self.turns),
        )
        found = {row.pk: [grade for grade, keys in kinds if row.pk in keys] for row in rows}
        return {pk: why for pk, why in found.items() if why}


def run_review(review: BatchReview, *, report: Callable[[float], None]) -> None:
    """Takes the decision on every row it is meant for; safe to run again. `report` may raise Cancelled."""
    line, doubts = 0, Doubts.of(review.batch) if review.act == Act.APPROVE else Doubts()
    while (line := _take_some(review.pk, line, doubts)) > 0:
        review.refresh_from_db(fields=["done"])
        report(review.percent)
    with transaction.atomic():
        if held := _open(review.pk):
            _end(held)


def _take_some(pk: int, after: int, doubts: Doubts) -> int:
    """Decides on the next rows in one transaction; the last line looked at, 0 where there is none."""
    with transaction.atomic():
        review = _open(pk)
        if review is None:
            return 0
        rows = review.batch.rows.waiting(review.until).filter(left_out=False, line__gt=after).order_by("line")
        found = list(rows.values_list("line", "observation_id", "is_outlier", "looked")[:FEW])
        if not found:
            return 0
        figures = FIGURES.rows().select_related("entered_by").filter(pk__in=[key for _line, key, *_ in found])
        # Locked, and looked at once more: somebody may have taken one back meanwhile.
        waiting = figures.filter(state=Observation.State.SUBMITTED, submitted_at__lte=review.until)
        held = list(waiting.select_for_update(of=("self",)).order_by("pk"))
        own = FIGURES.written_by(review.by, held)
        if review.act == Act.RETURN:
            _decide(review, [row for row in held if row.pk not in own], {}, {})
            return found[-1][0]
        said = {key: looked for _line, key, _is_outlier, looked in found if looked}
        grades = doubts.grades(held, {key for _line, key, is_outlier, _looked in found if is_outlier})
        # What competes with another is approved by hand, both before one's eyes; other doubts are told by row.
        apart = own | {pk for pk, why in grades.items() if Grade.RIVAL in why or pk not in said}
        _decide(review, [row for row in held if row.pk not in apart], grades, said)
        return found[-1][0]


def _decide(review: BatchReview, rows: list[Observation], grades: Grades, said: Mapping[int, str]) -> None:
    plan = review.batch.plan
    if review.act == Act.APPROVE:
        approve_rows(
            plan, rows, by=review.by, grades=grades, reasons=said, is_told=False,
            cause=f"核定导入 {review.batch.name}",
        )  # fmt: skip
    else:
        return_rows(plan, rows, by=review.by, reason=review.reason, is_told=False)
    review.done += len(rows)
    review.save(update_fields=["done"])


def _end(review: BatchReview) -> None:
    batch = review.batch
    review.ended_at = timezone.now()
    review.save(update_fields=["ended_at"])
    mark_reviewed([batch.pk])
    record_audit(
        action=f"import.{ACTIONS[Act(review.act)]}",
        by=review.by,
        plan_slug=batch.plan.slug,
        object_code=batch.plan.slug,
        object_label=batch.name,
        after={"import": batch.pk, "rows": review.done, "of": review.total}
        | ({"reason": review.reason} if review.reason else {}),
    )
    _tell(review)


def mark_reviewed(batches: Iterable[int]) -> None:
    """Notes of imports that nothing of them waits any more, so that no page looks for it."""
    over = ImportBatch.objects.filter(pk__in=set(batches), state=ImportBatch.State.APPLIED, reviewed_at=None)
    waiting = set(over.waiting().values_list("pk", flat=True))
    over.exclude(pk__in=waiting).update(reviewed_at=timezone.now())


def mark_decided(figures: Iterable[int]) -> None:
    """The same of the imports that some figures, decided on one by one, came in with."""
    found = ImportRow.objects.filter(observation__in=list(figures))
    if batches := set(found.values_list("batch_id", flat=True)):
        mark_reviewed(batches)


def _idle(batch: ImportBatch) -> ImportBatch:
    """The batch's row, locked, while no decision on it is under way."""
    locked = (
        ImportBatch.objects.select_for_update(of=("self",)).select_related("plan", "uploaded_by").get(pk=batch.pk)
    )
    if locked.reviews.filter(ended_at=None).exists():
        raise WrongState(_("这份导入正在整批处理，请等它结束"))
    if locked.state != ImportBatch.State.APPLIED:
        raise WrongState(_("这份导入%(now)s，现在不能这样操作") % {"now": locked.get_state_display()})
    return locked


def _open(pk: int) -> BatchReview | None:
    """The decision's row, locked, as long as it has not ended."""
    rows = BatchReview.objects.select_for_update(of=("self",)).select_related("batch__plan", "by", "job")
    return rows.filter(pk=pk, ended_at=None).first()


def _tell(review: BatchReview) -> None:
    batch, approved = review.batch, review.act == Act.APPROVE
    title = counted_noop("已核定：导入“%(file)s”，%(count)s 条数据")
    if not approved:
        title = counted_noop("已退回：导入“%(file)s”，%(count)s 条数据")
    told = say(title, file=batch.name, count=review.done)
    kind = NoticeKind.APPROVED if approved else NoticeKind.RETURNED
    _notify(review, batch.uploaded_by, kind, told, reverse("desk_import:batch", args=[batch.plan.slug, batch.pk]))
    if review.job_id:
        title = say(gettext_noop("整批处理已结束：%(file)s"), file=batch.name)
        _notify(review, review.by, NoticeKind.JOB, title, review_address(batch.plan, batch))


def _notify(review: BatchReview, person, kind: NoticeKind, title: Said, url: str) -> None:
    body = review.reason if kind == NoticeKind.RETURNED else ""
    notify([person], kind=kind, key=f"import-review:{review.pk}:{kind}", title=title, body=body, url=url)


def review_address(plan: Plan, batch: ImportBatch) -> str:
    return reverse("desk_import:review", args=[plan.slug, batch.pk])


def is_working(review: BatchReview | None) -> bool:
    """Whether a worker has it or will."""
    return (
        review is not None and review.job is not None and review.job.state in (Job.State.QUEUED, Job.State.RUNNING)
    )

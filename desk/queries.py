"""What the data desk shows: the work list of a person, the queue of the reviewers, sources to choose from."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Organisation, Role
from accounts.permissions import Permission, may
from desk.hints import bound_doubt, doubts_about, early_doubts
from desk.models import BatchReview, ImportBatch, ImportRow
from indicators.figures.due import DueFigure, DueState, figures_due, years_due
from indicators.figures.grades import Grade, grades_of, known_values, left_out_by, turn_of
from indicators.figures.rivals import Rivals, rivals_of
from indicators.figures.unpublished import OPEN, Pile
from indicators.figures.workflow import FIGURES
from indicators.models import Component, Observation, ObservationStep, Target
from indicators.queries import ComponentStanding, overview, read_overview
from judging.plausible import YearChange, change_of
from plan.badges import Badge
from plan.models import Plan, Source
from plan.queries import Entrusted, entrusted

State = Observation.State
# As many figures under way as a page lists one by one.
LISTED = 50


def standings(plan: Plan, day: date) -> dict[int, ComponentStanding]:
    """By primary key, every component as known on a day, in plan order."""
    return {part.component.pk: part for standing in overview(plan, day).standings for part in standing.components}


def enterable(plan: Plan, user) -> set[int]:
    """The indicators whose figures a person may enter, by primary key."""
    if not may(user, Permission.ENTER_FIGURES):
        return set()
    return set(entrusted(plan, user).filter(kind="indicator").order_by().values_list("pk", flat=True))


def sees_all(user) -> bool:
    """Analysts and reviewers look after every organisation's figures, a reporter after its own."""
    return bool({Role.ANALYST, Role.REVIEWER} & user.roles)


def standing_of(component: Component, day: date) -> ComponentStanding:
    """How a component stands on a day, a retired one too."""
    plan = component.indicator.plan
    if known := standings(plan, day).get(component.pk):
        return known
    found = read_overview(plan, day, with_retired=True)
    return next(
        part for standing in found.standings for part in standing.components if part.component.pk == component.pk
    )


def components_for_entry(plan: Plan, user) -> QuerySet[Component]:
    return (
        Component.objects.of(plan)
        .filter(indicator__in=enterable(plan, user))
        .select_related("indicator__lead", "indicator__plan")
        .order_by("indicator__order", "order")
    )


def figures_seen_by(plan: Plan, user, own: Iterable[int] | None = None) -> QuerySet[Observation]:
    """The figures on their way that a person may look at on the desk; `own`: `enterable`, where it was asked."""
    rows = Observation.objects.filter(component__indicator__plan=plan).select_related(
        "component__indicator__plan", "component__indicator__lead", "source", "entered_by", "approved_by"
    )
    if sees_all(user):
        return rows
    return rows.filter(component__indicator__in=enterable(plan, user) if own is None else own)


def batches_seen_by(plan: Plan, user) -> QuerySet[ImportBatch]:
    """The imported files a person may look at: they hold figures of any organisation."""
    rows = ImportBatch.objects.for_list(plan)
    return rows if sees_all(user) else rows.filter(uploaded_by=user)


def batch_seen_by(plan: Plan, user, pk: int) -> ImportBatch:
    """An imported file of the plan. Raises Http404, and PermissionDenied for a reporter and another's."""
    found = ImportBatch.objects.select_related("uploaded_by", "job").filter(plan=plan, pk=pk).first()
    if found is None:
        raise Http404(_("没有这份导入"))
    if not sees_all(user) and found.uploaded_by_id != user.pk:
        raise PermissionDenied(_("这份导入由他人上传，含其他单位的数据"))
    found.plan = plan
    return found


def sources_of(plan: Plan, user) -> QuerySet[Source]:
    """Sources the plan's figures came from, as far as a person may know, and the plan itself, newest first."""
    figures = Observation.objects.filter(component__indicator__plan=plan)
    if not sees_all(user):
        figures = figures.filter(Q(state=State.APPROVED) | Q(component__indicator__in=enterable(plan, user)))
    used = figures.order_by().values("source")
    return Source.objects.filter(Q(pk__in=used) | Q(pk=plan.source_id)).order_by(
        F("published_on").desc(nulls_last=True), "title"
    )


def desk_version(plan: Plan) -> str:
    """Changes with everything a desk page shows: figures in force, steps taken, proposals; one query."""
    of_plan = OuterRef("pk")
    steps = ObservationStep.objects.filter(observation__component__indicator__plan=of_plan).order_by("-id")
    targets = Target.objects.filter(component__indicator__plan=of_plan).order_by("-id")
    decided = targets.exclude(decided_at=None).order_by("-decided_at")
    row = Plan.objects.filter(pk=plan.pk).values_list(
        "figures_version",
        Subquery(steps.values("id")[:1]),
        Subquery(targets.values("id")[:1]),
        Subquery(decided.values("id")[:1]),
    )
    return ".".join(str(part or 0) for part in row.get())


@dataclass
class WorkCell:
    """A component's year on the work list: the figure in force, or what is due."""

    year: int
    figure: Observation | None = None
    due: DueFigure | None = None

    @property
    def open(self) -> Observation | None:
        return self.due.observation if self.due else None


@dataclass
class FigureWorkRow:
    component: Component
    cells: list[WorkCell]
    may_enter: bool
    missing: int


@dataclass
class WorkGroup:
    """One organisation's components; None: nobody was made responsible."""

    organisation: Organisation | None
    rows: list[FigureWorkRow] = field(default_factory=list)

    @property
    def missing(self) -> int:
        return sum(row.missing for row in self.rows)


@dataclass
class WorkList:
    years: list[int]
    sees_all: bool
    groups: list[WorkGroup]
    counts: Counter
    returned: Pile
    drafts: Pile
    waiting: Pile

    @property
    def overdue(self) -> int:
        """Figures that are late and that nobody has begun: what was returned or drafted is counted as such."""
        return self.counts[DueState.OVERDUE]

    @property
    def backlog(self) -> int:
        """Figures whose day had passed when the plan was loaded."""
        return self.counts[DueState.BACKLOG]

    @property
    def soon(self) -> int:
        return self.counts[DueState.DUE_SOON]


def work_list(
    plan: Plan, user, *, today: date, own: Entrusted | None = None, piled: Iterable[str] = OPEN
) -> WorkList:
    """Everything a person has to do with figures: what is due by organisation, what is under way.

    `own`: what is entrusted to the person, where it was asked already; `piled`: the states of what is under way
    that are asked for, another's pile is empty.
    """
    entrusted_to = (own or Entrusted(plan, user)) if may(user, Permission.ENTER_FIGURES) else ()
    parts = standings(plan, today)
    own_indicators = {
        part.component.indicator_id for part in parts.values() if part.component.indicator_id in entrusted_to
    }
    shown = None if sees_all(user) else own_indicators
    components = [part.component for part in parts.values()]
    dues = {(due.component.pk, due.year): due for due in figures_due(plan, today=today, components=components)}
    # The latest first: what is due now stands where a narrow screen begins.
    years = sorted(years_due(plan, today), reverse=True)
    groups: dict[int | None, WorkGroup] = {}
    counts: Counter = Counter()
    for part in parts.values():
        indicator = part.component.indicator
        if shown is not None and indicator.pk not in shown:
            continue
        figures = part.in_force()
        cells = [WorkCell(year, figures.get(year), dues.get((part.component.pk, year))) for year in years]
        for cell in cells:
            if cell.due:
                counts[cell.due.state] += 1
        missing = sum(1 for cell in cells if cell.due and cell.due.state == DueState.OVERDUE)
        group = groups.setdefault(indicator.lead_id, WorkGroup(indicator.lead))
        group.rows.append(FigureWorkRow(part.component, cells, indicator.pk in own_indicators, missing))
    piles = _piles(figures_seen_by(plan, user, own_indicators), piled)
    return WorkList(
        years,
        shown is None,
        sorted(groups.values(), key=lambda group: (group.organisation is None, -group.missing)),
        counts,
        piles[State.RETURNED],
        piles[State.DRAFT],
        piles[State.SUBMITTED],
    )


def _piles(rows: QuerySet[Observation], states: Iterable[str]) -> dict[str, Pile]:
    """What is under way, by state; a query for each, one more for the number of a long one, one for returns."""
    found = {state: Pile() for state in OPEN}
    for state in states:
        of_state = rows.filter(state=state).order_by("submitted_at", "id")
        keys = of_state.select_related(None).values_list("pk", flat=True)
        first = list(rows.filter(pk__in=keys[:LISTED]).order_by("submitted_at", "id"))
        found[state] = Pile(keys.count() if len(first) == LISTED else len(first), first)
    _with_last_return(found[State.RETURNED].rows)
    return found


def _with_last_return(rows: list[Observation]) -> None:
    """Puts `returned_step`, the latest return with its reason, on each returned row; one query."""
    returned = [row.pk for row in rows if row.state == State.RETURNED]
    latest: dict[int, ObservationStep] = {}
    if returned:
        steps = ObservationStep.objects.filter(observation__in=returned, action=ObservationStep.Action.RETURNED)
        for step in steps.select_related("by").order_by("id"):
            latest[step.observation_id] = step
    for row in rows:
        row.returned_step = latest.get(row.pk)


def waiting_figures(plan: Plan) -> QuerySet[Observation]:
    """What waits for approval, oldest first.

    The plan is asked of each row as it comes: a join would have the database sort them all to find the first.
    """
    of_plan = Component.objects.filter(pk=OuterRef("component"), indicator__plan=plan)
    rows = Observation.objects.filter(Exists(of_plan), state=State.SUBMITTED)
    return rows.order_by("submitted_at", "id")


def for_queue(rows: QuerySet[Observation], start: int, end: int) -> list[Observation]:
    """A page of the queue with what it shows: component, source, who entered each row, the file it came from.

    The keys are looked for first: whole rows of all pages before would be read to be passed over.
    """
    keys = rows.values("pk")[start:end]
    found = Observation.objects.filter(pk__in=keys).order_by("submitted_at", "id")
    return list(
        found.select_related(
            "component__indicator__lead", "component__indicator__plan", "source", "entered_by__organisation"
        ).prefetch_related(
            Prefetch("import_rows", ImportRow.objects.select_related("batch").only("observation", "batch"))
        )
    )


@dataclass(frozen=True)
class QueueEntry:
    """A waiting figure beside what is known: the release in force for its year, how far it is from its
    neighbours, what is doubtful; `is_own`: the person wrote it himself, and may not decide."""

    row: Observation
    held: Observation | None
    change: YearChange | None
    doubts: list[str]
    is_own: bool
    rivals: Rivals
    grades: list[Grade] = field(default_factory=list)
    turn: tuple[Badge, Badge] | None = None

    @property
    def key(self) -> str:
        return f"{self.row.pk}:{self.row.edition}"

    @property
    def is_double(self) -> bool:
        return Grade.DOUBLE in self.grades


def queue_entries(plan: Plan, user, rows: list[Observation], *, day: date) -> list[QueueEntry]:
    """The rows as a reviewer looks at them, in the given order; a few queries for any number."""
    own, parts, rivals = FIGURES.written_by(user, rows), standings(plan, day), rivals_of(rows)
    grades = grades_of(plan, rows, day)
    found = []
    for row in rows:
        part = parts.get(row.component_id) or standing_of(row.component, day)
        known = known_values(part)
        change = change_of(known, row.year, row.value)
        doubts = doubts_about(change, part.component, row.value, known.get(row.year))
        doubts += early_doubts(row.year, row.released_on, row.value_status)
        if bound := left_out_by(part, row):
            doubts.append(bound_doubt(bound))
        held = part.in_force().get(row.year)
        turn = turn_of(part, row) if Grade.FLIP in grades[row.pk] else None
        found.append(QueueEntry(row, held, change, doubts, row.pk in own, rivals[row.pk], grades[row.pk], turn))
    return found


def batches_to_review(plan: Plan) -> list[ImportBatch]:
    """The imports of which something waits, oldest first; `review` is the decision under way, or None."""
    found = list(ImportBatch.objects.for_list(plan).waiting().order_by("applied_at", "id"))
    under_way = BatchReview.objects.filter(batch__in=found, ended_at=None).select_related("job", "by")
    by_batch = {review.batch_id: review for review in under_way}
    for batch in found:
        batch.review = by_batch.get(batch.pk)
    return found


def proposals_of(plan: Plan, user) -> QuerySet[Target]:
    """The revisions of the plan's targets a person may look at, open ones first, then the latest decisions.

    What was approved is public; what is proposed or was refused a reporter sees of his own organisation's.
    """
    rows = Target.objects.filter(component__indicator__plan=plan)
    if not sees_all(user):
        rows = rows.filter(
            Q(state=Target.State.APPROVED)
            | Q(proposed_by=user)
            | Q(component__indicator__in=enterable(plan, user))
        )
    return (
        rows.exclude(version=1)
        .select_related("component__indicator__plan", "component__indicator__lead", "proposed_by", "decided_by")
        .order_by(F("decided_at").desc(nulls_first=True), "-id")
    )


def approved_targets(components) -> dict[int, list[Target]]:
    """By component, its approved targets, oldest version first, each knowing its component; one query."""
    by_pk = {component.pk: component for component in components}
    found: dict[int, list[Target]] = {pk: [] for pk in by_pk}
    rows = Target.objects.filter(component__in=by_pk).approved().order_by("version")
    for row in rows:
        row.component = by_pk[row.component_id]
        found[row.component_id].append(row)
    return found

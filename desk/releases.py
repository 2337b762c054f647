"""A release (发布): one publication with all the figures of a plan that were taken from it.

The source is the publication; its figures are its rows. It is entered once, handed in, decided on in one stroke
(rows may be left out with a reason), and taken back whole. Its state is what its rows come to.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from audit.services import record_audit
from desk.figures import NewSource, keep_source
from desk.queries import enterable, sees_all
from evidence.models import PublicEvidence
from indicators.figures import taking_out
from indicators.figures.workflow import (
    FIGURES,
    approve_rows,
    before_its_source,
    enter_figure,
    return_rows,
    submit_rows,
    withdraw_figure,
)
from indicators.models import Component, Observation, ReferenceFigure
from plan.models import Plan, Source, SourceFile
from plan.services import touch_plans
from plan.uploads import RefusedFile, remove_stored, store_upload
from plan.workflow import WrongState, demand_reason

State = Observation.State
HEAD = ("title", "publisher", "url", "document_number", "published_on", "rank")
# What names a source, by which field, and the way from there to its plan.
CITING = (
    (Plan, "source", "pk"),
    (Component, "baseline_source", "indicator__plan"),
    (Observation, "source", "component__indicator__plan"),
    (ReferenceFigure, "source", "component__indicator__plan"),
    (PublicEvidence, "source", "item__plan"),
)
WAITING = (State.DRAFT, State.SUBMITTED, State.RETURNED)


def figures_of(plan: Plan, user, day: date, *, is_today: bool) -> QuerySet[Observation]:
    """The figures of a plan that a person may see on a day: what was known, and today what is on its way."""
    rows = Observation.objects.filter(component__indicator__plan=plan)
    known = Q(pk__in=rows.of_current().known_on(day).values("pk"))
    if not is_today or not user.is_authenticated:
        return rows.filter(known)
    if sees_all(user):
        return rows.filter(known | Q(state__in=WAITING))
    return rows.filter(known | Q(state__in=WAITING, component__indicator__in=enterable(plan, user)))


def releases(rows: QuerySet[Observation]) -> QuerySet:
    """By publication (`source`), newest first: how many of these figures it gave, how many wait, its last day."""
    waiting = Count("pk", filter=Q(state=State.SUBMITTED))
    counted = (
        rows.order_by().values("source").annotate(figures=Count("pk"), waiting=waiting, last=Max("released_on"))
    )
    return counted.order_by("-last", "source")


def with_sources(counted: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of `releases` with the publication itself under `source`; one query."""
    lines = list(counted)
    found = Source.objects.annotate(number_of_files=Count("files")).in_bulk([line["source"] for line in lines])
    return [line | {"source": found[line["source"]]} for line in lines]


@dataclass(frozen=True)
class Release:
    """A publication as a page shows it: its head, its figures, its files, and what they come to."""

    source: Source
    rows: list[Observation]
    files: list[SourceFile]
    alike: list[Source] = field(default_factory=list)

    @property
    def states(self) -> list[tuple[str, int]]:
        found = Counter(row.state for row in self.rows)
        return [(state, found[state]) for state in State.values if found[state]]

    def of(self, *states: str) -> list[Observation]:
        return [row for row in self.rows if row.state in states]


def read_release(rows: QuerySet[Observation], number: int, day: date) -> Release:
    """The publication of that number, with the figures given; Http404 where there are none."""
    found = list(
        rows.filter(source=number)
        .select_related("component__indicator__plan", "source", "entered_by", "out_asked_by")
        .order_by("released_on", "component__indicator__order", "component__order", "year", "id")
    )
    if not found:
        raise Http404(_("没有这一发布"))
    source = found[0].source
    alike = Source.objects.filter(key__startswith=source.key[:64]).exclude(pk=source.pk)
    return Release(source, [row.as_on(day) for row in found], list(source.files.all()), list(alike))


@transaction.atomic
def enter_release(
    plan: Plan,
    *,
    by,
    source: Source | NewSource,
    released_on: date,
    rows: Sequence[dict[str, Any]],
    rank: str = "",
    uploads: Sequence[Any] = (),
    submit: bool = True,
) -> Source:
    """Stores a publication with its figures, all or none, and hands them in; `rows` are fields of `enter_figure`.

    Raises ValidationError: of the head by field, of a row under `rows` with its number.
    """
    kept = keep_source(source)
    if rank and not kept.rank:
        kept.rank = rank
        kept.save(update_fields=["rank"])
    stored = []
    for number, fields in enumerate(rows, 1):
        try:
            stored.append(enter_figure(by=by, source=kept, released_on=released_on, **fields))
        except ValidationError as error:
            told = " ".join(error.messages)
            raise ValidationError(
                {"rows": _("第 %(row)s 行：%(told)s") % {"row": number, "told": told}}
            ) from error
    if submit:
        submit_rows(plan, FIGURES.locked_all(FIGURES.rows(), {row.pk: row.edition for row in stored}), by=by)
    for upload in uploads:
        attach(kept, upload, by=by)
    return kept


@transaction.atomic
def decide(
    plan: Plan,
    picked: Mapping[int, int],
    *,
    left_out: set[int],
    by,
    reason: str = "",
    reasons: Mapping[int, str] | None = None,
) -> tuple[int, int]:
    """One decision on a release: its waiting figures (key → edition) are approved, those left out returned.

    Those that are not quiet have each a reason of their own among `reasons`.

    Without any left to approve it is returned whole. Raises as approve_rows and return_rows do, and
    ValidationError where figures are left out without a reason. Returns how many were approved and returned.
    """
    require(by, Permission.APPROVE_FIGURES)
    rows = FIGURES.locked_all(
        FIGURES.rows().select_related("entered_by").filter(component__indicator__plan=plan), picked
    )
    if not rows:
        raise WrongState(_("这一发布没有待核定的数据"))
    out = [row for row in rows if row.pk in left_out]
    if out:
        reason = demand_reason(reason, _("有不核定的数据时须写明理由"))
        return_rows(plan, out, by=by, reason=reason)
    taken = [row for row in rows if row.pk not in left_out]
    if taken:
        approve_rows(plan, taken, by=by, reasons=reasons)
    return len(taken), len(out)


@transaction.atomic
def take_back(release: Release, *, by, reason: str = "") -> tuple[int, int]:
    """Takes a release back whole: what waits becomes a draft of its writer, what counts is asked to be taken out.

    The latter needs a reason, and somebody else decides. Returns the numbers of both.
    """
    waiting = release.of(State.SUBMITTED)
    counting = [row for row in release.of(State.APPROVED) if row.out_asked_by_id is None]
    if not waiting and not counting:
        raise WrongState(_("这一发布没有可以撤回的数据"))
    for row in waiting:
        withdraw_figure(row, edition=row.edition, by=by)
    for row in counting:
        taking_out.ask_out(row, edition=row.edition, by=by, reason=reason)
    return len(waiting), len(counting)


@transaction.atomic
def decide_out(release: Release, *, by, keep: bool, reason: str = "") -> int:
    """The decision on what of a release was asked to be taken out, whole."""
    rows = [row for row in release.of(State.APPROVED) if row.out_asked_by_id is not None]
    if not rows:
        raise WrongState(_("没有人建议不采用这一发布的数据"))
    for row in rows:
        if keep:
            taking_out.keep_in(row, edition=row.edition, by=by, reason=reason)
        else:
            taking_out.take_out(row, edition=row.edition, by=by)
    return len(rows)


@transaction.atomic
def change_source(source: Source, *, by, **head: Any) -> Source:
    """Corrects the head of a publication (fields of HEAD); pages name it so from now on, on every day.

    Raises ValidationError by field: another source of that title, a day after that of one of its figures.
    """
    _demand_keeper(by)
    row = Source.objects.select_for_update().get(pk=source.pk)
    before = _head(row)
    for name, value in head.items():
        setattr(row, name, value)
    if before == _head(row):
        return row
    row.full_clean(validate_unique=False, validate_constraints=False)
    first = row.observations.filter(release_precision="day").order_by("released_on").first()
    if first and (problem := before_its_source(first.released_on, row.published_on)):
        raise ValidationError({"published_on": problem})
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError({"title": _("已有同名同址的来源；若是同一份，请合并")}) from error
    _log("source.changed", row, by, before=before, after=_head(row))
    touch_plans(_citing(row))
    return row


@transaction.atomic
def merge(source: Source, into: Source, *, by) -> Source:
    """Makes two sources one: whatever rests on `source` rests on `into` from now on, and `source` goes.

    Raises ValidationError where both gave a figure of one component, year and day: one has to be taken out first.
    """
    _demand_keeper(by)
    if source.pk == into.pk:
        raise ValidationError({"into": _("不能并入自己")})
    held = {row.pk: row for row in Source.objects.select_for_update().filter(pk__in=[source.pk, into.pk])}
    if len(held) != 2:
        raise ValidationError({"into": _("来源已不存在，请刷新")})
    plans = _citing(source)
    for row in source.observations.select_related("component"):
        place = {"component": row.component, "year": row.year, "released_on": row.released_on}
        if row.out_key == 0 and into.observations.filter(out_key=0, **place).exists():
            told = {"code": row.component.code, "year": row.year, "day": row.released_on.isoformat()}
            raise ValidationError(
                {"into": _("两个来源都有 %(code)s %(year)s 年、%(day)s 公布的数，请先处理其中一条") % told}
            )
    # Whatever app points to a source, those that no relation of it names too.
    for relation in Source._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.auto_created:
            name = relation.field.name
            relation.related_model._base_manager.filter(**{name: source}).update(**{name: into})
    _log("source.merged", into, by, before=_head(source), after=_head(into))
    source.delete()
    touch_plans([*plans, *_citing(into)])
    return into


def attach(source: Source, upload: Any, *, by) -> SourceFile:
    """Keeps the publication itself as a file; call it in a transaction. ValidationError for a refused file."""
    try:
        stored = store_upload(upload, folder=SourceFile.FOLDER)
    except RefusedFile as error:
        raise ValidationError({"file": str(error)}) from error
    try:
        row = SourceFile.objects.create(source=source, uploaded_by=by, **asdict(stored))
        _log("source.attached", source, by, before=None, after={"name": row.name, "sha256": row.sha256})
    except BaseException:
        remove_stored([stored.stored_as], folder=SourceFile.FOLDER)
        raise
    return row


def _demand_keeper(by) -> None:
    require(by, Permission.IMPORT_FIGURES)
    if not sees_all(by):
        raise PermissionDenied(_("来源由数据分析人员维护"))


def _citing(source: Source) -> list[Plan]:
    """Every plan of which a page may name it."""
    plans = Q()
    for model, name, way in CITING:
        plans |= Q(pk__in=model._default_manager.filter(**{name: source}).values(way))
    return list(Plan.objects.filter(plans))


def _head(row: Source) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in HEAD}
    return values | {"published_on": row.published_on.isoformat() if row.published_on else ""}


def _log(action: str, row: Source, by, *, before: Any, after: Any) -> None:
    record_audit(
        action=action, by=by, object_code=str(row.pk), object_label=row.title[:200], before=before, after=after
    )

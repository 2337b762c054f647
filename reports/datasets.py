"""What a report can be made of: a definition and a day in, rows out. Nothing here knows of files or requests."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from indicators.files.columns import OBSERVATION, PROGRESS
from indicators.files.exports import judged_observations, observation_row, progress_rows
from indicators.models import Observation
from indicators.queries import overview
from indicators.shown.wording import LINEAR_STATUSES
from plan.columns import Columns, Row, with_code_columns
from plan.exports.items import ITEM_COLUMNS, item_row
from plan.kinds import KindTable, PlanKind
from plan.models import Item, Plan
from plan.params import read_choice
from plan.public import public_on
from plan.queries import answerable, items_for_files, statuses_on
from reports.definition import Definition, read_choices, read_codes, read_shape, read_years
from updates.columns import UPDATE
from updates.exports import update_row
from updates.queries import approved_on, with_all

# Left out where only the other method is asked for.
OF_METHOD = {
    "linear": frozenset({"linear_status", "linear_progress", "linear_lead", "linear_reason"}),
    "cagr": frozenset({"cagr_status", "cagr_ratio", "cagr_reason"}),
}


@dataclass(frozen=True)
class Audience:
    """For whom rows are read: the site's address for links in them, and whether people are named by login."""

    site: str = ""
    logins: bool = False


@dataclass(frozen=True)
class Dataset:
    """Rows of one kind: their columns, which filters narrow them down, and how they are read."""

    label: Any
    columns: Columns
    rows: Callable[[Plan, Definition, date, Audience], Iterable[Row]]
    statuses: Mapping[str, Any]
    kinds: Callable[[KindTable], Iterable[PlanKind]] = lambda table: ()

    def available(self, method: str) -> list[str]:
        """The columns that a method leaves."""
        other = {"linear": "cagr", "cagr": "linear"}.get(method, "")
        return [name for name in self.columns if name not in OF_METHOD.get(other, ())]


def rows_of(plan: Plan, definition: Definition, as_of: date, reader: Audience) -> Iterator[Row]:
    """The rows of a report as known on a day."""
    yield from DATASETS[definition.dataset].rows(plan, definition, as_of, reader)


def number_of_rows(plan: Plan, definition: Definition, as_of: date) -> int:
    if definition.dataset == "observations":
        return _observations(plan, definition, as_of).order_by().count()
    return sum(1 for _row in rows_of(plan, definition, as_of, Audience()))


def columns_of(definition: Definition) -> Columns:
    """The chosen columns in their order; without a choice all that the method leaves."""
    dataset = DATASETS[definition.dataset]
    available = dataset.available(definition.method)
    names = [name for name in definition.columns if name in available] or available
    chosen = {name: dataset.columns[name] for name in names}
    return with_code_columns(chosen) if definition.code_columns else chosen


def read_definition(params, plan: Plan) -> Definition:
    """The definition of an address; BadParameter names what cannot be used and what could."""
    name = read_choice(params, "dataset", DATASETS, "progress")
    dataset = DATASETS[name]
    shape = read_shape(params)
    wanted = params.get("codes", "").strip()
    known = set(plan.items.values_list("code", flat=True)) if wanted else set()
    former = dict(plan.former_codes.values_list("code", "item__code")) if wanted else {}
    organisations = Organisation.objects.values_list("code", flat=True) if params.get("organisation") else []
    return Definition(
        dataset=name,
        columns=read_choices(params, "column", dataset.columns),
        kinds=read_choices(params, "kind", dataset.kinds(plan.kinds)),
        codes=read_codes(params, known, former),
        status=read_choice(params, "status", dataset.statuses),
        organisation=read_choice(params, "organisation", organisations),
        **read_years(params),
        **shape,
    )


def _answered_by(plan: Plan, code: str) -> list[int]:
    """Items that an organisation answers for, by its own name or that of the nearest item above."""
    return [pk for pk, lead in answerable(plan).items() if lead is not None and lead.code == code]


def _within(year: int | None, asked: Definition) -> bool:
    """Whether a year lies in the span asked for; a row without one lies in no span."""
    if not (asked.year_from or asked.year_to):
        return True
    return year is not None and (asked.year_from or 0) <= year <= (asked.year_to or 9999)


def _progress(plan: Plan, asked: Definition, as_of: date, reader: Audience) -> Iterator[Row]:
    own = set(_answered_by(plan, asked.organisation)) if asked.organisation else set()
    found = overview(plan, as_of)
    led = {standing.indicator.code for standing in found.standings if standing.indicator.pk in own}
    for row in progress_rows(found):
        if asked.codes and row["code"] not in asked.codes:
            continue
        if asked.organisation and row["code"] not in led:
            continue
        # The filter asks with the pages' words; the column keeps the calculator's own, which is not_assessable.
        status = row["linear_status"] if row["latest_year"] is not None else "no_data"
        if asked.status and status != asked.status:
            continue
        if _within(row["latest_year"], asked):
            yield row


def _observations(plan: Plan, asked: Definition, as_of: date):
    rows = judged_observations(plan, as_of)
    if asked.codes:
        rows = rows.filter(component__indicator__code__in=asked.codes)
    if asked.organisation:
        rows = rows.filter(component__indicator__in=_answered_by(plan, asked.organisation))
    if asked.status:
        rows = rows.filter(value_status=asked.status)
    if asked.year_from:
        rows = rows.filter(year__gte=asked.year_from)
    if asked.year_to:
        rows = rows.filter(year__lte=asked.year_to)
    return rows


def _observation_rows(plan: Plan, asked: Definition, as_of: date, reader: Audience) -> Iterator[Row]:
    for row in _observations(plan, asked, as_of).iterator(chunk_size=2000):
        yield observation_row(row, plan.slug, logins=reader.logins)


def _items(plan: Plan, asked: Definition, as_of: date, reader: Audience) -> Iterator[Row]:
    rows = plan.items.in_plan_order()
    if asked.kinds:
        rows = rows.filter(kind__in=asked.kinds)
    if asked.codes:
        rows = rows.filter(Q(code__in=asked.codes) | Q(parent__code__in=asked.codes))
    if asked.organisation:
        rows = rows.filter(pk__in=_answered_by(plan, asked.organisation))
    statuses, public = statuses_on(plan, as_of), public_on(plan, as_of)
    for item in items_for_files(rows).iterator(chunk_size=500):
        row = item_row(item, plan.slug, reader.site, statuses, public)
        if asked.status and row["status"] != asked.status:
            continue
        if _within(row["status_as_of"].year if row["status_as_of"] else None, asked):
            yield row


def _updates(plan: Plan, asked: Definition, as_of: date, reader: Audience) -> Iterator[Row]:
    rows = approved_on(plan, as_of)
    if asked.kinds:
        rows = rows.filter(item__kind__in=asked.kinds)
    if asked.codes:
        rows = rows.filter(Q(item__code__in=asked.codes) | Q(item__parent__code__in=asked.codes))
    if asked.organisation:
        rows = rows.filter(organisation__code=asked.organisation)
    if asked.status:
        rows = rows.filter(status=asked.status)
    for row in with_all(rows).iterator(chunk_size=500):
        if _within(row.status_on.year, asked):
            yield update_row(row, plan.slug, reader.site)


REPORTED = {value: label for value, label in Item.Status.choices if value != Item.Status.NOT_REPORTED}
DATASETS: dict[str, Dataset] = {
    "progress": Dataset(_("指标进度"), PROGRESS, _progress, LINEAR_STATUSES),
    "observations": Dataset(_("指标数据"), OBSERVATION, _observation_rows, dict(Observation.ValueStatus.choices)),
    "items": Dataset(
        _("规划条目"), ITEM_COLUMNS, _items, dict(Item.Status.choices) | LINEAR_STATUSES, KindTable.values
    ),
    "updates": Dataset(_("进展填报"), UPDATE, _updates, REPORTED, lambda table: table.reported),
}

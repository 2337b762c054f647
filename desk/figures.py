"""Writes of the data desk that join several figures, or a figure and its new source, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from indicators.figures.workflow import (
    FIGURES,
    approve_rows,
    change_figure,
    enter_figure,
    submit_rows,
)
from indicators.models import Component, Observation
from plan.models import Plan, Source


@dataclass(frozen=True)
class NewSource:
    """A source as typed; the same title, however spelled, at the same address is the same source."""

    title: str
    publisher: str = ""
    url: str = ""
    document_number: str = ""
    published_on: date | None = None


def keep_source(source: Source | NewSource) -> Source:
    """The stored source: an existing one is used as it stands, its other particulars are not touched."""
    if isinstance(source, Source):
        return source
    details = {
        "publisher": source.publisher,
        "document_number": source.document_number,
        "published_on": source.published_on,
    }
    fresh = Source(title=source.title, url=source.url, **details)
    try:
        fresh.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise ValidationError({f"source_{name}": faults for name, faults in error.message_dict.items()}) from error
    return Source.objects.keep(source.title, source.url, **details)


@transaction.atomic
def save_figure(
    *,
    by,
    source: Source | NewSource,
    component: Component | None = None,
    observation: Observation | None = None,
    edition: int = 0,
    submit: bool = False,
    **fields: Any,
) -> Observation:
    """Enters a figure of `component`, or changes `observation` as it stood at `edition`; hands it in on request.

    All or nothing, a new source included. Raises what enter_figure, change_figure and submit_rows raise.
    """
    source = keep_source(source)
    if observation is None:
        assert component is not None
        row = enter_figure(component=component, by=by, source=source, **fields)
    else:
        row = change_figure(observation, edition=edition, by=by, source=source, **fields)
    if submit:
        submit_rows(row.component.indicator.plan, [row], by=by)
    return row


@transaction.atomic
def approve_picked(plan: Plan, picked: Mapping[int, int], *, by, reasons: Mapping[int, str] | None = None) -> int:
    """Approves the picked figures (primary key → edition as seen) together, all or none.

    Raises Overtaken or WrongState for the first that is no longer as it was seen, PermissionDenied for one's own,
    ValidationError where one that is not quiet has no reason of its own.
    """
    rows = FIGURES.rows().select_related("entered_by").filter(component__indicator__plan=plan)
    return approve_rows(plan, FIGURES.locked_all(rows, picked), by=by, reasons=reasons)

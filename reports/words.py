"""A report in the language of its headings: words for codes, and the English names that the plan's rows have."""

from collections.abc import Iterable, Iterator

from indicators.models import Component
from plan.columns import Columns, Row, in_words
from plan.models import Plan
from reports.definition import Definition

# Columns whose text has an English form in the plan's own rows.
NAMES = frozenset({"indicator", "title", "unit"})


def told(plan: Plan, definition: Definition, columns: Columns, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows as the report's file has them; a program that reads JSON gets codes whatever the headings."""
    if definition.format == "json":
        yield from rows
        return
    names = _english_names(plan) if definition.header == "en" else {}
    wanted = NAMES & columns.keys() if names else frozenset()
    for row in in_words(columns, rows, definition.header):
        yield row | {name: names.get(row[name], row[name]) for name in wanted}


def _english_names(plan: Plan) -> dict[str, str]:
    parts = Component.objects.of(plan).select_related("indicator")
    pairs = [(part.full_name, part.full_name_en) for part in parts]
    pairs += [(part.indicator.unit, part.indicator.unit_en) for part in parts]
    pairs += plan.items.values_list("title", "title_en")
    return {chinese: english for chinese, english in pairs if english}

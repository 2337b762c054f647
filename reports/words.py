"""What the codes of a report mean, for people who look at it on the screen; its file keeps the codes."""

from collections.abc import Callable
from typing import Any

from django.utils import translation

from indicators.models import Component, Observation, Target
from indicators.shown.wording import CAGR, FINAL, LINEAR_STATUSES
from plan.models import Item, Plan
from reports.definition import Definition

WORDS: dict[str, dict[str, Any]] = {
    "value_status": dict(Observation.ValueStatus.choices),
    "target_operator": dict(Target.Type.choices),
    "linear_status": LINEAR_STATUSES,
    "cagr_status": CAGR,
    "final_verdict": FINAL,
    "kind": dict(Item.Kind.choices),
    "status": LINEAR_STATUSES | dict(Item.Status.choices),
}
# Columns whose text has an English form in the plan's own rows.
NAMES = frozenset({"indicator", "title", "unit"})


def wording(plan: Plan, definition: Definition) -> Callable[[str, Any], Any]:
    """Turns (column, value) into what a person reads, in the language of the headings; codes stay with codes."""
    if definition.header == "code":
        return lambda column, value: value
    language = "en" if definition.header == "en" else "zh-hans"
    with translation.override(language):
        words = {column: {code: str(word) for code, word in known.items()} for column, known in WORDS.items()}
    names = _english_names(plan) if language == "en" else {}

    def told(column: str, value: Any) -> Any:
        if column in NAMES:
            return names.get(value, value)
        return words[column].get(value, value) if column in words else value

    return told


def _english_names(plan: Plan) -> dict[str, str]:
    units = Component.objects.of(plan).values_list("indicator__unit", "indicator__unit_en")
    pairs = [*plan.items.values_list("title", "title_en"), *units]
    return {chinese: english for chinese, english in pairs if english}

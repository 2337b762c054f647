"""Every choice list of the models, with the mark its pages give each word; what the style guide shows and tests.

Taken from the models themselves: a new state appears by itself, and one without a look is seen at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model

from assessments.wording import CONCLUSION_LOOKS, FINDING_LOOKS, NOTE_LOOKS, ROUND_LOOKS
from desk.imports.words import SIGNS as OUTCOME_SIGNS
from desk.templatetags.work import STATES as FIGURE_LOOKS
from plan.templatetags.site import STATUS_SIGNS
from updates.templatetags.updates import STATE_LOOKS, STATE_SIGNS

Mark = Callable[[Any], tuple[str, str]]


@dataclass(frozen=True)
class Word:
    """One choice: its word, and its sign and look where pages give it one."""

    key: str
    word: str
    sign: str = ""
    look: str = ""

    @property
    def as_row(self) -> Any:
        """As a row of the audit log says its outcome."""
        return SimpleNamespace(outcome=self.key, get_outcome_display=self.word)


@dataclass(frozen=True)
class ChoiceList:
    """A field's choices; `kind` names the way its pages show them."""

    title: str
    name: str
    kind: str
    words: list[Word]


def _update_look(key: str) -> tuple[str, str]:
    return STATE_SIGNS[key], STATE_LOOKS[key]


BADGES: dict[str, Mark] = {
    "indicators.Observation.state": FIGURE_LOOKS.__getitem__,
    "indicators.Target.state": FIGURE_LOOKS.__getitem__,
    "updates.StatusUpdate.state": _update_look,
    "updates.StatusUpdate.status": STATUS_SIGNS.__getitem__,
    "assessments.Round.state": ROUND_LOOKS.__getitem__,
    "assessments.Note.state": NOTE_LOOKS.__getitem__,
    "assessments.Note.conclusion": CONCLUSION_LOOKS.__getitem__,
    "assessments.Finding.state": FINDING_LOOKS.__getitem__,
    "desk.ImportBatch.state": lambda key: ("", f"state-{key}"),
}
OUTCOMES = {"desk.ImportRow.outcome": "outcome", "audit.AuditEvent.outcome": "audit"}


def choice_lists() -> list[ChoiceList]:
    """Of every model of the project, in the order of the apps; those with marks first, a plain list once."""
    every = [_list(model, field) for model in _models() for field in model._meta.fields if field.choices]
    first: dict[tuple, ChoiceList] = {}
    for row in every:
        first.setdefault((row.kind == "plain" or row.name, tuple(word.word for word in row.words)), row)
    return sorted(first.values(), key=lambda row: row.kind == "plain")


def _models() -> list[type[Model]]:
    home = Path(settings.BASE_DIR)
    own = [config for config in apps.get_app_configs() if Path(config.path).parent == home]
    return [model for config in own for model in config.get_models()]


def _list(model: type[Model], field: Field) -> ChoiceList:
    name = f"{model._meta.label}.{field.name}"
    # A field without a label of its own goes by its model's name alone.
    is_named = str(field.verbose_name) != field.name.replace("_", " ")
    title = f"{model._meta.verbose_name} · {field.verbose_name}" if is_named else str(model._meta.verbose_name)
    choices = [(str(key), str(word)) for key, word in field.flatchoices if key not in ("", None)]
    if name in OUTCOMES:
        signs: dict[Any, str] = dict(OUTCOME_SIGNS)
        words = [Word(key, word, signs.get(key, "")) for key, word in choices]
        return ChoiceList(title, name, OUTCOMES[name], words)
    if name in BADGES:
        return ChoiceList(title, name, "badge", [Word(key, word, *BADGES[name](key)) for key, word in choices])
    return ChoiceList(title, name, "plain", [Word(key, word) for key, word in choices])

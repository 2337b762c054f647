"""Every choice list of the models, with the mark its pages give each word; what the style guide shows and tests.

Taken from the models themselves: a new state appears by itself, and one without a look is seen at once.
"""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model

from plan import badges


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


MARKS = {
    "accounts.AdminAct.state": badges.ADMIN_ACT,
    "indicators.Observation.state": badges.FIGURE,
    "indicators.Target.state": badges.FIGURE,
    "updates.StatusUpdate.state": badges.UPDATE,
    "evidence.PublicEvidence.state": badges.UPDATE,
    "updates.StatusUpdate.status": badges.ITEM,
    "assessments.Round.state": badges.ROUND,
    "assessments.Note.state": badges.NOTE,
    "assessments.Note.conclusion": badges.CONCLUSION,
    "assessments.Finding.state": badges.FINDING,
    "assessments.ReportChapter.state": badges.CHAPTER,
    "assessments.Opinion.state": badges.OPINION,
    "studio.PlanDraft.state": badges.PLAN_DRAFT,
    "talk.Thread.state": badges.TALK,
}
# Where a file on its way in stands.
BATCHES = ("desk.ImportBatch.state", "evidence.EvidenceBatch.state")
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
        words = [Word(key, word, badges.IMPORT_ROW.get(key, badges.UNKNOWN).sign) for key, word in choices]
        return ChoiceList(title, name, OUTCOMES[name], words)
    if name in BATCHES:
        return ChoiceList(title, name, "badge", [Word(key, word, "", f"state-{key}") for key, word in choices])
    if name in MARKS:
        marks = MARKS[name]
        return ChoiceList(
            title, name, "badge", [Word(key, word, marks[key].sign, marks[key].look) for key, word in choices]
        )
    return ChoiceList(title, name, "plain", [Word(key, word) for key, word in choices])

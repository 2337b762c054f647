"""Notes as programs write them: of an open round, by the evaluator they are given to."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.permissions import Permission, require
from assessments.forms import TEXT_LENGTH, NoteForm
from assessments.models import Note
from assessments.notes import FIELDS, begin_note, body_of, change_note, missing, submit_note
from assessments.queries import is_author, pin_for
from plan.own import OwnSerializer
from plan.writing import Writing, WritingSerializer

TEXTS = ("progress", "results", "problems", "causes", "remedies")


class NoteWritingSerializer(WritingSerializer):
    """A note, named by its round and commitment; it is begun with the first row that speaks of it."""

    id = None
    edition = serializers.IntegerField(required=False, min_value=1, help_text="Of a note begun already.")
    round = serializers.CharField(help_text="Code of an open round.")
    item = serializers.CharField(help_text="Code of the commitment.")
    progress = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    results = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    problems = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    causes = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    remedies = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    adjustment = serializers.ChoiceField(Note.Adjustment.values, required=False)
    adjustment_reason = serializers.CharField(required=False)
    adjustment_document = serializers.CharField(required=False, max_length=200)
    forecast_value = serializers.CharField(required=False, allow_null=True)
    forecast = serializers.ChoiceField(Note.Forecast.values, required=False)
    conclusion = serializers.ChoiceField(Note.Conclusion.values, required=False)
    difference_reason = serializers.CharField(required=False)


class OwnNoteSerializer(OwnSerializer, NoteWritingSerializer):
    """A note of an evaluator, as it stands."""


class NoteWriting(Writing):
    names = {key: key for key in ("round", "item", *FIELDS)}
    commons = ("edition", "state")
    states = Note.State.values

    def found(self, said: Mapping[str, Any]) -> Note:
        require(self.by, Permission.EVALUATE)
        code = f"{said.get('round', '')}"
        round = self.plan.rounds.filter(code=code).first()
        if round is None:
            raise ValidationError({"round": _("没有轮次“%(code)s”") % {"code": code[:40]}})
        item = self.item(said)
        begun = Note.objects.filter(round=round, item=item).exists()
        note = begin_note(round=round, item=item, by=self.by)
        if not is_author(note, self.by):
            raise PermissionDenied(_("只有评估人本人可以填写这份意见"))
        note.was_begun = begun
        return note

    def is_new(self, row: Note) -> bool:
        return not row.was_begun

    def stands(self, row: Note) -> dict[str, Any]:
        return body_of(row)

    def form(self, row: Note, data: dict[str, Any]) -> NoteForm:
        return NoteForm(data, note=row)

    def keep(self, row: Note, form: Any, said: Mapping[str, Any]) -> Note:
        edition = said.get("edition", 0) if row.was_begun else row.edition
        fields = {name: form.cleaned_data[name] for name in FIELDS if name in form.cleaned_data}
        return change_note(row, edition=edition, by=self.by, **fields)

    def check(self, row: Note) -> None:
        held = Note.objects.get(pk=row.pk)
        held.pinned = pin_for(held)
        if faults := missing(held):
            raise ValidationError(faults)

    def submit(self, rows: Sequence[Note]) -> None:
        for row in rows:
            submit_note(row, edition=row.edition, by=self.by)

    def address(self, row: Note) -> str:
        return reverse("assessments:note", args=[self.plan.slug, row.pk])

    def own(self) -> QuerySet[Note]:
        rows = Note.objects.filter(round__plan=self.plan, author=self.by)
        return rows.select_related("round", "item")

    def said(self, row: Note) -> dict[str, Any]:
        return {"round": row.round.code, "item": row.item.code} | body_of(row)

"""Published statements as programs write them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from evidence.forms import PublicEvidenceForm, initial_of
from evidence.importing import FIELDS
from evidence.models import PHRASE_LENGTH, PublicEvidence
from evidence.services import change_evidence, check_public, enter_evidence, submit_together
from judging.decimals import plain
from plan.models import Source
from plan.own import OwnSerializer
from plan.public import Says
from plan.writing import Writing, WritingSerializer

ROUGH = "As far as it is printed: YYYY-MM-DD, YYYY-MM or YYYY."


class EvidenceWritingSerializer(WritingSerializer):
    """A published statement; the names are those of the evidence file."""

    item = serializers.CharField(required=False, help_text="Code of the commitment; of a new one required.")
    says = serializers.ChoiceField(Says.values, required=False)
    fact = serializers.CharField(required=False, max_length=200, help_text="In our own words, one sentence.")
    phrase = serializers.CharField(required=False, max_length=PHRASE_LENGTH)
    number = serializers.CharField(required=False)
    unit = serializers.CharField(required=False, max_length=20)
    took_place_on = serializers.CharField(required=False, help_text=ROUGH)
    published_on = serializers.CharField(required=False, help_text=ROUGH)
    publisher = serializers.CharField(required=False, max_length=200)
    source_title = serializers.CharField(required=False, max_length=500)
    source_url = serializers.CharField(required=False, max_length=1000)
    document_number = serializers.CharField(required=False, max_length=100)
    rank = serializers.ChoiceField(Source.Rank.values, required=False)
    contradicts = serializers.IntegerField(required=False, help_text="Number of the other statement.")
    note = serializers.CharField(required=False, max_length=2000)


class OwnEvidenceSerializer(OwnSerializer, EvidenceWritingSerializer):
    """A published statement somebody entered, as it stands."""


class EvidenceWriting(Writing):
    names = FIELDS | {"contradicts": "contradicts"}
    states = PublicEvidence.State.values
    usual = {"rank": Source.Rank.OFFICIAL}

    def found(self, said: Mapping[str, Any]) -> PublicEvidence | None:
        if "id" not in said:
            return None
        rows = PublicEvidence.objects.select_related("item__plan", "source")
        row = rows.filter(item__plan=self.plan, pk=said["id"]).first()
        if row is None:
            raise ValidationError({"id": _("没有编号为 %(number)s 的公开信息") % {"number": said["id"]}})
        if said.get("item", row.item.code) != row.item.code:
            raise ValidationError({"item": _("已录入的公开信息不能改到别的条目；请另录一条")})
        return row

    def stands(self, row: PublicEvidence) -> dict[str, Any]:
        return initial_of(row) | {"contradicts": row.contradicts_id or ""}

    def form(self, row: PublicEvidence | None, data: dict[str, Any]) -> PublicEvidenceForm:
        initial = {"item": row.item.code} if row else {}
        return PublicEvidenceForm(data, plan=self.plan, row=row, initial=initial)

    def keep(self, row: PublicEvidence | None, form: Any, said: Mapping[str, Any]) -> PublicEvidence:
        fields = form.fields_of_row()
        if row is None:
            return enter_evidence(item=form.cleaned_data["item"], by=self.by, **fields)
        return change_evidence(row, edition=said.get("edition", 0), by=self.by, **fields)

    def check(self, row: PublicEvidence) -> None:
        check_public(row)

    def submit(self, rows: Sequence[PublicEvidence]) -> None:
        submit_together(self.plan, rows, by=self.by)

    def address(self, row: PublicEvidence) -> str:
        return reverse("evidence:detail", args=[self.plan.slug, row.pk])

    def own(self) -> QuerySet[PublicEvidence]:
        rows = PublicEvidence.objects.filter(item__plan=self.plan, entered_by=self.by)
        return rows.select_related("item", "source")

    def said(self, row: PublicEvidence) -> dict[str, Any]:
        return super().said(row) | {"number": "" if row.number is None else plain(row.number)}

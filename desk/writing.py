"""Figures as programs write them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from desk.figures import save_figure
from desk.forms import ComponentChoice, FigureForm, initial_of
from desk.queries import components_for_entry, figures_seen_by
from indicators.figures.workflow import submit_rows
from indicators.models import Component, Observation
from plan.models import Plan, Source
from plan.own import OwnSerializer
from plan.writing import Writing, WritingSerializer
from texts.names import nearest

OF_SOURCE = {
    "source_title": "source_title",
    "source_publisher": "source_publisher",
    "source_url": "source_url",
    "source_document_number": "source_number",
    "source_published_on": "source_published_on",
}
COLUMNS_OF_SOURCE = {key: key.removeprefix("source_") for key in OF_SOURCE}


class FigureWritingSerializer(WritingSerializer):
    """A figure; the names are those of the observation file where it has them."""

    component = serializers.CharField(required=False, help_text="Code of the component; of a new figure required.")
    year = serializers.IntegerField(required=False, min_value=1949, max_value=2100)
    value = serializers.CharField(
        required=False, help_text="As published, in the indicator's unit or with its own: 5.46, 2.47万家."
    )
    value_status = serializers.ChoiceField(Observation.ValueStatus.choices, required=False)
    precision = serializers.ChoiceField(Observation.Precision.choices, required=False)
    exclusive = serializers.BooleanField(required=False)
    released_on = serializers.DateField(required=False)
    published_text = serializers.CharField(required=False, max_length=100)
    note = serializers.CharField(required=False, max_length=2000)
    source_title = serializers.CharField(required=False, max_length=500)
    source_publisher = serializers.CharField(required=False, max_length=200)
    source_url = serializers.CharField(required=False, max_length=1000)
    source_document_number = serializers.CharField(required=False, max_length=100)
    source_published_on = serializers.DateField(required=False)


class FigureOfProgram(FigureForm):
    """Names its component by its code."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        field = self.fields["component"]
        assert isinstance(field, ComponentChoice)
        field.to_field_name = "code"


class OwnFigureSerializer(OwnSerializer, FigureWritingSerializer):
    """A figure somebody entered, as it stands."""


class FigureWriting(Writing):
    names = {
        "component": "component", "year": "year", "value": "value", "value_status": "value_status",
        "precision": "precision", "exclusive": "exclusive", "released_on": "released_on",
        "published_text": "published_text", "note": "note",
    } | OF_SOURCE  # fmt: skip
    states = Observation.State.values
    usual = {"value_status": Observation.ValueStatus.FINAL, "precision": Observation.Precision.EXACT}

    def __init__(self, plan: Plan, by: Any):
        super().__init__(plan, by)
        self.components = components_for_entry(plan, by)

    def found(self, said: Mapping[str, Any]) -> Observation | None:
        if code := said.get("component"):
            self._demand_component(f"{code}")
        if "id" not in said:
            return None
        row = figures_seen_by(self.plan, self.by).filter(pk=said["id"]).first()
        if row is None:
            raise ValidationError({"id": _("没有编号为 %(number)s 的数据") % {"number": said["id"]}})
        if code and code != row.component.code:
            raise ValidationError({"component": _("已录入的数据不能改到别的分项；请另录一条")})
        return row

    def _demand_component(self, code: str) -> None:
        if self.components.filter(code=code).exists():
            return
        known = list(Component.objects.of(self.plan).values_list("code", flat=True))
        if code in known:
            raise PermissionDenied(_("这一指标不由本单位填报"))
        near = nearest(code, known)
        told = _("规划中没有分项“%(code)s”") % {"code": code[:40]}
        raise ValidationError({"component": f"{told}{'；' + near if near else ''}"})

    def stands(self, row: Observation) -> dict[str, Any]:
        data = initial_of(row) | {"source": row.source_id, "component": row.component.code}
        data |= {"released_on": row.released_on.isoformat()}
        return {name: value for name, value in data.items() if name != "edition"}

    def form(self, row: Observation | None, data: dict[str, Any]) -> FigureOfProgram:
        sources = Source.objects.filter(pk=row.source_id) if row else Source.objects.none()
        return FigureOfProgram(data, components=self.components, sources=sources)

    def prepared(self, data: dict[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
        # A source that is named takes the place of the one there was.
        return data | {"source": ""} if any(name in said for name in OF_SOURCE) else data

    def keep(self, row: Observation | None, form: Any, said: Mapping[str, Any]) -> Observation:
        component = form.cleaned_data["component"]
        return save_figure(
            by=self.by,
            component=component,
            observation=row,
            edition=said.get("edition", 0),
            source=form.chosen_source(),
            **form.figure(),
        )

    def submit(self, rows: Sequence[Observation]) -> None:
        submit_rows(self.plan, rows, by=self.by)

    def address(self, row: Observation) -> str:
        return reverse("desk:figure", args=[self.plan.slug, row.pk])

    def own(self) -> QuerySet[Observation]:
        return figures_seen_by(self.plan, self.by).filter(entered_by=self.by)

    def said(self, row: Observation) -> dict[str, Any]:
        stands, source = self.stands(row), row.source
        of_source = {key: getattr(source, column) for key, column in COLUMNS_OF_SOURCE.items()}
        return {key: stands[name] for key, name in self.names.items() if key not in OF_SOURCE} | of_source

    def reason(self, row: Observation) -> str:
        return row.out_reason if row.state == Observation.State.REJECTED else super().reason(row)

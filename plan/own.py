"""What a person has written, read back by programs: drafts, what waits, what came back and why."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers

from plan.api import PlanView
from plan.params import read_choice
from plan.writing import Writing, WrittenSerializer

TOLD = (*WrittenSerializer().fields,)


class OwnSerializer(WrittenSerializer):
    """A row as it stands, by the names under which it is written; what it does not say is null."""

    reason = serializers.CharField(help_text="Why it came back, or is no longer used.")

    def get_fields(self):
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = True
            field.allow_null = name not in TOLD
        return fields

    def to_representation(self, row: Any) -> dict[str, Any]:
        writing: Writing = self.context["writing"]
        address = self.context["request"].build_absolute_uri(writing.address(row))
        told = {"id": row.pk, "edition": row.edition, "state": row.state, "url": address}
        said = writing.said(row) | told | {"reason": writing.reason(row)}
        return super().to_representation({name: None if value == "" else value for name, value in said.items()})


class OwnList(PlanView, generics.ListAPIView):
    """What whoever asks has written, the newest first."""

    writing: type[Writing]

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.written = self.writing(self.plan, request.user)

    def get_serializer_context(self):
        context = generics.ListAPIView.get_serializer_context(self)
        return context | {"writing": getattr(self, "written", None)}

    def get_queryset(self) -> QuerySet:
        rows = self.written.own().prefetch_related("steps").order_by("-pk")
        state = read_choice(self.request.query_params, "state", self.writing.states)
        return rows.filter(state=state) if state else rows


def described(name: str, kind: type[Writing], serializer: type[OwnSerializer]) -> Any:
    """The description of the address where a person's own rows of a kind are read."""
    state = OpenApiParameter("state", str, enum=list(kind.states))
    said = {"tags": [name], "parameters": [state], "responses": serializer(many=True)}
    return extend_schema(operation_id=f"{name}_mine", **said)

"""Read API of evaluation: the published notes, as known on a day."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics

from assessments.models import Note, NoteStep
from assessments.queries import known_notes
from assessments.serializers import NoteSerializer
from assessments.writing import NoteWriting, NoteWritingSerializer, OwnNoteSerializer
from plan.api import KIND, PlanView
from plan.own import OwnList, described
from plan.params import BadParameter, read_choice
from plan.writing import WrittenSerializer, answer_writing

FILTERS = [
    OpenApiParameter("round", str, description="Code of the round."),
    OpenApiParameter("item", str, description="Code of the item."),
    KIND,
    OpenApiParameter("conclusion", str, enum=Note.Conclusion.values),
]


@extend_schema_view(
    get=extend_schema(tags=["assessments"], parameters=FILTERS, responses=NoteSerializer(many=True))
)
class NoteList(PlanView, generics.ListAPIView):
    """Published notes in the plan's order, each with the text it was published with."""

    serializer_class = NoteSerializer
    queryset = NoteStep.objects.none()

    def get_serializer_context(self):
        # The statuses of items, which PlanView reads, are not needed here.
        return generics.ListAPIView.get_serializer_context(self) | {"slug": self.kwargs.get("slug", "")}

    def get_queryset(self):
        params, day = self.request.query_params, self.request._request.as_of
        item = None
        if code := params.get("item", ""):
            item = self.plan.items.filter(code=code).first()
            if item is None:
                raise BadParameter("item", code, _("应为本规划一个条目的编码，例如 P-1"))
        round = read_choice(
            params, "round", self.plan.rounds.exclude(state="planned").values_list("code", flat=True)
        )
        kind = read_choice(params, "kind", self.plan.kinds)
        conclusion = read_choice(params, "conclusion", Note.Conclusion.values)
        return [
            step
            for step in known_notes(self.plan, day, item, with_evidence=True)
            if round in ("", step.note.round.code)
            and kind in ("", step.note.item.kind)
            and conclusion in ("", step.body.get("conclusion"))
        ]

    @extend_schema(
        operation_id="assessments_write",
        tags=["assessments"],
        request=NoteWritingSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request, slug):
        """Keeps drafts of notes, and hands in those that say so; a second person publishes."""
        return answer_writing(request, NoteWriting(self.plan, request.user))


@extend_schema_view(get=described("assessments", NoteWriting, OwnNoteSerializer))
class OwnNoteList(OwnList):
    """The notes that whoever asks has written, newest first, decided ones too."""

    writing = NoteWriting
    serializer_class = OwnNoteSerializer
    queryset = Note.objects.none()

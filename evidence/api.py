"""Read API of published statements: the approved ones, as public on a day."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics

from evidence.models import PublicEvidence
from evidence.queries import known
from evidence.serializers import EvidenceSerializer
from evidence.writing import EvidenceWriting, EvidenceWritingSerializer, OwnEvidenceSerializer
from plan.api import PlanView
from plan.own import OwnList, described
from plan.params import BadParameter, read_choice, read_date
from plan.public import Says
from plan.writing import WrittenSerializer, answer_writing

FILTERS = [
    OpenApiParameter("item", str, description="Code of the item."),
    OpenApiParameter("says", str, enum=Says.values),
    OpenApiParameter("since", str, description="Published on that day or later, YYYY-MM-DD."),
]


@extend_schema_view(
    get=extend_schema(tags=["evidence"], parameters=FILTERS, responses=EvidenceSerializer(many=True))
)
class EvidenceList(PlanView, generics.ListAPIView):
    """Published statements in the plan's order, of each commitment the newest last."""

    serializer_class = EvidenceSerializer
    queryset = PublicEvidence.objects.none()

    def get_serializer_context(self):
        return generics.ListAPIView.get_serializer_context(self) | {"slug": self.kwargs.get("slug", "")}

    def get_queryset(self):
        params, day = self.request.query_params, self.request._request.as_of
        rows = known(self.plan, day).select_related("item__plan", "source", "contradicts")
        if code := params.get("item", ""):
            if not self.plan.items.filter(code=code).exists():
                raise BadParameter("item", code, _("应为本规划一个条目的编码，例如 P-1"))
            rows = rows.filter(item__code=code)
        if says := read_choice(params, "says", Says.values):
            rows = rows.filter(says=says)
        if params.get("since"):
            rows = rows.since(read_date(params, "since", day))
        return rows.order_by("item__order", "published_on", "id")

    @extend_schema(
        operation_id="evidence_write",
        tags=["evidence"],
        request=EvidenceWritingSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request, slug):
        """Keeps drafts of published statements, and hands in those that say so; a second person approves."""
        return answer_writing(request, EvidenceWriting(self.plan, request.user))


@extend_schema_view(get=described("evidence", EvidenceWriting, OwnEvidenceSerializer))
class OwnEvidenceList(OwnList):
    """The published statements that whoever asks has entered, newest first, decided ones too."""

    writing = EvidenceWriting
    serializer_class = OwnEvidenceSerializer
    queryset = PublicEvidence.objects.none()

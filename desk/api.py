"""API of releases, the publications that figures come from, and of figures that programs enter."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers

from desk.releases import figures_of, releases, with_sources
from desk.writing import FigureWriting, FigureWritingSerializer, OwnFigureSerializer
from indicators.api import ObservationList
from indicators.models import Observation
from plan.api import PlanView
from plan.own import OwnList, described
from plan.queries import get_plan
from plan.writing import WrittenSerializer, answer_writing


class ReleaseSerializer(serializers.Serializer):
    """A publication: its head, how many figures of the plan it gave, and the last day one of them was released."""

    id = serializers.IntegerField(source="source.pk")
    title = serializers.CharField(source="source.title")
    publisher = serializers.CharField(source="source.publisher")
    url = serializers.CharField(source="source.url")
    document_number = serializers.CharField(source="source.document_number")
    published_on = serializers.DateField(source="source.published_on", allow_null=True)
    rank = serializers.CharField(source="source.rank")
    figures = serializers.IntegerField()
    last_released_on = serializers.DateField(source="last")


@extend_schema(tags=["releases"], responses=ReleaseSerializer(many=True))
class ReleaseList(PlanView, generics.ListAPIView):
    """Every publication that public figures of the plan come from, newest first."""

    serializer_class = ReleaseSerializer

    def get_queryset(self):
        day = self.request._request.as_of
        return releases(figures_of(self.plan, self.request.user, day, is_today=False))

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        return with_sources(page) if page is not None else None


class Observations(ObservationList):
    """Figures that are public, and on their way in."""

    @extend_schema(
        operation_id="observations_write",
        tags=["observations"],
        request=FigureWritingSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request, slug):
        """Keeps drafts of figures, and hands in those that say so; a second person approves."""
        return answer_writing(request, FigureWriting(get_plan(slug), request.user))


@extend_schema_view(get=described("observations", FigureWriting, OwnFigureSerializer))
class OwnFigureList(OwnList):
    """The figures that whoever asks has entered, newest first, decided ones too."""

    writing = FigureWriting
    serializer_class = OwnFigureSerializer
    queryset = Observation.objects.none()

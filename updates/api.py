"""Read API of status updates: the approved ones, as known on a day."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics

from plan.api import PlanView
from plan.models import Item
from plan.own import OwnList, described
from plan.params import BadParameter, read_choice, read_date
from plan.writing import WrittenSerializer, answer_writing
from updates.models import StatusUpdate
from updates.queries import approved_on, with_all
from updates.serializers import UpdateSerializer
from updates.writing import OwnUpdateSerializer, UpdateWriting, UpdateWritingSerializer

FILTERS = [
    OpenApiParameter("item", str, description="Code of the item."),
    OpenApiParameter("status", str, enum=[value for value in Item.Status.values if value != "not_reported"]),
    OpenApiParameter("since", str, description="Approved on that day or later, YYYY-MM-DD."),
]


@extend_schema_view(get=extend_schema(tags=["updates"], parameters=FILTERS, responses=UpdateSerializer(many=True)))
class UpdateList(PlanView, generics.ListAPIView):
    """Approved status updates in the plan's order, the one that counts last of each item."""

    serializer_class = UpdateSerializer
    queryset = StatusUpdate.objects.none()

    def get_serializer_context(self):
        # The statuses of items, which PlanView reads, are not needed here.
        return generics.ListAPIView.get_serializer_context(self) | {"slug": self.kwargs.get("slug", "")}

    def get_queryset(self):
        params, day = self.request.query_params, self.request._request.as_of
        rows = with_all(approved_on(self.plan, day))
        if code := params.get("item", ""):
            if not self.plan.items.filter(code=code).exists():
                raise BadParameter("item", code, _("应为本规划一个条目的编码，例如 P-1"))
            rows = rows.filter(item__code=code)
        if status := read_choice(params, "status", Item.Status.values):
            rows = rows.filter(status=status)
        if params.get("since"):
            rows = rows.since(read_date(params, "since", day))
        return rows

    @extend_schema(
        operation_id="updates_write",
        tags=["updates"],
        request=UpdateWritingSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request, slug):
        """Keeps drafts of progress reports, and hands in those that say so; a second person approves."""
        return answer_writing(request, UpdateWriting(self.plan, request.user))


@extend_schema_view(get=described("updates", UpdateWriting, OwnUpdateSerializer))
class OwnUpdateList(OwnList):
    """The progress reports that whoever asks has written, newest first, decided ones too."""

    writing = UpdateWriting
    serializer_class = OwnUpdateSerializer
    queryset = StatusUpdate.objects.none()

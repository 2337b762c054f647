"""Read API of changes."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboard.changes import changes_body, read_asked, refuse_fault
from plan.api import DAYS, ERRORS, PlanView
from plan.changes import Cause, Clock

CHANGE_FILTERS = [
    *DAYS,
    OpenApiParameter("from", str, description="Day before the span, YYYY-MM-DD; default 90 days before `to`."),
    OpenApiParameter("to", str, description="Last day of the span, at most `as_of`, which is its default."),
    OpenApiParameter(
        "clock", str, enum=Clock.values, description="Dated by publication, the default, or by approval here."
    ),
    OpenApiParameter("cause", str, enum=Cause.values),
    OpenApiParameter("kind", str, description="A kind of the plan's items."),
]


@extend_schema(tags=["changes"], parameters=CHANGE_FILTERS, responses={200: OpenApiTypes.OBJECT, **ERRORS})
class ChangeList(PlanView, APIView):
    """What became known after `from`, up to and on `to`: each change with its cause and the verdicts around it."""

    def get(self, request, slug):
        as_of = request._request.as_of
        asked = refuse_fault(read_asked(self.plan, request.query_params, as_of))
        address = request.build_absolute_uri("/").rstrip("/")
        return Response(changes_body(self.plan, asked, as_of, address))

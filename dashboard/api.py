"""Read API of changes."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.views import APIView

from dashboard.changes import changes_body, read_asked, refuse_fault
from dashboard.serializers import ChangeSerializer
from plan.api import KIND, DayPages, PlanView
from plan.changes import Cause, Clock

CHANGE_FILTERS = [
    OpenApiParameter("from", str, description="Day before the span, YYYY-MM-DD; default 90 days before `to`."),
    OpenApiParameter("to", str, description="Last day of the span, at most `as_of`, which is its default."),
    OpenApiParameter(
        "clock", str, enum=Clock.values, description="Dated by publication, the default, or by approval here."
    ),
    OpenApiParameter("cause", str, enum=Cause.values),
    KIND,
]


class ChangePages(DayPages):
    """Says its span before its pages."""

    described = DayPages.described | {
        "from": {"type": "string", "format": "date"},
        "to": {"type": "string", "format": "date"},
        "clock": {"type": "string", "enum": Clock.values},
    }


class ChangeList(PlanView, APIView):
    """What became known after `from`, up to and on `to`: each change with its cause and the verdicts around it."""

    pagination_class = ChangePages

    @extend_schema(
        tags=["changes"],
        operation_id="changes_list",
        parameters=CHANGE_FILTERS,
        responses=ChangeSerializer(many=True),
    )
    def get(self, request, slug):
        as_of = request._request.as_of
        asked = refuse_fault(read_asked(self.plan, request.query_params, as_of))
        body = changes_body(self.plan, asked, as_of, request.build_absolute_uri("/").rstrip("/"))
        pages = ChangePages()
        rows = pages.paginate_queryset(body["results"], request, view=self)
        pages.facts = {name: fact for name, fact in body.items() if name not in ("count", "results")}
        return pages.get_paginated_response(rows)

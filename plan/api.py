"""Read API of the spine: plans and items of every kind."""

from datetime import UTC, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from accounts.problems import problem
from plan.changed import note_plan
from plan.columns import PLACE
from plan.days import start_of
from plan.demo import HEADER
from plan.models import Focus, Item, Plan
from plan.params import BadParameter, read_choice, read_number
from plan.public import public_on
from plan.queries import get_item, get_plan, items_for_files, statuses_on, with_status
from plan.serializers import ItemSerializer, PlanSerializer


class Pages(PageNumberPagination):
    """`page` and `page_size` (1 to 1000); anything else is refused by name instead of silently changed."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"

    def get_page_size(self, request):
        return read_number(request.query_params, "page_size", default=self.page_size, low=1, high=1000)

    def get_page_number(self, request, paginator):
        return read_number(request.query_params, "page", default=1, low=1, high=max(1, paginator.num_pages))

    def get_paginated_response_schema(self, schema):
        described = super().get_paginated_response_schema(schema)
        described["required"] = ["count", "next", "previous", "results"]
        demo = {"type": "boolean", "description": "There where figures are invented."}
        described["properties"] |= {"demo": demo}
        return described


class DayPages(Pages):
    """A list of one day, all of it on one page up to a thousand; its answer says the day first."""

    page_size = 1000
    # What the answer says before its pages: as_of, and what a list adds to it.
    facts: dict[str, str] = {}
    described = {"as_of": {"type": "string", "format": "date"}, "known_by": {"type": "string", "format": "date"}}

    def get_paginated_response(self, data):
        response = super().get_paginated_response(data)
        response.data = self.facts | response.data
        return response

    def get_paginated_response_schema(self, schema):
        described = super().get_paginated_response_schema(schema)
        described["properties"] = self.described | described["properties"]
        described["required"] = [*(name for name in self.described if name != "known_by"), *described["required"]]
        return described


@extend_schema(tags=["plans"])
class PlanList(generics.ListAPIView):
    """Every plan of this installation."""

    queryset = Plan.objects.order_by("starts_on", "slug")
    serializer_class = PlanSerializer
    pagination_class = None


class PlanView:
    """A view below /<plan>/: finds the plan, 404 otherwise."""

    pagination_class = Pages

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.plan = get_plan(kwargs["slug"])
        note_plan(request._request, self.plan)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if getattr(self, "plan", None) and self.plan.is_demo:
            response[HEADER] = "1"
            if isinstance(getattr(response, "data", None), dict):
                response.data = {"demo": True} | response.data
        return response

    def get_serializer_context(self):
        context = super().get_serializer_context()
        if plan := getattr(self, "plan", None):
            day = self.request._request.as_of
            context |= {"slug": plan.slug, "statuses": statuses_on(plan, day), "public": public_on(plan, day)}
        return context


def read_moment(params, name: str) -> datetime | None:
    """A day or a moment in ISO form; without a zone it is the site's own."""
    text = params.get(name, "")
    if not text:
        return None
    try:
        moment = parse_datetime(text) or (start_of(day) if (day := parse_date(text)) else None)
        if moment is not None:
            # Kept in UTC, which the first and the last day there is may not reach.
            return (moment if timezone.is_aware(moment) else timezone.make_aware(moment)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadParameter(name, text, _("应为 YYYY-MM-DD 或 YYYY-MM-DDTHH:MM，例如 2023-06-30"))


ITEM_FILTERS = [
    OpenApiParameter("q", str, description="Words in title or quote."),
    OpenApiParameter("status", str, description="Of an indicator its verdict, of a task what was reported."),
    OpenApiParameter("parent", str, description="Code of the item above."),
    OpenApiParameter("section", str, description='Number of a chapter or section, for example "3.1".'),
    OpenApiParameter("industry", str, description="Code or name of an industry."),
    OpenApiParameter("updated_since", str, description="Day or moment in ISO form."),
]


KIND = OpenApiParameter("kind", str, enum=Item.Kind.values, description="A kind of the plan's items.")


@extend_schema(tags=["items"], parameters=[KIND, *ITEM_FILTERS], responses=ItemSerializer(many=True))
class ItemList(PlanView, generics.ListAPIView):
    """Every commitment of the plan, in the plan's order."""

    serializer_class = ItemSerializer
    kind = ""

    def get_queryset(self):
        params = self.request.query_params
        rows = items_for_files(self.plan.items.all()).in_plan_order()
        if kind := self.kind or read_choice(params, "kind", self.plan.kinds):
            rows = rows.filter(kind=kind)
        if words := params.get("q", "").strip():
            rows = rows.filter(
                Q(title__icontains=words) | Q(title_en__icontains=words) | Q(quote__icontains=words)
            )
        if params.get("status"):
            day = self.request._request.as_of
            known = set(self.plan.items.order_by().values_list("status", flat=True).distinct())
            known |= {row.status for row in statuses_on(self.plan, day).values()} | set(Item.Status.values)
            rows = with_status(rows, self.plan, read_choice(params, "status", sorted(known)), day)
        if parent := params.get("parent", ""):
            if not self.plan.items.filter(code=parent).exists():
                raise BadParameter("parent", parent, _("应为本规划一个条目的编码，例如 P-1"))
            rows = rows.filter(parent__code=parent)
        if section := params.get("section", "").removeprefix(PLACE):
            if not self.plan.sections.filter(number=section).exists():
                raise BadParameter("section", section, _("应为本规划一个章节的编号，例如 3 或 3.1"))
            rows = rows.filter(Q(section__number=section) | Q(section__parent__number=section))
        if industry := params.get("industry", ""):
            known = Q(industry__code=industry) | Q(name=industry)
            listed = self.plan.industries.filter(Q(code=industry) | Q(name=industry)).exists()
            if not listed and not Focus.objects.filter(known, item__plan=self.plan).exists():
                raise BadParameter("industry", industry, "G-1, F-1, 量子信息 …")
            rows = rows.filter(Q(focuses__industry__code=industry) | Q(focuses__name=industry)).distinct()
        if moment := read_moment(params, "updated_since"):
            rows = rows.filter(updated_at__gte=moment)
        return rows


@extend_schema(parameters=[OpenApiParameter("kind", exclude=True)])
class KindList(ItemList):
    """The commitments of one kind."""


@extend_schema(tags=["items"], responses=ItemSerializer)
class ItemDetail(PlanView, generics.GenericAPIView):
    """One commitment by its code."""

    serializer_class = ItemSerializer
    queryset = Item.objects.none()

    def get(self, request, slug, code):
        item = get_item(self.plan, code)
        if item.is_retired:
            told = {"code": item.code, "day": item.retired_on.isoformat(), "reason": item.retired_reason}
            return problem(410, _("条目 %(code)s 已于 %(day)s 停用：%(reason)s") % told)
        return Response(self.get_serializer(item).data)

"""What the API has: where a program that knows its address alone begins."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from plan.changed import note_plan
from plan.models import Plan
from plan.queries import get_plan
from plan.serializers import PlanSerializer

VERSION = "1"
# Of the site, and of each plan: what it is called and the name of its address.
OF_THE_SITE = {
    "description": "schema",
    "documentation": "api_docs",
    "plans": "api_plans",
    "observations_csv": "api_all_observations",
    "assess": "api_assess",
    "verify": "api_verify_file",
}
OF_A_PLAN = {
    name: f"api_{name}"
    for name in (
        "items",
        "indicators",
        "observations",
        "releases",
        "platforms",
        "actions",
        "clusters",
        "updates",
        "evidence",
        "assessments",
        "changes",
        # Rows of a file looked at, and what whoever asks has written.
        "observations_check",
        "observations_mine",
        "updates_mine",
        "evidence_mine",
        "assessments_mine",
    )
}


class RootSerializer(serializers.Serializer):
    version = serializers.CharField()
    addresses = serializers.DictField(child=serializers.CharField())
    plans = PlanSerializer(many=True)


class PlanRootSerializer(serializers.Serializer):
    plan = PlanSerializer()
    addresses = serializers.DictField(child=serializers.CharField())


class Root(APIView):
    """What there is: the API's version, its addresses and the plans."""

    @extend_schema(tags=["plans"], operation_id="root", responses=RootSerializer)
    def get(self, request):
        addresses = {name: request.build_absolute_uri(reverse(view)) for name, view in OF_THE_SITE.items()}
        plans = Plan.objects.order_by("starts_on", "slug")
        body = {"version": VERSION, "addresses": addresses, "plans": plans}
        return Response(RootSerializer(body, context={"request": request}).data)


class PlanRoot(APIView):
    """A plan and the addresses of what it holds."""

    @extend_schema(tags=["plans"], operation_id="plan", responses=PlanRootSerializer)
    def get(self, request, slug):
        plan = get_plan(slug)
        note_plan(request._request, plan)
        addresses = {
            name: request.build_absolute_uri(reverse(view, args=[slug])) for name, view in OF_A_PLAN.items()
        }
        body = {"plan": plan, "addresses": addresses}
        return Response(PlanRootSerializer(body, context={"request": request}).data)

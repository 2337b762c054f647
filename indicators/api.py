"""Read API of indicators and figures, and the what-if calculator."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from itertools import chain, islice

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from accounts.problems import problem
from accounts.throttles import ScopeThrottle
from indicators.files.cells import read_day
from indicators.files.columns import OBSERVATION
from indicators.files.exports import all_judged, observation_row, shows_logins
from indicators.files.faults import BrokenFile, Fault
from indicators.files.importing import tell
from indicators.files.rows import read_status
from indicators.many.fastcsv import ObservationFile
from indicators.many.observation_pages import (
    Question,
    json_bytes,
    kept_pages,
    number_of,
    page_of,
    parts_of_plan,
    question,
)
from indicators.models import Component, Observation
from indicators.queries import Standing, cutoffs, day_status, overview
from indicators.serializers import (
    AssessBodySerializer,
    AssessPartsSerializer,
    CheckedFileSerializer,
    IndicatorOfDaySerializer,
    IndicatorSerializer,
    ObservationSerializer,
    VerdictSerializer,
    WholeVerdictSerializer,
)
from judging.calculator_json import answer, assess_request
from judging.decimals import plain
from judging.terms import InvalidInput
from plan.api import DayPages, Pages, PlanView
from plan.changed import note_plan
from plan.columns import with_code_columns
from plan.days import day_facts
from plan.demo import HEADER, demo_slugs, marked
from plan.exports.csvfile import ENCODINGS, HEADINGS, csv_heading
from plan.exports.download import STREAM_FROM, Download
from plan.exports.files import csv_file, read_code_columns
from plan.exports.items import item_row
from plan.models import Plan
from plan.params import BadParameter, read_choice, read_number, today
from plan.queries import get_plan
from tables.badcell import BadCell
from tables.encodings import CHOICES
from texts.names import nearest_sure

EXAMPLE = {
    "base_year": 2020,
    "base_value": "5.46",
    "target_year": 2025,
    "target": {"type": "range_floor", "direction": "up", "low": "5.5", "high": "6"},
    "observations": [{"year": 2023, "value": "6.46", "status": "final"}],
}


def indicator_body(standing: Standing, slug: str, address: str, *, logins: bool) -> dict:
    """An indicator with its components, targets, baselines, latest figures and both verdicts with inputs."""
    indicator = standing.indicator
    statuses = {indicator.code: day_status(standing)}
    return item_row(indicator, slug, address, statuses, {}) | {
        "unit": indicator.unit,
        "direction": indicator.direction,
        "nature": indicator.nature,
        "in_table": indicator.in_table,
        "linear": {"status": standing.whole.linear_status},
        "cagr": {"status": standing.whole.cagr_status},
        "final_verdict": standing.whole.final_verdict,
        "rule_version": standing.first.rule.version,
        "components": [
            {
                "code": part.component.code,
                "name": part.component.name,
                "name_en": part.component.name_en,
                "accumulation": part.component.accumulation,
                "continues": continued_body(part.component),
                "baseline": {
                    "year": part.component.baseline_year,
                    "value": None
                    if part.component.baseline_value is None
                    else plain(part.component.baseline_value),
                },
                "targets": [
                    {
                        "version": target.version,
                        "type": target.type,
                        "value": None if target.value is None else plain(target.value),
                        "low": None if target.low is None else plain(target.low),
                        "high": None if target.high is None else plain(target.high),
                        "year": target.year,
                        "path": target.path,
                        "text": target.text,
                        "effective_on": target.effective_on,
                    }
                    for target in part.targets
                ],
                "latest": observation_body(part.latest, slug, logins=logins) if part.latest else None,
                "inputs": part.inputs,
                "verdict": answer(part.assessment),
            }
            for part in standing.components
        ],
    }


def continued_body(component: Component) -> dict | None:
    """The component of an earlier plan that one goes on from."""
    earlier = component.continues
    if earlier is None:
        return None
    return {
        "plan": earlier.indicator.plan.slug,
        "component": earlier.code,
        "note": component.continues_note,
        "note_en": component.continues_note_en,
    }


def observation_body(row: Observation, slug: str, *, logins: bool) -> dict:
    """A figure as the CSV has it, with what the statement was (rounded, derived, at least …)."""
    return observation_row(row, slug, logins=logins) | {
        "value": plain(row.value),
        "state": row.state,
        "published_text": row.published_text,
        "note": row.note,
    }


class IndicatorList(PlanView, APIView):
    """All indicators as known on a day."""

    pagination_class = DayPages

    @extend_schema(
        operation_id="indicators_list",
        tags=["indicators"],
        responses=IndicatorSerializer(many=True),
    )
    def get(self, request, slug):
        address = request.build_absolute_uri("/").rstrip("/")
        found = overview(self.plan, request._request.as_of)
        logins, pages = shows_logins(request._request), DayPages()
        pages.facts = day_facts(found.as_of)
        page = pages.paginate_queryset(found.standings, request, view=self)
        return pages.get_paginated_response(
            [indicator_body(standing, slug, address, logins=logins) for standing in page]
        )


@extend_schema(tags=["indicators"], responses=IndicatorOfDaySerializer)
class IndicatorDetail(PlanView, APIView):
    """One indicator as known on a day."""

    def get(self, request, slug, code):
        found = overview(self.plan, request._request.as_of)
        if code not in found.by_code:
            return problem(404, f"没有指标 {code} / no such indicator")
        address = request.build_absolute_uri("/").rstrip("/")
        body = indicator_body(found.by_code[code], slug, address, logins=shows_logins(request._request))
        return Response(day_facts(found.as_of) | body)


OBSERVATION_FILTERS = [
    OpenApiParameter("component", str),
    OpenApiParameter("code", str, description="Code of the indicator."),
    OpenApiParameter("year", int),
    OpenApiParameter("state", str, enum=["approved", "rejected"]),
]


@extend_schema_view(
    get=extend_schema(
        tags=["observations"], parameters=OBSERVATION_FILTERS, responses=ObservationSerializer(many=True)
    )
)
class ObservationList(APIView):
    """Published statements: figures that count, lower bounds, and rejected ones with the reason.

    The answer of a page is kept in memory for as long as the plan's version and the day stay the same.
    """

    pagination_class = Pages

    def get(self, request, slug):
        params, as_of = request.query_params, request._request.as_of
        plan = get_plan_row(slug)
        note_plan(request._request, plan)
        key = (plan.pk, plan.figures_version, plan.is_demo, as_of, request.build_absolute_uri())
        key = (*key, shows_logins(request._request))
        body = kept_pages.get(
            key, lambda: json_bytes(self._body(request, plan, read_question(plan, params, as_of)))
        )
        headers = {HEADER: "1"} if plan.is_demo else {}
        return HttpResponse(body, content_type="application/json", headers=headers)

    def _body(self, request, plan, asked):
        number = number_of(asked)
        size = read_number(request.query_params, "page_size", default=Pages.page_size, low=1, high=1000)
        last = max(1, -(-number // size))
        page = read_number(request.query_params, "page", default=1, low=1, high=last)
        address, logins = request.build_absolute_uri(), shows_logins(request._request)
        before = (
            remove_query_param(address, "page") if page == 2 else replace_query_param(address, "page", page - 1)
        )
        body = {
            "count": number,
            "next": replace_query_param(address, "page", page + 1) if page < last else None,
            "previous": before if page > 1 else None,
            "results": page_of(asked, plan.slug, offset=(page - 1) * size, limit=size, logins=logins),
        }
        return {"demo": True} | body if plan.is_demo else body


class CSVRenderer(BaseRenderer):
    """Names the one form of the file of all figures, which makes itself."""

    media_type, format, charset = "text/csv", "csv", "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data


def get_plan_row(slug: str) -> Plan:
    """The plan with what a page of figures needs of it; 404 names what was asked for."""
    plan = Plan.objects.only("slug", "figures_version", "changed_at", "is_demo").filter(slug=slug).first()
    return plan or get_plan(slug)


def read_question(plan: Plan, params, as_of) -> Question:
    """The filters of an address; BadParameter for what the plan does not have."""
    parts = parts_of_plan(plan.pk, plan.figures_version).values()
    return question(
        plan,
        as_of=as_of,
        state=read_choice(params, "state", ["approved", "rejected"], "approved"),
        component=read_choice(params, "component", (part.component for part in parts)),
        code=read_choice(params, "code", dict.fromkeys(part.code for part in parts)),
        year=read_number(params, "year", default=0, low=1949, high=2100),
    )


class AllObservations(APIView):
    """The judged figures of every plan as one CSV: small ones at once, large ones streamed as they are read."""

    renderer_classes = [CSVRenderer]

    @extend_schema(
        tags=["observations"],
        operation_id="observations_csv",
        parameters=[
            OpenApiParameter("header", str, enum=list(HEADINGS)),
            OpenApiParameter("encoding", str, enum=list(ENCODINGS)),
            OpenApiParameter("code_columns", str, enum=["0", "1"]),
        ],
        responses={(200, "text/csv"): OpenApiTypes.STR, 204: None},
    )
    def get(self, request):
        asked, as_of = request._request, request._request.as_of
        logins = shows_logins(asked)
        number = all_judged(as_of).order_by()[:STREAM_FROM].count()
        if not number:
            return HttpResponse(status=204)
        if number < STREAM_FROM:
            rows = (
                observation_row(row, row.component.indicator.plan.slug, logins=logins) for row in all_judged(as_of)
            )
            return csv_file(asked, rows, columns=OBSERVATION, name="observations")
        header = read_choice(asked.GET, "header", HEADINGS, "code")
        encoding = read_choice(asked.GET, "encoding", ENCODINGS, "utf-8")
        codes = read_code_columns(asked.GET, header)
        named = with_code_columns(OBSERVATION) if codes else OBSERVATION
        columns, _rows = marked(asked, columns=named, rows=[])
        file = ObservationFile(
            as_of, logins=logins, encoding=encoding, flags=demo_slugs(asked), header=header, code_columns=codes
        )
        return Download(
            name="observations",
            format="csv",
            pieces=chain([csv_heading(columns, header=header, encoding=encoding)], file),
            rows=lambda: file.number,
            columns=columns,
            encoding=encoding,
            is_large=True,
        ).response(asked)


class ObservationCheck(PlanView, APIView):
    """What each row and cell of a file of figures would do: new, same, changed, ask, passed or refused, and why.

    The same reader as the command's and the data desk's, of any layout and kind of file; nothing is stored. The
    other fields of the form hold for the whole file where it says nothing.
    """

    throttle_classes = [ScopeThrottle]
    throttle_scope = "verify"
    parser_classes = [MultiPartParser]
    FIELDS = {"source": "source_title", "released_on": "released_on", "status": "value_status"}
    MOST_ROWS = 50_000

    @extend_schema(
        operation_id="observations_check",
        tags=["indicators"],
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}}
                | {name: {"type": "string"} for name in (*FIELDS, "encoding", "sheet")},
                "required": ["file"],
            }
        },
        responses=CheckedFileSerializer,
    )
    def post(self, request, slug):
        file, known = request.FILES.get("file"), ("file", *self.FIELDS, "encoding", "sheet")
        if unknown := [name for name in request.data if name not in known]:
            like = nearest_sure(unknown[0], known)
            raise BadParameter(unknown[0], "…", f"没有这一项 / no such field; {like or ', '.join(known)}")
        for name in known:
            if (number := len(request.data.getlist(name))) > 1:
                raise BadParameter(name, "…", f"只能给一个，这里有 {number} 个 / one only, {number} given")
        if file is None:
            raise BadParameter("file", "", "请附上文件 / attach a file")
        if (encoding := request.data.get("encoding", "")) not in ("", *CHOICES):
            raise BadParameter("encoding", encoding, f"应为 / must be {', '.join(CHOICES)}")
        said = {column: request.data.get(name, "") for name, column in self.FIELDS.items()}
        self._hold(said)
        options = {name: request.data.get(name, "") for name in ("encoding", "sheet")}
        found = tell(self.plan, file.file, today=today(), defaults=said, file_name=file.name, **options)
        try:
            rows = [asdict(row) for row in islice(found, self.MOST_ROWS + 1)]
        except BrokenFile as error:
            raise BadParameter("sheet", options["sheet"], error.faults[0].reason) from error
        if len(rows) > self.MOST_ROWS:
            raise BadParameter("file", file.name, f"超过 / more than {self.MOST_ROWS} 行 / rows")
        return Response({"rows": rows, "counts": Counter(row["state"] for row in rows)})

    @staticmethod
    def _hold(said: Mapping[str, str]) -> None:
        """Raises BadParameter for what holds for a whole file and can hold for none, whatever its columns say."""
        reads = {"released_on": partial(read_day, today=today()), "value_status": read_status}
        for name, column in ObservationCheck.FIELDS.items():
            text = said[column].strip()
            try:
                if text and column in reads:
                    reads[column](text)
            except BadCell as bad:
                raise BadParameter(name, text, Fault(0, column, text, bad.code, bad.params).reason) from bad


class Assess(APIView):
    """What if: judges a body, a list of bodies or {"components": [...]} and stores nothing."""

    throttle_classes = [ScopeThrottle]
    throttle_scope = "assess"

    @extend_schema(
        tags=["assess"],
        request=PolymorphicProxySerializer(
            "AssessRequest", [AssessBodySerializer, AssessPartsSerializer], resource_type_field_name=None
        ),
        responses=PolymorphicProxySerializer(
            "AssessAnswer", [VerdictSerializer, WholeVerdictSerializer], resource_type_field_name=None
        ),
        examples=[OpenApiExample("range", value=EXAMPLE, request_only=True)],
    )
    def post(self, request):
        try:
            return Response(assess_request(request.data, cutoffs()))
        except InvalidInput as error:
            return problem(400, str(error), field=error.field)

"""The data package and the SDMX file of a plan."""

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from plan.csvfile import marking_a_break
from plan.demo import HEADER, MARK
from plan.queries import get_plan
from plan.register import Hashed, Made, asked_by, rule_of
from reports.package import Package
from reports.sdmx import COLUMNS, SdmxFile


@require_safe
def package(request, slug):
    plan = get_plan(slug)
    made = Package(plan, request.as_of)
    return _streamed(
        request, plan, made.pieces(), Made(made.file_name, "zip", 0, 0, ""), made, content_type="application/zip"
    )


@require_safe
def sdmx(request, slug):
    plan = get_plan(slug)
    file = SdmxFile(plan, request.as_of)
    mark = f"{MARK}_" if plan.is_demo else ""
    name = f"{mark}{slug}_observations_{request.as_of.isoformat()}.sdmx.csv"
    content_type = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
    made = Made(name, "csv", 0, 0, "", COLUMNS)
    return _streamed(request, plan, marking_a_break(file), made, file, content_type=content_type)


def _streamed(request, plan, pieces, made: Made, counted, *, content_type: str) -> StreamingHttpResponse:
    """The pieces as a download; its hash stands in the register once the last one has left."""
    label = made.name.removesuffix(f".{made.format}")
    body = Hashed(pieces, asked_by(request), made, label=label, count=lambda: counted.number)
    response = StreamingHttpResponse(iter(body), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, made.name)
    response["X-As-Of"] = request.as_of.isoformat()
    response["X-Filters"] = request.GET.urlencode()
    response["X-Rule-Version"] = rule_of(request)
    if plan.is_demo:
        response[HEADER] = "1"
    return response

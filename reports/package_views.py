"""The data package and the SDMX file of a plan."""

from django.views.decorators.http import require_safe

from plan.exports.download import Download
from plan.queries import get_plan
from reports.package import Package
from reports.sdmx import COLUMNS, SdmxFile


@require_safe
def package(request, slug):
    made = Package(get_plan(slug), request.as_of)
    return Download(name=f"{slug}_package", format="zip", pieces=made.pieces(), rows=lambda: made.number).response(
        request
    )


@require_safe
def sdmx(request, slug):
    file = SdmxFile(get_plan(slug), request.as_of)
    return Download(
        name=f"{slug}_observations.sdmx",
        format="csv",
        pieces=file,
        rows=lambda: file.number,
        columns=COLUMNS,
        content_type="application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
        file_name=f"{slug}_observations_{request.as_of.isoformat()}.sdmx.csv",
    ).response(request)

"""The data package and the SDMX file of a plan, what describes them, and the rows and packages of all plans."""

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators.files.exports import shows_logins
from plan.columns import Column
from plan.exports.download import Download
from plan.exports.files import json_text, rows_file
from plan.models import Plan
from plan.queries import get_plan
from reports.datasets import DATASETS, Audience, rows_of
from reports.definition import Definition
from reports.describing import csv_on_the_web, data_package
from reports.package import Package, Packages
from reports.published import CSVW, FILES, STRUCTURE, catalogue
from reports.sdmx import COLUMNS, SdmxFile, structure

PLAN = Column("plan", "规划", "Plan")


@require_safe
def package(request, slug):
    made = Package(get_plan(slug), request.as_of)
    return Download(name=f"{slug}_package", format="zip", pieces=made.pieces(), rows=lambda: made.number).response(
        request
    )


@require_safe
def packages(request):
    """The data packages of all plans, a folder for each."""
    made = Packages(Plan.objects.select_related("source"), request.as_of)
    return Download(name="plans_package", format="zip", pieces=made.pieces(), rows=lambda: made.number).response(
        request
    )


@require_safe
def every_plan(request, dataset, format):
    """The rows of a dataset of the report desk, of all plans: each says which it is of."""
    if dataset not in DATASETS:
        raise Http404(_("没有这种报表：%(name)s") % {"name": dataset})
    columns = {"plan": PLAN} | dict(DATASETS[dataset].columns)
    reader = Audience(request.build_absolute_uri("/").rstrip("/"), logins=shows_logins(request))
    rows = (
        {"plan": plan.slug} | row
        for plan in Plan.objects.select_related("source")
        for row in rows_of(plan, Definition(dataset=dataset), request.as_of, reader)
    )
    return rows_file(request, rows, columns=columns, name=f"plans_{dataset}", format=format)


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


@require_safe
def sdmx_structure(request, slug):
    return _description(request, f"{slug}_structure", structure(get_plan(slug), request.as_of), STRUCTURE, "xml")


@require_safe
def csv_metadata(request, slug):
    body = csv_on_the_web(get_plan(slug), request.as_of, FILES.values())
    return _description(request, f"{slug}_csv-metadata", json_text(body).encode(), CSVW)


@require_safe
def package_metadata(request, slug):
    body = data_package(get_plan(slug), request.as_of, FILES.values())
    return _description(request, f"{slug}_datapackage", json_text(body).encode(), "application/json")


@require_safe
def dataset(request, slug):
    site = request.build_absolute_uri("/").rstrip("/")
    body = catalogue(get_plan(slug), request.as_of, site, is_open=settings.PUBLIC_READ)
    return _description(request, f"{slug}_dataset", json_text(body).encode(), "application/ld+json", "jsonld")


def _description(request, name: str, data: bytes, content_type: str, format: str = "json"):
    return Download(name=name, format=format, pieces=[data], content_type=content_type, in_place=True).response(
        request
    )

"""The files of a plan that stand at addresses of their own, and the catalogue that lists them.

A catalogue in the words of DCAT and of schema.org says what there is to machines that gather data sets.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from assessments.columns import NOTE
from dashboard.columns import CHANGE, GAP, STATUS, UNIT
from evidence.columns import EVIDENCE
from indicators.files.columns import OBSERVATION, PROGRESS
from plan.exports.items import ITEM_COLUMNS
from plan.models import Plan
from reports.describing import Described
from updates.columns import UPDATE


def _file(name: str, zh: str, en: str, columns) -> Described:
    return Described(name, zh, en, tuple(column for column in columns.values() if column.name != "demo_data"))


# By the name of the view that makes it (plan.exports.download.DESCRIBED).
FILES = {
    "indicators:observations_file": _file("observations", "已公布的数据", "Published figures", OBSERVATION),
    "indicators:index_file": _file("indicators", "指标进展", "Progress of indicators", PROGRESS),
    "plan:items_file": _file("items", "条目", "Commitments", ITEM_COLUMNS),
    "evidence:file": _file("evidence", "公开信息", "Published statements", EVIDENCE),
    "updates:file": _file("updates", "进展填报", "Status reports", UPDATE),
    "assessments:file": _file("assessments", "评估意见", "Evaluators' notes", NOTE),
    "changes_file": _file("changes", "变化", "Changes", CHANGE),
    "gaps_file": _file("gaps", "数据缺口", "What is missing", GAP),
    "status_file": _file("status", "状态", "States", STATUS),
    "units_file": _file("units", "责任单位", "Organisations in charge", UNIT),
}
CSVW, CSV = "application/csvm+json", "text/csv"
ZIP, SDMX, STRUCTURE = "application/zip", "application/vnd.sdmx.data+csv", "application/vnd.sdmx.structure+xml"


def catalogue(plan: Plan, as_of: date, site: str, *, is_open: bool) -> dict[str, Any]:
    """The plan's data as one dataset of a catalogue, each file a distribution of it (JSON-LD)."""
    home = site + plan.get_absolute_url()
    changed = plan.changed_on(as_of).isoformat()
    files = [_distribution(*row) for row in _files(plan, site)]
    titles = [{"@language": "zh", "@value": plan.title}]
    if plan.title_en:
        titles.append({"@language": "en", "@value": plan.title_en})
    period = {"dcat:startDate": plan.starts_on.isoformat(), "dcat:endDate": plan.ends_on.isoformat()}
    dataset = {
        "@id": f"{home}#dataset",
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:title": titles,
        "schema:name": plan.title,
        "schema:alternateName": plan.title_en,
        "schema:description": f"{plan.title}：承诺、指标、已公布的数据和判定，截至 {as_of.isoformat()}。",
        "dct:description": f"{plan.title}：承诺、指标、已公布的数据和判定，截至 {as_of.isoformat()}。",
        "dct:identifier": plan.slug,
        "schema:identifier": plan.slug,
        "dct:issued": {"@type": "xsd:date", "@value": plan.published_on.isoformat()},
        "dct:modified": {"@type": "xsd:date", "@value": changed},
        "schema:datePublished": plan.published_on.isoformat(),
        "schema:dateModified": changed,
        "dct:temporal": {"@type": "dct:PeriodOfTime", **period},
        "schema:temporalCoverage": f"{plan.starts_on.isoformat()}/{plan.ends_on.isoformat()}",
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": plan.source.publisher or plan.title},
        "schema:creator": {"@type": "schema:Organization", "schema:name": plan.source.publisher or plan.title},
        "schema:isAccessibleForFree": is_open,
        "dcat:landingPage": {"@id": home},
        "schema:url": home,
        "dcat:distribution": files,
        "schema:distribution": [{"@id": file["@id"]} for file in files],
    }
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "schema": "https://schema.org/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{home}#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": "规划跟踪 / Plan tracking",
        "foaf:homepage": {"@id": f"{site}{reverse('home')}"},
        "dcat:dataset": [dataset],
    }


def _files(plan: Plan, site: str) -> Iterator[tuple[str, str, str, str]]:
    """Address, title, media type and what describes it."""
    described = site + reverse("csv_metadata", args=[plan.slug])
    base = site + plan.get_absolute_url()
    for file in FILES.values():
        yield f"{base}{file.name}.csv", f"{file.zh} / {file.en}", CSV, described
    yield site + reverse("package", args=[plan.slug]), "数据包 / Data package", ZIP, ""
    structure = site + reverse("sdmx_structure", args=[plan.slug])
    yield site + reverse("sdmx", args=[plan.slug]), "SDMX-CSV", SDMX, structure


def _distribution(address: str, title: str, kind: str, described: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@id": address,
        "@type": ["dcat:Distribution", "schema:DataDownload"],
        "dct:title": title,
        "schema:name": title,
        "dcat:downloadURL": {"@id": address},
        "schema:contentUrl": address,
        "dcat:mediaType": kind,
        "schema:encodingFormat": kind,
    }
    return made | ({"dct:conformsTo": {"@id": described}} if described else {})

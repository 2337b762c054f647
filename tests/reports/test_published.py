"""What describes the files of a plan: columns, structure, catalogue; and that no reader has to guess."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from indicators.models import Observation
from plan.exports.download import DESCRIBED
from plan.models import Item
from reports.published import FILES
from reports.sdmx import ATTRIBUTES, DIMENSIONS, unit_of
from tests.factories import make_component, make_observation, make_plan

ROOT = "/sz-sti-14/"
SDMX = {
    "mes": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message",
    "str": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure",
}


def rows_of(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))


@pytest.mark.breadth
def test_a_section_is_no_decimal_number_in_csv_and_plain_elsewhere(plan, client):
    cells = {row["code"]: row["section"] for row in rows_of(client.get(f"{ROOT}items.csv"))}
    in_json = {row["code"]: row["section"] for row in client.get(f"{ROOT}items.json").json()["results"]}

    assert set(cells.values()) == {f"§{number}" for number in in_json.values()}
    assert cells["P-1.1"] == "§3.1"
    coverage = reverse("plan:coverage_file", kwargs={"slug": "sz-sti-14", "format": "csv"})
    asked = [client.get(f"/api/v1{ROOT}items/?section={one}3.1").json()["count"] for one in ("", "§")]
    assert asked[0] == asked[1] > 0
    assert {row["section"][0] for row in rows_of(client.get(coverage))} == {"§"}


@pytest.mark.breadth
def test_each_described_file_is_described_and_says_where(plan, client):
    described = client.get(f"{ROOT}csv-metadata.json").json()
    packaged = client.get(f"{ROOT}datapackage.json").json()
    own = {name for name, (address, _kind) in DESCRIBED.items() if address == "csv_metadata"}

    assert own == set(FILES)
    assert [one["url"] for one in described["tables"]] == [row["path"] for row in packaged["resources"]]
    for one in described["tables"]:
        response = client.get(ROOT + one["url"])
        heading = response.getvalue().decode("utf-8-sig").split("\r\n")[0]
        assert response["Link"].startswith(f"<{ROOT}csv-metadata.json>"), one["url"]
        assert heading.split(",") == [column["name"] for column in one["tableSchema"]["columns"]]
    assert "Link" not in client.get(f"{ROOT}items.json")
    types = {column["name"]: column["datatype"] for column in described["tables"][1]["tableSchema"]["columns"]}
    assert (types["rule_version"], types["code"], types["target_year"]) == ("string", "string", "gYear")


def test_the_structure_has_every_column_and_every_code_of_the_file(plan, client):
    response = client.get(f"{ROOT}observations.sdmx.csv")
    rows, tree = rows_of(response), ElementTree.fromstring(client.get(f"{ROOT}observations.sdmx.xml").content)
    lists = {
        one.get("id"): {code.get("id") for code in one.findall("str:Code", SDMX)}
        for one in tree.iterfind(".//str:Codelist", SDMX)
    }
    said = {one.get("id") for kind in ("Dimension", "Attribute") for one in tree.iterfind(f".//str:{kind}", SDMX)}

    assert response["Link"].startswith(f"<{ROOT}observations.sdmx.xml>")
    assert set(rows[0]) == said | {"STRUCTURE", "STRUCTURE_ID", "ACTION", "TIME_PERIOD", "OBS_VALUE"}
    for part in (*DIMENSIONS, *ATTRIBUTES):
        if part.codes:
            assert {row[part.id] for row in rows} <= lists[part.codes], part.id
    flow = tree.find(".//str:Dataflow", SDMX)
    assert rows[0]["STRUCTURE_ID"] == f"{flow.get('agencyID')}:{flow.get('id')}({flow.get('version')})"


@pytest.mark.django_db
def test_a_unit_nobody_has_named_has_a_code_of_its_own_and_text_is_escaped(client):
    component = make_component(make_plan(), "I-01")
    type(component.indicator).objects.update(unit="台/<套>")
    Item.objects.update(title="<速度> & “质量”")
    make_observation(component, 2021, "110", value_status=Observation.ValueStatus.REVISED)

    (row,) = rows_of(client.get("/test-plan/observations.sdmx.csv"))
    tree = ElementTree.fromstring(client.get("/test-plan/observations.sdmx.xml").content)

    named = {one.get("id"): one[0].text for one in tree.iterfind(".//str:Code", SDMX)}
    assert unit_of("台/<套>")[0] == row["UNIT_MEASURE"]
    assert named[row["UNIT_MEASURE"]] == "台/<套>"
    assert (row["OBS_STATUS"], row["VALUE_STATUS"], row["UNIT_MULT"]) == ("A", "REVISED", "0")


def test_the_catalogue_lists_files_that_answer(plan, client):
    body = json.loads(client.get(f"{ROOT}dataset.jsonld").content)
    (dataset,) = body["dcat:dataset"]
    addresses = [file["schema:contentUrl"] for file in dataset["dcat:distribution"]]

    assert dataset["@type"] == ["dcat:Dataset", "schema:Dataset"]
    assert [one["@id"] for one in dataset["schema:distribution"]] == addresses
    assert len(addresses) == len(FILES) + 2
    for address in addresses:
        assert client.head(address.removeprefix("http://testserver")).status_code == 200

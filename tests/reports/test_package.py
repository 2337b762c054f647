"""The data package: the same bytes for the same day, and files that are what their metadata says."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.utils.http import content_disposition_header

from indicators.models import Observation
from plan.models import Export
from plan.services import touch_plan
from reports.package import Package
from reports.package_tables import TABLES
from reports.sdmx import COLUMNS
from tests.factories import make_component, make_observation, make_plan

DAY = date(2025, 6, 30)
DATATYPES = {
    "string": str,
    "integer": int,
    "decimal": Decimal,
    "gYear": lambda text: re.fullmatch(r"\d{4}", text).group(),
    "date": date.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
}


def build(plan, day=DAY) -> bytes:
    return b"".join(Package(plan, day).pieces())


@pytest.fixture
def files(plan) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(build(plan))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8")
    assert text.count("\ufeff") == 1
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


@pytest.mark.breadth
def test_the_same_day_gives_the_same_bytes(plan):
    first = build(plan)
    touch_plan(plan)

    assert build(plan) == first
    assert build(plan, date(2023, 6, 30)) != first


def test_a_figure_that_became_public_later_changes_no_earlier_package(db):
    plan = make_plan()
    component = make_component(plan)
    make_observation(component, 2021, "110")
    before = build(plan)

    make_observation(component, 2022, "120", released="2025-07-01")
    touch_plan(plan)

    assert build(plan) == before


def test_every_table_is_there_with_rows(files):
    said = ["README.md", "csv-metadata.json", "datapackage.json"]
    assert list(files) == [*said, *(one.file for one in TABLES), "SHA256SUMS"]
    assert {one.name for one in TABLES if not table(files[one.file])} == {"updates"}
    assert len(table(files["items.csv"])) == 634


def test_the_metadata_is_csv_on_the_web(files):
    body = json.loads(files["csv-metadata.json"])

    assert body["@context"][0] == "http://www.w3.org/ns/csvw"
    assert [one["url"] for one in body["tables"]] == [one.file for one in TABLES]
    for one in body["tables"]:
        schema = one["tableSchema"]
        names = [column["name"] for column in schema["columns"]]
        assert len(names) == len(set(names))
        assert set(schema["primaryKey"]) <= set(names)
        assert {column["datatype"] for column in schema["columns"]} <= set(DATATYPES)
        for key in schema.get("foreignKeys", []):
            assert key["columnReference"] in names
            assert key["reference"]["resource"] in files


def test_every_cell_is_of_its_datatype_and_every_key_holds(files):
    body = json.loads(files["csv-metadata.json"])
    tables = {one["url"]: table(files[one["url"]]) for one in body["tables"]}
    wrong = []

    for one in body["tables"]:
        schema, rows = one["tableSchema"], tables[one["url"]]
        for column in schema["columns"]:
            name, read = column["name"], DATATYPES[column["datatype"]]
            for row in rows:
                if row[name] == "" and column.get("required"):
                    wrong.append((one["url"], name, "empty"))
                elif row[name] != "":
                    read(row[name])
        keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
        if len(keys) != len(set(keys)):
            wrong.append((one["url"], "primary key"))
        for key in schema.get("foreignKeys", []):
            there = {row[key["reference"]["columnReference"]] for row in tables[key["reference"]["resource"]]}
            lost = {row[key["columnReference"]] for row in rows} - there - {""}
            wrong += [(one["url"], key["columnReference"], code) for code in lost]

    assert wrong == []


def test_headings_are_the_names_of_the_metadata(files):
    tables = json.loads(files["csv-metadata.json"])["tables"]

    assert tables
    for one in tables:
        heading = files[one["url"]].decode("utf-8-sig").split("\r\n", 1)[0]
        assert heading.split(",") == [column["name"] for column in one["tableSchema"]["columns"]]


def test_the_sums_are_right(files):
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())

    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "SHA256SUMS"}


@pytest.mark.breadth
def test_the_download_is_registered(plan, client):
    response = client.get("/sz-sti-14/package.zip?as_of=2025-06-30")
    data = response.getvalue()

    export = Export.objects.get()
    assert data == build(plan)
    assert (export.sha256, export.format) == (hashlib.sha256(data).hexdigest(), "zip")
    assert export.name == "sz-sti-14_package_2025-06-30.zip"
    assert export.rows > 1000


def test_invented_figures_are_named(client, db):
    plan = make_plan()
    type(plan).objects.update(is_demo=True)
    plan.refresh_from_db()

    with zipfile.ZipFile(io.BytesIO(build(plan))) as archive:
        assert "演示数据" in archive.read("README.md").decode()
    name = f"演示数据_{plan.slug}_package_{DAY.isoformat()}.zip"
    response = client.get(f"/{plan.slug}/package.zip?as_of={DAY.isoformat()}")
    assert response["Content-Disposition"] == content_disposition_header(True, name)


def test_sdmx_csv_has_one_key_a_row(plan, client):
    response = client.get("/sz-sti-14/observations.sdmx.csv?as_of=2025-06-30")
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))

    keys = [(row["INDICATOR"], row["TIME_PERIOD"], row["VINTAGE"]) for row in rows]
    assert tuple(rows[0]) == COLUMNS
    assert len(keys) == len(set(keys)) > 20
    assert {row["STRUCTURE"] for row in rows} == {"dataflow"}
    assert {row["ACTION"] for row in rows} == {"I"}
    assert {row["OBS_STATUS"] for row in rows} <= {"A", "P", "E"}
    assert all(re.fullmatch(r"[A-Za-z0-9_@$-]+", row["INDICATOR"]) for row in rows)
    assert response["Content-Type"].startswith("application/vnd.sdmx.data+csv; version=2.0.0")


def test_two_sources_of_one_day_are_two_vintages(db, client):
    plan = make_plan()
    component = make_component(plan, "I-04.1")
    make_observation(component, 2021, "110", value_status="preliminary")
    make_observation(component, 2021, "111", source=plan.source)

    body = client.get("/test-plan/observations.sdmx.csv").getvalue().decode()

    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    assert [row["VINTAGE"] for row in rows] == ["2022-06-01", "2022-06-01-2"]
    assert [row["OBS_STATUS"] for row in rows] == ["P", "A"]
    assert rows[0]["INDICATOR"] == "I-04_1"
    assert Observation.objects.filter(component=component).count() == 2

"""The API reads a file as the command does, and stores nothing."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from indicators.models import Observation
from tests.factories import make_person

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/sz-sti-14/observations/check/"
WIDE = "指标,2021,2022\n技术合同成交额,1310.5①,—\n常住人口,1,2\n"
SAID = {"source": "统计年鉴", "released_on": "2024-12-01", "status": "final"}


@pytest.fixture
def analyst(plan, client):
    client.force_login(make_person("ana", "analyst"))
    return client


def file(text=WIDE):
    return {"file": SimpleUploadedFile("a.csv", text.encode())}


def test_every_cell_is_told_and_nothing_is_stored(analyst, tmp_path, capsys):
    before = Observation.objects.count()

    body = analyst.post(ADDRESS, file() | SAID).json()

    assert body["counts"] == {"ask": 1, "passed": 2}
    assert [(row["cell"], row["state"]) for row in body["rows"]] == [
        ("B2", "ask"),
        ("C2", "passed"),
        ("", "passed"),
    ]
    assert Observation.objects.count() == before
    (tmp_path / "a.csv").write_text(WIDE, encoding="utf-8")
    words = {"source": "统计年鉴", "released_on": "2024-12-01", "status": "final"}
    with pytest.raises(SystemExit) as end:
        call_command("import_observations", tmp_path / "a.csv", plan="sz-sti-14", dry_run=True, json=True, **words)
    assert (end.value.code, json.loads(capsys.readouterr().out)) == (1, body)


@pytest.mark.parametrize(
    ("fields", "name"),
    [({}, "file"), (file() | {"sorce": "x"}, "sorce"), (file() | {"encoding": "latin-1"}, "encoding")],
)
def test_what_cannot_be_used_is_named(analyst, fields, name):
    answer = analyst.post(ADDRESS, fields)

    assert (answer.status_code, name in answer.content.decode()) == (400, True)


LONG = "component,year,value,value_status,released_on,source_title\nI-05,2024,1425,final,2026-02-01,公报\n"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"released_on": "2023-02-30"}, "released_on"),
        ({"released_on": "2999-01-01"}, "released_on"),
        ({"status": "xx"}, "status"),
        ({"sheet": "没有"}, "sheet"),
        ({"released_on": ["2024-12-01", "2020-02-01"]}, "released_on"),
        ({"source": ["甲", "甲"]}, "source"),
        ({"file": [file(LONG)["file"], file(LONG)["file"]]}, "file"),
    ],
)
def test_what_holds_for_a_whole_file_is_held_even_where_its_columns_say_it(analyst, fields, name):
    answer = analyst.post(ADDRESS, file(LONG) | fields)

    assert (answer.status_code, name in answer.json()["detail"]) == (400, True)


def test_only_who_imports_figures_may(plan, client):
    assert client.post(ADDRESS, file()).status_code in (401, 403)
    client.force_login(make_person("rev", "reviewer"))
    assert client.post(ADDRESS, file()).status_code == 403

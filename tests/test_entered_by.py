"""Who entered a figure: strangers read the organisation, whoever has signed in the login; files of both verify."""

import csv
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Organisation
from plan.models import Export
from plan.services import touch_plan
from tests.factories import make_component, make_observation, make_person, make_plan

DAY = "2026-01-01"
CSV = [
    "/test-plan/observations.csv",
    "/test-plan/indicators/I-01.csv",
    "/api/v1/observations.csv",
    "/test-plan/reports/file/?dataset=observations&header=code",
    "/test-plan/reports/file/?dataset=observations&header=code&encoding=gb18030",
]
JSON = [
    "/test-plan/observations.json",
    "/test-plan/indicators/I-01.json",
    "/api/v1/test-plan/observations/",
    "/api/v1/test-plan/indicators/",
    "/api/v1/test-plan/indicators/I-01/",
    "/test-plan/reports/file/?dataset=observations&format=json",
]
OTHER = [
    "/test-plan/package.zip",
    "/test-plan/reports/?dataset=observations",
    "/test-plan/observations.sdmx.csv",
    "/test-plan/indicators/I-01/",
]


@pytest.fixture
def plan(db):
    plan = make_plan()
    part = make_component(plan, "I-01")
    unit = Organisation.objects.create(code="o1", name="市甲局")
    fields = {"released": "2024-01-02"}
    make_observation(part, 2022, "5", entered_by=make_person("login-of-ana", organisation=unit), **fields)
    make_observation(part, 2023, "6", entered_by=make_person("login-of-bo"), **fields)
    touch_plan(plan)
    return plan


@pytest.fixture
def official(plan):
    client = Client()
    client.force_login(make_person("reader"))
    return client


def dated(address):
    return f"{address}{'&' if '?' in address else '?'}as_of={DAY}"


def body(client, address):
    response = client.get(dated(address))
    assert response.status_code == 200, address
    return b"".join(response.streaming_content) if response.streaming else response.content


def entered(client, address):
    encoding = "gb18030" if "gb18030" in address else "utf-8-sig"
    rows = csv.DictReader(io.StringIO(body(client, address).decode(encoding), newline=""))
    return [row["entered_by"] for row in rows if row["plan"] == "test-plan"]


@pytest.mark.breadth
@pytest.mark.parametrize("address", CSV)
def test_tables(plan, official, client, address):
    assert entered(official, address) == ["login-of-ana", "login-of-bo"]
    assert entered(client, address) == ["市甲局", ""]
    assert entered(official, address) == ["login-of-ana", "login-of-bo"]


def test_the_large_file_as_it_is_streamed(plan, official, client, monkeypatch):
    monkeypatch.setattr("indicators.api.STREAM_FROM", 1)

    assert entered(official, "/api/v1/observations.csv") == ["login-of-ana", "login-of-bo"]
    assert entered(client, "/api/v1/observations.csv") == ["市甲局", ""]


@pytest.mark.breadth
@pytest.mark.parametrize("address", JSON)
def test_answers_for_programs(plan, official, client, address):
    for who, shown, hidden in ((official, "login-of-", "市甲局"), (client, '"entered_by"', "login-of-")) * 2:
        text = json.dumps(json.loads(body(who, address)), ensure_ascii=False)
        assert (shown in text, hidden in text) == (True, False)


@pytest.mark.parametrize("address", OTHER)
def test_no_other_file_or_page_names_a_login_to_a_stranger(plan, client, address):
    data = body(client, address)
    if address.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(archive.read(name) for name in archive.namelist())

    assert b"login-of-" not in data


@pytest.mark.breadth
@pytest.mark.parametrize("address", CSV)
def test_files_of_both_are_found_whoever_asks(plan, official, client, address):
    files = [body(official, address), body(client, address)]

    assert Export.objects.count() == 2
    for asking in (official, client):
        for data in files:
            answer = verified(asking, data)
            assert (answer["known"], answer["changed"]) == (True, False)


def test_a_changed_row_of_somebody_elses_eyes_is_counted_and_not_shown(plan, official, client):
    data = body(official, CSV[0])
    row = plan.items.get(code="I-01").indicator.components.get().observations.get(year=2023)
    row.value = 7
    row.save()
    touch_plan(plan)

    to_stranger, to_official = verified(client, data), verified(official, data)

    assert to_stranger["changed"] is to_official["changed"] is True
    assert [found["differences"]["new"] for found in (to_stranger, to_official)] == [1, 1]
    assert to_stranger["differences"]["first_new"] == []
    assert "login-of-bo" in to_official["differences"]["first_new"][0]


def test_an_invented_file_of_a_known_name_teaches_no_logins(plan, official, client):
    body(official, CSV[0])
    name = Export.objects.get().name

    answer = verified(client, b"plan,code\r\nx,y\r\n", name=name)

    assert answer["altered_copy_of"]["name"] == name
    assert "login-of-" not in json.dumps(answer)


def verified(client, data, name="x.csv"):
    return client.post("/api/v1/verify/", {"file": SimpleUploadedFile(name, data)}).json()

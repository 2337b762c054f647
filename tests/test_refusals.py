"""What is refused is refused in words, whoever asks for it, and never as an error of ours."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from desk.models import ImportBatch
from plan.middleware import as_parameter
from tests.factories import make_component, make_observation, make_person, make_plan

pytestmark = pytest.mark.django_db
TOO_MANY = "&".join(["a=1"] * 1001)


@pytest.mark.parametrize("address", ["/test-plan/", "/api/v1/test-plan/items/"])
@pytest.mark.parametrize(("host", "query"), [("evil.example", ""), ("testserver", TOO_MANY)])
def test_an_unknown_host_and_too_many_parameters_are_bad_requests(client, address, host, query):
    make_plan()
    client.raise_request_exception = False

    answer = client.get(f"{address}?{query}", headers={"host": host})

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json") == address.startswith("/api/")


@pytest.mark.parametrize(
    "moment", ["0001-01-01", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "yesterday"]
)
def test_a_moment_out_of_all_time_is_refused_by_name(client, moment):
    make_plan()

    answer = client.get(f"/api/v1/test-plan/items/?updated_since={moment}")

    assert answer.status_code == 400
    assert answer.json()["parameter"] == "updated_since"


@pytest.mark.parametrize("day", ["2025-W26-5", "２０２３-06-30", "20230630", "2023-6-30"])
def test_a_day_is_taken_in_one_form_alone(client, day):
    make_plan()

    assert client.get("/test-plan/", {"as_of": day}).status_code == 400


@pytest.mark.parametrize("value", ["1_000", "１２", "1e3", "NaN", ".", ""])
def test_a_number_is_taken_in_plain_digits_alone(client, value):
    make_observation(make_component(make_plan()), 2021, "120")

    answer = client.get("/test-plan/indicators/I-01/", {"what_if": "I-01", "year": "2025", "value": value})

    assert answer.status_code == 400
    assert "应为数字" in answer.content.decode()


@pytest.mark.parametrize("name", ["parent", "section"])
def test_a_refusal_of_the_api_says_what_is_wanted(client, name):
    make_plan()

    detail = client.get("/api/v1/test-plan/items/", {name: "none"}).json()["detail"]

    assert "例如" in detail


@pytest.mark.breadth
@pytest.mark.parametrize("path", ["", "indicators/", "changes/", "status/"])
def test_what_somebody_signed_in_reads_is_kept_by_no_browser(client, path):
    make_plan()
    client.force_login(make_person("vie"))

    assert "no-store" in client.get(f"/test-plan/{path}")["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["wall/", "matrix/figure.json", "changes.rss", "indicators/I-01/figure/I-01.json"]
)
def test_an_answer_in_the_language_of_a_cookie_says_so(client, path):
    make_observation(make_component(make_plan()), 2021, "120")

    assert "Cookie" in client.get(f"/test-plan/{path}")["Vary"]


@pytest.fixture
def uploading(client, settings, tmp_path, monkeypatch):
    """Sends a file whose name is longer than its column takes, which no form of ours lets happen today."""
    settings.DATA_DIR = tmp_path
    make_component(make_plan())
    client.force_login(make_person("ana", "analyst"))
    client.raise_request_exception = False
    monkeypatch.setattr(ImportBatch._meta.get_field("name"), "max_length", 5)
    file = SimpleUploadedFile("figures.csv", b"component,year,value\nI-01,2022,1\n")
    return lambda: client.post("/test-plan/data/imports/upload/", {"file": file})


def test_a_text_that_only_its_column_refuses_is_a_400_that_names_it(uploading):
    answer = uploading()

    said = " ".join(answer.content.decode().split())
    assert answer.status_code == 400
    assert "所填内容有一处不能保存" in said
    assert "至多 5 字，现有 11 字。请返回上一页修改" in said
    assert not ImportBatch.objects.exists()


def test_a_refusal_without_a_field_is_said_as_well():
    error = as_parameter(ValidationError(["一", "二"]))

    assert (error.name, error.expected) == ("表单", "一；二")

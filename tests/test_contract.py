"""What the API's description promises is what programs get: answers, names, refusals, and asking again."""

import json
from datetime import timedelta
from http import HTTPStatus

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.generators import SchemaGenerator

from accounts.models import ApiToken
from accounts.tokens import create_token
from indicators.models import Observation
from plan import changed
from plan.api_root import OF_A_PLAN
from plan.models import Plan
from plan.services import touch_plan
from shenzhen_plan.api_urls import urlpatterns
from shenzhen_plan.contract import _path
from shenzhen_plan.parameters import taken_by
from tests.factories import make_person
from updates.models import StatusUpdate

API = "/api/v1/sz-sti-14/"
ANSWERS = [
    "",
    "items/?page_size=1000",
    "items/P-1.1/",
    "platforms/",
    "actions/",
    "clusters/",
    "indicators/",
    "indicators/I-01/",
    "indicators/?page=2&page_size=3",
    "observations/",
    "observations/?state=rejected",
    "releases/",
    "updates/",
    "evidence/",
    "assessments/",
    "changes/?from=2021-01-01",
    "changes/?from=2021-01-01&known_by=2026-01-01&page_size=2",
]


@pytest.fixture(scope="module")
def described():
    return SchemaGenerator().get_schema(public=True)


@pytest.fixture(scope="module")
def strict(described):
    """The description as JSON Schema that takes no key it does not name."""
    return _strict(json.loads(json.dumps(described)))


def _strict(part):
    if isinstance(part, list):
        return [_strict(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {name: _strict(value) for name, value in part.items()}
    if isinstance(made.get("properties"), dict) and "additionalProperties" not in made:
        made["additionalProperties"] = False
    if made.pop("nullable", False):
        return {"anyOf": [{"type": "null"}, made]}
    return made


def held(strict, method, path, status, body):
    content = strict["paths"][path][method]["responses"][str(status)]["content"]
    (schema,) = (one["schema"] for one in content.values())
    jsonschema.validate(body, schema | {"components": strict["components"]})


def path_of(address):
    name = address.partition("?")[0]
    for of_one in ("items", "indicators"):
        if name.startswith(f"{of_one}/") and name != f"{of_one}/":
            name = f"{of_one}/{{code}}/"
    return f"/api/v1/{{slug}}/{name}"


def test_every_answer_is_as_described(plan, client, strict):
    for address in ANSWERS:
        answer = client.get(API + address)
        assert answer.status_code == 200, address
        held(strict, "get", path_of(address), 200, answer.json())
    held(strict, "get", "/api/v1/", 200, client.get("/api/v1/").json())
    held(strict, "get", "/api/v1/plans/", 200, client.get("/api/v1/plans/").json())


def test_the_calculator_and_a_file_looked_up_are_as_described(plan, client, strict):
    body = client.get(f"{API}indicators/I-01/").json()["components"][0]["inputs"]
    for asked in (body, [body, {"components": [body]}], {"components": [body, body]}):
        answer = client.post("/api/v1/assess/", asked, content_type="application/json")
        held(strict, "post", "/api/v1/assess/", 200, answer.json())
    digest = client.get("/sz-sti-14/indicators.csv")["X-SHA256"]
    held(strict, "get", "/api/v1/verify/{sha256}/", 200, client.get(f"/api/v1/verify/{digest}/").json())


WRITTEN = {
    "observations": {
        "component": "I-01", "year": 2024, "value": "5.5", "released_on": "2025-06-01", "source_title": "统计公报",
    },
    "updates": {"item": "P-1.1", "status_on": "2024-06-30", "status": "on_schedule", "done": "已开工"},
    "evidence": {
        "item": "P-1.1", "says": "started", "fact": "开工", "published_on": "2023", "publisher": "市科创委",
        "source_title": "新闻",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_what_programs_write_and_are_told_is_as_described(plan, client, strict, name):
    client.force_login(make_person("ana", "analyst"))
    address, path = f"{API}{name}/", f"/api/v1/{{slug}}/{name}/"
    (asked,) = strict["paths"][path]["post"]["requestBody"]["content"].values()
    for body, status in ((WRITTEN[name], 201), ([WRITTEN[name]], 201), ([{"yaer": 1}, {"id": 0}], 400)):
        if status == 201:
            jsonschema.validate(body, asked["schema"] | {"components": strict["components"]})
            StatusUpdate.objects.all().delete()
            Observation.objects.filter(source__title="统计公报").delete()
        answer = client.post(address, body, "application/json")
        assert answer.status_code == status, answer.content.decode()
        held(strict, "post", path, status, answer.json())
    read_back = client.get(f"{address}mine/").json()
    assert read_back["count"] >= 1
    held(strict, "get", f"{path}mine/", 200, read_back)


def test_every_name_a_row_takes_is_described(described):
    from assessments.writing import NoteWriting
    from desk.writing import FigureWriting
    from evidence.writing import EvidenceWriting
    from updates.writing import UpdateWriting

    kinds = {
        "FigureWriting": FigureWriting, "UpdateWriting": UpdateWriting,
        "EvidenceWriting": EvidenceWriting, "NoteWriting": NoteWriting,
    }  # fmt: skip
    for name, kind in kinds.items():
        said = described["components"]["schemas"][name]["properties"]
        assert set(said) == {*kind.names, *kind.lists, *kind.commons}


def test_names_an_address_takes_are_those_described(described):
    names = {_path(pattern): pattern.name for pattern in urlpatterns}
    reads = {path: operations["get"] for path, operations in described["paths"].items() if "get" in operations}

    assert reads
    for path, operation in reads.items():
        said = {row["name"] for row in operation.get("parameters", []) if row["in"] == "query"}
        assert said == set(taken_by(names[path])), path


def test_every_address_is_listed_and_described(plan, client, described):
    listed = client.get("/api/v1/").json()
    of_plan = client.get(listed["plans"][0]["api_url"]).json()["addresses"]

    assert set(described["paths"]) == {_path(row) for row in urlpatterns if row.name not in ("schema", "api_docs")}
    assert of_plan.keys() == OF_A_PLAN.keys()
    below = [path.removeprefix("/api/v1/{slug}/") for path in map(_path, urlpatterns) if "{slug}/" in path]
    assert {path.strip("/").replace("/", "_") for path in below if path and "{" not in path} == set(OF_A_PLAN)
    for address in listed["addresses"].values():
        assert client.get(address).status_code in (200, 405)


def test_open_reading_is_an_alternative_to_a_token(described, settings):
    assert {} in described["paths"]["/api/v1/{slug}/items/"]["get"]["security"]
    assert {} not in described["paths"]["/api/v1/{slug}/observations/check/"]["post"]["security"]
    settings.PUBLIC_READ = False
    closed = SchemaGenerator().get_schema(public=True)
    assert {} not in closed["paths"]["/api/v1/{slug}/items/"]["get"]["security"]


def test_kinds_are_those_of_the_plans(plan, client):
    body = client.get("/api/schema/?format=json").json()
    (kind,) = (row for row in body["paths"]["/api/v1/{slug}/items/"]["get"]["parameters"] if row["name"] == "kind")

    assert {*plan.kinds} <= set(kind["schema"]["enum"])
    for one in kind["schema"]["enum"]:
        assert client.get(f"{API}items/?kind={one}&page_size=1").status_code == 200
    assert body["info"]["title"].isascii()


REFUSED = [
    ("get", f"{API}items/?yaer=2023", {}, 400, {"parameter": "yaer", "value": "2023"}),
    ("get", f"{API}platforms/?kind=action", {}, 400, {"parameter": "kind"}),
    ("get", f"{API}items/?format=xml", {}, 400, {"parameter": "format", "value": "xml"}),
    ("get", f"{API}items/", {"Accept": "text/csv"}, 406, {}),
    ("get", "/api/v1/observations.csv?format=json", {}, 400, {"parameter": "format"}),
    ("get", f"{API}items/", {"Authorization": "Bearer nonsense"}, 401, {}),
    ("post", f"{API}observations/check/", {}, 403, {}),
    ("get", "/api/v1/none/items/", {}, 404, {}),
    ("get", f"{API}items/X-99/", {}, 404, {}),
    ("get", f"{API}indicators/X-99/", {}, 404, {}),
    ("get", f"/api/v1/verify/{'0' * 64}/", {}, 404, {"known": False}),
    ("get", "/api/v1/assess/", {}, 405, {}),
    ("post", "/api/v1/assess/", {"Content-Type": "text/plain"}, 415, {}),
    ("post", "/api/v1/assess/", {}, 400, {"field": "body"}),
]


@pytest.mark.parametrize(("method", "address", "headers", "status", "named"), REFUSED)
def test_a_refusal_has_one_shape(plan, client, strict, method, address, headers, status, named):
    kind = headers.get("Content-Type", "application/json")
    answer = client.generic(
        method.upper(), address, b"[[" if kind == "text/plain" else b"3", kind, headers=headers
    )
    body = answer.json()

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert body | named | {"type": "about:blank", "status": status} == body
    assert (body["title"], bool(body["detail"])) == (HTTPStatus(status).phrase, True)


def test_accept_and_format_agree(plan, client):
    csv = client.get("/api/v1/observations.csv", headers={"accept": "text/csv"})

    assert (csv.status_code, csv["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert client.get("/api/v1/observations.csv?format=csv").content == csv.content
    assert client.get(f"{API}releases/?format=json").json()["count"] > 0
    assert client.get(f"{API}observations/?format=json", headers={"accept": "text/html"}).status_code == 406
    for accept, status in {
        "*/*;q=0.1": 200, "text/html, application/*;q=0.5": 200, "application/json;q=0.001": 200,
        "application/json;q=0": 406, "application/json; q=0.000, text/html": 406, "application/json;q=0, */*": 406,
        "*/*;q=0": 406,
    }.items():  # fmt: skip
        assert client.get(f"{API}items/?page_size=1", headers={"accept": accept}).status_code == status, accept


@pytest.fixture
def long_ago(plan, monkeypatch):
    """The plan as it was an hour ago, in a process that has run for a day."""
    now = timezone.now()
    monkeypatch.setattr(changed, "STARTED", now - timedelta(days=2))
    Plan.objects.filter(pk=plan.pk).update(changed_at=now - timedelta(hours=1))


ASKED_AGAIN = [f"{API}items/", f"{API}observations/", f"{API}changes/", "/sz-sti-14/indicators.csv"]


@pytest.mark.parametrize("address", [*ASKED_AGAIN, "/sz-sti-14/changes.rss", "/sz-sti-14/observations.json"])
def test_who_has_an_answer_is_told_that_it_is_the_same(plan, client, long_ago, address):
    first = client.get(address)
    by_tag = client.get(address, headers={"if-none-match": first["ETag"]})
    by_day = client.get(address, headers={"if-modified-since": first["Last-Modified"]})
    packed = client.get(address, headers={"accept-encoding": "gzip", "if-none-match": f"W/{first['ETag']}"})

    assert first.status_code == 200
    assert [(answer.status_code, answer.content) for answer in (by_tag, by_day, packed)] == [(304, b"")] * 3
    for answer in (by_tag, by_day, packed):
        told = {name: answer.get(name) for name in ("ETag", "Last-Modified", "Content-Length")}
        assert told == {name: first.get(name) for name in ("ETag", "Last-Modified")} | {"Content-Length": None}
    touch_plan(plan)
    Plan.objects.filter(pk=plan.pk).update(changed_at=timezone.now() + timedelta(seconds=-2))
    assert client.get(address, headers={"if-modified-since": first["Last-Modified"]}).status_code == 200
    early = {"if-modified-since": http_date(timezone.now().timestamp())}
    touch_plan(plan)
    assert client.get(address, headers=early).status_code == 200


def test_a_program_with_a_token_asks_again_and_a_person_is_kept_nowhere(plan, long_ago):
    reader = make_person("li", "viewer")
    today = timezone.localdate()
    _row, secret = create_token(by=reader, name="poll", scope=ApiToken.Scope.READ, days=1, today=today)
    headers = {"authorization": f"Bearer {secret}"}
    first = Client().get(f"{API}items/", headers=headers)
    person = Client()
    person.force_login(make_person("wang", "viewer"))

    assert first["Cache-Control"] == "private, no-cache"
    again = Client().get(f"{API}items/", headers=headers | {"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert "no-store" in person.get(f"{API}items/")["Cache-Control"]


def test_a_file_that_somebody_has_leaves_no_row(plan, client, long_ago):
    from plan.models import Export

    first = client.get("/sz-sti-14/indicators.csv")
    client.get("/sz-sti-14/indicators.csv", headers={"if-none-match": first["ETag"]})

    assert first["ETag"] == f'"{first["X-SHA256"]}"'
    assert Export.objects.get(sha256=first["X-SHA256"]).times == 1


def test_pages_of_other_sites_read_open_data_and_nothing_else(plan, client):
    theirs = {"origin": "https://data.example.org"}
    asking = theirs | {"access-control-request-method": "GET"}
    for address in (f"{API}items/", "/sz-sti-14/indicators.csv", "/sz-sti-14/changes.rss"):
        answer = client.get(address, headers=theirs)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
    before = client.options(f"{API}items/", headers=asking)
    assert (before.status_code, before["Access-Control-Allow-Methods"]) == (200, "GET, HEAD, OPTIONS")
    assert "authorization" not in before["Access-Control-Allow-Headers"]
    for address in ("/sz-sti-14/", reverse("accounts:login"), "/metrics", "/audit.csv"):
        assert "Access-Control-Allow-Origin" not in client.get(address, headers=theirs)

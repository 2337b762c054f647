import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from plan.exports.items import ITEM_COLUMNS

API = "/api/v1/sz-sti-14/"
BODY = {
    "base_year": 2020,
    "base_value": "5.46",
    "target_year": 2025,
    "target": {"type": "range_floor", "direction": "up", "low": "5.5", "high": "6"},
    "observations": [{"year": 2023, "value": "6.46", "status": "final"}],
}


@pytest.mark.breadth
def test_schema_is_valid_openapi():
    schema = SchemaGenerator().get_schema(public=True)

    validate_schema(schema)
    assert schema["openapi"].startswith("3.")
    assert "/api/v1/assess/" in schema["paths"]


@pytest.mark.breadth
def test_schema_and_docs_answer(client, db):
    assert client.get("/api/schema/").status_code == 200
    html = client.get("/api/docs/").content.decode()
    assert "http://" not in html.replace("http://testserver", "")
    assert "https://" not in html


def test_plans_are_listed(plan, client):
    (row,) = client.get("/api/v1/plans/").json()

    assert (row["slug"], row["ends_on"]) == ("sz-sti-14", "2025-12-31")


def test_item_has_the_keys_of_the_contract(plan, client):
    body = client.get(f"{API}items/P-1.1/").json()

    assert list(body) == (list(ITEM_COLUMNS))
    assert (body["parent"], body["section"], body["status"]) == ("P-1", "3.1", "not_reported")
    assert body["url"] == "http://testserver/sz-sti-14/items/P-1.1/"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=measure", 31),
        ("kind=measure&parent=A-08", 4),
        ("section=3&kind=platform_task", 12),
        ("section=3.1&kind=platform_task", 3),
        ("industry=F-8", 3),
        ("industry=量子信息", 3),
        ("q=开放率", 1),
        ("status=achieved&kind=indicator", 4),
        ("updated_since=2999-01-01", 0),
    ],
)
def test_items_are_filtered(plan, client, query, count):
    assert client.get(f"{API}items/?{query}").json()["count"] == count


def test_items_as_of_a_day_have_the_status_of_that_day(plan, client):
    then = client.get(f"{API}items/I-01/?as_of=2023-06-30").json()
    rows = client.get("/sz-sti-14/items.json?kind=indicator&as_of=2023-06-30").json()["results"]

    assert (then["status"], then["status_as_of"]) == ("ahead", "2022-11-18")
    assert {row["code"]: row["status"] for row in rows}["I-07"] == "ahead"
    assert client.get(f"{API}items/I-01/").json()["status"] == "achieved"


def test_items_come_in_pages(plan, client):
    body = client.get(f"{API}items/?page_size=10&page=2").json()

    assert len(body["results"]) == 10
    assert body["next"].endswith("page=3&page_size=10")


@pytest.mark.parametrize("number", [1, 3])
def test_items_cost_the_same_queries_for_one_and_three(plan, client, django_assert_num_queries, number):
    # Plan, count, items, focuses; five for the indicators' standing and one for what is public, kept afterwards.
    with django_assert_num_queries(10):
        client.get(f"{API}items/?page_size={number}")
    with django_assert_num_queries(4):
        client.get(f"{API}items/?page_size={number}")


@pytest.mark.parametrize(("name", "count"), [("platforms", 4), ("actions", 10), ("clusters", 11)])
def test_lists_of_one_kind(plan, client, name, count):
    assert client.get(f"{API}{name}/").json()["count"] == count


def test_indicators_show_both_methods_with_their_inputs(plan, client):
    body = client.get(f"{API}indicators/").json()
    first = body["results"][0]
    part = first["components"][0]

    assert body["count"] == 10
    assert part["verdict"]["linear"]["status"] == "achieved"
    assert part["baseline"] == {"year": 2020, "value": "5.46"}
    assert (part["targets"][0]["low"], part["latest"]["value"]) == ("5.5", "6.67")


def test_inputs_of_a_stored_verdict_give_the_same_verdict_in_the_calculator(plan, client):
    rows = client.get(f"{API}indicators/").json()["results"]
    parts = [part for row in rows for part in row["components"]]

    assert parts
    for part in parts:
        answer = client.post("/api/v1/assess/", part["inputs"], content_type="application/json").json()
        assert answer == part["verdict"], part["code"]


def test_indicator_as_of_a_day(plan, client):
    body = client.get(f"{API}indicators/I-01/?as_of=2023-06-30").json()

    assert body["components"][0]["latest"]["year"] == 2021
    assert body["components"][0]["verdict"]["linear"]["status"] == "ahead"
    assert client.get(f"{API}indicators/I-99/").status_code == 404


def test_observations_say_what_a_statement_was(plan, client):
    rows = client.get(f"{API}observations/?component=I-07&year=2023").json()["results"]
    rejected = client.get(f"{API}observations/?state=rejected&code=I-01").json()["results"]

    assert {row["precision"] for row in rows} == {"rounded", "lower_bound"}
    assert all(row["note"] for row in rejected)


def test_calculator_answers_and_stores_nothing(plan, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.post("/api/v1/assess/", BODY, content_type="application/json").json()

    assert answer["linear"] == {
        "status": "achieved",
        "reason": None,
        "progress": "25",
        "lead": "41.6666666667",
        "expected": "5.484",
    }


def test_calculator_refuses_by_field(client, db):
    response = client.post("/api/v1/assess/", BODY | {"target_year": 2019}, content_type="application/json")

    assert (response.status_code, response.json()["field"]) == (400, "target_year")
    assert client.post("/api/v1/assess/", "{", content_type="application/json").status_code == 400
    assert client.get("/api/v1/assess/").status_code == 405


@pytest.mark.parametrize("depth", [300, 50_000])
def test_calculator_refuses_nesting_without_end(client, db, depth):
    body = "[" * depth + "]" * depth

    response = client.post("/api/v1/assess/", body, content_type="application/json")

    assert (response.status_code, response.json()["field"].endswith("body")) == (400, True)


def test_all_observations_is_one_csv(plan, client):
    response = client.get("/api/v1/observations.csv")

    assert response["Content-Type"].startswith("text/csv")
    assert response.content.count(b"sz-sti-14,") == int(response["X-Row-Count"])

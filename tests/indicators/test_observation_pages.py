"""The API's list of figures: the same rows as the files have, few queries, never stale."""

import pytest

from indicators.api import observation_body
from indicators.many.observation_pages import AnswerCache
from indicators.models import Observation
from plan.services import touch_plan
from tests.factories import make_component, make_observation, make_person, make_plan

ADDRESS = "/api/v1/test-plan/observations/"


@pytest.fixture
def small(db):
    plan = make_plan()
    parts = [make_component(plan, "I-01"), make_component(plan, "I-02")]
    person = make_person("ana", "analyst")
    for number in range(3):
        make_observation(
            parts[number % 2], 2021 + number, f"{number}.50", entered_by=person if number else None,
            note="" if number else "当时口径，2030-01-01 起不用", published_text="约 0.5",
        )  # fmt: skip
    make_observation(parts[0], 2024, "9", state="rejected", note="不是这个数")
    return plan


def test_rows_are_those_of_the_model(small, client):
    body = client.get(ADDRESS).json()

    rows = Observation.objects.filter(component__indicator__plan=small, state="approved").order_by("id")
    assert body["results"] == [observation_body(row, "test-plan", logins=False) | {"note": ""} for row in rows]
    assert {key: body[key] for key in ("count", "next", "previous")} == {
        "count": 3,
        "next": None,
        "previous": None,
    }


@pytest.mark.parametrize(
    ("query", "years"),
    [
        ("?year=2022", [2022]),
        ("?component=I-01", [2021, 2023]),
        ("?code=I-02&year=2022", [2022]),
        ("?code=I-02&component=I-01", []),
        ("?state=rejected", [2024]),
        ("?as_of=2022-05-31", []),
        ("?year=1990", []),
    ],
)
def test_filters(small, client, query, years):
    body = client.get(ADDRESS + query).json()

    assert [row["year"] for row in body["results"]] == years
    assert body["count"] == len(years)


def test_pages_lead_to_each_other(small, client):
    first = client.get(f"{ADDRESS}?page_size=2&year=").json()
    second = client.get(first["next"]).json()

    assert first["previous"] is None
    assert first["next"] == "http://testserver/api/v1/test-plan/observations/?page=2&page_size=2&year="
    assert [len(first["results"]), len(second["results"])] == [2, 1]
    assert client.get(second["previous"]).json() == first
    assert client.get(f"{ADDRESS}?page_size=2&page=3").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(small, client, rows, django_assert_num_queries):
    Observation.objects.filter(year__gt=2020 + rows).delete()

    with django_assert_num_queries(4):  # the plan, its components, the number, the page
        client.get(ADDRESS)
    with django_assert_num_queries(1):
        client.get(ADDRESS)


def test_a_new_figure_is_seen_at_once(small, client):
    client.get(ADDRESS)
    make_observation(small.items.get(code="I-01").indicator.components.get(), 2025, "7")
    touch_plan(small)

    assert client.get(ADDRESS).json()["count"] == 4


def test_another_plan_is_empty_and_an_unknown_one_is_a_404(small, client):
    make_plan("other")

    assert client.get("/api/v1/other/observations/").json()["results"] == []
    assert client.get("/api/v1/nothing/observations/").status_code == 404


def test_what_is_kept_stays_within_its_limit():
    kept = AnswerCache(10)

    for key in "abc":
        kept.get(key, lambda: b"12345")
    answers = [kept.get(key, lambda: b"new") for key in "cb"]

    assert answers == [b"12345", b"12345"]
    assert kept.get("a", lambda: b"new") == b"new"
    assert kept.size <= 10


def test_what_is_too_large_is_answered_and_not_kept():
    kept = AnswerCache(3)

    assert kept.get("a", lambda: b"12345") == b"12345"
    assert kept.size == 0

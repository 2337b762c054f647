"""Programs read back what its holder has written: own rows alone, whatever became of them."""

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from accounts.models import ApiToken
from indicators.figures.workflow import approve_figure, return_figure
from indicators.models import Observation
from tests.factories import make_person, make_plan
from tests.test_writing import (
    API,
    EVIDENCE,
    FIGURE,
    NOTE,
    UPDATE,
    ana,
    assigned,
    place,
    round,
    send,
    token,
    unit,
)  # fmt: skip

__all__ = ["ana", "place", "round", "unit"]
ROWS = {"observations": FIGURE, "updates": UPDATE, "evidence": EVIDENCE}


def read(secret, name, query="", **headers):
    return Client().get(f"{API}{name}/mine/{query}", headers={"authorization": f"Bearer {secret}"} | headers)


@pytest.mark.parametrize("name", ROWS)
def test_a_draft_is_read_as_it_was_sent_and_can_be_sent_again(ana, name):
    secret = token(ana, "figures", "updates", "evidence")
    told = send(secret, name, ROWS[name]).json()
    (row,) = read(secret, name).json()["results"]

    assert ROWS[name].items() <= row.items()
    assert {key: row[key] for key in told} == told
    assert row["reason"] is None
    sent = {key: value for key, value in row.items() if key not in ("url", "reason")}
    again = send(secret, name, sent | {"state": "submitted"})
    assert again.status_code == 200, again.content.decode()
    (after,) = read(secret, name).json()["results"]
    changed = {key for key in row if after[key] != row[key]}
    assert changed == {"state", "edition"}


def test_everything_a_row_may_say_comes_back(ana):
    secret = token(ana, "figures", "updates", "evidence")
    figure = FIGURE | {
        "value": "120.5", "precision": "lower_bound", "exclusive": True, "published_text": "超120.5",
        "note": "公报", "source_publisher": "市统计局", "source_document_number": "深统〔2024〕1号",
        "source_published_on": "2024-02-01",
    }  # fmt: skip
    stones = [{"title": "开工", "planned_on": "2023-01-01", "actual_on": None}]
    update = UPDATE | {"progress": "40.00", "problems": "用地", "next_steps": "验收", "milestones": stones}
    counted = {"says": "number", "number": "12.5", "unit": "家", "took_place_on": "2023", "phrase": "12.5家"}
    evidence = EVIDENCE | counted | {"document_number": "1号", "rank": "official", "note": "新闻"}
    for name, sent in (("observations", figure), ("updates", update), ("evidence", evidence)):
        kept = send(secret, name, sent)
        assert kept.status_code == 201, kept.content.decode()
        (row,) = read(secret, name).json()["results"]
        assert sent.items() <= row.items(), name


def test_what_came_back_says_why_and_what_was_decided_stays(ana):
    secret, reviewer = token(ana, "figures"), make_person("rev", "reviewer")
    for year in (2021, 2022, 2023):
        send(secret, "observations", FIGURE | {"year": year, "state": "submitted"})
    first, second, third = Observation.objects.filter(entered_by=ana).order_by("year")
    return_figure(first, edition=first.edition, by=reviewer, reason="单位不符")
    approve_figure(second, edition=second.edition, by=reviewer)

    rows = {row["year"]: (row["state"], row["reason"]) for row in read(secret, "observations").json()["results"]}
    assert rows == {2021: ("returned", "单位不符"), 2022: ("approved", None), 2023: ("submitted", None)}
    for state, year in (("returned", 2021), ("approved", 2022), ("submitted", 2023)):
        assert [row["year"] for row in read(secret, "observations", f"?state={state}").json()["results"]] == [year]
    assert read(secret, "observations", "?state=draft").json()["count"] == 0
    assert third.state == "submitted"


def test_a_note_by_its_evaluator(round):
    eva = make_person("eva", "evaluator")
    assigned(round, eva)
    secret = token(eva, "notes")
    told = send(secret, "assessments", NOTE).json()
    (row,) = read(secret, "assessments").json()["results"]

    assert (NOTE | told).items() <= row.items()
    assert (row["forecast"], row["causes"]) == (None, None)
    other = token(make_person("other", "evaluator"), "notes")
    assert read(other, "assessments").json()["count"] == 0


@pytest.mark.breadth
@pytest.mark.parametrize("name", ROWS)
def test_another_s_rows_and_those_of_another_plan_are_not_among_them(ana, name):
    make_plan("other-plan")
    secret = token(ana, "figures", "updates", "evidence")
    send(secret, name, ROWS[name])
    bob = token(make_person("bob", "analyst"), "figures", "updates", "evidence")
    given = {"authorization": f"Bearer {secret}"}

    assert read(bob, name).json()["results"] == []
    assert Client().get(f"/api/v1/other-plan/{name}/mine/", headers=given).json()["results"] == []


def test_who_may_not_write_reads_none(place):
    names = (*ROWS, "assessments")
    assert [Client().get(f"{API}{name}/mine/").status_code for name in names] == [403] * 4
    for role in ("viewer", "system_admin", "audit_admin"):
        secret = token(make_person(role, role), "figures", "updates", "evidence", "notes")
        assert [read(secret, name).status_code for name in names] == [403] * 4


def test_a_scope_reads_back_its_own_rows_alone(ana):
    for scope, own in (("figures", "observations"), ("updates", "updates"), ("evidence", "evidence")):
        answers = {name: read(token(ana, scope), name).status_code for name in ROWS}
        assert answers == {name: 200 if name == own else 403 for name in ROWS}
    assert read(token(ana), "observations").status_code == 403


def test_no_page_of_another_site_is_let_in(ana):
    """CORS opens what everybody may read."""
    told = read(token(ana, "figures"), "observations", origin="https://elsewhere.example")

    assert (told.status_code, "Access-Control-Allow-Origin" in told) == (200, False)
    public = Client().get(f"{API}observations/", headers={"origin": "https://elsewhere.example"})
    assert public["Access-Control-Allow-Origin"] == "*"


def test_a_token_that_is_over_reads_nothing(ana):
    secret = token(ana, "figures")
    ApiToken.objects.update(expires_on=timezone.localdate().replace(year=2020))

    assert read(secret, "observations").status_code == 401


@pytest.mark.parametrize(
    "query", ["?state=pending", "?as_of=2023-01-01", "?known_by=2023-01-01", "?year=2023", "?page=2"]
)
def test_what_it_does_not_take_is_refused_by_name(ana, query):
    answer = read(token(ana, "figures"), "observations", query)

    assert (answer.status_code, answer.json()["parameter"]) == (400, query[1:].partition("=")[0])


def test_nobody_keeps_it_and_nothing_old_is_taken_for_new(ana):
    """A draft does not move its plan, so the plan's own moment says nothing of it."""
    secret = token(ana, "figures")
    moment = http_date(timezone.now().timestamp() + 60)
    first = read(secret, "observations", **{"if-modified-since": moment})
    send(secret, "observations", FIGURE)
    again = read(secret, "observations", **{"if-modified-since": moment, "if-none-match": "*"})

    assert "no-store" in first["Cache-Control"]
    assert {"ETag", "Last-Modified"}.isdisjoint(first.headers)
    assert (first.status_code, again.status_code, again.json()["count"]) == (200, 200, 1)


def test_pages_and_as_many_queries_for_many_as_for_one(ana, django_assert_max_num_queries):
    secret = token(ana, "figures", "updates", "evidence")
    for number in range(3):
        send(secret, "observations", FIGURE | {"year": 2021 + number})
        send(secret, "evidence", EVIDENCE | {"fact": f"第{number}件", "source_title": f"新闻{number}"})
    page = read(secret, "observations", "?page_size=2").json()
    assert (page["count"], len(page["results"]), "page=2" in page["next"]) == (3, 2, True)
    for name in ("observations", "evidence"):
        with django_assert_max_num_queries(7):
            read(secret, name)


def test_a_person_who_signed_in_reads_them_too(ana):
    client = Client()
    client.force_login(ana)
    client.post(f"{API}observations/", FIGURE, "application/json")

    assert client.get(f"{API}observations/mine/").json()["count"] == 1


def test_nothing_is_written_there(ana):
    given = {"authorization": f"Bearer {token(ana, 'figures')}"}

    assert Client().post(f"{API}observations/mine/", FIGURE, "application/json", headers=given).status_code == 405
    assert not Observation.objects.filter(entered_by=ana).exists()

"""Names nobody reads are refused by name, wherever they stand; names that are read are declared."""

import re

import pytest

from shenzhen_plan.access import view_names
from shenzhen_plan.parameters import FOREIGN, PARAMETERS, taken_by
from tests.factories import make_plan
from texts.names import nearest


@pytest.mark.parametrize(
    ("name", "near"),
    [("asof", "as_of"), ("componet", "component"), ("Page", "page"), ("pagesize", "page_size"), ("zzz", "")],
)
def test_the_nearest_name_is_found(name, near):
    assert nearest(name, ("as_of", "component", "page", "page_size", "code")) == near


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "name", "near"),
    [
        ("/test-plan/?asof=2023-06-30", "asof", "as_of"),
        ("/test-plan/indicators/?staus=ahead", "staus", "status"),
        ("/test-plan/search/?q=a&utm_source=mail", "utm_source", ""),
        ("/test-plan/reports/?columns=code", "columns", "column"),
        ("/accounts/login/?nxt=/", "nxt", "next"),
    ],
)
def test_a_page_names_what_it_does_not_take(client, address, name, near):
    make_plan()

    answer = client.get(address)

    html = answer.content.decode()
    assert answer.status_code == 400
    assert f"参数 {name} 不能使用" in re.sub(r"\s+", " ", html)
    assert (f"最接近的是 {near}；" in html) == bool(near)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "name", "near"),
    [
        ("/api/v1/test-plan/observations/?componet=I-05", "componet", "component"),
        ("/api/v1/test-plan/items/?asof=2023-06-30", "asof", "as_of"),
        ("/api/v1/plans/?size=3", "size", "page_size"),
        ("/test-plan/indicators.csv?head=zh", "head", "header"),
        ("/test-plan/indicators.json?as-of=2023-06-30", "as-of", "as_of"),
        ("/test-plan/items/version.json?x=1", "x", ""),
    ],
)
def test_files_and_programs_are_answered_in_json(client, address, name, near):
    make_plan()

    answer = client.get(address)

    assert answer.status_code in (400, 404)
    if answer.status_code == 400:
        assert answer.json()["parameter"] == name
        assert near in answer.json()["detail"]


@pytest.mark.django_db
def test_an_unknown_name_refuses_a_post_as_well_and_nothing_is_done(client):
    make_plan()

    assert client.post("/api/v1/assess/?mode=fast", "{}", content_type="application/json").status_code == 400


def test_every_entry_is_of_a_view_that_is_there():
    assert set(PARAMETERS) - set(view_names()) == {"oidc_authentication_init"}
    assert {name for name in PARAMETERS if len(set(taken_by(name))) < len(taken_by(name))} == set()
    assert {"oidc_authentication_callback"} == FOREIGN

"""Names nobody reads are refused by name, wherever they stand; names that are read are declared."""

import re

import pytest

from reports.models import ReportRun, SavedReport
from shenzhen_plan.access import FILES, needed, view_names
from shenzhen_plan.parameters import FOREIGN, PARAMETERS, taken_by
from tests.factories import make_person, make_plan
from tests.test_permissions import MAY, address_of
from texts.names import nearest, nearest_sure

# Which names an address takes is decided before a view asks for rows.
pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("name", "near"),
    [("asof", "as_of"), ("componet", "component"), ("Page", "page"), ("pagesize", "page_size"), ("zzz", "")],
)
def test_the_nearest_name_is_found(name, near):
    assert nearest(name, ("as_of", "component", "page", "page_size", "code")) == near


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("asof", "as_of"),
        ("yaer", "year"),
        ("head", "header"),
        ("size", "page_size"),
        ("filter", ""),
        ("sise", ""),
        ("componet", ""),
        ("compare", ""),
    ],
)
def test_of_a_few_names_one_merely_alike_is_not_proposed(name, near):
    assert (
        nearest_sure(name, ("as_of", "since", "item", "header", "page_size", "year", "conclusion", "code")) == near
    )


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
    assert f"网址中的“{name}”不对" in re.sub(r"\s+", " ", html)
    assert (f"最接近的是 {near}；" in html) == bool(near)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "name", "near"),
    [
        ("/api/v1/test-plan/observations/?componet=I-05", "componet", "component"),
        ("/api/v1/test-plan/items/?asof=2023-06-30", "asof", "as_of"),
        ("/api/v1/test-plan/items/?size=3", "size", "page_size"),
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


# Every address of a file or of the API without its own names, by kind of name that is easily taken to be there.
FILES_AND_API = [name for name in view_names() if name.startswith("api_") or name in FILES]
GUESSED = ("columns", "format", "ordering", "order_by", "limit", "fields", "head")


@pytest.mark.breadth
@pytest.mark.django_db
@pytest.mark.parametrize("guess", GUESSED)
def test_no_file_and_no_list_passes_over_a_guessed_name(rows, visitors, unlimited, guess):
    """Whoever may open it: the answer is never a whole file as if nothing had been asked."""
    loose = []
    for name in FILES_AND_API:
        if guess in taken_by(name) or needed(name, "GET") is None:
            continue
        visitor = next(
            who for who in ("anonymous", "analyst", *sorted(visitors)) if who in MAY[needed(name, "GET")]
        )
        answer = visitors[visitor].get(address_of(name, rows), {guess: "code"})
        if answer.status_code != 400 or guess not in answer.content.decode():
            loose.append(f"{name} {visitor}: {answer.status_code}")

    assert loose == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("column=nonsense", "column"),
        ("format=pdf", "format"),
        ("dataset=secrets", "dataset"),
        ("header=de", "header"),
    ],
)
def test_the_report_desk_names_a_choice_that_is_none(client, query, name):
    make_plan()

    answer = client.get(
        f"/test-plan/reports/file/?dataset=observations&{query}".replace("dataset=observations&d", "d")
    )

    assert answer.status_code == 400
    assert f"网址中的“{name}”不对" in re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.django_db
def test_a_misspelt_column_is_named_with_the_nearest(client):
    make_plan()

    for address in ("reports/", "reports/file/"):
        answer = client.get(f"/test-plan/{address}?dataset=observations&column=value_staus")

        assert answer.status_code == 400
        assert "最接近的是 value_status" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/test-plan/?as_of=2023-06-30&as_of=2024-06-30", "as_of"),
        ("/test-plan/?as_of=&as_of=2024-06-30", "as_of"),
        ("/test-plan/indicators.csv?header=zh&header=code", "header"),
        ("/test-plan/reports/file/?dataset=observations&year_from=2021&year_from=2022", "year_from"),
        ("/api/v1/test-plan/observations/?year=2021&year=2022", "year"),
    ],
)
def test_two_values_where_one_is_read_are_refused(client, address, name):
    make_plan()

    answer = client.get(address)

    assert answer.status_code == 400
    assert name in answer.content.decode()
    assert "只能给一个值，这里有 2 个" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/test-plan/?as_of=2023-06-30&as_of=2023-06-30",
        "/test-plan/reports/?dataset=observations&column=code&column=year",
    ],
)
def test_the_same_value_twice_and_several_choices_are_taken(client, address):
    make_plan()

    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_an_unknown_name_refuses_a_post_as_well_and_nothing_is_done(client):
    make_plan()

    assert client.post("/api/v1/assess/?mode=fast", "{}", content_type="application/json").status_code == 400


@pytest.mark.parametrize("wish", ["header=zh", "header=nonsense", "encoding=gb18030", "encoding=x"])
@pytest.mark.django_db
def test_what_only_csv_can_look_like_is_refused_for_json(plan, client, wish):
    for address in ("/sz-sti-14/items.json", "/sz-sti-14/indicators/I-01.json", "/sz-sti-14/matrix.json"):
        answer = client.get(f"{address}?{wish}")

        assert answer.status_code == 400, address
        assert answer.json()["parameter"] == wish.partition("=")[0]


@pytest.mark.django_db
def test_a_report_s_query_in_the_body_is_held_to_the_same_names(plan, client):
    client.force_login(make_person("ana", "analyst"))
    for address in ("make", "save"):
        for query, name in (
            ("dataset=items&asof=2023-06-30", "asof"),
            ("dataset=items&dataset=progress", "dataset"),
        ):
            answer = client.post(f"/sz-sti-14/reports/{address}/", {"query": query, "name": "x"})

            assert answer.status_code == 400
            assert name in answer.content.decode()
    assert not SavedReport.objects.exists()
    assert not ReportRun.objects.exists()


@pytest.mark.django_db
def test_a_name_that_stands_twice_in_a_body_is_refused(plan, client):
    for body, said in (
        ('{"target": {"type": "point", "type": "range"}}', "type"),
        ('{"observations": [{"year": 2021, "value": "1", "value": "2"}]}', "value"),
    ):
        answer = client.post("/api/v1/assess/", body, content_type="application/json")

        assert answer.status_code == 400
        assert said in answer.json()["detail"]


def test_every_entry_is_of_a_view_that_is_there():
    assert set(PARAMETERS) - set(view_names()) == {"oidc_authentication_init"}
    assert {name for name in PARAMETERS if len(set(taken_by(name))) < len(taken_by(name))} == set()
    assert {"oidc_authentication_callback"} == FOREIGN

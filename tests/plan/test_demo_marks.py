"""Invented figures say so wherever they go."""

import csv
import io

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from indicators.services import import_observations
from plan.models import Plan
from plan.params import today
from shenzhen_plan.access import view_names
from tests.factories import make_person

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ROOT = "/sz-sti-14/"
FILES = ["observations", "indicators", "indicators/I-07", "items", "platforms", "wide"]
BANNER = '<p class="banner demo">'


@pytest.fixture
def demo(plan):
    plan.is_demo = True
    plan.save()
    return plan


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_a_demo_is_marked(demo, client, name):
    table = client.get(f"{ROOT}{name}.csv")
    body = client.get(f"{ROOT}{name}.json")

    assert list(rows(table)[0])[-1] == "demo_data"
    assert {row["demo_data"] for row in rows(table)} == {"演示数据"}
    assert "filename*=utf-8''%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE_sz-sti-14_" in table["Content-Disposition"]
    assert (table["X-Demo"], body["X-Demo"], body.json()["demo"]) == ("1", "1", True)


@pytest.mark.breadth
@pytest.mark.parametrize("name", FILES)
def test_no_file_of_a_real_plan_is(plan, client, name):
    table, body = client.get(f"{ROOT}{name}.csv"), client.get(f"{ROOT}{name}.json")

    assert "demo_data" not in rows(table)[0]
    assert "X-Demo" not in table.headers
    assert "X-Demo" not in body.headers
    assert "demo" not in body.json()


def lists():
    """Every address of the site that answers as a file for a whole plan."""
    found = []
    for name in view_names():
        if name.startswith("desk_import:template"):  # asks for figures and holds none
            continue
        try:
            found.append(reverse(name, kwargs={"slug": "sz-sti-14", "format": "csv"}))
        except NoReverseMatch:
            continue
    return sorted(found)


@pytest.mark.breadth
def test_no_file_of_the_site_is_forgotten(demo, client):
    client.force_login(make_person("all", "reporter", "analyst", "evaluator", "reviewer"))
    addresses = lists()

    unmarked = [
        address
        for address in addresses
        for path in (address, address.removesuffix("csv") + "json")
        if client.get(path).headers.get("X-Demo") != "1"
    ]
    assert len(addresses) > 10
    assert unmarked == []


def test_the_file_of_the_log_and_the_wall_are_marked(demo, client):
    client.force_login(make_person("log", "audit_admin"))

    response = client.get("/audit.csv")
    table = response.getvalue().decode("utf-8-sig")
    assert {row["demo_data"] for row in csv.DictReader(io.StringIO(table))} == {"演示数据"}
    assert response["X-Demo"] == "1"
    banner = '<aside class="w-demo" aria-label="关于所见数据"><strong>演示数据</strong>'
    assert banner in client.get(f"{ROOT}wall/").content.decode()


def test_the_chinese_heading_is_the_mark(demo, client):
    first = client.get(f"{ROOT}items.csv?header=zh").content.decode("utf-8-sig").splitlines()[0]

    assert first.split(",")[-1] == "演示数据"


def test_the_api_is_marked(demo, client):
    for name in ("items", "items/P-1", "indicators", "indicators/I-01", "observations"):
        response = client.get(f"/api/v1/sz-sti-14/{name}/")
        assert (response["X-Demo"], response.json()["demo"]) == ("1", True), name
    everything = client.get("/api/v1/observations.csv")
    assert everything["X-Demo"] == "1"
    assert {row["demo_data"] for row in rows(everything)} == {"演示数据"}


@pytest.mark.breadth
def test_pages_of_the_plan_and_of_the_site_carry_the_banner(demo, client):
    client.force_login(make_person("ana", "analyst"))

    for address in (ROOT, f"{ROOT}text/", f"{ROOT}items/P-1.1/", reverse("notices:inbox"), f"{ROOT}nowhere/"):
        assert BANNER in client.get(address).content.decode(), address
    assert BANNER in Client().get(reverse("accounts:login")).content.decode()


def test_a_real_installation_has_none(plan, client):
    for address in (ROOT, reverse("accounts:login")):
        assert BANNER not in client.get(address).content.decode()


def test_another_plans_pages_are_not_marked(demo, client):
    other = Plan.objects.create(
        slug="other", title="另一规划", title_en="Other", short="另一", short_en="Other",
        starts_on=demo.starts_on, ends_on=demo.ends_on, published_on=demo.published_on, source=demo.source,
    )  # fmt: skip

    assert BANNER not in client.get(f"/{other.slug}/items/").content.decode()
    assert "X-Demo" not in client.get(f"/{other.slug}/items.csv").headers


def test_an_export_of_a_demo_read_back_changes_nothing(demo, client):
    for header in ("code", "zh"):
        data = client.get(f"{ROOT}observations.csv?header={header}").content

        result = import_observations(demo, io.BytesIO(data), today=today())

        assert (result.new, result.same > 0) == (0, True)


def test_a_page_of_a_plan_asks_nothing_for_the_banner(plan, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as asked:
        client.get(f"{ROOT}text/")

    assert [
        query["sql"] for query in asked.captured_queries if 'WHERE "plan_plan"."is_demo"' in query["sql"]
    ] == []

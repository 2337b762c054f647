"""A site that holds no plan yet: whoever comes is told so and led on, nobody into an error."""

import pytest
from django.core.management import call_command
from django.test import Client

from plan import queries
from tests.factories import make_person, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
ADMINISTRATORS = {
    "system_admin": "/accounts/people/",
    "security_admin": "/accounts/roles/",
    "audit_admin": "/audit/",
}
ROLES = ("", "analyst", "reporter", "evaluator", "reviewer", "planner", *ADMINISTRATORS)
GREETING = "本站还没有规划；发布后在这里查看。"
WAY = "到规划编制台，从规划的文本开始"


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(queries, "seen", set())
    call_command("flush", interactive=False, verbosity=0)


def test_whoever_signs_in_is_greeted_and_led_on():
    for role in ROLES:
        person = make_person(f"some-{role}", *filter(None, [role]))
        client = Client()
        signed_in = {"username": person.username, "password": "right-Horse-7"}
        page = client.post("/accounts/login/", signed_in, follow=True)
        assert (page.status_code, page.redirect_chain[-1][0]) == (200, ADMINISTRATORS.get(role, "/plans/")), role
        page = client.get("/plans/").content.decode()
        assert GREETING in page
        assert (WAY in page) == ('href="/studio/"' in page) == (role == "planner"), role
        # Nothing leads to pages of a plan that is not there.
        for address in ("/plans/", "/sz-sti-14/home/", "/home/", "/inbox/", "/following/", "/accounts/me/"):
            page = client.get(address, follow=True)
            assert page.status_code == (404 if address == "/home/" else 200), (role, address)
            assert "/sz-sti-14/" not in page.content.decode(), (role, address)


@pytest.mark.breadth
def test_readers_and_programs_get_an_answer():
    client = Client()
    assert client.get("/", follow=True).redirect_chain == [("/plans/", 302)]
    assert GREETING in client.get("/plans/").content.decode()
    missing = client.get("/sz-sti-14/")
    assert missing.status_code == 404
    assert GREETING in missing.content.decode()
    assert 'href="/plans/"' in missing.content.decode()
    for address in (
        "/healthz", "/robots.txt", "/sitemap.xml", "/plans/changes.rss", "/plans/changes.atom",
        "/plans/package.zip", "/plans/reports/items.csv", "/api/v1/", "/api/v1/plans/",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


@pytest.mark.breadth
def test_a_planner_begins_where_nothing_is():
    client = Client()
    client.force_login(make_person("somebody", "planner"))
    assert client.get("/studio/").status_code == 200


def test_a_site_without_its_default_plan_leads_to_the_one_it_has():
    make_plan("some-30")
    assert Client().get("/").url == "/some-30/"
    client = Client()
    client.force_login(make_person("somebody", "planner"))
    assert client.get("/").url == "/some-30/home/"
    assert client.get("/sz-sti-14/home/").status_code == 404
    assert "/some-30/studio/" in client.get("/inbox/").content.decode()

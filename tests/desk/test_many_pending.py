"""Thousands of imported figures wait for approval: no page lists them all, or asks once for each."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plan.models import Plan
from tests.factories import make_component, make_person, make_plan
from tests.pace import costs_at_most
from tests.pending import fill_pending

ANALYST = ("data/", "home/", "indicators/I-01/", "data/figures/new/", "data/grid/", "data/version.json")
REVIEWER = (
    "data/",
    "home/",
    "indicators/I-01/",
    "review/",
    "review/?item=I-02",
    "data/version.json",
)
PAGES = [("analyst", address) for address in ANALYST] + [("reviewer", address) for address in REVIEWER]
# As with a handful of rows: tests/desk and tests/home hold each page to less.
QUERIES, BYTES = 40, 200_000


def many(number: int) -> Plan:
    plan = make_plan()
    for code in ("I-01", "I-02", "I-03"):
        make_component(plan, code)
    fill_pending(plan, number, by=make_person("ana", "analyst"))
    make_person("rev", "reviewer")
    return plan


def open_page(who: str, address: str) -> tuple[int, int, str]:
    """Queries and bytes of a page, and the page, which costs a few seconds at most."""
    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=who[:3]))
    client.get(f"/test-plan/{address}")
    with costs_at_most(2.5, f"{who} {address}"), CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/test-plan/{address}")
    assert answer.status_code == 200
    return len(queries), len(answer.content), answer.content.decode()


@pytest.mark.breadth
@pytest.mark.django_db
def test_pages_keep_their_size_and_their_queries(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    many(5_000)

    for who, address in PAGES:
        queries, size, _html = open_page(who, address)
        assert (queries <= QUERIES, size <= BYTES) == (True, True), f"{who} {address}: {queries}, {size} bytes"


@pytest.mark.django_db
def test_pages_say_how_many_they_do_not_list(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    many(5_000)

    desk, indicator, queue = (
        open_page(who, address)[2]
        for who, address in (("analyst", "data/"), ("analyst", "indicators/I-01/"), ("reviewer", "review/"))
    )

    assert re.findall(r"/test-plan/data/figures/\d+/", desk.split('id="waiting"')[1]).__len__() == 50
    assert "另有 4,950 条，没有在此列出。" in desk
    assert "另有 1,647 条，没有在此列出。" in indicator
    assert "pending.csv" in queue.split('id="imports"')[1]
    assert "5,000" in queue
    assert 'name="pick"' not in queue


@pytest.mark.drills
@pytest.mark.django_db
@pytest.mark.parametrize("number", [50_000, 500_000])
def test_pages_are_as_quick_with_half_a_million(settings, number):
    """Was 58 s and 10 MB for the desk with 50,000."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    many(number)

    for who, address in PAGES:
        queries, size, _html = open_page(who, address)
        assert (queries <= QUERIES, size <= BYTES) == (True, True), f"{who} {address}: {queries}, {size} bytes"

"""The site below /plan/: nothing that a page, file, feed, redirect or mail says leads out of it."""

import re

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import get_script_prefix, set_script_prefix

from notices.models import Notice, NoticeKind
from notices.services import notify
from plan.models import Export
from tests import test_pages
from tests.factories import make_person

# The prefix is put before addresses whatever was read from the rows.
pytestmark = pytest.mark.one_database

SET = {"SUB_PATH": "/plan", "FORCE_SCRIPT_NAME": "/plan", "STATIC_URL": "/plan/static/"}
# An address as a page, a script's data or a feed writes it: a quotation mark, then a path or this host.
WRITTEN = re.compile(r"""["'(>](?:https?://testserver)?(/[A-Za-z0-9_-][^"'<>\s)]*)""")
OF_THE_HOST = re.compile(r"https?://testserver(/[^\s\"'<>,]*)?")
FEEDS = [
    "changes.rss", "changes.atom", "items.csv", "items.json", "observations.csv", "dataset.jsonld",
    "datapackage.json", "csv-metadata.json",
]  # fmt: skip


@pytest.fixture(autouse=True)
def below():
    before = get_script_prefix()
    with override_settings(**SET):
        set_script_prefix("/plan/")  # as the server does with each request; the test client leaves it to us
        yield
    set_script_prefix(before)


def leading_out(text):
    """Addresses of this host outside of /plan/; words that only look like one have no slash after them."""
    found = [path for path in WRITTEN.findall(text) if path.count("/") > 1 or "." in path]
    found += [path or "/" for path in OF_THE_HOST.findall(text)]
    return sorted({path for path in found if not path.startswith("/plan/")})


@pytest.mark.breadth
@pytest.mark.parametrize("path", test_pages.PAGES)
@pytest.mark.django_db
def test_no_page_leads_out(plan, client, path):
    answer = client.get(f"/{plan.slug}/{path}")

    assert answer.status_code in (200, 302), path
    if answer.status_code == 302:
        assert answer["Location"].startswith("/plan/")
        return
    text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    assert leading_out(text) == []
    assert "/plan/" in text


@pytest.mark.breadth
@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.django_db
def test_no_file_or_feed_leads_out(plan, client, name):
    answer = client.get(f"/{plan.slug}/{name}")

    assert answer.status_code == 200
    assert [path for path in OF_THE_HOST.findall(b"".join(answer).decode()) if not path.startswith("/plan/")] == []


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml"])
@pytest.mark.django_db
def test_no_list_for_programs_leads_out(plan, client, path):
    text = client.get(path).content.decode()

    assert [found for found in OF_THE_HOST.findall(text) if not found.startswith("/plan/")] == []
    assert "/plan/" in text


@pytest.mark.django_db
def test_signing_in_stays_below(plan):
    make_person("ana", "analyst", password="right-Horse-7")
    client = Client()

    asked = client.get("/inbox/")
    assert asked["Location"] == "/plan/accounts/login/?next=/plan/inbox/"
    given = {"username": "ana", "password": "right-Horse-7"}
    assert client.post("/accounts/login/", given | {"next": "/plan/inbox/"})["Location"] == "/plan/inbox/"
    assert client.post("/accounts/logout/")["Location"] == "/plan/"
    assert client.post("/accounts/login/", given)["Location"].startswith("/plan/")
    assert client.get("/accounts/logout/").status_code == 405


@pytest.mark.breadth
@pytest.mark.django_db
def test_pages_of_people_stay_below(plan):
    person = make_person("ana", "analyst", "reviewer", "evaluator")
    client = Client()
    client.force_login(person)
    for path in (
        "/inbox/", "/accounts/me/", "/accounts/tokens/",
        "/handover/mine/", f"/{plan.slug}/review/", f"/{plan.slug}/data/imports/",
        f"/{plan.slug}/reports/saved/", f"/{plan.slug}/assessments/", "/verify/",
    ):  # fmt: skip
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        assert leading_out(answer.content.decode()) == [], path


@pytest.mark.breadth
@pytest.mark.django_db
def test_a_stored_link_has_no_prefix_and_a_shown_one_has(plan, settings):
    from notices.mail import _message

    settings.SITE_URL = "https://city.example.org"
    person = make_person("ana", "analyst", email="ana@example.org")
    client = Client()
    client.force_login(person)
    client.get(f"/{plan.slug}/")  # the prefix of a request is that of its process from then on
    notify([person], kind=NoticeKind.JOB, key="k", title="一件事", url=f"/plan/{plan.slug}/items/")

    notice = Notice.objects.get()
    assert (notice.url, notice.address) == (f"/{plan.slug}/items/", f"/plan/{plan.slug}/items/")
    answer = client.post(f"/inbox/{notice.pk}/read/", {"open": "1"})
    assert answer["Location"] == f"/plan/{plan.slug}/items/"
    _message(person, [notice], mail.get_connection()).send()
    assert f"https://city.example.org/plan/{plan.slug}/items/" in mail.outbox[0].body
    assert re.findall(r"https://city\.example\.org(?!/plan/)\S*", mail.outbox[0].body) == []


@pytest.mark.breadth
@pytest.mark.django_db
def test_a_file_is_registered_without_the_prefix_and_verified_with_it(plan, client):
    answer = client.get(f"/{plan.slug}/items.csv")
    data = b"".join(answer)

    export = Export.objects.get()
    assert (export.path, export.address) == (f"/{plan.slug}/items.csv", f"/plan/{plan.slug}/items.csv")
    told = client.get(f"/api/v1/verify/{answer['X-SHA256']}/").json()
    assert (told["known"], told["changed"], len(data) > 0) == (True, False, True)
    assert told["export"]["address"].startswith("/plan/")


@pytest.mark.parametrize("path", ["/plans/", "/accounts/login/", "/verify/", "/no-such-page/", "/no-plan/items/"])
@pytest.mark.django_db
def test_no_page_of_no_plan_leads_out(plan, client, path):
    text = client.get(path).content.decode()

    assert leading_out(text) == []
    assert re.findall(r"""(?:href|action)=["']/["']""", text) == []
    assert 'class="brand" href="/plan/"' in text

"""A page kept for readers without an account: the same words, one query, and nobody else's."""

import gzip

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.models import Role
from audit.models import AuditEvent
from audit.services import times_of
from indicators.services import recompute
from plan.models import Plan
from plan.params import today
from tests.factories import make_observation, make_person

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

PAGE = "/sz-sti-14/"


def test_second_request_asks_only_for_the_version(plan, client, django_assert_num_queries):
    first = client.get(PAGE)

    with django_assert_num_queries(1):
        second = client.get(PAGE)

    assert second.content == first.content
    assert second["ETag"] == first["ETag"]
    assert second["Cache-Control"] == "private, no-cache"
    assert {"Accept-Encoding", "Cookie", "Accept-Language"} == set(second["Vary"].split(", "))


def test_it_holds_nothing_of_the_reader(plan, client):
    page = client.get(PAGE)

    assert not page.cookies
    assert b"csrfmiddlewaretoken" not in page.content


def test_compressed_only_where_the_browser_takes_it(plan, client):
    plain = client.get(PAGE)
    packed = client.get(PAGE, headers={"accept-encoding": "br, gzip"})

    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content))


def test_unchanged_page_is_not_sent_again(plan, client):
    etag = client.get(PAGE)["ETag"]

    same = client.get(PAGE, headers={"if-none-match": etag})
    component = plan.items.get(code="I-05").indicator.components.get()
    make_observation(component, 2023, "1600", released="2024-03-01")
    recompute(plan, as_of=today(), cause="test")
    changed = client.get(PAGE, headers={"if-none-match": etag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert changed.status_code == 200
    assert "1,600" in changed.content.decode()


def test_people_with_an_account_get_a_page_of_their_own(plan, client):
    client.get(PAGE)
    signed_in = Client()
    person = make_person(Role.ANALYST)
    signed_in.force_login(person)

    page = signed_in.get(PAGE)
    stranger = client.get(PAGE)

    assert "ETag" not in page
    assert str(person) in page.content.decode()
    assert str(person) not in stranger.content.decode()


@pytest.mark.breadth
def test_languages_sizes_days_and_addresses_are_kept_apart(plan, client):
    chinese = client.get(PAGE).content.decode()
    english = client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    past = client.get(f"{PAGE}?as_of=2023-06-30").content.decode()
    client.cookies["text_size"] = "large"
    large = client.get(PAGE).content.decode()

    assert '<html lang="zh-CN">' in chinese
    assert '<html lang="en">' in english
    assert "banner past" in past
    assert "banner past" not in chinese
    assert '<html lang="zh-CN" class="text-large">' in large


def test_a_demo_gets_its_banner_at_once(plan, client):
    client.get(PAGE)
    Plan.objects.filter(pk=plan.pk).update(is_demo=True)

    assert "演示数据" in client.get(PAGE).content.decode()


def test_unknown_parameters_are_refused_and_nothing_of_them_kept(plan, client):
    before = len(cache._cache)
    page = client.get(f"{PAGE}?utm=1")

    assert page.status_code == 400
    assert "utm" in page.content.decode()
    assert "ETag" not in page
    assert len(cache._cache) == before


def test_closed_site_gives_strangers_no_kept_page(plan, client, settings):
    client.get(PAGE)
    settings.PUBLIC_READ = False

    assert client.get(PAGE).url == "/accounts/login/?next=/sz-sti-14/"


def test_unknown_plan_and_refused_day_are_not_kept(plan, client):
    assert client.get("/no-such-plan/").status_code == 404
    assert client.get(f"{PAGE}?as_of=2023-13-01").status_code == 400
    assert client.get("/no-such-plan/").status_code == 404


def test_ended_session_reads_as_a_stranger(plan, client):
    client.cookies[settings.SESSION_COOKIE_NAME] = "gone"

    page = client.get(PAGE)

    assert page.status_code == 200
    assert "/accounts/login/?next=/sz-sti-14/" in page.content.decode()


@pytest.mark.parametrize(
    ("address", "form"), [("/i18n/language/", {"language": "en"}), ("/i18n/text-size/", {"size": "large"})]
)
def test_a_preference_needs_no_token(db, address, form):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(address, form | {"next": "https://example.org/"})

    assert (answer.status_code, answer.url) == (302, "/")
    assert len(answer.cookies) == 1


def test_an_indicator_is_kept_too_but_its_files_and_trials_are_not(plan, client, django_assert_num_queries):
    page = client.get(f"{PAGE}indicators/I-01/")

    with django_assert_num_queries(1):
        assert client.get(f"{PAGE}indicators/I-01/").content == page.content
    for address in ("indicators/I-01.csv", "indicators/I-01/?what_if=I-01&year=2025&value=6"):
        # A file has the tag of its own bytes, and is made anew.
        assert not client.get(f"{PAGE}{address}").get("ETag", "").startswith("W/")
    # A stranger's second copy within the hour is counted beside the first one's row.
    (taken,) = AuditEvent.objects.filter(action__startswith="export")
    client.get(f"{PAGE}indicators/I-01.csv")
    assert times_of([taken])[taken.pk][0] == 2


@pytest.mark.breadth
@pytest.mark.parametrize("query", ["&&", "as_of=2023-06-30&", "as_of=2023-06-30&as_of=2023-06-30", "since="])
def test_one_page_is_not_kept_under_many_spellings(plan, client, query):
    assert "ETag" not in client.get(f"{PAGE}?{query}")
    assert "ETag" in client.get(f"{PAGE}?as_of=2023-06-30")


def test_who_asks_for_the_head_alone_learns_the_same(plan, client):
    assert client.head(PAGE)["ETag"] == client.get(PAGE)["ETag"]


def test_the_annotated_text_is_kept_and_a_search_in_it_is_not(plan, client, django_assert_num_queries):
    first = client.get(f"{PAGE}text/")

    with django_assert_num_queries(1):
        assert client.get(f"{PAGE}text/").content == first.content
    assert client.get(f"{PAGE}text/?words=创新").content != first.content


def test_the_annotated_text_is_made_once_for_those_who_have_signed_in_as_well(plan, client, monkeypatch):
    client.force_login(make_person(Role.ANALYST))
    first = client.get(f"{PAGE}text/").content.split(b"<main")[1].split(b"<footer")[0]
    monkeypatch.setattr("plan.views_text._body", None)

    again = client.get(f"{PAGE}text/").content.split(b"<main")[1].split(b"<footer")[0]

    assert b'class="tracked' in first
    assert again == first

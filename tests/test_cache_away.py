"""The shared cache gone, silent or forgetful: every page is answered, limits still count, /readyz says which."""

import os
import shutil
import socket

import pytest
from django.core.cache import cache, caches
from django.test import Client

from jobs import services
from plan import page_cache
from shenzhen_plan import sturdy_cache
from shenzhen_plan.environment import Environment
from shenzhen_plan.sturdy_cache import SturdyCache
from tests.jobs import processes

PAGES = ["/", "/sz-sti-14/", "/sz-sti-14/?as_of=2023-06-30", "/sz-sti-14/indicators/I-01/", "/sz-sti-14/items/"]
ASKED = {
    "base_year": 2020, "base_value": "5.46", "target_year": 2025,
    "target": {"type": "point", "value": "6", "direction": "up"}, "observations": [],
}  # fmt: skip


def shared_at(settings, url):
    """What the settings make of CACHE_URL."""
    given = Environment.cache_url_config(url)
    given["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": None}
    settings.CACHES = {
        "default": {"BACKEND": "shenzhen_plan.sturdy_cache.SturdyCache"},
        "shared": given,
        "stand_in": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "stand-in"},
    }
    SturdyCache.quiet_until = 0.0
    caches["stand_in"].clear()


@pytest.fixture
def nobody_there(settings):
    shared_at(settings, f"rediscache://127.0.0.1:{processes.free_port()}/0")


@pytest.fixture
def silent(settings):
    """Somebody takes the connection and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        shared_at(settings, f"rediscache://127.0.0.1:{server.getsockname()[1]}/0")
        yield


@pytest.fixture
def redis(tmp_path):
    if not shutil.which("redis-server") and not os.environ.get("CI"):
        pytest.skip("needs redis-server")
    server = processes.Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.mark.breadth
@pytest.mark.parametrize("way", ["nobody_there", "silent"])
def test_every_page_is_answered_and_one_waits_for_the_cache(plan, way, request, monkeypatch, caplog):
    request.getfixturevalue(way)
    monkeypatch.setattr(sturdy_cache, "PAUSE", 600.0)
    monkeypatch.setattr(SturdyCache, "quiet_until", 0.0)  # as long as this test

    answers = [Client().get(address, follow=True).status_code for address in PAGES]
    calculated = Client().post("/api/v1/assess/", ASKED, content_type="application/json").status_code

    assert (answers, calculated) == ([200] * len(PAGES), 200)
    assert caplog.text.count("the cache does not answer") == 1


def test_a_page_is_still_kept_in_memory(plan, nobody_there, django_assert_num_queries):
    first = Client().get("/sz-sti-14/")

    with django_assert_num_queries(1):
        second = Client().get("/sz-sti-14/")

    assert first.content == second.content


def test_limits_still_count(db, nobody_there, settings, monkeypatch):
    from rest_framework.throttling import ScopedRateThrottle

    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"verify": "3/min", "assess": "600/min"})

    answers = [Client().get(f"/api/v1/verify/{'0' * 64}/").status_code for _ in range(5)]

    assert answers == [404, 404, 404, 429, 429]


def test_ready_names_the_cache_and_recovers_by_itself(plan, redis, settings):
    services.sweep()
    shared_at(settings, f"rediscache://127.0.0.1:{redis.port}/0")
    before = Client().get("/readyz").json()
    cache.set("kept", "in redis")
    redis.stop()
    pages = [Client().get(address, follow=True).status_code for address in PAGES]
    during = Client().get("/readyz").json()
    redis.start()
    SturdyCache.quiet_until = 0.0
    after = Client().get("/readyz").json()

    assert before["wrong"] == after["wrong"] == []
    assert pages == [200] * len(PAGES)
    assert during["wrong"] == ["cache"]
    assert "unreachable" in during["checks"]["cache"]
    assert cache.get("kept") is None


def test_a_cache_that_was_never_installed_is_no_outage(settings):
    """A wrong module is a mistake of the installation, which must show at once."""
    shared_at(settings, "rediscache://127.0.0.1:1/0")
    settings.CACHES = settings.CACHES | {"shared": {"BACKEND": "no.such.Cache"}}

    with pytest.raises(Exception, match=r"no\.such\.Cache"):
        cache.get("anything")


def test_days_that_strangers_think_of_share_their_places(plan, redis, settings):
    """Four hundred days of a page: without a bound 400 pages stay; here at most PLACES, and none is mixed up."""
    shared_at(settings, f"rediscache://127.0.0.1:{redis.port}/0")
    keys = [page_cache.Key("page", "a", f"{number * 7919:064x}"[::-1], is_usual=False) for number in range(400)]
    for number, key in enumerate(keys):
        page_cache.keep(key, number)
    kept = [page_cache.recall(key) for key in keys]

    assert 0 < len([value for value in kept if value is not None]) <= page_cache.PLACES
    assert [value for number, value in enumerate(kept) if value not in (None, number)] == []


@pytest.mark.parametrize(
    ("query", "host", "is_usual"),
    [
        ("", "testserver", True),
        ("", "plan.example.org", True),
        ("", "testserver:4711", False),
        ("", "any.wild.example", False),
        ("as_of=2023-06-30", "testserver", False),
        ("since=2023-06-30", "testserver", False),
    ],
)
def test_only_the_pages_of_today_have_a_place_of_their_own(rf, settings, query, host, is_usual):
    settings.ALLOWED_HOSTS = ["testserver", "plan.example.org", ".wild.example"]
    request = rf.get(f"/sz-sti-14/?{query}" if query else "/sz-sti-14/", headers={"host": host})

    assert page_cache.key_of(request, "page", "anything", 1).is_usual is is_usual


def test_a_page_in_its_new_state_takes_the_place_of_the_old(rf):
    """Else every write leaves each page behind once more, until the memory of the process is full of them."""
    request = rf.get("/sz-sti-14/")
    before, after = (page_cache.key_of(request, "page", "/sz-sti-14/", version) for version in (1, 2))
    page_cache.keep(before, "before")
    page_cache.keep(after, "after")

    assert before.place == after.place
    assert (page_cache.recall(before), page_cache.recall(after)) == (None, "after")
    assert page_cache.key_of(request, "page", "/sz-sti-14/items/", 2).place != after.place

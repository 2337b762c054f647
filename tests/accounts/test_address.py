"""The visitor's address: one answer for the log, lock-outs and limits, and no header that changes it."""

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.throttling import BaseThrottle

from accounts import throttles
from accounts.policy import proxies_are_named
from audit.address import counted_address, visitor_address
from audit.models import AuditEvent
from tests.accounts.proxy import OWNER, PROXY, STRANGER, Visitor, site_behind_nginx
from tests.factories import make_person

LOGIN, WORD = "/accounts/login/", "right-Horse-7"
NEAR, FAR = "10.0.0.5", "203.0.113.9"
BODY = {"base_year": 2020, "base_value": "1", "target_year": 2025,
        "target": {"type": "point", "direction": "up", "value": "2"}, "observations": []}  # fmt: skip


def request(peer, forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        ([], FAR, "1.2.3.4", FAR),
        (["10.0.0.0/8"], FAR, "1.2.3.4", FAR),
        (["10.0.0.0/8"], NEAR, FAR, FAR),
        (["10.0.0.0/8"], NEAR, f"1.2.3.4, {FAR}", FAR),
        (["10.0.0.0/8"], NEAR, f"1.2.3.4, {FAR}, 10.9.9.9", FAR),
        (["10.0.0.0/8"], NEAR, f"10.1.1.1, {FAR}", FAR),
        (["10.0.0.0/8"], NEAR, f"nonsense, {FAR}", FAR),
        (["10.0.0.0/8"], NEAR, f"{FAR}, unknown", NEAR),
        (["10.0.0.0/8"], NEAR, f"{FAR}, ", NEAR),
        (["10.0.0.0/8"], NEAR, "10.2.2.2", "10.2.2.2"),
        (["10.0.0.0/8"], NEAR, None, NEAR),
        (["10.0.0.0/8"], NEAR, f"{FAR}:5123", FAR),
        (["10.0.0.0/8"], NEAR, "[2001:db8::7]:443", "2001:db8::7"),
        (["10.0.0.0/8"], "::ffff:10.0.0.5", f"::ffff:{FAR}", FAR),
        (["10.0.0.5"], NEAR, "1.2.3.4," * 500 + FAR, FAR),
        (["10.0.0.5"], NEAR, "10.0.0.5," * 5000, NEAR),
        (["unix"], "", FAR, FAR),
        ([], "", FAR, ""),
        (["fd00::/8"], "fd00::1", "2001:db8::9", "2001:db8::9"),
    ],
)
def test_only_what_trusted_proxies_wrote_counts(settings, trusted, peer, forwarded, address):
    settings.TRUSTED_PROXIES = trusted

    assert visitor_address(request(peer, forwarded)) == address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        (FAR, FAR),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", None),
        ("nonsense", None),
    ],
)
def test_limits_count_an_ipv6_network_as_one(address, counted):
    assert counted_address(request(address)) == counted


def test_every_throttle_of_the_product_goes_by_that_address():
    kinds = {
        kind for kind in vars(throttles).values() if isinstance(kind, type) and issubclass(kind, BaseThrottle)
    }
    plain = request(FAR)
    forged = request(FAR, "1.2.3.4")

    assert throttles.ScopeThrottle().get_ident(forged) == throttles.ScopeThrottle().get_ident(plain) == FAR
    assert BaseThrottle().get_ident(forged) == FAR
    assert throttles.ScopeThrottle in kinds


@pytest.mark.parametrize(
    ("words", "number"), [([], 0), (["10.0.0.0/8", "unix"], 0), (["10.0.0"], 1), (["nginx"], 1)]
)
def test_a_misspelt_proxy_is_found_before_start(settings, words, number):
    settings.TRUSTED_PROXIES = words

    assert len(proxies_are_named(None)) == number


@pytest.mark.slow
def test_only_a_trusted_proxy_says_that_a_request_came_by_https(settings, db):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    headers = {"x-forwarded-proto": "https"}

    believed = Client(REMOTE_ADDR=NEAR).get("/accounts/login/", headers=headers)
    forged = Client(REMOTE_ADDR=FAR).get("/accounts/login/", headers=headers)

    assert (believed.status_code, forged.status_code) == (200, 301)


def sign_in(name, password, address=FAR, **headers):
    return Client(REMOTE_ADDR=address, headers=headers).post(LOGIN, {"username": name, "password": password})


@pytest.mark.breadth
def test_one_address_trying_many_names_is_slowed_down_and_others_are_not(db, settings):
    settings.LOGIN_ADDRESS_LIMIT = 6
    make_person("ana")
    codes = [
        sign_in(f"name{number}", "x", **{"x-forwarded-for": f"1.1.1.{number}"}).status_code for number in range(20)
    ]

    slowed = sign_in("ana", WORD)

    assert codes[:6] == [200] * 6
    assert set(codes[6:]) == {429}
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) >= 1
    assert "每次登录之间须等一会儿" in slowed.content.decode()
    assert sign_in("ana", WORD, OWNER).status_code == 302
    last = AuditEvent.objects.filter(action="login.locked").first()
    assert (last.address, last.after["reason"]) == (FAR, "slowed")


def test_a_slowed_address_may_try_again_after_its_pause(db, settings):
    settings.LOGIN_ADDRESS_LIMIT = 3
    make_person("ana")
    for number in range(3):
        sign_in(f"name{number}", "x")
    assert sign_in("ana", WORD).status_code == 429

    AccessAttempt.objects.update(attempt_time=timezone.now() - timezone.timedelta(seconds=6))

    assert sign_in("ana", WORD).status_code == 302


def test_neighbours_of_one_ipv6_network_count_together(db, settings):
    settings.LOGIN_ADDRESS_LIMIT = 4
    for number in range(4):
        sign_in(f"name{number}", "x", f"2001:db8:1:2::{number + 1}")

    assert sign_in("another", "x", "2001:db8:1:2::99").status_code == 429
    assert sign_in("another", "x", "2001:db8:1:3::1").status_code == 200
    assert AuditEvent.objects.filter(address="2001:db8:1:2::1").exists()


@pytest.mark.breadth
@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_behind_a_real_proxy_each_visitor_has_an_address_of_his_own(tmp_path, settings):
    """Steps of the attack: a stranger's wrong guesses, forged headers, the owner from elsewhere."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the server's own
    make_person("ana", "analyst")
    with site_behind_nginx(tmp_path, ASSESS_RATE="5/min") as (port, upstream):
        stranger, owner = Visitor(port, STRANGER, **{"X-Forwarded-For": OWNER}), Visitor(port, OWNER)
        guesses = [stranger.sign_in("ana", "wrong") for _guess in range(6)]
        right = owner.sign_in("ana", WORD)
        direct = Visitor(upstream, STRANGER, **{"X-Forwarded-For": OWNER}).sign_in("nobody", "x")
        asked = []
        for number in range(12):
            forged = Visitor(port, STRANGER, **{"X-Forwarded-For": f"8.8.8.{number}"})
            asked.append(_assess(forged))
        other = _assess(owner)

    assert guesses == [200] * 4 + [429] * 2
    assert right == 302
    assert direct == 200
    rows = list(
        AuditEvent.objects.filter(action__startswith="login").order_by("id").values_list("actor_name", "address")
    )
    assert rows == [("ana", STRANGER)] * 6 + [("ana", OWNER), ("nobody", STRANGER)]
    assert not AuditEvent.objects.filter(address=PROXY).exists()
    assert asked == [200] * 5 + [429] * 7
    assert other == 200


def _assess(visitor):
    import http.client
    import json

    line = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=30, source_address=(visitor.address, 0))
    line.request(
        "POST", "/api/v1/assess/", json.dumps(BODY), visitor.headers | {"Content-Type": "application/json"}
    )
    status = line.getresponse().status
    line.close()
    return status

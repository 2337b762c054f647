"""Sign-in with an OpenID Connect provider, against a small real one."""

import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.conf import settings as project
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from tests.accounts import provider_urls  # read before any test pretends that a provider is configured
from tests.accounts.provider import CLIENT, FOREIGN_KEY, SECRET, Provider
from tests.factories import make_person

assert provider_urls
pytestmark = pytest.mark.django_db
ME = "/accounts/me/"


@pytest.fixture
def provider(settings):
    with Provider() as running:
        settings.ROOT_URLCONF = "tests.accounts.provider_urls"
        settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "accounts.oidc.ProviderBackend"]
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{running.address}/authorize"
        settings.OIDC_OP_TOKEN_ENDPOINT = f"{running.address}/token"
        settings.OIDC_OP_USER_ENDPOINT = f"{running.address}/userinfo"
        settings.OIDC_OP_JWKS_ENDPOINT = f"{running.address}/jwks"
        settings.OIDC_OP_ISSUER = running.address
        settings.OIDC_RP_SIGN_ALGO = "RS256"
        settings.OIDC_RP_SCOPES = "openid profile email"
        settings.OIDC_USERNAME_CLAIM = "preferred_username"
        settings.OIDC_CREATE_USER = False
        settings.OIDC_USE_PKCE = True
        settings.OIDC_TIMEOUT = 5
        yield running


def travel(client, to="/sz-sti-14/items/"):
    """The whole way: to the provider, and back with its code."""
    away = client.get("/oidc/authenticate/", {"next": to})
    back = requests.get(away.url, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(f"{urlsplit(back).path}?{urlsplit(back).query}")


def last():
    return AuditEvent.objects.order_by("-id").first()


def test_known_person_signs_in_and_goes_where_he_was_going(provider, client):
    person = make_person("ana", "analyst")

    response = travel(client)

    assert (response.status_code, response.url) == (302, "/sz-sti-14/items/")
    assert client.get(ME).context["user"] == person
    assert (last().action, last().actor, last().after) == ("login", person, {"method": "oidc"})


def test_login_page_offers_the_provider(provider, client):
    html = client.get("/accounts/login/?next=/x/").content.decode()

    assert 'href="/oidc/authenticate/?next=/x/"' in html


def test_the_request_asks_for_a_code_with_state_nonce_and_pkce(provider, client):
    asked = parse_qs(urlsplit(client.get("/oidc/authenticate/").url).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)


def test_strangers_are_refused_and_no_account_is_made(provider, client):
    response = travel(client)

    assert response.status_code == 403
    assert "“ana”，但本系统没有可用的同名账号" in response.content.decode()
    assert not User.objects.exists()
    assert (last().action, last().actor_name, last().outcome) == ("login.failed", "ana", "failed")
    assert client.get(ME).status_code == 302


def test_strangers_may_look_where_the_setting_says_so(provider, client, settings):
    settings.OIDC_CREATE_USER = True
    provider.claims |= {"name": "安娜", "email": "ana@sz.gov.cn"}

    response = travel(client)

    person = User.objects.get()
    assert response.status_code == 302
    assert (person.username, person.name, person.email, person.roles) == (
        "ana",
        "安娜",
        "ana@sz.gov.cn",
        {"viewer"},
    )
    assert not person.has_usable_password()
    assert [event.action for event in AuditEvent.objects.order_by("id")][-2:] == ["account.created", "login"]
    assert client.get(ME).status_code == 200


def test_claims_that_make_no_account_are_refused(provider, client, settings):
    settings.OIDC_CREATE_USER = True
    provider.claims["preferred_username"] = "a b"

    assert travel(client).status_code == 403
    assert not User.objects.exists()


def test_a_disabled_account_stays_out_and_no_second_one_is_made(provider, client, settings):
    settings.OIDC_CREATE_USER = True
    make_person("ana", is_active=False)

    assert travel(client).status_code == 403
    assert User.objects.count() == 1


def test_old_or_one_time_passwords_do_not_concern_who_uses_none(provider, client):
    make_person("ana", must_change_password=True)
    travel(client)

    assert client.get(ME).status_code == 200


def test_the_second_factor_of_a_role_is_asked_for_here_too(provider, client, settings):
    settings.TOTP_ROLES = ["analyst"]
    make_person("ana", "analyst")
    travel(client)

    assert client.get(ME).url.startswith("/accounts/second-factor/")


@pytest.mark.parametrize(
    "fault",
    [
        {"key": FOREIGN_KEY},
        {"token": {"aud": "another-client"}},
        {"token": {"iss": "https://evil.example"}},
        {"token": {"nonce": "another"}},
        {"token": {"exp": 1}},
        {"token": {"sub": "8"}},
        {"claims": {"sub": "7"}},
        {"claims": {"sub": "7", "preferred_username": ""}},
        {"claims": {"sub": "7", "preferred_username": ["ana"]}},
        {"broken": True},
    ],
    ids=str,
)
def test_whatever_is_wrong_with_the_answer_nobody_gets_in(provider, client, fault):
    make_person("ana", "analyst")
    for name, value in fault.items():
        setattr(provider, name, value)

    response = travel(client)

    assert response.status_code in (403, 503)
    assert client.get(ME).status_code == 302
    assert (last().action, last().outcome, last().after["method"]) == ("login.failed", "failed", "oidc")


@pytest.mark.parametrize("query", ["", "code=code-1", "code=code-1&state=invented", "error=access_denied&state=x"])
def test_a_callback_nobody_asked_for_is_refused(provider, client, query):
    make_person("ana")

    assert client.get(f"/oidc/callback/?{query}").status_code == 403


def test_a_code_of_another_browser_is_refused(provider, client):
    make_person("ana")
    away = client.get("/oidc/authenticate/")
    back = urlsplit(requests.get(away.url, allow_redirects=False, timeout=5).headers["Location"])
    stranger = Client()
    stranger.get("/oidc/authenticate/")

    assert stranger.get(f"{back.path}?{back.query}").status_code == 403


def test_a_provider_that_is_away_is_said_plainly(provider, client, settings):
    make_person("ana")
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:9/token"

    response = travel(client)

    assert response.status_code == 503
    assert "统一身份认证暂时没有回应" in response.content.decode()


def test_failures_at_the_provider_lock_nobody_out(provider, client):
    make_person("ana", "analyst")
    provider.token = {"aud": "another-client"}
    for _attempt in range(7):
        travel(client)
    provider.token = {}

    assert travel(client).status_code == 302


def run(**environment):
    code = (
        "import django; django.setup(); from shenzhen_plan.access import view_names;"
        "from django.core.management import call_command;"
        "call_command('check', deploy=True, fail_level='WARNING');"
        "print([name for name in view_names() if name.startswith('oidc')])"
    )
    secret = "".join(chr(33 + (7 * number) % 90) for number in range(60))
    given = {"DEBUG": "0", "SECRET_KEY": secret, "ALLOWED_HOSTS": "plan.example.org", "HTTPS": "1"}
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    given |= {"DJANGO_SETTINGS_MODULE": "shenzhen_plan.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=project.BASE_DIR, env=inherited | given | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_addresses_exist_only_where_a_client_is_configured():
    endpoints = {f"OIDC_OP_{name}_ENDPOINT": "https://id.example.org/x" for name in (
        "AUTHORIZATION", "TOKEN", "USER", "JWKS")}  # fmt: skip

    without = run()
    with_client = run(OIDC_RP_CLIENT_ID="plan", OIDC_RP_CLIENT_SECRET="s", **endpoints)
    half = run(OIDC_RP_CLIENT_ID="plan")

    assert without.stdout.splitlines()[-1:] == ["[]"], without.stderr
    assert with_client.stdout.splitlines()[-1:] == [
        "['oidc_authentication_init', 'oidc_authentication_callback']"
    ], with_client.stderr
    assert "OIDC_RP_CLIENT_SECRET" in half.stderr

"""Sign-in with an OpenID Connect provider, against a small real one."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client

from accounts.models import ProviderIdentity, User
from audit.models import AuditEvent
from notices.models import Notice
from tests.accounts import provider_urls  # read before any test pretends that a provider is configured
from tests.accounts.provider import CLIENT, FOREIGN_KEY, SECRET, Provider
from tests.factories import make_person
from tests.jobs.processes import free_port, wait_until

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
        settings.OIDC_ADMINISTRATORS = False
        settings.OIDC_USE_PKCE = True
        settings.OIDC_TIMEOUT = 5
        yield running


def travel(client, to="/sz-sti-14/items/"):
    """The whole way: to the provider, and back with its code."""
    away = client.get("/oidc/authenticate/", {"next": to})
    back = requests.get(away.url, allow_redirects=False, timeout=30).headers["Location"]
    return client.get(f"{urlsplit(back).path}?{urlsplit(back).query}")


def last():
    return AuditEvent.objects.order_by("-id").first()


def test_known_person_signs_in_and_goes_where_he_was_going(provider, client):
    person = make_person("ana", "analyst")

    response = travel(client)

    assert (response.status_code, response.url) == (302, "/sz-sti-14/items/")
    assert client.get(ME).context["user"] == person
    assert (last().action, last().actor, last().after) == ("login", person, {"method": "oidc"})


def test_signing_out_ends_the_session_at_the_provider_too(provider, client, settings):
    settings.OIDC_OP_LOGOUT_ENDPOINT = f"{provider.address}/session/end"
    person = make_person("ana", "analyst")
    travel(client)

    away = client.post("/accounts/logout/")

    asked = f"client_id={CLIENT}&post_logout_redirect_uri=http%3A%2F%2Ftestserver%2F"
    assert away.url == f"{provider.address}/session/end?{asked}"
    client.force_login(person, "accounts.backends.AccountBackend")
    assert client.post("/accounts/logout/").url == "/"


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
    assert [event.action for event in AuditEvent.objects.order_by("id")][-3:] == [
        "account.created",
        "identity.bound",
        "login",
    ]
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


def test_the_first_sign_in_binds_the_account_to_issuer_and_subject(provider, client):
    person = make_person("ana", "analyst")

    travel(client)
    travel(Client())

    identity = ProviderIdentity.objects.get()
    assert (identity.user, identity.issuer, identity.subject) == (person, provider.address, "7")
    bound = AuditEvent.objects.get(action="identity.bound")
    assert (bound.actor, bound.after) == (person, {"issuer": provider.address, "subject": "7"})


def test_another_subject_of_the_same_name_is_refused_and_logged(provider, client):
    """The provider gave the name of somebody who left to somebody who came."""
    make_person("ana", "analyst")
    travel(client)
    provider.claims["sub"] = "8"
    stranger = Client()

    response = travel(stranger)

    assert response.status_code == 403
    assert "已绑定统一身份认证中的另一身份" in response.content.decode()
    assert stranger.get(ME).status_code == 302
    assert (last().action, last().actor_name, last().outcome) == ("login.failed", "ana", "failed")
    assert last().after == {"method": "oidc", "reason": "the account is bound to another subject"}
    assert ProviderIdentity.objects.get().subject == "7"


def test_the_same_subject_of_another_issuer_is_another_person(provider, client, settings):
    person = make_person("ana", "analyst")
    ProviderIdentity.objects.create(user=person, issuer="https://former.example.org", subject="7")

    assert travel(client).status_code == 403
    assert client.get(ME).status_code == 302


def test_a_bound_person_keeps_his_account_under_another_name(provider, client):
    person = make_person("ana", "analyst")
    other = make_person("bo", "reviewer")
    travel(client)
    provider.claims["preferred_username"] = "bo"
    again = Client()

    assert travel(again).status_code == 302
    assert again.get(ME).context["user"] == person
    assert not ProviderIdentity.objects.filter(user=other).exists()


def test_an_account_made_at_the_first_sign_in_is_bound_at_once(provider, client, settings):
    settings.OIDC_CREATE_USER = True
    travel(client)
    provider.claims["sub"] = "8"

    assert travel(Client()).status_code == 403
    assert (User.objects.count(), ProviderIdentity.objects.get().subject) == (1, "7")


def test_a_disabled_account_is_not_bound(provider, client):
    make_person("ana", is_active=False)

    assert travel(client).status_code == 403
    assert not ProviderIdentity.objects.exists()


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_come_in_by_the_provider_only_where_the_setting_says_so(provider, client, settings, role):
    person = make_person("ana", role)

    refused = travel(client)

    assert (refused.status_code, client.get(ME).status_code) == (403, 302)
    assert "管理员不经统一身份认证登录" in refused.content.decode()
    assert last().after["reason"] == "administrators sign in with a password (OIDC_ADMINISTRATORS)"
    assert not ProviderIdentity.objects.exists()

    settings.OIDC_ADMINISTRATORS = True
    assert travel(client).status_code == 302
    assert client.get(ME).context["user"] == person


def test_a_binding_is_released_by_the_system_administrator_and_the_person_told(provider, client):
    person = make_person("ana", "analyst", email="ana@sz.gov.cn")
    travel(Client())
    admin = Client()
    admin.force_login(make_person("sys", "system_admin"))

    page = admin.get(f"/accounts/people/{person.pk}/").content.decode()
    admin.post(f"/accounts/people/{person.pk}/identity/release/")

    assert "解除绑定" in page
    assert provider.address in page
    assert not ProviderIdentity.objects.exists()
    assert last().action == "identity.released"
    assert last().before == {"issuer": provider.address, "subject": "7"}
    assert Notice.objects.get(person=person).title == "您的账号与统一身份的绑定已解除"
    provider.claims["sub"] = "8"
    assert travel(client).status_code == 302


def test_an_administrators_binding_is_released_on_the_console_alone(client):
    person = make_person("aud", "audit_admin")
    ProviderIdentity.objects.create(user=person, issuer="https://id.example.org", subject="7")
    client.force_login(make_person("sys", "system_admin"))

    assert client.post(f"/accounts/people/{person.pk}/identity/release/").status_code == 403
    assert ProviderIdentity.objects.exists()

    call_command("break_glass", "aud", "--identity", reason="new subject at the provider")
    assert not ProviderIdentity.objects.exists()


@pytest.mark.breadth
def test_with_a_provider_of_other_hands(provider, client, settings):
    """oidc-provider-mock (Flask, Authlib): discovery, a form to sign in with, keys and signatures of its own."""
    person = make_person("ana", "analyst")
    with of_other_hands({"sub": "f3a9", "preferred_username": "ana", "name": "安娜"}) as about:
        settings.OIDC_OP_ISSUER = about["issuer"]
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT = about["authorization_endpoint"]
        settings.OIDC_OP_TOKEN_ENDPOINT = about["token_endpoint"]
        settings.OIDC_OP_USER_ENDPOINT = about["userinfo_endpoint"]
        settings.OIDC_OP_JWKS_ENDPOINT = about["jwks_uri"]
        settings.OIDC_VERIFY_KID = False  # its only key has no name
        arrived = [through_the_form(client, "f3a9"), through_the_form(Client(), "another")]
        settings.OIDC_OP_ISSUER = "http://localhost:1"
        refused = through_the_form(Client(), "f3a9")

    assert [response.status_code for response in arrived] == [302, 403]
    assert client.get(ME).context["user"] == person
    identity = ProviderIdentity.objects.get()
    assert (identity.user, identity.issuer, identity.subject) == (person, about["issuer"], "f3a9")
    assert refused.status_code == 403
    assert "another issuer" in last().after["reason"]


@contextmanager
def of_other_hands(claims):
    """The provider in a process of its own, and what it says of itself."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "--user-claims", json.dumps(claims)]
    about = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield wait_until(lambda: answer_of(about), seconds=30, what="the provider answers")
    finally:
        server.terminate()
        server.wait(10)


def answer_of(address):
    try:
        return requests.get(address, timeout=30).json()
    except requests.ConnectionError:  # not yet
        return None


def through_the_form(client, subject):
    away = client.get("/oidc/authenticate/")
    sent = requests.post(away.url, data={"sub": subject}, allow_redirects=False, timeout=30)
    back = urlsplit(sent.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


@pytest.mark.parametrize(
    "fault",
    [
        {"key": FOREIGN_KEY},
        {"token": {"aud": "another-client"}},
        {"token": {"iss": "https://evil.example"}},
        {"token": {"nonce": "another"}},
        {"token": {"exp": 1}},
        {"token": {"iss": None}},
        {"token": {"sub": "8"}},
        {"claims": {"sub": "7"}},
        {"claims": {"sub": "7", "preferred_username": ""}},
        {"claims": {"sub": "7", "preferred_username": ["ana"]}},
        {"claims": {"sub": " 7", "preferred_username": "ana"}},
        {"claims": {"sub": "", "preferred_username": "ana"}},
        {"claims": {"sub": "7" * 256, "preferred_username": "ana"}},
        {"broken": True},
    ],
    ids=lambda fault: "a foreign key" if "key" in fault else str(fault),
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
    back = urlsplit(requests.get(away.url, allow_redirects=False, timeout=30).headers["Location"])
    stranger = Client()
    stranger.get("/oidc/authenticate/")

    assert stranger.get(f"{back.path}?{back.query}").status_code == 403


def test_a_provider_that_is_away_is_said_plainly(provider, client, settings):
    make_person("ana")
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:9/token"

    response = travel(client)

    assert response.status_code == 503
    assert "统一身份认证暂时没有回应" in response.content.decode()


@pytest.mark.breadth
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


@pytest.mark.breadth
def test_addresses_exist_only_where_a_client_is_configured():
    endpoints = {f"OIDC_OP_{name}_ENDPOINT": "https://id.example.org/x" for name in (
        "AUTHORIZATION", "TOKEN", "USER", "JWKS")}  # fmt: skip
    endpoints["OIDC_OP_ISSUER"] = "https://id.example.org"

    without = run()
    with_client = run(OIDC_RP_CLIENT_ID="plan", OIDC_RP_CLIENT_SECRET="s", **endpoints)
    half = run(OIDC_RP_CLIENT_ID="plan")
    of_nobody = run(OIDC_RP_CLIENT_ID="plan", OIDC_RP_CLIENT_SECRET="s", **endpoints | {"OIDC_OP_ISSUER": ""})

    assert without.stdout.splitlines()[-1:] == ["[]"], without.stderr
    assert with_client.stdout.splitlines()[-1:] == [
        "['oidc_authentication_init', 'oidc_authentication_callback']"
    ], with_client.stderr
    assert "OIDC_RP_CLIENT_SECRET" in half.stderr
    assert (of_nobody.returncode, "OIDC_OP_ISSUER is not set" in of_nobody.stderr) == (1, True)

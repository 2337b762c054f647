"""API tokens: shown once, read only, within their scope, until they end."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.middleware import AnonymousThrottle, TokenThrottle
from accounts.models import ApiToken
from accounts.tokens import MOST, create_token, digest_of, revoke_token
from audit.models import AuditEvent
from tests.factories import make_component, make_observation, make_person, make_plan

ADDRESS = "/api/v1/test-plan/observations/"
FILE = "/test-plan/observations.csv"


@pytest.fixture
def ana(db):
    plan = make_plan()
    make_observation(make_component(plan), 2021, "110")
    return make_person("ana", "analyst")


def make(by, *, scope="read", days=30, name="取数"):
    return create_token(by=by, name=name, scope=scope, days=days, today=timezone.localdate())


def ask(secret, address=ADDRESS, method="get", **more):
    return getattr(Client(enforce_csrf_checks=True), method)(
        address, headers={"authorization": f"Bearer {secret}"}, **more
    )


def test_a_token_is_kept_as_its_digest_only(ana):
    row, secret = make(ana)

    assert row.digest == digest_of(secret)
    assert secret not in str(ApiToken.objects.values().get())
    assert secret.startswith(row.prefix)
    logged = AuditEvent.objects.get(action="token.created")
    assert secret not in str(logged.after) + logged.object_label


def test_a_closed_site_opens_to_a_token(ana, settings):
    settings.PUBLIC_READ = False
    _row, secret = make(ana)

    assert Client().get(ADDRESS).status_code == 403
    assert ask(secret).json()["count"] == 1


def test_scope_export_is_needed_for_files(ana, settings):
    settings.PUBLIC_READ = False
    reading, exporting = make(ana)[1], make(ana, scope="export")[1]

    assert [ask(secret, FILE).status_code for secret in (reading, exporting)] == [403, 200]
    assert [ask(secret, "/api/v1/observations.csv").status_code for secret in (reading, exporting)] == [403, 200]
    assert AuditEvent.objects.filter(action="export", actor=ana).count() == 2


@pytest.mark.parametrize("address", ["/test-plan/", "/test-plan/data/", "/accounts/tokens/", "/inbox/"])
def test_a_token_opens_no_page(ana, address):
    assert ask(make(ana, scope="export")[1], address).status_code == 403


def test_a_token_reads_nothing_its_holder_may_beyond_reading(db):
    auditor = make_person("audit", "audit_admin")

    assert ask(make(auditor, scope="export")[1], "/audit.csv").status_code == 403


def test_a_token_writes_nothing_but_may_calculate(ana):
    secret = make(ana, scope="export")[1]
    body = {"base_year": 2020, "base_value": "1", "target_year": 2025,
            "target": {"type": "point", "direction": "up", "value": "2"}, "observations": []}  # fmt: skip

    assert ask(secret, FILE, "post").status_code == 403
    assert ask(secret, "/api/v1/assess/", "post", data=body, content_type="application/json").status_code == 200


@pytest.mark.parametrize("secret", ["", "x", "pt_wrong", "pt_" + "a" * 200, "pt_é"])
def test_a_wrong_token_is_refused_even_where_everybody_may_read(ana, secret):
    response = ask(secret)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("given", ["Bearer", "bearer ", "Token {}", "{}", "Basic {}", "Bearer: {}", "token={}"])
def test_a_token_written_wrongly_is_no_stranger(ana, given):
    """An answer for nobody would look like one for its holder."""
    secret = make(ana)[1]
    answer = Client().get("/api/v1/plans/", headers={"authorization": given.format(secret)})

    assert (answer.status_code, answer["WWW-Authenticate"].split()[0]) == (401, "Bearer")
    basic = Client().get("/api/v1/plans/", headers={"authorization": "Basic YW5hOnNlY3JldA=="})
    assert basic.status_code == 200, "of a proxy in front"


def test_a_revoked_an_expired_and_a_closed_account_s_token_are_refused(ana):
    revoked, row = make(ana), None
    expired = make(ana)
    ApiToken.objects.filter(pk=expired[0].pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    row = revoke_token(token_id=revoked[0].pk, by=ana)
    closed = make(ana)[1]
    before = ask(closed).status_code
    type(ana).objects.update(is_active=False)

    assert row.revoked_at is not None
    assert [ask(secret).status_code for secret in (revoked[1], expired[1], closed)] == [401, 401, 401]
    assert before == 200


def test_a_token_lasts_through_its_last_day(ana):
    row, secret = make(ana, days=1)
    ApiToken.objects.filter(pk=row.pk).update(expires_on=timezone.localdate())

    assert ask(secret).status_code == 200


def test_a_session_sent_along_counts_for_nothing(ana):
    client = Client()
    client.force_login(make_person("boss", "system_admin"))

    response = client.get("/accounts/people/", headers={"authorization": f"Bearer {make(ana)[1]}"})

    assert response.status_code == 403


def test_the_last_use_is_written_once_a_minute(ana, django_assert_num_queries):
    row, secret = make(ana)
    ask(secret)
    row.refresh_from_db()
    first = row.last_used_at

    ask(secret)

    row.refresh_from_db()
    assert first is not None
    assert row.last_used_at == first
    with django_assert_num_queries(2):  # the token with its holder, the plan's version
        ask(secret)


def test_each_token_has_its_own_limit(ana, monkeypatch):
    monkeypatch.setattr(TokenThrottle, "rate", "2/min", raising=False)
    one, two = make(ana)[1], make(ana)[1]

    codes = [ask(one).status_code for _ in range(3)]
    refused = ask(one)

    assert codes == [200, 200, 429]
    assert int(refused["Retry-After"]) > 0
    assert ask(two).status_code == 200


def test_visitors_have_a_limit_where_one_is_set(ana, monkeypatch):
    client = Client()
    assert {client.get(ADDRESS).status_code for _ in range(5)} == {200}
    monkeypatch.setattr(AnonymousThrottle, "rate", "1/min", raising=False)
    cache.clear()

    codes = [client.get(ADDRESS).status_code for _ in range(2)]

    assert codes == [200, 429]
    assert client.get("/test-plan/").status_code == 200  # pages are for people


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scope": "write"}, "scope"),
        ({"days": 0}, "days"),
        ({"days": 400}, "days"),
    ],
)
def test_a_wrong_wish_is_refused_by_field(ana, fields, field):
    with pytest.raises(ValidationError) as refused:
        make(ana, **fields)

    assert list(refused.value.message_dict) == [field]


def test_there_is_a_limit_to_live_tokens(ana):
    rows = [make(ana)[0] for _ in range(MOST)]

    with pytest.raises(ValidationError):
        make(ana)
    revoke_token(token_id=rows[0].pk, by=ana)
    assert make(ana)


def test_page_shows_a_new_token_once(ana, client):
    client.force_login(ana)

    made = client.post("/accounts/tokens/", {"name": "脚本", "scope": "export", "days": "90"}).content.decode()
    later = client.get("/accounts/tokens/").content.decode()

    row = ApiToken.objects.get()
    assert f"<code>{row.prefix}" in made
    assert made.count("Authorization: Bearer pt_") == 1
    assert "Bearer" not in later
    assert row.expires_on == timezone.localdate() + timedelta(days=90)


@pytest.mark.parametrize("days", ["", "abc", "-1", "99999999999", "٣"])
def test_page_names_a_wrong_period(ana, client, days):
    client.force_login(ana)

    page = client.post("/accounts/tokens/", {"name": "脚本", "scope": "read", "days": days})

    assert page.status_code == 400
    assert "有效期应为" in page.content.decode()


def test_nobody_revokes_another_s_token(ana, client):
    row, secret = make(ana)
    client.force_login(make_person("bob"))

    assert client.post(f"/accounts/tokens/{row.pk}/revoke/").status_code == 404
    client.force_login(ana)
    client.post(f"/accounts/tokens/{row.pk}/revoke/")
    client.post(f"/accounts/tokens/{row.pk}/revoke/")

    assert ask(secret).status_code == 401
    assert AuditEvent.objects.filter(action="token.revoked").count() == 1

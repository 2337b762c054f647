"""Sessions and tokens: what keeps them alive, how long at most, who ends them, and that they stay ended."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, SignIn, User
from accounts.tokens import create_token
from audit.models import AuditEvent
from shenzhen_plan.access import POLLED, view_names
from tests.factories import make_person

pytestmark = pytest.mark.django_db
LOGIN, ME, SESSIONS, PASSWORD = "/accounts/login/", "/accounts/me/", "/accounts/sessions/", "/accounts/password/"
WORD = "right-Horse-7"


def signed_in(person, **headers):
    client = Client(**headers)
    assert client.post(LOGIN, {"username": person.username, "password": WORD}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get(ME).status_code == 200


def move_session(minutes):
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=minutes))


def expiry():
    return Session.objects.get().expire_date


def test_a_page_that_polls_does_not_keep_its_reader_signed_in(plan):
    client = signed_in(make_person("ana", "analyst"))
    addresses = [reverse("plan:version", args=[plan.slug]), reverse("desk:version", args=[plan.slug])]
    move_session(10)
    before = expiry()

    for address in addresses:
        assert client.get(address).status_code == 200
    client.get("/sz-sti-14/indicators/", headers={"x-automatic": "1"})
    assert expiry() == before
    client.get(ME)

    assert expiry() > timezone.now() + timedelta(minutes=29)


def test_every_polled_address_exists():
    assert set(view_names()) >= POLLED


def test_every_script_that_asks_by_itself_says_so():
    """Whatever a timer fetches is an address of POLLED, or carries the header."""
    asked = {
        "session.js": "X-Automatic",  # accounts:session, when a session seems to be over
        "live.js": "X-Automatic",  # plan:version, desk:version, and the page anew
        "assessments.js": "X-Automatic",  # note_save, as a sign of life
        "import.js": "desk_import:state",
        "assessments-report.js": "assessments:report_state",
        "figure.js": "desk:figure_verdict",
        "wall.js": "wall",
    }
    timed = {
        path.name
        for path in Path(project.BASE_DIR, "static", "js").glob("*.js")
        if re.search(r"set(Timeout|Interval)", text := path.read_text()) and "fetch(" in text
    }

    # These wait for a hand to rest, a chart to settle or an answer to come; nothing is repeated.
    assert timed - {"plotly-setup.js", "site.js", "release.js", "people.js"} == set(asked)
    for name, how in asked.items():
        if how == "X-Automatic":
            assert how in Path(project.BASE_DIR, "static", "js", name).read_text()
        else:
            assert how in POLLED


def test_a_session_ends_after_its_longest_time_however_much_it_is_used(settings):
    settings.LOGIN_MAX_HOURS = 8
    client = signed_in(make_person("ana"))
    session = client.session
    session["began"] = (timezone.now() - timedelta(hours=7, minutes=50)).isoformat()
    session.save()

    assert is_in(client)
    assert expiry() < timezone.now() + timedelta(minutes=11)
    assert client.session.get_expiry_age() <= 10 * 60
    session["began"] = (timezone.now() - timedelta(hours=8, minutes=1)).isoformat()
    session.save()

    assert not is_in(client)


def test_without_a_longest_time_use_alone_counts(settings):
    settings.LOGIN_MAX_HOURS = 0
    client = signed_in(make_person("ana"))
    session = client.session
    session["began"] = (timezone.now() - timedelta(days=30)).isoformat()
    session.save()

    assert is_in(client)


def test_own_sessions_are_listed_and_ended_one_or_all(client):
    person = make_person("ana")
    here, office = signed_in(person, REMOTE_ADDR="10.0.0.1"), signed_in(person, REMOTE_ADDR="10.0.0.2")
    home = signed_in(person, REMOTE_ADDR="10.0.0.3", HTTP_USER_AGENT="Firefox <b>")
    page = here.get(SESSIONS).content.decode()
    line = SignIn.objects.get(address="10.0.0.2")

    assert [address in page for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3", "Firefox &lt;b&gt;")] == [True] * 4
    assert page.count("本次登录") == 1
    here.post(f"{SESSIONS}{line.pk}/end/")
    assert [is_in(one) for one in (here, office, home)] == [True, False, True]
    here.post(f"{SESSIONS}end/")

    assert [is_in(one) for one in (here, office, home)] == [True, False, False]
    assert AuditEvent.objects.filter(action="session.ended", actor=person).count() == 2
    assert SignIn.objects.count() == 1


def test_nobody_ends_anothers_session():
    other = signed_in(make_person("bob"))
    ana = signed_in(make_person("ana"))

    answer = ana.post(f"{SESSIONS}{SignIn.objects.get(user__username='bob').pk}/end/")

    assert (answer.status_code, is_in(other)) == (404, True)


def test_signing_out_and_expiry_take_the_line_away():
    person = make_person("ana")
    first, second = signed_in(person), signed_in(person)
    first.post("/accounts/logout/")
    assert SignIn.objects.count() == 1

    move_session(-1)
    third = signed_in(person)

    assert third.get(SESSIONS).content.decode().count("本次登录") == 1
    assert SignIn.objects.count() == 1
    assert not is_in(second)


@pytest.fixture
def system(db):
    return signed_in(make_person("sys", "system_admin"))


def act(system, person, deed, **sent):
    return system.post(f"/accounts/people/{person.pk}/{deed}/", sent)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (lambda s, p: act(s, p, "active", active="0"), lambda s, p: act(s, p, "active", active="1")),
        (lambda s, p: act(s, p, "sessions/end"), lambda s, p: None),
    ],
    ids=["disabled and enabled", "ended by an administrator"],
)
def test_an_old_cookie_never_works_again(system, there, back):
    person = make_person("ana")
    client = signed_in(person)
    cookie = client.cookies[project.SESSION_COOKIE_NAME].value
    kept = Session.objects.get(session_key=cookie)

    there(system, person)
    back(system, person)

    assert not is_in(client)
    # Nor with the row of the session back in its place, as out of a backup of that table.
    Session(session_key=cookie, session_data=kept.session_data, expire_date=kept.expire_date).save()
    again = Client()
    again.cookies[project.SESSION_COOKIE_NAME] = cookie
    assert not is_in(again)
    assert is_in(signed_in(person))


def test_roles_taken_and_given_back_do_not_revive_a_session(db):
    from accounts import services

    person, security = make_person("ana", "analyst"), make_person("sec", "security_admin")
    client = signed_in(person)
    for roles in (set(), {"analyst"}):
        seen = services.stamp(services.role_values(User.objects.get(pk=person.pk)))
        services.set_roles(person_id=person.pk, roles=roles, seen=seen, by=security)

    assert not is_in(client)


def make_token(person):
    return create_token(by=person, name="取数", scope="read", days=30, today=timezone.localdate())


def reads(secret):
    return Client().get("/api/v1/plans/", headers={"authorization": f"Bearer {secret}"}).status_code


def test_tokens_end_with_a_change_of_password(plan):
    person = make_person("ana")
    client, (_row, secret) = signed_in(person), make_token(person)
    assert reads(secret) == 200

    client.post(PASSWORD, {"old": WORD, "new": "Other-horse-8", "again": "Other-horse-8"})

    assert reads(secret) == 401
    event = AuditEvent.objects.get(action="token.revoked")
    assert (event.actor, event.after) == (person, {"cause": "password", "holder": "ana"})


@pytest.mark.parametrize("deeds", [["password"], ["active"]])
def test_tokens_end_with_a_reset_or_a_closed_account_for_good(plan, system, deeds):
    person = make_person("ana")
    _row, secret = make_token(person)

    for deed in deeds:
        act(system, person, deed, active="0")
    act(system, person, "active", active="1")

    assert reads(secret) == 401
    assert ApiToken.objects.get().revoked_at


def test_an_administrator_sees_and_revokes_tokens_and_sessions(plan, system):
    person = make_person("ana")
    signed_in(person, REMOTE_ADDR="10.9.8.7")
    row, secret = make_token(person)
    page = system.get(f"/accounts/people/{person.pk}/").content.decode()

    assert "10.9.8.7" in page
    assert f"{row.prefix}…" in page
    assert secret not in page
    assert act(system, person, f"tokens/{row.pk}/revoke").status_code == 302
    assert reads(secret) == 401
    assert act(system, make_person("bob"), f"tokens/{row.pk}/revoke").status_code == 404
    assert AuditEvent.objects.get(action="token.revoked").after == {"holder": "ana"}


def test_a_session_line_follows_the_second_step_of_signing_in(db):
    """The key of the session changes with each step; the line goes with it and can still be ended."""
    person = make_person("ana")
    client = signed_in(person)
    client.post(PASSWORD, {"old": WORD, "new": "Other-horse-8", "again": "Other-horse-8"})

    assert SignIn.objects.get().session_key == client.session.session_key
    client.post(f"{SESSIONS}{SignIn.objects.get().pk}/end/")
    assert not is_in(client)

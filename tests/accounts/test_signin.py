"""Signing in, being locked out, falling idle, changing passwords, the one-time code."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.policy import limits_make_sense
from audit.models import AuditEvent
from tests.factories import make_person

pytestmark = pytest.mark.django_db
LOGIN, ME, VERIFY = "/accounts/login/", "/accounts/me/", "/accounts/verify/"
PASSWORD, ENROL = "/accounts/password/", "/accounts/second-factor/"
WORD = "right-Horse-7"


def sign_in(client, username="ana", password=WORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


LOADING = ["load_plan", "load_evidence", "import_observations", "recompute", "rule.in_force"]


def events():
    """The log without the loading of the plan, oldest first."""
    return AuditEvent.objects.exclude(action__in=LOADING).order_by("id")


def logged():
    return list(events().values_list("action", "actor_name", "outcome"))


def code_of(device, step=0):
    """By the clock the device has learnt: a code given just before a new half minute teaches it to be late."""
    device.refresh_from_db()
    return f"{totp(device.bin_key, drift=device.drift + step):06d}"


def with_device(person) -> TOTPDevice:
    return TOTPDevice.objects.create(user=person, name="x", confirmed=True)


def test_right_password_signs_in_leads_on_and_is_logged(client):
    person = make_person("ana", "analyst")

    response = sign_in(client, next="/sz-sti-14/items/")

    assert (response.status_code, response.url) == (302, "/sz-sti-14/items/")
    assert logged() == [("login", "ana", "ok")]
    assert events().get().actor == person
    assert events().get().address == "127.0.0.1"


def test_sign_in_does_not_lead_to_another_site(client):
    make_person("ana")

    assert sign_in(client, next="https://evil.example/").url == "/"


@pytest.mark.parametrize(
    ("username", "password"),
    [("ana", "wrong"), ("nobody", WORD), ("", ""), ("ana", ""), ("a" * 5000, WORD), ("a\0b", "c"), ("off", WORD)],
)
def test_wrong_sign_in_says_the_same_and_is_logged(client, username, password):
    make_person("ana")
    make_person("off", is_active=False)

    response = sign_in(client, username, password)

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert ME not in client.get("/accounts/login/").content.decode()
    assert [(action, outcome) for action, _who, outcome in logged()] == [("login.failed", "failed")]


def test_unknown_wrong_and_disabled_get_one_answer(client):
    make_person("ana")
    make_person("off", is_active=False)

    answers = {
        re.sub(r'value="[^"]*"', "", sign_in(Client(), name, word).content.decode())
        for name, word in (("ana", "x"), ("nobody", "x"), ("off", WORD))
    }

    assert len(answers) == 1


def test_five_failures_lock_the_name_and_the_page_says_until_when(client):
    make_person("ana")
    for _attempt in range(4):
        assert sign_in(client, password="x").status_code == 200

    fifth = sign_in(client, password="x")
    right = sign_in(client)
    other = sign_in(Client(REMOTE_ADDR="10.1.1.1"))

    html = right.content.decode()
    assert (fifth.status_code, right.status_code, other.status_code) == (429, 429, 302)
    assert "连续 5 次输错，这个用户名已锁定 15 分钟。" in html
    assert re.search(r"请在 <strong>\d\d:\d\d:\d\d</strong> 之后再试", html)
    assert 0 < int(right["Retry-After"]) <= 900
    assert [row for row in logged() if row[0] == "login.locked"] == [("login.locked", "ana", "refused")] * 2


def test_lock_ends_when_the_page_said_and_trying_meanwhile_does_not_prolong_it(client):
    make_person("ana")
    for _attempt in range(5):
        sign_in(client, password="x")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert sign_in(client, password="x").status_code == 429

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))

    assert sign_in(client).status_code == 302


def test_success_forgets_earlier_failures(client):
    make_person("ana")
    for _round in range(3):
        for _attempt in range(4):
            sign_in(client, password="x")
        assert sign_in(client).status_code == 302
        client.post("/accounts/logout/")


def test_sign_out_ends_the_session_and_is_logged(client):
    make_person("ana")
    sign_in(client)

    response = client.post("/accounts/logout/")

    assert response.url == "/"
    assert client.get(ME).url == f"{LOGIN}?next={ME}"
    assert logged()[-1] == ("logout", "ana", "ok")
    assert client.get("/accounts/logout/").status_code == 405


def test_anonymous_pages_make_no_session_and_write_nothing(plan, client, django_assert_max_num_queries):
    client.get("/sz-sti-14/platforms/")
    with django_assert_max_num_queries(5) as seen:
        client.get("/sz-sti-14/platforms/")

    assert [query["sql"] for query in seen.captured_queries if not query["sql"].startswith("SELECT")] == []
    assert project.SESSION_COOKIE_NAME not in client.cookies
    assert not Session.objects.exists()


def move_session(minutes):
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=minutes))


def test_idle_session_ends_and_a_used_one_stays_open(client):
    make_person("ana")
    sign_in(client)
    move_session(10)  # 20 of 30 minutes idle

    client.get(ME)

    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=29)
    move_session(-1)
    assert client.get(ME).url == f"{LOGIN}?next={ME}"


def test_a_session_is_saved_at_most_once_a_minute(client):
    make_person("ana")
    sign_in(client)
    before = Session.objects.get().expire_date

    client.get(ME)

    assert Session.objects.get().expire_date == before


def test_signing_in_costs_a_request_one_query_for_session_and_one_for_the_person(client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.probe.Probe"]  # without what the page itself asks
    client.force_login(make_person("ana"))

    with CaptureQueriesContext(connection) as seen:
        client.get(ME)

    assert ["django_session" in query["sql"] for query in seen] == [True, False]
    assert 'FROM "accounts_user"' in seen[1]["sql"]


def test_private_pages_are_not_kept_by_the_browser(client):
    client.force_login(make_person("ana"))

    assert "no-store" in client.get(ME)["Cache-Control"]


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"is_reviewer": True}, {"administers": "audit_admin"}], ids=str
)
def test_disabling_or_changing_roles_ends_the_session_at_once(client, change):
    person = make_person("ana")
    client.force_login(person)
    assert client.get(ME).status_code == 200

    User.objects.filter(pk=person.pk).update(**change)

    assert client.get(ME).status_code == 302


def send_password(client, old=WORD, new="Other-horse-8", again=None):
    return client.post(PASSWORD, {"old": old, "new": new, "again": new if again is None else again})


def test_own_password_is_changed_and_other_sessions_end(client):
    person = make_person("ana", must_change_password=True)
    elsewhere = Client()
    client.force_login(person)
    elsewhere.force_login(person)

    response = send_password(client)

    person.refresh_from_db()
    assert response.url == ME
    assert client.get(ME).status_code == 200
    assert elsewhere.get(ME).status_code == 302
    assert (person.check_password("Other-horse-8"), person.must_change_password) == (True, False)
    assert logged() == [("password.changed", "ana", "ok")]
    assert "horse" not in str(list(events().values())).lower()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"old": "x"}, "现在的密码不正确"),
        ({"new": "Sh-0rt"}, "密码至少 10 个字符"),
        ({"new": "only-small-letters"}, "密码须同时含有"),
        ({"new": WORD}, "新密码与现在的密码相同"),
        ({"again": "Other-horse-9"}, "两次输入的新密码不同"),
        ({"new": "Anastasia-77"}, "相似"),
        ({"new": "", "again": ""}, "请填写这一项"),
        ({"new": "Aa1-" + "x" * 300}, "128"),
    ],
)
def test_bad_new_password_is_refused_in_place_with_the_remedy(client, sent, sentence):
    client.force_login(make_person("anastasia"))

    response = send_password(client, **sent)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert logged() == ([("password.refused", "anastasia", "failed")] if "old" in sent else [])


def test_common_password_is_refused(client, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        rule for rule in settings.AUTH_PASSWORD_VALIDATORS if "Common" in rule["NAME"]
    ]
    client.force_login(make_person("ana"))

    assert send_password(client, new="password123").status_code == 200


def test_one_time_password_has_to_be_changed_before_anything_else(plan, client):
    make_person("ana", "analyst", must_change_password=True)
    sign_in(client)

    page, program = client.get("/sz-sti-14/items/?q=a"), client.get("/api/v1/plans/")
    health, out = client.get("/healthz"), client.post("/accounts/logout/")

    assert page.url == f"{PASSWORD}?next=%2Fsz-sti-14%2Fitems%2F%3Fq%3Da"
    assert (program.status_code, health.status_code, out.status_code) == (403, 200, 302)


def test_after_the_forced_change_one_goes_on_where_one_was_going(client):
    make_person("ana", must_change_password=True)
    sign_in(client)

    response = client.post(
        f"{PASSWORD}?next=/sz-sti-14/items/", {"old": WORD, "new": "Other-horse-8", "again": "Other-horse-8"}
    )

    assert response.url == "/sz-sti-14/items/"


def test_old_password_has_to_be_changed_where_passwords_age(client, settings):
    person = make_person("ana")
    User.objects.filter(pk=person.pk).update(password_changed_at=timezone.now() - timedelta(days=91))
    client.force_login(person)

    assert client.get(ME).url.startswith(PASSWORD)
    assert "超过 90 天" in client.get(PASSWORD).content.decode()
    settings.PASSWORD_MAX_AGE_DAYS = 0
    assert client.get(ME).status_code == 200


def test_second_factor_is_set_up_and_asked_for_from_then_on(client):
    person = make_person("ana")
    sign_in(client)
    page = client.get(ENROL).content.decode()
    device = TOTPDevice.objects.get(user=person, confirmed=False)
    code = code_of(device)

    done = client.post(ENROL, {"code": f" {code[:3]} {code[3:]}"})

    device.refresh_from_db()
    assert 'src="data:image/svg+xml' in page
    assert (done.url, device.confirmed, client.get(ME).status_code) == (ME, True, 200)
    again = Client()
    sign_in(again)
    assert again.get(ME).url == f"{VERIFY}?next=%2Faccounts%2Fme%2F"
    assert again.get(ENROL).url.startswith(VERIFY)
    assert again.get(PASSWORD).url.startswith(VERIFY)
    assert again.post(f"{VERIFY}?next={ME}", {"code": code_of(device, 1)}).url == ME
    assert again.get(ME).status_code == 200
    assert [action for action, _who, _outcome in logged()] == [
        "login", "second_factor.enrolled", "login", "second_factor.passed",
    ]  # fmt: skip


def test_setting_up_keeps_its_key_until_the_first_right_code(client):
    client.force_login(make_person("ana"))
    client.get(ENROL)
    key = TOTPDevice.objects.get().key

    client.post(ENROL, {"code": "000000"})
    client.get(ENROL)

    assert TOTPDevice.objects.get().key == key
    assert TOTPDevice.objects.get().confirmed is False


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３", "000000", "9" * 400, "12\0456"])
def test_wrong_code_is_refused_and_a_guess_counts(client, code):
    device = with_device(make_person("ana"))
    TOTPDevice.objects.filter(pk=device.pk).update(key="00" * 20)
    sign_in(client)

    response = client.post(VERIFY, {"code": code})

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert client.get(ME).status_code == 302


def test_guessing_codes_is_slowed_down_and_logged(client):
    device = with_device(make_person("ana"))
    sign_in(client)
    wrong = f"{(int(code_of(device)) + 1) % 1_000_000:06d}"

    for _guess in range(3):
        client.post(VERIFY, {"code": wrong})
    response = client.post(VERIFY, {"code": code_of(device)})

    assert re.search("请在 [0-9]+ 秒后再试", response.content.decode())
    assert [row for row in logged() if row[0] == "second_factor.failed"] == [
        ("second_factor.failed", "ana", "failed")
    ] * 4


def test_a_code_works_once(client):
    device = with_device(make_person("ana"))
    other = Client()
    sign_in(client)
    sign_in(other)
    code = code_of(device)

    first, second = client.post(VERIFY, {"code": code}), other.post(VERIFY, {"code": code})

    assert (first.status_code, second.status_code) == (302, 200)


def test_roles_of_the_setting_reach_nothing_but_setting_it_up(plan, client, settings):
    settings.TOTP_ROLES = ["analyst"]
    make_person("ana", "analyst")
    make_person("vera")
    sign_in(client)

    assert client.get("/sz-sti-14/").url.startswith(ENROL)
    assert client.get("/sz-sti-14/items.json").status_code == 403
    client.get(ENROL)
    client.post(ENROL, {"code": code_of(TOTPDevice.objects.get())})
    assert client.get("/sz-sti-14/").status_code == 200
    viewer = Client()
    sign_in(viewer, "vera")
    assert viewer.get("/sz-sti-14/").status_code == 200


def test_session_verified_with_a_device_taken_off_is_no_longer_verified(client):
    person = make_person("ana")
    sign_in(client)
    client.get(ENROL)
    client.post(ENROL, {"code": code_of(TOTPDevice.objects.get())})

    TOTPDevice.objects.all().delete()
    with_device(person)

    assert client.get(ME).url.startswith(VERIFY)


def test_second_factor_is_switched_off_with_a_code_but_not_where_a_role_needs_it(client, settings):
    make_person("ana", "analyst")
    sign_in(client)
    client.get(ENROL)
    device = TOTPDevice.objects.get()
    client.post(ENROL, {"code": code_of(device)})
    address = f"{ENROL}remove/"

    wrong = client.post(address, {"code": "1"})
    settings.TOTP_ROLES = ["analyst"]
    needed = client.post(address, {"code": code_of(device, 1)})
    settings.TOTP_ROLES = []
    right = client.post(address, {"code": code_of(device, 1)})

    assert (wrong.status_code, needed.status_code, right.status_code) == (400, 403, 302)
    assert not TOTPDevice.objects.exists()
    assert client.get(ME).status_code == 200


def test_own_page_says_who_one_is(client):
    make_person("ana", "analyst", "reviewer", name="安娜")
    sign_in(client)

    first = client.get(ME).content.decode()
    client.post("/accounts/logout/")
    sign_in(client)

    assert "分析、复核" in first
    assert "这是第一次" in first
    assert "这是第一次" not in client.get(ME).content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOTP_ROLES", ["analysts"]),
        ("LOGIN_FAILURE_LIMIT", 0),
        ("PASSWORD_MIN_LENGTH", 4),
        ("PASSWORD_CLASSES", 5),
    ],
)
def test_a_senseless_limit_is_found_before_start(settings, name, value):
    assert limits_make_sense(None) == []

    setattr(settings, name, value)

    assert len(limits_make_sense(None)) == 1


def test_the_api_takes_no_basic_authentication(plan, client, settings):
    make_person("ana", "analyst")
    settings.PUBLIC_READ = False

    response = client.get("/api/v1/plans/", headers={"authorization": "Basic YW5hOnJpZ2h0LUhvcnNlLTc="})

    assert response.status_code == 403


def test_create_account_is_the_first_administrators_way_in(client, capsys):
    call_command("create_account", "sys", role=["system_admin"], name="赵强")
    printed = capsys.readouterr().out
    password = re.search("one-time password: (.+)", printed)[1]

    response = sign_in(client, "sys", password)

    assert response.status_code == 302
    assert client.get("/accounts/people/").url.startswith(PASSWORD)
    assert User.objects.get().roles == {"viewer", "system_admin"}
    created = events().get(action="account.created")
    assert (created.actor_name, created.object_code, created.after["roles"]) == ("系统", "sys", ["system_admin"])
    assert password not in str(list(events().values()))


@pytest.mark.parametrize(
    ("username", "options", "sentence"),
    [
        ("two", {"role": ["system_admin", "audit_admin"]}, "不能由同一人担任"),
        ("mix", {"role": ["audit_admin", "analyst"]}, "不能兼任业务角色"),
        ("sys", {"role": ["security_admin"]}, "三员须由不同的人担任"),
        ("sys", {"role": ["analyst"]}, "已有账号"),
        ("new", {"organisation": "nowhere"}, "没有代码为 nowhere 的责任单位"),
        ("a b", {}, "用户名"),
        ("bad", {"email": "x"}, "email: 电子邮箱的写法不对"),
    ],
)
def test_create_account_refuses_what_must_not_be(username, options, sentence):
    make_person("sys", "system_admin")

    with pytest.raises(Exception, match=sentence):
        call_command("create_account", username, **options)

    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("going", "led"),
    [
        ("/sz-sti-14/data/figures/82/withdraw/", "/sz-sti-14/data/figures/82/"),
        ("/sz-sti-14/data/imports/3/apply/?x=1", "/sz-sti-14/data/imports/3/"),
        ("/accounts/tokens/3/revoke/", "/accounts/tokens/"),
        ("/accounts/logout/", "/"),
        ("/sz-sti-14/review/?by=ana", "/sz-sti-14/review/?by=ana"),
        ("/nothing/here/at/all/", "/nothing/here/at/all/"),
        ("http://testserver/sz-sti-14/data/figures/82/withdraw/", "/sz-sti-14/data/figures/82/"),
        ("https://evil.example/sz-sti-14/data/figures/82/withdraw/", "/"),
    ],
)
def test_sign_in_leads_to_the_page_a_form_stood_on(client, going, led):
    make_person("ana", "analyst")

    assert sign_in(client, next=going).url == led


def test_the_second_step_leads_to_the_page_a_form_stood_on(client):
    person = make_person("ana", "analyst")
    device = with_device(person)
    sign_in(client)

    answer = client.post(VERIFY, {"code": code_of(device), "next": "/sz-sti-14/data/figures/82/withdraw/"})

    assert answer.url == "/sz-sti-14/data/figures/82/"


def test_an_address_that_takes_only_forms_says_so(client):
    make_person("ana", "analyst")
    sign_in(client)

    answer = client.get("/sz-sti-14/data/figures/82/withdraw/")

    html = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
    assert "这一次什么都没有保存" in html
    assert 'href="/sz-sti-14/data/figures/82/">回到原来的页面' in html
    assert "no-store" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]


def test_a_view_that_takes_only_forms_says_so_as_well(client):
    assert "这一次什么都没有保存" in client.get("/accounts/logout/").content.decode()


def test_programs_are_told_the_methods_in_json(client):
    answer = client.get("/api/v1/verify/")

    assert answer.status_code == 405
    assert answer.json()["detail"].startswith("method not allowed, use POST")

"""Passwords that are guessed, reused or handed over; forms that are forged; secrets at rest and their keys."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import sealing, services
from accounts.models import SealedKey, User
from accounts.policy import keys_are_long
from audit.models import AuditEvent
from tests.factories import make_person

pytestmark = pytest.mark.django_db
LOGIN, ME, PASSWORD, VERIFY = "/accounts/login/", "/accounts/me/", "/accounts/password/", "/accounts/verify/"
WORD, KEYS = "right-Horse-7", ["k" * 32, "l" * 40]


def change(client, old=WORD, new="Other-horse-8"):
    return client.post(PASSWORD, {"old": old, "new": new, "again": new})


def test_guessing_the_old_password_is_logged_limited_and_ends_the_session(client):
    make_person("ana")
    client.force_login(User.objects.get())

    answers = [change(client, old=f"guess-{number}") for number in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert "已锁定 15 分钟" in answers[-1].content.decode()
    assert client.get(ME).status_code == 302
    assert Client().post(LOGIN, {"username": "ana", "password": WORD}).status_code == 429
    rows = AuditEvent.objects.filter(action="password.refused", actor_name="ana")
    assert rows.count() == 5
    assert Client(REMOTE_ADDR="10.1.1.1").post(LOGIN, {"username": "ana", "password": WORD}).status_code == 302


def test_the_right_old_password_forgets_earlier_slips(client):
    client.force_login(make_person("ana"))
    for number in range(4):
        change(client, old=f"guess-{number}")

    assert change(client).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_passwords_used_before_are_refused_as_far_as_remembered(client, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "accounts.passwords.FormerPasswordValidator", "OPTIONS": {"remembered": 2}}
    ]
    settings.PASSWORD_REMEMBERED = 2
    client.force_login(make_person("ana"))
    words = [WORD, "Other-horse-8", "Third-horse-9", "Fourth-horse-1"]
    for old, new in zip(words, words[1:], strict=False):
        assert change(client, old, new).status_code == 302

    again = change(client, words[3], words[2])
    forgotten = change(client, words[3], words[0])

    assert "不能与最近用过的 2 个密码相同" in again.content.decode()
    assert forgotten.status_code == 302
    assert User.objects.get().former_passwords.count() == 2


def test_a_password_before_a_reset_is_remembered_too(client):
    system, person = make_person("sys", "system_admin"), make_person("ana")
    _row, once = services.reset_password(person_id=person.pk, by=system)
    client.post(LOGIN, {"username": "ana", "password": once})

    assert "不能与最近用过的" in change(client, once, WORD).content.decode()


@pytest.mark.parametrize(("hours", "status"), [(71, 302), (73, 200)])
def test_a_one_time_password_expires(client, hours, status):
    system = make_person("sys", "system_admin")
    person, once = services.create_person(username="ana", by=system)
    User.objects.filter(pk=person.pk).update(one_time_until=person.one_time_until - timedelta(hours=hours))

    answer = client.post(LOGIN, {"username": "ana", "password": once})

    assert answer.status_code == status
    if status == 200:
        assert "一次性密码已过期，请联系系统管理员重置" in answer.content.decode()
        assert AuditEvent.objects.get(action="login.failed").after["reason"] == "expired"
        assert client.get(ME).status_code == 302


def test_a_changed_password_no_longer_expires(client):
    person, once = services.create_person(username="ana", by=make_person("sys", "system_admin"))
    client.post(LOGIN, {"username": "ana", "password": once})
    change(client, once)

    person.refresh_from_db()
    assert (person.must_change_password, person.one_time_until) == (False, None)


@pytest.mark.parametrize("known", [True, False])
def test_a_forged_form_is_logged(known):
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR="10.2.2.2")
    if known:
        client.force_login(make_person("ana"))

    answer = client.post("/accounts/logout/")

    event = AuditEvent.objects.get(action="csrf.refused")
    assert answer.status_code == 403
    assert "表单已过期，没有保存" in answer.content.decode()
    assert (event.actor_name, event.outcome, event.address) == ("ana" if known else "匿名", "refused", "10.2.2.2")
    assert event.object_label == "POST /accounts/logout/"


def test_a_forged_call_of_the_api_is_logged(plan):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("ana"))

    assert client.post("/api/v1/assess/", {}, content_type="application/json").status_code == 403
    assert AuditEvent.objects.get(action="csrf.refused").actor_name == "ana"


def stored_key():
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM otp_totp_totpdevice")
        return cursor.fetchone()[0]


def test_the_secret_of_a_device_is_nowhere_in_the_open(settings):
    settings.ENCRYPTION_KEYS = KEYS[:1]
    device = TOTPDevice.objects.create(user=make_person("ana"), name="x", confirmed=True)
    key = device.key

    assert stored_key() == sealing.MARK
    assert key not in SealedKey.objects.get().text
    assert TOTPDevice.objects.get().key == key
    again = TOTPDevice.objects.get()
    assert again.verify_token(totp(again.bin_key))
    assert stored_key() == sealing.MARK
    assert TOTPDevice.objects.get().key == key


def test_a_new_key_is_put_in_front_and_the_old_one_can_go(settings, capsys):
    settings.ENCRYPTION_KEYS = KEYS[:1]
    key = TOTPDevice.objects.create(user=make_person("ana"), name="x").key
    sealed = SealedKey.objects.get().text

    settings.ENCRYPTION_KEYS = [KEYS[1], KEYS[0]]
    assert TOTPDevice.objects.get().key == key
    call_command("rotate_keys")
    settings.ENCRYPTION_KEYS = [KEYS[1]]

    assert capsys.readouterr().out.strip() == "1"
    assert TOTPDevice.objects.get().key == key
    assert SealedKey.objects.get().text != sealed
    assert AuditEvent.objects.get(action="keys.rotated").after == {"rows": 1}


def test_without_its_key_a_secret_opens_nothing_and_is_not_lost(settings, client, caplog):
    settings.ENCRYPTION_KEYS = KEYS[:1]
    person = make_person("ana")
    device = TOTPDevice.objects.create(user=person, name="x", confirmed=True)
    code = totp(device.bin_key)
    settings.ENCRYPTION_KEYS = [KEYS[1]]
    client.post(LOGIN, {"username": "ana", "password": WORD})

    assert client.post(VERIFY, {"code": f"{code:06d}"}).status_code == 200
    assert "cannot be opened" in caplog.text
    with pytest.raises(CommandError, match="没有更改"):
        call_command("rotate_keys")
    settings.ENCRYPTION_KEYS = KEYS[:1]
    assert TOTPDevice.objects.get().key == device.key


def test_secrets_out_of_an_old_backup_work_and_are_sealed_by_rotating(settings):
    device = TOTPDevice.objects.create(user=make_person("ana"), name="x")
    SealedKey.objects.all().delete()
    TOTPDevice.objects.filter(pk=device.pk).update(key=device.key)
    assert TOTPDevice.objects.get().key == device.key

    call_command("rotate_keys")

    assert stored_key() == sealing.MARK
    assert TOTPDevice.objects.get().key == device.key


def test_without_a_setting_the_site_s_own_secret_seals(settings):
    settings.ENCRYPTION_KEYS, settings.SECRET_KEY = [], "one"
    sealed = sealing.seal("x")
    assert sealing.unseal(sealed) == "x"

    settings.SECRET_KEY = "two"

    with pytest.raises(InvalidToken):
        sealing.unseal(sealed)


@pytest.mark.parametrize(("keys", "number"), [([], 0), (KEYS, 0), (["short"], 1), ([KEYS[0], "short"], 1)])
def test_a_short_key_is_found_before_start(settings, keys, number):
    settings.ENCRYPTION_KEYS = keys

    assert len(keys_are_long(None)) == number

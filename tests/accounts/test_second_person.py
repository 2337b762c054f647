"""Three administrators: none acts alone on another's account, no kind is left empty, the person is told."""

import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_person, services
from accounts.models import AdminAct, User
from audit.models import AuditEvent
from jobs.models import Job
from notices.models import Notice
from notices.tasks import account_mail
from tests.factories import make_person

pytestmark = pytest.mark.django_db
PEOPLE, ACTS, LOGIN = "/accounts/people/", "/accounts/acts/", "/accounts/login/"
Kind, State = AdminAct.Kind, AdminAct.State


@pytest.fixture
def three():
    """One administrator of each kind, each with a mail address and a browser."""
    people = {}
    for kind in ("system", "security", "audit"):
        person = make_person(kind, f"{kind}_admin", email=f"{kind}@sz.gov.cn")
        client = Client()
        client.force_login(person)
        people[kind] = (person, client)
    return people


def post(three, who, address, **sent):
    return three[who][1].post(address, sent)


def of(three, who):
    return User.objects.get(pk=three[who][0].pk)


def half_of(response):
    return re.search(r"<code>(.+?)</code>", response.content.decode())[1]


def mails():
    """What the worker sends of what was asked for so far."""
    for job in Job.objects.filter(kind="notices.account_mail").order_by("id"):
        account_mail(job)
    return mail.outbox


def test_nobody_becomes_another_administrator_alone(three):
    """The attack: reset the security administrator's password and second factor, sign in as him."""
    security = of(three, "security")
    TOTPDevice.objects.create(user=security, name="x", confirmed=True)
    before = security.password

    answer = post(three, "system", f"{PEOPLE}{security.pk}/password/")
    half = half_of(answer)
    post(three, "system", f"{PEOPLE}{security.pk}/second-factor/")

    security.refresh_from_db()
    assert security.password == before
    assert TOTPDevice.objects.filter(user=security).exists()
    assert Client().post(LOGIN, {"username": "security", "password": half}).status_code == 200
    for service in (services.reset_password, services.reset_second_factor):
        with pytest.raises(PermissionDenied):
            service(person_id=security.pk, by=of(three, "system"))
    with pytest.raises(PermissionDenied):
        services.set_active(person_id=security.pk, active=False, by=of(three, "system"))


def test_two_together_reset_a_password_and_neither_knows_it_whole(three):
    security = of(three, "security")
    first = half_of(post(three, "system", f"{PEOPLE}{security.pk}/password/"))
    act = AdminAct.objects.get()
    stored = str(act.details)

    second = half_of(post(three, "audit", f"{ACTS}{act.pk}/confirm/"))

    act.refresh_from_db()
    assert first not in stored
    assert act.details == {}
    for alone in (first, second):
        assert Client().post(LOGIN, {"username": "security", "password": alone}).status_code == 200
    assert Client().post(LOGIN, {"username": "security", "password": first + second}).status_code == 302
    assert of(three, "security").must_change_password
    actions = list(
        AuditEvent.objects.filter(object_code="security").order_by("id").values_list("action", "actor_name")
    )
    assert ("act.asked", "system") in actions
    assert ("password.reset", "audit") in actions
    assert ("act.confirmed", "audit") in actions


@pytest.mark.parametrize("who", ["system", "security", "another system"])
def test_whoever_asked_is_concerned_or_is_of_the_same_kind_does_not_confirm(three, who):
    client = Client()
    client.force_login(make_person("system2", "system_admin"))
    three["another system"] = (None, client)
    post(three, "system", f"{PEOPLE}{three['security'][0].pk}/second-factor/")

    answer = post(three, who, f"{ACTS}{AdminAct.objects.get().pk}/confirm/")

    assert answer.status_code == 403
    assert AdminAct.objects.get().state == State.ASKED


def test_a_lost_device_is_taken_off_by_two(three):
    TOTPDevice.objects.create(user=of(three, "audit"), name="x", confirmed=True)
    post(three, "system", f"{PEOPLE}{three['audit'][0].pk}/second-factor/")
    post(three, "security", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")

    assert not TOTPDevice.objects.exists()


@pytest.mark.parametrize("kind", ["security", "audit"])
def test_the_last_of_a_kind_is_neither_disabled_nor_moved(three, kind):
    person = of(three, kind)

    answer = post(three, "system", f"{PEOPLE}{person.pk}/active/", active="0")

    assert answer.status_code == 302
    assert not AdminAct.objects.exists()
    assert of(three, kind).is_active
    with pytest.raises(ValidationError, match="只剩这一位在用"):
        second_person.ask(kind=Kind.DISABLE, person_id=person.pk, by=of(three, "system"))


def ask_roles(three, person, *roles, administers=""):
    """What the security administrator's form sends."""
    seen = services.stamp(services.role_values(User.objects.get(pk=person.pk)))
    return post(
        three, "security", f"/accounts/roles/{person.pk}/", business=roles, administers=administers, seen=seen
    )


def test_the_only_system_administrator_is_not_turned_into_something_else(three):
    system = of(three, "system")

    for roles in ({"administers": "audit_admin"}, {"administers": ""}):
        assert "只剩这一位在用" in three["security"][1].get(ask_roles(three, system, **roles).url).content.decode()

    assert of(three, "system").administers == "system_admin"
    assert not AdminAct.objects.exists()


def test_what_was_possible_when_asked_is_looked_at_again_when_confirmed(three):
    spare = make_person("spare", "audit_admin")
    post(three, "system", f"{PEOPLE}{three['audit'][0].pk}/active/", active="0")
    User.objects.filter(pk=spare.pk).update(is_active=False)

    post(three, "security", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")

    assert of(three, "audit").is_active
    assert AdminAct.objects.get().state == State.ASKED


def test_a_second_holder_makes_it_possible_and_ends_the_sessions(three):
    make_person("spare", "audit_admin")
    post(three, "system", f"{PEOPLE}{three['audit'][0].pk}/active/", active="0")
    post(three, "security", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")

    assert not of(three, "audit").is_active
    assert three["audit"][1].get("/audit/").status_code == 302


def test_making_an_administrator_takes_two(three):
    puppet = make_person("puppet", "analyst")
    answer = ask_roles(three, puppet, administers="system_admin")
    assert answer.url == ACTS
    assert User.objects.get(pk=puppet.pk).roles == {"viewer", "analyst"}
    seen = services.stamp(services.role_values(puppet))
    with pytest.raises(PermissionDenied):
        services.set_roles(person_id=puppet.pk, roles={"audit_admin"}, seen=seen, by=of(three, "security"))

    page = three["system"][1].get(ACTS).content.decode()
    post(three, "system", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")

    assert "角色改为：系统管理员" in page
    assert User.objects.get(pk=puppet.pk).roles == {"viewer", "system_admin"}


def test_roles_changed_meanwhile_are_not_overwritten(three):
    puppet = make_person("puppet", "analyst")
    ask_roles(three, puppet, administers="system_admin")
    User.objects.filter(pk=puppet.pk).update(is_reviewer=True)

    post(three, "system", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")

    assert User.objects.get(pk=puppet.pk).roles == {"viewer", "analyst", "reviewer"}


def test_an_act_is_turned_down_taken_back_and_decided_once(three):
    puppet = make_person("puppet")
    for who in ("system", "security"):
        ask_roles(three, puppet, administers="audit_admin")
        act = AdminAct.objects.latest("id")
        post(three, who, f"{ACTS}{act.pk}/refuse/")
        post(three, "system", f"{ACTS}{act.pk}/confirm/")
        act.refresh_from_db()
        assert act.state == State.REFUSED

    assert User.objects.get(pk=puppet.pk).roles == {"viewer"}
    assert post(three, "system", f"{ACTS}99999/confirm/").status_code == 404


def test_an_old_act_and_one_of_somebody_who_left_are_over(three):
    make_person("spare", "security_admin")
    puppet = make_person("puppet")
    ask_roles(three, puppet, administers="audit_admin")
    AdminAct.objects.update(asked_at=timezone.now() - timedelta(hours=73))
    post(three, "system", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")
    assert "没有等待确认的事项" in three["system"][1].get(ACTS).content.decode()

    AdminAct.objects.update(asked_at=timezone.now())
    User.objects.filter(username="security").update(is_active=False)
    post(three, "system", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")

    assert User.objects.get(pk=puppet.pk).roles == {"viewer"}


def test_the_same_thing_is_asked_once(three):
    for _twice in range(2):
        post(three, "system", f"{PEOPLE}{three['security'][0].pk}/second-factor/")

    assert AdminAct.objects.count() == 1


def test_without_a_second_administrator_the_page_names_the_console(three):
    User.objects.exclude(username__in=["system", "security"]).update(is_active=False)

    page = three["system"][1].post(f"{PEOPLE}{three['security'][0].pk}/password/", follow=True).content.decode()

    assert "break_glass" in page
    assert not AdminAct.objects.exists()


def test_the_person_and_who_decides_are_told_by_inbox_and_mail(three):
    post(three, "system", f"{PEOPLE}{three['security'][0].pk}/password/")

    inbox = {row.person.username: row.title for row in Notice.objects.select_related("person")}
    assert inbox == {
        "security": "有人提出对您的管理员账号办理：重置密码",
        "audit": "待您确认：security（重置密码）",
    }
    assert sorted(message.to[0] for message in mails()) == ["audit@sz.gov.cn", "security@sz.gov.cn"]
    post(three, "audit", f"{ACTS}{AdminAct.objects.get().pk}/confirm/")
    told = Notice.objects.filter(person__username="security").latest("id")
    assert told.title == "您的密码已由管理员重置"
    assert "办理人：audit" in told.body


@pytest.mark.parametrize(
    ("deed", "title"),
    [
        ("password", "您的密码已由管理员重置"),
        ("second-factor", "您的动态验证码已由管理员重置"),
        ("active", "您的账号已停用"),
        ("sessions/end", "您的登录已由管理员全部退出"),
    ],
)
def test_everybody_is_told_what_is_done_to_his_account(three, deed, title):
    """Also whoever is no administrator, also by mail where the account is closed by now."""
    person = make_person("ana", "analyst", email="ana@sz.gov.cn")
    TOTPDevice.objects.create(user=person, name="x", confirmed=True)

    post(three, "system", f"{PEOPLE}{person.pk}/{deed}/", active="0")

    assert [row.title for row in person.notices.all()] == [title]
    assert [(message.to, message.subject) for message in mails()] == [(["ana@sz.gov.cn"], f"规划跟踪：{title}")]


def test_a_changed_mail_address_is_told_to_both(three):
    person = make_person("ana", email="old@sz.gov.cn")
    page = three["system"][1].get(f"{PEOPLE}{person.pk}/").content.decode()
    seen = re.search(r'name="seen" value="([0-9a-f]{16})"', page)[1]

    sent = {"name": "安娜", "email": "new@sz.gov.cn", "organisation": "", "seen": seen}
    three["system"][1].post(f"{PEOPLE}{person.pk}/", sent)

    assert sorted(message.to[0] for message in mails()) == ["new@sz.gov.cn", "old@sz.gov.cn"]


def test_no_preference_switches_it_off(three):
    page = three["system"][1].get("/inbox/preferences/").content.decode()

    assert "账号安全" not in page


def test_the_database_holds_that_nobody_confirms_his_own(three):
    system = of(three, "system")

    with pytest.raises(IntegrityError), transaction.atomic():
        AdminAct.objects.create(kind="disable", person=system, asked_by=system, decided_by=system)


def test_break_glass_is_possible_with_a_reason_and_loud(three, capsys, caplog):
    User.objects.filter(username="security").update(is_active=False)
    TOTPDevice.objects.create(user=of(three, "security"), name="x", confirmed=True)

    call_command(
        "break_glass", "security", reason="唯一的安全管理员失联", password=True, second_factor=True, enable=True
    )

    password = re.search("one-time password: (.+)", capsys.readouterr().out)[1]
    event = AuditEvent.objects.get(action="break_glass")
    assert of(three, "security").check_password(password)
    assert of(three, "security").is_active
    assert event.after["reason"] == "唯一的安全管理员失联"
    assert event.after["deeds"] == ["password", "second_factor", "enable"]
    assert "CRITICAL" in [record.levelname for record in caplog.records]
    told = Notice.objects.filter(title="控制台应急处置了账号：security")
    assert {row.person.username for row in told} == {"system", "audit"}
    assert {message.to[0] for message in mails()} == {f"{kind}@sz.gov.cn" for kind in three}
    assert password not in str(list(AuditEvent.objects.values())) + str(list(Notice.objects.values()))


@pytest.mark.parametrize(
    ("username", "options", "sentence"),
    [
        ("nobody", {"enable": True}, "没有账号 nobody"),
        ("audit", {}, "说明要做什么"),
        ("audit", {"reason": "  ", "enable": True}, "说明要做什么"),
        ("audit", {"disable": True}, "只剩这一位在用"),
        ("audit", {"administers": "system_admin"}, "只剩这一位在用"),
    ],
)
def test_break_glass_refuses_what_would_leave_nobody(three, username, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("break_glass", username, **({"reason": "演练"} | options))

    assert not AuditEvent.objects.filter(action="break_glass").exists()
    assert of(three, "audit").administers == "audit_admin"


def test_an_administrator_from_the_console_is_told_to_the_others(three):
    call_command("create_account", "spare", role=["security_admin"], name="备份")

    told = Notice.objects.filter(title="控制台开立了管理员账号：备份")
    assert {row.person.username for row in told} == {"system", "security", "audit"}


@pytest.mark.django_db(transaction=True)
def test_two_who_leave_at_once_do_not_leave_nobody():
    """Both audit administrators are to be disabled; the two acts are confirmed at the same moment."""
    system, security = make_person("system", "system_admin"), make_person("security", "security_admin")
    pair = [make_person(f"audit{number}", "audit_admin") for number in range(2)]
    acts = [second_person.ask(kind=Kind.DISABLE, person_id=row.pk, by=system)[0] for row in pair]
    ready = threading.Barrier(2)

    def confirm(act):
        ready.wait()
        try:
            second_person.confirm(act_id=act.pk, by=security)
        except ValidationError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.filter(administers="audit_admin", is_active=True).count() == 1

"""The system administrator's and the security administrator's pages."""

import re
import threading

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_person, services
from accounts.models import AdminAct, Organisation, User
from accounts.permissions import Permission
from accounts.wording import PERMISSION_WORDS
from audit.models import AuditEvent
from tests.factories import make_person

PEOPLE, ORGANISATIONS, ROLES = "/accounts/people/", "/accounts/organisations/", "/accounts/roles/"


@pytest.fixture
def system(db, client):
    person = make_person("sys", "system_admin")
    client.force_login(person)
    return person


@pytest.fixture
def security(db, client):
    person = make_person("sec", "security_admin")
    client.force_login(person)
    return person


def last():
    return AuditEvent.objects.order_by("-id").first()


def seen_on(client, address):
    return re.search(r'name="seen" value="([0-9a-f]{16})"', client.get(address).content.decode())[1]


def test_opening_an_account_shows_its_password_once_and_keeps_it_nowhere(system, client):
    bureau = Organisation.objects.create(code="kjcxj", name="市科技创新局")

    response = client.post(
        f"{PEOPLE}new/", {"username": "ana", "name": "安娜", "email": "ana@sz.gov.cn", "organisation": bureau.pk}
    )

    html = response.content.decode()
    password = re.search(r"<code>(.+?)</code>", html)[1]
    person = User.objects.get(username="ana")
    assert person.check_password(password)
    assert (person.must_change_password, person.roles, person.organisation) == (True, {"viewer"}, bureau)
    assert "no-store" in response["Cache-Control"]
    assert password not in client.get(f"{PEOPLE}{person.pk}/").content.decode()
    event = last()
    assert (event.action, event.actor, event.object_code, event.after) == (
        "account.created",
        system,
        "ana",
        {"name": "安娜", "email": "ana@sz.gov.cn", "organisation": "kjcxj"},
    )


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "请填写这一项"),
        ({"username": "sys", "name": "x"}, "已有这个用户名的账号，请换一个"),
        ({"username": "a b", "name": "x"}, "请输入合法的用户名"),
        ({"username": "a" * 200, "name": "x"}, "150"),
        ({"username": "new", "name": "x" * 101}, "100"),
        ({"username": "new", "name": "x", "email": "nowhere"}, "电子邮箱的写法不对"),
        ({"username": "new", "name": "x", "organisation": "999"}, "没有这个选项，请从列表中选一个"),
        ({"username": "n\0w", "name": "x"}, "空字符"),
    ],
)
def test_bad_account_is_refused_in_place(system, client, sent, sentence):
    response = client.post(f"{PEOPLE}new/", sent)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert User.objects.count() == 1


def test_system_administrator_grants_no_roles(system):
    with pytest.raises(PermissionDenied):
        services.create_person(username="ana", roles={"analyst"}, by=system)


def test_editing_leaves_before_and_after(system, client):
    person = make_person("ana", name="安娜")
    address = f"{PEOPLE}{person.pk}/"
    sent = {"name": "安娜丽", "email": "", "organisation": "", "seen": seen_on(client, address)}

    response = client.post(address, sent)
    again = client.post(address, sent | {"seen": seen_on(client, address)})

    assert (response.url, again.status_code) == (address, 302)
    event = AuditEvent.objects.get(action="account.changed")
    assert (event.before["name"], event.after["name"]) == ("安娜", "安娜丽")


@pytest.mark.parametrize("seen", ["", "0" * 16, "x" * 5000])
def test_a_row_changed_since_is_not_overwritten(system, client, seen):
    person = make_person("ana", name="安娜")

    response = client.post(
        f"{PEOPLE}{person.pk}/", {"name": "另一个", "email": "", "organisation": "", "seen": seen}
    )

    html = response.content.decode()
    person.refresh_from_db()
    assert person.name == "安娜"
    assert "这条记录已被他人修改" in html
    assert 'value="安娜"' in html


def test_disabling_and_enabling_are_logged_once_each(system, client):
    person = make_person("ana")
    address = f"{PEOPLE}{person.pk}/active/"

    for active in ("0", "0", "1"):
        client.post(address, {"active": active})

    events = list(AuditEvent.objects.filter(object_code="ana").order_by("id").values_list("action", "after"))
    assert events == [("account.disabled", {"is_active": False}), ("account.enabled", {"is_active": True})]


def test_reset_password_gives_one_for_once_and_lifts_the_lock(system, client):
    person = make_person("ana")
    AccessAttempt.objects.create(
        username="ana", ip_address="10.0.0.1", failures_since_start=5, attempt_time=timezone.now()
    )
    assert "锁定到" in client.get(f"{PEOPLE}{person.pk}/").content.decode()

    response = client.post(f"{PEOPLE}{person.pk}/password/")

    person.refresh_from_db()
    assert person.check_password(re.search(r"<code>(.+?)</code>", response.content.decode())[1])
    assert person.must_change_password
    assert not AccessAttempt.objects.exists()
    assert (last().action, last().before, last().after) == ("password.reset", None, None)


def test_unlocking_is_logged_where_there_was_a_lock(system, client):
    person = make_person("ana")
    AccessAttempt.objects.create(
        username="ana", ip_address="10.0.0.1", failures_since_start=5, attempt_time=timezone.now()
    )

    for _twice in range(2):
        client.post(f"{PEOPLE}{person.pk}/unlock/")

    assert AuditEvent.objects.filter(action="account.unlocked").count() == 1


def test_lost_device_is_taken_off(system, client):
    person = make_person("ana")
    TOTPDevice.objects.create(user=person, name="x")

    for _twice in range(2):
        client.post(f"{PEOPLE}{person.pk}/second-factor/")

    assert not TOTPDevice.objects.exists()
    assert AuditEvent.objects.filter(action="second_factor.reset").count() == 1


@pytest.mark.parametrize("deed", ["active", "password", "second-factor"])
def test_nobody_does_it_to_himself(system, client, deed):
    response = client.post(f"{PEOPLE}{system.pk}/{deed}/", {"active": "0"})

    system.refresh_from_db()
    assert (response.status_code, system.is_active, system.must_change_password) == (403, True, False)
    assert (last().action, last().outcome) == ("refused", "refused")


@pytest.mark.parametrize("deed", ["", "active/", "password/", "second-factor/", "unlock/"])
def test_missing_person_is_a_404(system, client, deed):
    assert client.post(f"{PEOPLE}99999/{deed}").status_code == 404


def test_people_are_found_by_name_organisation_role_and_state(system, client):
    bureau = Organisation.objects.create(code="kjcxj", name="市科技创新局")
    make_person("ana", "analyst", name="安娜", organisation=bureau)
    make_person("rex", "reporter", is_active=False)

    def found(query):
        html = client.get(PEOPLE + query).content.decode()
        return sorted(set(re.findall(r"<td class=\"d\"[^>]*>(ana|rex|sys)</td>", html)))

    assert found("") == ["ana", "rex", "sys"]
    assert found("?q=安") == ["ana"]
    assert found("?organisation=kjcxj") == ["ana"]
    assert found("?state=disabled") == ["rex"]
    assert found("?role=system_admin") == ["sys"]
    assert found("?role=reporter&state=active") == []
    assert found("?role=viewer") == ["ana", "rex", "sys"]
    assert client.get(f"{PEOPLE}?page=99").status_code == 400
    assert "没有符合条件的人员" in client.get(f"{PEOPLE}?q=zzz").content.decode()


def test_a_page_that_is_none_is_refused_by_its_name(system, client):
    assert client.get(PEOPLE + "?page=1").status_code == 200
    assert [client.get(f"{PEOPLE}?page={page}").status_code for page in ("x", "%C2%B2", "2")] == [400] * 3


@pytest.mark.parametrize("number", [1, 3])
def test_lists_stay_within_their_budgets(system, client, django_assert_max_num_queries, number):
    for count in range(number):
        unit = Organisation.objects.create(code=f"o{count}", name=f"单位{count}")
        make_person(f"p{count}", "reporter", organisation=unit)

    with django_assert_max_num_queries(7):  # session, person, number, rows, organisations; two for the frame
        client.get(PEOPLE)
    with django_assert_max_num_queries(5):
        client.get(ORGANISATIONS)


@pytest.mark.parametrize("number", [1, 3])
def test_roles_page_stays_within_its_budget(security, client, django_assert_max_num_queries, number):
    for count in range(number):
        make_person(f"p{count}", "reporter")

    with django_assert_max_num_queries(6):
        client.get(ROLES)


def test_organisations_are_made_and_renamed(system, client):
    made = client.post(f"{ORGANISATIONS}new/", {"code": "kjcxj", "name": "市科创委", "name_en": ""})
    unit = Organisation.objects.get()
    address = f"{ORGANISATIONS}{unit.pk}/"
    renamed = client.post(address, {"name": "市科技创新局", "name_en": "", "seen": seen_on(client, address)})
    stale = client.post(address, {"name": "旧页面", "name_en": "", "seen": "0" * 16})

    unit.refresh_from_db()
    assert (made.url, renamed.url, stale.status_code) == (ORGANISATIONS, ORGANISATIONS, 200)
    assert (unit.code, unit.name) == ("kjcxj", "市科技创新局")
    changed = AuditEvent.objects.get(action="organisation.changed")
    assert (changed.before["name"], changed.after["name"]) == ("市科创委", "市科技创新局")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"code": "kjcxj", "name": "重复"}, "已有这个代码的单位，请换一个"),
        ({"code": "", "name": "x"}, "请填写这一项"),
        ({"code": "有空 格", "name": "x"}, "代码只能用字母、数字、连字符和下划线"),
        ({"code": "new", "name": "x" * 201}, "200"),
    ],
)
def test_bad_organisation_is_refused_in_place(system, client, sent, sentence):
    Organisation.objects.create(code="kjcxj", name="市科技创新局")

    response = client.post(f"{ORGANISATIONS}new/", sent)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Organisation.objects.count() == 1


def grant(client, person, *roles, administers=""):
    address = f"{ROLES}{person.pk}/"
    sent = {"business": roles, "administers": administers, "seen": seen_on(client, address)}
    return client.post(address, sent)


def test_roles_are_granted_and_revoked_with_before_and_after(security, client):
    person = make_person("ana", "analyst")

    response = grant(client, person, "evaluator", "reviewer")

    person.refresh_from_db()
    assert response.url == ROLES
    assert person.roles == {"viewer", "evaluator", "reviewer"}
    assert (last().action, last().before, last().after) == (
        "roles.changed",
        {"roles": ["analyst"]},
        {"roles": ["evaluator", "reviewer"]},
    )


@pytest.mark.parametrize("administers", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_holds_no_role_of_the_work(security, client, administers):
    person = make_person("ana", "analyst")

    response = grant(client, person, "analyst", administers=administers)

    person.refresh_from_db()
    assert "不能兼任业务角色：请取消管理员，或取消填报、分析、评估、复核、规划编制。" in response.content.decode()
    assert person.roles == {"viewer", "analyst"}


def test_one_administration_replaces_another_and_never_joins_it(security, client):
    person, confirmer = make_person("ana", "system_admin"), make_person("sys", "system_admin")

    grant(client, person, administers="audit_admin")
    second_person.confirm(act_id=AdminAct.objects.get().pk, by=confirmer)

    person.refresh_from_db()
    assert person.roles == {"viewer", "audit_admin"}
    with pytest.raises(ValidationError, match="不能由同一人担任"):
        services.refuse_mixing({"system_admin", "audit_admin"})


@pytest.mark.parametrize("columns", [{"administers": "audit_admin", "is_analyst": True}, {"administers": "root"}])
def test_the_database_holds_people_to_it_as_well(db, columns):
    person = make_person("ana")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(**columns)


def test_nobody_changes_his_own_roles(security, client):
    sent = {"business": ["analyst"], "administers": "", "seen": services.stamp(services.role_values(security))}

    response = client.post(f"{ROLES}{security.pk}/", sent)

    security.refresh_from_db()
    assert (response.status_code, security.roles) == (403, {"viewer", "security_admin"})
    assert last().action == "refused"
    assert '<form method="post" class' not in client.get(f"{ROLES}{security.pk}/").content.decode()


def test_roles_changed_since_are_not_overwritten(security, client):
    person = make_person("ana", "analyst")
    sent = {"business": ["reviewer"], "administers": "", "seen": seen_on(client, f"{ROLES}{person.pk}/")}
    User.objects.filter(pk=person.pk).update(is_evaluator=True)

    response = client.post(f"{ROLES}{person.pk}/", sent)

    person.refresh_from_db()
    assert "已被他人修改" in response.content.decode()
    assert person.roles == {"viewer", "analyst", "evaluator"}


@pytest.mark.parametrize(
    "sent", [{"business": ["root"]}, {"administers": "viewer"}, {"business": ["system_admin"]}]
)
def test_invented_roles_are_refused(security, client, sent):
    person = make_person("ana")

    response = client.post(f"{ROLES}{person.pk}/", sent)

    person.refresh_from_db()
    assert (response.status_code, person.roles) == (200, {"viewer"})


def test_policy_page_shows_the_limits_in_force(security, client, settings):
    settings.TOTP_ROLES = ["reviewer"]
    settings.PASSWORD_MAX_AGE_DAYS = 0

    html = client.get("/accounts/policy/").content.decode()

    assert "15 分钟" in html
    assert "不限" in html
    assert re.search("须用动态验证码的角色</th><td[^>]*>复核", html)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("system_admin", PEOPLE),
        ("system_admin", f"{PEOPLE}new/"),
        ("system_admin", f"{PEOPLE}{{pk}}/"),
        ("system_admin", ORGANISATIONS),
        ("system_admin", f"{ORGANISATIONS}new/"),
        ("security_admin", ROLES),
        ("security_admin", f"{ROLES}{{pk}}/"),
        ("security_admin", "/accounts/policy/"),
        ("audit_admin", "/audit/"),
        ("analyst", "/accounts/me/"),
        ("analyst", "/accounts/password/"),
        ("analyst", "/accounts/second-factor/"),
    ],
)
def test_page_answers_in_its_language(db, client, settings, role, address, language):
    client.force_login(make_person("ana", role))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    html = client.get(address.format(pk=make_person("other").pk)).content.decode()

    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in html
    assert len(re.findall(r"<h1\b", html)) == 1
    assert "style=" not in html
    assert not re.findall(r"<script(?![^>]*\ssrc=)", html)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_open_the_same_account_at_once():
    system = make_person("sys", "system_admin")
    outcomes, ready = [], threading.Barrier(2)

    def open_account():
        ready.wait()
        try:
            services.create_person(username="ana", name="安娜", by=system)
            outcomes.append("made")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=open_account) for _twice in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["made", "refused"]
    assert User.objects.filter(username="ana").count() == 1
    assert AuditEvent.objects.filter(action="account.created").count() == 1


@pytest.mark.django_db
def test_every_permission_is_named_in_words_by_policy_and_refusals(client):
    everybodys = {Permission.ANYONE, Permission.OWN_ACCOUNT}
    assert set(PERMISSION_WORDS) == set(Permission) - everybodys

    client.force_login(make_person("a", "analyst"))
    page = client.get("/handover/").content.decode()

    assert "这一页需要的权限：移交他人的未了工作，指定代办人。" in page
    assert "hand_over" not in page

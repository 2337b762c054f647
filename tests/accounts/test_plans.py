"""Roles that hold in some plans alone: there they work, elsewhere their holder may look."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from accounts.permissions import Permission, people_who_may
from accounts.services import role_values, set_roles, stamp
from audit.models import AuditEvent
from plan.models import Plan
from plan.queries import entrusted
from studio import services as studio
from tests.factories import make_person
from tests.plan import small
from tests.studio.scene import FRAME

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(plan, tmp_path):
    from django.core.management import call_command

    call_command("load_plan", str(small.write(tmp_path / "small")), verbosity=0)
    return Plan.objects.get(slug="small")


def limited(name: str, *roles: str, to: str = " small ") -> User:
    person = make_person(name, *roles)
    User.objects.filter(pk=person.pk).update(plans=to)
    return User.objects.get(pk=person.pk)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.breadth
def test_a_role_works_in_its_plan_and_looks_elsewhere(plan, other):
    client = signed_in(limited("li", "analyst"))

    assert client.get("/small/data/").status_code == 200
    assert client.get("/sz-sti-14/data/").status_code == 403
    assert AuditEvent.objects.filter(action="refused", actor__username="li").exists()
    there, here = (client.get(f"/{slug}/").content.decode() for slug in ("sz-sti-14", "small"))
    assert "数据工作台" in here
    assert "数据工作台" not in there
    assert client.get("/sz-sti-14/indicators/").status_code == 200


def test_a_planner_of_one_plan_neither_opens_another_nor_makes_one(plan, other):
    person = limited("wang", "planner")
    client = signed_in(person)

    assert client.get("/sz-sti-14/studio/").status_code == 403
    assert client.get("/small/studio/").status_code == 200
    with pytest.raises(PermissionDenied, match="限于指定的规划"):
        studio.start(slug="some-30", template="five-year-plan", frame=FRAME, by=person)


def test_notices_and_work_lists_are_of_the_plans_one_works_in(plan, other):
    person, everywhere = limited("chen", "analyst", "reviewer"), make_person("zhou", "reviewer")

    assert set(people_who_may(Permission.APPROVE_FIGURES, "small")) == {person, everywhere}
    assert set(people_who_may(Permission.APPROVE_FIGURES, "sz-sti-14")) == {everywhere}
    assert set(people_who_may(Permission.APPROVE_FIGURES, None)) == {person, everywhere}
    assert not entrusted(plan, person).exists()
    assert entrusted(other, person).count() == other.items.count()


def test_the_security_administrator_limits_and_frees(plan, other):
    person, chief = make_person("sun", "analyst"), make_person("qian", "security_admin")
    client = signed_in(chief)
    page = client.get(f"/accounts/roles/{person.pk}/").content.decode()
    assert "业务角色限于哪些规划" in page

    form = {"business": ["analyst"], "plans": ["small"], "seen": stamp(role_values(person))}
    assert client.post(f"/accounts/roles/{person.pk}/", form).status_code == 302
    person.refresh_from_db()
    assert person.plan_slugs == ["small"]
    row = AuditEvent.objects.filter(action="roles.changed").latest("id")
    assert row.after == {"roles": ["analyst"], "plans": ["small"]}
    stale = client.post(f"/accounts/roles/{person.pk}/", form)
    assert "已被他人修改" in stale.content.decode()

    # All of them chosen is no limit: a plan that comes later is among them.
    form |= {"plans": ["small", "sz-sti-14"], "seen": stamp(role_values(person))}
    client.post(f"/accounts/roles/{person.pk}/", form)
    person.refresh_from_db()
    assert person.plans == ""
    wrong = client.post(f"/accounts/roles/{person.pk}/", form | {"plans": ["nothing"]})
    assert wrong.status_code == 200


def test_administrators_are_of_the_whole_site(plan):
    person, chief = limited("zhao", "analyst"), make_person("qian", "security_admin")
    seen = stamp(role_values(person))
    set_roles(person_id=person.pk, roles={"reviewer"}, seen=seen, by=chief)
    person.refresh_from_db()
    assert person.plan_slugs == ["small"], "what is not said stays"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=chief.pk).update(plans=" small ")

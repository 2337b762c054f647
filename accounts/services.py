"""What administrators do with accounts, roles and organisations; each change leaves its audit row.

`seen` is the stamp of the values a form showed (`stamp`): a row changed by somebody else since is not
overwritten but raises Overtaken.
"""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from axes.utils import reset as forget_failures
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import sessions
from accounts.credentials import end_everything, mark_one_time, store_password
from accounts.models import AdminAct, Organisation, ProviderIdentity, Role, User
from accounts.passwords import one_time_password
from accounts.permissions import Permission, require
from accounts.telling import tell
from audit.refusals import Overtaken
from audit.services import record_audit

BUSINESS = (Role.REPORTER, Role.ANALYST, Role.EVALUATOR, Role.REVIEWER, Role.PLANNER)
GRANTABLE = frozenset(Role.values) - {Role.VIEWER}


def overtaken(row: Any) -> Overtaken:
    """The refusal of a change to a row that somebody else changed since it was shown."""
    return Overtaken(row, _("这条记录已被他人修改。下面是最新内容，请核对后重新填写。"))


def stamp(values: dict[str, Any]) -> str:
    """A short mark of values as shown, for the hidden field of a form."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def person_values(person: User) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "organisation": person.organisation.code if person.organisation else "",
    }


def organisation_values(organisation: Organisation) -> dict[str, Any]:
    return {"code": organisation.code, "name": organisation.name, "name_en": organisation.name_en}


def role_values(person: User) -> dict[str, Any]:
    limited = {"plans": person.plan_slugs} if person.plans else {}
    return {"roles": sorted(person.granted_roles - {Role.VIEWER})} | limited


def refuse_mixing(roles: set[str]) -> None:
    """Raises ValidationError where one person would hold what has to be kept apart (三员分立)."""
    if unknown := roles - GRANTABLE:
        raise ValidationError(_("没有这种角色：%(roles)s") % {"roles": "、".join(sorted(unknown))})
    administers = [role for role in User.Administers.values if role in roles]
    words = "、".join(str(Role(role).label) for role in administers)
    if len(administers) > 1:
        raise ValidationError(_("%(roles)s不能由同一人担任，请只选一个。") % {"roles": words}, code="mixed")
    if administers and roles - set(administers):
        raise ValidationError(
            _("%(role)s不能兼任业务角色：请取消管理员，或取消填报、分析、评估、复核、规划编制。")
            % {"role": words},
            code="mixed",
        )


def set_columns(person: User, roles: set[str]) -> None:
    """Puts roles into the account's columns, unsaved; `refuse_mixing` comes first."""
    for role in BUSINESS:
        setattr(person, f"is_{role}", role in roles)
    person.administers = next((role for role in User.Administers.values if role in roles), "")


def create_person(
    *,
    username: str,
    name: str = "",
    email: str = "",
    organisation: Organisation | None = None,
    roles: Collection[str] = (),
    by: User | None,
) -> tuple[User, str]:
    """Opens an account and returns it with a password for the first sign-in, kept nowhere in clear.

    `by` None is the console (create_account), the only place where roles come with the account. Raises
    PermissionDenied, ValidationError.
    """
    if by is not None:
        require(by, Permission.MANAGE_ACCOUNTS)
        if roles:
            raise PermissionDenied(_("角色由安全管理员授予"))
    refuse_mixing(set(roles))
    password = one_time_password()
    person = User(username=username, name=name, email=email, organisation=organisation)
    set_columns(person, set(roles))
    person.set_password(password)
    mark_one_time(person, is_one_time=True)
    person.full_clean()
    after = person_values(person) | (role_values(person) if roles else {})
    try:
        with transaction.atomic():
            person.save()
            _log("account.created", person, by=by, after=after)
            if person.administers:
                tell(person, "administrator.made", by=by)
    except IntegrityError:  # the same name in the same instant; now the check sees it
        person.full_clean()
        raise
    return person, password


def edit_person(
    *, person_id: int, seen: str, name: str, email: str, organisation: Organisation | None, by: User
) -> User:
    """Changes what is written about a person. Raises Overtaken, ValidationError, PermissionDenied."""
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        person = locked(person_id)
        before = person_values(person)
        if stamp(before) != seen:
            raise overtaken(person)
        person.name, person.email, person.organisation = name, email, organisation
        person.full_clean()
        if before != person_values(person):
            person.save(update_fields=["name", "email", "organisation"])
            _log("account.changed", person, by=by, before=before, after=person_values(person))
            if before["email"] != email:
                tell(person, "account.changed", by=by, addresses=[before["email"], email])
    return person


def set_active(*, person_id: int, active: bool, by: User) -> User:
    """Disables an account, which ends its sessions and tokens for good, or enables it again.

    An administrator's takes a second administrator (accounts.second_person).
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        person = locked(person_id)
        _not_oneself(person, by, _("不能停用自己的账号"))
        _not_alone(person)
        switch(person, active=active, by=by)
    return person


def switch(person: User, *, active: bool, by: User | None) -> None:
    """What set_active does, once it is decided."""
    if person.is_active == active:
        return
    ended: dict[str, int] = {}
    if not active:
        _demand_another(person)
        ended = end_everything(person, by=by, cause="disabled")
    person.is_active = active
    person.save(update_fields=["is_active", "sessions_round"])
    action = "account.enabled" if active else "account.disabled"
    _log(action, person, by=by, before={"is_active": not active}, after={"is_active": active})
    tell(person, action, by=by, **ended)


def reset_password(*, person_id: int, by: User) -> tuple[User, str]:
    """Gives a password for one sign-in, ends the person's sessions and tokens and lifts a lock-out.

    An administrator's takes a second administrator (accounts.second_person).
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    password = one_time_password()
    with transaction.atomic():
        person = locked(person_id)
        _not_oneself(person, by, _("自己的密码请在“我的账号”中更换"))
        _not_alone(person)
        give_password(person, password, by=by)
    return person, password


def give_password(person: User, password: str, *, by: User | None) -> None:
    """What reset_password does, once it is decided."""
    store_password(person, password, by=by, is_one_time=True)
    forget_failures(username=person.username)
    _log("password.reset", person, by=by)
    tell(person, "password.reset", by=by)


def reset_second_factor(*, person_id: int, by: User) -> User:
    """Takes a lost device off; the person sets up a new one where a role asks for it.

    An administrator's takes a second administrator (accounts.second_person).
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        person = locked(person_id)
        _not_oneself(person, by, _("自己的动态验证码请由另一位系统管理员重置"))
        _not_alone(person)
        take_device(person, by=by)
    return person


def take_device(person: User, *, by: User | None) -> None:
    """What reset_second_factor does, once it is decided."""
    if TOTPDevice.objects.filter(user=person).delete()[0]:
        _log("second_factor.reset", person, by=by)
        tell(person, "second_factor.reset", by=by)


def end_sessions(*, person_id: int, by: User) -> int:
    """Ends every session of a person for good, his tokens stay; how many there were."""
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        person = locked(person_id)
        number = sessions.end_all(person)
        person.save(update_fields=["sessions_round"])
        _log("session.ended", person, by=by, after={"sessions": number})
        tell(person, "session.ended", by=by)
    return number


def release_identity(*, person_id: int, by: User) -> bool:
    """Undoes an account's binding to the identity provider's subject; False where there is none.

    For somebody whom the provider gave a new subject: the next one of the account's name is bound instead. Raises
    PermissionDenied, for an administrator's account too (manage.py break_glass).
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        person = locked(person_id)
        _not_alone(person)
        return unbind(person, by=by)


def unbind(person: User, *, by: User | None) -> bool:
    """The deed itself; `by` is None on the console. The person is told."""
    identity = ProviderIdentity.objects.filter(user=person).first()
    if identity is None:
        return False
    identity.delete()
    _log("identity.released", person, by=by, before={"issuer": identity.issuer, "subject": identity.subject})
    tell(person, "identity.released", by=by)
    return True


def unlock(*, person_id: int, by: User) -> User:
    """Lifts a lock-out after failed sign-ins."""
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        person = locked(person_id)
        if forget_failures(username=person.username):
            _log("account.unlocked", person, by=by)
    return person


def set_roles(
    *, person_id: int, roles: set[str], seen: str, by: User, plans: Collection[str] | None = None
) -> User:
    """Grants and revokes; the person has to sign in again. `plans`: where alone the roles hold (none: in all).

    Where an administration comes or goes it takes a second administrator (accounts.second_person). Raises
    PermissionDenied for that and for one's own roles, ValidationError for a mixture, Overtaken.
    """
    require(by, Permission.MANAGE_ROLES)
    with transaction.atomic():
        person = locked(person_id)
        demand_roles_as_seen(person, roles, seen=seen, by=by)
        if touches_administration(person, roles):
            raise PermissionDenied(_("涉及管理员的角色变动须由第二位管理员确认"))
        put_roles(person, roles, by=by, plans=plans)
    return person


def demand_possible(person: User, kind: str, roles: set[str]) -> None:
    """Raises ValidationError where the act would leave a kind of administrator without a holder."""
    if kind == AdminAct.Kind.DISABLE or kind == AdminAct.Kind.ROLES and touches_administration(person, roles):
        _demand_another(person)


def demand_roles_as_seen(person: User, roles: set[str], *, seen: str, by: User) -> None:
    """Refuses one's own roles, a row changed since, and what one person may not hold together."""
    _not_oneself(person, by, _("不能更改自己的角色，请由另一位安全管理员办理"))
    if stamp(role_values(person)) != seen:
        raise overtaken(person)
    refuse_mixing(roles)


def touches_administration(person: User, roles: set[str]) -> bool:
    """Whether the roles make an administrator, or another one, or no longer one."""
    return person.administers != next((role for role in User.Administers.values if role in roles), "")


def put_roles(person: User, roles: set[str], *, by: User | None, plans: Collection[str] | None = None) -> None:
    """What set_roles does, once it is decided."""
    before = role_values(person)
    if touches_administration(person, roles):
        _demand_another(person)
    set_columns(person, roles)
    if person.administers or plans is not None:
        limits = () if person.administers else plans or ()
        person.plans = f" {' '.join(sorted(set(limits)))} " if limits else ""
    after = role_values(person)
    if before == after:
        return
    # Sessions end with the change of roles, and stay ended when the old roles come back.
    sessions.end_all(person)
    person.save(update_fields=[*(f"is_{role}" for role in BUSINESS), "administers", "plans", "sessions_round"])
    _log("roles.changed", person, by=by, before=before, after=after)
    tell(person, "roles.changed", by=by)


def create_organisation(*, code: str, name: str, name_en: str = "", by: User) -> Organisation:
    require(by, Permission.MANAGE_ACCOUNTS)
    organisation = Organisation(code=code, name=name, name_en=name_en)
    organisation.full_clean()
    try:
        with transaction.atomic():
            organisation.save()
            _log_organisation("organisation.created", organisation, by=by, after=organisation_values(organisation))
    except IntegrityError:  # the same code or name in the same instant; now the check sees it
        organisation.full_clean()
        raise
    return organisation


def edit_organisation(*, organisation_id: int, seen: str, name: str, name_en: str, by: User) -> Organisation:
    """Renames an organisation; its code stays, files refer to it. Raises Overtaken, ValidationError."""
    require(by, Permission.MANAGE_ACCOUNTS)
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
        before = organisation_values(organisation)
        if stamp(before) != seen:
            raise overtaken(organisation)
        organisation.name, organisation.name_en = name, name_en
        organisation.full_clean()
        after = organisation_values(organisation)
        if before != after:
            organisation.save(update_fields=["name", "name_en"])
            _log_organisation("organisation.changed", organisation, by=by, before=before, after=after)
    return organisation


def person_from_provider(*, username: str, name: str, email: str) -> User:
    """An account for somebody the identity provider vouches for: may look, holds no role, has no password."""
    person = User(username=username, name=name[:100], email=email)
    person.set_password(None)
    person.password_changed_at = timezone.now()
    person.full_clean(exclude=["password"])
    try:
        with transaction.atomic():
            person.save()
            _log("account.created", person, by=None, after=person_values(person) | {"method": "oidc"})
    except IntegrityError:  # signed in twice in the same instant; now the check sees it
        person.full_clean(exclude=["password"])
        raise
    return person


def locked(person_id: int) -> User:
    """The account, locked; an administrator's with all of his kind and in their order.

    Two who leave at once would otherwise each hold his own row and wait for the other's (`_demand_another`).
    """
    kind = User.objects.values_list("administers", flat=True).get(pk=person_id)
    if kind:
        list(User.objects.select_for_update().filter(administers=kind, is_active=True).order_by("pk"))
    return User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person_id)


def _not_alone(person: User) -> None:
    """Nobody does alone what would let him act as another administrator, or leave none (三员分立)."""
    if person.administers:
        raise PermissionDenied(_("管理员的账号须由第二位管理员确认后才能办理"))


def _demand_another(person: User) -> None:
    """Raises ValidationError where a kind of administrator would be left without an active holder."""
    if not (person.administers and person.is_active):
        return
    # Locked all together, so that two who leave at once each see the other.
    holders = User.objects.select_for_update().filter(administers=person.administers, is_active=True)
    if not [row for row in holders.order_by("pk") if row.pk != person.pk]:
        words = {"kind": person.get_administers_display()}
        raise ValidationError(_("%(kind)s只剩这一位在用，不能停用或改任；请先由另一人担任。") % words, code="last")


def _not_oneself(person: User, by: User, sentence: str) -> None:
    if person.pk == by.pk:
        raise PermissionDenied(sentence)


def _log(action: str, person: User, **fields: Any) -> None:
    record_audit(action=action, object_code=person.username[:60], object_label=person, **fields)


def _log_organisation(action: str, organisation: Organisation, **fields: Any) -> None:
    record_audit(action=action, object_code=organisation.code, object_label=organisation.name, **fields)

"""Acts on an administrator's account take two administrators of different kinds (三员分立).

One asks, an administrator of another kind confirms, neither being the person it is about. A new password is shown
in halves, one to each: alone neither can sign in as that person. The person is told when it is asked and when it
is done. Where there is nobody to confirm, the console has `manage.py break_glass`.
"""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import AdminAct, User
from accounts.passwords import one_time_password
from accounts.permissions import Permission, require
from accounts.sealing import seal, unseal
from accounts.telling import tell
from audit.services import record_audit

Kind, State = AdminAct.Kind, AdminAct.State
VALID_HOURS = 72
ASKING = {Kind.ROLES: Permission.MANAGE_ROLES}


def waiting() -> QuerySet[AdminAct]:
    """What is asked and can still be confirmed, oldest first."""
    since = timezone.now() - timedelta(hours=VALID_HOURS)
    rows = AdminAct.objects.filter(state=State.ASKED, asked_at__gt=since).order_by("id")
    return rows.select_related("person", "asked_by")


def may_decide(act: AdminAct, user: User) -> bool:
    """Whether somebody is the second person of an act: of another kind than whoever asked, and not concerned."""
    return (
        bool(user.administers)
        and user.is_active
        and user.administers != act.asked_by.administers
        and user.pk not in (act.person_id, act.asked_by_id)
    )


def confirmers(act: AdminAct) -> list[User]:
    rows = User.objects.filter(is_active=True).exclude(administers="")
    return [row for row in rows.order_by("pk") if may_decide(act, row)]


def ask(
    *, kind: str, person_id: int, by: User, roles: set[str] | None = None, seen: str = ""
) -> tuple[AdminAct, str]:
    """Asks for an act. Returns it with the first half of a new password where one will be given.

    Raises PermissionDenied, ValidationError (the last holder, asked already, nobody to confirm), Overtaken.
    """
    require(by, ASKING.get(kind, Permission.MANAGE_ACCOUNTS))
    with transaction.atomic():
        person = services.locked(person_id)
        details: dict[str, Any] = {}
        if kind == Kind.ROLES:
            services.demand_roles_as_seen(person, roles or set(), seen=seen, by=by)
            details = {"roles": sorted(roles or set()), "seen": seen}
        elif person.pk == by.pk:
            raise PermissionDenied(_("自己的账号请由另一位系统管理员办理"))
        if waiting().filter(person=person, kind=kind).exists():
            raise ValidationError(_("已有同样的事项在等待确认"), code="asked")
        services.demand_possible(person, kind, roles or set())
        half, _other = _halves(one_time_password()) if kind == Kind.PASSWORD else ("", "")
        if half:
            details["half"] = seal(half)
        act = AdminAct.objects.create(kind=kind, person=person, asked_by=by, details=details)
        if not confirmers(act):
            raise ValidationError(
                _("没有其他类别的管理员可以确认；请由运维人员在控制台用 break_glass 办理。"), code="nobody"
            )
        _log("act.asked", act, by=by)
        tell(person, "act.asked", by=by, act=act, deciders=confirmers(act))
    return act, half


def confirm(*, act_id: int, by: User) -> tuple[AdminAct, str]:
    """Does what was asked. Returns the act with the second half of a new password where one was given."""
    with transaction.atomic():
        act = _open(act_id, by)
        person = services.locked(act.person_id)
        half = ""
        match act.kind:
            case Kind.PASSWORD:
                half = _halves(one_time_password())[1]
                services.give_password(person, unseal(act.details["half"]) + half, by=by)
            case Kind.SECOND_FACTOR:
                services.take_device(person, by=by)
            case Kind.DISABLE | Kind.ENABLE:
                services.switch(person, active=act.kind == Kind.ENABLE, by=by)
            case Kind.ROLES:
                if services.stamp(services.role_values(person)) != act.details["seen"]:
                    raise services.overtaken(person)
                services.put_roles(person, set(act.details["roles"]), by=by)
        _close(act, State.DONE, by)
    return act, half


def refuse(*, act_id: int, by: User) -> AdminAct:
    """Turns an act down; whoever asked may also take it back."""
    with transaction.atomic():
        act = _open(act_id, by, is_refusal=True)
        _close(act, State.REFUSED, by)
    return act


def _open(act_id: int, by: User, *, is_refusal: bool = False) -> AdminAct:
    act = AdminAct.objects.select_for_update(of=("self",)).select_related("asked_by", "person").get(pk=act_id)
    if not (may_decide(act, by) or (is_refusal and by.pk in (act.asked_by_id, act.person_id))):
        raise PermissionDenied(_("须由另一类管理员确认，且不能是提出人或本人"))
    if act.state != State.ASKED:
        raise ValidationError(_("这一事项已经处理"), code="decided")
    if not act.asked_by.is_active or act.asked_at < timezone.now() - timedelta(hours=VALID_HOURS):
        raise ValidationError(_("这一事项已过期，请重新提出"), code="over")
    return act


def _close(act: AdminAct, state: str, by: User) -> None:
    # The database holds that nobody confirms his own; who takes it back is in the audit log.
    act.state, act.decided_at = state, timezone.now()
    act.decided_by = by if by.pk != act.asked_by_id else None
    act.details.pop("half", None)
    act.save(update_fields=["state", "decided_at", "decided_by", "details"])
    action = "act.confirmed" if state == State.DONE else "act.refused"
    _log(action, act, by=by)
    if state == State.REFUSED:
        tell(act.person, action, by=by, act=act)


def _halves(password: str) -> tuple[str, str]:
    middle = len(password) // 2 + 1
    return password[:middle], password[middle:]


def _log(action: str, act: AdminAct, *, by: User) -> None:
    after = {"kind": act.kind, "asked_by": act.asked_by.username}
    if "roles" in act.details:
        after["roles"] = act.details["roles"]
    record_audit(action=action, by=by, object_code=act.person.username[:60], object_label=act.person, after=after)

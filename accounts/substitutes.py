"""代办: somebody acts for another from one day to another; each act says whose hand it was and for whom.

A substitute gets no right of his own by it: what asks for a role asks him for it too, and only the security
administrator grants roles. What it opens to him is the other's rows: notes, chapters, the unit's reports and
figures.
An administrator's work is lent to nobody.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, Substitution, User
from accounts.permissions import Permission, require
from audit.services import record_audit

# What a person does in person: each needs the role, and the rows are his or his unit's.
LENT = (Role.REPORTER, Role.EVALUATOR)
LONGEST = timedelta(days=366)


def principals(user: User) -> list[User]:
    """The people somebody stands in for today; one query."""
    if not user.is_authenticated:
        return []
    rows = Substitution.objects.in_force(timezone.localdate()).filter(substitute=user)
    return [row.person for row in rows.select_related("person__organisation")]


def keys_of_principals(user: User) -> QuerySet:
    """The same as keys within another query."""
    return Substitution.objects.in_force(timezone.localdate()).filter(substitute=user).order_by().values("person")


def stands_in(user: User, person_id: int | None) -> bool:
    """Whether somebody acts for a person today."""
    rows = Substitution.objects.in_force(timezone.localdate())
    return person_id is not None and rows.filter(substitute=user, person=person_id).exists()


def units(user: User) -> set[int]:
    """The organisations somebody reports for today: his own, and those of whom he stands in for; one query."""
    return {user.organisation_id, *(one.organisation_id for one in principals(user))} - {None}


def of_person(person: User) -> QuerySet[Substitution]:
    """Who stood, stands or will stand in for somebody, the latest first."""
    return person.substitutions.select_related("substitute", "named_by")


def name_substitute(
    *, person: User, substitute: User, starts_on: date, ends_on: date, reason: str, by: User
) -> Substitution:
    """Names who acts for a person; by himself or by whoever may hand work over.

    Raises ValidationError by field.
    """
    _demand_right(person, by)
    if person.administers or substitute.administers:
        raise ValidationError({"substitute": _("管理员的工作不能由他人代办，也不能代办他人的工作")})
    if person.pk == substitute.pk:
        raise ValidationError({"substitute": _("代办人须是另一个人")})
    if not substitute.is_active:
        raise ValidationError({"substitute": _("%(name)s 的账号已停用") % {"name": substitute}})
    if lacking := [role for role in LENT if role in person.roles and role not in substitute.roles]:
        words = {"name": substitute, "roles": "、".join(str(Role(role).label) for role in lacking)}
        raise ValidationError(
            {"substitute": _("%(name)s 没有这些角色：%(roles)s。请先由安全管理员授予，或另选一人。") % words}
        )
    if ends_on < max(starts_on, timezone.localdate()) or ends_on - starts_on > LONGEST:
        raise ValidationError({"ends_on": _("截止日不能早于起始日和今天，最长一年")})
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        others = person.substitutions.filter(ended_at__isnull=True, starts_on__lte=ends_on, ends_on__gte=starts_on)
        if other := others.select_related("substitute").first():
            words = {"name": other.substitute, "from": other.starts_on, "to": other.ends_on}
            raise ValidationError({"starts_on": _("%(from)s 至 %(to)s 已由 %(name)s 代办，请先结束") % words})
        row = Substitution(
            person=person,
            substitute=substitute,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            named_by=by,
        )
        row.full_clean()
        row.save()
        _log("substitute.named", row, by=by)
    return row


def end_substitution(row: Substitution, *, by: User) -> Substitution:
    """Ends it before its day; nothing where it is over."""
    _demand_right(row.person, by)
    with transaction.atomic():
        held = Substitution.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.ended_at is None:
            held.ended_at = timezone.now()
            held.save(update_fields=["ended_at"])
            _log("substitute.ended", held, by=by)
    return held


def _demand_right(person: User, by: User) -> None:
    if by.pk != person.pk:
        require(by, Permission.HAND_OVER)


def _log(action: str, row: Substitution, *, by: User) -> None:
    after = {
        "substitute": row.substitute.get_username(),
        "from": row.starts_on.isoformat(),
        "to": row.ends_on.isoformat(),
        "reason": row.reason,
    }
    person = row.person
    record_audit(action=action, by=by, object_code=person.username[:60], object_label=person, after=after)

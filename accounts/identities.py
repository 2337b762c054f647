"""Whom an identity provider means: accounts are bound to issuer and subject, which never change hands."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import ProviderIdentity, User
from audit.services import record_audit


class NotAdmitted(Exception):
    """The provider's word is not enough; `words` tell the person why."""

    def __init__(self, reason: str, words: str):
        super().__init__(reason)
        self.words = words


def person_of(*, issuer: str, subject: str, name: str) -> User | None:
    """The account bound to a subject, or else the one of that name; None where there is neither.

    Raises NotAdmitted where the account of that name is bound to somebody else.
    """
    bound = User.objects.filter(provider_identity__issuer=issuer, provider_identity__subject=subject).first()
    if bound is not None:
        return bound
    person = User.objects.filter(username=name).select_related("provider_identity").first()
    if person is not None and hasattr(person, "provider_identity"):
        raise _bound_to_another()
    return person


def admit(person: User, *, issuer: str, subject: str) -> None:
    """Lets an open account in by a subject, and binds it the first time. Raises NotAdmitted."""
    if person.administers and not settings.OIDC_ADMINISTRATORS:
        words = _("管理员不经统一身份认证登录，请用本系统的用户名和密码。")
        raise NotAdmitted("administrators sign in with a password (OIDC_ADMINISTRATORS)", words)
    try:
        # Two at the same moment: the constraints let one of them bind, the other finds it bound.
        with transaction.atomic():
            identity, is_new = ProviderIdentity.objects.get_or_create(
                user=person, defaults={"issuer": issuer, "subject": subject}
            )
            if is_new:
                record_audit(
                    action="identity.bound",
                    by=person,
                    object_code=person.username[:60],
                    object_label=person,
                    after={"issuer": issuer, "subject": subject},
                )
    except IntegrityError as error:
        raise _bound_to_another() from error
    if (identity.issuer, identity.subject) != (issuer, subject):
        raise _bound_to_another()


def _bound_to_another() -> NotAdmitted:
    return NotAdmitted(
        "the account is bound to another subject",
        _("这个用户名的账号已绑定统一身份认证中的另一身份。如确为您本人，请联系系统管理员解除绑定。"),
    )

"""API tokens: made and revoked by their holder, known afterwards only by their digest."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.permissions import Permission, require
from audit.services import record_audit

MARK = "pt_"  # tells people and scanners of repositories what they see
PREFIX_LENGTH = 9
MOST = 20
LONGEST_DAYS = 366
NAME_LENGTH = 100
# The last use is written at most this often: a program that polls must not write with every request.
USE_NOTED = timedelta(minutes=1)


def digest_of(token: str) -> str:
    """What is stored of a token. It is 256 random bits, so one fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(
    *, by: User, name: str, scope: str, days: int, today: date, writes: Iterable[str] = ()
) -> tuple[ApiToken, str]:
    """A new token, and the token itself, which is shown once; `writes`: codes of ApiToken.Writes.

    Raises ValidationError by field.
    """
    require(by, Permission.OWN_ACCOUNT)
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise ValidationError(
            {"name": _("请填写用途，最多 %(n)s 个字符，例如“每月取数脚本”") % {"n": NAME_LENGTH}}
        )
    if scope not in ApiToken.Scope.values:
        raise ValidationError({"scope": _("没有“%(word)s”这种范围") % {"word": scope[:20]}})
    writes = _writes_of(scope, writes)
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": _("有效期应为 1 到 %(n)s 天") % {"n": LONGEST_DAYS}})
    # The account's row is the lock: two requests at once would both see room for one more.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if ApiToken.objects.usable(today).filter(user=by).count() >= MOST:
        raise ValidationError({"name": _("有效的令牌最多 %(n)s 个，请先停用不用的") % {"n": MOST}})
    secret = MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=by,
        name=name,
        digest=digest_of(secret),
        prefix=secret[:PREFIX_LENGTH],
        scope=scope,
        writes=writes,
        expires_on=today + timedelta(days=days),
    )
    after = {"scope": scope, "expires_on": row.expires_on.isoformat()} | ({"writes": writes} if writes else {})
    _log("token.created", row, by, after=after)
    return row, secret


def _writes_of(scope: str, asked: Iterable[str]) -> str:
    asked = set(asked)
    if unknown := sorted(asked - set(ApiToken.Writes.values)):
        raise ValidationError({"writes": _("没有“%(word)s”这种范围") % {"word": unknown[0][:20]}})
    if asked and scope not in (ApiToken.Scope.READ, ApiToken.Scope.EXPORT):
        raise ValidationError({"writes": _("日历令牌不能写入；请另建一个")})
    return " ".join(code for code in ApiToken.Writes.values if code in asked)


@transaction.atomic
def revoke_token(*, token_id: int, by: User, holder: User | None = None) -> ApiToken:
    """Ends a token of one's own, at once, or as system administrator one of the holder's; one that has ended
    stays ended. Raises ApiToken.DoesNotExist, PermissionDenied."""
    if holder is not None and holder.pk != by.pk:
        require(by, Permission.MANAGE_ACCOUNTS)
    row = ApiToken.objects.select_for_update(of=("self",)).get(pk=token_id, user=holder or by)
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        _log("token.revoked", row, by, after={"holder": row.user.username} if row.user_id != by.pk else None)
    return row


def revoke_all(person: User, *, by: User, cause: str) -> int:
    """Ends all tokens of a person, with what they rested on; how many. Call it in the transaction of the cause."""
    rows = list(ApiToken.objects.select_for_update(of=("self",)).filter(user=person, revoked_at__isnull=True))
    for row in rows:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        _log("token.revoked", row, by, after={"cause": cause, "holder": person.username})
    return len(rows)


def find_token(secret: str, *, today: date) -> ApiToken | None:
    """The usable token of a secret with its holder; None for every other."""
    if not secret.startswith(MARK) or len(secret) > 100:
        return None
    return ApiToken.objects.usable(today).select_related("user").filter(digest=digest_of(secret)).first()


def note_use(token: ApiToken, *, now: datetime) -> None:
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _log(action: str, row: ApiToken, by: User, **fields: Any) -> None:
    label = f"{row.prefix}… {row.name}"
    record_audit(action=action, by=by, object_code=f"token-{row.pk}", object_label=label, **fields)

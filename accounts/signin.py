"""Signing in and out, the one-time code, one's own password: what each leaves in the audit log."""

from base64 import b32encode
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import django_otp
from axes.models import AccessAttempt
from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.credentials import store_password
from accounts.models import User
from accounts.policy import needs_second_factor
from accounts.sessions import end_all
from audit.address import counted_address
from audit.models import AuditEvent
from audit.services import record_audit

UNKNOWN = "匿名"
PREVIOUS = "previous_sign_in"
FIRST_PAUSE, LONGEST_PAUSE = 5, 60  # seconds


def is_no_password(request, credentials) -> bool:
    """For django-axes: a sign-in without a typed name (OpenID Connect) has nothing that could be guessed."""
    return not (credentials or {}).get("username")


def signed_in(request, *, by: User, method: str, before: datetime | None) -> None:
    """Notes a sign-in; `before` is the one before it, which the person is shown. Old sessions are swept."""
    request.session[PREVIOUS] = before.isoformat() if before else ""
    request.session.clear_expired()
    record_audit(action="login", by=by, after={"method": method})


def sign_in_refused(
    *, name: str, method: str, reason: str, locked: bool = False, action: str = "", by: User | None = None
) -> None:
    """Notes a sign-in that failed, under the name somebody typed."""
    record_audit(
        action=action or ("login.locked" if locked else "login.failed"),
        by=by,
        name=name or UNKNOWN,
        outcome=AuditEvent.Outcome.REFUSED if locked else AuditEvent.Outcome.FAILED,
        after={"method": method, "reason": reason},
    )


def sign_out(request) -> None:
    if request.user.is_authenticated:
        record_audit(action="logout", by=request.user)
    logout(request)


def _log(action: str, person: User, **fields: Any) -> None:
    record_audit(action=action, by=person, object_code=person.username[:60], object_label=person, **fields)


def locked_until(username: str, address: str | None = None) -> datetime | None:
    """When the name may try again (from that address, or from the last one it is locked at); None: now."""
    attempts = AccessAttempt.objects.filter(
        username=username,
        attempt_time__gt=timezone.now() - timedelta(minutes=settings.LOGIN_LOCK_MINUTES),
    )
    if address:
        attempts = attempts.filter(ip_address=address)
    tried = attempts.values("ip_address").annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    # The default ordering would split the groups.
    ends = [row["last"] for row in tried.order_by() if row["failures"] >= settings.LOGIN_FAILURE_LIMIT]
    return max(ends) + timedelta(minutes=settings.LOGIN_LOCK_MINUTES) if ends else None


def slowed_until(request) -> datetime | None:
    """When an address that has failed often, under whatever names, may try again; None: now.

    From LOGIN_ADDRESS_LIMIT failures within LOGIN_LOCK_MINUTES on, each doubles the pause, up to a minute.
    """
    address, now = counted_address(request), timezone.now()
    since = now - timedelta(minutes=settings.LOGIN_LOCK_MINUTES)
    tried = AccessAttempt.objects.filter(ip_address=address, attempt_time__gt=since).aggregate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    beyond = (tried["failures"] or 0) - settings.LOGIN_ADDRESS_LIMIT
    if address is None or beyond < 0:
        return None
    until = tried["last"] + timedelta(seconds=min(FIRST_PAUSE * 2 ** min(beyond, 10), LONGEST_PAUSE))
    return until if until > now else None


def change_own_password(request, *, password: str) -> None:
    """Stores a new password; every other session of the person and all tokens end, this session goes on."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=request.user.pk)
        store_password(person, password, by=person, is_one_time=False, keep=request.session.session_key)
        _log("password.changed", person)
    update_session_auth_hash(request, person)


def old_password_is_right(request, password: str) -> bool:
    """Whether a signed-in person knows his password. Guesses count as those at the sign-in page do, and are
    logged; with the last one the name is locked from this address and the session over (accounts.views)."""
    if authenticate(request, username=request.user.username, password=password):
        forget_failures(username=request.user.username, ip=counted_address(request))
        return True
    sign_in_refused(
        name=request.user.username,
        method="password",
        reason="old_password",
        locked=getattr(request, "axes_locked_out", False),
        action="password.refused",
        by=request.user,
    )
    return False


def end_other_sessions(request) -> None:
    """Every session of the person but this one ends for good."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=request.user.pk)
        number = end_all(person, keep=request.session.session_key)
        person.save(update_fields=["sessions_round"])
        _log("session.ended", person, after={"sessions": number})
    update_session_auth_hash(request, person)


def unconfirmed_device(person: User) -> TOTPDevice:
    """The device a person is setting up; its key stays the same until the first code is right."""
    device, _made = TOTPDevice.objects.get_or_create(user=person, confirmed=False, defaults={"name": "动态验证码"})
    return device


def confirmed_device(person: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=person, confirmed=True).order_by("pk").first()


def enrol(request, *, code: str) -> None:
    """Confirms the device with its first code. Raises ValidationError for a wrong one."""
    if confirmed_device(request.user):
        raise PermissionDenied(_("动态验证码已经启用"))
    _check(request, unconfirmed_device(request.user), code, passed="second_factor.enrolled")


def verify(request, *, code: str) -> None:
    """The second factor of a sign-in. Raises ValidationError for a wrong code, or too early after one."""
    device = confirmed_device(request.user)
    if device is None:  # taken off by an administrator meanwhile
        return
    _check(request, device, code, passed="second_factor.passed")


def remove_second_factor(request, *, code: str) -> None:
    """Switches one's own second factor off, which takes a last code, where no role of the person needs it."""
    if needs_second_factor(request.user):
        raise PermissionDenied(_("您的角色必须使用动态验证码"))
    device = confirmed_device(request.user)
    if device is None:
        return
    _check(request, device, code, passed="second_factor.removed")
    TOTPDevice.objects.filter(user=request.user).delete()
    request.session.pop(django_otp.DEVICE_ID_SESSION_KEY, None)


def _check(request, device: TOTPDevice, code: str, *, passed: str) -> None:
    person, problem = request.user, ""
    with transaction.atomic():
        # Locked, so that one code cannot be used twice at the same moment.
        device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        allowed, why = device.verify_is_allowed()
        if not allowed:
            problem = _too_early(why)
        elif not device.verify_token(code):
            problem = _("验证码不正确或已用过。请等应用显示下一组六位数字后再输入，并确认手机时间准确。")
        elif not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
        # A refused code is written down as well, and its count kept: the error is raised after the commit.
        record_audit(
            action="second_factor.failed" if problem else passed,
            by=person,
            outcome=AuditEvent.Outcome.FAILED if problem else AuditEvent.Outcome.OK,
            object_code=person.username[:60],
            object_label=person,
        )
    if problem:
        raise ValidationError(problem)
    request.session.cycle_key()
    django_otp.login(request, device)


def _too_early(why: dict) -> str:
    until = why.get("locked_until")
    seconds = max(1, round((until - timezone.now()).total_seconds())) if until else 1
    return _("输错的次数较多，请在 %(seconds)s 秒后再试。") % {"seconds": seconds}


def setup_picture(device: TOTPDevice) -> str:
    """The QR code an authenticator app reads, as a data: address of an SVG."""
    from django_otp.qr import write_qrcode_image  # draws with qrcode, needed on this page alone

    out = BytesIO()
    write_qrcode_image(device.config_url, out)
    return f"data:image/svg+xml,{quote(out.getvalue())}"


def setup_key(device: TOTPDevice) -> str:
    """The same key for typing, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

"""The rules of signing in that are in force, and what a signed-in person has to do before anything else."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.core import checks
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from audit.address import networks

VERIFY, ENROL, PASSWORD = "accounts:verify", "accounts:second_factor", "accounts:password"
KEY_LENGTH = 32
PASSWORD_BACKEND = "accounts.backends.AccountBackend"


def needs_second_factor(user: User) -> bool:
    """Whether one of the person's roles is listed in TOTP_ROLES."""
    return not user.roles.isdisjoint(settings.TOTP_ROLES)


def password_is_over(user: User) -> bool:
    """Whether the password is older than PASSWORD_MAX_AGE_DAYS (0: passwords do not age)."""
    if not settings.PASSWORD_MAX_AGE_DAYS or not user.has_usable_password():
        return False
    changed = user.password_changed_at or user.date_joined
    return changed < timezone.now() - timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)


def step_before(request) -> str | None:
    """The page a signed-in person has to pass first: the code, a new password, setting up the code.

    `request.user` must come from accounts.backends (it carries `device_id`). Asks no query of its own.
    """
    user, session = request.user, request.session
    if not user.is_authenticated:
        return None
    verified = session.get(DEVICE_ID_SESSION_KEY) == f"{TOTPDevice.model_label()}/{user.device_id}"
    if user.device_id and not verified:
        return VERIFY
    if session.get(BACKEND_SESSION_KEY) == PASSWORD_BACKEND and (
        user.must_change_password or password_is_over(user)
    ):
        return PASSWORD
    if not user.device_id and needs_second_factor(user):
        return ENROL
    return None


@dataclass(frozen=True)
class PolicyLimit:
    """One limit as shown to the security administrator, with the variable that sets it."""

    name: str
    value: str
    variable: str


def rules_in_force() -> list[PolicyLimit]:
    times, minutes, days, characters = _("%(n)s 次"), _("%(n)s 分钟"), _("%(n)s 天"), _("%(n)s 个字符")
    hours, classes = _("%(n)s 小时"), _("四类中至少 %(n)s 类")
    numbers = [
        (_("连续失败几次后锁定"), times, "LOGIN_FAILURE_LIMIT"),
        (_("锁定时长"), minutes, "LOGIN_LOCK_MINUTES"),
        (_("一个地址失败几次后放慢"), times, "LOGIN_ADDRESS_LIMIT"),
        (_("闲置多久自动退出"), minutes, "LOGIN_IDLE_MINUTES"),
        (_("一次登录最长多久"), hours if settings.LOGIN_MAX_HOURS else _("不限"), "LOGIN_MAX_HOURS"),
        (_("密码最短长度"), characters, "PASSWORD_MIN_LENGTH"),
        (_("密码须含的字符类别"), classes, "PASSWORD_CLASSES"),
        (_("不得重用最近几个密码"), _("%(n)s 个"), "PASSWORD_REMEMBERED"),
        (
            _("一次性密码有效期"),
            hours if settings.ONE_TIME_PASSWORD_HOURS else _("不限"),
            "ONE_TIME_PASSWORD_HOURS",
        ),
        (_("密码有效期"), days if settings.PASSWORD_MAX_AGE_DAYS else _("不限"), "PASSWORD_MAX_AGE_DAYS"),
    ]
    rules = [
        PolicyLimit(name, words % {"n": getattr(settings, variable)}, variable)
        for name, words, variable in numbers
    ]
    roles = "、".join(str(Role(role).label) for role in settings.TOTP_ROLES)
    provider = _("已接入") if settings.OIDC_RP_CLIENT_ID else _("未接入")
    return [
        *rules,
        PolicyLimit(_("须用动态验证码的角色"), roles or _("无（可自愿启用）"), "TOTP_ROLES"),
        PolicyLimit(_("统一身份认证"), provider, "OIDC_RP_CLIENT_ID"),
        PolicyLimit(_("未登录者可读"), _("是") if settings.PUBLIC_READ else _("否"), "PUBLIC_READ"),
    ]


@checks.register(checks.Tags.security)
def proxies_are_named(app_configs, **kwargs):
    """A misspelt proxy would leave every visitor with the proxy's address."""
    try:
        networks(settings.TRUSTED_PROXIES)
    except ValueError as error:
        return [checks.Error(f"TRUSTED_PROXIES: {error}", hint="127.0.0.1,10.0.0.0/8,unix", id="accounts.E003")]
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        problem = "HTTPS=1 without TRUSTED_PROXIES: behind a proxy every visitor has the proxy's address."
        return [checks.Info(problem, hint="Name the proxy: TRUSTED_PROXIES=127.0.0.1", id="accounts.I001")]
    return []


@checks.register(checks.Tags.security)
def keys_are_long(app_configs, **kwargs):
    """A short key for the secrets in the database can be guessed by whoever has the file."""
    short = [number for number, key in enumerate(settings.ENCRYPTION_KEYS, 1) if len(key) < KEY_LENGTH]
    problem = f"ENCRYPTION_KEYS: number {short} is shorter than {KEY_LENGTH} characters."
    hint = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(32))"'
    return [checks.Error(problem, hint=hint, id="accounts.E004")] if short else []


@checks.register(checks.Tags.security)
def limits_make_sense(app_configs, **kwargs):
    """A misspelt role would silently switch the second factor off for it."""
    found = []
    if unknown := sorted(set(settings.TOTP_ROLES) - set(Role.values)):
        problem = f"TOTP_ROLES names unknown roles: {', '.join(unknown)}"
        found.append(checks.Error(problem, hint=", ".join(Role.values), id="accounts.E001"))
    for name, low, high in (
        ("LOGIN_FAILURE_LIMIT", 1, 100),
        ("LOGIN_LOCK_MINUTES", 1, 1440),
        ("LOGIN_ADDRESS_LIMIT", 1, 10_000),
        ("LOGIN_IDLE_MINUTES", 1, 1440),
        ("LOGIN_MAX_HOURS", 0, 8760),
        ("PASSWORD_REMEMBERED", 0, 50),
        ("ONE_TIME_PASSWORD_HOURS", 0, 8760),
        ("PASSWORD_MIN_LENGTH", 8, 64),
        ("PASSWORD_CLASSES", 1, 4),
        ("PASSWORD_MAX_AGE_DAYS", 0, 3650),
    ):
        if not low <= getattr(settings, name) <= high:
            found.append(checks.Error(f"{name} must lie between {low} and {high}", id="accounts.E002"))
    return found

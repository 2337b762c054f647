"""What `manage.py check` and the start of each web process say of settings that are allowed but dangerous."""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from shenzhen_plan.environment import is_weak

log = logging.getLogger(__name__)


@checks.register(checks.Tags.security)
def dangerous_settings(app_configs=None, **kwargs) -> list[checks.CheckMessage]:
    found = []
    if settings.DATA_DIR_OPEN:
        found.append(
            checks.Warning(
                f"Other accounts of this machine can read DATA_DIR: {settings.DATA_DIR_OPEN}.",
                hint="Give the site a folder of its own, owned by the account it runs as, mode 0700.",
                id="plan.W001",
            )
        )
    if settings.PRODUCTION and is_weak(settings.SECRET_KEY):
        found.append(
            checks.Warning(
                "SECRET_KEY is weak; it is taken only because ALLOWED_HOSTS names this machine alone.",
                hint='Make one: python -c "import secrets; print(secrets.token_urlsafe(50))"',
                id="plan.W003",
            )
        )
    if settings.PRODUCTION and not settings.HTTPS:
        found.append(
            checks.Warning(
                "Production over plain HTTP: passwords and sessions can be read on the way (HTTPS is not set).",
                hint="Put TLS in front (deploy/nginx) and set HTTPS=1.",
                id="plan.W002",
            )
        )
    if settings.PRODUCTION and (urlsplit(settings.SITE_URL).hostname or "") in (
        "127.0.0.1",
        "localhost",
        "::1",
        "",
    ):
        found.append(
            checks.Info(
                f"Links in mails would begin with {settings.SITE_URL}, which leads nowhere for their readers.",
                hint="Set SITE_URL to the site's public address.",
                id="plan.I001",
            )
        )
    return found


def say_at_start() -> None:
    """Into the log of each web process, where an operator looks who never runs `check`."""
    for message in dangerous_settings():
        log.log(message.level, "%s %s (%s)", message.msg, message.hint, message.id)


class WithoutTraceback(logging.Filter):
    """What a stranger sent wrong (another host's name, too many fields) is one line, not the way it took here."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True

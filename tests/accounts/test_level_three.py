"""Level 3 of GB/T 22239 is reached by settings alone: the ones docs/security.md names start a clean production."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from accounts.models import Role

NAMED = {
    "SECRET_KEY": "".join(chr(33 + (7 * number) % 90) for number in range(60)),
    "ENCRYPTION_KEYS": "k" * 20 + "0123456789abcdefghij",
    "ALLOWED_HOSTS": "plan.example.org",
    "SITE_URL": "https://plan.example.org",
    "AUDIT_ANCHOR_SYSLOG": "127.0.0.1:514",
}
READ = """
import json, django; django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
names = ("TOTP_ROLES", "PASSWORD_MIN_LENGTH", "PASSWORD_CLASSES", "PASSWORD_MAX_AGE_DAYS", "PASSWORD_REMEMBERED",
         "LOGIN_FAILURE_LIMIT", "LOGIN_LOCK_MINUTES", "LOGIN_IDLE_MINUTES", "LOGIN_MAX_HOURS",
         "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_AGE")
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def documented():
    """The settings as the document writes them, `…` filled in."""
    text = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
    block = text.split("**Level 3 by settings.**")[1].split("No setting gives")[0]
    found = dict(re.findall(r"\b([A-Z_]{5,})=(\S+)", block))
    return {name: NAMED[name] if "…" in value else value for name, value in found.items()}


@pytest.mark.breadth
def test_the_settings_of_level_three_start_a_clean_production():
    given = documented()
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    made = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=settings.BASE_DIR, env=inherited | {"DJANGO_SETTINGS_MODULE": "shenzhen_plan.settings"} | given,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert made.returncode == 0, made.stderr
    assert "no issues" in made.stdout
    in_force = json.loads(made.stdout.splitlines()[-1])
    assert set(in_force["TOTP_ROLES"]) == set(Role.values)
    numbers = {name: int(value) for name, value in given.items() if name.startswith(("PASSWORD_", "LOGIN_"))}
    assert len(numbers) == 8
    assert {name: in_force[name] for name in numbers} == numbers
    assert in_force["SESSION_COOKIE_AGE"] == 15 * 60
    assert in_force["SESSION_COOKIE_SECURE"] is in_force["CSRF_COOKIE_SECURE"] is True

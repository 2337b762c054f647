"""The environment as the settings read it: an empty variable is an unset one, a wrong one is refused by name."""

import os
import re
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

YES, NO = {"1", "true", "yes", "on", "y", "ok"}, {"0", "false", "no", "off", "n"}
RATE = re.compile(r"[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)")
PRIVATE_FOLDER, OTHERS = 0o700, 0o077
# Django's own measure of a key (its check security.W009).
KEY_LENGTH, KEY_CHARACTERS, UNSAFE_KEY = 50, 5, "django-insecure-"
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


class Environment(environ.Env):
    """django-environ, whose own reading takes `NAME=` for a value and `$…` for another variable's name."""

    def get_value(self, var, cast=None, default=environ.Env.NOTSET, parse_default=False):
        text = os.environ.get(var, "").strip()
        if not text and default is self.NOTSET:
            raise ImproperlyConfigured(f"{var} is not set.")
        if not text and not parse_default:
            return default
        try:
            return self.parse_value(text or default, cast)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var}={text} cannot be read ({error}).") from error

    def bool(self, var, default=False):
        """Yes or no; what is neither is refused, a misspelt yes must not become a no."""
        text = self.str(var, "").lower()
        if text and text not in YES | NO:
            raise ImproperlyConfigured(f"{var}={text}: 1 or 0 is expected.")
        return text in YES if text else default

    def int(self, var, default=environ.Env.NOTSET):
        """A whole number from 0."""
        number = super().int(var, default=default)
        if isinstance(number, int) and number < 0:
            raise ImproperlyConfigured(f"{var}={number}: a whole number from 0 is expected.")
        return number

    def words(self, var, default=""):
        """A list separated by commas, without blanks."""
        return [word.strip() for word in self.str(var, default).split(",") if word.strip()]

    def networks(self, var):
        """Addresses and networks, as `127.0.0.1,10.0.0.0/8`."""
        try:
            return [ip_network(word, strict=False) for word in self.words(var)]
        except ValueError as error:
            raise ImproperlyConfigured(f"{var}: {error}.") from error

    def sub_path(self, var):
        """A path below the host, as `/plan`; empty for the host's own root."""
        text = self.str(var, "").rstrip("/")
        if text and not re.fullmatch(r"(/[A-Za-z0-9_-]+)+", text):
            raise ImproperlyConfigured(f"{var}={text}: for example /plan is expected, letters and digits.")
        return text

    def rate(self, var, default):
        """How often in which time, as `60/min`; None where the variable says `off`."""
        text = self.str(var, default).lower()
        if text == "off":
            return None
        if not RATE.fullmatch(text):
            raise ImproperlyConfigured(f"{var}={text}: for example 60/min, 5/s, 1000/day or off is expected.")
        return text


def is_weak(secret_key: str) -> bool:
    """Whether a key could be guessed; whoever has it signs in as anybody."""
    is_short = len(secret_key) < KEY_LENGTH or len(set(secret_key)) < KEY_CHARACTERS
    return is_short or secret_key.startswith(UNSAFE_KEY)


def refuse_unsafe(*, secret_key: str, allowed_hosts: list[str]) -> None:
    """Raises ImproperlyConfigured for values that production may not run with."""
    # A measurement on one machine may go without; `check` and every start name it (shenzhen_plan.checks).
    is_alone = bool(allowed_hosts) and LOOPBACK.issuperset(allowed_hosts)
    if is_weak(secret_key) and not is_alone:
        raise ImproperlyConfigured(
            f"SECRET_KEY is weak: {KEY_LENGTH} random characters at least, or sessions can be forged. "
            'Make one: python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    if not allowed_hosts or any(host.strip(".") in ("*", "") for host in allowed_hosts):
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS={','.join(allowed_hosts)} lets anybody choose the host name in links and mails, or "
            "nobody in. Give the site's own names."
        )


def keep_private(folder: Path) -> str:
    """Closes the data folder, and what this process writes, to every other account of the machine.

    An installation from before is tightened once, with all that lies in it. Gives the reason where the folder
    stays as it is.
    """
    os.umask(OTHERS)
    found = folder.stat()
    if not found.st_mode & OTHERS:
        return ""
    if found.st_uid != os.geteuid():
        return "it belongs to another account"
    if found.st_mode & 0o1000 or folder in (Path("/"), Path.home()):
        return "it is a folder that others use"
    # Files first: broken off half way, the folder itself is found open again by the next start.
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            path = Path(place, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~OTHERS & 0o7777)
    folder.chmod(PRIVATE_FOLDER)
    return ""


def file_storage(place: str, *, endpoint: str = "") -> dict[str, Any]:
    """The storage of kept files, as STORAGES wants it: a folder by its whole path, or `s3://bucket/folder`.

    Keys and region of a bucket are read from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION, as
    every program that speaks to one does.
    """
    if place and not place.startswith(("/", "s3://")):
        raise ImproperlyConfigured(f"FILES_STORAGE={place}: the whole path of a folder, or s3://bucket/folder.")
    if not place.startswith("s3://"):
        return {"BACKEND": "plan.storage.FolderStorage"}
    bucket, _slash, location = place.removeprefix("s3://").strip("/").partition("/")
    if not bucket:
        raise ImproperlyConfigured(f"FILES_STORAGE={place} names no bucket: s3://bucket/folder.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(f"FILES_STORAGE={place} needs one more package: pip install '.[s3]'.")
    options = {
        "bucket_name": bucket,
        "location": location,
        "endpoint_url": endpoint or None,
        "querystring_auth": True,
    }
    return {"BACKEND": "plan.object_storage.ObjectStorage", "OPTIONS": options}

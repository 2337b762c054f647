"""The key of this installation: it signs what leaves it, backups and the anchors of the audit log."""

import hashlib
import hmac

from django.conf import settings

from audit.key_files import kept_key

FILE = "installation_key"


def sign(data: bytes) -> str:
    """HMAC-SHA-256 with the installation's key, in hexadecimal."""
    return _hmac(_keys()[0], data)


def is_signed(data: bytes, signature: str) -> bool:
    """Whether one of this installation's keys, the present or a former one, made the signature."""
    return any(hmac.compare_digest(_hmac(key, data), signature) for key in _keys())


def key_name() -> str:
    """What the key is called in files it signed: enough to tell it from another, nothing to guess it by."""
    return hashlib.sha256(b"name of " + _keys()[0]).hexdigest()[:16]


def key_text() -> str:
    """The key itself, for a process of this installation that has another folder; never for a file."""
    return _keys()[0].decode()


def _hmac(key: bytes, data: bytes) -> str:
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def _keys() -> list[bytes]:
    """INSTALLATION_KEYS of the environment, the first one signs; else one made once and kept in DATA_DIR."""
    if settings.INSTALLATION_KEYS:
        return [key.encode() for key in settings.INSTALLATION_KEYS]
    return [kept_key(settings.DATA_DIR / FILE).strip().encode()]

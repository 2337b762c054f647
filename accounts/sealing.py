"""Secrets in the database are sealed: encrypted with a key that is in the environment alone (ENCRYPTION_KEYS).

The first key seals, all of them open: a new one is put in front, `manage.py rotate_keys` seals everything anew,
and the old one can go. Fernet (AES-128-CBC with HMAC-SHA256); its key is drawn from the setting by HKDF.
"""

import base64
import logging
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django_otp.plugins.otp_totp.models import TOTPDevice

log = logging.getLogger(__name__)

PURPOSE = b"plan.secrets.1"
# What stands in the device's own column while its secret is sealed beside it.
MARK = "sealed"


def keys() -> list[str]:
    """The settings' keys, newest first; without any the site's own secret."""
    return settings.ENCRYPTION_KEYS or [settings.SECRET_KEY]


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises cryptography.fernet.InvalidToken where none of the keys fits."""
    return _box().decrypt(sealed.encode()).decode()


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys()])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(key.encode()))


def open_device(sender, instance, **kwargs) -> None:
    """Puts the secret of a one-time-code device back where the library reads it (signal post_init)."""
    if instance.__dict__.get("key") != MARK:
        return
    from accounts.models import SealedKey  # this module is read before the models are

    try:
        instance.key = unseal(instance.sealed_key.text)
    except (InvalidToken, SealedKey.DoesNotExist):
        log.error("the one-time-code key %s cannot be opened: is its key in ENCRYPTION_KEYS?", instance.pk)
        # No code fits it; what is stored stays as it is (close_device).
        instance.key, instance.key_is_lost = secrets.token_hex(20), True


def close_device(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """Takes the secret out before the row is stored (signal pre_save)."""
    if not raw and (update_fields is None or "key" in update_fields):
        instance.opened_key, instance.key = instance.key, MARK


def keep_sealed(sender, instance, **kwargs) -> None:
    """Stores it sealed once the row has a number (signal post_save)."""
    from accounts.models import SealedKey  # this module is read before the models are

    opened = instance.__dict__.pop("opened_key", None)
    if opened is None:
        return
    instance.key = opened
    if not getattr(instance, "key_is_lost", False):
        SealedKey.objects.update_or_create(device_id=instance.pk, defaults={"text": seal(opened)})


def rotate() -> int:
    """Seals every secret anew with the first key, and those that came unsealed out of an old backup; how many.

    Call it in a transaction. Raises InvalidToken where one cannot be opened.
    """
    from accounts.models import SealedKey

    for device in TOTPDevice.objects.exclude(key=MARK):
        device.save(update_fields=["key"])
    rows = list(SealedKey.objects.select_for_update())
    box = _box()
    for row in rows:
        row.text = box.rotate(row.text.encode()).decode()
    SealedKey.objects.bulk_update(rows, ["text"], batch_size=500)
    return len(rows)

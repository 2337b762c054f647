"""Backups that only the holder of a key kept elsewhere can open: age files, by pyrage (the extra `backup`)."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from backups.faults import BadBackup

HEAD = b"age-encryption.org/v1\n"


def encrypt(plain: Path, target: Path, *, recipients: list[str]) -> None:
    """Writes `target`, which the holders of the recipients' keys can open. Raises BadBackup for a recipient that
    is none."""
    pyrage = _library()
    part = target.with_name(f"{target.name}.part")
    try:
        keys = [pyrage.x25519.Recipient.from_str(name) for name in recipients]
        with (
            open(plain, "rb") as source,
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
        ):
            pyrage.encrypt_io(source, out, keys)
        part.replace(target)
    except (pyrage.RecipientError, pyrage.EncryptError) as error:
        raise BadBackup(f"无法加密 / cannot be encrypted: {error}") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def readable(file: Path, *, identity: Path | None) -> Iterator[BinaryIO]:
    """The file opened for reading, decrypted beside where it is encrypted. Raises BadBackup, OSError."""
    with open(file, "rb") as raw:
        if raw.read(len(HEAD)) != HEAD:
            raw.seek(0)
            yield raw
            return
        if identity is None:
            raise BadBackup("已加密：请用 --identity 指明私钥文件 / encrypted: name the key file with --identity")
        raw.seek(0)
        with tempfile.TemporaryFile(dir=file.parent) as plain:
            _decrypt(raw, plain, identity)
            plain.seek(0)
            yield plain


def _decrypt(raw: BinaryIO, plain: BinaryIO, identity: Path) -> None:
    pyrage = _library()
    lines = identity.read_text(encoding="ascii").splitlines()
    try:
        keys = [pyrage.x25519.Identity.from_str(text) for text in lines if text and not text.startswith("#")]
        pyrage.decrypt_io(raw, plain, keys)
    except (pyrage.IdentityError, pyrage.DecryptError) as error:
        raise BadBackup(f"无法解密 / cannot be decrypted: {error}") from error


def _library():
    try:
        import pyrage
    except ImportError as error:
        raise BadBackup("需要 / needs: pip install '.[backup]'") from error
    return pyrage

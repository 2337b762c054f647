"""Anchors: once a day the head of the chain is signed and put where the database cannot reach it, so that a log
cut off at its end, or begun anew, is found out."""

import json
import logging
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from audit.archive import identity
from audit.digests import canonical
from audit.models import AuditEvent, ChainLink
from audit.services import record_audit
from audit.signing import is_signed, key_name, sign
from texts.numbers import whole_number


@dataclass(frozen=True)
class Anchor:
    """The chain as it stood at a moment: `chain` is what its first link names as the hash before it."""

    chain: str
    position: int
    hash: str
    at: str
    key: str

    def text(self) -> bytes:
        return canonical(asdict(self)).encode()


class BadAnchor(Exception):
    """A file that is no anchor, or one that this installation did not sign."""


def folder() -> Path:
    return settings.DATA_DIR / "anchors"


def anchor() -> Path | None:
    """Writes the anchor of today, and sends it where the settings say; None where there is one, or no row yet.

    An audit row says where it went; what could not be sent is named there.
    """
    now = timezone.localtime()
    head = ChainLink.objects.filter(chain="").order_by("-position").first()
    day = now.date().isoformat()
    if head is None or any(folder().glob(f"{day}-*.json")):
        return None
    made = Anchor(identity(), head.position, head.hash, now.isoformat(timespec="seconds"), key_name())
    line = canonical(asdict(made) | {"signature": sign(made.text())})
    path = folder() / f"{day}-{made.position}.json"
    _write(path, line)
    sent, failed = _send(day, line)
    record_audit(
        action="audit.anchored",
        object_code=path.stem,
        object_label=path.name,
        after={"position": made.position, "hash": made.hash, "sent": sent} | ({"error": failed} if failed else {}),
        outcome=AuditEvent.Outcome.FAILED if failed else AuditEvent.Outcome.OK,
    )
    return path


def kept() -> Iterator[tuple[str, Anchor | BadAnchor]]:
    """(file name, anchor) of every file in the folder, oldest first; a BadAnchor where it cannot be trusted."""
    for path in sorted(folder().glob("*.json"), key=lambda path: (path.name[:10], len(path.name), path.name)):
        try:
            yield path.name, read(path.read_bytes())
        except BadAnchor as problem:
            yield path.name, problem


def read(data: bytes) -> Anchor:
    """The anchor of a file's content. Raises BadAnchor."""
    try:
        facts: dict[str, Any] = json.loads(data)
        signature = str(facts.pop("signature"))
        found = Anchor(**facts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadAnchor(f"{type(error).__name__}: {error}") from error
    if not is_signed(found.text(), signature):
        raise BadAnchor("signature")
    return found


def _write(path: Path, line: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _send(day: str, line: str) -> tuple[list[str], str]:
    """(where it went, what went wrong): a post office that is away is no reason to have no anchor."""
    ways = []
    if settings.AUDIT_ANCHOR_MAIL:
        ways.append(("mail", lambda: _mail(day, line)))
    if settings.AUDIT_ANCHOR_SYSLOG:
        ways.append(("syslog", lambda: _syslog(line)))
    sent, failed = [], []
    for name, send in ways:
        try:
            send()
        except OSError as error:
            failed.append(f"{name}: {type(error).__name__}: {error}")
        else:
            sent.append(name)
    return sent, "; ".join(failed)


def _mail(day: str, line: str) -> None:
    send_mail(f"审计锚点 / audit anchor {day}", line + "\n", None, settings.AUDIT_ANCHOR_MAIL)


def _syslog(line: str) -> None:
    host, colon, port = settings.AUDIT_ANCHOR_SYSLOG.rpartition(":")
    number = whole_number(port, low=1, high=65535)
    address = (host, number) if colon and number else settings.AUDIT_ANCHOR_SYSLOG
    handler = _Insistent(address=address, facility=SysLogHandler.LOG_AUTH, socktype=socket.SOCK_DGRAM)
    try:
        handler.emit(logging.makeLogRecord({"msg": f"plan-audit-anchor {line}", "levelno": logging.INFO}))
    finally:
        handler.close()


class _Insistent(SysLogHandler):
    """Says what went wrong to its caller, instead of printing it and going on."""

    def handleError(self, record):
        raise

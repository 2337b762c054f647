"""Rows of the log that need not be on line any more go into files, from which the chain goes on.

An archive holds the oldest rows with their links, a line of JSON each, and beside it a signed paper says which
links they are and what the file's SHA-256 is. `audit.verifying` walks through the files first and then through the
table, so that an archive that is missing, cut or altered is found like a row that is.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import guards
from audit.digests import CONTENT, canonical
from audit.models import ChainLink
from audit.services import console_name, record_audit
from audit.signing import is_signed, key_name, sign

ROWS_AT_A_TIME = 2000
FACTS = ("chain", "position", "previous", "hash", "event_id", "event__digest", "event__origin")


@dataclass(frozen=True)
class Paper:
    """What is signed about one archive: its links, and the file they lie in."""

    chain: str
    first: int
    last: int
    head: str
    sha256: str
    at: str
    key: str

    def text(self) -> bytes:
        return canonical(asdict(self)).encode()


class BrokenArchive(Exception):
    """A file or a paper that is not as it was made; says which and why."""


def folder() -> Path:
    return settings.DATA_DIR / "audit-archive"


def papers() -> list[tuple[Path, Paper]]:
    """Every archive in the order of its links. Raises BrokenArchive for a paper this installation did not sign."""
    found = [(path.with_suffix(".jsonl.gz"), _read_paper(path)) for path in folder().glob("*.json")]
    return sorted(found, key=lambda pair: pair[1].first)


def identity() -> str:
    """What the first link of our own chain names as the hash before it; empty where there is no row yet."""
    if found := papers():
        return found[0][1].chain
    first = ChainLink.objects.filter(chain="", position=1).first()
    return first.previous if first else ""


def links() -> Iterator[dict[str, Any]]:
    """The archived links with their rows, as `audit.verifying` reads them from the table. Raises BrokenArchive."""
    for path, paper in papers():
        if not path.exists() or _digest(path) != paper.sha256:
            raise BrokenArchive(_("归档 %(name)s 缺失或已被改动") % {"name": path.name})
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                row["event__at"] = datetime.fromisoformat(row["event__at"])
                yield row


def archive(*, online_days: int, now: datetime | None = None) -> Path | None:
    """Moves what is older than `online_days` out of the table; the archive's path, or None where nothing is.

    Needs the role that owns the tables: the one the site runs as may delete nothing. The newest row stays whatever
    its age, because the chain goes on from it. Raises BrokenArchive where an earlier one is not as it was made.
    """
    chain = identity()
    limit = (now or timezone.now()) - timedelta(days=online_days)
    own = ChainLink.objects.filter(chain="").order_by("position")
    first, newest = own.first(), own.last()
    young = own.filter(event__at__gte=limit).first()
    last = (young.position if young else newest.position if newest else 0) - 1
    if first is None or last < first.position:
        return None
    path = folder() / f"audit-{first.position}-{last}.jsonl.gz"
    head = _write(path, own.filter(position__lte=last))
    paper = Paper(chain, first.position, last, head, _digest(path), timezone.now().isoformat(), key_name())
    _write_paper(path, paper)
    with transaction.atomic():
        _take_out(first.position, last)
        record_audit(
            action="audit.archived",
            name=console_name(),
            object_code=path.name.split(".")[0],
            object_label=path.name,
            after={"first": paper.first, "last": paper.last, "sha256": paper.sha256},
        )
    return path


def _write(path: Path, rows) -> str:
    """Writes the links with their rows; the hash of the last one. The file gets its name when it is whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside, head = path.with_suffix(".part"), ""
    names = (*FACTS, *(f"event__{name}" for name in CONTENT))
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
            for row in rows.values(*names).iterator(chunk_size=ROWS_AT_A_TIME):
                row["event__at"] = row["event__at"].isoformat(timespec="microseconds")
                packed.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
                head = row["hash"]
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    return head


def _write_paper(path: Path, paper: Paper) -> None:
    target = folder() / path.name.replace(".jsonl.gz", ".json")
    text = canonical(asdict(paper) | {"signature": sign(paper.text())})
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")


def _read_paper(path: Path) -> Paper:
    try:
        facts: dict[str, Any] = json.loads(path.read_bytes())
        signature = str(facts.pop("signature"))
        paper = Paper(**facts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BrokenArchive(_("归档说明 %(name)s 无法读取") % {"name": path.name}) from error
    if not is_signed(paper.text(), signature):
        raise BrokenArchive(_("归档说明 %(name)s 已被改动，或不是本系统签的") % {"name": path.name})
    return paper


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take_out(first: int, last: int) -> None:
    """Deletes the links and rows of an archive; the triggers stand aside within the transaction."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE archived AS SELECT event_id FROM audit_chainlink"
            " WHERE chain = '' AND position BETWEEN %s AND %s",
            [first, last],
        )
        cursor.execute("DELETE FROM audit_chainlink WHERE event_id IN (SELECT event_id FROM archived)")
        cursor.execute("DELETE FROM audit_auditevent WHERE id IN (SELECT event_id FROM archived)")
        cursor.execute("DROP TABLE archived")
    guards.install(connection)

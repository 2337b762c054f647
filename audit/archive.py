"""Rows of the log that need not be on line any more go into files, from which the chain goes on.

An archive holds the oldest rows with their links, a line of JSON each, and beside it a signed paper says which
links they are and what the file's SHA-256 is. `audit.verifying` walks through the files first and then through the
table, so that an archive that is missing, cut or altered is found like a row that is. Both lie in the storage that
every machine sees: whichever of them walks over the log at night finds all of it.
"""

import gzip
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import guards
from audit.digests import CONTENT, canonical
from audit.models import ChainLink
from audit.services import console_name, record_audit
from audit.signing import is_signed, key_name, sign

FOLDER = "audit-archive"
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


def papers() -> list[tuple[str, Paper]]:
    """Name and paper of every archive in the order of its links.

    Raises BrokenArchive for a paper this installation did not sign, OSError where the storage is away.
    """
    names = {kept.last for kept in default_storage.files(FOLDER) if kept.last.endswith(".json")}
    left = {path.name for path in (settings.DATA_DIR / FOLDER).glob("*.json")} - names
    if left:
        told = _("归档 %(name)s 还在本机的 DATA_DIR 中，请先运行 copy_files")
        raise BrokenArchive(told % {"name": min(left)})
    found = [(name.replace(".json", ".jsonl.gz"), _read_paper(name)) for name in names]
    return sorted(found, key=lambda pair: pair[1].first)


def identity() -> str:
    """What the first link of our own chain names as the hash before it; empty where there is no row yet."""
    if found := papers():
        return found[0][1].chain
    first = ChainLink.objects.filter(chain="", position=1).first()
    return first.previous if first else ""


def links() -> Iterator[dict[str, Any]]:
    """The archived links with their rows, as `audit.verifying` reads them from the table. Raises BrokenArchive."""
    for name, paper in papers():
        with _opened(name) as file:
            if _digest(file) != paper.sha256:
                raise BrokenArchive(_missing(name))
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                for line in lines:
                    row = json.loads(line)
                    row["event__at"] = datetime.fromisoformat(row["event__at"])
                    yield row


def archive(*, online_days: int, now: datetime | None = None) -> str | None:
    """Moves what is older than `online_days` out of the table; the archive's name, or None where nothing is.

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
    name = f"audit-{first.position}-{last}.jsonl.gz"
    head, sha256 = _write(name, own.filter(position__lte=last))
    paper = Paper(chain, first.position, last, head, sha256, timezone.now().isoformat(), key_name())
    _write_paper(name, paper)
    with transaction.atomic():
        _take_out(first.position, last)
        record_audit(
            action="audit.archived",
            name=console_name(),
            object_code=name.split(".")[0],
            object_label=name,
            after={"first": paper.first, "last": paper.last, "sha256": paper.sha256},
        )
    return name


def _write(name: str, rows) -> tuple[str, str]:
    """Writes the links with their rows; the hash of the last one, and the file's SHA-256 as it was read back."""
    head = ""
    columns = (*FACTS, *(f"event__{column}" for column in CONTENT))
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
            for row in rows.values(*columns).iterator(chunk_size=ROWS_AT_A_TIME):
                row["event__at"] = row["event__at"].isoformat(timespec="microseconds")
                packed.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
                head = row["hash"]
        file.seek(0)
        sha256 = _digest(file)
        default_storage.save(f"{FOLDER}/{name}", File(file))
    with _opened(name) as kept:
        if _digest(kept) != sha256:
            raise BrokenArchive(_missing(name))
    return head, sha256


def _write_paper(name: str, paper: Paper) -> None:
    text = canonical(asdict(paper) | {"signature": sign(paper.text())})
    default_storage.save(f"{FOLDER}/{name.replace('.jsonl.gz', '.json')}", ContentFile(f"{text}\n".encode()))


def _opened(name: str) -> BinaryIO:
    """Raises BrokenArchive where there is none of that name, OSError where the storage is away."""
    try:
        return default_storage.opened(f"{FOLDER}/{name}")
    except FileNotFoundError as error:
        raise BrokenArchive(_missing(name)) from error


def _missing(name: str) -> str:
    return _("归档 %(name)s 缺失或已被改动") % {"name": name}


def _read_paper(name: str) -> Paper:
    try:
        with _opened(name) as file:
            facts: dict[str, Any] = json.loads(file.read())
        signature = str(facts.pop("signature"))
        paper = Paper(**facts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BrokenArchive(_("归档说明 %(name)s 无法读取") % {"name": name}) from error
    if not is_signed(paper.text(), signature):
        raise BrokenArchive(_("归档说明 %(name)s 已被改动，或不是本系统签的") % {"name": name})
    return paper


def _digest(file: BinaryIO) -> str:
    """The SHA-256 of a file, which then stands at its beginning again."""
    found = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return found


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

"""Files of before the manifest: `dumpdata` as .json.gz, and a .tar.gz of data.json and files.

They hold no counts, no digests and no signature, so that nobody can say whether they are whole: they are restored
only when asked for by --unsigned. Their rows are read at once; the tables must be as this program has them.
"""

import gzip
import json
import secrets
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import transaction

from accounts.models import User
from audit.digests import CONTENT, canonical, digest_of, link_hash, plain
from audit.models import AuditEvent
from backups import archive, log
from backups.faults import BadBackup
from backups.restoring import Restored, empty, forget, go_on_counting, note_restore, outdate, put
from backups.rows import LOG, exchanged, line, moment
from plan.models import Plan

DATA = "data.json"
ROWS_AT_A_TIME = 500


def kind_of(raw: BinaryIO) -> str:
    """Which older format a file has: json, tar, or none (""). Raises BadBackup for what is no archive."""
    raw.seek(0)
    try:
        with gzip.GzipFile(fileobj=raw, mode="rb") as packed:
            head = packed.read(512)
    except (OSError, EOFError) as error:
        raise BadBackup(f"{error}") from error
    if head.lstrip().startswith(b"["):
        return "json"
    return "tar" if head.startswith(DATA.encode() + b"\0") else ""


def restore_older(raw: BinaryIO, *, name: str) -> Restored:
    """Restores a file of an older format. Raises BadBackup, with nothing changed."""
    kind = kind_of(raw)
    done, written = Restored(None), []
    try:
        with transaction.atomic():
            if kind == "json":
                raw.seek(0)
                with gzip.GzipFile(fileobj=raw, mode="rb") as packed:
                    _load(packed.read(), done)
            else:
                _load_all(raw, done, written)
            note_restore(done, name, unsigned=True)
    except (DeserializationError, LookupError, TypeError, ValueError, OSError, EOFError) as error:
        forget(written)
        raise BadBackup(
            f"旧格式的备份，内容与本程序的表不符：{error}。请用写出备份的那一版程序恢复到空数据库，"
            "再用本程序 migrate 并重新备份 / of an older format, and its rows do not fit the tables of this "
            "program: restore it with the version that wrote it into an empty database, run migrate of this "
            "version there, and back that up"
        ) from error
    except BaseException:
        forget(written)
        raise
    return done


def _load_all(raw: BinaryIO, done: Restored, written: list[str]) -> None:
    with archive.opened(raw) as members:
        for member, content in members:
            if member.name != DATA:
                archive.demand_place(member.name)
            content.drain()
    with archive.opened(raw) as members:
        for member, content in members:
            if member.name == DATA:
                _load(content.read(), done)
            else:
                put(member.name, content, done, written)


def _load(text: bytes, done: Restored) -> None:
    rows = json.loads(text)
    if not rows:
        raise BadBackup("没有任何数据 / it holds no rows")
    events = [row for row in rows if row["model"] == f"{LOG}.auditevent"]
    others = [row for row in rows if row["model"].partition(".")[0] != LOG]
    versions = dict(Plan.objects.values_list("slug", "figures_version"))
    tables = exchanged()
    empty(tables)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / DATA
        path.write_text(json.dumps(others), encoding="utf-8")  # its text is cleaned by the columns
        call_command("loaddata", str(path), verbosity=0)
    for model in tables.values():
        go_on_counting(model)
    outdate(versions)
    done.rows = len(others)
    done.chains = log.append(_linked(_fresh([_event(row["fields"]) for row in events])))
    done.log_rows = sum(chain["rows"] for chain in done.chains)


def _event(fields: dict[str, Any]) -> dict[str, Any]:
    """A row of the log as an older file has it: the actor by name."""
    row = {"plan_slug": ""} | fields
    name = row.pop("actor")
    row["actor_id"] = User.objects.get(username=name[0]).pk if isinstance(name, list) else name
    row["at"] = datetime.fromisoformat(row["at"])
    row["before"], row["after"] = plain(row["before"]), plain(row["after"])
    return {name: row[name] for name in CONTENT}


def _fresh(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are not in the log. Older files cut moments to the millisecond."""
    fresh = []
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        some = rows[start : start + ROWS_AT_A_TIME]
        moments = [row["at"] for row in some]
        last = max(moments) + timedelta(milliseconds=1)
        here = AuditEvent.objects.filter(at__gte=min(moments), at__lt=last).values(*CONTENT)
        known = {_key(row) for row in here.iterator()}
        fresh += [row for row in some if _key(row) not in known]
    return fresh


def _key(row: dict[str, Any]) -> str:
    at = row["at"].replace(microsecond=row["at"].microsecond // 1000 * 1000)
    names = [name for name in CONTENT if name not in ("at", "actor_id")]
    return canonical([moment(at), *(row[name] for name in names)])


def _linked(rows: list[dict[str, Any]]):
    """The rows as a chain made now: it shows what is done to them from here on."""
    previous = secrets.token_hex(32)
    for position, row in enumerate(rows, 1):
        digest = digest_of(row)
        hash = link_hash(previous, position, digest)
        yield line(["", position, previous, hash, digest, *(row[name] for name in CONTENT)])
        previous = hash

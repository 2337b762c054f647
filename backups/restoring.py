"""Exchanging everything in the database for what a backup holds, all of it or nothing; the log is added to."""

import hashlib
import tarfile
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.contrib.sessions.models import Session
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import SignIn
from audit.services import console_name, record_audit
from backups import archive, log
from backups.archive import LOG, MANIFEST, ROWS, SIGNATURE, HashedStream, Manifest
from backups.faults import BadBackup
from backups.rows import exchanged, insert, lines_of
from plan.disk import incoming
from plan.models import Plan
from plan.sight import mark_storage


@dataclass
class Restored:
    """What a restore did. `differing` are files that lie here by a name of the backup with another content: they
    were left as they are."""

    manifest: Manifest | None
    rows: int = 0
    log_rows: int = 0
    files: int = 0
    differing: list[str] = field(default_factory=list)
    stored: dict[str, str] = field(default_factory=dict)  # SHA-256 of the rows of each table, as they were written
    chains: list[dict[str, Any]] = field(default_factory=list)


def restore(raw: BinaryIO, *, name: str, from_elsewhere: bool = False) -> Restored:
    """Checks the whole file, then restores it; `from_elsewhere` allows one signed by another installation.

    Raises BadBackup, with nothing changed.
    """
    checked = archive.check(raw)
    if not checked.ours and not from_elsewhere:
        raise BadBackup(
            f"由另一套系统签名（密钥 {checked.manifest.key}），本系统无法证明它未被改动。确认来源可靠后加 "
            "--from-another-installation，或把那套系统的 installation_key 加入 INSTALLATION_KEYS / "
            "signed by another installation, so that nobody can say here whether it was altered: add "
            "--from-another-installation if you trust where it comes from, or its key to INSTALLATION_KEYS"
        )
    if not checked.ours and checked.manifest.log["faults"]:
        raise BadBackup("另一套系统的审计日志不完整 / the other installation's audit log is not whole")
    done = Restored(checked.manifest)
    written: list[str] = []
    try:
        with transaction.atomic():
            _exchange(raw, done, written)
            _log(done, name, ours=checked.ours)
    except BaseException:
        forget(written)
        raise
    mark_storage()
    return done


def forget(written: list[str]) -> None:
    """Takes away the files of a restore that came to nothing."""
    for name in written:
        default_storage.delete(name)


def _exchange(raw: BinaryIO, done: Restored, written: list[str]) -> None:
    versions = dict(Plan.objects.values_list("slug", "figures_version"))
    tables = exchanged()
    empty(tables)
    with archive.opened(raw) as members:
        for member, content in members:
            wanted = _take(member, content, done, tables, written)
            # Read a second time: it is what was checked, or nothing is kept of it.
            if wanted is not None and content.drain() != wanted:
                raise BadBackup(f"读取期间被改动 / altered while it was read: {member.name}")
    for model in tables.values():
        go_on_counting(model)
    connection.check_constraints()
    _read_back(done.stored, tables)
    outdate(versions)


def _take(
    member: tarfile.TarInfo,
    content: HashedStream,
    done: Restored,
    tables: dict[str, type[models.Model]],
    written: list[str],
) -> str | None:
    """Puts a member where it belongs; the SHA-256 it must have."""
    manifest = done.manifest
    if member.name in (MANIFEST, SIGNATURE):
        return None
    if member.name == LOG:
        lines = content.lines()
        next(lines)
        done.chains = log.append(lines)
        done.log_rows = sum(chain["rows"] for chain in done.chains)
        return manifest.log["sha256"]
    if member.name.startswith(f"{ROWS}/"):
        label = member.name.removeprefix(f"{ROWS}/").removesuffix(".jsonl")
        done.stored[label] = insert(tables[label], content.lines())
        done.rows += manifest.tables[label]["rows"]
        return manifest.tables[label]["sha256"]
    wanted = manifest.files[member.name]["sha256"]
    put(member.name, content, done, written, wanted=wanted)
    return wanted


def put(name: str, content: HashedStream, done: Restored, written: list[str], *, wanted: str = "") -> None:
    """Writes a file unless one lies there by its name: names are random, so that it is the same file."""
    archive.demand_place(name)
    if default_storage.exists(name):
        with default_storage.opened(name) as there:
            if wanted and hashlib.file_digest(there, "sha256").hexdigest() != wanted:
                done.differing.append(name)
        return
    with incoming() as file:
        while data := content.read(archive.CHUNK):
            file.write(data)
        file.seek(0)
        written.append(name)
        default_storage.save(name, File(file))
    done.files += 1


def empty(tables: dict[str, type[models.Model]]) -> None:
    """Takes every row out of the tables, and ends everybody's session: accounts are exchanged as well."""
    names = [model._meta.db_table for model in (*tables.values(), Session, SignIn)]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), names, reset_sequences=False):
            cursor.execute(statement)


def go_on_counting(model: type[models.Model]) -> None:
    """The next key is one that nobody has had, here or in the backup: the log names people by theirs as well.
    SQLite sees to it by itself."""
    if connection.vendor != "postgresql" or not isinstance(model._meta.pk, models.AutoField):
        return
    table, key = model._meta.db_table, model._meta.pk.column
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(table), key])
        (sequence,) = cursor.fetchone()
        cursor.execute(
            f"SELECT setval(%s, greatest(last_value, (SELECT max({quote(key)}) FROM {quote(table)})),"
            f" is_called OR EXISTS (SELECT 1 FROM {quote(table)})) FROM {sequence}",
            [sequence],
        )


def _read_back(stored: dict[str, str], tables: dict[str, type[models.Model]]) -> None:
    """Every table gives back the lines it was filled with."""
    for label, model in tables.items():
        sha = hashlib.sha256()
        for text in lines_of(model):
            sha.update(text)
        if sha.hexdigest() != stored.get(label):
            raise BadBackup(f"数据库返回的内容与写入的不同 / the database gives back something else: {label}")


def outdate(versions: dict[str, int]) -> None:
    """What is remembered of a plan goes by its version, which must not come a second time with other figures."""
    for slug, version in versions.items():
        Plan.objects.filter(slug=slug, figures_version__lte=version).update(
            figures_version=version + 1, changed_at=timezone.now()
        )


def _log(done: Restored, name: str, *, ours: bool) -> None:
    manifest = done.manifest
    note_restore(done, name, made_at=manifest.made_at, key=manifest.key, ours=ours)


def note_restore(done: Restored, name: str, **facts: Any) -> None:
    """The row that survives: it stands in our own chain, and says what came with the file."""
    facts |= {"file": name, "rows": done.rows, "files": done.files, "chains": done.chains}
    record_audit(action="restore", name=console_name(), object_label=name, after=facts)

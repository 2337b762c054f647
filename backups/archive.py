"""The file of a backup: a .tar.gz of one member a table, the audit log, the files people handed in, and at the end
a manifest of all of it with a signature.

Nothing of it is ever held in memory whole. Rows come first and files after them: a file is kept before its row is
committed, so that none a row speaks of can be missing unless somebody removed it in between, and files are never
changed once kept.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from audit.signing import is_signed, key_name, sign
from backups.faults import BadBackup
from backups.log import LogCheck, is_text_of_log, lines_of_log, unlinked
from backups.rows import exchanged, lines_of, read_line
from backups.snapshot import snapshot
from plan.storage import PART, KeptName

FORMAT = 2
ROWS, LOG, MANIFEST, SIGNATURE = "rows", "audit.jsonl", "manifest.json", "manifest.sig"
LARGEST_MANIFEST = 256 * 1024 * 1024
CHUNK = 1 << 20


@dataclass
class Manifest:
    """What a file says it holds. `tables` and `log`: number of rows and SHA-256; `files`: size and SHA-256."""

    made_at: str
    key: str
    database: str
    schema: dict[str, list[str]]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: dict[str, Any] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.tables.values())


def schema() -> dict[str, list[str]]:
    """The last migrations of each app, as this program has them."""
    leaves: dict[str, list[str]] = {}
    for app, name in sorted(MigrationLoader(None).graph.leaf_nodes()):
        leaves.setdefault(app, []).append(name)
    return leaves


def write(target: Path) -> Manifest:
    """Writes a backup under the name `target`, once it is whole and has been read back; the manifest.

    Raises BadBackup where what was written does not read back, OSError where it cannot be written. It cannot be
    made inside a transaction.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        # For nobody else's eyes: the rows hold password hashes and the keys of one-time codes.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            manifest = _write(out, part.parent)
            out.flush()
            os.fsync(out.fileno())
        with open(part, "rb") as raw:
            check(raw)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(out: BinaryIO, folder: Path) -> Manifest:
    made = timezone.now().isoformat(timespec="seconds")
    manifest = Manifest(made, key_name(), connection.vendor, schema())
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        with snapshot():
            for label, model in exchanged().items():
                manifest.tables[label] = _add_lines(archive, f"{ROWS}/{label}.jsonl", lines_of(model), folder)
            log = LogCheck()
            manifest.log = _add_lines(archive, LOG, _watched(lines_of_log(), log), folder)
            manifest.log |= {"faults": len(log.faults), "unlinked": unlinked()}
        for folder in settings.BACKED_UP_FOLDERS:
            for kept in default_storage.files(folder):
                if facts := _add_file(archive, kept):
                    manifest.files[kept.name] = facts
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        _add_bytes(archive, MANIFEST, text)
        _add_bytes(archive, SIGNATURE, sign(text).encode())
    return manifest


def _watched(lines: Iterable[bytes], log: LogCheck) -> Iterator[bytes]:
    for number, text in enumerate(lines):
        if number:
            log.take(text)
        yield text


def _add_lines(archive: tarfile.TarFile, name: str, lines: Iterable[bytes], folder: Path) -> dict[str, Any]:
    """Adds a member of lines, the first of which is no row. Its size comes before it in the file, so that it is
    written beside first."""
    number, sha = -1, hashlib.sha256()
    with tempfile.TemporaryFile(dir=folder) as beside:
        for text in lines:
            number += 1
            sha.update(text)
            beside.write(text)
        member = tarfile.TarInfo(name)
        member.size, member.mode = beside.tell(), 0o600
        beside.seek(0)
        archive.addfile(member, beside)
    return {"rows": number, "sha256": sha.hexdigest()}


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, kept: KeptName) -> dict[str, Any] | None:
    """Adds a file; None for one removed meanwhile."""
    try:
        with default_storage.opened(kept.name) as content:
            member = tarfile.TarInfo(kept.name)
            member.size, member.mode, member.mtime = kept.size, 0o600, int(kept.at.timestamp())
            counted = HashedStream(content)
            archive.addfile(member, counted)
    except FileNotFoundError:
        return None
    return {"size": member.size, "sha256": counted.sha.hexdigest()}


class HashedStream(io.RawIOBase):
    """Reads through to another stream, and knows the SHA-256 of what has passed."""

    def __init__(self, source: Any):
        super().__init__()
        self._source, self.sha = source, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.sha.update(data)
        return data

    def readinto(self, buffer) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def drain(self) -> str:
        """Reads what is left; the SHA-256 of everything."""
        while self.read(CHUNK):
            pass
        return self.sha.hexdigest()

    def lines(self) -> Iterator[bytes]:
        yield from io.BufferedReader(self, CHUNK)


@contextmanager
def opened(raw: BinaryIO) -> Iterator[Iterator[tuple[tarfile.TarInfo, HashedStream]]]:
    """The members of a file in their order, each to be read before the next. Raises BadBackup for what cannot be
    read, whatever breaks; at the end the file has been read to its last byte."""
    raw.seek(0)
    try:
        with gzip.GzipFile(fileobj=raw, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
            yield _members(archive, packed)
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BadBackup(f"文件已损坏或不完整 / damaged or not whole: {error}") from error


def _members(archive: tarfile.TarFile, packed: gzip.GzipFile) -> Iterator[tuple[tarfile.TarInfo, HashedStream]]:
    seen = set()
    for member in archive:
        if not member.isfile() or member.name in seen:
            raise BadBackup(f"多余的内容 / not what a backup holds: {member.name}")
        seen.add(member.name)
        yield member, HashedStream(archive.extractfile(member))
    # The checksum of the whole stands in the last bytes, and nothing but padding before them.
    while rest := packed.read(CHUNK):
        if rest.strip(b"\0"):
            raise BadBackup("末尾有多余的内容 / something follows the end")


@dataclass
class Checked:
    """A file that is what its manifest says. `ours`: signed by this installation."""

    manifest: Manifest
    ours: bool


def check(raw: BinaryIO) -> Checked:
    """Reads a whole file and believes nothing of it. Raises BadBackup, in words."""
    found: dict[str, dict[str, Any]] = {}
    log = LogCheck()
    texts: dict[str, bytes] = {}
    with opened(raw) as members:
        for member, content in members:
            if SIGNATURE in texts:
                raise BadBackup(f"多余的内容 / not what a backup holds: {member.name}")
            if member.name in (MANIFEST, SIGNATURE):
                texts[member.name] = _small(member, content)
            else:
                found[member.name] = _facts(member, content, log)
    if missing := [name for name in (MANIFEST, SIGNATURE) if name not in texts]:
        raise BadBackup(f"缺少 / missing {', '.join(missing)}")
    manifest = _manifest(texts[MANIFEST])
    ours = is_signed(texts[MANIFEST], texts[SIGNATURE].decode("ascii", "replace"))
    if not ours and manifest.key == key_name():
        raise BadBackup("签名不符：文件写成后被改动过 / the signature does not fit: the file was altered")
    _compare(manifest, found, log)
    return Checked(manifest, ours)


def _small(member: tarfile.TarInfo, content: HashedStream) -> bytes:
    if member.size > LARGEST_MANIFEST:
        raise BadBackup(f"{member.name} 过大 / is too large")
    return content.read(member.size)


def _facts(member: tarfile.TarInfo, content: HashedStream, log: LogCheck) -> dict[str, Any]:
    """What a member is: rows and digest of a table or the log, size and digest of a file."""
    if member.name == LOG:
        return _walked(content, log)
    if member.name.startswith(f"{ROWS}/"):
        return _counted(content)
    demand_place(member.name)
    return {"size": member.size, "sha256": content.drain()}


def _walked(content: HashedStream, log: LogCheck) -> dict[str, Any]:
    lines = content.lines()
    if not is_text_of_log(next(lines, b"[]")):
        raise BadBackup("审计日志的列不符 / the audit log has other columns")
    for text in lines:
        log.take(text)
    return {"rows": log.rows, "sha256": content.sha.hexdigest()}


def _counted(content: HashedStream) -> dict[str, Any]:
    lines, rows = content.lines(), 0
    width = len(read_line(next(lines, b"")))
    for text in lines:
        read_line(text, width)
        rows += 1
    return {"rows": rows, "sha256": content.sha.hexdigest()}


def _manifest(text: bytes) -> Manifest:
    try:
        facts = json.loads(text)
        if facts.get("format") != FORMAT:
            raise BadBackup(f"格式 {facts.get('format')} 不认识 / an unknown format")
        manifest = Manifest(**facts)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadBackup(f"清单无法读取 / the manifest cannot be read: {error}") from error
    _compare_schema(manifest.schema)
    return manifest


def _compare_schema(theirs: dict[str, list[str]]) -> None:
    ours = schema()
    if theirs == ours:
        return
    other = [
        f"{app}: {', '.join(theirs.get(app, [])) or '—'} ≠ {', '.join(ours.get(app, [])) or '—'}"
        for app in sorted(theirs.keys() | ours.keys())
        if theirs.get(app) != ours.get(app)
    ]
    raise BadBackup(
        f"备份的表结构与本程序不同（{'; '.join(other)}）。请用写出备份的那一版程序恢复到一个空数据库，"
        "再用本程序运行 migrate，然后重新备份 / written by another version of this program: restore it with that "
        "version into an empty database, run migrate of this version there, and back that up"
    )


def _compare(manifest: Manifest, found: dict[str, dict[str, Any]], log: LogCheck) -> None:
    wanted = {f"{ROWS}/{label}.jsonl": facts for label, facts in manifest.tables.items()}
    wanted[LOG] = {name: manifest.log.get(name) for name in ("rows", "sha256")}
    wanted |= manifest.files
    if missing := sorted(wanted.keys() - found.keys()):
        raise BadBackup(f"缺少 / missing: {_few(missing)}")
    if extra := sorted(found.keys() - wanted.keys()):
        raise BadBackup(f"清单中没有 / not in the manifest: {_few(extra)}")
    if altered := sorted(name for name in wanted if wanted[name] != found[name]):
        raise BadBackup(f"内容与清单不符，已被改动 / altered: {_few(altered)}")
    known = exchanged().keys()
    if known != manifest.tables.keys():
        raise BadBackup(f"表不符 / other tables: {_few(sorted(known ^ manifest.tables.keys()))}")
    if len(log.faults) != manifest.log.get("faults"):
        raise BadBackup(f"审计日志不完整 / its audit log is not whole: {_few(log.faults)}")


def _few(names: list[str]) -> str:
    more = f" … (+{len(names) - 5})" if len(names) > 5 else ""
    return "; ".join(names[:5]) + more


def demand_place(name: str) -> None:
    """Raises BadBackup for a file of a backup whose name leads to no folder of the storage."""
    folder, *rest = PurePosixPath(name).parts
    if folder not in settings.BACKED_UP_FOLDERS or not rest or ".." in rest or name.endswith(PART):
        raise BadBackup(f"多余的内容 / not what a backup holds: {name}")

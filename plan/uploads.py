"""Files from people: what they are is told from their content, and they are kept under names of our own.

A file is written aside, measured, recognised and scanned on this machine before it is kept, so that an
upload broken off leaves nothing that could be taken for a whole file. Nothing here asks the database: whoever
stores the row of a file removes the file where the row does not come to be (`remove_stored`).
"""

import hashlib
import lzma
import re
import secrets
import socket
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from django.conf import settings
from django.utils.translation import gettext as _

from plan.disk import incoming
from plan.folders import keep, open_kept, remove
from tables.faults import BrokenFile
from tables.zipped import Archive
from texts.cleaning import kept_text

# Content type → the endings a file of that content may be named with.
ENDINGS = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "text/plain": ("txt",),
    "text/csv": ("csv",),
}
ENDINGS_OF = {ending: kind for kind, endings in ENDINGS.items() for ending in endings}
ACCEPT = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
# By what the file's own table of contents calls its main part: Word online writes word/document2.xml.
MAIN_TYPES = {
    "wordprocessingml.document.main+xml": ENDINGS_OF["docx"],
    "spreadsheetml.sheet.main+xml": ENDINGS_OF["xlsx"],
    "presentationml.presentation.main+xml": ENDINGS_OF["pptx"],
    "presentationml.slideshow.main+xml": ENDINGS_OF["pptx"],
}
MAIN_PARTS = {
    "word/document.xml": ENDINGS_OF["docx"],
    "xl/workbook.xml": ENDINGS_OF["xlsx"],
    "ppt/presentation.xml": ENDINGS_OF["pptx"],
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACROS = re.compile(r"vbaproject|vbadata|macrosheets/|activex/", re.IGNORECASE)
# What a damaged, encrypted or strangely packed archive makes zipfile raise, wherever it is read.
DAMAGED_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError,
    OSError, ValueError,
)  # fmt: skip
MARKUP = re.compile(rb"^\s*<(?:\?xml|!doctype|html|svg|script|head|body|iframe)", re.IGNORECASE)
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 5000, 300 * 1024 * 1024, 200
NAME_LENGTH = 200
CHUNK = 64 * 1024
SCAN_SECONDS = 30


class RefusedFile(Exception):
    """A file that is not taken; the message names it and says why and what would help."""

    def __init__(self, name: str, reason: str):
        super().__init__(_("“%(name)s”：%(reason)s") % {"name": name, "reason": reason})
        self.name, self.reason = name, reason


@dataclass(frozen=True)
class Stored:
    """A file as kept: `stored_as` is its random name below its folder, `name` the one people gave it."""

    name: str
    content_type: str
    size: int
    sha256: str
    stored_as: str


def store_upload(uploaded, *, folder: str) -> Stored:
    """Keeps an uploaded file (a Django UploadedFile, or anything with `name` and `chunks()`).

    Raises RefusedFile for what is empty, too large, of a type that is not taken, named as another type,
    carries macros, unpacks without end or is infected; nothing is left behind then.
    """
    name = clean_name(uploaded.name)
    stored_as = secrets.token_hex(16)
    with incoming() as file:
        size, digest = _copy(uploaded, file, name)
        file.flush()
        content_type = recognise(Path(file.name), name)
        scan(Path(file.name), name)
        file.seek(0)
        keep(f"attachments/{folder}", stored_as, file)
    return Stored(name, content_type, size, digest, stored_as)


def open_stored(stored_as: str, *, folder: str) -> BinaryIO:
    """The kept file, opened for reading. Raises FileNotFoundError."""
    if not re.fullmatch(r"[0-9a-f]{32}", stored_as):
        raise FileNotFoundError(stored_as)
    return open_kept(f"attachments/{folder}", stored_as)


def remove_stored(names: Iterable[str], *, folder: str) -> None:
    remove(f"attachments/{folder}", names)


def clean_name(name: str) -> str:
    """A file's name without folders, control and direction marks, at most 200 characters with its ending."""
    name = kept_text(re.split(r"[/\\]", str(name or ""))[-1], lines=True).translate({10: None, 9: None})
    stem, dot, ending = name.strip().rpartition(".")
    if not dot:
        return ending[:NAME_LENGTH] or _("未命名")
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"[-NAME_LENGTH:]


def recognise(path: Path, name: str) -> str:
    """The content type of a file by what is in it. Raises RefusedFile unless it is taken and named as such."""
    with open(path, "rb") as file:
        head = file.read(512)
    found = next((kind for signature, kind in SIGNATURES if head.startswith(signature)), "")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = "image/webp"
    if head.startswith(b"PK\x03\x04"):
        found = _office(path, name)
    if head.startswith(OLE):
        raise RefusedFile(name, _("是旧版或加密的 Office 文件，请另存为 docx、xlsx 或 pptx"))
    ending = name.rpartition(".")[2].lower()
    if not found and _is_text(path):
        found = "text/csv" if ending == "csv" else "text/plain"
    if not found:
        raise RefusedFile(
            name, _("不是可用的类型；可用 PDF、图片（PNG、JPEG、GIF、WebP）、docx、xlsx、pptx、txt、csv")
        )
    if ending not in ENDINGS[found]:
        raise RefusedFile(
            name, _("内容与文件名不符：按内容应以 .%(endings)s 结尾") % {"endings": " / .".join(ENDINGS[found])}
        )
    return found


def scan(path: Path, name: str) -> None:
    """Asks the virus scanner of CLAMD_ADDRESS (clamd's INSTREAM), where one is configured.

    Raises RefusedFile when something was found, and when the scanner is away: unscanned is not taken.
    """
    if not settings.CLAMD_ADDRESS:
        return
    try:
        answer = _ask_scanner(path)
    except (OSError, ValueError) as error:
        raise RefusedFile(name, _("病毒扫描服务暂时不可用，文件没有保存，请稍后再试")) from error
    if answer.endswith("FOUND"):
        raise RefusedFile(name, _("发现病毒，文件没有保存"))
    if not answer.endswith("OK"):
        raise RefusedFile(name, _("病毒扫描没有完成，文件没有保存，请稍后再试"))


def _ask_scanner(path: Path) -> str:
    address = settings.CLAMD_ADDRESS
    if address.startswith(("unix:", "/")):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        target: str | tuple[str, int] = address.removeprefix("unix:")
    else:
        host, _colon, port = address.rpartition(":")
        link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        target = (host, int(port))
    with link, open(path, "rb") as file:
        link.settimeout(SCAN_SECONDS)
        link.connect(target)
        link.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            link.sendall(struct.pack("!L", len(chunk)) + chunk)
        link.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := link.recv(4096)):
            answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _copy(uploaded, out: BinaryIO, name: str) -> tuple[int, str]:
    limit, size, digest = settings.ATTACHMENT_MAX_MB * 1024 * 1024, 0, hashlib.sha256()
    for chunk in uploaded.chunks():
        size += len(chunk)
        if size > limit:
            raise RefusedFile(name, _("超过 %(limit)s MB，请压缩或拆分") % {"limit": settings.ATTACHMENT_MAX_MB})
        digest.update(chunk)
        out.write(chunk)
    if not size:
        raise RefusedFile(name, _("是空文件"))
    return size, digest.hexdigest()


def _office(path: Path, name: str) -> str:
    """Of a ZIP: which Office document it is. Raises RefusedFile for any other archive, macros and bombs."""
    try:
        with open(path, "rb") as file:
            archive = Archive(file)
            entries = archive.zip.infolist()
            _refuse_bomb(entries, path.stat().st_size, name)
            names = {entry.filename for entry in entries}
            kind = _main_type(archive)
            if not kind:
                raise RefusedFile(name, _("是压缩包，请解压后逐个上传"))
            types = archive.contents
    except (*DAMAGED_ZIP, ExpatError, KeyError, BrokenFile) as error:
        raise RefusedFile(name, _("文件已损坏，打不开")) from error
    if any(MACROS.search(entry) for entry in names) or b"macroenabled" in types.lower():
        raise RefusedFile(name, _("含有宏，请另存为不含宏的 docx、xlsx 或 pptx"))
    return kind


def _main_type(archive: Archive) -> str:
    """The content type of an Office document by its own table of contents; "" for other archives."""
    if not archive.contents:
        return ""
    for ending, kind in MAIN_TYPES.items():
        if archive.of_type(ending) or archive.of_type(ending.replace(".main+xml", ".macroEnabled.main+xml")):
            return kind
    # Without a word on it, by the name that programs give the part.
    return next((kind for part, kind in MAIN_PARTS.items() if part in archive), "")


def _refuse_bomb(entries: list[zipfile.ZipInfo], size: int, name: str) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    # Small documents of blank pages shrink well; only what also becomes large is suspicious.
    swollen = unpacked > 20 * 1024 * 1024 and unpacked > size * MAX_RATIO
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or swollen:
        raise RefusedFile(name, _("解压后过大，不予接收"))
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedFile(name, _("已加密，请去掉密码后上传"))


def _is_text(path: Path) -> bool:
    """Plain text in UTF-8 or GB18030 that no browser would take for a page."""
    data = path.read_bytes()
    if CONTROLS.search(data) or MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
            return True
        except UnicodeDecodeError:
            continue
    return False

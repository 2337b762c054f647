"""Opens whatever was handed in as a book of sheets. What a file is says its content, never its name."""

import csv
import io
import re
from codecs import BOM_UTF16_LE
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from tables import binary, webpage
from tables.cells import Line, is_blank
from tables.delimited import csv_lines, last_lines
from tables.encodings import find_encoding
from tables.faults import BrokenFile, broken
from tables.opendocument import OdsBook
from tables.workbook import XlsxBook, XlsxSheet
from tables.zipped import Archive, broken_workbooks

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What is no table at all, by how it begins; and by the kind of its main part.
DOCUMENTS = {b"%PDF-": "PDF", b"{\\rtf": "RTF"}
DOCUMENT_PARTS = {"wordprocessingml": "Word", "presentationml": "PowerPoint"}
WEB = re.compile(
    # Nothing before the first tag is tried a second way: a row of comments would be tried in all of them.
    r"\s*+(?:<\?xml[^>]*>\s*+)?+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body|table|meta|div|style"
    r"|(?:p|h[1-6]|center|font|span|b|strong|title|caption|br|hr|section|main|article|header|link|script)\b)",
    re.I | re.S,
)
OLD_XML = re.compile(r"progid=.Excel\.Sheet|urn:schemas-microsoft-com:office:spreadsheet", re.IGNORECASE)
# How much of the end of a file of text is looked at for its last rows.
END_BYTES = 1 << 16
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


class AnySheet(Protocol):
    """One sheet, readable more than once; blank rows may be left out."""

    name: str
    hidden: bool

    def lines(self, width: int) -> Iterator[Line]: ...

    def progress(self, row: int) -> float: ...


@dataclass
class Book:
    """`format`: xlsx, xls, xlsb, ods, html or csv; `encoding` of a file of text. `strict_width`: a row with more
    or fewer cells than the headings is a fault of quotes or commas, and no empty cell."""

    format: str
    encoding: str
    sheets: Sequence[AnySheet]
    strict_width: bool = False

    @property
    def visible(self) -> list[AnySheet]:
        return [sheet for sheet in self.sheets if not sheet.hidden]


@dataclass
class TextSheet:
    file: BinaryIO
    text: io.TextIOWrapper
    size: int
    name: str = ""
    hidden: bool = False

    def lines(self, width: int) -> Iterator[Line]:
        self.text.seek(0)
        return csv_lines(self.text)

    def last(self, width: int, number: int) -> list[Line]:
        """Without disturbing whoever is reading the lines."""
        place, start = self.file.tell(), max(0, self.size - END_BYTES) // 2 * 2
        self.file.seek(0)
        head = self.file.read(4096)
        self.file.seek(start)
        end = self.file.read()
        self.file.seek(place)
        encoding = self.text.encoding
        if encoding == "utf-16":
            encoding = "utf-16-le" if head.startswith(BOM_UTF16_LE) else "utf-16-be"
        said = end.decode(encoding, "ignore")
        said = said.partition("\n")[2] if start else said
        return last_lines(head.decode(encoding, "ignore"), said, number)

    def progress(self, row: int) -> float:
        return self.file.tell() / max(1, self.size)


@contextmanager
def open_book(file: BinaryIO, *, max_bytes: int | None = None, encoding: str = "") -> Iterator[Book]:
    """Opens a seekable file; raises BrokenFile for what holds no table. `encoding`: what a person chose."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if max_bytes and size > max_bytes:
        raise broken("too_large", size=-(-size // 1_000_000), limit=max_bytes // 1_000_000)
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        yield _office(file)
        return
    if start.startswith(OLE) or start[:4] in (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x00\x04\x00"):
        yield _old(file, start.startswith(OLE))
        return
    if kind := next((kind for mark, kind in DOCUMENTS.items() if start.startswith(mark)), ""):
        raise broken("document", kind=kind)
    found = find_encoding(file, said=encoding)
    text = io.TextIOWrapper(file, encoding=found, newline="")
    try:
        head = text.read(4096)
        text.seek(0)
        if OLD_XML.search(head) and head.lstrip("\ufeff\n\r ").startswith("<?xml") and "<html" not in head.lower():
            raise broken("old_xml")
        if head.startswith("MIME-Version:"):
            raise broken("mhtml")
        if WEB.match(head.lstrip("\ufeff")):
            if size > webpage.MAX_BYTES:
                raise broken("too_large", size=-(-size // 1_000_000), limit=webpage.MAX_BYTES // 1_000_000)
            yield Book("html", found, webpage.sheets_of(text.read()))
        else:
            yield Book("csv", found, [TextSheet(file, text, size)], strict_width=True)
    finally:
        text.detach()


def _office(file: BinaryIO) -> Book:
    with broken_workbooks():
        archive = Archive(file)
        if "mimetype" in archive and archive.read("mimetype", 1000).strip().startswith(ODS):
            sheets = OdsBook(archive).sheets
            if not any(not sheet.hidden for sheet in sheets):
                raise broken("no_sheet")
            return Book("ods", "", sheets)
        said = archive.content_type(archive.main_part).lower()
        if kind := next((kind for part, kind in DOCUMENT_PARTS.items() if part in said), ""):
            raise broken("document", kind=kind)
        if said.endswith("sheet.binary.macroenabled.main"):
            archive.check()
            return _whole(file, "xlsb")
        book = XlsxBook(archive)
    if not any(not sheet.hidden for sheet in book.sheets):
        raise broken("no_sheet")
    return Book("xlsx", "", book.sheets)


def _whole(file: BinaryIO, format: str) -> Book:
    file.seek(0)
    sheets = binary.open_binary(file, format)
    if not any(not sheet.hidden for sheet in sheets):
        raise broken("no_sheet")
    return Book(format, "", sheets)


def _old(file: BinaryIO, is_ole: bool) -> Book:
    if is_ole:
        # Names of streams are UTF-16; a workbook has one called Workbook or Book, a locked one EncryptedPackage.
        data = file.read(binary.MAX_BYTES)
        file.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
            raise broken("encrypted")
        if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
            raise broken("other_ole")
        if "_VBA_PROJECT".encode("utf-16-le") in data:
            raise broken("macros")
    return _whole(file, "xls")


def first_rows(sheet: AnySheet, width: int, number: int) -> list[Line]:
    """The first rows of a sheet that are not blank.

    Where a later one cannot be read there are fewer: whoever reads on is told.
    """
    found: list[Line] = []
    try:
        for line in sheet.lines(width):
            if not is_blank(line[1]):
                found.append(line)
                if len(found) == number:
                    break
    except BrokenFile:
        if not found:
            raise
    return found


def last_rows(sheet: AnySheet, width: int, number: int) -> list[Line]:
    """The last rows of a sheet, without reading all of it where its file allows that; what cannot be read is told
    to whoever reads on."""
    try:
        if isinstance(sheet, TextSheet | XlsxSheet | binary.OtherSheet):
            return sheet.last(width, number)
        return list(deque((line for line in sheet.lines(width) if not is_blank(line[1])), number))
    except (BrokenFile, csv.Error):
        return []


def progress_of(sheet: AnySheet) -> Callable[[int], float]:
    return lambda row: min(1.0, sheet.progress(row))

"""A workbook is a zip from a stranger: it is looked at before anything is unpacked, and its parts are found as its
table of contents names them, whatever their paths."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import BinaryIO
from urllib.parse import unquote
from xml.parsers import expat

from tables.cells import BLOCK
from tables.faults import BrokenFile, broken

# XML packs ten to one, rarely thirty to one; a bomb packs a thousand to one.
MAX_RATIO = 100
MAX_UNPACKED = 1_000_000_000
# The one part that is held in memory: every text the cells share.
MAX_SHARED_STRINGS = 100_000_000
CONTENTS = "[content_types].xml"
SMALL = 20 * BLOCK
MACROS = re.compile(r"vbaproject|vbadata|macrosheets/", re.IGNORECASE)


class Entities(Exception):
    """XML that defines entities: nobody's workbook does."""


@contextmanager
def broken_workbooks() -> Iterator[None]:
    """zipfile and expat raise whatever they stumbled over raises (zlib.error, struct.error, KeyError …): a damaged
    file has no type of its own."""
    try:
        yield
    except (BrokenFile, MemoryError):
        raise
    except Exception as error:
        raise broken("broken_workbook") from error


def local(name: str) -> str:
    """A tag or attribute without its prefix."""
    return name.rpartition(":")[2]


def parser(start, end=None, text=None) -> expat.XMLParserType:
    """An expat parser that refuses entities; tags come without their prefix."""
    made = expat.ParserCreate()
    made.buffer_text = True
    known: dict[str, str] = {}

    def bare(name: str) -> str:
        return known.get(name) or known.setdefault(name, local(name))

    made.StartElementHandler = lambda name, attributes: start(bare(name), attributes)
    if end:
        made.EndElementHandler = lambda name: end(bare(name))
    if text:
        made.CharacterDataHandler = text
    made.EntityDeclHandler = _refuse_entities
    return made


def _refuse_entities(*_declared) -> None:
    raise Entities


class Archive:
    """The parts of an office file by the names their relations use."""

    def __init__(self, file: BinaryIO):
        self.zip = zipfile.ZipFile(file)
        # Some programs write xl\worksheets\sheet1.xml, and letters of either size.
        self.parts = {self._plain(part.filename): part for part in self.zip.infolist()}

    @staticmethod
    def _plain(name: str) -> str:
        return name.replace("\\", "/").lstrip("/").lower()

    def check(self) -> None:
        """Raises BrokenFile for bombs, macros and passwords."""
        parts = self.parts.values()
        unpacked = sum(part.file_size for part in parts)
        packed = max(10_000, sum(part.compress_size for part in parts))
        if unpacked > min(MAX_UNPACKED, MAX_RATIO * packed):
            raise broken("bomb")
        if any(part.flag_bits & 1 for part in parts):
            raise broken("encrypted")
        contents = self.contents.lower()
        # Every .xlsb says it may hold macros; what holds some has a part for them.
        says = b"macroenabled.main" in contents and b"sheet.binary.macroenabled.main" not in contents
        if says or any(MACROS.search(name) for name in self.parts):
            raise broken("macros")

    def __contains__(self, name: str) -> bool:
        return self._plain(name) in self.parts

    def size(self, name: str) -> int:
        return self.parts[self._plain(name)].file_size

    def open(self, name: str):
        return self.zip.open(self.parts[self._plain(name)])

    def read(self, name: str, limit: int = SMALL) -> bytes:
        if self.size(name) > limit:
            raise broken("bomb")
        with self.open(name) as part:
            return part.read()

    @cached_property
    def contents(self) -> bytes:
        return self.read(CONTENTS) if CONTENTS in self.parts else b""

    def blocks(self, name: str) -> Iterator[bytes]:
        with self.open(name) as part:
            while block := part.read(BLOCK):
                yield block

    def elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """Every tag of a small part with its attributes."""
        found: list[tuple[str, dict[str, str]]] = []
        made = parser(lambda tag, attributes: found.append((tag, attributes)))
        made.Parse(self.read(name), True)
        return found

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Of a part ("" is the whole file): id → (kind, name of the part)."""
        folder, _slash, last = name.rpartition("/")
        place = f"{folder}/_rels/{last}.rels" if folder else f"_rels/{last}.rels"
        if place not in self:
            return {}
        return {
            attributes["Id"]: (
                local_kind(attributes.get("Type", "")),
                _resolved(folder, attributes.get("Target", "")),
            )
            for tag, attributes in self.elements(place)
            if tag == "Relationship" and attributes.get("TargetMode") != "External"
        }

    @cached_property
    def main_part(self) -> str:
        """The part that is the document, by the file's own relations; "" where they name none."""
        return next((part for kind, part in self.relations("").values() if kind == "officeDocument"), "")

    def of_type(self, ending: str) -> list[str]:
        """The parts that the table of contents gives a type with this ending."""
        return [
            attributes["PartName"]
            for tag, attributes in (self.elements(CONTENTS) if CONTENTS in self.parts else [])
            if tag == "Override"
            and attributes.get("ContentType", "").endswith(ending)
            and attributes.get("PartName", "") in self
        ]

    def content_type(self, name: str) -> str:
        kinds, endings = {}, {}
        for tag, attributes in self.elements(CONTENTS) if CONTENTS in self.parts else []:
            if tag == "Override":
                kinds[self._plain(attributes.get("PartName", ""))] = attributes.get("ContentType", "")
            elif tag == "Default":
                endings[attributes.get("Extension", "").lower()] = attributes.get("ContentType", "")
        plain = self._plain(name)
        return kinds.get(plain) or endings.get(plain.rpartition(".")[2], "")


def local_kind(kind: str) -> str:
    """…/relationships/worksheet, of the transitional and of the strict standard alike → worksheet."""
    return kind.rpartition("/")[2]


def _resolved(folder: str, target: str) -> str:
    target = unquote(target.replace("\\", "/"))
    if target.startswith("/"):
        return target.lstrip("/")
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)

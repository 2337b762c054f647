"""Which encoding a file of text is in. A file is UTF-8 only if all of it is.

GB18030 takes almost any bytes, so it comes last, and not for a file that has shown itself to be UTF-8 by far
more characters than it has wrong bytes. Where the few characters of a small file read well both ways, nobody is
guessed for: it is asked.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from typing import BinaryIO

from tables.cells import BLOCK
from tables.faults import broken

NAMES = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"} | dict.fromkeys(
    ["utf-16", "utf-16-le", "utf-16-be"], "UTF-16"
)
CHOICES = ("utf-8", "gb18030")
# Three and four bytes together that only UTF-8 writes so; pairs come about in GBK by chance.
_LONG = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
# How much of a file is looked at where both encodings take all of it.
AMBIGUOUS_BYTES = 4096


def find_encoding(file: BinaryIO, *, said: str = "") -> str:
    """A codec's name; `said`: what a person chose, of CHOICES. Raises BrokenFile."""
    start = file.read(4096)
    file.seek(0)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _held_to(file, "utf-16")
    if start.startswith(BOM_UTF8):
        return _held_to(file, "utf-8-sig")
    if b"\0" in start and (guess := _unmarked_utf16(start)):
        return _held_to(file, guess)
    if said:
        return _held_to(file, {"utf-8": "utf-8-sig"}.get(said, said))
    line, sure = _wrong_line(file, "utf-8"), False
    if line is None:
        if words := _two_readings(file):
            raise broken("which_encoding", utf8=words[0], gb18030=words[1])
        return "utf-8-sig"
    sure = _looks_like_utf8(file)
    other = None if sure else _wrong_line(file, "gb18030")
    if not sure and other is None and not _is_of_no_script(start):
        return "gb18030"
    if sure:
        raise broken("wrong_byte", row=line, encoding="UTF-8")
    if other and other > 1:
        raise broken("wrong_byte", row=other, encoding="GB18030")
    raise broken("encoding")


def _is_of_no_script(start: bytes) -> bool:
    """Whether many of the characters GB18030 makes of a file are in nobody's alphabet: it is Big5, or no text."""
    text = [char for char in start.decode("gb18030", "replace") if char > "\x7f"]
    private = sum("\ue000" <= char <= "\uf8ff" for char in text)
    return private * 10 > len(text)


def _held_to(file: BinaryIO, encoding: str) -> str:
    line = _wrong_line(file, encoding)
    if line is not None:
        raise broken("wrong_byte", row=line, encoding=NAMES[encoding])
    return encoding


def _wrong_line(file: BinaryIO, encoding: str) -> int | None:
    """The line of the first wrong byte, or None; raises BrokenFile for what is no text."""
    decoder = getincrementaldecoder(encoding)()
    line, ended, wide = 1, False, encoding.startswith("utf-16")
    file.seek(0)
    try:
        while not ended:
            block = file.read(BLOCK)
            if b"\0" in block and not wide:
                raise broken("not_text", row=line + block.partition(b"\0")[0].count(b"\n"), value="NUL")
            ended = not block
            try:
                text = decoder.decode(block, final=ended)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                return line + (0 if wide else good.count(b"\n"))
            if wide and "\0" in text:
                raise broken("not_text", row=line + text.partition("\0")[0].count("\n"), value="NUL")
            line += text.count("\n")
    finally:
        file.seek(0)
    return None


def _unmarked_utf16(start: bytes) -> str:
    """UTF-16 without its mark: every other byte of its commas and digits is zero, and always on one side."""
    for encoding, side in (("utf-16-le", 1), ("utf-16-be", 0)):
        if start[1 - side :: 2].count(0) or not start[side::2].count(0) > len(start) // 20:
            continue
        text = start[: len(start) // 2 * 2].decode(encoding, "replace")
        if re.search("[,;\t]", text) and "\n" in text and "\ufffd" not in text[:-1]:
            return encoding
    return ""


def _looks_like_utf8(file: BinaryIO) -> bool:
    """Whether far more bytes than not belong to characters as only UTF-8 writes them."""
    long, beyond = 0, 0
    try:
        while block := file.read(BLOCK):
            beyond += sum(len(run) for run in _BEYOND_ASCII.findall(block))
            long += sum(len(run) for run in _LONG.findall(block))
    finally:
        file.seek(0)
    return long * 2 > beyond


def _two_readings(file: BinaryIO) -> tuple[str, str] | None:
    """Of a file that is UTF-8 throughout: both readings of its first odd word where GB18030 may be meant.

    Such a file holds pairs alone, no longer characters, and read as GB18030 they are everyday Chinese ones.
    """
    data = file.read(AMBIGUOUS_BYTES + 1)
    file.seek(0)
    runs = _BEYOND_ASCII.findall(data)
    if not runs or len(data) > AMBIGUOUS_BYTES or _LONG.search(data):
        return None
    try:
        # GB2312 holds the characters everybody uses; what lies beyond it is nobody's heading.
        words = [run.decode("gb2312") for run in runs]
    except UnicodeDecodeError:
        return None
    if not all("\u4e00" <= char <= "\u9fff" for word in words for char in word):
        return None
    return runs[0].decode("utf-8"), words[0]

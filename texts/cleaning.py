"""The one rule for text on its way in. Pure: no Django, no words for people (`texts.forms` says them).

What nobody typed on purpose and nobody sees is mended in silence:

- Line ends of every system (CR, CRLF, Word's soft break U+000B, the page break U+000C, NEL, U+2028, U+2029) become
  one line feed; in a text of one line a break or a tab becomes one space.
- Dropped: the other control characters (C0, DEL, C1), the byte order mark, noncharacters such as U+FFFE and
  U+FFFF, what has no width (U+200B, U+2060, soft hyphen, fillers, tags) and the marks of direction that change
  nothing but the order on the screen of a few letters (LRM, RLM, ALM, embeddings, isolates and their ends).
- The joiners U+200C and U+200D stay where they are letters' business: between letters of Arabic, Indic and
  Mongolian scripts, and U+200D inside an emoji. In a code or a number they are dropped like the rest.
- The result is NFC, so that one word has one spelling.

What may have lost something, or reads otherwise than it is stored, nobody but its writer can mend. It is
refused, with its place: NUL (a binary file, or a program's error), half a surrogate pair and U+FFFD (letters that
a wrong encoding destroyed), and the overrides U+202D and U+202E (they show a text backwards).

Kept as they are: every letter, the private use area (rare characters of names), variation selectors, spaces of
every width. Passwords are no text and are never touched.
"""

import re
import unicodedata
from typing import Any, Literal

Reason = Literal["nul", "half", "lost", "override"]

# What one field of several lines takes, unless it says otherwise: some ten pages.
LONGEST = 20_000

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_REFUSED = re.compile("[\0\ud800-\udfff\ufffd\u202d\u202e]")
_UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f"
    "\u202a-\u202c\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "\U000e0000-\U000e007f]"
)
# Of all those above what Python holds to be printable.
_PRINTABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffd]")
_JOINERS = re.compile("[\u180e\u200c\u200d]")
_JOINING_SCRIPTS = re.compile("[\u0600-\u0dff\u1800-\u18aa]")
_FOLD = re.compile(r"[ \t]*[\n\t][ \n\t]*")


class RefusedText(Exception):
    """A text that only its writer can mend: `reason`, the character, and its place counted from 1."""

    def __init__(self, reason: Reason, character: str, place: int):
        super().__init__(f"U+{ord(character):04X} at {place}")
        self.reason, self.character, self.place = reason, character, place


def clean_text(text: str, *, lines: bool) -> str:
    """The text as it is kept; `lines` says whether it may have several lines. Raises RefusedText."""
    if _is_clean(text):
        return text
    if found := _REFUSED.search(text):
        raise RefusedText(_reason(found[0]), found[0], found.start() + 1)
    return _mended(text, lines)


def kept_text(text: str, *, lines: bool) -> str:
    """The same without refusing: what would be refused is dropped, half a pair becomes U+FFFD.

    For the last door before the database, and for rows stored before there was a rule.
    """
    if _is_clean(text):
        return text
    text = _REFUSED.sub(lambda found: "\ufffd" if _reason(found[0]) in ("half", "lost") else "", text)
    return _mended(text, lines)


def kept_all(value: Any) -> Any:
    """`kept_text` for every text inside plain JSON, names included; other values as they are."""
    if isinstance(value, str):
        return kept_text(value, lines=True)
    if isinstance(value, list | tuple):
        return [kept_all(part) for part in value]
    if isinstance(value, dict):
        return {kept_all(name): kept_all(part) for name, part in value.items()}
    return value


def _is_clean(text: str) -> bool:
    """Whether nothing is to be looked for: true of almost every text, and quick, for files of a million cells."""
    if not text.isprintable():
        return False
    return text.isascii() or (not _PRINTABLE.search(text) and unicodedata.is_normalized("NFC", text))


def _reason(character: str) -> Reason:
    if character == "\0":
        return "nul"
    if character == "\ufffd":
        return "lost"
    return "override" if character in "\u202d\u202e" else "half"


def _mended(text: str, lines: bool) -> str:
    text = _UNSEEN.sub("", _BREAKS.sub("\n", text))
    if _JOINERS.search(text):
        text = _JOINERS.sub(lambda found: found[0] if _joins(text, found.start()) else "", text)
    if not lines:
        text = _FOLD.sub(" ", text)
    return unicodedata.normalize("NFC", text)


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between two letters, or two pictures, that it belongs to."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not before or not after:
        return False
    if _JOINING_SCRIPTS.match(before) and _JOINING_SCRIPTS.match(after):
        return True
    return text[place] == "\u200d" and _is_picture(before) and _is_picture(after)


def _is_picture(character: str) -> bool:
    return character == "\ufe0f" or unicodedata.category(character) in ("So", "Sk")

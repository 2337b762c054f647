"""A Word file as lines of text: a paragraph a line, a table's row a line with tabs, a line where a picture is.

Tracked changes are read as accepted. Numbers that Word makes itself stand before their paragraphs, a text box
behind the paragraph it hangs on. What is not read – notes, comments – is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from studio.reading.markup import PICTURE
from studio.reading.word_numbers import SPACES, WordNumbers, found
from texts.numbers import whole_number


class NoWordFile(Exception):
    """The file cannot be read as a Word document."""


@dataclass
class WordText:
    """The document's text in its order; `seen` counts what a person should know: changes, comments, notes."""

    text: str = ""
    seen: dict[str, int] = field(default_factory=dict)


W = f"{{{SPACES['w']}}}"
# What stands in these is not in the text: taken out, told elsewhere, or said a second time for older programs.
AWAY = {f"{W}del", f"{W}moveFrom", f"{W}txbxContent", f"{W}pPr", f"{W}rPr"}
OLDER = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# The most columns a table of Word has.
WIDEST = 63
SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
# Holders of paragraphs: content controls, tracked moves, custom markup.
HOLDERS = {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"}
COUNTED = {
    "inserted": ".//w:ins",
    "deleted": ".//w:del",
    "comments": ".//w:commentReference",
    "notes": ".//w:footnoteReference | .//w:endnoteReference",
}


def read_word(content: bytes) -> WordText:
    """Raises NoWordFile."""
    from docx import Document as open_word

    try:
        document = open_word(BytesIO(content))
        body, numbering = document.element.body, WordNumbers(document)
        lines = [line for part in _parts(body) for line in [*_lines(part, numbering), ""]]
    except Exception as error:  # python-docx lets through whatever zipfile, lxml and its own parts raise
        raise NoWordFile from error
    seen = {name: len(found(body, path)) for name, path in COUNTED.items()}
    return WordText("\n".join(lines), {name: number for name, number in seen.items() if number})


def _parts(holder: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order, those in content controls too; a table of contents is no text."""
    for part in holder:
        if part.tag in (f"{W}p", f"{W}tbl"):
            yield part
        elif part.tag in HOLDERS and not found(part, "./w:sdtPr/w:docPartObj"):
            yield from _parts(part)


def _lines(part: Any, numbering: WordNumbers) -> list[str]:
    pictures = [PICTURE] if _has_picture(part) else []
    if part.tag == f"{W}p":
        boxes = [one for box in _boxes(part) for inner in _parts(box) for one in _lines(inner, numbering)]
        return [f"{numbering.number_of(part)}{_words(part)}", *pictures, *boxes]
    return ["\t".join(cells) for cells in _rows(part)] + pictures


def _rows(table: Any) -> Iterator[list[str]]:
    """The rows of a table; a cell over several columns is said once, one over several rows in each of them."""
    above: dict[int, str] = {}
    for row in found(table, "./w:tr[not(w:trPr/w:del)] | ./w:sdt/w:sdtContent/w:tr"):
        cells, at = [], 0
        for cell in row.iterchildren(f"{W}tc"):
            words = " ".join(" ".join(_words(one) for one in cell.iter(f"{W}p")).split())
            merged = found(cell, "./w:tcPr/w:vMerge[not(@w:val='restart')]")
            above[at] = words = above.get(at, "") if merged else words
            wide = min(whole_number((found(cell, "./w:tcPr/w:gridSpan/@w:val") or [""])[0]) or 1, WIDEST)
            cells += [words, *[""] * (wide - 1)]
            at += wide
        yield cells


def _words(part: Any) -> str:
    """What a paragraph says, with what was inserted and without what was deleted."""
    if part.tag == f"{W}t":
        return part.text or ""
    if part.tag in SIGNS:
        return SIGNS[part.tag]
    return "".join(_words(inner) for inner in part if inner.tag not in AWAY and inner.tag != OLDER)


def _boxes(part: Any) -> list[Any]:
    """The text boxes that hang on a paragraph; each is stored twice, once for older programs."""
    boxes = found(part, ".//w:txbxContent")
    return [box for box in boxes if not any(above.tag == OLDER for above in box.iterancestors())]


def _has_picture(part: Any) -> bool:
    """Of today's make, or of Word 97's, which what is pasted from Excel as a picture still is."""
    return bool(found(part, ".//pic:pic | .//*[local-name()='imagedata']"))

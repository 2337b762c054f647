"""A Word file as lines of text: a paragraph a line, a table's row a line with tabs, a line where a picture is."""

from io import BytesIO
from typing import Any

from studio.reading.markup import PICTURE


class NoWordFile(Exception):
    """The file cannot be read as a Word document."""


def lines_of_word(content: bytes) -> str:
    """The document's text in its order. Raises NoWordFile."""
    from docx import Document as open_word
    from docx.table import Table

    try:
        document = open_word(BytesIO(content))
    except Exception as error:  # python-docx lets through whatever zipfile, lxml and its own parts raise
        raise NoWordFile from error
    lines: list[str] = []
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            lines += ["\t".join(" ".join(cell.text.split()) for cell in row.cells) for row in part.rows]
            lines += [PICTURE] if _has_picture(part._tbl) else []
        else:
            lines.append(part.text)
            lines += [PICTURE] if _has_picture(part._p) else []
        lines.append("")
    return "\n".join(lines)


def _has_picture(part: Any) -> bool:
    """Of today's make, or of Word 97's, which what is pasted from Excel as a picture still is."""
    return bool(part.xpath(".//pic:pic | .//*[local-name()='imagedata']"))

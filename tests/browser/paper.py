"""A page as the printer gets it: its sheets, what they say and how small the letters are."""

import io
import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page
from pypdf import PageObject, PdfReader

from tests.browser.conftest import ARTIFACTS

FOLDER = ARTIFACTS / "browser" / "print"


@dataclass(frozen=True)
class Printed:
    """`is_wide` of the first sheet; `text` without spaces, which paper puts between any two letters."""

    sheets: int
    is_wide: bool
    is_a4: bool
    text: str
    smallest: float


def print_page(page: Page, name: str) -> Printed:
    """Prints what the page shows now; the file stays under artifacts/ for people to look at."""
    data = page.pdf(prefer_css_page_size=True, print_background=True)
    path: Path = FOLDER / f"{name}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    sheets = PdfReader(io.BytesIO(data)).pages
    box = sheets[0].mediabox
    read = [_read(sheet) for sheet in sheets]
    return Printed(
        sheets=len(sheets),
        is_wide=box.width > box.height,
        is_a4=sorted((round(box.width), round(box.height))) == [595, 842],
        text="".join(text for text, _size in read),
        smallest=min(size for _text, size in read),
    )


def _read(sheet: PageObject) -> tuple[str, float]:
    """The text of a sheet and the size of its smallest letters, in points."""
    sizes: list[float] = []

    def note(text, user, matrix, _font, size):
        if text.strip():
            sizes.append(abs(size) * _scale(matrix) * _scale(user))

    text = sheet.extract_text(visitor_text=note)
    # Fonts for Chinese name some letters as radicals (⽬ for 目).
    plain = unicodedata.normalize("NFKC", text)
    return "".join(plain.split()), min(sizes, default=math.inf)


def _scale(matrix: list[float]) -> float:
    a, b, c, d, *_offset = matrix
    return math.sqrt(abs(a * d - b * c))

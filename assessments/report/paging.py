"""On which pages the headings of a Word file stand, where LibreOffice is there to set it.

Word works the pages of the contents out itself, but asks before it does and prints blanks where it is refused. A
machine without LibreOffice makes the same file with the question.
"""

import logging
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)
SECONDS = 120


def can_set_pages() -> bool:
    """Whether this machine has what sets a Word file."""
    return shutil.which("soffice") is not None


def pages_of(data: bytes, headings: int) -> list[int]:
    """The page of each heading of levels 1 and 2, counted from the cover as 1; empty where nobody can tell."""
    program = shutil.which("soffice")
    if program is None:
        return []
    with tempfile.TemporaryDirectory(prefix="report-pages-") as folder:
        path = Path(folder, "report.docx")
        path.write_bytes(data)
        command = [
            program,
            # Its own profile: two reports may be set at once.
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            'pdf:writer_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"}}',
            "--outdir",
            folder,
            str(path),
        ]
        try:
            subprocess.run(command, timeout=SECONDS, check=True, capture_output=True)
            pages = list(_outline(Path(folder, "report.pdf")))
        except (subprocess.SubprocessError, OSError) as error:
            log.warning("no page numbers: %s", error)
            return []
    return pages if len(pages) == headings else []


def _outline(path: Path) -> Iterator[int]:
    """The pages of the outline's first two levels, in order."""
    from pypdf import PdfReader  # heavy, and only the worker sets reports

    reader = PdfReader(path)

    def walk(entries, level: int) -> Iterator[int]:
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry, level + 1)
            elif level <= 2:
                yield reader.get_destination_page_number(entry) + 1

    return walk(reader.outline, 1)

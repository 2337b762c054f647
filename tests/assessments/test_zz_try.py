"""pytest file: writes the report"""

import subprocess, pathlib
from assessments.report.content import current_document
from assessments.report.docx import write_docx, listed
from assessments.report.paging import pages_of
from assessments.report.slides import write_slides
from tests.assessments.midterm import run_round


def test_it(plan):
    r = run_round(plan)
    d = current_document(r)
    out = pathlib.Path("/tmp/midterm-out")
    out.mkdir(exist_ok=True)
    data = write_docx(d)
    pages = pages_of(data, len(listed(d)))
    (out / "report.docx").write_bytes(write_docx(d, pages=pages))
    (out / "slides.pptx").write_bytes(write_slides(d))
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(out), str(out / "report.docx")],
        check=True,
    )

"""docs/worked-example-midterm.md, run on the published figures."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from pptx import Presentation
from pptx.util import Mm
from pypdf import PdfReader

from assessments.models import Note
from assessments.report.content import current_document
from assessments.report.document import FRONT_TITLES, Document, DocumentTable
from assessments.report.docx import write_docx
from assessments.report.slides import HEIGHT, write_slides
from plan.models import Plan
from tests.assessments.midterm import STORY, run_round
from tests.word_files import faults_of_word

pytestmark = pytest.mark.django_db
DOCUMENT = Path(settings.BASE_DIR, "docs", "worked-example-midterm.md")
CHAPTERS = (
    "总体评价 目标实现程度 任务进展 政策措施落实情况 重大项目推进情况 主要做法和经验 存在问题与原因"
    " 环境变化 对策与调整建议 后续工作思路"
)
MOST_PAGES = 16


@pytest.fixture(scope="module")
def report(django_db_setup, django_db_blocker) -> Iterator[Document]:
    """Made once: nobody changes it here."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield current_document(run_round(Plan.objects.get()))
        transaction.set_rollback(True)


def table_under(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, with its head."""
    lines = DOCUMENT.read_text("utf-8").split(f"## {heading}", 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if set("".join(row)) != {"-"}]


def test_the_report_says_what_the_document_shows(report):
    table = next(one for one in report.blocks if isinstance(one, DocumentTable) and "主要指标" in one.caption)
    # The document is typed with plain spaces and on one line; the report keeps a sign and its number together.
    rows = [[cell.replace("\xa0", " ").replace("\n", "") for cell in row] for row in (table.columns, *table.rows)]

    assert rows == table_under("Table 1 of the report")
    titles = [heading.text.split("、")[-1] for heading in report.headings() if heading.level == 1]
    assert titles == [*FRONT_TITLES, *CHAPTERS.split(), "附件"]
    words = "".join(getattr(block, "text", "") for block in report.blocks).replace("\xa0", " ")
    assert "责任单位已填报 3 项" in words
    # A conclusion ends a paragraph and is none.
    assert not any(getattr(block, "text", "").startswith("评估结论") for block in report.blocks)


def test_tables_are_numbered_and_name_things_as_their_readers_do(report):
    tables = [block for block in report.blocks if isinstance(block, DocumentTable)]

    names = [table.caption.split("　")[0] for table in tables]
    assert names == ["签署", "表1", "表2", "表3", "表4", "附表1", "附表2", "附表3", "附表4"]
    projects = next(table for table in tables if "重大项目" in table.caption)
    row = next(row for row in projects.rows if row[0] == "中山大学深圳校区")
    assert list(projects.columns) == ["项目", "公开进展", "时间", "来源"]
    assert row == ["中山大学深圳校区", "建成", "2023-06-19", "南方财经"]
    # No code of this product stands in a paper for others.
    cells = [cell for table in tables for row in table.rows for cell in row]
    assert not [cell for cell in cells if re.fullmatch(r"[A-Z]{1,2}-\d[\d.-]*", cell)]
    # Each address stands once, by its number, and never breaks a cell.
    sources = next(table for table in tables if "数据来源" in table.caption)
    assert not [cell for row in sources.rows for cell in row if "://" in cell]
    # What a conclusion rests on is there in full, what says only "over" with its sign.
    assert ("国家级高新技术企业数量", "2019", "> 17,000") in {tuple(row[:3]) for row in sources.rows}
    told = next(block.text for block in report.blocks if getattr(block, "kind", "") == "fine")
    addresses = [line.split()[1] for line in told.splitlines()]
    assert len(set(addresses)) == len(addresses)
    assert f"〔{len(addresses)}〕" in sources.rows[-1][-1]


def test_signing_has_a_page_and_so_has_the_annex(report):
    told = {heading.text: heading.starts_page for heading in report.headings()}

    assert [title for title, starts_page in told.items() if starts_page] == ["一、总体评价", "附件"]


@pytest.mark.breadth
def test_the_slides_are_few_and_none_is_empty(report):
    slides = Presentation(io.BytesIO(write_slides(report))).slides

    assert len(slides) <= 22
    for slide in slides:
        words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame][1:]
        assert any(words) or any(shape.has_table for shape in slide.shapes)
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top + shape.height <= Mm(HEIGHT)
    assert not [slide for slide in slides if slide.shapes.title.text_frame.text in FRONT_TITLES]


@pytest.mark.breadth
def test_its_file_is_whole_and_short_enough(report, tmp_path):
    data = write_docx(report)
    assert faults_of_word(data) == []
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice to set it")
    (tmp_path / "report.docx").write_bytes(data)
    command = [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "report.docx")], check=True, capture_output=True
    )
    assert len(PdfReader(tmp_path / "report.pdf").pages) <= MOST_PAGES


def test_the_notes_of_the_document_are_the_ones_that_are_written():
    told = {row[0].split()[0]: row[3] for row in table_under("What the notes conclude")[1:]}
    written = {row["item"]: row["conclusion"] for row in STORY["note"]}

    assert told == {code: written[code] for code in told}
    assert set(written.values()) <= {str(label) for _word, label in Note.Conclusion.choices}

"""The Word files and slides of a report as programs and screen readers take them (tests/word_files.py)."""

import io
import re
import zipfile

import pytest
from django.db import transaction
from docx import Document as WordFile
from docx.oxml.ns import qn
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from assessments import chapters
from assessments.models import Round
from assessments.report.content import build_report
from assessments.report.docx import write_docx
from assessments.report.slides import write_slides
from assessments.report.word_work import write_work_file
from plan.models import Plan
from tests.assessments.scene import open_round, published
from tests.factories import make_person
from tests.word_files import faults_of_slides, faults_of_word


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """A round with its chapters, and its report in Word, made once; what a test does to it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        plan = Plan.objects.get(slug="sz-sti-14")
        man, eva = make_person("man", "reviewer"), make_person("eva", "evaluator")
        items = list(plan.items.filter(code__in=["I-01", "I-07", "P-1"]))
        row = open_round(plan, by=man, items=items, evaluator=eva)
        published(row, items[0], by=eva, reviewer=man, problems="结构不优", remedies="加大投入")
        chapters.begin_chapters(row, by=man)
        yield row, write_docx(build_report(row))
        transaction.set_rollback(True)


@pytest.fixture
def report(scene, db):
    return Round.objects.get(pk=scene[0].pk)


def test_report_chapters_slides_and_the_paper_for_a_meeting_are_whole(report, client):
    document = build_report(report)
    brief = client.get("/sz-sti-14/brief.docx?since=2026-01-31&items=I-01,I-04")

    assert faults_of_word(write_docx(document)) == []
    assert faults_of_word(write_work_file(report, report.chapters.all())) == []
    assert faults_of_slides(write_slides(document)) == []
    assert faults_of_word(b"".join(brief)) == []


def changed(data: bytes, edit) -> bytes:
    file = WordFile(io.BytesIO(data))
    edit(file)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def headless(file):
    properties = file.tables[0].rows[0]._tr.trPr
    properties.getparent().remove(properties)


def mute(file):
    for shape in file.inline_shapes:
        shape._inline.docPr.set("descr", "")


def jumping(file):
    next(one for one in file.paragraphs if one.style.name == "Heading 2").style = "Heading 3"


def untitled(file):
    file.core_properties.language = "en"


def disordered(file):
    properties = next(one for one in file.paragraphs if one.style.name == "Heading 1")._p.pPr
    properties.insert(0, properties.makeelement(f"{properties.tag[:-3]}jc", {}))


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (headless, "its head is not repeated"), (mute, "no alternative text"), (jumping, "below one of"),
        (untitled, "no language"), (disordered, "w:pPr"),
    ],
)  # fmt: skip
def test_the_check_sees_what_is_wrong(scene, edit, said):
    assert any(said in fault for fault in faults_of_word(changed(scene[1], edit)))


@pytest.mark.breadth
def test_the_check_sees_what_is_wrong_on_slides(report):
    slides = Presentation(io.BytesIO(write_slides(build_report(report))))
    shapes = [shape for slide in slides.slides for shape in slide.shapes]
    next(shape for shape in shapes if shape.has_table).table.first_row = False
    next(shape for shape in shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE)._element.nvPicPr.cNvPr.set(
        "descr", ""
    )
    slides.slides[1].shapes.title.text_frame.clear()
    slides.core_properties.language = "en"
    out = io.BytesIO()
    slides.save(out)

    said = " ".join(faults_of_slides(out.getvalue()))

    for fault in ("a table without a head", "a picture without words", "no title", "no <dc:language>"):
        assert fault in said


@pytest.mark.breadth
def test_the_check_sees_a_relation_that_leads_nowhere(report):
    data, out = write_docx(build_report(report)), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if not name.startswith("word/media/"):
                new.writestr(name, old.read(name))

    assert any("is not there" in fault for fault in faults_of_word(out.getvalue()))


@pytest.mark.breadth
def test_quotes_are_set_in_chinese_type_numbers_hold_together_and_nothing_is_italic(report):
    file = WordFile(io.BytesIO(write_docx(build_report(report))))
    runs = list(file.element.body.iter(qn("w:r")))
    quoted = [run for run in runs if "“" in "".join(text.text or "" for text in run.findall(qn("w:t")))]

    assert quoted
    hints = {run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:hint")) for run in quoted}
    assert hints == {"eastAsia"}
    italics = [one for one in file.element.body.iter(qn("w:i")) if one.get(qn("w:val")) not in ("0", "false")]
    assert not italics
    assert not any(style.font.italic for style in file.styles if style.name in ("Normal", "Caption", "Title"))
    words = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert "规划期已过 50\u00a0%" in words
    assert not re.search(r"\d [%万亿]", words)

"""The report of a round: what it says, that it invents nothing, and that it is the same file twice."""

import io
import zipfile
from datetime import date

import docx
import pytest
from django.utils.translation import override

from assessments import notes, rounds
from assessments.models import Evidence, Round
from assessments.report.content import build_report
from assessments.report.document import DocumentParagraph, DocumentTable
from assessments.report.docx import write_docx
from indicators.headline import headline
from indicators.queries import overview
from tests.factories import make_component, make_observation, make_person


@pytest.fixture
def midterm(plan):
    """The mid-term round of the plan itself on its published figures, one note published."""
    eva, rev = make_person("eva", "evaluator"), make_person("rev", "reviewer")
    row = rounds.create_round(
        plan=plan,
        code="midterm",
        by=rev,
        kind=Round.Kind.MIDTERM,
        name="“十四五”中期评估",
        starts_on=date(2021, 1, 1),
        ends_on=date(2023, 6, 30),
        cut_off=date(2023, 6, 30),
        due_on=date(2023, 9, 30),
    )
    row = rounds.open_round(row, edition=row.edition, by=rev)
    items = list(plan.items.filter(code__in=["I-01", "P-1"]))
    rounds.assign(round=row, items=items, evaluator=eva, due_on=None, by=rev)
    note = notes.begin_note(round=row, item=items[0], by=eva)
    note = notes.change_note(
        note,
        edition=1,
        by=eva,
        progress="2021年为5.49%。",
        problems="<b>结构</b>",
        remedies="加大基础研究投入",
        conclusion="ahead",
        adjustment="target",
        adjustment_reason="提前达到",
        adjustment_document="深府〔2023〕1号",
    )
    note = notes.submit_note(note, edition=note.edition, by=eva)
    notes.publish_note(note, edition=note.edition, by=rev)
    return Round.objects.get(pk=row.pk)


def test_what_a_note_rests_on_is_named_below_it(midterm):
    note = midterm.notes.get()
    Evidence.objects.create(
        note=note,
        title="统计公报",
        document_number="深统〔2022〕3号",
        url="https://example.org/a",
        added_by=note.author,
        is_internal=False,
    )
    Evidence.objects.create(note=note, title="内部纪要", url="https://example.org/b", added_by=note.author)

    tables = [block for block in build_report(midterm).blocks if isinstance(block, DocumentTable)]
    named = next(table for table in tables if table.caption.endswith("佐证材料"))

    assert named.rows == [
        [midterm.plan.items.get(code="I-01").title, "统计公报", "深统〔2022〕3号", "https://example.org/a"]
    ]


def texts(document, kind=None):
    return [
        b.text for b in document.blocks if isinstance(b, DocumentParagraph) and (kind is None or b.kind == kind)
    ]


def test_every_number_is_as_of_the_cut_off_and_what_is_missing_is_said(midterm):
    document = build_report(midterm)

    table = next(block for block in document.blocks if isinstance(block, DocumentTable))
    by_name = {(row[0], row[1]): row for row in table.rows}
    first = next(row for key, row in by_name.items() if key[0] == "1")
    assert first[3:] == ["5.46", "5.5–6", "5.49\n（2021）", "20.0\u00a0%", "快于预期", "—", "快于预期"]
    # Nobody was asked for the others; the two parts of one are concluded together.
    assert [row[9] for row in table.rows if row[0]][1:] == ["本轮未评"] * 7
    assert [row[0] for row in table.rows if row[0]] == [str(number) for number in range(1, 9)]
    sources = [block for block in document.blocks if isinstance(block, DocumentTable)][-1]
    assert max(row[4] for row in sources.rows) <= "2023-06-30"
    assert "本轮分工评估而没有已发布评估意见的 1 项：战略平台 1 项。" in texts(document)
    assert "加大基础研究投入" in str(document.blocks)


def test_the_report_opens_with_the_sentence_of_every_page_in_word_too(component):
    plan = component.indicator.plan
    for code, value, status in (
        ("I-02", "250", "final"),
        ("I-03", "150", "final"),
        ("I-04", "250", "preliminary"),
        ("I-05", "150", "estimated"),
    ):
        make_observation(make_component(plan, code), 2025, value, released="2026-03-01", value_status=status)
    two = make_component(plan, "I-06")
    indicator = two.indicator
    second = indicator.components.create(code="I-06b", name="第二项", name_en="second", order=1)
    second.targets.create(version=1, type="point", value=100, year=2025, text="100")
    for part in (two, second):
        make_observation(part, 2025, "150", released="2026-03-01")
    row = Round(
        plan_id=plan.pk,
        code="final",
        kind=Round.Kind.FINAL,
        name="总结评估",
        starts_on=date(2021, 1, 1),
        ends_on=date(2025, 12, 31),
        cut_off=date(2026, 6, 30),
        due_on=date(2026, 9, 30),
    )
    row.save()

    said = texts(build_report(row))[0].replace("\u00a0", " ")

    sentence = str(headline(overview(plan, row.cut_off)).sentence)
    assert sentence.startswith("6 项主要指标：2 项已达目标（1 项初步），1 项快于预期")
    assert said.startswith(f"截至2026年6月30日，{sentence}规划期已过 100 %。2025 年期末数据已公布 ")
    file = docx.Document(io.BytesIO(write_docx(build_report(row))))
    assert any(said == paragraph.text.replace("\u00a0", " ") for paragraph in file.paragraphs)


@pytest.mark.breadth
def test_the_same_rows_give_the_same_bytes(midterm):
    first, second = write_docx(build_report(midterm)), write_docx(build_report(midterm))

    assert first == second
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.breadth
def test_the_report_is_the_same_chinese_paper_whoever_opens_it(midterm, client):
    with override("zh-hans"):
        chinese = build_report(midterm)
        file = write_docx(chinese)
    client.force_login(make_person("evi", "evaluator"))

    with override("en"):
        english = build_report(midterm)
        assert english == chinese
        assert write_docx(english) == file
    page = client.get("/sz-sti-14/assessments/rounds/midterm/report/", HTTP_ACCEPT_LANGUAGE="en").content.decode()

    assert '<html lang="en"' in page
    assert '<article class="paper" lang="zh-CN">' in page
    paper = page.split("<article")[1].split("</article>")[0]
    assert "没有已发布评估意见的 1 项：战略平台 1 项" in paper
    assert "Platform" not in paper


@pytest.mark.breadth
def test_word_finds_styles_repeated_headers_page_numbers_and_pictures(midterm):
    data = write_docx(build_report(midterm))

    file = docx.Document(io.BytesIO(data))
    styles = {paragraph.style.name for paragraph in file.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Caption"} <= styles
    assert [p.text for p in file.paragraphs if p.style.name == "Heading 1"][:2] == [
        "一、总体评价",
        "二、目标实现程度",
    ]
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in file.tables)
    assert "PAGE" in file.sections[0].footer._element.xml
    assert len(file.inline_shapes) == len([b for b in build_report(midterm).blocks if hasattr(b, "svg")])
    # Markup in a note is text.
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    assert "<b>结构</b>" in cells
    assert (round(file.sections[0].top_margin.mm), round(file.sections[0].left_margin.mm)) == (37, 28)


@pytest.mark.breadth
def test_invented_figures_are_marked_on_the_cover(midterm):
    midterm.plan.is_demo = True
    midterm.plan.save()

    assert any(line.startswith("演示数据") for line in build_report(midterm).lines)


@pytest.mark.breadth
def test_what_was_published_as_a_bound_is_told_as_one(midterm):
    midterm.cut_off = date(2026, 6, 30)
    document = build_report(midterm)

    table = next(block for block in document.blocks if isinstance(block, DocumentTable))
    assert next(row[5] for row in table.rows if row[0] == "7") == ">\u00a026,000\n（2025 初）"
    (told,) = (text for text in texts(document) if "26,000" in text)
    assert told.replace("\u00a0", " ") == "2025 年为 > 26,000 家（初），目标 > 22,000，已达目标。"

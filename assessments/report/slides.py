"""The report as slides for the meeting: where the plan stands, the table of indicators, a page for each
commitment of the plan's first kind (a platform, a key field).

The same document gives the same bytes. Pictures are the charts of the report, drawn here.
"""

import io
from collections.abc import Iterator

from assessments.report.document import (
    Block,
    Document,
    DocumentParagraph,
    DocumentTable,
    Heading,
    Labelled,
    Picture,
)
from assessments.report.docx import BLACK, BODY, LATIN, without_clock
from charts.png import png
from texts.xml import xml_safe_all

# 16:9, in millimetres.
WIDTH, HEIGHT, EDGE = 338, 190, 16
LINES, CELLS = 9, 12


def write_slides(document: Document) -> bytes:
    """A .pptx of a report: cover, then each chapter's opening, its first table and its charts."""
    from pptx import Presentation  # heavy, and few requests make one
    from pptx.util import Mm

    document = xml_safe_all(document)
    file = Presentation()
    file.slide_width, file.slide_height = Mm(WIDTH), Mm(HEIGHT)
    _cover(file, document)
    for title, blocks in _chapters(document):
        _chapter(file, title, blocks)
    properties = file.core_properties
    properties.title, properties.author, properties.language = document.title, "", "zh-CN"
    _dated(properties, document.dated)
    out = io.BytesIO()
    file.save(out)
    return without_clock(out.getvalue())


def _dated(properties, day: str) -> None:
    from datetime import datetime

    properties.created = properties.modified = datetime.fromisoformat(day)


def _chapters(document: Document) -> Iterator[tuple[str, list[Block]]]:
    """What has a slide of its own: each chapter, each part of the second level, each of what leads."""
    titles, blocks = [""], []
    for block in document.blocks:
        if isinstance(block, Heading) and block.level <= _deepest(titles, document.leads):
            if blocks:
                yield "　".join(titles), blocks
            titles, blocks = [*titles[: block.level - 1], block.text], []
            if titles[0].startswith("附件"):
                return
        else:
            blocks.append(block)
    if blocks:
        yield "　".join(titles), blocks


def _deepest(titles: list[str], leads: str) -> int:
    """To which level headings begin a slide: of what leads the plan's tasks the meeting has one each."""
    part = titles[1].partition("）")[2] if len(titles) > 1 else ""
    return 3 if leads and part == leads else 2


def _slide(file, title: str):
    from pptx.util import Mm, Pt

    slide = file.slides.add_slide(file.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = Mm(EDGE), Mm(8), Mm(WIDTH - 2 * EDGE), Mm(18)
    _write(shape.text_frame, title, Pt(24), BLACK)
    return slide


def _write(frame, text: str, size, font: str, *, bold: bool = False) -> None:
    frame.word_wrap = True
    paragraph = frame.paragraphs[0] if not frame.text else frame.add_paragraph()
    paragraph.line_spacing = 1.15
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold, run.font.name = text, size, bold, LATIN
    properties = run._r.get_or_add_rPr()
    properties.set("lang", "zh-CN")
    asian = properties.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}ea", {"typeface": font})
    properties.append(asian)


def _cover(file, document: Document) -> None:
    from pptx.util import Mm, Pt

    slide = file.slides.add_slide(file.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = Mm(EDGE), Mm(50), Mm(WIDTH - 2 * EDGE), Mm(40)
    _write(shape.text_frame, document.title, Pt(32), BLACK)
    _write(shape.text_frame, document.subtitle, Pt(28), BLACK)
    box = slide.shapes.add_textbox(Mm(EDGE), Mm(110), Mm(WIDTH - 2 * EDGE), Mm(50))
    for line in document.lines:
        _write(box.text_frame, line, Pt(16), BODY)


def _chapter(file, title: str, blocks: list[Block]) -> None:
    """The words of a chapter on as many slides as they need, then its tables and charts, one each."""
    from pptx.util import Mm, Pt

    texts = list(_texts(blocks))
    for start in range(0, len(texts), LINES):
        slide = _slide(file, title)
        box = slide.shapes.add_textbox(Mm(EDGE), Mm(32), Mm(WIDTH - 2 * EDGE), Mm(HEIGHT - 48))
        for text in texts[start : start + LINES]:
            _write(box.text_frame, text, Pt(16), BODY)
    for block in blocks:
        if isinstance(block, DocumentTable):
            _tables(file, block)
        elif isinstance(block, Picture):
            _picture(file, title, block)


def _texts(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading):
            yield block.text
        elif isinstance(block, Labelled):
            yield f"{block.label}：{block.text}"
        elif isinstance(block, DocumentParagraph) and block.kind == "body":
            yield block.text


def _tables(file, block: DocumentTable) -> None:
    """A table on as many slides as its rows need, its head on each."""
    from pptx.util import Mm, Pt

    for start in range(0, len(block.rows), CELLS):
        rows = block.rows[start : start + CELLS]
        slide = _slide(file, block.caption)
        width = Mm(WIDTH - 2 * EDGE)
        shape = slide.shapes.add_table(
            len(rows) + 1, len(block.columns), Mm(EDGE), Mm(32), width, Mm(10) * (len(rows) + 1)
        )
        table = shape.table
        for column, share in zip(table.columns, block.widths, strict=True):
            column.width = int(width * share / sum(block.widths))
        for row, values in enumerate([block.columns, *rows]):
            for place, value in enumerate(values):
                cell = table.cell(row, place)
                cell.margin_left = cell.margin_right = Mm(1.5)
                _write(cell.text_frame, value, Pt(11), BLACK if row == 0 else BODY, bold=row == 0)


def _picture(file, title: str, block: Picture) -> None:
    from pptx.util import Mm, Pt

    slide = _slide(file, title)
    picture = slide.shapes.add_picture(io.BytesIO(png(block.svg)), Mm(EDGE + 30), Mm(30), height=Mm(120))
    picture._element.nvPicPr.cNvPr.set("descr", block.sentence)
    box = slide.shapes.add_textbox(Mm(EDGE), Mm(HEIGHT - 34), Mm(WIDTH - 2 * EDGE), Mm(20))
    _write(box.text_frame, block.sentence, Pt(14), BODY)

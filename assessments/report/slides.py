"""The report as slides for the meeting: where the plan stands, the table of indicators, a page for each commitment
of the plan's first kind (Document.leads).

What is short shares a slide, a chart stands beside its words. The same document gives the same bytes. Pictures are
the charts of the report, drawn here.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from assessments.report.chapter_text import sentences
from assessments.report.document import (
    FRONT_TITLES,
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
WIDTH, HEIGHT, EDGE, TOP = 338, 190, 16, 30
INNER, HALF = WIDTH - 2 * EDGE, 176
SIZE, CELL_SIZE = 18, 11
MM = 72 / 25.4
# Lines of a slide's words, and how high the rows of a slide's table may be together.
LINES, TABLE_HEIGHT = 14, HEIGHT - TOP - 14
# As many lines of words stand above a table; more have a slide of their own.
LEAD, LINE = 4, 8.5


@dataclass
class SlidePart:
    """What stands below one heading: its words, a heading within it as (words, True), its tables and charts.

    `is_led`: it is one of the first kind of the plan's tasks (Document.leads).
    """

    chapter: str
    title: str
    lines: list[tuple[str, bool]] = field(default_factory=list)
    tables: list[DocumentTable] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    is_led: bool = False

    @property
    def full(self) -> str:
        return "　".join(filter(None, (self.chapter, self.title)))

    @property
    def is_alone(self) -> bool:
        """Whether it has a slide of its own: the meeting looks at each chart and at each that leads the plan."""
        return bool(self.pictures) or self.is_led


def write_slides(document: Document) -> bytes:
    """A .pptx of a report: its cover, then each chapter's words, tables and charts."""
    from pptx import Presentation  # heavy, and few requests make one
    from pptx.util import Mm

    document = xml_safe_all(document)
    file = Presentation()
    file.slide_width, file.slide_height = Mm(WIDTH), Mm(HEIGHT)
    _cover(file, document)
    _parts(file, _parts_of(document))
    properties = file.core_properties
    properties.title, properties.author, properties.language = document.title, "", "zh-CN"
    _dated(properties, document.dated)
    out = io.BytesIO()
    file.save(out)
    return without_clock(out.getvalue())


def _dated(properties, day: str) -> None:
    from datetime import datetime

    properties.created = properties.modified = datetime.fromisoformat(day)


def _parts_of(document: Document) -> Iterator[SlidePart]:
    """The parts of each chapter of the report proper: of the second level, and each of what leads the plan."""
    part, is_front = SlidePart("", ""), False
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            yield part
            if block.text.startswith("附件"):
                return
            is_front, part = block.text in FRONT_TITLES, SlidePart(block.text, "")
        elif is_front:
            continue
        elif isinstance(block, Heading) and (block.level == 2 or part.is_led):
            yield part
            above = part.title.split("　")[0]
            title = block.text if block.level == 2 else f"{above}　{block.text}"
            is_led = bool(document.leads) and title.split("　")[0].endswith(document.leads)
            part = SlidePart(part.chapter, title, is_led=is_led)
        else:
            _take(part, block)
    yield part


def _take(part: SlidePart, block) -> None:
    if isinstance(block, Heading):
        part.lines.append((block.text, True))
    elif isinstance(block, DocumentTable):
        part.tables.append(block)
    elif isinstance(block, Picture):
        part.pictures.append(block)
    elif isinstance(block, Labelled):
        part.lines.append((f"{block.label}：{block.text}", False))
    elif isinstance(block, DocumentParagraph) and block.kind == "body":
        part.lines.append((block.text, False))


def _parts(file, parts: Iterator[SlidePart]) -> None:
    """Parts of one chapter that are short share slides; tables follow the words of their part."""
    waiting: list[SlidePart] = []
    for part in parts:
        together = [*waiting, part]
        is_full = sum(_lines_of(one, INNER) for one in together) > LINES
        if waiting and (part.is_alone or part.chapter != waiting[0].chapter or is_full):
            _words(file, waiting)
            waiting = []
        if part.is_alone:
            _alone(file, part)
        elif part.tables and not waiting and _lines_of(part, INNER) <= LEAD:
            _table(file, part.tables.pop(0), part)
        elif part.lines:
            waiting.append(part)
        if part.tables:
            _words(file, waiting)
            waiting = []
        for table in part.tables:
            _table(file, table)
    _words(file, waiting)


def _lines_of(part: SlidePart, width: float) -> int:
    head = 1 if part.title else 0
    return head + sum(_height(text, width) for text, _is_head in part.lines)


def _height(text: str, width: float, size: float = SIZE) -> int:
    """In how many lines a text stands, a Latin sign as half a Chinese one."""
    signs = sum(0.55 if ord(sign) < 0x2E80 else 1 for sign in text)
    return max(1, ceil(signs * size / (width * MM)))


def _words(file, parts: Sequence[SlidePart]) -> None:
    """Parts on a slide, or on as many as they need; of several each has its title above its words."""
    if not parts:
        return
    is_one = len(parts) == 1
    title = parts[0].full if is_one else parts[0].chapter
    lines = [line for part in parts for line in (*([] if is_one else _head(part)), *part.lines)]
    for some in _filled(lines, INNER):
        _text(_slide(file, title), some, EDGE, INNER)


def _head(part: SlidePart) -> list[tuple[str, bool]]:
    return [(part.title, True)] if part.title else []


def _filled(lines: Sequence[tuple[str, bool]], width: float) -> list[list[tuple[str, bool]]]:
    """Lines as many as a slide holds; a paragraph longer than one goes on at the end of a sentence."""
    filled, some, height = [], [], 0
    for text, is_head in lines:
        pieces = sentences(text) if _height(text, width) > LINES else [text]
        for piece in pieces:
            more = _height(piece, width)
            if some and height + more > LINES:
                filled.append(some)
                some, height = [], 0
            some.append((piece, is_head))
            height += more
    return [*filled, some] if some else filled


def _alone(file, part: SlidePart) -> None:
    """One of what leads the plan, or an indicator with its chart beside the words."""
    from pptx.util import Mm

    width = INNER - HALF - 8 if part.pictures else INNER
    pictures = list(part.pictures)
    for some in _filled(part.lines, width) or [[]] * bool(pictures):
        slide = _slide(file, part.full)
        _text(slide, some, EDGE, width if pictures else INNER)
        if pictures:
            block = pictures.pop(0)
            shape = slide.shapes.add_picture(
                io.BytesIO(png(block.svg)), Mm(WIDTH - EDGE - HALF), Mm(TOP + 8), width=Mm(HALF)
            )
            shape._element.nvPicPr.cNvPr.set("descr", block.sentence)


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
    paragraph.line_spacing, paragraph.space_after = 1.15, size // 4
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


def _text(slide, lines: Sequence[tuple[str, bool]], left: float, width: float) -> None:
    from pptx.util import Mm, Pt

    box = slide.shapes.add_textbox(Mm(left), Mm(TOP), Mm(width), Mm(HEIGHT - TOP - 12))
    for text, is_head in lines:
        _write(box.text_frame, text, Pt(SIZE), BLACK if is_head else BODY, bold=is_head)


def _table(file, block: DocumentTable, part: SlidePart | None = None) -> None:
    """A table on as many slides as its rows need, its head on each; the few words of its part above the first."""
    from pptx.util import Mm, Pt

    widths = [INNER * share / sum(block.widths) for share in block.widths]
    lead = LINE * _lines_of(part, INNER) + 5 if part and part.lines else 0
    for rows in _pages(block, widths, lead):
        slide = _slide(file, part.full if lead else block.caption)
        if lead:
            _text(slide, part.lines, EDGE, INNER)
        heights = [_row_height(values, widths) for values in (block.columns, *rows)]
        shape = slide.shapes.add_table(
            len(rows) + 1, len(block.columns), Mm(EDGE), Mm(TOP + lead), Mm(INNER), Mm(sum(heights))
        )
        lead = 0
        table = shape.table
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for row, values in enumerate((block.columns, *rows)):
            table.rows[row].height = Mm(heights[row])
            for place, value in enumerate(values):
                cell = table.cell(row, place)
                cell.margin_left = cell.margin_right = Mm(1.5)
                cell.margin_top = cell.margin_bottom = Mm(1)
                _write(cell.text_frame, value, Pt(CELL_SIZE), BLACK if row == 0 else BODY, bold=row == 0)


def _pages(block: DocumentTable, widths: Sequence[float], lead: float) -> Iterator[list[Sequence[str]]]:
    """The rows that stand on one slide below the head, of the first below `lead` millimetres too, and so on."""
    head = _row_height(block.columns, widths)
    rows, height = [], head + lead
    for values in block.rows:
        more = _row_height(values, widths)
        if rows and height + more > TABLE_HEIGHT:
            yield rows
            rows, height = [], head
        rows.append(values)
        height += more
    if rows:
        yield rows


def _row_height(values: Sequence[str], widths: Sequence[float]) -> float:
    lines = max(
        sum(_height(line, width - 3.5, CELL_SIZE) for line in value.split("\n"))
        for value, width in zip(values, widths, strict=True)
    )
    return lines * CELL_SIZE * 1.3 / MM + 3

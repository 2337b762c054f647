"""A document as a Word file in the form officials expect (GB/T 9704-2012: page, type and line pitch).

Real styles, repeated table headers, page numbers outside on the edge, a table of contents Word keeps up to date.
The same document gives the same bytes: no clock, no random name.
"""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime, time

from assessments.report.document import Document, DocumentParagraph, DocumentTable, Heading, Labelled, Picture
from charts.png import png
from texts.xml import xml_safe_all

BODY, TITLE, BLACK, KAI = "仿宋", "方正小标宋简体", "黑体", "楷体"
LATIN = "Times New Roman"
# Title of the printed page, from the edge: 天头 37 mm, 订口 28 mm; the type area is 156 × 225 mm.
MARGINS_MM = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
AREA_MM = 156
# Type and pitch of what stands below tables and pictures, and of addresses.
SMALL = {"note": (12, 20), "fine": (9, 14)}
EPOCH = (1980, 1, 1, 0, 0, 0)
# Marks that Latin and Chinese type have in common: Word sets them from the Latin font unless told.
SHARED_MARKS = re.compile("[“”‘’…—·]")


def write_docx(
    document: Document,
    *,
    pages: Sequence[int] = (),
    progress: Callable[[float], None] = lambda share: None,
) -> bytes:
    """The Word file; `progress` is told the share done, 0 to 1, and may raise to stop.

    `pages` are those of the headings of the contents, in order, where they are known (report.paging).
    Raises charts.png.NoChineseFont where pictures could not be lettered.
    """
    document = xml_safe_all(document)
    file = begin_file(document.title, dated=document.dated)
    _cover(file, document)
    _contents(file, document, pages)
    for number, block in enumerate(document.blocks):
        progress(number / len(document.blocks))
        _WRITERS[type(block)](file, block, number)
    return finished(file)


def begin_file(title: str, *, dated: str):
    """An empty file with the page, the styles and the language of an official paper."""
    import docx  # heavy, and only few processes write reports

    file = docx.Document()
    _page(file, title, dated)
    _styles(file)
    return file


def finished(file) -> bytes:
    """The bytes of a file, with no clock in them."""
    _in_chinese(file)
    out = io.BytesIO()
    file.save(out)
    return without_clock(out.getvalue())


def _in_chinese(file) -> None:
    """The text is Chinese to spelling and speech, and quotes, dashes and dots are set from the Chinese font."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for language in properties.findall(qn("w:lang")):
        properties.remove(language)
    language = OxmlElement("w:lang")
    # Latin words and figures in a Chinese text: told to be Chinese, LibreOffice breaks a line within them.
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    if (theme := file.settings.element.find(qn("w:themeFontLang"))) is not None:
        theme.set(qn("w:eastAsia"), "zh-CN")
    for run in file.element.body.iter(qn("w:r")):
        if SHARED_MARKS.search("".join(text.text or "" for text in run.findall(qn("w:t")))):
            run.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _page(file, title: str, dated: str) -> None:
    from docx.shared import Mm

    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, size in MARGINS_MM.items():
        setattr(section, name, Mm(size))
    section.different_first_page_header_footer = True
    file.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        _page_number(footer.paragraphs[0], side)
    properties, moment = file.core_properties, datetime.combine(datetime.fromisoformat(dated), time())
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = moment
    properties.language = "zh-CN"


def _page_number(paragraph, side: str) -> None:
    """— 3 — in 4号 (14 pt), right on odd pages, left on even ones."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        run.font.size = Pt(14)
        if text is None:
            _field(run, "PAGE", shown="1")


def _field(run, instruction: str, *, shown: str) -> None:
    """A Word field with the text shown until Word works it out."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def part(kind: str):
        element = OxmlElement("w:fldChar")
        element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
        return element

    part("begin")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    run._r.append(code)
    part("separate")
    text = OxmlElement("w:t")
    text.text = shown
    run._r.append(text)
    part("end")


def _styles(file) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt, RGBColor

    plain = {"Normal": (BODY, 16), "Heading 1": (BLACK, 16), "Heading 2": (KAI, 16), "Heading 3": (BODY, 16)}
    for name, (font, size) in (plain | {"Title": (TITLE, 22), "Caption": (BLACK, 12)}).items():
        style = file.styles[name]
        _font(style, font, size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = name == "Heading 3"
        style.font.italic = False
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
        form.first_line_indent = None if name in ("Title", "Caption") else Pt(32)
        form.keep_with_next = name.startswith("Heading") or name == "Caption"
    title = file.styles["Title"].paragraph_format
    title.alignment, title.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(36)
    _no_border(file.styles["Title"])
    file.styles["Caption"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _font(style, east_asian: str, size: int) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = LATIN, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def _no_border(style) -> None:
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _cover(file, document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
    from docx.shared import Pt

    for _line in range(5):
        file.add_paragraph()
    file.add_paragraph(document.title, style="Title")
    file.add_paragraph(document.subtitle, style="Title")
    for _line in range(8):
        file.add_paragraph()
    for line in document.lines:
        paragraph = file.add_paragraph(line)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.first_line_indent = Pt(0)
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _contents(file, document: Document, pages: Sequence[int]) -> None:
    """A TOC field whose first reading is written out, so that a reader that works out no fields shows it too."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    head = file.add_paragraph("目　录")
    head.alignment, head.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
    shown = listed(document)
    last = None
    for position, (number, block) in enumerate(shown):
        paragraph = file.add_paragraph()
        form = paragraph.paragraph_format
        form.first_line_indent, form.left_indent = Pt(0), Pt(16 * (block.level - 1))
        # The contents of a usual report stand on one page.
        form.line_spacing = Pt(22)
        form.tab_stops.add_tab_stop(Mm(AREA_MM), WD_TAB_ALIGNMENT.RIGHT)
        if position == 0:
            run = paragraph.add_run()
            begin = OxmlElement("w:fldChar")
            begin.set(qn("w:fldCharType"), "begin")
            if not pages:
                # Word works the pages out when it opens the file.
                begin.set(qn("w:dirty"), "true")
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = r' TOC \o "1-2" \h \z \u '
            separate = OxmlElement("w:fldChar")
            separate.set(qn("w:fldCharType"), "separate")
            run._r.extend([begin, code, separate])
        paragraph.add_run(f"{block.text}\t")
        # Where no page is known before Word has set the text, an empty one misleads nobody.
        page = str(pages[position]) if pages else ""
        _field(paragraph.add_run(), f"PAGEREF {_bookmark(number)} \\h", shown=page)
        last = paragraph
    if last is not None:
        end = OxmlElement("w:fldChar")
        end.set(qn("w:fldCharType"), "end")
        last.add_run()._r.append(end)
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def listed(document: Document) -> list[tuple[int, Heading]]:
    """The headings of the contents, each with its place among the blocks."""
    return [
        (n, block) for n, block in enumerate(document.blocks) if isinstance(block, Heading) and block.level < 3
    ]


def _bookmark(number: int) -> str:
    return f"_Toc{100000 + number}"


def _heading(file, block: Heading, number: int) -> None:
    heading = file.add_heading(block.text, level=block.level)
    heading.paragraph_format.page_break_before = block.starts_page or None
    mark(heading, _bookmark(number), number)


def mark(paragraph, name: str, number: int) -> None:
    """Puts a bookmark around the text of a paragraph; `number` tells it from the file's others."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.insert(1, start)
    paragraph._p.append(end)


def _paragraph(file, block: DocumentParagraph, number: int) -> None:
    from docx.shared import Pt

    for text in block.text.splitlines() or [""]:
        paragraph = file.add_paragraph()
        run = paragraph.add_run(text)
        if block.kind in SMALL:
            size, pitch = SMALL[block.kind]
            run.font.size = Pt(size)
            paragraph.paragraph_format.first_line_indent = Pt(0)
            paragraph.paragraph_format.line_spacing = Pt(pitch)


def _labelled(file, block: Labelled, number: int) -> None:
    lines = block.text.splitlines() or [""]
    paragraph = file.add_paragraph()
    paragraph.add_run(f"{block.label}：").bold = True
    paragraph.add_run(lines[0])
    for line in lines[1:]:
        file.add_paragraph(line)


def _table(file, block: DocumentTable, number: int) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    file.add_paragraph(block.caption, style="Caption")
    table = file.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Mm(AREA_MM * width / sum(block.widths)) for width in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    is_small = block.is_small or len(block.columns) > 7
    size = 9 if is_small else 10.5
    if is_small:
        _narrow(table)
    _cells(table.rows[0].cells, block.columns, widths, size=size, bold=True)
    properties = table.rows[0]._tr.get_or_add_trPr()
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    properties.append(repeated)
    for values in block.rows:
        row = table.add_row()
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
        _cells(row.cells, values, widths, size=size, numeric=block.numeric)
    file.add_paragraph().paragraph_format.line_spacing = Pt(12)


def _narrow(table) -> None:
    """Blanks of 1 mm beside the words of a cell: a number in a column of ten is not broken for want of them."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "57")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    properties.insert(len(properties) if look is None else properties.index(look), margins)


def _cells(
    cells, values, widths, *, size: float, bold: bool = False, numeric: frozenset[int] = frozenset()
) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for number, (cell, value, width) in enumerate(zip(cells, values, widths, strict=True)):
        cell.width, cell.vertical_alignment = width, WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        form = paragraph.paragraph_format
        form.first_line_indent, form.line_spacing = Pt(0), Pt(size * 1.4)
        if bold:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif number in numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_run(value)
        run.font.size, run.bold = Pt(size), bold or None


def _picture(file, block: Picture, number: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Mm, Pt

    paragraph = file.add_paragraph()
    form = paragraph.paragraph_format
    form.first_line_indent, form.line_spacing_rule, form.keep_with_next = Pt(0), WD_LINE_SPACING.SINGLE, True
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.add_run().add_picture(io.BytesIO(png(block.svg)), width=Mm(140))
    shape._inline.docPr.set("descr", block.sentence)
    _paragraph(file, DocumentParagraph(block.sentence, "note"), number)


_WRITERS = {
    Heading: _heading,
    DocumentParagraph: _paragraph,
    Labelled: _labelled,
    DocumentTable: _table,
    Picture: _picture,
}


def without_clock(data: bytes) -> bytes:
    """The archive with one fixed time on every entry, in one order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        # The list of content types stands first, as readers that sniff expect.
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return out.getvalue()

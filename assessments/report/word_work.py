"""Chapters as a Word file to work on, and back: text in, text out, each chapter known by a mark at its heading.

The mark is a bookmark, which Word and LibreOffice keep with its paragraph whatever is written around it; the
file's own properties say of which report it is. Tables stand as their places (〔表：…〕), so that nothing is typed
twice.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import ReportChapter, Round
from assessments.report.chapter_text import blocks_of, is_heading
from assessments.report.document import DocumentParagraph, Heading
from assessments.report.docx import begin_file, finished, mark
from texts.cleaning import kept_text
from texts.xml import xml_safe

MARK = re.compile(r"^chapter_(\d+)_(\d+)$")
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TRACKED = ("ins", "del", "moveFrom", "moveTo")


class RefusedReturn(Exception):
    """A file that cannot be taken back; the message says why and what would help."""


@dataclass
class ReturnedText:
    """A chapter as a file has it, with its heading; `edition` is the chapter's when the file was made."""

    chapter: int
    edition: int
    title: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class ReturnedFile:
    """The chapters of a file, in its order, and in words what of the file cannot come back."""

    texts: list[ReturnedText]
    passed_over: list[str]


def name_of(round: Round) -> str:
    """By which a file says of which report it is."""
    return f"{round.plan.slug}/{round.code}"


def write_work_file(round: Round, chapters: Iterable[ReportChapter]) -> bytes:
    """A Word file of chapters as their text stands; the same text gives the same bytes."""
    file = begin_file(f"{round.name}报告", dated=round.cut_off.isoformat())
    file.core_properties.identifier = name_of(round)
    for number, chapter in enumerate(chapters):
        heading = file.add_heading(xml_safe(chapter.title), level=1)
        mark(heading, f"chapter_{chapter.pk}_{chapter.edition}", number)
        for block in blocks_of(xml_safe(chapter.body), _as_places):
            if isinstance(block, Heading):
                file.add_heading(block.text, level=block.level)
            else:
                file.add_paragraph(block.text)
    return finished(file)


def _as_places(what: str, name: str) -> list[DocumentParagraph]:
    return [DocumentParagraph(f"〔{what}：{name}〕")]


def read_work_file(data: BinaryIO, round: Round) -> ReturnedFile:
    """What a file brings that came back. Raises RefusedReturn."""
    import docx  # heavy, and few requests read one

    try:
        file = docx.Document(data)
    except Exception as error:  # a damaged archive raises whatever zipfile and lxml stumble over
        raise RefusedReturn(_("文件打不开，可能已损坏；请在 Word 中另存为 .docx 后再带回")) from error
    _demand_this_report(file, round)
    _demand_no_tracked_changes(file)
    ahead, texts = _read(file, _known(round))
    return ReturnedFile(_demand_chapters(texts), _passed_over(file, ahead))


def _demand_this_report(file, round: Round) -> None:
    known = file.core_properties.identifier or ""
    if known != name_of(round):
        of = (
            _("这是另一份报告（%(name)s）的文件") % {"name": known} if known else _("这不是从本系统取出的章节文件")
        )
        raise RefusedReturn(_("%(of)s；请用本轮“取出 Word”得到的文件修改") % {"of": of})


def _demand_no_tracked_changes(file) -> None:
    from docx.oxml.ns import qn

    number = sum(1 for tag in TRACKED for _found in file.element.body.iter(qn(f"w:{tag}")))
    if number:
        said = ngettext("文件里有 %(n)s 处修订标记", "文件里有 %(n)s 处修订标记", number) % {"n": number}
        raise RefusedReturn(_("%(said)s；请先在 Word 的“审阅”中接受或拒绝全部修订，再带回") % {"said": said})


# A mark that went with the heading somebody typed anew: nobody can tell which edition the file was made from.
LOST = 0
NUMBERED = re.compile(r"^[一二三四五六七八九十]+、\s*")


def _known(round: Round) -> dict[str, int]:
    """The chapters of the report by their titles."""
    return {row.title: row.pk for row in round.chapters.all()}


def _read(file, known: Mapping[str, int]) -> tuple[list[str], list[ReturnedText]]:
    """The lines before the first chapter, and the chapters: by their marks, where one is lost by its title."""
    from docx.oxml.ns import qn

    ahead: list[str] = []
    texts: list[ReturnedText] = []
    for element in _paragraphs(file.element.body):
        # The unbreakable blanks of numbers are the file's own; the text of a chapter has plain ones.
        line = kept_text(_text(element), lines=True).replace("\u00a0", " ").strip()
        names = [row.get(qn("w:name"), "") for row in element.iter(qn("w:bookmarkStart"))]
        if found := next(filter(None, map(MARK.match, names)), None):
            texts.append(ReturnedText(int(found[1]), int(found[2]), line))
        elif line and not is_heading(line) and _is_chapter_heading(file, element):
            texts.append(ReturnedText(_by_title(line, known), LOST, NUMBERED.sub("", line)))
        elif line:
            (texts[-1].lines if texts else ahead).extend(line.splitlines())
    return ahead, texts


def _is_chapter_heading(file, element) -> bool:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn

    named = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    style = file.styles.get_by_id(named.get(qn("w:val")), WD_STYLE_TYPE.PARAGRAPH) if named is not None else None
    return style is not None and style.name == "Heading 1"


def _by_title(line: str, known: Mapping[str, int]) -> int:
    """Which chapter a heading without its mark means. Raises RefusedReturn: its words belong to no other one."""
    title = NUMBERED.sub("", line)
    if title not in known:
        said = _(
            "标题“%(title)s”认不出是哪一章，它下面的文字因此无处可放；请改回这一章原来的标题（新标题在该章页面改），"
            "要增加一章请在“写报告”页面增加，章内小标题请写成“（一）…”"
        )
        raise RefusedReturn(said % {"title": line[:60]})
    return known[title]


def _paragraphs(parent):
    """The paragraphs of a body, those within content controls too; not those of tables."""
    from docx.oxml.ns import qn

    for element in parent.iterchildren(qn("w:p"), qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml")):
        if element.tag == qn("w:p"):
            yield element
        else:
            yield from _paragraphs(element)


def _text(element) -> str:
    """The words of a paragraph, whatever fields and controls they stand in; not those of text boxes on it."""
    from docx.oxml.ns import qn

    signs = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
    if element.tag == qn("w:t"):
        return element.text or ""
    if element.tag in signs:
        return signs[element.tag]
    if element.tag in (qn("w:pPr"), qn("w:rPr"), qn("w:drawing"), qn("w:pict")) or element.tag.startswith(MC):
        return ""
    return "".join(_text(child) for child in element.iterchildren("*"))


def _passed_over(file, ahead: list[str]) -> list[str]:
    """What somebody put into a file that a chapter has no place for, said so that it can be put elsewhere."""
    from docx.oxml.ns import qn

    body = file.element.body
    # What a newer Word draws stands there a second time for an older one.
    drawn = [
        one
        for one in body.iter(qn("w:drawing"), qn("w:pict"))
        if not any(above.tag == f"{MC}Fallback" for above in one.iterancestors())
    ]
    boxes = sum(next(one.iter(qn("w:txbxContent")), None) is not None for one in drawn)
    tables = len(list(body.iter(qn("w:tbl"))))
    notes = len(list(body.iter(qn("w:commentReference"))))
    feet = len(list(body.iter(qn("w:footnoteReference"), qn("w:endnoteReference"))))
    counted = (
        (tables, ngettext("%(n)s 张表格，请把其中的内容写成文字", "%(n)s 张表格，请把其中的内容写成文字", tables)),
        (boxes, ngettext("%(n)s 个文本框，请把文字移到正文", "%(n)s 个文本框，请把文字移到正文", boxes)),
        (len(drawn) - boxes, ngettext("%(n)s 幅图片", "%(n)s 幅图片", len(drawn) - boxes)),
        (feet, ngettext("%(n)s 条脚注，请写进正文", "%(n)s 条脚注，请写进正文", feet)),
        (notes, ngettext("%(n)s 条批注，请在页面的讨论中提出", "%(n)s 条批注，请在页面的讨论中提出", notes)),
    )
    first = [_("第一章之前的文字“%(text)s”，请移到某一章之内") % {"text": ahead[0][:30]}] if ahead else []
    return first + [said % {"n": number} for number, said in counted if number]


def _demand_chapters(found: list[ReturnedText]) -> list[ReturnedText]:
    if not found:
        raise RefusedReturn(_("文件里找不到章节标题上的标记；请保留各章标题，在标题下修改正文"))
    seen = [row.chapter for row in found]
    if len(set(seen)) < len(seen):
        raise RefusedReturn(_("文件里有一章出现了两次；请只留一份"))
    return found

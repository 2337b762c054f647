"""Whether a Word file or slides are whole, in order and readable to everybody: what is wrong, in words.

There is no schema of the format among the packages we have; the orders of children below are those of ECMA-376
(CT_PPr, CT_RPr, CT_TrPr …) for the elements that our files use.
"""

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd"
    " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection"
    " textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof"
    " snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText"
    " vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc"
    " tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign"
    " hideMark",
    "tc": "tcPr p tbl",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
}


def faults_of_word(data: bytes) -> list[str]:
    """Everything wrong with a .docx; empty for a good one."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        body = etree.fromstring(file.read("word/document.xml"))
        styles = etree.fromstring(file.read("word/styles.xml"))
        core = file.read("docProps/core.xml").decode()
        found = [*_parts(file), *_order(body), *_order(styles)]
    return [*found, *_headings(body), *_tables(body), *_pictures(body), *_marks(body), *_said(core, styles)]


def faults_of_slides(data: bytes) -> list[str]:
    """The same of a .pptx: every slide has a title, every picture words, every table a head."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        found += _parts(file)
        for name in file.namelist():
            if name.startswith("ppt/slides/slide"):
                slide = etree.fromstring(file.read(name))
                titles = [row for row in slide.iter(f"{P}sp") if row.find(f".//{P}ph[@type='title']") is not None]
                if not any("".join(row.itertext()).strip() for row in titles):
                    found.append(f"{name}: no title")
                pictures = [row.find(f"{P}nvPicPr/{P}cNvPr") for row in slide.iter(f"{P}pic")]
                found += [f"{name}: a picture without words" for row in pictures if not row.get("descr")]
                heads = [row.find(f"{A}tblPr") for row in slide.iter(f"{A}tbl")]
                found += [f"{name}: a table without a head" for row in heads if row.get("firstRow") != "1"]
        core = file.read("docProps/core.xml").decode()
        found += [f"no {told}" for told in ("<dc:title>", "<dc:language>zh-CN") if told not in core]
    return found


def _parts(file: zipfile.ZipFile) -> Iterator[str]:
    """Every relation leads to a part, every part is of a known type and readable."""
    names = set(file.namelist())
    types = etree.fromstring(file.read("[Content_Types].xml"))
    known = {row.get("PartName", "").lstrip("/") for row in types}
    endings = {row.get("Extension") for row in types if row.get("Extension")}
    for name in names - {"[Content_Types].xml"}:
        if name not in known and name.rsplit(".", 1)[-1] not in endings:
            yield f"{name}: of no declared type"
        if name.endswith((".xml", ".rels")):
            etree.fromstring(file.read(name))
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            for row in etree.fromstring(file.read(name)):
                target = posixpath.normpath(posixpath.join(folder, row.get("Target", "")))
                if row.get("TargetMode") != "External" and target.lstrip("/") not in names:
                    yield f"{name}: {row.get('Target')} is not there"


def _order(root) -> Iterator[str]:
    for name, order in ORDERS.items():
        places = {f"{W}{child}": place for place, child in enumerate(order.split())}
        for element in root.iter(f"{W}{name}"):
            here = [places.get(child.tag, -1) for child in element if isinstance(child.tag, str)]
            known = [place for place in here if place >= 0]
            if known != sorted(known):
                yield f"w:{name}: {[etree.QName(child).localname for child in element]}"


def _level(paragraph) -> int:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = style.get(f"{W}val") if style is not None else ""
    return int(name[-1]) if name.startswith("Heading") else 0


def _headings(body) -> Iterator[str]:
    before = 0
    for paragraph in body.iter(f"{W}p"):
        level, words = _level(paragraph), "".join(paragraph.itertext())
        if level > before + 1:
            yield f"heading {words!r} of level {level} below one of {before}"
        if level and not words.strip():
            yield f"an empty heading of level {level}"
        before = level or before
    if not before:
        yield "no headings"


def _tables(body) -> Iterator[str]:
    for table in body.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        head = "".join(rows[0].itertext())
        if rows[0].find(f"{W}trPr/{W}tblHeader") is None:
            yield f"table {head!r}: its head is not repeated"
        if len({len(row.findall(f"{W}tc")) for row in rows}) > 1:
            yield f"table {head!r}: rows of different width"


def _pictures(body) -> Iterator[str]:
    drawn = [element for element in body.iter() if etree.QName(element).localname == "docPr"]
    for element in drawn:
        if not (element.get("descr") or "").strip():
            yield f"picture {element.get('id')}: no alternative text"
    for number, times in Counter(element.get("id") for element in drawn).items():
        if times > 1:
            yield f"pictures: {times} have the number {number}"


def _marks(body) -> Iterator[str]:
    marks = [row.get(f"{W}name") for row in body.iter(f"{W}bookmarkStart")]
    for name, times in Counter(marks).items():
        if times > 1:
            yield f"bookmark {name}: {times} times"
    for row in body.iter(f"{W}instrText"):
        words = (row.text or "").split()
        if words[:1] == ["PAGEREF"] and words[1] not in marks:
            yield f"the contents refer to {words[1]}, which is nowhere"


def _said(core: str, styles) -> Iterator[str]:
    if "<dc:title>" not in core:
        yield "no title"
    if "<dc:language>zh-CN</dc:language>" not in core:
        yield "no language"
    language = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    if language is None or language.get(f"{W}eastAsia") != "zh-CN":
        yield "the styles do not say that the text is Chinese"

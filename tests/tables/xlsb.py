"""A binary workbook (.xlsb) of one sheet, as no library writes it."""

import io
import struct
import zipfile

CONTENT = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/></Types>"""
RELATION = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'
    ' Target="{}"/></Relationships>'
)


def xlsb(lines, name="Sheet1"):
    """The bytes of a workbook with rows of texts and numbers."""
    head = _record(156, struct.pack("<II", 0, 1) + _text("rId1") + _text(name))
    book = _record(131) + _record(143) + head + _record(144) + _record(132)
    size = struct.pack("<IIII", 0, len(lines) - 1, 0, max(map(len, lines)) - 1)
    rows = b"".join(_row(number, line) for number, line in enumerate(lines))
    sheet = _record(129) + _record(148, size) + _record(145) + rows + _record(146) + _record(130)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", CONTENT)
        archive.writestr("_rels/.rels", RELATION.format("officeDocument", "xl/workbook.bin"))
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", RELATION.format("worksheet", "worksheets/sheet1.bin"))
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return out.getvalue()


def _row(number, line):
    cells = b""
    for column, value in enumerate(line):
        place = struct.pack("<II", column, 0)
        if isinstance(value, str):
            cells += _record(6, place + _text(value))
        else:
            cells += _record(5, place + struct.pack("<d", value))
    return _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)) + cells


def _record(kind, data=b""):
    return _varying(kind) + _varying(len(data)) + data


def _varying(number):
    found = b""
    while number >= 128:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def _text(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")

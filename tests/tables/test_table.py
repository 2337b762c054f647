"""Bytes in, rows out: what CSV and XLSX files are, whatever their names say."""

import io
import zipfile
from datetime import date, datetime

import pytest

from indicators.files.faults import BrokenFile
from indicators.files.headings import is_heading, propose
from tables import delimited, workbook
from tables.cells import FormulaCell, NumberCell
from tables.table import open_table

HEAD = "分项编码,年份,数值"


def read(data, **options):
    with open_table(io.BytesIO(data), is_heading=is_heading, **options) as table:
        return table.headings, list(table.lines)


def refused(data, **options):
    with pytest.raises(BrokenFile) as error:
        read(data, **options)
    fault = error.value.faults[0]
    assert fault.reason
    return fault.code, fault.row


def book(*lines, change=lambda book: None):
    import openpyxl

    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(line)
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(data, change):
    """A workbook with one part exchanged or added: `change` takes and returns {name: bytes}."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in change(parts).items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encodings_and_separators_of_excel_and_wps_are_found(encoding, mark):
    text = f'{HEAD}\nI-01,2023,"约1,5"\n\n,,\nI-02,2024,2\n'
    text = text if mark == "," else text.replace('"约1,5"', "约1,5").replace("约1,5", "约1.5").replace(",", mark)

    headings, lines = read(text.encode(encoding))

    assert headings == HEAD.split(",")
    assert [(number, cells[0]) for number, cells in lines] == [(2, "I-01"), (5, "I-02")]
    assert lines[0][1][2] == ("约1,5" if mark == "," else "约1.5")


def test_a_title_above_the_headings_is_passed_over():
    headings, lines = read(f"2023 年数据表,,\n单位：%,,\n{HEAD}\nI-01,2023,1\n".encode())

    assert headings == HEAD.split(",")
    assert lines == [(4, ["I-01", "2023", "1"])]


def test_a_hidden_row_of_ids_says_what_the_columns_are():
    data = b"id:year,,id:component\nAnything,x,Else\n2023,y,I-01\n"

    with open_table(io.BytesIO(data), is_heading=is_heading) as table:
        assert (table.headings, table.ids) == (["Anything", "x", "Else"], ["year", "", "component"])
        assert list(table.lines) == [(3, ["2023", "y", "I-01"])]
        assert propose(table.headings, table.ids) == {"year": 0, "component": 2}


def test_headings_are_known_in_chinese_english_and_by_machine_name():
    headings = ["分项编码", "Year", "value（万亿元）", "数据来源", "Kind of value", "nothing", "年份"]

    assert propose(headings) == {"component": 0, "year": 1, "value": 2, "source_title": 3, "value_status": 4}


def test_a_wrong_byte_late_in_the_file_is_named_by_its_line():
    rows = f"{HEAD}\n".encode() + b"I-01,2023,1\n" * 200_000

    assert refused(rows + b"I-01,\xff,1\n") == ("wrong_byte", 200_002)
    # GB18030 all over, then a byte it does not have.
    chinese = f"{HEAD}\n".encode("gb18030") + b"I-01,2023,1\n" * 10
    assert refused(chinese + b"I-01,\xff\xff,1\n") == ("wrong_byte", 12)
    # Valid GB18030, but the file has shown itself to be UTF-8.
    assert refused(f"{HEAD}\n".encode() + "年".encode("gb18030") + b",1,1\n") == ("wrong_byte", 2)


def test_a_nul_late_in_the_file_is_named_by_its_line_and_said_once():
    rows = f"{HEAD}\n".encode() + b"I-01,2021,1\n" * 13

    assert refused(rows + b"I-01,\0,1\n") == ("not_text", 15)
    assert refused((rows + b"I-01,\0,1\n").decode().encode("utf-16")) == ("not_text", 15)
    with pytest.raises(BrokenFile) as error:
        read(rows + b"I-01,\xff,1\n")
    assert "行" not in error.value.faults[0].reason


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n,,\n", "empty_file"),
        (b"\xff\xff\xff", "encoding"),
        (b"a\0b", "not_text"),
        (b"\x89PNG\r\n\x1a\n\0", "not_text"),
        ("a,b".encode("utf-16") + b"\0", "wrong_byte"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "other_ole"),
        (b"PK\x03\x04nonsense", "broken_workbook"),
        (b'a,b\n"c', "quotes"),
        (b"a,b\n" + b"x" * 140_000, "long_cell"),
        (b"a," * 300, "empty_file"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data, code):
    if data.startswith(b"a,a,"):
        data, code = b"component,year," + b"a," * 300 + b"z\n1,2\n", "too_many_columns"

    assert refused(data)[0] == code


def test_a_file_beyond_the_limit_is_refused_before_it_is_read():
    assert refused(b"a,b\n" * 600_000, max_bytes=1_000_000)[0] == "too_large"


def test_cells_of_a_workbook_become_the_text_a_person_reads():
    def formats(book):
        sheet = book.active
        sheet["C2"].number_format = "0.00%"
        sheet["C3"].number_format = '0.00"%"'

    data = book(
        ["分项编码", "年份", "数值", "公布日期"],
        ["I-01", 2023, 0.0646, date(2024, 1, 29)],
        ["I-02", 2023.0, 6.5, datetime(2024, 1, 29, 9, 30)],
        [None, None, None, None],
        ["I-03", "２０２３", 0.1 + 0.2, 45320],
        ["I-04", True, "#N/A", "文本"],
        change=formats,
    )

    _headings, lines = read(data)

    assert lines == [
        (2, ["I-01", "2023", "6.46%", "2024-01-29"]),
        (3, ["I-02", "2023", "6.5", "2024-01-29 09:30:00"]),
        (5, ["I-03", "２０２３", "0.3", "45320"]),
        (6, ["I-04", "TRUE", "#N/A", "文本"]),
    ]
    kinds = [type(cell) for cell in lines[2][1]]
    assert kinds == [str, str, NumberCell, NumberCell]


def test_a_formula_without_a_result_is_marked():
    data = book(["分项编码", "年份", "数值"], ["I-01", 2023, "=1+1"])

    _headings, lines = read(data)

    assert lines == [(2, ["I-01", "2023", "=1+1"])]
    assert type(lines[0][1][2]) is FormulaCell


def test_merged_titles_hidden_sheets_and_far_cells_do_not_disturb():
    def decorate(book):
        book.active.merge_cells("A1:C1")
        book.active["ZZ9"] = "a stray word"
        hidden = book.create_sheet("参数", 0)
        hidden.append(["x"])
        hidden.sheet_state = "hidden"
        book.active = 1

    data = book(["表 1"], ["分项编码", "年份", "数值"], ["I-01", 2023, 1], change=decorate)

    headings, lines = read(data)

    assert (headings, lines) == (["分项编码", "年份", "数值"], [(3, ["I-01", "2023", "1"])])


def test_macros_other_archives_and_bombs_are_refused(monkeypatch):
    good = book(["分项编码", "年份", "数值"], ["I-01", 2023, 1])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")

    assert refused(other.getvalue())[0] == "not_workbook"
    assert refused(repacked(good, lambda parts: parts | {"xl/vbaProject.bin": b"x"}))[0] == "macros"
    assert refused(repacked(good, lambda parts: parts | {"xl/media/a.bin": b"0" * 20_000_000}))[0] == "bomb"
    assert refused(good[:-200])[0] == "broken_workbook"
    assert refused(repacked(good, lambda parts: parts | {"xl/worksheets/sheet1.xml": b"<worksheet"}))[0] == (
        "broken_workbook"
    )
    monkeypatch.setattr(workbook, "MAX_SHARED_STRINGS", 10)
    assert refused(repacked(good, _with_texts))[0] == "bomb"


def _with_texts(parts):
    """Shared strings under a name of their own, as the table of contents allows."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    entry = b'<Override PartName="/xl/words.xml" ContentType="' + kind + b'"/></Types>'
    name = "[Content_Types].xml"
    return parts | {
        name: parts[name].replace(b"</Types>", entry),
        "xl/words.xml": b"<sst>" + b"x" * 20 + b"</sst>",
    }


def test_entities_in_a_workbook_are_not_expanded():
    def poison(parts):
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        sheet = parts["xl/worksheets/sheet1.xml"]
        return parts | {"xl/worksheets/sheet1.xml": bomb + sheet.replace(b"2023", b"&b;")}

    assert refused(repacked(book(["分项编码", "年份", "数值"], ["I-01", 2023, 1]), poison))[0] == "broken_workbook"


def test_a_sheet_that_claims_too_many_rows_is_stopped(monkeypatch):
    monkeypatch.setattr(delimited, "MAX_ROWS", 100)
    monkeypatch.setattr(workbook, "MAX_ROWS", 100)

    def far(parts):
        name = "xl/worksheets/sheet1.xml"
        return parts | {
            name: parts[name].replace(b'<row r="2"', b'<row r="999999999"').replace(b'"A2"', b'"A999999999"')
        }

    assert refused(repacked(book(["分项编码", "年份"], ["I-01", 2023]), far))[0] == "too_many_rows"
    assert refused(f"{HEAD}\n".encode() + b"I-01,2023,1\n" * 101)[0] == "too_many_rows"

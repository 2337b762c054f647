"""Files as Excel, WPS and web systems write them, each made by hand: what is taken, and what a look says."""

import io
import zipfile

import pytest

from tables.cells import (
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    RAISED,
    STRUCK,
    EmptyResult,
    FormulaCell,
    NumberCell,
    bare,
    marks_of,
)
from tables.faults import BrokenFile
from tables.table import open_table
from tests.pace import costs_at_most
from tests.tables.test_table import book, repacked

SHEET = "xl/worksheets/sheet1.xml"
GOOD = (["分项编码", "年份", "数值"], ["I-01", 2023, 1400.5])


def read(data, **options):
    with open_table(io.BytesIO(data), is_heading=lambda cells: "数值" in cells, **options) as table:
        return table, list(table.lines)


def cells(data):
    return read(data)[1][0][1]


def with_value(cell):
    """The good workbook with its value written by hand."""
    old = b'<c r="C2" t="n"><v>1400.5</v></c>'
    return repacked(book(*GOOD), lambda parts: parts | {SHEET: parts[SHEET].replace(old, cell.encode())})


def runs(*pieces):
    made = "".join(f"<r><rPr>{look}</rPr><t>{text}</t></r>" for look, text in pieces)
    return with_value(f'<c r="C2" t="inlineStr"><is>{made}</is></c>')


def test_raised_and_struck_runs_are_told_from_the_rest():
    raised = cells(runs(("", "1400.5"), ('<vertAlign val="superscript"/>', "1")))[2]
    struck = cells(runs(("<strike/>", "1300"), ('<strike val="0"/>', "1400.5")))[2]

    assert (raised, bare(raised), marks_of(raised)) == ("1400.51", "1400.5", {RAISED})
    assert (struck, bare(struck), marks_of(struck)) == ("13001400.5", "1400.5", {STRUCK})


def test_a_formula_of_an_array_shows_its_braces():
    array = cells(with_value('<c r="C2"><f t="array" ref="C2">SUM(A1:A2)</f></c>'))[2]
    plain = cells(with_value('<c r="C2"><f>SUM(A1:A2)</f></c>'))[2]

    assert (str(array), str(plain)) == ("{=SUM(A1:A2)}", "=SUM(A1:A2)")


def page(style, cell, more=""):
    head = "<tr><th>分项编码<th>年份<th>数值</tr>"
    return (
        f"<html><head><style><!-- {style} --></style></head><body><table>{head}<tr><td>I-01<td>2023{cell}</tr>"
        f"</table>{more}</body></html>"
    ).encode()


CLASSES = ".x1 {text-decoration : line-through;} td.x2, .other .x3 {vertical-align:super} .x4{display:none}"


@pytest.mark.parametrize(
    ("cell", "text", "plain", "mark"),
    [
        ("<td><span class=x1>1300</span>1310.5", "13001310.5", "1310.5", STRUCK),
        ("<td>1310.5<span class='y x3'>1</span>", "1310.51", "1310.5", RAISED),
        ("<td class=x1>1310.5", "1310.5", "", STRUCK),
        ("<td style='text-decoration:line-through'>1310.5", "1310.5", "", STRUCK),
        ("<td class=x4>1310.5", "1310.5", "1310.5", HIDDEN_COLUMN),
        ("<td style='display: none'>1310.5", "1310.5", "1310.5", HIDDEN_COLUMN),
    ],
)
def test_the_look_that_a_class_of_a_page_gives(cell, text, plain, mark):
    found = read(page(CLASSES, cell))[1][0][1][2]

    assert (str(found), bare(found), marks_of(found)) == (text, plain, {mark})


def test_what_a_page_hides_within_a_cell_is_not_shown():
    found = read(page(CLASSES, "<td>1310.5<span class=x4>99</span>"))[1][0][1][2]

    assert (str(found), found.shown) == ("1310.599", "1310.5")


def test_the_rows_of_a_hidden_table_are_hidden():
    data = page("", "<td>1").replace(b"<table>", b"<table style='display:none'>")

    assert HIDDEN_ROW in marks_of(read(data)[1][0][1][2])


def test_text_around_a_table_of_a_page_goes_with_it():
    around = b"<h1>A</h1><p>B <b>C</b></p><div>D</div><table>"
    data = page("", "<td>1", "<p>注：E</p><p>F</p>").replace(b"<table>", around)

    table, lines = read(data)

    assert [cells for _row, cells in table.above] == [["A  B C  D"]]
    assert [cells for _row, cells in lines[1:]] == [["注：E"], ["F"]]


@pytest.mark.parametrize("tag", ["p", "h2", "font", "center"])
def test_a_page_is_one_whatever_tag_it_begins_with(tag):
    rest = page("", "<td>1").decode().partition("<body>")[2]

    assert read(f"<{tag}>A</{tag}>{rest}".encode())[0].format == "html"


def test_phonetic_hints_are_no_text():
    found = cells(
        with_value('<c r="C2" t="inlineStr"><is><t>1400.5</t><rPh sb="0" eb="1"><t>x</t></rPh></is></c>')
    )

    assert found[2] == "1400.5"


def test_formulas_calculated_to_nothing_are_told_from_those_never_calculated():
    nothing = cells(with_value('<c r="C2" t="str"><f>IF(1,"","")</f><v></v></c>'))[2]
    array = cells(with_value('<c r="C2"><f t="array" ref="C2">SUM(A1:A2)</f></c>'))[2]
    shared = cells(with_value('<c r="C2"><f t="shared" si="0"/></c>'))[2]

    assert (type(nothing), type(array), type(shared)) == (EmptyResult, FormulaCell, FormulaCell)
    assert cells(with_value('<c r="C2"><f t="array" ref="C2">SUM(A1)</f><v>3</v></c>'))[2] == "3"


def test_parts_are_found_by_the_files_own_relations():
    def elsewhere(parts):
        names = {"xl/workbook.xml": "xl/buch2.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/buch2.xml.rels"}
        moved = {names.get(name, name): content for name, content in parts.items()}
        for name in ("_rels/.rels", "[Content_Types].xml"):
            moved[name] = moved[name].replace(b"xl/workbook.xml", b"xl/buch2.xml")
        return {name.replace("/", "\\") if "sheet1" in name else name: content for name, content in moved.items()}

    assert cells(repacked(book(*GOOD), elsewhere)) == ["I-01", "2023", "1400.5"]


def test_the_strict_form_is_read():
    def strict(parts):
        old, new = b"http://schemas.openxmlformats.org", b"http://purl.oclc.org/ooxml"
        return {
            name: content.replace(old + b"/spreadsheetml/2006/main", new + b"/spreadsheetml/main").replace(
                old + b"/officeDocument/2006/relationships", new + b"/officeDocument/relationships"
            )
            for name, content in parts.items()
        }

    assert cells(repacked(book(*GOOD), strict)) == ["I-01", "2023", "1400.5"]


def test_an_empty_fill_and_prefixed_tags_do_not_matter():
    def odd(parts):
        sheet = parts[SHEET].decode().replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
        return parts | {
            "xl/styles.xml": parts["xl/styles.xml"].replace(b"<fill>", b"<fill/><fill>", 1),
            SHEET: sheet.encode(),
        }

    assert cells(repacked(book(*GOOD), odd)) == ["I-01", "2023", "1400.5"]


def test_hidden_rows_and_merged_cells_are_marked():
    def change(made):
        sheet = made.active
        sheet.append([None, 2022, 1300])
        sheet.merge_cells("A2:A3")
        sheet.row_dimensions[3].hidden = True

    _table, lines = read(book(*GOOD, change=change))

    assert lines == [(2, ["I-01", "2023", "1400.5"]), (3, ["I-01", "2022", "1300"])]
    assert [marks_of(line[1][0]) - {HIDDEN_ROW} for line in lines] == [{"spread"}, {"filled"}]
    assert [HIDDEN_ROW in marks_of(line[1][2]) for line in lines] == [False, True]


def test_a_format_that_shows_another_number_is_told():
    def change(made):
        made.active["C2"].number_format = '0.00,,"亿"'

    found = cells(book(["分项编码", "年份", "数值"], ["I-01", 2023, 140050000000], change=change))[2]

    assert (type(found), found, found.shown) == (NumberCell, "140050000000", "140050.00亿")


def test_the_first_visible_sheet_with_headings_is_the_table():
    def change(made):
        made.active.title = "数据"
        front = made.create_sheet("说明", 0)
        front.append(["请在数据表填写"])
        made.create_sheet("另一张").append(["x"])

    table, lines = read(book(*GOOD, change=change))

    assert (table.sheet, table.others, len(lines)) == ("数据", ["说明", "另一张"], 1)


def test_two_hundred_thousand_styled_blank_rows_cost_seconds():
    def blank(parts):
        rows = b"".join(
            b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n) for n in range(3, 200_003)
        )
        return parts | {SHEET: parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")}

    data = repacked(book(*GOOD), blank)

    with costs_at_most(5):
        assert len(read(data)[1]) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_tables_of_a_web_page_named_xls_are_read(encoding):
    page = (
        f"<html><head><meta charset={encoding}></head><body><table><tr><th>分项编码<th>年份<th>数值</tr>"
        "<tr><td rowspan=2>I-01</td><td>2023</td><td>1400.5<sup>1</sup></td></tr>"
        "<tr><td>2022</td><td x:num='1300.04'>1300.0</td></tr></table></body></html>"
    )

    table, lines = read(page.encode(encoding))

    assert table.format == "html"
    assert lines == [(2, ["I-01", "2023", "1400.51"]), (3, ["I-01", "2022", "1300.04"])]
    assert (bare(lines[0][1][2]), lines[1][1][2].shown) == ("1400.5", "1300.0")


@pytest.mark.parametrize("word", ["统计全目某业", "指标"])
def test_a_few_lucky_pairs_do_not_make_utf8(word):
    text = f"分项编码,年份,数值,{word}\nI-01,2023,1,指统全目\n"

    table, lines = read(text.encode("gb18030"))

    assert (table.encoding, lines[0][1][3]) == ("gb18030", "指统全目")


def test_a_wholly_ambiguous_file_is_asked_about():
    data = "指,目\n1,统\n".encode("gb18030")

    with pytest.raises(BrokenFile) as error:
        read(data)
    assert (error.value.faults[0].code, error.value.faults[0].params["gb18030"]) == ("which_encoding", "指")
    assert read(data, encoding="gb18030")[0].headings == ["指", "目"]
    assert read(data, encoding="utf-8")[0].headings == ["ָ", "Ŀ"]


def test_utf16_without_its_mark_is_read_and_nul_is_refused():
    text = "分项编码\t年份\t数值\nI-01\t2023\t1\n"

    assert [read(text.encode(name))[1] for name in ("utf-16-le", "utf-16-be")] == [
        [(2, ["I-01", "2023", "1"])]
    ] * 2
    with pytest.raises(BrokenFile, match="NUL"):
        read(text.replace("I-01", "I-\x0001").encode())


def test_a_passworded_workbook_is_called_one():
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")

    with pytest.raises(BrokenFile) as error:
        read(locked)
    assert error.value.faults[0].code == "encrypted"


def test_an_archive_of_something_else_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")

    with pytest.raises(BrokenFile) as error:
        read(out.getvalue())
    assert error.value.faults[0].code == "not_workbook"


@pytest.mark.parametrize(
    ("ranges", "far"),
    [(["A2:GR6000"], False), ([f"A2:GR{6000 + n}" for n in range(300)], False), (["A2:B1048576"], True)],
)
def test_merged_cells_over_more_than_anybody_reads_are_refused(ranges, far):
    """Counted beforehand and within the rows that are there: a whole column may be merged."""

    def reach(parts):
        sheet = parts[SHEET].decode()
        rows = "".join(f'<row r="{n}"><c r="C{n}"><v>1</v></c></row>' for n in range(3, 6 if far else 6001))
        merged = "".join(f'<mergeCell ref="{area}"/>' for area in ranges)
        sheet = sheet.replace("</sheetData>", f"{rows}</sheetData><mergeCells>{merged}</mergeCells>")
        return parts | {SHEET: sheet.encode()}

    data = repacked(book(*GOOD), reach)
    with costs_at_most(2):
        if far:
            assert [line[0] for _row, line in read(data)[1]] == ["I-01"] * 4
        else:
            with pytest.raises(BrokenFile, match="合并单元格"):
                read(data)

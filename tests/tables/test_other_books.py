"""Workbooks that are no .xlsx, made by LibreOffice from one: what each of them still says of its cells' look."""

import io
import signal
import zipfile
from pathlib import Path

import pytest

from tables.binary import SheetLook, _Merged, _text, open_binary, why_ended
from tables.calamine_reader import NO_MEMORY, look_of
from tables.cells import HIDDEN_COLUMN, HIDDEN_ROW, RAISED, STRUCK, UNSURE_LOOK, bare, marks_of
from tables.faults import BrokenFile
from tables.table import open_table
from tests.tables.xlsb import xlsb

HERE = Path(__file__).parent


def read(name):
    with (HERE / name).open("rb") as file, open_table(file, is_heading=lambda cells: "单位" in cells) as table:
        return table.format, table.headings, dict(table.lines)


@pytest.mark.parametrize("name", ["marked.ods", "marked.xls"])
def test_cells_are_read_where_they_stand(name):
    format, headings, rows = read(name)

    assert (format, headings) == (name.split(".")[1], ["指标", "单位", "2021年", "2022年（初步）", "2023"])
    assert rows[5] == ["国家级高新技术企业数量", "家", "21000", "23000", "24700"]
    assert rows[6][2:] == ["—", "21.3", "22.75"]
    assert list(rows) == [3, 4, 5, 6, 7]


@pytest.mark.breadth
@pytest.mark.parametrize("name", ["marked.ods", "marked.xls"])
def test_a_book_says_what_it_shows(name):
    _format, _headings, rows = read(name)

    assert (rows[3][2], rows[3][2].shown) == ("1310.54", "1310.5")
    assert [(cell, bare(cell), marks_of(cell)) for cell in rows[3][3:]] == [
        ("1402.25", "1402.2", {RAISED}),
        ("13001400.5", "1400.5", {STRUCK}),
    ]
    assert rows[4][2:] == ["5.49%", "5.81%", "6.46%"]
    assert HIDDEN_ROW in marks_of(rows[5][2])


def test_an_xlsb_says_that_it_does_not_know():
    file = io.BytesIO(
        xlsb([["指标", "单位", "2021"], ["技术合同成交额", "亿元", "1310.51"], ["乙", "家", 21000.0]])
    )

    with open_table(file, is_heading=lambda cells: "单位" in cells) as table:
        rows = dict(table.lines)

    assert (table.format, table.is_look_unseen) == ("xlsb", True)
    assert [marks_of(cell) for cell in (*rows[2][1:], rows[3][2])] == [set(), {UNSURE_LOOK}, set()]
    assert rows[3][2] == "21000"


def test_the_look_of_a_day_and_of_a_number_in_an_xls():
    said = {"formats": ["General", "yyyy"], "patterns": [[1]], "rows": [0], "marked": {}}
    look = SheetLook({"hidden_rows": [], "hidden_columns": [1], **said})

    assert [_text(["day", "2024-01-01"], look, 0, 0).shown, marks_of(_text("x", look, 0, 1))] == [
        "2024",
        {HIDDEN_COLUMN},
    ]


def test_rows_that_look_alike_are_told_of_once():
    """A sheet full of formats took five times the memory of one without, and half as much time again."""
    said = look_of((HERE / "marked.xls").read_bytes(), "数据")

    assert len(said["rows"]) > len(said["patterns"]) == len(set(said["patterns"]))


def test_a_book_that_is_too_much_is_not_called_damaged():
    assert why_ended(-signal.SIGXCPU) == why_ended(NO_MEMORY) == "too_much_work"
    assert why_ended(1) == why_ended(-signal.SIGABRT) == "broken_workbook"


def test_the_end_of_a_long_binary_sheet_is_looked_at_alone():
    rows = [["指标", "2021"], *([str(number), "1"] for number in range(2, 3000)), ["注：本表为上半年数"]]
    (sheet,) = open_binary(io.BytesIO(xlsb(rows)), "xlsb")

    assert next(sheet.lines(3))[0] == 1
    assert [(row, cells[0]) for row, cells in sheet.last(3, 2)] == [(2999, "2999"), (3000, "注：本表为上半年数")]
    assert next(sheet.lines(3, first=2990))[0] == 2991


STYLES = '<style:style style:name="{}" style:parent-style-name="{}"><style:text-properties {}/></style:style>'


@pytest.mark.parametrize(
    ("look", "mark"),
    [
        ('style:text-line-through-style="solid"', STRUCK),
        ('style:text-line-through-type="single"', STRUCK),
        ('style:text-position="super 58%"', RAISED),
    ],
)
@pytest.mark.parametrize("style", ["own", "child", "plain"])
@pytest.mark.parametrize("kind", ['office:value-type="float" office:value="1310.5"', 'office:value-type="string"'])
def test_the_style_of_a_whole_cell_of_an_ods_is_seen(look, mark, style, kind):
    styles = STYLES.format("own", "", look) + STYLES.format("child", "own", "") + STYLES.format("plain", "", "")
    content = (
        f"<office:a>{styles}"
        '<table:table table:name="a"><table:table-row><table:table-cell><text:p>单位</text:p></table:table-cell>'
        f'</table:table-row><table:table-row><table:table-cell table:style-name="{style}" {kind}>'
        "<text:p>1310.5</text:p></table:table-cell></table:table-row></table:table></office:a>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)

    with open_table(out, is_heading=lambda cells: "单位" in cells) as table:
        ((_row, [cell]),) = list(table.lines)

    assert cell == "1310.5"
    assert marks_of(cell) == (set() if style == "plain" else {mark})


@pytest.mark.parametrize(("name", "steps"), [("marked.ods", 40), ("marked.xls", 12)])
def test_a_damaged_book_is_called_one(name, steps):
    """Whatever its reader stumbles over: bytes exchanged one by one, from the first to the last."""
    whole, called = (HERE / name).read_bytes(), 0
    for place in range(512, len(whole), len(whole) // steps):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF, 0xFF, 0xFF, 0x7F]) + whole[place + 4 :]
        file = io.BytesIO(damaged)
        try:
            with open_table(file, is_heading=lambda cells: "单位" in cells) as table:
                list(table.lines)
        except BrokenFile:
            called += 1

    # What lies in no part that is read is no damage to the table.
    assert called


def test_rows_and_cells_that_say_they_reach_far_cost_little():
    row = (
        '<table:table-row{}><table:table-cell office:value-type="string"><text:p>单位</text:p></table:table-cell>'
    )
    many = row.format(' table:number-rows-repeated="1048576"') + "</table:table-row>"
    content = (
        f"<office:c><table:table table:name='a'>{row.format('')}</table:table-row>{many}</table:table></office:c>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    page = "<table><tr><th>单位</th></tr>" + "<tr><td colspan=1000 rowspan=1000>x</td></tr>" * 500 + "</table>"

    with open_table(out, is_heading=lambda cells: "单位" in cells) as table:
        assert next(iter(table.lines)) == (2, ["单位"])
    with open_table(io.BytesIO(page.encode()), is_heading=lambda cells: "单位" in cells) as table:
        assert max(len(cells) for _row, cells in table.lines) <= 256


def test_merged_cells_over_more_than_anybody_reads_are_refused():
    cell = '<table:table-cell table:number-rows-spanned="9999" table:number-columns-spanned="200">'
    first = f"<table:table-row>{cell}<text:p>单位</text:p></table:table-cell></table:table-row>"
    covered = '<table:covered-table-cell table:number-columns-repeated="200"/>'
    row = f"<table:table-row>{covered}</table:table-row>"
    content = f"<office:c><table:table table:name='a'>{first}{row * 6000}</table:table></office:c>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    tall = "<tr><td colspan=256 rowspan=1000>x</td></tr>" + "<tr></tr>" * 999
    page = "<table><tr><th>单位</th></tr>" + tall * 5 + "</table>"

    for file in (out, io.BytesIO(page.encode())):
        with (
            pytest.raises(BrokenFile, match="合并单元格"),
            open_table(file, is_heading=lambda cells: "单位" in cells) as table,
        ):
            list(table.lines)


def test_merged_cells_of_an_old_workbook_are_counted_within_its_rows():
    assert _Merged([[[0, 0], [1_048_575, 150]]], 4, 201).filled(1, ["单位"]) == ["单位", *["单位"] * 150]
    with pytest.raises(BrokenFile, match="合并单元格"):
        _Merged([[[0, 0], [1_048_575, 150]]], 10_000, 201)

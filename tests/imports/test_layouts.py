"""Tables as yearbooks, bureaux and systems lay them out: every cell taken, asked about or passed over."""

import contextlib
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation
from openpyxl.worksheet.formula import ArrayFormula

from desk.grid import read_pasted
from indicators.files.faults import BrokenFile
from indicators.files.importing import tell
from indicators.models import Component, Observation
from indicators.services import import_observations, remember_names
from tests.pace import costs_at_most
from tests.tables.xlsb import xlsb

# What is read in a table, before anything of it is stored.
pytestmark = pytest.mark.one_database

TODAY = date(2026, 11, 1)
TABLES = Path(__file__).parent.parent / "tables"
PART_SAID = "不是全年的数：只是一年中的一部分，规划按全年的数判定，不取"
ANNUAL = {"source_title": "统计年鉴", "released_on": "2026-10-01", "value_status": "final"}


def sheet(lines, change=lambda sheet: None):
    import openpyxl

    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(line)
    change(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def told(plan, data, **options):
    options = {"defaults": ANNUAL} | options
    return list(tell(plan, io.BytesIO(data.encode() if isinstance(data, str) else data), today=TODAY, **options))


def of(rows, *states):
    return [f"{row.component} {row.year} {row.value}" for row in rows if row.state in states]


def reasons(rows, state="passed"):
    return [(row.row, row.cell, row.value) for row in rows if row.state == state]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("2021", "2021 final"),
        ("２０２１年", "2021 final"),
        ("2021 年", "2021 final"),
        ("2021年度", "2021 final"),
        ("2021年末", "2021 final"),
        ("2021（初步）", "2021 preliminary"),
        ("2021年(初步核算数)", "2021 preliminary"),
        ("2021p", "2021 preliminary"),
        ("2021P", "2021 preliminary"),
        ("2021r", "2021 revised"),
        ("2021E", "2021 estimated"),
        ("2021年预计", "2021 estimated"),
        ("2021①", "2021 final"),
        ("2021[1]", "2021 final"),
        ("2021-12-31", "2021 final"),
        ("2021年1-12月", "2021 final"),
    ],
)
def test_years_are_known_in_every_spelling(plan, heading, expected):
    data = f"编码,{heading}\nI-05,1400.5\n"

    with_status = import_observations(plan, io.BytesIO(data.encode()), today=TODAY, defaults=ANNUAL)

    assert with_status.new == 1
    row = Observation.objects.get(component__code="I-05")
    assert f"{row.year} {row.value_status}" == expected


@pytest.mark.parametrize(
    "heading",
    ["2025年1-9月", "2025Q3", "2025年上半年", "2025年三季度", "2025H1", "2025.6", "2025年6月", "2021-2025"]
    + ["2025增速", "2025年比上年增长", "2025年计划", "2025目标", "增减", "’25", "25年", "2024/25"],
)
def test_columns_that_are_no_year_are_listed(plan, heading):
    rows = told(plan, f"编码,2024,{heading}\nI-05,1400.5,1300\n")

    assert of(rows, "new") == ["I-05 2024 1400.5"]
    assert reasons(rows) == [(1, "C1", heading)]


def test_two_heading_rows_with_growth_beside_the_figures(plan):
    def merge(sheet):
        for cells in ("A1:A2", "B1:B2", "C1:D1", "E1:F1"):
            sheet.merge_cells(cells)

    lines = [
        ["指标", "单位", "2021年", None, "2022年", None],
        [None, None, "总量", "增速（%）", "总量", "增速（%）"],
        ["技术合同成交额", "万元", 13105000, 12.1, 14022500, 7],
        ["国家级高新技术企业数量", "万家", 2.1, 5, 2.3, 9.5],
    ]

    rows = told(plan, sheet(lines, merge))

    assert of(rows, "new", "changed") == [
        "I-05 2021 1310.5",
        "I-05 2022 1402.25",
        "I-07 2021 21000",
        "I-07 2022 23000",
    ]
    assert reasons(rows) == [
        (1, "D1", "2021年 增速(%)"),
        (1, "F1", "2022年 增速(%)"),
        (2, "", "总量 增速（%） 总量 增速（%）"),
    ]


def test_years_below_a_common_heading(plan):
    lines = [
        ["指标名称", "单位", "年份", None],
        [None, None, 2021, 2022],
        ["技术合同成交额", "亿元", 1310.5, 1402.25],
    ]

    rows = told(plan, sheet(lines, lambda sheet: sheet.merge_cells("C1:D1")))

    assert of(rows, "new") == ["I-05 2021 1310.5", "I-05 2022 1402.25"]


def test_the_unit_above_a_table_and_numbered_names(plan):
    rows = ["表3-1 科技指标,,", "单位：亿元,,", "指标,2021,2022", "一、技术合同成交额,1310.5,1402.25"]
    text = "\n".join([*rows, "常住人口,1768,1766", "注：初步数,,", ""])

    rows = told(plan, text)

    assert of(rows, "new") == ["I-05 2021 1310.5", "I-05 2022 1402.25"]
    assert reasons(rows) == [
        (1, "", "表3-1 科技指标"),
        (2, "", "单位：亿元"),
        (5, "", "常住人口"),
        (6, "", "注：初步数"),
    ]


def test_units_that_do_not_fit_are_refused(plan):
    rows = told(plan, "指标,单位,2021\n技术合同成交额,%,13\n技术合同成交额,家,13\n")

    assert {row.state for row in rows} == {"refused"}


def test_a_part_below_its_indicator(plan):
    rows = ["指标,单位,2021", "大型科学仪器设备使用率、开放率,%,", "其中：使用率,%,60.5", "  开放率,%,91"]
    text = "\n".join([*rows, "图书馆使用率,%,10", ""])

    rows = told(plan, text)

    assert of(rows, "new") == ["I-04.1 2021 60.5", "I-04.2 2021 91"]
    assert "图书馆使用率" in [row.value for row in rows if row.state == "passed"]


def test_names_are_asked_once_and_then_remembered(plan):
    text = "指标,2021\n公民具备科学素质的比例,21.3\n"
    assert of(told(plan, text), "ask") == ["I-08 2021 21.3"]

    remember_names(plan, {"公民具备科学素质的比例（%）": "I-08", "科学素质达标率": ""})

    assert of(told(plan, text), "new") == ["I-08 2021 21.3"]
    assert told(plan, "指标,2021\n科学素质达标率,21.3\n")[0].state == "passed"


def test_a_hidden_year_and_a_value_over_two_years_are_asked_about(plan):
    def change(sheet):
        sheet.column_dimensions["B"].hidden = True
        sheet.merge_cells("C2:D2")

    rows = told(plan, sheet([["编码", 2021, 2022, 2023], ["I-05", 1310.5, 1402.25, None]], change))

    assert of(rows, "ask") == ["I-05 2021 1310.5", "I-05 2022 1402.25", "I-05 2023 1402.25"]


def test_bounds_marks_and_dashes(plan):
    rows = told(plan, "编码,2021,2022,2023,2024\nI-07,突破2.6万家,24700①,—,23000p\n")

    assert of(rows, "ask") == ["I-07 2021 26000", "I-07 2022 24700", "I-07 2024 23000"]
    assert [row.cell for row in rows if row.state == "passed"] == ["D2"]


def test_a_table_of_one_figure_a_row_may_name_its_indicators(plan):
    rows = told(
        plan, "指标名称,年份,数值\n技术合同成交额,2021年,1310.5\n技术合同成交额,2022Q1,400\n注：初步数,,\n"
    )

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert [row.row for row in rows if row.state == "passed"] == [3, 4]


def test_what_the_whole_file_lacks_is_named(plan):
    rows = told(plan, "编码,2021\nI-05,1310.5\n", defaults={})

    assert {row.state for row in rows} == {"refused"}
    assert len(rows) == 3


def test_the_products_own_wide_file_comes_back(plan, client):
    data = client.get(f"/{plan.slug}/wide.csv").content

    rows = told(plan, data)

    assert not of(rows, "refused", "ask")
    assert of(rows, "changed")


def test_a_second_table_below_has_years_or_indicators_of_its_own(plan):
    across = told(plan, "指标,2021\n技术合同成交额,1310.5\n\n指标,2022\n国家级高新技术企业数量,23000\n")
    down = told(plan, "年份,技术合同成交额\n2021,1310.5\n年份,国家级高新技术企业数量\n2022,23000\n")

    for rows in (across, down):
        assert of(rows, "new", "changed") == ["I-05 2021 1310.5", "I-07 2022 23000"]
        assert [row.row for row in rows if row.state == "passed"] == [rows[1].row]


def test_numbers_are_no_heading(plan):
    rows = told(plan, "I-05,2021,1400.5\n", defaults={})

    assert {row.state for row in rows} == {"refused"}


@pytest.mark.parametrize(
    "text", ["\u202d1310.5\u202c", "1310.5\u200e", "1\u2009310.5", "\u200b1310.5\ufeff", "１３１０．５"]
)
def test_what_nobody_sees_around_a_number_is_dropped(plan, text):
    assert of(told(plan, f"编码,2021\nI-05,{text}\n"), "new") == ["I-05 2021 1310.5"]


def test_a_day_is_no_value_however_it_is_shown(plan):
    def change(sheet):
        sheet["B2"].number_format = "yyyy"

    rows = told(plan, sheet([["编码", 2021], ["I-05", 1400.5]], change))

    assert [row.state for row in rows] == ["refused"]


def test_a_refusal_names_its_cell(plan):
    data = "编码,2021,2022\nI-05,1310.5,14间00\n"
    with pytest.raises(BrokenFile, match="第 2 行 C2 value「14间00」"):
        import_observations(plan, io.BytesIO(data.encode()), today=TODAY, defaults=ANNUAL)

    long = "编码,年份,数值\nI-05,2021,14间00\nI-05,203,1400\n"
    assert [row.cell for row in told(plan, long)] == ["C2", "B3"]


def test_two_readings_of_all_of_a_file_are_asked_about(plan):
    data = "component,2021,指\nI-05,1310.5,统\n".encode("gb18030")

    row = told(plan, data)[0]

    assert (row.state, "GB18030 读作“指”" in row.reason) == ("ask", True)
    assert of(told(plan, data, encoding="gb18030"), "new") == ["I-05 2021 1310.5"]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        # A caption over the last column, as yearbooks print it, is said of all columns.
        ("表,,,\n,,,单位：亿元\n指标,2020,2021,2022\nI-05,1,1310.5,3\n", "1310.5"),
        ("表,,,\n,,,单位：万元\n指标,2020,2022,2021\nI-05,1,2,13105000\n", "1310.5"),
        (",单位：万元\n年份,I-05\n2021,13105000\n", "1310.5"),
        (",计量单位： 万元\n指标,2021\nI-05,13105000\n", "1310.5"),
        ("单位：,万元\n指标,2021\nI-05,13105000\n", "1310.5"),
        # In the heading of the names
        ("指标（万元）,2021\nI-05,13105000\n", "1310.5"),
        ("年份（万元）,I-05\n2021,13105000\n", "1310.5"),
        ("指标（单位：万元）,年份,数值\nI-05,2021,13105000\n", "1310.5"),
        # In a column of units, whatever its heading
        ("年份,单位,I-05\n2021,万元,13105000\n", "1310.5"),
        ("指标,计量单位（人民币）,2021\nI-05,万元,13105000\n", "1310.5"),
        ("指标,数量单位,2021\nI-05,万元,13105000\n", "1310.5"),
        ("指标,量纲,2021\nI-05,（万元）,13105000\n", "1310.5"),
        ("指标,年份,数值,单位\nI-05,2021,13105000,万元\n", "1310.5"),
        ("指标,计算单位,2021\nI-05,人民币万元,13105000\n", "1310.5"),
        ("单位：人民币万元,\n指标,2021\nI-05,13105000\n", "1310.5"),
        ("指标,2021,2022,单位：万元\nI-05,13105000,2,\n", "1310.5"),
        ("编码,年份,数值,单位：万元\nI-05,2021,13105000,\n", "1310.5"),
        ("编码,年份,数值（万元）,单位\nI-05,2021,13105000,\n", "1310.5"),
        # Beside a name or a year
        ("指标,年份,数值\nI-05（万元）,2021,13105000\n", "1310.5"),
        ("单位：万元,,\n指标,年份,数值\nI-05,2021,13105000\n", "1310.5"),
        ("指标,2021年（万元）,2022年\nI-05,13105000,2\n", "1310.5"),
        ("指标,2021年（万元）\nI-05,13105000\n", "1310.5"),
    ],
)
def test_units_are_read_wherever_they_stand(plan, data, value):
    rows = told(plan, data)

    assert f"I-05 2021 {value}" in of(rows, "new")
    assert not of(rows, "refused", "ask")


@pytest.mark.parametrize(
    ("caption", "asked"),
    [
        ("单位：万元、家", "1310.5"),
        ("单位：万元/家", "1310.5"),
        ("单位：见表内", "13105000"),
        ("技术合同成交额（万元）", "1310.5"),
    ],
)
def test_a_unit_that_a_caption_leaves_open_is_asked_about(plan, caption, asked):
    for table in (
        "指标,2021\nI-05,13105000\n",
        "年份,I-05\n2021,13105000\n",
        "编码,年份,数值\nI-05,2021,13105000\n",
    ):
        rows = told(plan, f"{caption}\n{table}")

        assert of(rows, "new", "changed", "refused") == []
        assert of(rows, "ask") == [f"I-05 2021 {asked}"]


def test_a_caption_that_fits_asks_nothing(plan):
    rows = told(plan, "单位：亿元、家,\n指标,2021\nI-05,1310.5\nI-07,24700\n")

    assert of(rows, "new", "changed") == ["I-05 2021 1310.5", "I-07 2021 24700"]


def places(rows):
    return [(row.value, row.reason) for row in rows if row.state == "passed"]


def test_every_column_before_the_years_is_a_name_or_listed(plan):
    headings = [
        "2025F",
        "位次",
        "同比增速",
        "十三五末",
        "基期（2020年）",
        "填报人",
        "状态",
        "1月",
        "全年",
        "责任单位",
        "备考",
    ]
    data = f"指标,{','.join(headings)},2021\nI-05,{','.join('1' for _ in headings)},1310.5\n"

    rows = told(plan, data)

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert [row.cell for row in rows if row.state == "passed"] == [f"{column}1" for column in "BCDEFGHIJKL"]
    assert {"是计划数，不是已公布的数", "是增速一类的数，不是指标本身", PART_SAID} < {
        reason for _, reason in places(rows)
    }


def test_columns_behind_the_years_are_listed(plan):
    rows = told(plan, "指标,2021,填报人,状态,位次\nI-05,1310.5,张,approved,3\n")

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert [row.cell for row in rows if row.state == "passed"] == ["C1", "D1", "E1"]


@pytest.mark.parametrize(
    "data", ["指标,2021(1),2022（2）\nI-05,1310.5,1402\n", "年份,I-05\n2021(1),1310.5\n2022（2）,1402\n"]
)
def test_a_number_in_brackets_behind_a_year_is_asked_about(plan, data):
    rows = told(plan, data)

    assert of(rows, "ask") == ["I-05 2021 1310.5", "I-05 2022 1402"]
    assert "(1)" in rows[0].reason


@pytest.mark.parametrize(
    "data",
    [
        "序号,指标,2021\n1,公民具备科学素质的比例,21.3\n",
        ",指标,2021\n1.,公民具备科学素质的比例,21.3\n",
        "指标,责任单位,2021\n公民具备科学素质的比例,市科协,21.3\n",
        "牵头部门,位次,指标,2021\n市科协,3,公民具备科学素质的比例,21.3\n",
        "2021,序号,指标\n21.3,2,公民具备科学素质的比例\n",
    ],
)
def test_a_name_is_asked_about_once_whatever_number_or_office_stands_beside_it(plan, data):
    (row,) = [row for row in told(plan, data) if row.state == "ask"]
    assert "“公民具备科学素质的比例”是 I-08" in row.reason

    remember_names(plan, {"公民具备科学素质的比例": "I-08"})

    assert of(told(plan, data), "new") == ["I-08 2021 21.3"]


def test_names_may_stand_last(plan):
    rows = told(plan, "2021,2022,指标\n1310.5,1402.25,I-05\n1,2,常住人口\n")

    assert of(rows, "new") == ["I-05 2021 1310.5", "I-05 2022 1402.25"]
    assert [row.value for row in rows if row.state == "passed"] == ["常住人口"]


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ("序号,年份,I-05（亿元）\n1,2021,1310.5\n", "new"),
        ("序号,时间,I-05\n1,2021年,1310.5\n", "new"),
        ("I-05,年份\n1310.5,2021\n", "new"),
        ("地区,年份,I-05\n深圳,2021,1310.5\n", "new"),
        ("地区,年份,I-05\n南山区,2021,1310.5\n", "ask"),
    ],
)
def test_years_down_need_not_stand_first(plan, data, state):
    rows = told(plan, data)

    assert of(rows, state) == ["I-05 2021 1310.5"]
    assert {row.state for row in rows} <= {state, "passed"}


WEB_TABLE = "<table>{}<tr><th>指标<th>2021</tr><tr><td>I-05<td>{}</tr></table>"


@pytest.mark.parametrize(
    "page",
    [
        "<table><caption>单位：万元</caption><tr><th>指标<th>2021</tr><tr><td>I-05<td>13105000</tr></table>",
        "<p>统计表</p><p>单位：万元</p>" + WEB_TABLE.format("", 13105000),
        "<html><head><title>单位：万元</title></head><body>" + WEB_TABLE.format("", 13105000),
        "<div>单位：万元<br></div>" + WEB_TABLE.format("", 13105000),
        "<table><tr><td>单位：万元" + WEB_TABLE.format("", 13105000) + "</td></tr></table>",
        "<font>单位：万元</font>" + WEB_TABLE.format("", 13105000),
    ],
)
def test_what_a_page_says_above_a_table_holds_for_it(plan, page):
    rows = told(plan, page)

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert "单位：万元" in rows[0].value


@pytest.mark.parametrize(
    "page",
    [
        "<h1>2021年上半年</h1>" + WEB_TABLE.format("", 600),
        WEB_TABLE.format("<caption>2021年1-6月</caption>", 600),
        WEB_TABLE.format("", 600) + "<p>注：本表为上半年数</p>",
        "<table><tr><td>导航</td></tr></table><p>2021年上半年</p>" + WEB_TABLE.format("", 600),
    ],
)
def test_what_a_page_says_of_a_part_of_the_year_is_asked_about(plan, page):
    rows = told(plan, page)

    assert of(rows, "ask") == ["I-05 2021 600"]
    assert not of(rows, "new", "changed", "refused")


@pytest.mark.parametrize("words", ["快报", "快报数", "初步核算", "初步"])
def test_the_kind_of_a_figure_in_the_words_of_years(plan, words):
    data = f"编码,年份,数值,数据性质\nI-05,2021,1310.5,{words}\n"

    assert import_observations(plan, io.BytesIO(data.encode()), today=TODAY, defaults=ANNUAL).new == 1
    assert Observation.objects.get(component__code="I-05").value_status == "preliminary"


@pytest.mark.parametrize(
    ("heading", "status"),
    [
        ("2021 (prelim.)", "preliminary"),
        ("2021 (est.)", "estimated"),
        ("2021 rev.", "revised"),
        ("2021预计数", "estimated"),
    ],
)
def test_shortened_kinds_behind_a_year(plan, heading, status):
    data = f"编码,{heading}\nI-05,1400.5\n"
    import_observations(plan, io.BytesIO(data.encode()), today=TODAY, defaults=ANNUAL)

    assert Observation.objects.get(component__code="I-05").value_status == status


@pytest.mark.parametrize(
    "text", [">=26000", "≥26000", "达2.6万家", "已达到26000家", "<=26000", "共26000家", "不低于26000"]
)
def test_words_and_signs_of_bounds_are_all_asked_about(plan, text):
    assert of(told(plan, f"编码,2021\nI-07,{text}\n"), "ask") == ["I-07 2021 26000"]


def test_a_reading_is_offered_once(plan):
    def about(sheet):
        sheet["B2"].number_format = '"约"0.0'

    (row,) = told(plan, sheet([["编码", 2021], ["I-05", 1310.5]], about))

    assert row.state == "ask"
    assert "可作" not in row.reason


def test_a_format_that_hides_the_look_of_its_cells_says_so(plan):
    data = xlsb([["指标", "2021"], ["I-05", 1310.5], ["I-07", "21000"]])

    rows = told(plan, data)

    (row,) = [row for row in rows if "看不到单元格的格式" in row.reason]
    assert (row.state, row.value) == ("passed", ".xlsb")
    assert "另存为 .xlsx" in row.reason
    assert (of(rows, "new"), of(rows, "ask")) == (["I-05 2021 1310.5"], ["I-07 2021 21000"])
    with translation.override("en"):
        assert any("save it as .xlsx" in row.reason for row in told(plan, data))


@pytest.mark.parametrize("name", ["marked.ods", "marked.xls"])
def test_what_a_book_hides_strikes_out_or_raises_is_asked_about(plan, name):
    rows = told(plan, (TABLES / name).read_bytes())

    assert not [row for row in rows if "看不到" in row.reason]
    asked = " ".join(row.reason for row in rows if row.state == "ask")
    assert all(said in asked for said in ("上标", "划掉", "显示为“1310.5”", "隐藏或筛掉"))


def test_a_formula_of_an_array_without_a_result_is_called_one(plan):
    def change(sheet):
        sheet["B2"] = ArrayFormula("B2", "=SUM(A1:A1)")

    (row,) = told(plan, sheet([["编码", 2021], ["I-05", None]], change))

    assert (row.state, "数组公式" in row.reason) == ("refused", True)


@pytest.mark.parametrize(
    "data",
    [
        "2024年,,\n指标,上半年,全年\nI-05,700,1400.5\n",
        "主要指标,,\n2024年,,\n指标,全年,上半年\nI-05,1400.5,700\n",
        "2024年,,,\n指标,单位,上半年,全年\nI-05,亿元,700,1400.5\n",
    ],
)
def test_a_year_above_its_parts(plan, data):
    rows = told(plan, data)

    assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2024 1400.5"]
    assert "2024年 上半年" in [row.value for row in rows if row.reason == PART_SAID]
    assert "这一列没有列名" not in {row.reason for row in rows}


def test_parts_without_a_year_are_no_figures(plan):
    rows = told(plan, "指标,上半年,全年\nI-05,700,1400.5\n")

    assert {row.state for row in rows} == {"refused"}


def test_the_command_says_what_it_passes_over(plan, tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text("指标,2021,位次\n技术合同成交额,1310.5,3\n常住人口,1768,1\n")
    said = {"source": "统计年鉴", "released_on": "2024-12-01", "status": "final"}

    call_command("import_observations", file, plan=plan.slug, dry_run=True, **said)

    out = capsys.readouterr().out
    assert "略过 / passed over 2" in out
    assert "C1" in out
    assert "常住人口" in out


@pytest.mark.parametrize(
    "data",
    [
        "指标,单位,2021,单位,2022\nI-05,亿元,1310.5,万元,14022500\n",
        "指标,单位,2021年（万元）\nI-05,亿元,1310.5\n",
        "指标,单位,2021年\nI-05（万元）,亿元,1310.5\n",
        "编码,年份,数值（万元）,单位\nI-05,2021,1310.5,亿元\n",
    ],
)
def test_units_that_contradict_each_other_are_asked_about(plan, data):
    rows = told(plan, data)

    assert "I-05 2021 1310.5" in of(rows, "ask")
    assert not of(rows, "new", "changed", "refused")


@pytest.mark.parametrize("sign", ["-", "/", "'", " ", "，", "（"])
def test_a_cell_of_twenty_thousand_signs_costs_no_worker_its_day(plan, sign):
    """Patterns for years, names and units tried every way through it; a longer text than any of them is none."""
    long = sign * 20_000

    with costs_at_most(5):
        told(plan, f"指标,2021,甲{long}\nI-05,1,2\n")
        told(plan, f"甲{long}\n指标,2021\nI-05,1\n")
        told(plan, f"指标,2021\n甲{long}乙,1\n{long}乙,\nI-05,3\n")


@pytest.mark.parametrize(
    "page",
    [
        "<!---->" * 60 + "x",
        "<html><![foo <table>",
        f"<html><style>{'a' * 400_000}</style><table><tr><th>x</th></tr></table>",
        f"<html><style>.a{{{'x:y;' * 100_000}}}</style><table><tr><td class='{'a ' * 1000}'>1</td></tr></table>",
    ],
    ids=["comments", "declaration", "sheet", "classes"],
)
def test_a_page_meant_to_keep_its_reader_busy_is_read_or_refused_at_once(plan, page):
    with costs_at_most(5), contextlib.suppress(BrokenFile):
        told(plan, page)


def test_a_style_of_tags_within_others_is_asked_about(plan):
    page = (
        "<html><style>td.s span, td.t em{text-decoration:line-through}</style><table><tr><th>指标<th>2021</tr>"
        "<tr><td>I-05<td class=s><span>1600</span>1700</tr></table></html>"
    )
    rows = told(plan, page)

    assert of(rows, "new", "changed") == []
    assert [row.value for row in rows if row.state == "ask"] == ["1700"]


@pytest.mark.breadth
@pytest.mark.parametrize(
    "label",
    [
        "2021-2025年均",
        "2021—2025年累计",
        "十四五累计",
        "“十四五”时期",
        "十四五期间年均",
        "五年平均",
        "五年合计",
        "5年累计",
        "年均",
    ],
)
def test_several_years_are_said_to_be_that_wherever_they_stand(plan, label):
    tables = [
        f"指标,2024,{label}\nI-05,1400.5,7000\n",
        f"年份,I-05\n2024,1400.5\n{label},7000\n",
        f"指标,年份,数值\nI-05,2024,1400.5\nI-05,{label},7000\n",
    ]
    for data in tables:
        rows = told(plan, data)
        assert of(rows, "new", "ask", "refused", "changed") == ["I-05 2024 1400.5"], data
        assert [reason for _value, reason in places(rows)] == ["是几年合计或平均的数"], data


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2021年（基期）", "2021 final"),
        ("2020年（十三五末）", "2020 final"),
        ("2021年（修订后）", "2021 revised"),
        ("2021年调整后", "2021 revised"),
    ],
)
def test_what_a_plan_calls_a_year_makes_no_other_of_it(plan, label, said):
    import_observations(plan, io.BytesIO(f"编码,{label}\nI-05,1400.5\n".encode()), today=TODAY, defaults=ANNUAL)

    row = Observation.objects.get(component__code="I-05")
    assert f"{row.year} {row.value_status}" == said


def test_years_of_two_digits_alone_are_refused_as_such(plan):
    rows = told(plan, "指标,’21,'22\nI-05,1310.5,1402.25\n")

    assert ["年份只写了两位" in row.reason for row in rows] == [True, True, False, False]


@pytest.mark.parametrize("text", ["1’310.5", "1'310.5", "1 310.5", "１，３１０．５", "1，310.5"])
def test_thousands_are_parted_by_whatever_an_office_uses(plan, text):
    assert of(told(plan, sheet([["编码", 2021], ["I-05", text]])), "new") == ["I-05 2021 1310.5"]


@pytest.mark.parametrize("text", ["1’31.5", "13’10.5"])
def test_marks_in_other_places_part_no_thousands(plan, text):
    (row,) = told(plan, sheet([["编码", 2021], ["I-05", text]]))

    assert (row.state, "千分位" in row.reason) == ("refused", True)


@pytest.mark.parametrize("text", ["(1310.5)", "（1,310.5）", "（1310.5亿元）"])
def test_a_number_in_brackets_may_be_below_zero(plan, text):
    (row,) = told(plan, sheet([["编码", 2021], ["I-05", text]]))

    assert (row.state, row.value) == ("ask", "-1310.5")
    assert "可作 -1310.5、1310.5" in row.reason


def test_words_below_years_that_nobody_knows_are_asked_about_by_column(plan):
    rows = told(plan, "指标,2021年,,\n,企业数,营业收入,南山区\nI-05,20,1310.5,21\n")

    assert of(rows, "ask") == ["I-05 2021 20", "I-05 2021 1310.5", "I-05 2021 21"]
    assert not of(rows, "new", "changed", "refused")
    assert [word in row.reason for row, word in zip(rows[1:], ("企业数", "营业收入", "南山区"), strict=True)] == [
        True
    ] * 3


def test_the_city_among_its_districts_below_a_year_is_read(plan):
    rows = told(plan, "指标,2021年,,2022年,\n,南山区,全市,南山区,全市\nI-05,20,1310.5,21,1402.25\n")

    assert of(rows, "new") == ["I-05 2021 1310.5", "I-05 2022 1402.25"]
    assert of(rows, "ask") == ["I-05 2021 20", "I-05 2022 21"]


def test_two_columns_of_one_year_name_each_other(plan):
    rows = told(plan, "编码,2021（初步）,2021（最终核实）\nI-05,1310.5,1400\n")

    assert [(row.state, row.cell) for row in rows] == [("new", "B2"), ("refused", "C2")]
    assert "与 B2 同是" in rows[1].reason


@pytest.mark.parametrize(
    "name", ["全社会R&D投入占GDP比重", "全社会研究与试验发展投入占GDP比重", "R＆D经费占国内生产总值比重（%）"]
)
def test_an_indicator_in_the_words_of_other_offices_is_asked_about(plan, name):
    (row,) = told(plan, sheet([["指标", 2021], [name, 5.49]]))

    assert (row.state, row.component) == ("ask", "I-01")


def test_a_word_that_an_indicator_ends_in_is_not_the_indicator(plan):
    assert [row.state for row in told(plan, "指标,2021\nGDP,30000\n")] == ["passed"]


def test_a_hidden_sheet_is_listed(plan):
    def hide(first):
        other = first.parent.create_sheet("旧数")
        other.append(["指标", 2020])
        other.sheet_state = "hidden"

    rows = told(plan, sheet([["编码", 2021], ["I-05", 1310.5]], hide))

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert [(row.sheet, "隐藏" in row.reason) for row in rows if row.state == "passed"] == [("旧数", True)]


def test_a_format_that_says_estimated_is_asked_about(plan):
    def estimated(sheet):
        sheet["B2"].number_format = '0.0"（预计）"'

    (row,) = told(plan, sheet([["编码", 2021], ["I-05", 1310.5]], estimated))

    assert (row.state, "预计" in row.reason) == ("ask", True)


@pytest.mark.parametrize(("start", "kind"), [(b"%PDF-1.7\n1 0 obj\n", "PDF"), (b"{\\rtf1\\ansi x}", "RTF")])
def test_a_document_is_called_one(plan, start, kind):
    (row,) = told(plan, start)

    assert (row.state, f"是 {kind} 文件" in row.reason) == ("refused", True)


def test_a_word_file_is_called_one(plan):
    out = io.BytesIO()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    with zipfile.ZipFile(out, "w") as made:
        override = f"<Override PartName='/word/document.xml' ContentType='{kind}'/>"
        made.writestr("[Content_Types].xml", f"<Types xmlns='{types}'>{override}</Types>")
        made.writestr("word/document.xml", "<x/>")
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        way = f"<Relationship Id='r1' Type='{office}' Target='word/document.xml'/>"
        packed = "http://schemas.openxmlformats.org/package/2006/relationships"
        made.writestr("_rels/.rels", f"<Relationships xmlns='{packed}'>{way}</Relationships>")

    (row,) = told(plan, out.getvalue())

    assert "是 Word 文件" in row.reason


def test_a_figure_with_its_growth_behind_it_is_no_heading(plan):
    rows = told(plan, "指标,2021\nI-05,1310.5（增长10%）\nI-07,21000\n")

    assert [(row.state, row.cell) for row in rows] == [("refused", "B2"), ("changed", "B3")]


def test_a_row_whose_name_stands_above_says_what_to_do(plan):
    rows = told(plan, "指标,年份,数值\nI-05,2021,1310.5\n,2022,1402.25\n")

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert [(row.state, "请逐行填上" in row.reason) for row in rows[1:]] == [("refused", True)]


@pytest.mark.parametrize(
    "data",
    [
        "科技指标, 2021—2022\n指标\t2021\t2022\nI-05\t1310.5\t1402.25\n",
        "指标|2021|2022\nI-05|1310.5|1402.25\n",
        "指标，2021，2022\nI-05，1310.5，1402.25\n",
        "指标;2021;2022\nI-05;1310.5;1402.25\n",
        "指标,2021,2022\nI-05,1310.5,1402.25\n",
    ],
)
def test_cells_are_parted_by_what_most_lines_have_in_a_file_and_a_paste(plan, data):
    cells = read_pasted(data, plan, Component.objects.of(plan))

    assert of(told(plan, data), "new") == ["I-05 2021 1310.5", "I-05 2022 1402.25"]
    assert [(cell.year, cell.text) for cell in cells if not cell.fault] == [(2021, "1310.5"), (2022, "1402.25")]


@pytest.mark.parametrize("heading", ["2021年〔预计〕", "2021「预计」", "2021[注]", "2021（注）", "2021年【快报】"])
def test_brackets_of_every_kind_stand_behind_a_year(plan, heading):
    assert of(told(plan, f"编码,{heading}\nI-05,1400.5\n"), "new") == ["I-05 2021 1400.5"]


def test_a_table_without_rows_says_so(plan):
    assert [(row.state, row.reason) for row in told(plan, "指标,2021\n")] == [("passed", "列名下面没有数据")]


@pytest.mark.parametrize(
    "text",
    [
        "2021年科技指标,,\n指标,单位,数值\n技术合同成交额,亿元,1310.5\n",
        "2021年,\n地区,技术合同成交额（亿元）\n全市,1310.5\n",
    ],
)
def test_the_year_of_a_title_is_asked_about(plan, text):
    rows = told(plan, text)
    pasted = [
        cell for cell in read_pasted(text.replace(",", "\t"), plan, Component.objects.of(plan)) if not cell.fault
    ]

    assert of(rows, "ask") == ["I-05 2021 1310.5"]
    assert "按标题或表名算是 2021 年：对吗？" in next(row.reason for row in rows if row.state == "ask")
    assert not of(rows, "refused", "new")
    assert [(cell.row, cell.column, cell.doubts) for cell in pasted] == [
        ("I-05", "2021", (("year_of_title", {"year": 2021}),))
    ]

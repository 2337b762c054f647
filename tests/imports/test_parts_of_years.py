"""Figures of a part of a year are never taken for the year's: taken, asked about or listed, with the reason."""

import io
import re
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.files.importing import tell
from indicators.files.spells import kind_of, spoken_of
from indicators.files.years import read_label
from tables.badcell import BadCell
from tests.imports.test_layouts import ANNUAL, PART_SAID, TODAY, of, sheet, told


def words(text):
    return text.split()


WHOLE = words(
    """2024 2024年 ２０２４年 二〇二四年 2024年度 2024年末 2024年底 2024年年底 2024年年末 2024年期末 2024期末
    2024年终 2024年全年 2024年全年累计 2024年1-12月 2024年1—12月累计 2024年1至12月 2024年1月～12月
    2024年一至四季度 2024年1-4季度 2024年12月末 2024年12月31日 2024-12-31 2024/12/31 20241231 2024年全年（初步）
    2024年1-12月快报 2024年(终) FY2024 全年2024 2024.0 2024①"""
)
PARTS = words(
    """2024年初 2024年初数 2024年期初 2024年中 2024-06 2024-6 2024.6 2024/06 202406 2024年6月 2024年06月 2024年十月
    2024年1—6月累计 2024年1－6月 2024年1～9月 2024年1至6月 2024年1月-6月 2024年1-11月 Jun-24 24-Jun Sep-2024
    2024Sep Q1/2024 Q32024 2024Q1 2024-Q1 1Q24 24Q1 Q1'24 1H2024 24H1 2024H1 H12024 2024年上半 2024年上半年
    24年上半年 2024上半年度 1-9月2024年 １－９月２０２４年 ２０２４Ｑ１ 2024年Ⅰ季度 2024年第一季度 2024一季度
    一季度2024 2024年前三季度 2024年四季度 2024年12月 12月2024 2024年6月末 2024年6月30日 2024-06-30 20240630
    2024M6 2024年前9个月 2024年半年报 2024年一季报 2024年上旬 2024年上 2024下"""
)
OPEN = words("""2024初 2024年累计 2024年合计 2024年平均 2024年四季度累计 2024年12月累计 2024YTD 2024年本期""")
# Several years, or nobody knows whether they are.
YEARS = words("""2005-10 2021-2025 2021-25 2021—2025年 2021年至2025年 2023/24 2021-2025年均""")


@pytest.mark.parametrize("label", WHOLE)
def test_a_whole_year_is_a_year_however_it_is_written(label):
    assert read_label(label, last=2035).year == 2024


@pytest.mark.parametrize(
    ("label", "codes"),
    [(label, {"sub_annual"}) for label in PARTS]
    + [(label, {"part_unclear"}) for label in OPEN]
    + [(label, {"year_span", "part_or_years"}) for label in YEARS],
)
def test_what_is_no_year_says_why(label, codes):
    with pytest.raises(BadCell) as caught:
        read_label(label, last=2035)
    assert caught.value.code in codes


def test_the_beginning_of_a_year_is_no_preliminary_figure():
    assert read_label("2024年（初）", last=2035).status == "preliminary"
    assert read_label("2024初步", last=2035).status == "preliminary"
    assert read_label("2024年（终）", last=2035).status == "final"
    assert read_label("2024年终", last=2035).status == ""


months = st.integers(1, 12)
DASH = st.sampled_from(["-", "—", "–", "～", "~", "至", "－", " - "])
TAIL = st.sampled_from(["", "累计", "合计", "份", "数"])
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@given(months, months, DASH, TAIL, st.booleans(), st.booleans(), st.integers(1990, 2030))
def test_months_are_a_year_only_from_the_first_to_the_last(first, last, dash, tail, wide, behind, year):
    spell = f"{first}{dash}{last}月{'' if tail == '份' and behind else tail}"
    label = f"{spell}{year}年" if behind else f"{year}年{spell}"
    label = label.translate(WIDE) if wide else label
    if first == 1 and last == 12:
        assert read_label(label, last=2035).year == year
    else:
        with pytest.raises(BadCell) as caught:
            read_label(label, last=2035)
        assert caught.value.code in ("sub_annual", "part_unclear")


@given(st.text("0123456789年月季度上下半初中末全前一二三四-—至QH／（）累计 ", max_size=12))
def test_a_label_is_a_year_or_says_why_it_is_none(text):
    for label in (f"2024{text}", f"{text}2024"):
        with suppress(BadCell):
            found = read_label(label, last=2035)
            left = re.sub(r"12月|四季度", "", text)
            assert found.whole or not re.search(r"[季半上下QH]|\d月", left)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("全年", "whole"), ("1—12月", "whole"), ("年末", "whole"), ("上半年", "part"), ("一季度", "part")]
    + [("1-9月", "part"), ("Q3", "part"), ("6月份", "part"), ("累计", "unclear"), ("本期", "unclear")]
    + [("总量", ""), ("技术合同成交额", ""), ("2024", ""), ("亿元", "")],
)
def test_words_of_parts_of_a_year(text, kind):
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("深圳市2024年上半年主要科技指标", "上半年"),
        ("2024年1-9月统计快报", "1-9月"),
        ("前三季度科技运行情况", "前三季度"),
        ("2024年Q2", "Q2"),
        ("2024年1—12月统计月表", ""),
        ("2024年统计年鉴（2025年9月出版）", ""),
        ("2024年国民经济和社会发展统计公报（2025年4月20日）", ""),
    ],
)
def test_titles_speak_of_parts_of_a_year(title, said):
    assert spoken_of(title) == said


# Layouts


def merge(*cells):
    def change(sheet):
        for cell in cells:
            sheet.merge_cells(cell)

    return change


def listed(rows):
    return [row.value for row in rows if row.state == "passed"]


QUARTERS = ["一季度", "上半年", "前三季度", "全年"]


def test_quarters_below_their_year(plan):
    lines = [
        ["指标", "2024年", None, None, None],
        [None, *QUARTERS],
        ["技术合同成交额", 300, 700, 1000, 1400.5],
    ]

    for data in (sheet(lines, merge("A1:A2", "B1:E1")), sheet(lines)):
        rows = told(plan, data)
        assert of(rows, "new", "ask", "changed") == ["I-05 2024 1400.5"]
        assert [row.cell for row in rows if row.state == "passed"][:3] == ["B1", "C1", "D1"]


def test_three_heading_rows(plan):
    lines = [
        ["指标", "2024年", None, None, None],
        [None, "上半年", None, "全年", None],
        [None, "总量", "增速", "总量", "增速"],
        ["技术合同成交额", 700, 5, 1400.5, 6],
    ]

    rows = told(plan, sheet(lines, merge("B1:E1", "B2:C2", "D2:E2")))

    assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2024 1400.5"]


@pytest.mark.parametrize("names", [["指标", "单位"], ["", ""]])
def test_parts_of_years_above_their_years(plan, names):
    lines = [
        [*names, "上半年", None, "全年", None],
        ["指标" if not names[0] else None, "单位" if not names[1] else None, 2023, 2024, 2023, 2024],
        ["技术合同成交额", "亿元", 600, 700, 1300, 1400.5],
    ]

    for data in (sheet(lines, merge("C1:D1", "E1:F1")), sheet(lines)):
        rows = told(plan, data)
        assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2023 1300", "I-05 2024 1400.5"]


def test_growth_above_its_years(plan):
    lines = [
        ["指标", "单位", "总量", None, "比上年增长（%）", None],
        [None, None, 2023, 2024, 2023, 2024],
        ["技术合同成交额", "亿元", 1300, 1400.5, 9, 8],
    ]

    rows = told(plan, sheet(lines, merge("C1:D1", "E1:F1")))

    assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2023 1300", "I-05 2024 1400.5"]


@pytest.mark.parametrize("heading", ["季度", "时期", "期间", "月份", "频率", "报告期", "", "口径"])
def test_years_down_with_a_column_of_parts(plan, heading):
    lines = [["年份", heading, "技术合同成交额"], *([2024, part, 100 * n] for n, part in enumerate(QUARTERS, 1))]

    rows = told(plan, sheet([*lines, [2023, "全年", 1300]]))

    assert of(rows, "new", "changed", "refused") == ["I-05 2024 400", "I-05 2023 1300"]
    assert of(rows, "ask") == []
    assert set(QUARTERS[:3]) <= set(listed(rows))


def test_parts_below_an_indicator_with_years_down(plan):
    lines = [
        ["年份", "技术合同成交额", None],
        [None, "上半年", "全年"],
        [2023, 600, 1300],
        [2024, 700, 1400.5],
    ]

    for data in (sheet(lines, merge("A1:A2", "B1:C1")), sheet(lines)):
        rows = told(plan, data)
        assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2023 1300", "I-05 2024 1400.5"]


@pytest.mark.parametrize("heading", ["时期", "季度", "期间", "", "备考"])
def test_years_across_with_a_column_of_parts(plan, heading):
    lines = [
        ["指标", heading, "2023年", "2024年"],
        ["技术合同成交额", "上半年", 600, 700],
        ["技术合同成交额", "全年", 1300, 1400.5],
    ]

    rows = told(plan, sheet(lines))

    assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2023 1300", "I-05 2024 1400.5"]
    assert "上半年" in listed(rows)


def test_a_part_in_the_name_of_a_row(plan):
    rows = told(plan, "指标,2024\n技术合同成交额（1-6月）,700\n技术合同成交额增速,5\n技术合同成交额,1400.5\n")

    assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2024 1400.5"]
    assert listed(rows) == ["技术合同成交额(1-6月)", "技术合同成交额增速"]


LONG = "编码,年份,{},数值\n"


@pytest.mark.parametrize("heading", ["季度", "时期", "月份", "频率", "半年", "统计期"])
def test_one_figure_a_row_with_a_column_of_parts(plan, heading):
    cells = [("上半年", 700), ("1-12月", 1400.5), ("6", 90), ("Ⅱ季度", 200)]
    data = LONG.format(heading) + "".join(f"I-05,2024,{part},{value}\n" for part, value in cells)

    rows = told(plan, data)

    assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2024 1400.5"]
    assert {row.reason for row in rows if row.state == "passed"} == {PART_SAID}


def test_an_empty_or_unclear_part_is_asked_about(plan):
    rows = told(plan, LONG.format("季度") + "I-05,2024,,1400.5\nI-05,2023,合计,1300\n")

    assert of(rows, "ask") == ["I-05 2024 1400.5", "I-05 2023 1300"]
    assert [row.reason for row in rows] == [
        "“季度”一列空着：这个数是全年的吗？",
        "“季度”一列写着“合计”：这个数是全年的吗？",
    ]


def test_a_period_is_the_year_where_nothing_else_is(plan):
    data = "编码,时期,数值\nI-05,2023年,1300\nI-05,2024年上半年,700\nI-05,2024Q3,900\nI-05,三季度,1\n"

    rows = told(plan, data)

    assert of(rows, "new", "ask", "changed", "refused") == ["I-05 2023 1300"]
    assert len(listed(rows)) == 3


@pytest.mark.parametrize(
    "data",
    [
        "深圳市2024年上半年主要科技指标,\n指标,2024年\n技术合同成交额,700\n",
        "深圳市2024年上半年主要科技指标,\n年份,技术合同成交额\n2024,700\n",
        "深圳市2024年上半年主要科技指标,,\n编码,年份,数值\nI-05,2024,700\n",
        "指标（1-6月）,2024年\n技术合同成交额,700\n",
        "编码,年份,数值（上半年）\nI-05,2024,700\n",
    ],
)
def test_a_title_that_speaks_of_a_part_is_asked_about(plan, data):
    rows = told(plan, data)

    assert of(rows, "new", "changed", "refused") == []
    assert of(rows, "ask") == ["I-05 2024 700"]
    assert "这个数是全年的吗" in next(row.reason for row in rows if row.state == "ask")


def test_a_heading_that_says_all_of_the_year_is_believed_against_the_title(plan):
    rows = told(plan, "2024年上半年及全年,,\n指标,2024年上半年,2024年全年\n技术合同成交额,700,1400.5\n")

    assert of(rows, "new", "ask") == ["I-05 2024 1400.5"]
    assert [row.state for row in rows if row.component] == ["new"]


def test_the_name_of_a_sheet_is_a_title(plan):
    def name(sheet):
        sheet.title = "2024年上半年"

    assert of(told(plan, sheet([["编码", 2024], ["I-05", 700]], name)), "new", "ask") == ["I-05 2024 700"]
    assert told(plan, sheet([["编码", 2024], ["I-05", 700]], name))[-1].state == "ask"


@pytest.mark.parametrize(
    "data",
    [
        "日期,技术合同成交额\n2024-03-31,300\n2024-06-30,700\n2024-09-30,1000\n2024-12-31,400\n",
        "编码,2024-01-01,2024-02-01,2024-03-01\nI-05,90,95,99\n",
        "指标,2024-03-31,2024-06-30,2024-09-30,2024-12-31\nI-05,100,200,300,400\n",
        sheet([["指标", *(date(2024, m, 30) for m in (3, 6, 9)), date(2024, 12, 31)], ["I-05", 1, 2, 3, 400]]),
        "编码,年份,数值\nI-05,2024-09-30,1000\nI-05,2024-12-31,400\n",
    ],
)
def test_the_last_day_of_a_year_among_other_days_is_asked_about(plan, data):
    rows = told(plan, data)

    assert of(rows, "new", "changed", "refused") == []
    assert len(of(rows, "ask")) == 1


def test_days_of_years_alone_are_their_years(plan):
    rows = told(plan, "时间,技术合同成交额\n2023-12-31,1300\n2024-12-31,1400.5\n")

    assert of(rows, "new", "changed") == ["I-05 2023 1300", "I-05 2024 1400.5"]


def test_cells_without_a_heading_are_listed_in_a_table_of_one_figure_a_row(plan):
    rows = told(plan, sheet([["编码", "年份", "数值"], ["I-05", 2024, 1400.5, "口径有变"], ["I-05", 2023, 1300]]))

    assert of(rows, "new") == ["I-05 2024 1400.5", "I-05 2023 1300"]
    assert [(row.cell, row.value) for row in rows if row.state == "passed"] == [("D2", "口径有变")]


def test_rows_without_a_figure_are_listed_in_a_table_of_one_figure_a_row(plan):
    data = io.BytesIO("编码,年份,数值\nI-05,2024,1400.5\nI-07,2024,\n小计,,\n".encode())

    rows = list(tell(plan, data, today=TODAY, defaults=ANNUAL))

    assert [(row.row, row.state, row.reason) for row in rows[1:]] == [
        (3, "passed", "这一行没有数"),
        (4, "passed", "这一行没有数"),
    ]


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        ("指标,2024年,\n,计划,实际\n技术合同成交额,1300,1400.5\n", ["I-05 2024 1400.5"]),
        (
            "指标,单位,目标,,实际,\n,,2023,2024,2023,2024\n技术合同成交额,亿元,1,2,1310,1410\n",
            ["I-05 2023 1310", "I-05 2024 1410"],
        ),
        ("指标,2023,指标,2024\n技术合同成交额,1300,国家级高新技术企业数量,24700\n", ["I-05 2023 1300"]),
        ("年份,技术合同成交额,年份,国家级高新技术企业数量\n2023,1300,2024,24700\n", ["I-05 2023 1300"]),
    ],
)
def test_what_is_planned_or_of_another_table_is_listed(plan, data, taken):
    rows = told(plan, data)

    assert of(rows, "new", "changed", "ask", "refused") == taken
    assert {"是计划数，不是已公布的数", "右边并排的另一张表没有读；请另存为一张"} & {
        row.reason for row in rows if row.state == "passed"
    }


@pytest.mark.parametrize(
    "data",
    [
        "指标,地区,2024\n技术合同成交额,全国,61000\n技术合同成交额,深圳,1400.5\n",
        "年份,地区,技术合同成交额\n2024,全国,61000\n2024,深圳市,1400.5\n",
        "年份,行业,技术合同成交额\n2024,电子信息,610\n",
        "主要指标增速（%）,\n指标,2024\n技术合同成交额,7.7\n",
        "2025年计划目标,\n指标,2024\n技术合同成交额,1500\n",
        "2021—2025年年均,\n指标,2024\n技术合同成交额,1500\n",
        "指标,2024\n技术合同成交额,700\n注：本表数据为上半年数,\n",
        "编码,年份,数值\nI-05,2024,700\n注：本表为1-6月数,,\n",
    ],
)
def test_what_may_be_of_something_else_is_asked_about(plan, data):
    rows = told(plan, data)

    asked = of(rows, "ask")
    assert len(asked) == 1
    assert of(rows, "new", "changed", "refused") == (["I-05 2024 1400.5"] if "深圳" in data else [])


def test_columns_that_nobody_reads_make_no_doubt(plan):
    data = "编码,年份,数值\nI-05,2024,1400.5\n注：2024年一季度起调整口径,,\n"

    assert of(told(plan, data), "new") == ["I-05 2024 1400.5"]


@pytest.mark.parametrize("heading", ["上半年", "一、1-6月", "计划", "比上年增长（%）", "2024年上半年", "全年计划"])
def test_rows_below_a_heading_of_a_part_are_passed_over_until_the_next(plan, heading):
    tables = [
        f"指标,2024\n{heading},\nI-05,600\n全年,\nI-07,24700\n",
        f"年份,I-05,I-07\n{heading},,\n2024,600,\n全年,,\n2024,,24700\n",
        f"指标,年份,数值\n{heading},,\nI-05,2024,600\n全年,,\nI-07,2024,24700\n",
    ]
    for data in tables:
        rows = told(plan, data)
        assert of(rows, "new", "changed", "ask", "refused") == ["I-07 2024 24700"]


@pytest.mark.parametrize("heading", ["广州市", "南山区", "全国", "一季度数", "经济增长", "目标任务安排"])
def test_rows_below_a_heading_of_something_else_are_not_taken(plan, heading):
    for data in (f"指标,2024\n{heading},\nI-05,600\n", f"年份,I-05\n{heading},\n2024,600\n"):
        assert not of(told(plan, data), "new", "changed", "refused")


def test_an_unknown_heading_within_a_part_leaves_it_open(plan):
    rows = told(plan, "指标,2024\n上半年,\n一、创新,\nI-05,600\n深圳市,\nI-07,24700\n")

    assert of(rows, "ask") == ["I-05 2024 600"]
    assert of(rows, "new", "changed") == ["I-07 2024 24700"]


@pytest.mark.parametrize("heading", ["一、创新能力", "大型科学仪器设备使用率、开放率", "全市", "总量", "总计"])
def test_other_headings_make_no_doubt(plan, heading):
    assert of(told(plan, f"指标,2024\n{heading},\nI-05,600\n"), "new") == ["I-05 2024 600"]


@pytest.mark.parametrize(
    "data",
    [
        "年份,I-05,备注\n2024,100,上半年\n",
        "编码,年份,数值,备注\nI-05,2024,100,上半年数\n",
        "编码,年份,数值,说明\nI-05,2024,100,为1-6月数\n",
        "指标,2024,备注\nI-05,100,累计\n",
    ],
)
def test_a_note_that_speaks_of_a_part_is_asked_about(plan, data):
    rows = told(plan, data)

    assert of(rows, "ask") == ["I-05 2024 100"]
    assert not of(rows, "new", "changed")


@pytest.mark.parametrize(
    "data",
    [
        ",南山区,\n指标,2023,2024\nI-05,100,200\n",
        ",电子信息,生物医药\n指标,2023,2024\nI-05,100,200\n",
        "指标,2023,2024\n,南山区,福田区\nI-05,100,200\n",
        ",南山区\n年份,I-05\n2023,100\n2024,200\n",
    ],
)
def test_other_places_over_columns_are_asked_about(plan, data):
    rows = told(plan, data)

    assert of(rows, "ask") == ["I-05 2023 100", "I-05 2024 200"]
    assert not of(rows, "new", "changed", "refused")


def test_periods_and_captions_over_columns_ask_nothing(plan):
    data = ",十三五时期,十四五时期\n指标,2020,2024\nI-05,100,200\n"

    assert of(told(plan, data), "new", "changed", "ask") == ["I-05 2020 100", "I-05 2024 200"]
    assert not of(told(plan, data), "ask")


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ("编码,年份,数值\nI-05,2024,1400.5\n注：甲,乙\n", "注：甲 乙"),
        ("编码,年份,数值\nI-05,2024,1400.5\n注：甲,乙,丙,丁\n", "注：甲 乙 丙 丁"),
        ("指标,2024,2023\nI-05,1400.5\n注：,甲,乙\n", "注： 甲 乙"),
        ("年份,I-05\n2024,1400.5\n资料来源：甲,乙\n", "资料来源：甲 乙"),
    ],
)
def test_a_footnote_with_commas_is_a_footnote(plan, data, note):
    rows = told(plan, data)

    assert of(rows, "new") == ["I-05 2024 1400.5"]
    assert [(row.value, row.reason) for row in rows[1:]] == [(note, "表下的注释")]


@pytest.mark.parametrize("name", ["*I-05", "*技术合同成交额", "※I-05"])
def test_a_star_before_a_name_makes_no_footnote_of_its_figures(plan, name):
    assert of(told(plan, f"指标,2024\n{name},1400.5\n*初步数,\n"), "new") == ["I-05 2024 1400.5"]


def test_names_that_begin_like_a_footnote_are_said_to_be_no_indicator(plan):
    rows = told(plan, "指标,2024\n注册商标数,突破2.6万件\n资料馆数,3\nI-05,1400.5\n")

    assert [row.reason for row in rows if row.state == "passed"] == [
        "本规划没有叫“注册商标数”的指标",
        "本规划没有叫“资料馆数”的指标",
    ]


def test_a_second_table_below_words_of_a_part_is_asked_about(plan):
    across = told(plan, "指标,2024\nI-05,1310.5\n\n上半年,\n指标,2023\nI-05,600\n")
    down = told(plan, "年份,I-05\n2024,1310.5\n上半年,\n年份,I-05\n2023,600\n")

    for rows in (across, down):
        assert of(rows, "new") == ["I-05 2024 1310.5"]
        assert of(rows, "ask") == ["I-05 2023 600"]


@pytest.mark.parametrize(
    "data",
    [
        "市,指标,2024\n广州,I-05,100\n",
        ",指标,2024\n广州市,I-05,100\n",
        "范围,指标,2024\n南山区,I-05,100\n",
        "省份,年份,I-05\n广东省,2024,100\n",
        "年份,备考,I-05\n2024,南山区,100\n",
    ],
)
def test_another_place_beside_a_name_is_asked_about(plan, data):
    rows = told(plan, data)

    assert of(rows, "ask") == ["I-05 2024 100"]
    assert of(told(plan, data.replace("广州", "深圳").replace("南山区", "全市").replace("广东省", "深圳")), "new")


def test_a_note_of_since_when_something_holds_is_no_doubt(plan):
    assert of(told(plan, "指标,2024,备注\nI-05,100,自一季度起口径调整\n"), "new") == ["I-05 2024 100"]


def test_another_place_without_a_heading_is_asked_about_in_a_table_of_one_figure_a_row(plan):
    rows = told(
        plan, sheet([["编码", "年份", "数值"], ["I-05", 2024, 100, "南山区"], ["I-07", 2024, 24700, "深圳市"]])
    )

    assert of(rows, "ask") == ["I-05 2024 100"]
    assert of(rows, "new", "changed") == ["I-07 2024 24700"]

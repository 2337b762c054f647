"""Tables as statistics offices print them: what stands below, between and above their figures counts."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from desk.grid import read_pasted
from desk.imports import batches
from indicators.models import Component, Observation
from indicators.services import import_observations, remember_names
from plan.models import Item, Plan
from tests.factories import make_component, make_person
from tests.imports.test_layouts import ANNUAL, PART_SAID, TODAY, of, sheet, told
from tests.imports.test_layouts import places as passed

# What is read in a table, before anything of it is stored.
pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    "data",
    [
        "指标,2021\nI-05,13105000\n单位：万元,\n",
        "指标,2021\nI-05,13105000\n注：本表金额单位为万元。,\n",
        "指标,2021\nI-05,13105000\n计量单位：万元,\n",
        "指标,年份,数值\nI-05,2021,13105000\n单位：万元,,\n",
        "年份,I-05\n2021,13105000\n单位：万元,\n",
        "指标,2021,（万元）\nI-05,13105000,\n",
        "年份,I-05,（万元）\n2021,13105000,\n",
    ],
)
def test_a_unit_below_or_beside_a_table_is_asked_about_with_both_readings(plan, data):
    rows = told(plan, data)

    assert of(rows, "ask") == ["I-05 2021 1310.5"]
    assert "可作 1310.5、13105000" in next(row.reason for row in rows if row.state == "ask")
    assert not of(rows, "new", "changed", "refused")


def test_an_office_below_a_table_is_no_unit(plan):
    assert of(told(plan, "指标,2021\nI-05,1310.5\n填表单位：万元统计站,\n责任单位：市局,\n"), "new") == [
        "I-05 2021 1310.5"
    ]


def test_a_unit_between_figures_holds_for_those_below_it(plan):
    for data in (
        "单位：亿元,,\n指标,2021,2022\nI-05,1310.5,1402.25\n单位：万家,,\nI-07,2.1,2.3\n",
        "单位：亿元,,\n指标,年份,数值\nI-05,2021,1310.5\nI-05,2022,1402.25\n单位：万家,,\nI-07,2021,2.1\nI-07,2022,2.3\n",
    ):
        rows = told(plan, data)
        assert of(rows, "new", "changed") == [
            "I-05 2021 1310.5",
            "I-05 2022 1402.25",
            "I-07 2021 21000",
            "I-07 2022 23000",
        ]


def test_a_continued_table_has_a_unit_of_its_own(plan):
    lines = [
        "单位：亿元,,",
        "指标,2021,2022",
        "I-05,1310.5,1402.25",
        "续表,,单位：万元",
        "指标,2023,2024",
        "I-05,15000000,16000000",
    ]
    rows = told(plan, "\n".join(lines))

    assert of(rows, "new") == ["I-05 2021 1310.5", "I-05 2022 1402.25", "I-05 2023 1500", "I-05 2024 1600"]


def test_a_unit_between_two_tables_may_be_of_either(plan):
    rows = told(plan, "指标,2021\nI-05,13105000\n单位：万元,\n年份,I-07\n2023,24700\n")

    assert of(rows, "ask") == ["I-05 2021 1310.5"]
    assert of(rows, "new", "changed", "same") == ["I-07 2023 24700"]


def test_units_in_brackets_below_names(plan):
    rows = told(plan, "年份,I-05,I-01\n,（万元）,（%）\n2021,13105000,5.49\n")

    assert of(rows, "new", "changed") == ["I-05 2021 1310.5", "I-01 2021 5.49"]


@pytest.mark.parametrize(
    ("unit", "number"), [("千元", "131050000"), ("百万元", "131050"), ("千万元", "13105"), ("十亿元", "131.05")]
)
def test_units_of_every_power_of_ten(plan, unit, number):
    for data in (
        f"指标,单位,2021\nI-05,{unit},{number}\n",
        f"指标,2021\n技术合同成交额（{unit}）,{number}\n",
        f"单位：{unit},\n年份,I-05\n2021,{number}\n",
    ):
        assert of(told(plan, data), "new") == ["I-05 2021 1310.5"]


def test_a_bilingual_unit_is_its_chinese_one(plan):
    assert of(told(plan, "指标,单位,2021\nI-05,万元 (10 000 yuan),13105000\n"), "new") == ["I-05 2021 1310.5"]


def test_figures_that_look_like_years_are_figures(plan):
    rows = told(
        plan, "时间,技术合同成交额（亿元）,I-07\n2024年,2008.1,2011\n2025年一季度,400,\n2025年,2019.3,2024\n"
    )

    # The last one is asked about for the bound published of its year, > 26,000.
    assert of(rows, "new", "changed", "ask") == [
        "I-05 2024 2008.1",
        "I-07 2024 2011",
        "I-05 2025 2019.3",
        "I-07 2025 2024",
    ]
    assert passed(rows) == [("2025年一季度", PART_SAID)]


@pytest.mark.parametrize("head", ["年份", "指标/年份", "年份/指标", '"年份\n指标"', "指标 Item", "项目*"])
def test_the_corner_of_a_table_names_what_it_likes(plan, head):
    assert of(told(plan, f"{head},2021,2022\nI-05,1310.5,1402.25\n"), "new") == [
        "I-05 2021 1310.5",
        "I-05 2022 1402.25",
    ]


@pytest.mark.parametrize("head", ["年份/指标", "年份 指标", "年份 Year", "时间"])
def test_the_corner_of_a_table_with_years_down(plan, head):
    assert of(told(plan, f"{head},技术合同成交额\n2021,1310.5\n"), "new") == ["I-05 2021 1310.5"]


@pytest.mark.parametrize(
    "name",
    ["技术合同成交额①", "技术合同成交额¹", "技术合同成交额ᵃ", "技术合同成交额 Turnover of technical contracts"]
    + ["一、技术合同成交额①\nTurnover of technical contracts", "★技术合同成交额"],
)
def test_a_footnote_or_a_translation_makes_no_other_name(plan, name):
    assert of(told(plan, sheet([["指标", 2021], [name, 1310.5]])), "new") == ["I-05 2021 1310.5"]


def test_a_translation_that_says_more_is_asked_about(plan):
    assert of(told(plan, "指标,2021\n技术合同成交额 annual growth,12\n"), "new", "changed") == []


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("二零二一", 2021),
        ("二〇二一年", 2021),
        ("2 0 2 1", 2021),
        ("2021★", 2021),
        ("2021ᵃ", 2021),
        ("2021※", 2021),
    ],
)
def test_more_spellings_of_a_year(plan, text, year):
    assert of(told(plan, f"年份,I-05\n{text},1310.5\n"), "new") == [f"I-05 {year} 1310.5"]


@pytest.mark.parametrize(
    "text",
    [
        "#",
        "＃",
        "x",
        "X",
        "×",
        "\\",
        "空格",
        "n.a.",
        "..",
        "（略）",
        "[—]",
        "无数据",
        "缺测",
        "不详",
        "保密",
        "未调查",
        "尚未公布",
    ],
)
def test_signs_of_a_missing_figure(plan, text):
    rows = told(plan, f"编码,2021,2022\nI-05,{text},1402.25\n")

    assert of(rows, "new") == ["I-05 2022 1402.25"]
    assert passed(rows) == [(text, "写明没有数")]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("1310.5（快报）", "preliminary"),
        ("1310.5亿元（预计）", "estimated"),
        ("1310.5(修订数)", "revised"),
        ("1310.5初步数", "preliminary"),
    ],
)
def test_the_kind_behind_a_number_is_asked_about(plan, text, status):
    (row,) = told(plan, f"编码,2021\nI-05,{text}\n")

    assert (row.state, row.value) == ("ask", "1310.5")


@pytest.mark.parametrize("text", ["1310.5ᵃ", "1310.5§", "1310.5❶"])
def test_more_footnote_marks_behind_a_number(plan, text):
    (row,) = told(plan, f"编码,2021\nI-05,{text}\n")

    assert (row.state, row.value) == ("ask", "1310.5")


@pytest.mark.parametrize(
    ("note", "kinds"),
    [
        ("注：2022年数据为初步核算数。", {2021: "final", 2022: "preliminary"}),
        ("注：本表数据均为快报数", {2021: "preliminary", 2022: "preliminary"}),
        ("注：2022年为快报数，2021年为修订数。", {2021: "revised", 2022: "preliminary"}),
        ("注：2022年生产总值为初步核算数。", {2021: "final", 2022: "final"}),
    ],
)
@pytest.mark.parametrize(
    "head",
    [
        "指标,2021,2022\nI-05,1310.5,1402.25\n",
        "年份,I-05\n2021,1310.5\n2022,1402.25\n",
        "指标,年份,数值\nI-05,2021,1310.5\nI-05,2022,1402.25\n",
    ],
)
def test_a_note_below_says_the_kind_of_its_years(plan, note, kinds, head):
    import_observations(plan, io.BytesIO(f"{head}{note}\n".encode()), today=TODAY, defaults=ANNUAL)

    stored = Observation.objects.filter(component__code="I-05", released_on=ANNUAL["released_on"])
    assert dict(stored.values_list("year", "value_status")) == kinds


def test_a_note_in_its_row_says_the_kind(plan):
    import_observations(
        plan, io.BytesIO("指标,年份,数值,备注\nI-05,2021,1310.5,快报数\n".encode()), today=TODAY, defaults=ANNUAL
    )

    assert Observation.objects.get(component__code="I-05", year=2021).value_status == "preliminary"


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("南山区主要科技指标", "ask"),
        ("2021年全国技术合同成交情况", "ask"),
        ("广东省科技统计年鉴", "ask"),
        ("科技指标（南山区）", "ask"),
        ("深圳市南山区主要科技指标", "ask"),
        ("粤港澳大湾区科技指标", "ask"),
        ("东莞主要科技指标", "ask"),
        ("深圳南山区主要科技指标", "ask"),
        ("广东主要科技指标", "ask"),
        ("前海深港现代服务业合作区科技指标", "ask"),
        ("前海科技指标", "ask"),
        ("深汕特别合作区科技指标", "ask"),
        ("延边朝鲜族自治州科技指标", "ask"),
        ("锡林郭勒盟科技指标", "ask"),
        ("神农架林区科技指标", "ask"),
        ("雄安新区科技指标", "ask"),
        ("中关村国家自主创新示范区科技指标", "ask"),
        ("香港科技指标", "ask"),
        ("长三角科技指标", "ask"),
        ("粤海街道科技指标", "ask"),
        ("东部地区科技指标", "ask"),
        ("国家自主创新示范区科技指标", "new"),
        ("产业园区数量", "new"),
        ("县域经济主要指标", "new"),
        ("境内上市公司主要指标", "new"),
        ("现代都市圈建设", "new"),
        ("中山大学在深项目", "new"),
        ("国内生产总值与科技指标", "new"),
        ("国家级经济技术开发区情况", "new"),
        ("产业技术创新联盟情况", "new"),
        ("深圳市主要科技指标", "new"),
        ("深圳高新技术产业园区科技指标", "new"),
        ("中国科学院在深机构", "new"),
        ("深圳经济特区科技指标", "new"),
        ("2021年全市科技指标", "new"),
        ("技术市场主要指标", "new"),
        ("高新区和开发区科技指标", "new"),
        ("各区科技指标", "new"),
        ("中心城市创新指标", "new"),
    ],
)
def test_the_place_a_title_speaks_of(plan, title, state):
    for data in (
        f"{title},\n指标,2021\nI-05,1310.5\n",
        f"{title},\n年份,I-05\n2021,1310.5\n",
        f"{title},,\n指标,年份,数值\nI-05,2021,1310.5\n",
    ):
        assert of(told(plan, data), "new", "ask") == ["I-05 2021 1310.5"]
        assert of(told(plan, data), state) == ["I-05 2021 1310.5"]


def test_the_place_a_sheet_is_called_by(plan):
    data = sheet([["指标", 2021], ["I-05", 600]], lambda sheet: setattr(sheet, "title", "南山区"))

    assert of(told(plan, data), "ask") == ["I-05 2021 600"]


def test_a_title_of_growth_is_asked_about_below_all_of_a_year_too(plan):
    assert of(told(plan, "技术市场增速,\n指标,2021年全年\nI-05,12\n"), "ask") == ["I-05 2021 12"]


ELSEWHERE = [
    *("延边朝鲜族自治州", "锡林郭勒盟", "鄂温克族自治旗", "神农架林区", "浦东新区", "广州开发区", "前海", "河套"),
    *("前海深港现代服务业合作区", "深汕特别合作区", "香港", "澳门特别行政区", "全国", "粤港澳大湾区", "长三角"),
    *(
        "珠三角",
        "京津冀",
        "广东",
        "无锡",
        "南山",
        "日本",
        "新加坡",
        "欧盟",
        "东部地区",
        "海外",
        "广东省（不含深圳）",
    ),
]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_row_of_another_place_is_never_taken_for_the_citys(plan, place):
    tables = [
        f"指标,2021\n{place},\nI-05,600\n",  # above rows
        f",指标,2021\n{place},I-05,600\n",  # beside the name
        f"指标,备考,2021\nI-05,{place},600\n",  # below a heading nobody knows
        f"指标,年份,数值,备注\nI-05,2021,600,{place}\n",  # in a note
        f"年份,I-05\n{place},\n2021,600\n",
        f",{place}\n年份,I-05\n2021,600\n",  # over a column
        f"指标,地区,年份,数值\nI-05,{place},2021,600\n",
        f"指标,2021\n{place}技术合同成交额,600\n",  # within the name
        f"指标,2021\nI-05,600\n注：本表数据为{place}数据。,\n",
        sheet([["指标", 2021], ["I-05", 600]], lambda sheet: setattr(sheet, "title", place)),
    ]
    for data in tables:
        rows = told(plan, data)
        assert not of(rows, "new", "changed", "same"), data
        assert not of(rows, "refused"), data


@pytest.mark.parametrize("name", ["国家自主创新示范区", "产业园区", "创新型城市", "特色小镇", "产业联盟"])
def test_an_indicator_may_be_called_like_a_place(plan, name):
    Item.objects.filter(pk=make_component(plan, "I-99").indicator_id).update(title=name)

    for data in (f"指标,2021\n{name},6\n", f"年份,{name}\n2021,6\n", f"指标,年份,数值\n{name},2021,6\n"):
        assert of(told(plan, data), "new") == ["I-99 2021 6"]


@pytest.mark.parametrize(
    "data",
    [
        "指标,2021\n南山区,\nI-05,600\n全市,\nI-05,1310.5\n",
        "地区,指标,2021\n广州,I-05,600\n深圳,I-05,1310.5\n",
        "指标,地区,年份,数值\nI-05,南山区,2021,600\nI-05,全市,2021,1310.5\n",
    ],
)
def test_the_city_beside_its_districts_is_no_second_row(plan, data):
    rows = told(plan, data)

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert of(rows, "ask") == ["I-05 2021 600"]
    assert not of(rows, "refused")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("指标,2021\nI-05,1310.5\n,\n表二,\n年份,I-07\n2023,24700\n", ["I-05 2021 1310.5", "I-07 2023 24700"]),
        ("年份,I-07\n2023,24700\n\n指标,2021\nI-05,1310.5\n", ["I-07 2023 24700", "I-05 2021 1310.5"]),
        (
            "指标,2021,\nI-05,1310.5,\n指标,2023年,\n,总量,增长%\nI-05,1500,0.7\n",
            ["I-05 2021 1310.5", "I-05 2023 1500"],
        ),
    ],
)
def test_several_tables_one_below_the_other(plan, data, found):
    rows = told(plan, data)

    assert of(rows, "new", "changed") == found
    assert not of(rows, "ask", "refused")


@pytest.mark.parametrize(
    "data",
    [
        "指标,2021,\nI-05,1310.5,\n指标,年份,数值\nI-05,2022,1402.25\n",
        "指标,年份,数值\nI-05,2021,1310.5\n指标,2022,2023\nI-05,1402.25,1500\n",
    ],
)
def test_a_second_table_that_cannot_be_read_is_listed(plan, data):
    rows = told(plan, data)

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    assert [reason for _value, reason in passed(rows)] == ["表头的另一行", "下面的另一张表没有读；请另存为一张"]


def test_a_share_shown_a_hundred_times_too_large_is_asked_about(plan):
    def change(sheet):
        sheet["B2"].number_format = sheet["C2"].number_format = "0.00%"

    rows = told(plan, sheet([["编码", 2021, 2022], ["I-01", 5.49, 0.0581]], change))

    assert of(rows, "ask") == ["I-01 2021 549"]
    assert "可作 549、5.49" in rows[0].reason
    assert of(rows, "changed") == ["I-01 2022 5.81"]


def test_a_column_without_width_is_hidden(plan):
    data = sheet([["编码", 2021], ["I-05", 1310.5]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w") as made:
        for name in book.namelist():
            text = book.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b"<sheetData>", b'<cols><col min="2" max="2" width="0"/></cols><sheetData>')
            made.writestr(name, text)

    assert of(told(plan, out.getvalue()), "ask") == ["I-05 2021 1310.5"]


def test_big5_is_said_to_be_no_encoding_we_read(plan):
    (row,) = told(plan, "指標,2021\n技術合同成交額,1310.5\n".encode("big5"))

    assert (row.state, "UTF-8" in row.reason) == ("refused", True)


def test_expected_completion_is_an_estimate(plan):
    import_observations(
        plan, io.BytesIO("编码,2024年实际完成,2025年预计完成\nI-05,1,2\n".encode()), today=TODAY, defaults=ANNUAL
    )

    assert dict(
        Observation.objects.filter(component__code="I-05", released_on=ANNUAL["released_on"]).values_list(
            "year", "value_status"
        )
    ) == {2024: "final", 2025: "estimated"}


def test_a_misspelt_heading_is_told_the_nearest_name(plan):
    rows = told(plan, "componet,年份,数值\nI-05,2021,1310.5\n")

    assert "最接近的是 component" in rows[0].reason


YEARBOOK = (
    "全市科技指标,,\n指标,2021,2022\n技术合同成交额①,13105000,14022500\n公民科学素质比例,x,24%\n其中：男性,1,2\n"
    "单位：万元,,\n注：2022年为快报数,,\n"
)


def test_the_page_of_an_import_and_the_api_read_as_the_command_does(plan, client):
    analyst = make_person("ana", "analyst")
    client.force_login(analyst)
    file = SimpleUploadedFile("年鉴.csv", YEARBOOK.encode(), "text/csv")
    batch = batches.upload_file(plan, file, by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst, defaults=ANNUAL)
    said = {
        "source": ANNUAL["source_title"],
        "released_on": ANNUAL["released_on"],
        "status": ANNUAL["value_status"],
    }
    body = client.post(
        "/api/v1/sz-sti-14/observations/check/",
        said | {"file": SimpleUploadedFile("年鉴.csv", YEARBOOK.encode(), "text/csv")},
    ).json()

    command = [(row.state, row.reason) for row in told(plan, YEARBOOK)]

    assert [(row["state"], row["reason"]) for row in body["rows"]] == command
    assert list(batch.rows.order_by("line").values_list("outcome", flat=True)) == [state for state, _ in command]
    asked = batch.rows.filter(outcome="ask")[0]
    assert [answer["value"] for answer in asked.answers] == ["1310.5", "13105000"]


@pytest.mark.parametrize(
    ("this", "last"),
    [("本年", "上年"), ("本期", "上年同期"), ("今年实际（亿元）", "去年实际（亿元）"), ("当年数", "上年数")],
)
def test_this_year_and_the_one_before_are_asked_about_with_the_years_of_the_title(plan, this, last):
    rows = told(plan, f"2024年主要科技指标,,,\n指标,单位,{this},{last}\nI-05,亿元,1500,1400.25\n")

    assert of(rows, "ask") == ["I-05 2024 1500", "I-05 2023 1400.25"]
    assert "按表上的年份算是 2023 年" in rows[-1].reason
    assert not of(rows, "new", "changed", "refused")


@pytest.mark.parametrize("title", ["2023年和2024年主要科技指标", "2023—2024年主要科技指标"])
def test_this_year_of_several_is_refused_with_what_to_do(plan, title):
    across = told(plan, f"{title},,,\n指标,单位,本年,上年\nI-05,亿元,1500,1400.25\n")
    down = told(plan, f"{title},\n年份,I-05\n本年,1500\n上年,1400.25\n")
    long = told(plan, f"{title},,\n指标,年份,数值\nI-05,本年,1500\n")

    for rows in (across, down, long):
        assert not of(rows, "ask", "new", "changed")
    assert "请把列名改成年份" in across[0].reason
    assert ["请改成年份" in row.reason for row in (*down, *long) if row.state == "refused"] == [True] * 3


RELATIVE_TABLES = [
    "指标,单位,本年,上年\nI-05,亿元,1500,1400.25\n",
    "年份,I-05\n本年,1500\n上年,1400.25\n",
    "时间,技术合同成交额（亿元）\n本期,1500\n上年同期,1400.25\n",
    "指标,年份,数值\nI-05,今年,1500\nI-05,去年,1400.25\n",
    "Item,This year,Last year\nI-05,1500,1400.25\n",
]


@pytest.mark.parametrize("data", RELATIVE_TABLES)
@pytest.mark.parametrize(
    ("title", "options", "year", "why"),
    [
        ("2023年科技指标\n", {}, 2023, "按表上的年份算是"),
        ("", {"file_name": "科技指标2022.csv"}, 2022, "按文件名算是"),
        ("", {"file_name": "科技指标.csv"}, 2025, "按公布（或导入）的前一年算是"),
        ("", {"defaults": ANNUAL | {"released_on": "2024-02-01"}}, 2023, "按公布（或导入）的前一年算是"),
        ("2023年和2024年科技指标\n", {"defaults": ANNUAL | {"released_on": "2025-02-01"}}, 2024, "按公布"),
    ],
)
def test_this_year_in_columns_and_rows_is_asked_about_with_a_year_and_why(plan, data, title, options, year, why):
    rows = told(plan, title + data, **options)

    assert of(rows, "ask") == [f"I-05 {year} 1500", f"I-05 {year - 1} 1400.25"]
    assert all(why in row.reason for row in rows if row.state == "ask")
    assert not of(rows, "refused", "new", "changed")


@pytest.mark.parametrize("label", ["本年累计", "本期", "上年同期"])
def test_a_year_so_far_may_be_a_part_of_it(plan, label):
    for data in (f"2024年6月科技指标,\n指标,{label}\nI-05,700\n", f"2024年6月科技指标,\n年份,I-05\n{label},700\n"):
        row = next(row for row in told(plan, data) if row.state == "ask")
        assert f"表上写着“{label}”：这个数是全年的吗？" in row.reason


@pytest.mark.parametrize("heading", ["注", "备注", "附注"])
def test_a_note_in_its_row_says_the_kind_of_one_of_its_years(plan, heading):
    data = f"编码,2021,2022,{heading}\nI-05,1310.5,1402.25,2022年为快报数\n"
    import_observations(plan, io.BytesIO(data.encode()), today=TODAY, defaults=ANNUAL)

    rows = Observation.objects.filter(component__code="I-05", year__in=(2021, 2022))
    assert dict(rows.values_list("year", "value_status")) == {2021: "final", 2022: "preliminary"}


def test_a_year_of_two_digits_beside_others_is_listed_in_a_paste_too(plan):
    cells = read_pasted("指标\t2021\t’22\t23年\nI-05\t1310.5\t1\t2\n", plan, Component.objects.of(plan))

    assert [(cell.column, cell.fault.split("；")[0]) for cell in cells] == [
        ("C1", "年份只写了两位"),
        ("D1", "年份只写了两位"),
        ("2021", ""),
    ]


PARTS_OF_NO_NAMED_YEAR = [
    *("上年一季度", "本年上半年", "本季度", "上月", "今年1—9月", "去年12月", "上年第四季度", "去年下半年累计"),
    "本年前三季度",
]


@pytest.mark.breadth
@pytest.mark.parametrize("label", PARTS_OF_NO_NAMED_YEAR)
def test_a_part_of_a_year_that_is_not_named_is_a_part_all_the_same(plan, label):
    tables = [
        f"年份,I-05\n{label},700\n2021,1310.5\n",
        f"指标,年份,数值\nI-05,{label},700\nI-05,2021,1310.5\n",
        f"指标,{label},2021\nI-05,700,1310.5\n",
    ]
    for data in tables:
        rows = told(plan, data)
        assert of(rows, "new", "ask", "refused", "changed") == ["I-05 2021 1310.5"], data
        assert [row.reason for row in rows if row.state == "passed"] == [PART_SAID]
        cells = read_pasted(data.replace(",", "\t"), plan, Component.objects.of(plan))
        assert [cell.fault for cell in cells if cell.fault] == [PART_SAID]


def test_columns_of_parts_and_of_no_year_are_refused_as_what_they_are(plan):
    rows = told(plan, "主要指标,,\n指标,本年上半年,上年上半年\nI-05,700,600\n")

    assert [row.reason.endswith(PART_SAID) for row in rows] == [True, True, False, False]


def test_the_end_of_last_year_is_last_year(plan):
    assert of(told(plan, "2023年科技指标,\n年份,I-05\n去年年底,1310.5\n"), "ask") == ["I-05 2022 1310.5"]


@pytest.mark.parametrize("data", RELATIVE_TABLES)
def test_a_pasted_table_of_this_year_is_asked_about(plan, data):
    cells = read_pasted(f"2023年科技指标\n{data}".replace(",", "\t"), plan, Component.objects.of(plan))

    found = [(cell.year, cell.text, cell.doubts[0][0]) for cell in cells if not cell.fault]
    assert [one[0] for one in found] == [2023, 2022]
    assert {one[2] for one in found} == {"relative_year"}


def test_the_year_that_was_proposed_is_stored_once_somebody_says_so(plan):
    data = "年份,技术合同成交额（亿元）\n本年,1500\n上年,1400.25\n"
    upload, analyst = SimpleUploadedFile("科技指标2022年.csv", data.encode()), make_person("an", "analyst")
    batch = batches.upload_file(plan, upload, by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst, defaults=ANNUAL)

    found = [(row.outcome, row.year, row.faults[0]["code"]) for row in batch.rows.order_by("line")]
    assert found == [("ask", 2022, "relative_by_file"), ("ask", 2021, "relative_by_file")]


def test_years_that_head_rows_are_no_second_heading(plan):
    rows = told(plan, "指标,数值\n2024年,\nI-05,1400\n2025年,\nI-05,1500\n")

    assert not of(rows, "new", "changed", "ask")
    assert [(row.state, "缺少这一列" in row.reason) for row in rows] == [("refused", True)]


@pytest.mark.parametrize("layout", ["across", "long"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_stands_at_the_foot_of_a_long_table_is_seen(plan, layout, kind):
    others = [[f"其他指标{number}", "2021", "1"] for number in range(1200)]
    head, first = ["指标", "2021", "2022"], ["I-05", "13105000", ""]
    if layout == "long":
        head, first = ["指标", "年份", "数值"], ["I-05", "2021", "13105000"]
    rows = [head, first, *others, ["单位：万元", "", ""], ["注：2021年数据为初步核算数。", "", ""]]
    data = "\n".join(map(",".join, rows)) if kind == "csv" else sheet(rows)

    found = told(plan, data)

    assert of(found, "ask") == ["I-05 2021 1310.5"]
    assert len({row.row for row in found}) == len(found)  # each row once
    assert "单位:万元" in next(row.reason for row in found if row.state == "ask")


BY_PLACE = "各区技术合同成交额（亿元）,,\n地区,2021,2022\n{},1310.5,1402.25\n福田区,131,140\n南山,600,700\n"
OWN = ["I-05 2021 1310.5", "I-05 2022 1402.25"]
NOT_ALL = "这是“{}”的数，不是全市的"


@pytest.mark.parametrize(
    "own", ["深圳", "深圳市", "深　圳", "全市", "全市合计", "合计", "总计", "一、全市", "深圳市（全市）"]
)
@pytest.mark.parametrize("head", ["地区", "区", "城市", "行政区划", "", "各区名称"])
def test_the_indicator_of_a_title_is_read_in_the_row_of_the_city(plan, own, head):
    rows = told(plan, BY_PLACE.format(own).replace("地区", head))

    assert of(rows, "new") == OWN
    assert not of(rows, "ask", "refused", "changed")
    assert passed(rows)[1:] == [("福田区", NOT_ALL.format("福田区")), ("南山", NOT_ALL.format("南山"))]


@pytest.mark.parametrize(
    "title",
    [
        "表3 各区技术合同成交额（亿元）",
        "附表2-1：2021—2022年各区技术合同成交额情况（亿元）",
        "3-5 分区技术合同成交额统计表（亿元）",
        "深圳市各区技术合同成交额（亿元）",
        "广东省各市技术合同成交额（亿元）",
        "2022年全省21个地级市技术合同成交额",
        "技术合同成交额，亿元",
    ],
)
def test_what_stands_around_an_indicator_in_a_title_is_no_part_of_its_name(plan, title):
    assert of(told(plan, sheet([[title], ["地区", 2021], ["深圳", 1310.5], ["广州", 2000]])), "new") == [
        "I-05 2021 1310.5"
    ]


def test_the_unit_of_a_title_is_that_of_the_city_s_row(plan):
    assert of(told(plan, BY_PLACE.format("全市").replace("亿元", "万元")), "new") == [
        "I-05 2021 0.13105",
        "I-05 2022 0.140225",
    ]


def test_rows_of_other_cities_are_listed_with_the_way_their_figures_come(plan):
    rows = told(plan, "各市技术合同成交额（亿元）,\n城市,2021\n深圳,1310.5\n广州,2000\n全省,5000\n")

    assert of(rows, "new") == ["I-05 2021 1310.5"]
    said = dict(passed(rows))
    assert all("不是本市的" in said[place] and "references.csv" in said[place] for place in ("广州", "全省"))


@pytest.mark.parametrize(
    "rows",
    [
        "合计,5000\n深圳,1310.5\n广州,2000\n",  # which of the two
        "深圳,1310.5\n全市,1310.5\n福田区,100\n",
        "合计,5000\n广州,2000\n佛山,900\n",  # of a province
    ],
)
def test_two_rows_that_may_be_the_city_s_or_a_sum_of_cities_are_asked_about(plan, rows):
    found = told(plan, f"技术合同成交额（亿元）,\n地区,2021\n{rows}")

    assert not of(found, "new", "changed", "same", "refused")
    assert all("是本市的数吗" in row.reason for row in found if row.state == "ask")
    assert of(found, "ask")


@pytest.mark.parametrize(
    "table", ["地区,2021\n福田区,131\n南山区,600\n", "地区,年份,数值\n福田区,2021,131\n南山区,2021,600\n"]
)
def test_a_table_without_a_row_of_the_city_says_so_and_what_to_do(plan, table):
    rows = told(plan, f"各区技术合同成交额（亿元）,,\n{table}")

    assert {row.state for row in rows} == {"passed"}
    (said,) = [row.reason for row in rows if row.value == "技术合同成交额"]
    assert "没有本市的一行" in said
    assert "请补上" in said


def test_a_title_that_names_nothing_of_the_plan_says_so(plan):
    assert dict(passed(told(plan, "各区常住人口（万人）,\n地区,2021\n全市,1768\n")))["全市"] == (
        "本规划没有叫“常住人口”的指标"
    )
    (said,) = [row.reason for row in told(plan, "地区,2021\n全市,1768\n") if row.value == "全市"]
    assert "标题没有写明是哪一项指标" in said


def test_a_name_in_a_title_is_asked_about_once_and_remembered(plan):
    data = "表3 各区公民具备科学素质的比例（%）,\n地区,2021\n深圳,21.3\n广州,19\n"
    (row,) = [row for row in told(plan, data) if row.state == "ask"]
    assert "“公民具备科学素质的比例”是 I-08" in row.reason

    remember_names(plan, {"公民具备科学素质的比例": "I-08"})

    assert of(told(plan, data.replace("表3 各区", "表9 2021年各市")), "new") == ["I-08 2021 21.3"]


def test_places_across_and_years_down(plan):
    rows = told(plan, "历年各市技术合同成交额（亿元）,,\n年份,深圳,广州\n2021,1310.5,2000\n2022,1402.25,2100\n")

    assert of(rows, "new") == OWN
    assert [row.value for row in rows if "references.csv" in row.reason] == ["广州"]


def test_a_table_by_place_in_english(plan):
    Plan.objects.filter(pk=plan.pk).update(title_en="Shenzhen 14th five-year plan")
    plan.refresh_from_db()
    data = "技术合同成交额 Turnover of technical contracts,\nCity,2021\nShenzhen,1310.5\nGuangzhou,1\n"

    assert of(told(plan, data), "new") == ["I-05 2021 1310.5"]


def test_indicators_over_the_years_of_a_table_by_place(plan):
    rows = told(
        plan,
        "地区,技术合同成交额（亿元）,,国家级高新技术企业数量（万家）,\n,2021,2022,2021,2022\n"
        "深圳,1310.5,1402.25,2.1,2.3\n广州,1,2,3,4\n",
    )

    assert of(rows, "new", "changed") == [*OWN, "I-07 2021 21000", "I-07 2022 23000"]
    assert [row.value for row in rows if "references.csv" in row.reason] == ["广州"]


def test_one_figure_a_row_by_place(plan):
    data = (
        "各市技术合同成交额（亿元）,,,\n地区,年份,数值,排名\n深圳,2021,1310.5,1\n广州,2021,2,2\n深圳,2022,1402.25,1\n"
        "广州,2022,3,2\n"
    )
    rows = told(plan, data)

    assert of(rows, "new") == OWN
    assert [row.row for row in rows if "references.csv" in row.reason] == [4, 6]
    assert [row.cell for row in rows if row.value == "排名"] == ["D2"]
    cells = read_pasted(data.replace(",", "\t"), plan, Component.objects.of(plan))
    assert [(cell.year, cell.text) for cell in cells if not cell.fault] == [(2021, "1310.5"), (2022, "1402.25")]


def test_one_figure_a_row_by_place_without_an_indicator_anywhere_is_refused(plan):
    rows = told(plan, "主要数据,,\n地区,年份,数值\n深圳,2021,1310.5\n")

    assert [(row.state, "component" in row.reason) for row in rows] == [("refused", True)]


def test_the_name_of_a_sheet_is_a_title_too(plan):
    lines = [["地区", 2021, 2022], ["全市", 1310.5, 1402.25], ["福田区", 1, 2]]

    assert of(told(plan, sheet(lines, lambda sheet: setattr(sheet, "title", "技术合同成交额"))), "new") == OWN


def test_tables_by_place_one_below_the_other(plan):
    rows = told(
        plan,
        "各区技术合同成交额（亿元）,\n地区,2021\n全市,1310.5\n南山区,600\n"
        "各区国家级高新技术企业数量（万家）,\n地区,2021\n全市,2.1\n南山区,0.5\n",
    )

    assert of(rows, "new", "changed") == ["I-05 2021 1310.5", "I-07 2021 21000"]
    assert [row.row for row in rows if row.reason == NOT_ALL.format("南山区")] == [4, 8]


def test_a_title_of_a_table_by_place_is_read_from_a_paste_and_by_the_api(plan, client):
    data = BY_PLACE.format("全市")
    cells = read_pasted(data.replace(",", "\t"), plan, Component.objects.of(plan))
    client.force_login(make_person("ana", "analyst"))
    upload = {"file": SimpleUploadedFile("a.csv", data.encode()), "source": "统计年鉴", "status": "final"}

    answer = client.post("/api/v1/sz-sti-14/observations/check/", upload | {"released_on": "2026-10-01"})

    assert [(cell.row, cell.year, cell.text) for cell in cells if not cell.fault] == [
        ("I-05", 2021, "1310.5"),
        ("I-05", 2022, "1402.25"),
    ]
    assert [cell.fault for cell in cells if cell.row == "南山"] == [NOT_ALL.format("南山")]
    told_by_api = json.loads(answer.content)
    assert told_by_api["counts"] == {"new": 2, "passed": 3}


@pytest.mark.parametrize(
    "data",
    [BY_PLACE.format("全市"), "各区技术合同成交额（亿元）,,\n地区,年份,数值\n全市,2021,1310.5\n南山,2021,600\n"],
)
def test_a_table_by_place_is_read_on_the_desk(plan, data):
    analyst = make_person("an", "analyst")
    batch = batches.upload_file(plan, SimpleUploadedFile("a.csv", data.encode()), by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst, defaults=ANNUAL)

    found = {(row.outcome, row.component.code if row.component else "") for row in batch.rows.all()}
    assert found == {("new", "I-05"), ("passed", "")}
    said = [row.reasons[0].reason for row in batch.rows.all() if row.outcome == "passed"]
    assert NOT_ALL.format("南山") in said

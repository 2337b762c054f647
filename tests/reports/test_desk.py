"""The report desk: a definition is an address, and the same one gives the same bytes in every form."""

import csv
import hashlib
import io
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.utils.html import escape

from accounts.models import Organisation
from indicators.files.columns import PROGRESS
from plan.columns import Column, Type, columns
from plan.exports.workbook import workbook
from plan.models import Export
from plan.params import BadParameter
from reports import desk_views
from reports.datasets import (
    DATASETS,
    Audience,
    columns_of,
    number_of_rows,
    read_definition,
    rows_of,
)
from reports.definition import Definition, params_of
from tests.factories import make_component, make_item, make_observation, make_plan

FILE = "/test-plan/reports/file/"
DAY = date(2026, 1, 1)


@pytest.fixture
def small(db):
    plan = make_plan()
    lead = Organisation.objects.create(code="stic", name="市科技创新局")
    first, second = make_component(plan, "I-01"), make_component(plan, "I-02", base="")
    type(plan.items.first()).objects.filter(code="I-01").update(lead=lead, title="=1+1,甲")
    make_observation(first, 2021, "110.50")
    make_observation(first, 2022, "120", released="2023-06-01", value_status="preliminary")
    make_observation(second, 2021, "7", released="2023-06-01")
    platform = make_item(plan, "P-1", "platform", lead=lead)
    make_item(plan, "P-1.1", "platform_task", parent=platform)
    return plan


def read_csv(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def found(plan, query, day=DAY):
    definition = read_definition(params_of([pair.split("=", 1) for pair in query.split("&")]), plan)
    return list(rows_of(plan, definition, day, Audience("http://x")))


def test_a_definition_survives_its_own_address(small):
    definition = Definition(
        dataset="items", columns=("title", "code"), kinds=("platform",), codes=("P-1", "I-01"), status="done",
        organisation="stic", year_from=2021, year_to=2025, header="en", format="xlsx", encoding="gb18030",
    )  # fmt: skip

    assert read_definition(params_of(definition.pairs()), small) == definition


def test_every_column_of_every_dataset_has_an_english_heading():
    assert [row.name for one in DATASETS.values() for row in one.columns.values() if not row.en] == []


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("dataset=observations", [("I-01", 2021), ("I-01", 2022), ("I-02", 2021)]),
        ("dataset=observations&codes=I-02", [("I-02", 2021)]),
        ("dataset=observations&organisation=stic", [("I-01", 2021), ("I-01", 2022)]),
        ("dataset=observations&status=preliminary", [("I-01", 2022)]),
        ("dataset=observations&year_from=2022", [("I-01", 2022)]),
        ("dataset=observations&year_to=2021", [("I-01", 2021), ("I-02", 2021)]),
    ],
)
def test_observations_are_narrowed_down(small, query, keys):
    rows = found(small, query)

    assert [(row["code"], row["year"]) for row in rows] == keys
    assert number_of_rows(
        small, read_definition(params_of(p.split("=") for p in query.split("&")), small), DAY
    ) == len(rows)


def test_observations_as_of_an_earlier_day(small):
    assert [row["year"] for row in found(small, "dataset=observations", date(2022, 12, 31))] == [2021]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("dataset=items", ["I-01", "I-02", "P-1", "P-1.1"]),
        ("dataset=items&kind=platform&kind=indicator", ["I-01", "I-02", "P-1"]),
        ("dataset=items&codes=P-1", ["P-1", "P-1.1"]),
        ("dataset=items&organisation=stic", ["I-01", "P-1", "P-1.1"]),
        ("dataset=items&status=not_reported&kind=platform", ["P-1"]),
        ("dataset=progress&codes=I-02", ["I-02"]),
        ("dataset=progress&organisation=stic", ["I-01"]),
        ("dataset=progress&year_from=2022", ["I-01"]),
        ("dataset=progress&status=behind", ["I-01"]),
        ("dataset=progress&status=ahead", []),
        ("dataset=updates", []),
    ],
)
def test_rows_are_narrowed_down(small, query, codes):
    assert [row["code"] for row in found(small, query)] == codes


def test_a_method_leaves_its_own_columns(small):
    linear, cagr = Definition(method="linear"), Definition(method="cagr")

    assert not {"cagr_status", "cagr_ratio"} & set(columns_of(linear))
    assert not {"linear_status", "linear_progress", "linear_lead"} & set(columns_of(cagr))
    assert columns_of(Definition()) == PROGRESS
    assert [row.en for row in columns_of(Definition(columns=("unit", "code"))).values()] == ["Unit", "Code"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("dataset=people", "dataset"),
        ("column=secret", "column"),
        ("codes=I-01 X-9", "codes"),
        ("status=fine", "status"),
        ("organisation=nobody", "organisation"),
        ("year_from=20", "year_from"),
        ("year_from=2024&year_to=2021", "year_to"),
        ("method=guess", "method"),
        ("header=fr", "header"),
        ("format=exe", "format"),
        ("encoding=latin", "encoding"),
        ("kind=platform", "kind"),  # progress has no kinds
        ("dataset=items&kind=x", "kind"),
        (f"codes={' '.join(f'I-{n}' for n in range(600))}", "codes"),
    ],
)
def test_what_cannot_be_used_is_named(small, client, query, name):
    with pytest.raises(BadParameter) as refused:
        read_definition(params_of(pair.split("=", 1) for pair in query.split("&")), small)
    page = client.get(f"/test-plan/reports/?{query}")
    file = client.get(f"{FILE}?{query}")

    assert refused.value.name == name
    assert (page.status_code, file.status_code) == (400, 400)
    assert f'<span class="sub">{name}</span>' in page.content.decode()
    assert "<h1>报表</h1>" in page.content.decode()


def test_csv_has_the_chosen_columns_in_their_order(small, client):
    response = client.get(
        f"{FILE}?dataset=observations&column=value&column=indicator&column=year&as_of=2023-12-31"
    )

    lines = response.content.decode("utf-8-sig").split("\r\n")
    assert lines[:2] == ["数值,指标名称,年份", '110.5,"\'=1+1,甲",2021']
    assert response["X-Row-Count"] == "3"
    assert response["X-SHA256"] == hashlib.sha256(response.content).hexdigest()
    assert (response["X-As-Of"], response["X-Rule-Version"]) == ("2023-12-31", "2026.2")
    assert "test-plan_report_observations_2023-12-31.csv" in response["Content-Disposition"]


def test_csv_in_gb18030_and_with_english_headings(small, client):
    response = client.get(f"{FILE}?dataset=items&encoding=gb18030&header=en")

    assert response.content.decode("gb18030").startswith("Code,Kind,Title,")


def test_json_says_what_it_is(small, client):
    body = json.loads(
        client.get(f"{FILE}?dataset=observations&format=json&codes=I-01&column=year&column=value").content
    )

    assert body["results"] == [{"year": 2021, "value": "110.5"}, {"year": 2022, "value": "120"}]
    assert body["count"] == 2
    assert body["meta"]["rule_version"] == "2026.2"
    assert body["meta"]["notes"]["筛选条件"] == "codes=I-01"
    assert body["meta"]["columns"] == {"year": "年份", "value": "数值"}


def test_workbook_has_typed_cells_a_frozen_heading_and_notes(small, client):
    response = client.get(f"{FILE}?dataset=observations&format=xlsx&as_of=2023-12-31")

    book = openpyxl.load_workbook(io.BytesIO(response.content))
    data, notes = book["数据"], {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    first = {cell.value: data.cell(2, cell.column) for cell in data[1]}
    assert (data.freeze_panes, data.auto_filter.ref) == ("A2", "A1:Q4")
    assert (first["数值"].value, first["年份"].value) == (110.5, 2021)
    assert first["公布日期"].value.date() == date(2022, 6, 1)
    assert (first["指标名称"].value, first["指标名称"].data_type) == ("=1+1,甲", "s")
    assert first["来源网址"].value is None
    assert (notes["截至"], notes["行数"], notes["规则版本"]) == ("2023-12-31", "3", "2026.2")
    assert notes["来源"] == "Release of 2022-06-01；Release of 2023-06-01"
    assert (
        notes["地址"] == "http://testserver/test-plan/reports/?dataset=observations&format=xlsx&as_of=2023-12-31"
    )


def test_a_workbook_prints_on_its_side_with_its_heading_on_every_page(plan, client):
    response = client.get("/sz-sti-14/reports/file/?dataset=progress&format=xlsx")

    data = openpyxl.load_workbook(io.BytesIO(response.content))["数据"]
    widths = {data.cell(1, place).value: one.width for place, one in enumerate(_dimensions(data), start=1)}
    assert (data.page_setup.orientation, data.page_setup.paperSize) == ("landscape", 9)
    assert data.sheet_properties.pageSetUpPr.fitToPage
    assert data.page_setup.fitToHeight == 0
    assert data.print_title_rows == "$1:$1"
    longest = max(data.iter_rows(min_row=2), key=lambda row: len(row[2].value))[2].value
    assert min(44, 2 * len(longest)) <= widths["指标名称"] <= 44
    assert widths["单位"] == 10


def _dimensions(sheet):
    return [sheet.column_dimensions[cell.column_letter] for cell in sheet[1]]


@pytest.mark.breadth
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_chinese_headings_bring_chinese_words_and_codes_where_asked(plan, client, format):
    def first(query):
        response = client.get(f"/sz-sti-14/reports/file/?dataset=progress&codes=I-01&format={format}&{query}")
        if format == "csv":
            lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(response.content))["数据"]
            lines = [[cell.value or "" for cell in row] for row in sheet]
        return dict(zip(lines[0], lines[1], strict=True))

    words, both, codes = first("header=zh"), first("header=zh&code_columns=1"), first("header=code")

    assert words["目标类型"] == "区间（进入即达标，越过也算）"
    assert words["时间进度法判定"] == "已实现"
    assert words["期末判定"] == "待期末数据"
    assert (words["完成份额"], words["进度比"], words["增长率比值"]) == ("", "", "")
    assert words["时间进度法空缺原因"] == "基期几乎等于目标，比值没有意义"
    assert both.items() >= words.items()
    assert (both["目标类型代码"], both["期末判定代码"]) == (codes["target_operator"], codes["final_verdict"])
    assert codes["target_operator"] == "range_floor"


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("dataset", list(DATASETS))
def test_the_same_report_has_the_same_bytes(small, client, dataset, format):
    one = client.get(f"{FILE}?dataset={dataset}&format={format}")
    client.cookies["django_language"] = "en"
    two = client.get(f"{FILE}?dataset={dataset}&format={format}")

    assert one.content == two.content
    assert Export.objects.get().times == 2


def test_a_workbook_takes_what_a_cell_cannot_hold():
    rows = [{"title": "a\x01b", "value": "NaN"}, {"title": "x" * 40_000, "value": Decimal("1.50")}]

    declared = columns(Column("title", "t", "t"), Column("value", "v", "v", Type.NUMBER))
    with workbook(declared, rows, [("a", "=b")], title="t", header="zh") as file:
        sheet = openpyxl.load_workbook(file)["数据"]

    assert [cell.value for cell in sheet[2]] == ["ab", "NaN"]
    assert len(sheet["A3"].value) == 32_767
    assert sheet["B3"].value == 1.5


def test_a_large_workbook_is_left_to_a_worker(small, client, monkeypatch):
    monkeypatch.setattr(desk_views, "AT_ONCE", 2)

    refused = client.get(f"{FILE}?dataset=observations&format=xlsx")
    page = client.get("/test-plan/reports/?dataset=observations&format=xlsx").content.decode()

    assert refused.status_code == 400
    assert "后台生成" in refused.content.decode()
    assert "下载 XLSX" not in page


def test_a_large_table_is_streamed_and_registered(small, client, monkeypatch):
    monkeypatch.setattr(desk_views, "STREAM_FROM", 2)

    data = b"".join(client.get(f"{FILE}?dataset=observations").streaming_content)

    export = Export.objects.get()
    assert (export.sha256, export.rows) == (hashlib.sha256(data).hexdigest(), 3)
    assert (export.view, export.path, export.query) == ("report_file", FILE, "dataset=observations")


def test_preview_shows_what_the_file_will_have(small, client):
    html = client.get("/test-plan/reports/?dataset=observations&column=year&column=value").content.decode()

    assert "3 行" in html
    assert '<td class="n">110.5</td>' in html
    assert f"{FILE}?dataset=observations&amp;column=year&amp;column=value" in html
    assert "?dataset=observations&amp;column=value&amp;column=year#columns" in html


def test_an_english_reader_sees_english_words_and_so_does_the_file(plan, client):
    address = "/sz-sti-14/reports/?codes=I-01&column=indicator&column=target_operator&as_of=2025-06-30"

    english = client.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    chinese = client.get(address).content.decode()
    machine = client.get(f"{address}&header=code", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    file = client.get("/sz-sti-14/reports/file/?codes=I-01&column=target_operator&header=en&as_of=2025-06-30")

    title = plan.items.get(code="I-01").title_en
    assert f"<td>{escape(title)}</td><td>Range (entering it is enough, beyond it counts too)</td>" in english
    assert '<a class="take" href="/sz-sti-14/reports/file/?dataset=progress&amp;column=indicator' in english
    assert "<td>区间（进入即达标，越过也算）</td>" in chinese
    assert "<td>range_floor</td>" in machine
    assert file.content.decode("utf-8-sig").splitlines() == [
        "Kind of target",
        '"Range (entering it is enough, beyond it counts too)"',
    ]


def test_chinese_headings_an_english_reader_chose_stay_chosen(small, client):
    html = client.get("/test-plan/reports/?header=zh", HTTP_ACCEPT_LANGUAGE="en").content.decode()

    assert '<option value="zh" selected>' in html
    assert "?dataset=items&amp;header=zh" in html


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("dataset", "budget"), [("observations", 12), ("items", 14), ("progress", 14), ("updates", 12)]
)
def test_queries_do_not_grow_with_rows(small, client, dataset, budget, rows, django_assert_max_num_queries):
    for number in range(rows):
        make_observation(make_component(small, f"I-1{number}"), 2021, "5")

    with django_assert_max_num_queries(budget):
        client.get(f"/test-plan/reports/?dataset={dataset}")


def test_a_file_of_invented_figures_is_marked(small, client):
    type(small).objects.update(is_demo=True)

    response = client.get(f"{FILE}?dataset=observations&column=year")

    assert response["X-Demo"] == "1"
    assert response.content.decode("utf-8-sig").splitlines()[:2] == ["年份,演示数据", "2021,演示数据"]


def test_a_report_of_the_real_plan_is_the_file_of_its_page(plan, client):
    page = read_csv(client.get("/sz-sti-14/indicators.csv?as_of=2025-06-30"))

    assert read_csv(client.get("/sz-sti-14/reports/file/?header=code&as_of=2025-06-30")) == page

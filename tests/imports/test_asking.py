"""On the desk: wide tables, one word for a whole file, names asked once, cells answered one by one."""

import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import AuditEvent
from desk.imports import batches
from desk.models import ImportBatch
from indicators.models import Component, ComponentName, Observation
from plan.workflow import WrongState
from tests.imports.conftest import csv_file, row

pytestmark = pytest.mark.django_db
SAID = {"all_source_title": "统计年鉴", "all_released_on": "2024-12-01", "all_value_status": "final"}


def address(name, *args):
    return reverse(f"desk_import:{name}", args=["sz-sti-14", *args])


@pytest.fixture
def desk(plan, client, analyst):
    client.force_login(analyst)
    return client


def upload(client, data, name="年鉴.csv", **fields):
    data = data.encode() if isinstance(data, str) else data
    answer = client.post(address("upload"), {"file": SimpleUploadedFile(name, data)} | fields)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("id")


def compare(client, batch, **fields):
    answer = client.post(address("mapping", batch.pk), SAID | fields)
    assert answer.status_code == 302, answer.content.decode()
    batch.refresh_from_db()
    return batch


def rows(batch, *names):
    return list(batch.rows.order_by("line").values_list("place", "outcome", *names))


def marked_book():
    """A wide sheet with a footnote mark, a scaled number and a hidden year."""
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["指标", 2021, 2022, 2023])
    raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
    sheet.append(["技术合同成交额", CellRichText("1310.5", raised), 140225000000, 1488])
    sheet["C2"].number_format = '0.00,,"亿"'
    sheet.column_dimensions["D"].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.breadth
def test_a_wide_table_goes_from_upload_to_figures(plan, desk):
    batch = upload(
        desk,
        "科技指标,,\n指标,2021,2022（初步）\n技术合同成交额（亿元）,1310.5,1402.25\n常住人口,1,2\n注：初步数,,\n",
    )
    page = desk.get(address("mapping", batch.pk)).content.decode()
    assert (batch.layout, "还缺必须的列：数据性质、公布日期、来源" in page) == ("across", True)

    batch = compare(desk, batch)

    assert rows(batch, "component__code", "year", "value_status") == [
        ("1", "passed", None, None, ""),
        ("B3", "new", "I-05", 2021, "final"),
        ("C3", "new", "I-05", 2022, "preliminary"),
        ("4", "passed", None, None, ""),
        ("5", "passed", None, None, ""),
    ]
    page = desk.get(address("batch", batch.pk)).content.decode()
    assert "整份应用（2 条）" in page
    assert "本规划没有叫“常住人口”的指标" in page
    desk.post(address("apply", batch.pk))
    stored = Observation.objects.filter(component__code="I-05")
    assert sorted(stored.values_list("year", "value", "source__title")) == [
        (2021, Decimal("1310.5"), "统计年鉴"),
        (2022, Decimal("1402.25"), "统计年鉴"),
    ]


def test_what_was_typed_comes_back_with_the_reason(plan, desk):
    batch = upload(desk, "指标,2021\n技术合同成交额,1310.5\n")

    answer = desk.post(address("mapping", batch.pk), SAID | {"all_released_on": "2999-01-01"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("公布日期晚于今天" in page, 'value="统计年鉴"' in page) == (True, True)


def test_a_name_is_answered_once_and_known_in_the_next_file(plan, desk):
    text = "指标,2021\n公民具备科学素质的比例,21.3\n地铁里程,500\n"
    batch = compare(desk, upload(desk, text))
    assert rows(batch, "component__code", "name") == [
        ("B2", "ask", "I-08", "公民具备科学素质的比例"),
        ("3", "passed", None, "地铁里程"),
    ]
    assert "公民具备科学素质的比例" in desk.get(address("batch", batch.pk)).content.decode()
    with pytest.raises(WrongState, match="还有 1 格待确认"):
        batches.start_apply(batch, whole=True, by=batch.uploaded_by)

    desk.post(address("names", batch.pk), {"name_0": "I-08", "name_1": "-"})

    batch.refresh_from_db()
    assert [line[1] for line in rows(batch)] == ["new", "passed"]
    assert sorted(ComponentName.objects.values_list("name", "component__code")) == [
        ("公民具备科学素质的比例", "I-08"),
        ("地铁里程", None),
    ]
    assert AuditEvent.objects.filter(action="import.named").count() == 2
    again = compare(desk, upload(desk, text.replace("2021", "2022")))
    assert [line[1] for line in rows(again)] == ["new", "passed"]


def test_asked_cells_are_answered_or_left_out_one_by_one(plan, desk):
    batch = compare(desk, upload(desk, marked_book(), name="年鉴.xlsx"))
    assert [line[:2] for line in rows(batch)] == [("B2", "ask"), ("C2", "ask"), ("D2", "ask")]
    assert [[answer["value"] for answer in row.answers] for row in batch.rows.order_by("line")] == [
        ["1310.5", "1310.51"],
        ["140225000000", "140225"],
        ["1488"],
    ]
    page = desk.get(address("batch", batch.pk)).content.decode()
    assert ("不含它是“1310.5”" in page, "显示为“140225.00亿”" in page) == (True, True)
    assert "在工作簿中是隐藏的" in page

    lines = list(batch.rows.order_by("line").values_list("line", flat=True))
    said = {f"answer_{lines[0]}": "0", f"answer_{lines[1]}": "leave", f"answer_{lines[2]}": "9"}
    desk.post(address("rows", batch.pk), {"do": "answer"} | said)

    batch.refresh_from_db()
    assert rows(batch, "value", "chosen") == [
        ("B2", "new", Decimal("1310.5"), True),
        ("C2", "passed", Decimal(140225000000), False),
        ("D2", "ask", Decimal(1488), False),
    ]
    assert batch.asked == 1
    desk.post(address("rows", batch.pk), {"do": "answer", f"answer_{lines[2]}": "0"})
    desk.post(address("apply", batch.pk))
    assert sorted(Observation.objects.filter(component__code="I-05").values_list("year", "value")) == [
        (2021, Decimal("1310.5")),
        (2023, Decimal(1488)),
    ]


def test_another_sheet_may_be_chosen(plan, desk):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "甲"
    book.active.append(["编码", 2021])
    book.active.append(["I-05", 1])
    other = book.create_sheet("乙")
    other.append(["编码", 2022])
    other.append(["I-05", 2])
    out = io.BytesIO()
    book.save(out)
    batch = upload(desk, out.getvalue(), name="a.xlsx")
    assert (batch.sheet, batch.sheets) == ("甲", ["乙"])

    desk.post(address("mapping", batch.pk), {"sheet": "乙"})

    batch.refresh_from_db()
    assert (batch.sheet, batch.sheets) == ("乙", ["甲"])
    assert [line[2] for line in rows(compare(desk, batch, sheet="乙"), "year")] == [2022]


def test_a_file_that_reads_well_in_two_encodings_is_asked_about(plan, desk):
    data = "编码,2021,指\nI-05,1310.5,统\n".encode("gb18030").replace("编码".encode("gb18030"), b"code")

    refused = desk.post(address("upload"), {"file": SimpleUploadedFile("a.csv", data)})
    batch = upload(desk, data, encoding="gb18030")

    assert (refused.status_code, "GB18030 读作“指”" in refused.content.decode()) == (422, True)
    assert batch.headings == ["code", "2021", "指"]


@pytest.mark.breadth
def test_a_file_like_one_before_is_prefilled(plan, desk):
    text = "指标,2021\n技术合同成交额,1310.5\n"
    batch = compare(desk, upload(desk, text), all_source_publisher="市统计局", all_value_status="preliminary")
    desk.post(address("apply", batch.pk))

    again = upload(desk, text.replace("2021", "2022"), name="次年.csv")

    assert again.defaults == {"source_publisher": "市统计局", "value_status": "preliminary"}
    assert "已按那次的对应和性质预填" in desk.get(address("mapping", again.pk)).content.decode()


def test_one_word_for_the_whole_file_fills_a_table_of_one_figure_a_row(plan, desk):
    batch = upload(desk, "编码,年度,数\nI-05,2021,1310.5\n")
    mapping = {f"column_{place}": name for name, place in batch.mapping.items()}

    batch = compare(desk, batch, **mapping)

    assert list(batch.rows.values_list("outcome", "source_title", "value_status")) == [
        ("new", "统计年鉴", "final")
    ]


@pytest.mark.breadth
def test_two_answers_for_one_release_are_a_conflict(plan, desk):
    batch = compare(desk, upload(desk, "编码,2021,2021（终）\nI-05,1310.5①,1311①\n"))
    lines = list(batch.rows.order_by("line").values_list("line", flat=True))

    desk.post(address("rows", batch.pk), {"do": "answer"} | {f"answer_{line}": "0" for line in lines})

    assert [line[1] for line in rows(batch)] == ["conflict", "conflict"]


def test_the_list_of_faults_names_what_was_passed_over(component, analyst, client):
    client.force_login(analyst)
    batch = batches.upload_file(component.indicator.plan, csv_file(row(), "注：初步数,,,,,,\n"), by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)

    answer = client.get(reverse("desk_import:faults", args=["test-plan", batch.pk]))

    assert "3,略过,—,注：初步数,表下的注释" in answer.getvalue().decode("utf-8-sig")


def answer(client, batch, said):
    client.post(
        address("rows", batch.pk), {"do": "answer"} | {f"answer_{line}": choice for line, choice in said.items()}
    )
    batch.refresh_from_db()


def test_answers_and_ticks_outlive_an_answer_about_names(plan, desk):
    text = "指标,2021,2022\n地铁里程,1,2\n技术合同成交额,1310.5①,1402.25\n公民具备科学素质的比例,21.3,22.1\n"
    batch = compare(desk, upload(desk, text))
    lines = dict(batch.rows.values_list("place", "line"))
    answer(desk, batch, {lines["B3"]: "0"})
    desk.post(
        address("rows", batch.pk), {"do": "save", "shown": [lines["B3"], lines["C3"]], "chosen": [lines["B3"]]}
    )

    desk.post(address("names", batch.pk), {"name_0": "I-08", "name_1": "-"})

    batch.refresh_from_db()
    kept = {place: (outcome, chosen) for place, outcome, chosen in rows(batch, "chosen")}
    assert kept["B3"] == ("new", True)
    assert kept["C3"] == ("new", False)
    assert kept["B4"] == ("new", True)
    assert batch.asked == 0


def test_of_two_rows_of_one_release_one_is_chosen(plan, desk):
    batch = compare(desk, upload(desk, "编码,2021,2021（终）\nI-05,1310.5,1311\n"))
    first, second = batch.rows.order_by("line").values_list("line", flat=True)
    assert "用这一行" in desk.get(address("batch", batch.pk)).content.decode()

    both = desk.post(
        address("rows", batch.pk), {"do": "answer", f"answer_{first}": "take", f"answer_{second}": "take"}
    )
    answer(desk, batch, {second: "take"})

    assert (both.status_code, "只能用一行" in both.content.decode()) == (409, True)
    assert rows(batch, "value", "chosen") == [
        ("B2", "passed", Decimal("1310.5"), False),
        ("C2", "new", Decimal(1311), True),
    ]
    assert batch.blocked == 0


def test_a_double_of_a_wide_table_names_the_other_cell(plan, desk):
    text = "科技指标,,\n指标,2021,2022\n技术合同成交额,1310.5,1402.25\n技术合同成交额,1311,1403\n"
    batch = compare(desk, upload(desk, text))
    faults = {row.where: [fault.reason for fault in row.reasons] for row in batch.rows.filter(outcome="conflict")}

    assert faults == {
        "B3": ["与 B4 重复"],
        "B4": ["与 B3 重复"],
        "C3": ["与 C4 重复"],
        "C4": ["与 C3 重复"],
    }
    listed = desk.get(address("faults", batch.pk)).getvalue().decode("utf-8-sig")
    assert "B3,冲突,分项编码,I-05,与 B4 重复" in listed
    lines = dict(batch.rows.values_list("place", "line"))
    both = desk.post(
        address("rows", batch.pk), {"do": "answer"} | {f"answer_{lines[place]}": "take" for place in ("B3", "B4")}
    )
    assert "只能用一行：B3、B4" in both.content.decode()


def test_what_changed_meanwhile_is_named_by_its_cell(plan, desk):
    batch = compare(desk, upload(desk, "科技指标,\n指标,2021\n技术合同成交额,1310.5\n"))
    twin = compare(desk, upload(desk, "科技指标,\n指标,2021\n技术合同成交额,1310.5\n"))
    desk.post(address("apply", twin.pk))

    page = desk.post(address("apply", batch.pk), follow=True).content.decode()

    assert "请再看一遍：B3" in page


def test_of_two_rows_one_is_left_out_and_the_other_stands(component, analyst, client):
    client.force_login(analyst)
    file = csv_file(row(value="150"), row(value="151"))
    batch = batches.upload_file(component.indicator.plan, file, by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)

    batches.answer_rows(batch, {2: "leave"}, by=analyst)

    assert list(batch.rows.order_by("line").values_list("outcome", flat=True)) == ["passed", "new"]
    # Compared again, as where a name was answered, it stays so.
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)
    assert list(batch.rows.order_by("line").values_list("outcome", flat=True)) == ["passed", "new"]


def test_how_a_publishers_last_file_was_read_is_offered_for_another_of_it(plan, desk):
    first = upload(desk, "哪一项,哪一年,多少\nI-05,2021,1310.5\n", name="去年.csv")
    said = {"column_0": "component", "column_1": "year", "column_2": "value", "all_source_publisher": "市统计局"}
    desk.post(address("apply", compare(desk, first, **said, all_value_status="preliminary").pk))
    second = upload(desk, "哪一项,多少,哪一年,附\nI-05,1402.25,2022,x\n", name="今年.csv")

    plain = desk.get(address("mapping", second.pk))
    followed = desk.get(address("mapping", second.pk), {"recipe": first.pk})

    assert [one.pk for one in plain.context["recipes"]] == [first.pk]
    assert "按发布单位沿用上次的读法" in plain.content.decode()
    form = followed.context["form"]
    assert [form[f"column_{place}"].value() for place in range(4)] == ["component", "value", "year", ""]
    assert (form["all_source_publisher"].value(), form["all_value_status"].value()) == ("市统计局", "preliminary")
    assert "去年.csv" in followed.content.decode()
    assert desk.get(address("mapping", second.pk), {"recipe": "x"}).status_code == 400


def test_of_files_without_a_look_the_page_says_so(plan, desk):
    batch = compare(desk, upload(desk, "编码,2021\nI-05,1310.5\n"))
    assert "不说单元格的样式" not in desk.get(address("batch", batch.pk)).content.decode()

    ImportBatch.objects.filter(pk=batch.pk).update(format="xlsb")

    assert ".xlsb 文件不说单元格的样式" in desk.get(address("batch", batch.pk)).content.decode()
    assert ".xlsb 文件不说单元格的样式" in desk.get(address("mapping", batch.pk)).content.decode()


def test_a_number_keeps_its_own_power_where_its_column_names_another(plan, desk):
    component = Component.objects.get(code="I-05")
    component.indicator.unit = "万亿元"
    component.indicator.save()
    text = "指标,2021（万亿元）,2022（万亿元）,2023（万亿元）\n技术合同成交额,9800亿,9800亿元,1.3\n"

    batch = compare(desk, upload(desk, text))

    assert rows(batch, "value", "published_text") == [
        ("B2", "new", Decimal("0.98"), "9800亿元"),
        ("C2", "new", Decimal("0.98"), "9800亿元"),
        ("D2", "new", Decimal("1.3"), ""),
    ]


ONE_YEAR = [["指标", "单位", "数值"], ["技术合同成交额", "亿元", 1310.5]]


def book_of(sheets):
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_one_year_of_a_sheets_name_is_filled_in_for_the_whole_file(plan, desk):
    batch = upload(desk, book_of({"2021年": ONE_YEAR, "2022年": ONE_YEAR}), name="指标.xlsx")
    page = desk.get(address("mapping", batch.pk)).content.decode()
    assert (batch.defaults["year"], 'name="all_year" value="2021"' in page) == ("2021", True)
    assert "年份" not in re.search(r"还缺必须的列：(.*?)。", page)[1]

    desk.post(address("mapping", batch.pk), {"sheet": "2022年"})
    batch.refresh_from_db()
    columns = {f"column_{place}": name for name, place in batch.mapping.items()}
    assert batch.defaults["year"] == "2022"
    # A person may say another year, or none.
    none = desk.post(address("mapping", batch.pk), SAID | columns | {"sheet": "2022年", "all_year": ""})
    batch = compare(desk, batch, **columns, sheet="2022年", all_year="2023")

    assert (none.status_code, "为整份文件填写" in none.content.decode()) == (422, True)
    assert [line[1:] for line in rows(batch, "component__code", "year")] == [("new", "I-05", 2023)]


def test_a_year_is_filled_in_from_a_title_or_the_files_name_and_not_beside_a_column_of_years(plan, desk):
    text = "指标,单位,数值\n技术合同成交额,亿元,1310.5\n"
    titled = upload(desk, "2021年科技指标,,\n" + text)
    by_name = upload(desk, text, name="2022年指标.csv")
    two = upload(desk, "2021年科技指标（2020年对比）,,\n" + text)
    with_years = upload(desk, "2021年科技指标,,,\n指标,单位,年份,数值\n技术合同成交额,亿元,2020,1310.5\n")

    assert [one.defaults.get("year") for one in (titled, by_name, two, with_years)] == ["2021", "2022", None, None]


def test_places_over_indicators_take_the_year_of_their_title(plan, desk):
    text = "2021年各区主要科技指标,,\n地区,技术合同成交额（亿元）,国家级高新技术企业数量（家）\n"
    batch = compare(desk, upload(desk, text + "全市,1310.5,21000\n福田区,100,900\n"))

    assert [line[:4] for line in rows(batch, "component__code", "year")] == [
        ("1", "passed", None, None),
        ("B3", "ask", "I-05", 2021),
        ("C3", "ask", "I-07", 2021),
        ("4", "passed", None, None),
    ]
    assert "按标题或表名算是 2021 年：对吗？" in desk.get(address("batch", batch.pk)).content.decode()

"""The pages of an import: who may see and do what, and what they say."""

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Role
from audit.models import AuditEvent
from desk.imports import batches
from desk.imports.template import template_csv, template_xlsx
from desk.models import ImportBatch
from indicators.models import Observation
from tests.factories import make_component, make_observation, make_person, make_plan
from tests.imports.conftest import csv_file, figures, outcomes, row, xlsx_file
from tests.tables.xlsb import xlsb

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 1)


def address(name, *args):
    return reverse(f"desk_import:{name}", args=["test-plan", *args])


@pytest.fixture
def signed_in(client, analyst):
    client.force_login(analyst)
    return client


def upload(client, file):
    """The batch as it stands after the proposed mapping was accepted."""
    answer = client.post(address("upload"), {"file": file})
    batch = ImportBatch.objects.latest("id")
    assert answer.url == address("mapping", batch.pk)
    data = {f"column_{place}": name for name, place in batch.mapping.items()}
    client.post(address("mapping", batch.pk), data)
    batch.refresh_from_db()
    return batch


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_only_a_book_whose_look_nobody_sees_says_so(component, signed_in, language):
    signed_in.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    said = {"zh-hans": "或在 Excel、WPS 中另存为 .xlsx 再导入", "en": "save as .xlsx in Excel or WPS"}[language]
    seen = (Path(__file__).parent.parent / "tables" / "marked.xls").read_bytes()

    pages = []
    for name, data in (("a.xlsb", xlsb([["指标", "2021"], ["I-01", 5.0]])), ("a.xls", seen)):
        answer = signed_in.post(address("upload"), {"file": SimpleUploadedFile(name, data)})
        pages.append(signed_in.get(answer.url).content.decode())

    assert [said in page for page in pages] == [True, False]


@pytest.mark.breadth
def test_a_file_goes_from_upload_to_figures_and_back_through_pages(component, signed_in):
    batch = upload(signed_in, csv_file(row(), row(year=2021)))
    page = signed_in.get(address("batch", batch.pk)).content.decode()
    assert "整份应用（2 条）" in page

    assert signed_in.post(address("apply", batch.pk)).url == address("batch", batch.pk)

    assert figures().count() == 2
    assert "已写入 2 条，待核定" in signed_in.get(address("batch", batch.pk)).content.decode()
    signed_in.post(address("undo", batch.pk))
    assert figures().count() == 0
    assert "整批已撤销" in signed_in.get(address("batch", batch.pk)).content.decode()
    again = signed_in.post(address("undo", batch.pk))
    assert (again.status_code, "已撤销，现在不能这样操作" in again.content.decode()) == (409, True)


def test_ticked_rows_are_kept_and_applied_with_one_button(component, signed_in):
    batch = upload(signed_in, csv_file(row(), row(year=2021), row(year=2020, value="?", day="2021-05-01")))
    rows = address("rows", batch.pk)

    kept = signed_in.post(f"{rows}?outcome=new", {"do": "save", "shown": ["2", "3"], "chosen": ["3", "4", "x"]})

    assert kept.url == f"{address('batch', batch.pk)}?outcome=new#rows"
    assert list(batch.rows.filter(chosen=True).values_list("line", flat=True)) == [3]
    signed_in.post(rows, {"do": "all:new"})
    assert batch.rows.filter(chosen=True).count() == 2
    signed_in.post(rows, {"do": "apply", "shown": ["2", "3"], "chosen": ["2"]})
    assert list(figures().values_list("year", flat=True)) == [2022]


def test_faults_are_shown_in_words_and_downloaded_as_a_list(component, signed_in):
    batch = upload(signed_in, csv_file(row(value="1400–1500"), row(component="=cmd", value="3"), row(year=2021)))

    page = signed_in.get(address("batch", batch.pk) + "?outcome=invalid").content.decode()
    answer = signed_in.get(address("faults", batch.pk))

    assert "有 2 行无效或冲突，不能整份应用" in page
    assert "只收一个确定的数" in page
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [line[:4] for line in lines] == [
        ["行", "结果", "列", "值"],
        ["2", "无效", "数值", "1400–1500"],
        ["3", "无效", "分项编码", "'=cmd"],
    ]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "文件是空的"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\0\0", "不是文本文件"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 .xls"),
        ("a.csv", "﻿a".encode("utf-16") + b"\0", "UTF-16"),
    ],
)
def test_what_is_no_table_is_refused_in_place(component, signed_in, name, data, words):
    answer = signed_in.post(address("upload"), {"file": SimpleUploadedFile(name, data)})

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not ImportBatch.objects.exists()


def test_a_missing_file_and_a_file_too_large_are_refused_in_place(component, signed_in, settings):
    settings.IMPORT_MAX_MB = 0

    missing = signed_in.post(address("upload"))
    large = signed_in.post(address("upload"), {"file": csv_file(row())})

    assert (missing.status_code, "请选择一个 CSV 或 XLSX 文件" in missing.content.decode()) == (422, True)
    assert (large.status_code, "上限 0 MB" in large.content.decode()) == (422, True)


def test_columns_that_are_missing_or_doubled_are_named(component, signed_in):
    file = csv_file("I-01,2022,150,final\n", head="分项,年份,数值,甲\n")
    signed_in.post(address("upload"), {"file": file})
    batch = ImportBatch.objects.get()
    page = signed_in.get(address("mapping", batch.pk)).content.decode()
    assert "还缺必须的列：数据性质、公布日期、来源" in page

    data = {"column_0": "component", "column_1": "year", "column_2": "year", "column_3": ""}
    answer = signed_in.post(address("mapping", batch.pk), data)

    assert answer.status_code == 422
    assert "“年份”已对应“年份”，只能对应一列" in answer.content.decode()
    answer = signed_in.post(address("mapping", batch.pk), data | {"column_2": "value"})
    assert ">公布日期</a>：这一列必须有" in answer.content.decode()


def test_the_same_file_again_leads_to_the_former_import(component, signed_in):
    first = upload(signed_in, csv_file(row()))

    second = upload(signed_in, csv_file(row(), name="renamed.csv"))

    page = signed_in.get(address("batch", second.pk)).content.decode()
    assert "同一份文件已由 ana 于" in page
    assert f'href="{address("batch", first.pk)}"' in page


@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_each_role_is_let_in_where_its_work_is(component, analyst, client, role):
    batch = batches.upload_file(component.indicator.plan, csv_file(row()), by=analyst)
    if role != "nobody":
        person = make_person("someone", role)
        client.force_login(person)
    reads = role in (Role.REPORTER, Role.ANALYST, Role.REVIEWER)
    refused = 302 if role == "nobody" else 403

    def status(answer):
        return answer.status_code

    for name in ("list", "template", "template_csv", "batch", "state", "faults"):
        place = address(name, *([batch.pk] if name in ("batch", "state", "faults") else []))
        program = place.endswith((".csv", ".json"))
        # Somebody else's batch holds what other organisations have not published yet.
        is_anothers = role == Role.REPORTER and name in ("batch", "state", "faults")
        is_let_in = reads and not is_anothers
        assert status(client.get(place)) == (200 if is_let_in else 403 if program else refused), name
    for name in ("rows", "names", "apply", "undo", "cancel"):
        assert status(client.post(address(name, batch.pk))) == refused, name
        if reads:
            assert status(client.get(address(name, batch.pk))) == 405, name
    assert status(client.post(address("upload"))) == (422 if role == Role.ANALYST else refused)
    assert status(client.get(address("mapping", batch.pk))) == (200 if role == Role.ANALYST else refused)


def test_a_batch_belongs_to_its_plan(component, analyst, signed_in):
    batch = batches.upload_file(component.indicator.plan, csv_file(row()), by=analyst)

    assert signed_in.get(f"/sz-sti-14/data/imports/{batch.pk}/").status_code == 404
    assert signed_in.get(address("batch", batch.pk + 1)).status_code == 404


def test_a_batch_costs_the_same_queries_with_one_row_and_with_three(
    component, signed_in, django_assert_max_num_queries
):
    make_component(component.indicator.plan, "I-02")
    one = upload(signed_in, csv_file(row()))
    three = upload(signed_in, csv_file(row(), row("I-02"), row(year=2021)))

    for batch in (one, three):
        with django_assert_max_num_queries(7):
            signed_in.get(address("batch", batch.pk))
    for _ in range(2):
        with django_assert_max_num_queries(6):
            signed_in.get(address("list"))


def test_progress_is_told_to_the_bar(component, analyst, signed_in, monkeypatch):
    monkeypatch.setattr(batches, "INLINE_ROWS", 0)
    batch = upload(signed_in, csv_file(row()))

    body = signed_in.get(address("state", batch.pk)).json()

    assert body == {"state": "checking", "label": "比对中", "working": True, "progress": 0}
    page = signed_in.get(address("batch", batch.pk)).content.decode()
    assert f'data-state="{address("state", batch.pk)}"' in page
    signed_in.post(address("cancel", batch.pk))
    assert "已取消，文件已删除" in signed_in.get(address("batch", batch.pk)).content.decode()


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_filled_in_template_is_taken_in_and_again_changes_nothing(component, analyst, signed_in, language):
    import openpyxl

    signed_in.cookies["django_language"] = language
    make_observation(component, 2021, "140")
    data = signed_in.get(address("template")).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    assert sheet.row_dimensions[1].hidden
    names = {cell.value.removeprefix("id:"): cell.column for cell in sheet[1]}
    assert [sheet.cell(3, names[name]).value for name in ("component", "year", "value")] == ["I-01", 2022, None]
    words = {"value": 151.5, "value_status": {"en": "final"}.get(language, "最终核实")}
    for name, value in {**words, "released_on": date(2023, 5, 1), "source_title": "公报"}.items():
        sheet.cell(3, names[name]).value = value
    # Columns may be moved and renamed: the hidden row says what they are.
    sheet.insert_cols(1)
    sheet.cell(2, 2).value = "随便"
    filled = io.BytesIO()
    book.save(filled)

    batch = upload(signed_in, SimpleUploadedFile("t.xlsx", filled.getvalue()))

    assert list(batch.rows.values_list("line", "outcome", "year")) == [(3, "new", 2022)]
    signed_in.post(address("apply", batch.pk))
    assert str(figures().get(year=2022).value.normalize()) == "151.5"
    batch = upload(signed_in, SimpleUploadedFile("t.xlsx", filled.getvalue()))
    assert list(batch.rows.values_list("outcome", flat=True)) == ["same"]


def test_an_empty_template_holds_what_is_due_and_imports_nothing(component, signed_in):
    plan = component.indicator.plan
    make_observation(component, 2021, "140")

    text = template_csv(plan, today=TODAY).decode("utf-8-sig")
    book = template_xlsx(plan, today=TODAY)

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["分项编码"], row["单位"], row["年份"], row["数值"]) for row in rows] == [
        ("I-01", "件", "2022", "")
    ]
    assert zipfile.is_zipfile(io.BytesIO(book))
    for name, data in (("t.csv", text.encode("utf-8-sig")), ("t.xlsx", book)):
        # A template asks for what nobody has filled in yet; a CSV says by nothing that it is one, and tells of it.
        batch = upload(signed_in, SimpleUploadedFile(name, data))
        assert {"passed": batch.total} == {"passed": 1 if name == "t.csv" else 0}
        assert set(batch.rows.values_list("outcome", flat=True)) <= {"passed"}


@pytest.mark.breadth
@pytest.mark.parametrize("query", ["header=zh", "header=code", "header=zh&encoding=gb18030"])
def test_an_export_imported_again_changes_nothing(plan, analyst, client, query):
    client.force_login(analyst)
    data = client.get(f"/{plan.slug}/observations.csv?{query}").content
    before = Observation.objects.count()

    batch = batches.upload_file(plan, SimpleUploadedFile("o.csv", data), by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)

    assert set(batch.counts) == {"same", "chosen", "outliers"}
    assert batch.counts["same"] == len(list(csv.reader(io.StringIO(data.decode(batch.encoding))))) - 1
    assert Observation.objects.count() == before


def test_the_shipped_figures_as_a_workbook_change_nothing(plan, analyst):
    """XLSX out and in: every stored figure, numbers as numbers and days as days."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["component", "year", "value", "value_status", "released_on", "source_title", "source_url"])
    stored = Observation.objects.filter(component__indicator__plan=plan).select_related("component", "source")
    for figure in stored:
        book.active.append(
            [
                figure.component.code,
                figure.year,
                float(figure.value),
                figure.get_value_status_display(),
                figure.released_on,
                figure.source.title,
                figure.source.url,
            ]
        )
    out = io.BytesIO()
    book.save(out)

    batch = batches.upload_file(plan, SimpleUploadedFile("o.xlsx", out.getvalue()), by=analyst)
    batch = batches.start_check(batch, mapping=batch.mapping, by=analyst)

    assert batch.counts == {"same": stored.count(), "chosen": 0, "outliers": 0}


def test_the_list_of_imports_goes_on_to_the_first_one(component, analyst, signed_in):
    plan = component.indicator.plan
    for number in range(21):
        ImportBatch.objects.create(
            plan=plan, name=f"第{number}份.csv", stored_as=str(number), size=1, uploaded_by=analyst
        )

    pages = [signed_in.get(address("list"), {"page": number}).content.decode() for number in (1, 2)]
    refused = signed_in.post(address("upload"), {"file": SimpleUploadedFile("a.txt", b"")})

    assert [re.findall(r"第(\d+)份", page) for page in pages] == [[str(n) for n in range(20, 0, -1)], ["0"]]
    assert all('导入记录 <span class="sub">21</span>' in page for page in pages)
    assert f'<a href="{address("list")}?page=1">上一页</a>' in pages[1]
    # The address of an upload takes files alone: its page leads on to the list's own.
    assert refused.status_code == 422
    assert f'<a href="{address("list")}?page=2">下一页</a>' in refused.content.decode()
    assert signed_in.get(address("list"), {"page": 3}).status_code == 400


def test_a_plan_without_figures_shows_empty_pages(signed_in):
    make_plan()

    page = signed_in.get(address("list")).content.decode()

    assert "还没有导入过文件" in page


@pytest.mark.breadth
@pytest.mark.parametrize("line", ["9" * 25, "9" * 5000, "²", "-1", ""])
def test_a_chosen_row_that_is_no_line_is_passed_over(component, signed_in, line):
    batch = upload(signed_in, csv_file(row(), row(year=2021)))

    answer = signed_in.post(address("rows", batch.pk), {"do": "keep", "shown": ["2", line], "chosen": [line]})

    assert answer.status_code == 302
    assert list(batch.rows.order_by("line").values_list("line", "chosen")) == [(2, False), (3, True)]


def test_the_list_of_faults_leaves_a_row_in_the_audit_log(component, signed_in, analyst):
    batch = upload(signed_in, csv_file(row(), row(year=2021, value="好")))

    signed_in.get(address("faults", batch.pk))

    event = AuditEvent.objects.get(action="export")
    assert (event.actor, event.plan_slug, event.object_label, event.after["rows"]) == (
        analyst,
        "test-plan",
        f"test-plan_import_{batch.pk}_faults.csv",
        1,
    )


OTHER = (
    "code,component,year,value,value_status,released_on,source_title\nI-02,I-01,2022,150,final,2023-05-01,公报\n"
)


def test_a_row_whose_code_is_another_indicator_s_is_told_so(component, signed_in):
    """Answered 500, or left a job dead after five attempts."""
    batch = upload(signed_in, csv_file(head=OTHER))

    page = signed_in.get(address("batch", batch.pk) + "?outcome=invalid").content.decode()

    assert outcomes(batch) == {2: "invalid"}
    assert "分项 I-01 属于指标 I-01" in page
    assert signed_in.post(address("apply", batch.pk)).status_code in (302, 409)
    assert not figures().exists()


def test_the_command_names_the_row_whose_code_is_another_indicator_s(component, tmp_path):
    (tmp_path / "a.csv").write_text(OTHER, encoding="utf-8")

    with pytest.raises(CommandError, match="第 2 行.*I-02.*分项 I-01 属于指标 I-01"):
        call_command("import_observations", str(tmp_path / "a.csv"), plan="test-plan")

    assert not figures().exists()


@pytest.fixture(params=["[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def damaged(request):
    """A workbook one of whose parts is packed with a stream that cannot be unpacked, its directory whole."""
    lines = [
        ["component", "year", "value"],
        *(["I-01", 2000 + year, f"{year}x{year * 7919}"] for year in range(99)),
    ]
    data = bytearray(xlsx_file(lines).read())
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        part = book.getinfo(request.param)
    start = part.header_offset + 30 + len(part.filename)
    data[start : start + 8] = b"\xff" * 8  # no kind of block of deflate begins so
    return bytes(data)


def test_a_workbook_with_a_damaged_stream_is_refused_in_words(component, signed_in, damaged):
    answer = signed_in.post(address("upload"), {"file": SimpleUploadedFile("a.xlsx", damaged)})

    assert (answer.status_code, "工作簿已损坏" in answer.content.decode()) == (422, True)
    assert not ImportBatch.objects.exists()


def test_the_command_refuses_a_workbook_with_a_damaged_stream_in_words(component, damaged, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(damaged)

    with pytest.raises(CommandError, match="工作簿已损坏"):
        call_command("import_observations", str(tmp_path / "a.xlsx"), plan="test-plan")

    assert not figures().exists()


def states(batch):
    return list(batch.rows.order_by("line").values_list("outcome", flat=True))


def test_faulty_and_clashing_rows_are_put_right_where_they_are_shown(component, signed_in):
    stored = row(year=2020, value="100", day="2021-05-01")
    batch = upload(signed_in, csv_file(stored))
    signed_in.post(address("apply", batch.pk))
    batch = upload(
        signed_in,
        csv_file(
            row(value="1四5", status="finall"),  # 2: two cells wrong
            row(component="Z-99"),  # 3
            row(year=2020, value="101", day="2021-05-01"),  # 4: the release is stored otherwise
            row(year=2021, value="1", day="2022-05-01"),  # 5 and 6 give one release
            row(year=2021, value="2", day="2022-05-01"),
        ),
    )
    page = signed_in.get(address("batch", batch.pk)).content.decode()
    rows, fixed = address("rows", batch.pk), {"do": "answer"}

    assert re.search(r'name="m-2-value"\s+value="1四5"', page)
    assert '<select name="m-2-value_status"' in page
    assert "请在下面逐行改正" in page
    half = signed_in.post(rows, fixed | {"m-2-value": "145", "m-2-value_status": "finall", "m-9-value": "1"})
    assert half.status_code == 302
    assert states(batch)[0] == "invalid"
    signed_in.post(
        rows,
        fixed
        | {"m-2-value": "145", "m-2-value_status": "preliminary", "m-3-component": "I-01", "m-4-value": "101"}
        | {
            "m-4-released_on": "2022-06-01",
            "m-5-value": "141",
            "m-6-value": "142",
            "m-6-released_on": "2022-09-01",
        },
    )
    # 2 and 3 are now two rows of one release; 5 and 6 are two.
    assert states(batch) == ["conflict", "conflict", "new", "new", "new"]
    signed_in.post(rows, fixed | {"m-3-released_on": "2023-09-01", "m-3-value": "150"})
    assert states(batch) == ["new", "new", "new", "new", "new"]
    event = AuditEvent.objects.filter(action="import.mended").latest("pk")
    assert event.after["cells"] == [{"row": 3, "released_on": "2023-09-01", "value": "150"}]

    # What was put right stays when the file is compared again, and the whole is handed in.
    batches.start_check(batch, mapping=batch.mapping, names={"某": ""}, by=batch.uploaded_by)
    assert states(batch) == ["new", "new", "new", "new", "new"]
    batch.rows.update(chosen=True)
    signed_in.post(address("apply", batch.pk))
    kept = figures().filter(year=2022).order_by("released_on").values_list("value", "value_status")
    assert [(str(value.normalize()), status) for value, status in kept] == [
        ("145", "preliminary"),
        ("1.5E+2", "final"),
    ]


@pytest.mark.breadth
@pytest.mark.parametrize(
    "sent",
    [{"m-2-nonsense": "1"}, {"m-x-value": "1"}, {"m-2-value": "\0"}, {"m-2-value": "9" * 900}, {"m-2-value": ""}],
)
def test_a_correction_that_is_none_changes_nothing_of_other_rows(component, signed_in, sent):
    batch = upload(signed_in, csv_file(row(value="?"), row(year=2021)))

    answer = signed_in.post(address("rows", batch.pk), {"do": "answer"} | sent)

    assert answer.status_code in (302, 400)
    assert states(batch)[0] in ("invalid", "passed")
    assert states(batch)[1] == "new"


def test_a_row_says_its_kind_of_figure_in_words(component, signed_in):
    batch = upload(signed_in, csv_file(row(value="?")))
    page = signed_in.get(address("batch", batch.pk)).content.decode()

    assert '<span class="sub">最终核实</span>' in page
    assert ">final<" not in page

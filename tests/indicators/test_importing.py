import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from indicators.files.faults import BrokenFile
from indicators.models import Observation
from indicators.services import import_observations
from jobs.models import Job
from tests.conftest import FOLDER

TODAY = date(2026, 11, 1)
HEAD = "component,unit,year,value,value_status,released_on,source_title,source_url\n"
ROW = "I-05,亿元,2023,1400.5,final,2024-03-01,技术市场年报,https://example.org/a\n"


def load(plan, text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return import_observations(plan, io.BytesIO(data), today=TODAY, **options)


def test_new_figure_is_stored_with_its_source_and_an_audit_row(plan):
    result = load(plan, HEAD + ROW)

    row = Observation.objects.get(component__code="I-05")
    assert (result.new, str(row.value), row.source.title) == (1, "1400.50000000", "技术市场年报")
    assert row.approved_at
    event = AuditEvent.objects.get(action="import_observations", after__sha256=result.sha256)
    assert event.after["rows"] == [["I-05", 2023, "1400.5", "2024-03-01", "approved"]]


def test_same_file_twice_changes_nothing(plan):
    load(plan, HEAD + ROW)
    events = AuditEvent.objects.count()

    result = load(plan, HEAD + ROW)

    assert (result.new, result.same, AuditEvent.objects.count()) == (0, 1, events)


@pytest.mark.parametrize(
    "look", ["技术市场年报(2023)", "技术市场\u200b年报（2023）", "技术市场年报\u00a0（2023）"]
)
def test_a_source_spelled_otherwise_is_no_second_release(plan, look):
    load(plan, HEAD + ROW.replace("技术市场年报", "技术市场年报（2023）"))

    result = load(plan, HEAD + ROW.replace("技术市场年报", look))

    assert (result.new, result.same) == (0, 1)
    with pytest.raises(BrokenFile) as error:
        load(plan, HEAD + ROW.replace("技术市场年报", "月报（3月）") + ROW.replace("技术市场年报", "月报(3月)"))
    assert [fault.code for fault in error.value.faults] == ["double_row"]


def test_dry_run_stores_nothing(plan):
    assert load(plan, HEAD + ROW, dry_run=True).new == 1
    assert not Observation.objects.filter(component__code="I-05").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_excel_and_wps_are_read(plan, encoding):
    head = "分项编码,年份,数值,数据性质,公布日期,来源\n"

    load(plan, (head + 'I-05,２０２３年,"１,400.5",最终核实,2024年3月1日,技术市场年报\n').encode(encoding))

    row = Observation.objects.get(component__code="I-05")
    assert (row.year, str(row.value.normalize()), row.released_on) == (2023, "1400.5", date(2024, 3, 1))


def test_every_fault_is_named_with_row_column_value_and_reason_and_nothing_is_stored(plan):
    bad = [
        "I-99,亿元,2023,1,final,2024-03-01,S,",
        "I-05,家,2023,1,final,2024-03-01,S,",
        "I-05,亿元,23,1,final,2024-03-01,S,",
        "I-05,亿元,2023,约1400,final,2024-03-01,S,",
        "I-05,亿元,2023,,final,2024-03-01,S,",
        "I-05,亿元,2023,1e3,final,2024-03-01,S,",
        "I-05,亿元,2023,1,finale,2024-03-01,S,",
        "I-05,亿元,2023,1,final,2024-02-30,S,",
        "I-05,亿元,2023,1,final,2027-01-01,S,",
        "I-05,亿元,2023,1,final,2024-03-01,,",
        "I-05,亿元,2023,1,final,2024-03-01,S",
    ]
    before = Observation.objects.count()

    with pytest.raises(BrokenFile) as error:
        load(plan, HEAD + ROW + "\n".join(bad[:-1]) + "\n")

    assert [(fault.row, fault.column) for fault in error.value.faults] == [
        (3, "component"),
        (4, "unit"),
        (5, "year"),
        (6, "value"),
        (7, "value"),
        (8, "value"),
        (9, "value_status"),
        (10, "released_on"),
        (11, "released_on"),
        (12, "source_title"),
    ]
    assert all(fault.reason for fault in error.value.faults)
    assert Observation.objects.count() == before
    with pytest.raises(BrokenFile, match="第 2 行"):
        load(plan, HEAD + bad[-1] + "\n")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\xff\xff\xff", "UTF-8"),
        (b"a\0b", "不是文本"),
        (b"component,year\nI-05,2023\n", "缺少这一列"),
        (HEAD.replace("unit", "einheit").encode(), "不认识的列名"),
        (HEAD.replace("unit", "year").encode(), "列名重复"),
        ((HEAD + '"I-05,x\n').encode(), "引号"),
    ],
)
def test_file_that_is_no_table_is_refused_in_words(plan, data, words):
    with pytest.raises(BrokenFile, match=words):
        load(plan, data)


def test_same_release_with_another_value_is_a_conflict_not_an_edit(plan):
    load(plan, HEAD + ROW)

    with pytest.raises(BrokenFile, match="已核定的数不改"):
        load(plan, HEAD + ROW.replace("1400.5", "1500"))

    assert load(plan, HEAD + ROW.replace("1400.5", "1500").replace("2024-03-01", "2025-03-01")).new == 1


def test_row_given_twice_in_one_file_is_named(plan):
    with pytest.raises(BrokenFile, match="与第 2 行重复"):
        load(plan, HEAD + ROW + ROW)


def test_fixture_figures_are_marked_as_what_they_are(plan):
    rows = Observation.objects.filter(component__indicator__plan=plan)

    bounds = rows.filter(precision="lower_bound")
    assert sorted(row.published_text[:1] for row in bounds) == ["总", "突"] + ["超"] * 4
    assert not any(row.is_judged for row in bounds)
    assert all(row.note for row in rows.filter(state="rejected"))
    assert rows.filter(component__code="I-02", value_status="estimated", precision="derived").count() == 2
    silent = rows.filter(component__code__in=["I-04.1", "I-04.2", "I-05", "I-08", "T-01"])
    assert set(silent.values_list("component__code", "state")) == {("I-04.1", "rejected"), ("I-04.2", "rejected")}


def test_export_read_back_changes_nothing(plan, client):
    data = client.get(f"/{plan.slug}/observations.csv?header=zh").content

    result = load(plan, data)

    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert (result.new, result.same) == (0, len(rows) - 1)


@pytest.mark.django_db(transaction=True)
def test_command_stores_and_asks_for_a_recompute(plan, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(HEAD + ROW, encoding="utf-8")

    call_command("import_observations", str(file), plan="sz-sti-14")

    assert Job.objects.filter(kind="indicators.recompute", arguments__plan="sz-sti-14").exists()
    with pytest.raises(CommandError, match="没有规划"):
        call_command("import_observations", str(file), plan="nope")
    with pytest.raises(CommandError, match="无法读取"):
        call_command("import_observations", str(FOLDER), plan="sz-sti-14")


def test_command_reads_a_workbook_whatever_its_name(plan, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["分项编码", "年份", "数值", "数据性质", "公布日期", "来源"])
    book.active.append(["I-05", 2023, 1400.5, "最终核实", date(2024, 3, 1), "技术市场年报"])
    book.save(tmp_path / "figures.xlsx")
    (tmp_path / "figures.xlsx").rename(tmp_path / "figures")

    call_command("import_observations", str(tmp_path / "figures"), plan="sz-sti-14")

    assert str(Observation.objects.get(component__code="I-05").value) == "1400.50000000"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (ROW.replace("2023", "2024").replace("2024-03-01", "2023-03-01"), "year"),
        (ROW.replace("https://example.org/a", "javascript:alert(1)"), "source_url"),
        (ROW.replace("技术市场年报", "长" * 501), "source_title"),
        (ROW.replace("1400.5", "1400.5%"), "value"),
    ],
)
def test_what_contradicts_itself_or_does_not_fit_is_named(plan, row, column):
    with pytest.raises(BrokenFile) as error:
        load(plan, HEAD + row)

    assert [fault.column for fault in error.value.faults] == [column]
